// The smallest site: every page in pages/ as HTML in site/. `npm install`, then `npm run build`.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import rehypeStringify from 'rehype-stringify';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { read } from 'to-vfile';
import { unified } from 'unified';
import { reporter } from 'vfile-reporter';
import connectivity from './remark-connectivity.mjs';

const strict = process.argv.includes('--strict');
const pages = readdirSync('pages', { recursive: true }).filter((name) => name.endsWith('.md'));
const build = unified()
  .use(remarkParse)
  .use(connectivity, { base: 'pages', strict })
  .use(remarkRehype)
  .use(rehypeStringify);

const style = execFileSync('connectivity-fence', ['--stylesheet'], { encoding: 'utf-8' });
for (const name of pages) {
  const source = await read(join('pages', name));
  const page = await build.process(source);
  if (page.messages.length) console.error(reporter(page));
  const out = join('site', name.replace(/md$/, 'html'));
  mkdirSync(dirname(out), { recursive: true });
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>${style}</style>`;
  writeFileSync(out, `<!doctype html><html lang="en"><head>${head}<title>Layers</title></head><body>${page}</body></html>`);
}

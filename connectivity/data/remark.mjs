// The plugin of remark: fences of the language `connectivity` as figures, in Astro, Docusaurus and wherever remark is.
//
//     remarkPlugins: [[connectivity, { base: 'src/content', strict: true }]]
//
// Options: `root` (nothing outside of it is read; the working folder), `base` (what paths that begin with a slash are
// relative to; the root), `strict` (what is wrong ends the build, as it does unless said otherwise when a site is built
// for production; else it is a message, and the page shows it).
// The command `connectivity-fence` must be on the path, and the page must load the style sheet that it writes.
import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { fromHtml } from 'hast-util-from-html';

function fencesIn(node, found = []) {
  if (node.type === 'code' && node.lang === 'connectivity') found.push(node);
  for (const child of node.children ?? []) fencesIn(child, found);
  return found;
}

function drawn(request) {
  const input = JSON.stringify(request);
  const options = { encoding: 'utf-8', input, maxBuffer: 2 ** 30 };
  const { error, status, stdout, stderr } = spawnSync('connectivity-fence', options);
  if (error) throw new Error(`cannot run connectivity-fence: ${error.message}; is it installed in this environment?`);
  if (status) throw new Error(stderr.trim());
  return JSON.parse(stdout).figures;
}

const production = process.env.NODE_ENV === 'production';

export default function connectivity({ root = process.cwd(), base = '.', strict = production } = {}) {
  return (tree, file) => {
    const fences = fencesIn(tree);
    if (fences.length === 0) return;
    const figures = fences.map(({ value, meta, position }) => (
      { text: value, info: meta ?? '', line: position?.start.line }
    ));
    const page = file.path ? relative(root, file.path) : '';
    drawn({ root, base, page, figures }).forEach(({ html, error, line, notes = [] }, number) => {
      const fence = fences[number];
      const place = line ? { line, column: 1 } : fence.position;
      for (const note of notes) file.info(note, place, 'connectivity:note');
      if (error && strict) file.fail(error, place, 'connectivity:figure');
      if (error) file.message(error, place, 'connectivity:figure');
      const [element] = fromHtml(html, { fragment: true }).children;
      const { tagName, properties, children } = element;
      // A paragraph without a text, which is written as the element that it is given.
      Object.assign(fence, { type: 'paragraph', children: [], lang: undefined, value: undefined, meta: undefined });
      fence.data = { hName: tagName, hProperties: properties, hChildren: children };
    });
  };
}

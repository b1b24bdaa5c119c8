// The plugin of MyST: the directive `connectivity`, drawn by the command `connectivity-myst`, which must be on the path.
import { spawnSync } from 'node:child_process';

function call(words, input) {
  const { error, status, stdout, stderr } = spawnSync('connectivity-myst', words, { encoding: 'utf-8', input });
  if (error) throw new Error(`cannot run connectivity-myst: ${error.message}; is it installed in this environment?`);
  if (status) throw new Error(stderr.trim());
  return JSON.parse(stdout);
}

// Said while a page is put together: what is said while it is read, --strict does not heed.
function report(node, file) {
  for (const { message, line } of node.data?.wrong ?? []) {
    const place = line ? { line, column: 1 } : node.position?.start;
    file.message(message, place, 'connectivity:figure').fatal = true;
  }
  for (const child of node.children ?? []) report(child, file);
}

const { name, directives } = call([]);

export default {
  name,
  directives: directives.map((directive) => ({
    ...directive,
    run(data, file) {
      const asked = JSON.stringify({ ...data, page: file.path });
      const { nodes, messages } = call(['--directive', directive.name], asked);
      if (messages.length) nodes[0].data = { wrong: messages };
      return nodes;
    },
  })),
  transforms: [{ name: 'connectivity-report', stage: 'document', plugin: () => report }],
};

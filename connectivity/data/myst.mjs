// The plugin of MyST: the directive `connectivity`, drawn by the command `connectivity-myst`, which must be on the path.
import { spawnSync } from 'node:child_process';

function call(words, input) {
  const { error, status, stdout, stderr } = spawnSync('connectivity-myst', words, { encoding: 'utf-8', input });
  if (error) throw new Error(`cannot run connectivity-myst: ${error.message}; is it installed in this environment?`);
  if (status) throw new Error(stderr.trim());
  return JSON.parse(stdout);
}

const { name, directives } = call([]);

export default {
  name,
  directives: directives.map((directive) => ({
    ...directive,
    run(data, vfile) {
      const asked = JSON.stringify({ ...data, page: vfile.path });
      const { nodes, messages } = call(['--directive', directive.name], asked);
      for (const { message, line } of messages) {
        const place = line ? { line, column: 1 } : data.node.position?.start;
        vfile.message(message, place, 'connectivity:figure');
      }
      return nodes;
    },
  })),
};

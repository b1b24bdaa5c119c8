// Python and Graphviz, away from the page: it says where it is, then answers questions, all of them JSON.
import { loadPyodide } from "./pyodide/pyodide.mjs";
import { instance } from "./viz.js";
import { lock, sizes } from "./built.js";

const HOME = "/playground"; // in Python's file system, which is nothing but memory
const PARTS = { "colormaps.zip": /colou?r[-_]?map/, "outlines.zip": /outlines/ }; // what few figures need, and which
const unpacked = new Set();
const names = Object.keys(sizes).filter((name) => name.startsWith("pyodide/"));
const all = Object.values(sizes).reduce((sum, size) => sum + size, 0);
let got = 0;

// A file of this folder. It is counted for the bar, and then in the browser's cache, from which Pyodide takes it: Python
// that came from there a second time need not be compiled again.
async function fetched(name) {
  const response = await fetch(new URL(name, import.meta.url)).catch((error) => {
    throw new Error(`${name} cannot be fetched (${error.message})`);
  });
  if (!response.ok) throw new Error(`${name} cannot be fetched (${response.status} ${response.statusText})`);
  if (!(name in sizes)) return response.arrayBuffer();
  const counted = new TransformStream({
    transform(block, onwards) {
      got += block.byteLength;
      self.postMessage({ loaded: Math.min(1, got / all) });
      onwards.enqueue(block);
    },
  });
  return new Response(response.body.pipeThrough(counted)).arrayBuffer();
}

function drawing(viz) {
  return (dot, format) => {
    const drawn = viz.render(dot, { format, engine: "nop2" });
    const said = drawn.errors.map((one) => `${one.level === "error" ? "Error" : "Warning"}: ${one.message}`);
    return [drawn.output ?? "", said.join("\n")];
  };
}

async function start() {
  const [viz, program] = await Promise.all([instance(), fetched("program.zip"), ...names.map(fetched)]);
  self.postMessage({ loaded: 1 });
  const index = new URL("pyodide/", import.meta.url).href;
  const interpreter = await loadPyodide({ indexURL: index, lockFileContents: lock, stdout: () => {}, stderr: () => {} });
  interpreter.registerJsModule("graphviz_of_page", { render: drawing(viz) });
  interpreter.unpackArchive(program, "zip", { extractDir: HOME });
  interpreter.runPython(`import os, sys; sys.path.insert(0, "${HOME}"); os.chdir("${HOME}/files")`);
  const answers = interpreter.pyimport("answers");
  answers.refuse_absent();
  return { interpreter, answers };
}

async function answered(python, what, question) {
  for (const [part, wanted] of Object.entries(PARTS)) {
    if (unpacked.has(part) || !wanted.test(question)) continue;
    python.interpreter.unpackArchive(await fetched(part), "zip", { extractDir: HOME });
    python.interpreter.runPython("import importlib; importlib.invalidate_caches()");
    unpacked.add(part);
  }
  return python.answers[what](question);
}

const starting = start();
starting.then(
  () => self.postMessage({ ready: true }),
  (error) => self.postMessage({ failed: String(error.message ?? error) }),
);

let last = starting;
self.onmessage = ({ data: { what, question } }) => {
  last = last
    .then(() => starting)
    .then((python) => answered(python, what, question))
    .then(
      (answer) => self.postMessage({ answer }),
      (error) => self.postMessage({ broken: String(error.message ?? error) }),
    );
};

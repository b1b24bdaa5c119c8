// Compiles Python for the page, by the Python that will run it: node pack.mjs FOLDER MODULES NAME... makes an
// archive of each folder NAME in FOLDER.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, modules, ...names] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(modules, "pyodide", "pyodide.mjs")));
const python = await loadPyodide();
python.mountNodeFS("/folders", folder);
python.FS.mkdir("/made");
python.runPython(readFileSync(new URL("pack.py", import.meta.url), "utf8"));
for (const name of names) {
  python.globals.get("pack")(name);
  writeFileSync(join(folder, `${name}.zip`), python.FS.readFile(`/made/${name}.zip`));
}

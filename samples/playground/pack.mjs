// Compiles Python for the page, by the Python that will run it: node pack.mjs FOLDER, with a folder for each archive in it.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, modules] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(modules, "pyodide", "pyodide.mjs")));
const python = await loadPyodide();
python.mountNodeFS("/work", folder);
python.FS.mkdir("/made");
for (const name of readdirSync(folder).filter((one) => statSync(join(folder, one)).isDirectory())) {
  python.globals.set("name", name);
  python.runPython(readFileSync(new URL("pack.py", import.meta.url), "utf8"));
  const made = python.FS.readFile(`/made/${name}.zip`);
  writeFileSync(join(folder, `${name}.zip`), made);
}

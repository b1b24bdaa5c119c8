"""Builds the playground, a folder of static files: ``python samples/playground/build.py [FOLDER]``.

Python and Graphviz for the browser come from npm, pinned by ``package-lock.json`` with their checksums; everything else
from this repository and the environment that runs this. What the page needs is in the folder: it asks nobody else.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import runpy
import shutil
import subprocess
import sys
from importlib.metadata import distribution, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import cmap
from form import form

import connectivity
from connectivity import Figure
from connectivity.colour.spaces import STEPS, encoded

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FIRST = "7 sparse:3 sparse:3 // 7 conv:3 conv:3"
"""What the page shows before anybody has typed."""

PAGES = ("page.css", "page.js", "form.js", "link.js", "figure.js", "facts.js", "python.js", "worker.js", "icon.svg")
RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
_OF_NUMBERS = re.compile(r'\.(?:npz|npy|keras|onnx|safetensors|pt|h5)"|^\[weights\]|^(?:weights|input) =', re.MULTILINE)
_MASKS = re.compile(r"(mask=)samples/")
_OUTLINES = (
    "import sys, connectivity; "
    "connectivity.draw('2,values=1/2 fc:1', text='outlines', title='a *b* **c** $x_1$', show=['values']); "
    "print(*sorted(one for one in sys.modules if one.split('.')[0] == 'fontTools'))"
)
"""Says which modules of fontTools outlines need."""


class LackingError(Exception):
    """What the build needs, and is not there."""


def main(folder: Path) -> None:
    """Build the page into ``folder``. Raises LackingError where npm or its packages are missing."""
    parts = folder.with_name(f"{folder.name}-parts")
    modules = _modules(parts)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in PAGES:
        shutil.copy(HERE / name, folder)
    shutil.copytree(ROOT / "connectivity" / "data" / "fonts", folder / "fonts")
    _copy_runtime(modules, folder)
    _pack(parts, modules, folder)
    _write_pages(folder, modules)


def _modules(parts: Path) -> Path:
    """The packages of npm, installed as the lock file has them."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise LackingError("npm and node (apt-get install npm)")
    lock = (HERE / "package-lock.json").read_bytes()
    kept, modules = parts / "npm" / "package-lock.json", parts / "npm" / "node_modules"
    if kept.is_file() and kept.read_bytes() == lock and (modules / ".package-lock.json").is_file():
        return modules
    shutil.rmtree(parts / "npm", ignore_errors=True)
    (parts / "npm").mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, parts / "npm")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    done = subprocess.run(command, cwd=parts / "npm", capture_output=True, text=True, check=False)  # noqa: S603 (of words of ours)
    if done.returncode:
        raise LackingError(f"packages of npm ({(done.stderr.strip() or 'npm ci failed').splitlines()[-1][:300]})")
    return modules


def _copy_runtime(modules: Path, folder: Path) -> None:
    """Pyodide without its packages, and Graphviz."""
    (folder / "pyodide").mkdir()
    for name in RUNTIME:
        shutil.copy(modules / "pyodide" / name, folder / "pyodide")
    shutil.copy(modules / "@viz-js" / "viz" / "dist" / "viz.js", folder)


def _pack(parts: Path, modules: Path, folder: Path) -> None:
    """The archives of Python: the program, and what few figures need. Those whose content has not changed are kept."""
    python, packed = parts / "python", parts / "packed"
    shutil.rmtree(python, ignore_errors=True)
    _lay_program(python / "program")
    _lay_colormaps(python / "colormaps")
    _lay_outlines(python / "outlines")
    packed.mkdir(exist_ok=True)
    archives = {place.name: packed / f"{place.name}-{_digest(place)}.zip" for place in sorted(python.iterdir())}
    _compile(python, modules, {name: archive for name, archive in archives.items() if not archive.is_file()})
    for old in {*packed.iterdir()} - {*archives.values()}:
        old.unlink()
    for name, archive in archives.items():
        shutil.copy(archive, folder / f"{name}.zip")


def _compile(python: Path, modules: Path, archives: dict[str, Path]) -> None:
    """Make archives of the folders in ``python``, each where it says, by the Python of the page."""
    if not archives:
        return
    command = [shutil.which("node") or "node", str(HERE / "pack.mjs"), str(python), str(modules), *archives]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (of words of ours)
    if done.returncode:
        raise RuntimeError(f"pack.mjs failed: {done.stderr[-2000:]}")
    for name, archive in archives.items():
        (python / f"{name}.zip").replace(archive)


def _digest(place: Path) -> str:
    """What an archive of a folder depends on, in short: its files, the Python that compiles them, and how it is asked."""
    digest = hashlib.sha256()
    for file in (HERE / "pack.mjs", HERE / "pack.py", HERE / "package-lock.json"):
        digest.update(file.read_bytes())
    for file in sorted(file for file in place.rglob("*") if file.is_file()):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(place).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def _lay_program(place: Path) -> None:
    """Package, command, click, and what stands between them and the page; files that samples read."""
    left = shutil.ignore_patterns("__pycache__", "fonts")
    shutil.copytree(ROOT / "connectivity", place / "connectivity", ignore=left)
    shutil.copytree(ROOT / "cli", place / "connectivity" / "cli", ignore=shutil.ignore_patterns("__pycache__", "entry"))
    shutil.copytree(ROOT / "cli" / "entry", place / "layer_connectivity", ignore=left)
    shutil.copytree(_package("click"), place / "click", ignore=left)
    shutil.copy(HERE / "inside" / "answers.py", place)
    shutil.copy(HERE / "inside" / "colormaps.py", place / "cmap.py")
    colours = {name: str(cmap.Color(name).hex)[:7].lower() for name in _colour_names()}
    (place / "colours.json").write_text(json.dumps(colours), encoding="utf-8")
    (place / "files").mkdir()
    for file in (ROOT / "samples").glob("*.csv"):
        shutil.copy(file, place / "files")


def _colour_names() -> list[str]:
    """The names of colours that cmap knows."""
    from cmap._color import NAME_TO_RGB  # which has no public list of them

    return sorted(name for name in NAME_TO_RGB if name not in ("none", "transparent"))


def _lay_colormaps(place: Path) -> None:
    """The colours of every map, by all of its names."""
    logging.getLogger("cmap").setLevel(logging.ERROR)
    catalog = cmap.Catalog()
    tables: dict[str, int] = {}
    maps: dict[str, int] = {}
    for name in sorted({*catalog.short_keys(), *catalog.namespaced_keys()}):
        rows = cmap.Colormap(name).lut(STEPS)
        digits = "".join(encoded(*map(float, row[:3]))[1:] for row in rows)
        maps[name.lower().replace(" ", "_").replace("-", "_")] = tables.setdefault(digits, len(tables))
    place.mkdir(parents=True)
    content = {"tables": [*tables], "maps": maps, "names": sorted(catalog.short_keys())}
    (place / "colormaps.json").write_text(json.dumps(content), encoding="utf-8")


def _lay_outlines(place: Path) -> None:
    """The fonts, and the modules of fontTools that read them."""
    data = place / "connectivity" / "data"
    shutil.copytree(ROOT / "connectivity" / "data" / "fonts", data / "fonts")
    if find_spec("fontTools") is None:
        raise LackingError("fontTools (pip install 'layer-connectivity[outlines]')")
    library = _package("fontTools")
    done = subprocess.run([sys.executable, "-c", _OUTLINES], capture_output=True, text=True, check=True)  # noqa: S603 (a program of ours)
    paths = [library.parent.joinpath(*module.split(".")) for module in done.stdout.split()]
    sources = [path / "__init__.py" if path.is_dir() else path.with_suffix(".py") for path in paths]
    # Where it is compiled here, it is not there, and needs its stand-in for Cython as well.
    for source in [*sources, library / "misc" / "cython.py"]:
        target = place / source.relative_to(library.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def _package(name: str) -> Path:
    """The folder of a package of this environment."""
    found = find_spec(name)
    if found is None or not found.origin:
        raise LackingError(name)
    return Path(found.origin).parent


def _write_pages(folder: Path, modules: Path) -> None:
    """The page itself, what it says of itself, and the pictures that it shows before Python runs."""
    figure = Figure.of(FIRST)
    (folder / "first.svg").write_bytes(figure.draw(text="outlines"))
    said = {
        "network": FIRST,
        "alt": figure.scene().description,
        "options": form(),
        "examples": _examples(folder),
        "version": connectivity.__version__,
        "pyodide": f"Pyodide {_about(modules / 'pyodide')['version']}",
        "viz": f"Viz.js {_about(modules / '@viz-js' / 'viz')['version']}",
    }
    page = (HERE / "index.html").read_text(encoding="utf-8")
    for name, text in said.items():
        page = page.replace(f"<!-- {name} -->", text)
    (folder / "index.html").write_text(page, encoding="utf-8")
    _write_sizes(folder, modules)
    (folder / "licences.txt").write_text(_licences(modules), encoding="utf-8")


def _write_sizes(folder: Path, modules: Path) -> None:
    """How large what is fetched is, for the bar; and what Pyodide is, without the list of its packages."""
    lock = json.loads((modules / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
    names = [*(f"pyodide/{name}" for name in RUNTIME), "program.zip"]
    sizes = {name: (folder / name).stat().st_size for name in names}
    content = f"export const sizes = {json.dumps(sizes)};\nexport const lock = {json.dumps(json.dumps({**lock, 'packages': {}}))};\n"
    (folder / "built.js").write_text(content, encoding="utf-8")


def _about(package: Path) -> dict[str, Any]:
    about: dict[str, Any] = json.loads((package / "package.json").read_text(encoding="utf-8"))
    return about


def _examples(folder: Path) -> str:
    """The samples that the page can draw: a link for each, with its picture."""
    gallery = runpy.run_path(str(ROOT / "samples" / "gallery.py"))
    answers = runpy.run_path(str(HERE / "inside" / "answers.py"))
    (folder / "examples").mkdir()
    lines = []
    for path in gallery["files"]():
        content = path.read_text(encoding="utf-8")
        if _OF_NUMBERS.search(content):
            continue
        read = json.loads(answers["read"](_MASKS.sub(r"\1", gallery["line"](path).rpartition(" -o ")[0])))
        picture = path.with_suffix(".svg").name
        shutil.copy(path.with_suffix(".svg"), folder / "examples" / picture)
        name = path.stem[3:].replace("-", " ").capitalize()
        link = _link(read, content)
        lines.append(f'<a href="{link}"><img src="examples/{picture}" alt="" loading="lazy"><span>{name}</span></a>')
    return "\n".join(lines)


def _link(read: dict[str, Any], content: str) -> str:
    """The address of a figure, as ``link.js`` reads it: of a line, or of the text of a figure file."""
    pairs: dict[str, Any] = {"network": read["network"], **read["options"]}
    if read["network"].endswith(".toml"):
        pairs = {"file": content.partition("\n")[2]}
    said = {key: str(value).lower() if isinstance(value, bool) else value for key, value in pairs.items()}
    return "#" + urlencode(said, doseq=True, safe=":/,").replace("&", "&amp;")


def _licences(modules: Path) -> str:
    """Under which licence each part of the folder is, with its text where its package has one."""
    parts = [f"connectivity {connectivity.__version__}\n\n{(ROOT / 'LICENSE').read_text(encoding='utf-8')}"]
    fonts = ROOT / "connectivity" / "data" / "fonts" / "LICENSE.md"
    parts.append(f"Source Sans 3 (fonts/)\n\n{fonts.read_text(encoding='utf-8')}")
    for name, what in (
        ("click", "in program.zip"),
        ("cmap", "colours, in colormaps.zip"),
        ("fonttools", "in outlines.zip"),
    ):
        files = distribution(name).files or []
        texts = [str(file.read_text()) for file in files if "licen" in file.name.lower() and "dist-info" in str(file)]
        parts.append("\n\n".join([f"{name} {version(name)} ({what})", *texts]))
    for package, what in (
        ("pyodide", "pyodide/, with CPython"),
        ("@viz-js/viz", "viz.js, with Graphviz (EPL) and Expat (MIT)"),
    ):
        about = _about(modules / package)
        parts.append(f"{package} {about['version']} ({what})\n\n{about['license']}\n{about['repository']['url']}")
    return f"\n\n{'-' * 80}\n\n".join(part.strip() for part in parts) + "\n"


def _run(folder: Path) -> int:
    """Build, and say how the page is looked at; what is missing is said, and a fault under CI alone."""
    try:
        main(folder)
    except LackingError as lacking:
        print(f"playground: skipped: it needs {lacking}", file=sys.stderr)
        return 2 if os.environ.get("CI") == "true" else 0
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(f"{folder} ({size / 1e6:.1f} MB), any web server will do:")
    print(f"  python -m http.server -d {folder}    then open http://localhost:8000")
    return 0


if __name__ == "__main__":
    sys.exit(_run(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "samples" / "build" / "playground"))

"""Makes an archive of a folder, with its modules compiled; ``pack.mjs`` runs it, in the Python of the page.

Beside it there are ``name``, what the folder is called, and the folders ``/work`` and ``/made``.
"""

import compileall
import shutil
import zipfile
from pathlib import Path

name: str
root = Path("/made", name)
shutil.copytree(Path("/work", name), root)
# Beside their sources, which are left out, as is any time of any file.
if not compileall.compile_dir(root, quiet=1, legacy=True, ddir=""):
    raise SystemExit(f"{name} could not be compiled")
with zipfile.ZipFile(f"/made/{name}.zip", "w") as archive:
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix != ".py":
            entry = zipfile.ZipInfo(path.relative_to(root).as_posix())
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)

"""Makes an archive of a folder, its modules compiled; run by ``pack.mjs`` in the Python of the page."""

import compileall
import shutil
import zipfile
from pathlib import Path

name: str
root = Path("/tmp", name)
shutil.copytree(Path("/work", name), root)
# Beside their sources, which are left out; no time of any file is in them.
assert compileall.compile_dir(root, quiet=1, legacy=True, ddir="")
with zipfile.ZipFile(f"/tmp/{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix != ".py":
            archive.writestr(zipfile.ZipInfo(path.relative_to(root).as_posix()), path.read_bytes(), zipfile.ZIP_DEFLATED)

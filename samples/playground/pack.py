"""Makes archives of folders, with their modules compiled; ``pack.mjs`` runs it, in the Python of the page."""

from __future__ import annotations

import compileall
import shutil
import zipfile
from pathlib import Path


def pack(name: str) -> None:
    """Make ``/made/NAME.zip`` of the folder ``/folders/NAME``. Raises SystemExit for a module that is none."""
    root = Path("/made", name)
    shutil.copytree(Path("/folders", name), root)
    # Beside their sources, which are left out, as is any time of any file.
    if not compileall.compile_dir(root, quiet=1, legacy=True, ddir=""):
        raise SystemExit(f"{name} could not be compiled")
    with zipfile.ZipFile(f"/made/{name}.zip", "w") as archive:
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.suffix != ".py":
                entry = zipfile.ZipInfo(path.relative_to(root).as_posix())
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)

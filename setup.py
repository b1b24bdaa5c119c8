"""What pyproject.toml cannot say: Graphviz's libraries are asked for where pip has them ready-made, and only there.

pygraphviz has wheels for some systems. Elsewhere (musl, Windows on ARM, 32 bits, PyPy, Python without its lock) pip
would compile it, and fail for want of a compiler and of Graphviz's headers, though ``neato`` does as well. No marker
tells musl from glibc; so our wheels say by their own names for which systems they are, with Graphviz among what they
need, and everywhere else pip takes the source distribution, which needs no compiler, and finds here that it cannot ask.
"""

from __future__ import annotations

import gzip
import os
import tarfile
from pathlib import Path

from packaging.tags import sys_tags
from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.sdist import sdist

REQUIRED = ["click>=8.2", "cmap>=0.6.0", "graphviz>=0.20.1", "networkx>=3.4", "numpy>=1.26"]
GRAPHVIZ = "pygraphviz>=2.0"
WHEELS = (
    *("manylinux_2_28_x86_64", "manylinux_2_28_aarch64"),
    *("macosx_11_0_x86_64", "macosx_11_0_arm64"),
    "win_amd64",
)
"""The systems for which pygraphviz 2.0.4 has wheels, each for every CPython from 3.10 on that has its lock."""

ready = {tag.platform for tag in sys_tags() if tag.abi == "abi3" and tag.interpreter == "cp310"} & {*WHEELS}


class SystemWheel(bdist_wheel):
    """A wheel for the systems that have Graphviz's libraries: this one, or another that ``--plat-name`` names."""

    def get_tag(self) -> tuple[str, str, str]:
        """Of every Python 3; for any system where the libraries are left out, since nothing is compiled."""
        system = self.plat_name if self.plat_name_supplied else next(iter(ready), "any")
        return "py3", "none", system.replace("-", "_").replace(".", "_")


class SameSource(sdist):
    """A source distribution that is the same bytes whenever, wherever and by whomever it is made of the same files.

    https://reproducible-builds.org/docs/archives/: names in order, one time, no owner, modes that git knows.
    """

    def make_archive(self, base_name, format, root_dir=None, base_dir=None, owner=None, group=None):
        """As distutils says; of ``.tar.gz``, which is the only one that is published."""
        if format != "gztar" or base_dir is None:
            return super().make_archive(base_name, format, root_dir, base_dir, owner, group)
        path = Path(f"{base_name}.tar.gz")
        with (
            path.open("wb") as file,
            gzip.GzipFile("", "wb", 9, file, mtime=WHEN) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
        ):
            for member in (Path(base_dir), *sorted(Path(base_dir).rglob("*"))):
                archive.add(member, member.as_posix(), recursive=False, filter=_plain)
        return str(path)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """What an archive says of a file, without what is of one machine."""
    member.mtime, member.uid, member.gid, member.uname, member.gname = WHEN, 0, 0, "", ""
    member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
    return member


WHEN = int(os.environ.setdefault("SOURCE_DATE_EPOCH", "315532800"))  # wheels heed it, too; 1980, before which no ZIP is
"""When the files of what is published were changed: https://reproducible-builds.org/specs/source-date-epoch/."""

setup(
    install_requires=[*REQUIRED, *[GRAPHVIZ] * bool(ready)], cmdclass={"bdist_wheel": SystemWheel, "sdist": SameSource}
)

"""What is distributed: the whole repository as source, and a wheel of exactly the packages and their data."""

from __future__ import annotations

import email.message
import email.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

import connectivity

GLIBC = ["cp312-cp312-manylinux_2_36_x86_64", "cp310-abi3-manylinux_2_36_x86_64", "cp310-abi3-manylinux_2_28_x86_64"]
SYSTEMS = {
    "glibc": (GLIBC, "manylinux_2_28_x86_64"),
    "macOS": (["cp310-abi3-macosx_14_0_arm64", "cp310-abi3-macosx_11_0_arm64"], "macosx_11_0_arm64"),
    "Windows": (["cp310-abi3-win_amd64"], "win_amd64"),
    "musl": (["cp312-cp312-musllinux_1_2_x86_64", "cp310-abi3-musllinux_1_2_x86_64"], "any"),
    "Windows on ARM": (["cp310-abi3-win_arm64"], "any"),
    "Windows of 32 bits": (["cp310-abi3-win32"], "any"),
    "a Raspberry Pi of 32 bits": (["cp310-abi3-manylinux_2_36_armv7l"], "any"),
    "old glibc": (["cp310-abi3-manylinux_2_17_x86_64"], "any"),
    "Python without its lock": (["cp313-cp313t-manylinux_2_28_x86_64"], "any"),
    "PyPy": (["pp311-pypy311_pp73-manylinux_2_28_x86_64"], "any"),
}
"""Some of the tags of an interpreter on each system, and the system that a wheel names which is built there."""

BACKEND = """
import importlib, json, sys
import packaging.tags
names = json.loads(sys.argv[1])
if names:
    packaging.tags.sys_tags = lambda: iter([packaging.tags.Tag(*name.split("-")) for name in names])
from setuptools import build_meta
print(getattr(build_meta, sys.argv[2])(sys.argv[3], *map(json.loads, sys.argv[4:])))
"""


def copied(folder: Path) -> Path:
    """The repository in another folder: what git knows of it, or all of a source distribution."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        names = [name for name in listed.decode().split("\0") if name and not name.endswith(".log")]
    else:
        names = [path.relative_to(ROOT).as_posix() for path in sources()]
    for name in names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    return folder


def sources() -> list[Path]:
    """The files of an unpacked source distribution, which are all that it lists."""
    listed = (ROOT / "layer_connectivity.egg-info" / "SOURCES.txt").read_text(encoding="utf-8").splitlines()
    return [ROOT / name for name in listed if ".egg-info/" not in name and name != "setup.cfg"]


def built(folder: Path, how: str, place: Path, *arguments: object, tags: tuple[str, ...] | list[str] = ()) -> Path:
    """What setuptools builds of ``folder`` into ``place``, for an interpreter of ``tags``."""
    command = [sys.executable, "-c", BACKEND, json.dumps(tags), how, str(place), *map(json.dumps, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return place / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As little of it as has the same metadata."""
    folder = tmp_path_factory.mktemp("small")
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, folder)
    text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    start, end = text.index("packages = ["), text.index("[tool.setuptools.dynamic]")
    (folder / "pyproject.toml").write_text(f"{text[:start]}packages = ['connectivity']\n{text[end:]}", encoding="utf-8")
    (folder / "connectivity" / "data" / "fonts").mkdir(parents=True)
    shutil.copy2(ROOT / "connectivity" / "data" / "fonts" / "LICENSE.md", folder / "connectivity" / "data" / "fonts")
    (folder / "connectivity" / "__init__.py").write_text(f'__version__ = "{connectivity.__version__}"\n')
    return folder


def metadata(wheel: Path) -> email.message.Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.parser.BytesParser().parsebytes(archive.read(name))


def required(wheel: Path) -> set[str]:
    """The names of what a wheel needs, extras left out."""
    lines = metadata(wheel).get_all("Requires-Dist", [])
    return {line.split(">=")[0] for line in lines if "extra ==" not in line}


@pytest.mark.parametrize("how", ["build_sdist", "build_wheel"])
def test_what_is_published_is_the_same_bytes_whenever_it_is_built(repository: Path, tmp_path: Path, how: str) -> None:
    made = []
    for number, place in enumerate(("here", "elsewhere/again")):
        folder = tmp_path / place
        shutil.copytree(repository, folder)
        for path in (path for path in folder.rglob("*") if path.is_file()):
            os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
        made.append(built(folder, how, tmp_path / str(number)).read_bytes())
    assert made[0] == made[1]


def test_the_source_distribution_is_the_repository(repository: Path, tmp_path: Path) -> None:
    files = {path.relative_to(repository).as_posix() for path in repository.rglob("*") if path.is_file()}
    archive = built(repository, "build_sdist", tmp_path)
    with tarfile.open(archive) as tar:
        found = {name.partition("/")[2] for name in tar.getnames() if tar.getmember(name).isfile()}
    made = {name for name in found if ".egg-info/" in name} | {"PKG-INFO", "setup.cfg"}
    assert found - made == {name for name in files if ".egg-info/" not in name}


def test_the_wheel_is_exactly_the_packages_and_their_data(repository: Path, tmp_path: Path) -> None:
    wheel = built(repository, "build_wheel", tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    inside = {
        f"connectivity/{path.relative_to(repository / 'connectivity').as_posix()}" for path in packaged(repository)
    }
    commands = {f"connectivity/cli/{path.name}" for path in (repository / "cli").glob("*.py")}
    entry = {f"layer_connectivity/{path.name}" for path in (repository / "cli" / "entry").glob("*.py")}
    assert found == inside | commands | entry


def packaged(repository: Path) -> list[Path]:
    """Every file of the package's folder; there is nothing in it that is not for users."""
    return [path for path in (repository / "connectivity").rglob("*") if path.is_file() and path.name != ".uuid"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_graphviz_is_asked_for_where_it_is_ready_made(system: str, small: Path, tmp_path: Path) -> None:
    """A wheel that needs it says for which system it is, so that no other takes it."""
    tags, name = SYSTEMS[system]
    wheel = built(small, "build_wheel", tmp_path, tags=tags)
    assert wheel.name == f"layer_connectivity-{connectivity.__version__}-py3-none-{name}.whl"
    libraries = set() if name == "any" else {"pygraphviz"}
    assert required(wheel) == {"click", "cmap", "graphviz", "networkx", "numpy"} | libraries


def test_wheels_for_other_systems_can_be_built(small: Path, tmp_path: Path) -> None:
    wheel = built(small, "build_wheel", tmp_path, {"--build-option": "--plat-name=win_amd64"}, tags=GLIBC)
    assert wheel.name.endswith("-py3-none-win_amd64.whl")
    assert "pygraphviz" in required(wheel)


def test_the_manual_names_every_extra_for_users() -> None:
    extras = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    )
    page = (ROOT / "samples" / "docs" / "install.rst").read_text(encoding="utf-8")
    named = set(re.findall(r"^``([a-z]+)`` +(?!\()", page, re.MULTILINE))
    assert named == extras - {"bench", "docs", "fuzz", "models", "mutation", "parity", "sites", "test"}


def test_the_systems_are_those_of_the_wheels_that_are_published() -> None:
    """The one that runs these tests is among them, or pygraphviz is not of a wheel here."""
    from importlib.metadata import distribution

    from packaging.tags import sys_tags

    text = distribution("pygraphviz").read_text("WHEEL") or ""
    named = {line.partition(": ")[2].rpartition("-")[2] for line in text.splitlines() if line.startswith("Tag: ")}
    if not named & {tag.platform for tag in sys_tags()} or "linux_x86_64" in named:
        pytest.skip("pygraphviz was compiled here")
    setup = (ROOT / "setup.py").read_text(encoding="utf-8")
    assert any(f'"{name}"' in setup for name in named), named

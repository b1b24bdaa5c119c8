"""The sites in samples/sites, each built by its own tool, and what is wrong with a page of each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, lack
from pages import Page

from connectivity.files import CACHE
from connectivity.markdown import STYLESHEET

SITES = ROOT / "samples" / "sites"
BIN = Path(sys.executable).parent


def program(name: str, what: str) -> str:
    """A program of this environment, or of the machine; without it the test is skipped."""
    path = shutil.which(name, path=f"{BIN}{os.pathsep}{os.environ['PATH']}")
    if path is None:
        lack(what)
    return path


def copied(name: str, folder: Path) -> Path:
    """A sample in a folder of its own."""
    return Path(shutil.copytree(SITES / name, folder / name, ignore=shutil.ignore_patterns(CACHE, "site", "_build")))


def ran(command: list[str], folder: Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a tool, with the commands of this environment on its path."""
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "NO_MKDOCS_2_WARNING": "1",
        "LC_ALL": "C.UTF-8",
    }
    settings = {"capture_output": True, "text": True, "timeout": 180, "check": False, "env": environment, **options}
    return subprocess.run(command, cwd=folder, **settings)  # type: ignore[call-overload, no-any-return]


def own_ids(page: Page) -> list[str]:
    """The ids of what is within figures."""
    return [name for name in page.ids if name[:1] == "c" and "-" in name and name[1:9].isalnum() and len(name) > 10]


WRONG = "# Wrong\n\n```connectivity\n6 cov:3\n```\n"
MESSAGE = '"6 cov:3", column 3: unknown layer "cov" (did you mean "conv"?)'


@pytest.fixture
def mkdocs(tmp_path: Path) -> Path:
    program("mkdocs", "MkDocs (pip install mkdocs-material)")
    return copied("mkdocs", tmp_path)


def test_mkdocs(mkdocs: Path) -> None:
    done = ran(["mkdocs", "build", "--strict"], mkdocs)
    assert done.returncode == 0, done.stderr
    index, page = (Page(mkdocs / "site" / name) for name in ("index.html", "layers/page/index.html"))
    assert (len(index.figures), len(page.figures)) == (4, 3)
    assert len(set(own_ids(index))) == len(own_ids(index)) > 50
    assert "assets/connectivity.css" in index.links
    assert (mkdocs / "site" / "assets" / "connectivity.css").read_bytes() == STYLESHEET.read_bytes()
    assert '<figure class="connectivity-figure connectivity" id="coloured" data-search-exclude>' in index.html
    assert "<figcaption>Weights, blue where negative and red where positive</figcaption>" in index.html
    assert "Three units, all joined with two</desc>" in index.html


def test_mkdocs_draws_again_what_changed_alone(mkdocs: Path) -> None:
    ran(["mkdocs", "build", "-q"], mkdocs)
    before = (mkdocs / "site" / "layers" / "page" / "index.html").read_bytes()
    pictures = {path: path.stat().st_mtime_ns for path in (mkdocs / CACHE).glob("?" * 40)}
    assert len(pictures) == 7
    (mkdocs / "figures" / "pool.toml").write_text('network = "9 maxpool:3"\n')
    ran(["mkdocs", "build", "-q"], mkdocs)
    assert (mkdocs / "site" / "layers" / "page" / "index.html").read_bytes() != before
    changed = [path for path, when in pictures.items() if path.stat().st_mtime_ns != when]
    assert len(changed) == 1


def test_mkdocs_is_strict_about_figures(mkdocs: Path) -> None:
    (mkdocs / "docs" / "wrong.md").write_text("---\ntitle: Wrong\n---\n" + WRONG)
    done = ran(["mkdocs", "build", "--strict"], mkdocs)
    assert done.returncode == 1
    assert f"WARNING -  wrong.md:7: {MESSAGE}" in done.stderr
    assert ran(["mkdocs", "build", "-q"], mkdocs).returncode == 0
    page = Page(mkdocs / "site" / "wrong" / "index.html")
    assert "6 cov:3" in page.texts["code"]
    assert MESSAGE in page.texts["p"]


def test_the_plugin_of_mkdocs_leaves_alone_what_is_there(mkdocs: Path) -> None:
    with (mkdocs / "mkdocs.yml").open("a") as conf:
        conf.write(
            "extra_css: [mine.css]\nmarkdown_extensions:\n  - pymdownx.superfences:\n      custom_fences:\n"
            "        - name: connectivity\n          class: mine\n"
            "          format: !!python/name:connectivity.markdown.formatter\n"
            "          validator: !!python/name:connectivity.markdown.validator\n"
        )
    (mkdocs / "docs" / "mine.css").write_bytes(STYLESHEET.read_bytes())
    done = ran(["mkdocs", "build", "--strict"], mkdocs)
    assert done.returncode == 0, done.stderr
    index = Page(mkdocs / "site" / "index.html")
    assert not (mkdocs / "site" / "assets" / "connectivity.css").exists()
    assert '<div class="connectivity-figure mine"' in index.html


def test_the_plugin_of_mkdocs_watches_what_is_outside_of_the_documents(mkdocs: Path) -> None:
    code = (
        "from mkdocs.commands.build import build\nfrom mkdocs.config import load_config\n"
        "from unittest.mock import Mock\nserver, config = Mock(), load_config('mkdocs.yml')\nbuild(config)\n"
        "config.plugins['connectivity'].on_serve(server, config=config, builder=None)\n"
        "print([call.args for call in server.watch.mock_calls])"
    )
    done = ran([sys.executable, "-c", code], mkdocs)
    assert done.stdout.splitlines()[-1:] == [str([(str((mkdocs / "figures" / "pool.toml").resolve()),)])], done.stderr


@pytest.fixture
def zensical(tmp_path: Path) -> Path:
    program("zensical", "Zensical (pip install zensical)")
    folder = copied("zensical", tmp_path)
    (folder / "docs" / "connectivity.css").write_bytes(STYLESHEET.read_bytes())
    return folder


def test_zensical(zensical: Path) -> None:
    done = ran(["zensical", "build", "--strict"], zensical)
    assert done.returncode == 0, done.stderr
    index, page = (Page(zensical / "site" / name) for name in ("index.html", "layers/page/index.html"))
    assert (len(index.figures), len(page.figures)) == (4, 3)
    assert len(set(own_ids(index))) == len(own_ids(index)) > 50
    assert any(link.endswith("connectivity.css") for link in index.links)


@pytest.mark.parametrize("told", ["command", "configuration"])
def test_zensical_is_strict_about_figures(zensical: Path, told: str) -> None:
    (zensical / "docs" / "wrong.md").write_text(WRONG)
    if told == "configuration":
        conf = zensical / "zensical.toml"
        conf.write_text(conf.read_text().replace("extra_css", "strict = true\nextra_css"))
    done = ran(["zensical", "build", *(["--strict"] if told == "command" else [])], zensical)
    assert done.returncode != 0
    assert f"wrong.md:4: {MESSAGE}" in done.stderr


def test_zensical_shows_what_is_wrong(zensical: Path) -> None:
    (zensical / "docs" / "wrong.md").write_text(WRONG)
    done = ran(["zensical", "build"], zensical)
    assert done.returncode == 0
    assert f"wrong.md:4: {MESSAGE}" in done.stderr
    assert MESSAGE in Page(zensical / "site" / "wrong" / "index.html").texts["p"]


@pytest.mark.parametrize("strict", [False, True])
def test_zensical_says_where_the_style_sheet_is_missing(zensical: Path, strict: bool) -> None:
    conf = zensical / "zensical.toml"
    conf.write_text(conf.read_text().replace('extra_css = ["connectivity.css"]', ""))
    done = ran(["zensical", "build", *(["--strict"] if strict else [])], zensical)
    assert (done.returncode != 0) == strict
    said = 'the style sheet of figures is not loaded: add "connectivity.css" to extra_css'
    assert said in done.stderr
    if not strict:
        assert done.stderr.count(said) == 1

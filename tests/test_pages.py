"""What all doors for documents share: fences, places, pictures that are kept, and how a door talks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from connectivity import __version__
from connectivity.errors import ConnectivityError, DrawingError, FileError
from connectivity.figure import Figure
from connectivity.options import settings
from connectivity.pages.fences import fences, said
from connectivity.pages.kept import Kept
from connectivity.pages.places import Place
from connectivity.pages.showing import Wish, element, failure, fault, picture
from connectivity.reads import within

BIN = Path(sys.executable).parent


def texts(page: str) -> list[tuple[int, str, str]]:
    return [(fence.start, fence.info, fence.text) for fence in fences(page)]


def test_fences_of_all_forms() -> None:
    page = """
```connectivity
6 fc:2
```
~~~~ connectivity theme=dark
3

4
~~~~
```{.connectivity #a}
net.toml
````
"""
    assert texts(page) == [
        (1, "connectivity", "6 fc:2"),
        (4, "connectivity theme=dark", "3\n\n4"),
        (9, "{.connectivity #a}", "net.toml"),
    ]


def test_fences_in_lists_and_quotations() -> None:
    page = "* a\n\n  ```connectivity\n  6 fc:2\n\n  a = 1\n  ```\n\n> ```connectivity\n> 3\n> ```\n\n1. ```connectivity\n   4\n   ```\n"
    found = list(fences(page))
    assert [(fence.lead, fence.text) for fence in found] == [("  ", "6 fc:2\n\na = 1"), ("> ", "3"), ("   ", "4")]


@pytest.mark.parametrize(
    "page",
    [
        "````markdown\n```connectivity\n6\n```\n````\n",
        "~~~\n```connectivity\n6\n```\n~~~\n",
        "text\n\n    ```connectivity\n    6\n    ```\n",
        "```connectivityx\n6\n```\n",
        "```python\n6\n```\n",
        "``connectivity``\n",
        "<!--\n```connectivity\n6\n```\n\n```connectivity\n6\n```\n-->\n",
        "```connectivity `x`\n",
    ],
)
def test_what_is_no_fence_of_a_figure(page: str) -> None:
    assert texts(page) == []


def test_fences_after_comments() -> None:
    assert texts("<!-- a -->\n```connectivity\n6\n```\n<!-- b\n-->\n```connectivity\n3\n```\n") == [
        (1, "connectivity", "6"),
        (6, "connectivity", "3"),
    ]


def test_a_fence_without_an_end_is_as_long_as_the_page() -> None:
    assert texts("```connectivity\n6 fc:2\n") == [(0, "connectivity", "6 fc:2")]


@given(st.text(st.sampled_from("`~ ab>*1.\n{}"), max_size=80))
def test_any_text_has_fences_one_after_the_other(page: str) -> None:
    page = page.replace("a", "connectivity")
    found = list(fences(page))
    places = [place for fence in found for place in (fence.start, fence.end)]
    assert places == sorted(places)
    assert all(fence.end <= len(page.splitlines()) for fence in found)


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("connectivity", {}),
        ("connectivity no-captions max-units=12", {"no-captions": "", "max-units": "12"}),
        ('connectivity alt="a \\"b\\" = c" title=\'it\'', {"alt": 'a "b" = c', "title": "it"}),
        ("{.connectivity .wide .high #fig-net theme=dark}", {"theme": "dark", "class": "wide high", "name": "fig-net"}),
        ("connectivity highlight=y highlight=x", {"highlight": "y\nx"}),
        ("connectivity label=x=a/b", {"label": "x=a/b"}),
    ],
)
def test_what_a_head_says(info: str, expected: dict[str, str]) -> None:
    assert said(info) == expected


@pytest.mark.parametrize("info", ["connectivity =3", 'connectivity alt="open', "connectivity 6"])
def test_a_head_that_says_nothing_is_refused(info: str) -> None:
    with pytest.raises(DrawingError, match=r"is no option; write them as in theme=dark"):
        said(info)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A page in a folder of a project, beside which there is a secret."""
    for name in ("project/docs/sub", "project/figures"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "secret.toml").write_text('network = "3"\n')
    (tmp_path / "secret.csv").write_text("1,0\n")
    (tmp_path / "project" / "figures" / "net.toml").write_text('network = "6 conv:3"\n')
    docs = tmp_path / "project" / "docs"
    return Place(docs / "sub", docs, tmp_path / "project", "sub/page.md")


def test_paths_of_a_page(place: Place) -> None:
    (place.base / "all.toml").write_text('network = "2"\n')
    (place.folder / "own.toml").write_text('network = "2"\n')
    for text in ("own.toml", "/all.toml", "../../figures/net.toml"):
        assert picture(Wish(text, {}, place)).data.startswith(b"<?xml")


@pytest.mark.parametrize("flag", [setting.flag for setting in settings() if setting.path])
@pytest.mark.parametrize("name", ["own.otf", "/all.otf", "../../figures/other.otf"])
def test_an_option_that_names_a_file_is_relative_to_its_page(
    place: Place, flag: str, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As figure files are: not to the folder that a tool happens to run in, or to that of the figure file."""
    font = (ROOT / "connectivity" / "data" / "fonts" / "SourceSans3-It.otf").read_bytes()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    for path in (place.folder / "own.otf", place.base / "all.otf", place.root / "figures" / "other.otf"):
        path.write_bytes(font)
    for text in ("2 fc:2", "../../figures/net.toml"):
        shown = picture(Wish(text, {flag: name}, place), "png", "light")
        assert [Path(path).name for path in shown.inputs if path.endswith(".otf")] == [Path(name).name]
    with pytest.raises(ConnectivityError, match="cannot read"):
        picture(Wish("2 fc:2", {flag: name.replace("o", "a")}, place), "png", "light")


OUTSIDE = [
    ("../../../secret.toml", {}),
    ("/../../secret.toml", {}),
    ("link.toml", {}),
    ("2 sparse,mask=../../../secret.csv", {}),
    ('network = "../../../secret.toml"', {}),
    ('extends = "../../../secret.toml"', {}),
    ('network = "2 sparse,mask=../../../secret.csv"', {}),
    ('network = "2 fc:2"\nweights = "../../../secret.npz"', {}),
    ("2 fc:2", {"weights": "../../../secret.npz"}),
    ("2 fc:2", {"weights": "/../../secret.npz"}),
    ("2 fc:2", {"input": "../../../secret.npy"}),
    ("2 fc:2", {"font": "../../../secret.otf"}),
    ("2 fc:2", {"font": "/../../secret.otf"}),
    ('network = "2 fc:2"\nfont = "../../../secret.otf"', {}),
    ("../../../secret.json", {}),
    ("../../../secret.onnx", {}),
    ("../../../secret.keras", {}),
]


@pytest.mark.parametrize(("text", "options"), OUTSIDE)
def test_nothing_outside_of_the_project_is_read(place: Place, text: str, options: dict[str, str]) -> None:
    (place.folder / "link.toml").symlink_to(place.root.parent / "secret.toml")
    with pytest.raises(ConnectivityError) as raised:
        picture(Wish(text, options, place))
    message = fault(raised.value, Wish(text, options, place)).message
    assert 'it is outside of the folder "project" of these pages; put it, or a copy, into that folder' in message
    assert str(place.root) not in message


def test_outside_of_pages_everything_may_be_read(place: Place) -> None:
    with within(place.root), pytest.raises(FileError):
        Figure.read(place.root.parent / "secret.toml")
    assert Figure.read(place.root.parent / "secret.toml").panels


def test_a_picture_is_drawn_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, wish = Kept(place.root), Wish("../../figures/net.toml", {"color-by": "layer"}, place)
    first = picture(wish, kept=kept)
    drawn = Figure.draw
    monkeypatch.setattr(Figure, "draw", lambda *_, **__: pytest.fail("drawn again"))
    assert picture(wish, kept=kept) == first
    assert first.inputs == (str(place.folder / "../../figures/net.toml"),)
    monkeypatch.setattr(Figure, "draw", drawn)
    (place.root / "figures" / "net.toml").write_text('network = "7 conv:3"\n')
    second = picture(wish, kept=kept)
    assert second.data != first.data
    assert picture(Wish(wish.text, {"color-by": "sign"}, place), kept=kept).data != second.data
    assert picture(wish, "svg", "light", kept).data != second.data


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-3], lambda data: b"", lambda data: b"[]", lambda data: b"\xff{"]
)
@pytest.mark.parametrize("pattern", ["?" * 40, "*.json"])
def test_a_kept_picture_that_was_damaged_is_drawn_again(
    place: Place, damage: Callable[[bytes], bytes], pattern: str
) -> None:
    kept, wish = Kept(place.root), Wish("3 fc:2", {}, place)
    first = picture(wish, kept=kept)
    (path,) = (place.root / ".connectivity-cache").glob(pattern)
    path.write_bytes(damage(path.read_bytes()))
    assert picture(wish, kept=kept) == first


def test_pictures_that_nobody_uses_are_thrown_away(place: Place) -> None:
    for text in ("3 fc:2", "4 fc:2"):
        picture(Wish(text, {}, place), kept=Kept(place.root))
    folder = place.root / ".connectivity-cache"
    for path in folder.iterdir():
        os.utime(path, (1, 1))
    picture(Wish("4 fc:2", {}, place), kept=Kept(place.root))  # is used
    picture(Wish("5 fc:2", {}, place), kept=Kept(place.root))
    assert len(list(folder.glob("*.json"))) == len(list(folder.glob("?" * 40))) == 2
    assert (folder / ".gitignore").exists()


def test_what_is_kept_is_left_out_of_version_control(place: Place) -> None:
    picture(Wish("3 fc:2", {}, place), kept=Kept(place.root))
    assert (place.root / ".connectivity-cache" / ".gitignore").read_text().endswith("*\n")


def test_a_project_that_cannot_be_written_has_pictures_all_the_same(place: Place) -> None:
    (place.root / ".connectivity-cache").write_text("a file in the way")
    assert picture(Wish("3 fc:2", {}, place), kept=Kept(place.root)).data


def test_an_element_is_on_one_line_and_has_what_was_said(place: Place) -> None:
    options = {"caption": "a <b>", "name": "fig-a", "class": "wide", "align": "right", "width": "50%", "alt": "A\n\nB"}
    html, _ = element(Wish("3 fc:2", options, place), 1)
    assert "\n" not in html
    assert html.startswith('<figure class="connectivity-figure align-right wide" id="fig-a"><svg class="connectivity"')
    assert html.endswith("</svg><figcaption>a &lt;b&gt;</figcaption></figure>")
    assert element(Wish("3 fc:2", {}, place), 2)[0].startswith('<div class="connectivity-figure"><svg')


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width": "calc(1px)"}, "width must be a length of CSS, as 50% or 300px"),
        ({"align": "middle"}, "align must be left, center or right"),
        ({"class": 'a" onload="x'}, "class must be names of letters, digits and dashes"),
        ({"name": "a b"}, "name must be a single word, as fig-net"),
        ({"widht": "3"}, 'unknown option "widht" \\(did you mean "width"\\?\\)'),
    ],
)
def test_what_a_page_cannot_say(place: Place, options: dict[str, str], message: str) -> None:
    with pytest.raises(DrawingError, match=message):
        element(Wish("3 fc:2", options, place), 1)


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("y.1, y.2", 'without commas (in the head of a fence: highlight="y.1" highlight="y.2")'),
        ("y.9", None),
        ("y.weight[0,9,0]", None),
    ],
)
def test_a_list_with_commas_is_told_how_lists_are_said(place: Place, said: str, advice: str | None) -> None:
    wish = Wish("6 conv:3", {"highlight": said}, place)
    with pytest.raises(DrawingError) as raised:
        element(wish, 1)
    message = fault(raised.value, wish).message
    assert message.startswith("there is no")
    assert ("each item of highlight has a line of its own" in message) == (advice is not None)
    assert (advice or "") in message


def test_a_failure_shows_source_and_message() -> None:
    assert failure("a <b>\nc", "no & no") == (
        '<div class="connectivity-error"><pre><code>a &lt;b&gt;&#10;c</code></pre><p>no &amp; no</p></div>'
    )


def talked(
    command: str, request: object, *words: str, folder: Path = ROOT, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    data = request if isinstance(request, bytes) else json.dumps(request).encode()
    settings = {"stdout": subprocess.PIPE, **options}
    return subprocess.run(
        [str(BIN / command), *words],
        input=data,
        cwd=folder,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
        **settings,
    )


def test_the_figures_of_a_page_in_json(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "net.toml").write_text('network = "3 fc:2"\n')
    figures = [
        {"text": "net.toml", "info": "theme=dark caption=x", "line": 3},
        {"text": "/net.toml", "options": {"max-units": 2, "no-captions": True, "highlight": ["y", "x"]}},
        {"text": 'network = "3"\nfil = 1', "line": 9},
        {"text": "../../x.toml"},
        {"text": "3", "info": "?"},
    ]
    request = {"page": "docs/a.md", "base": "docs", "root": str(tmp_path), "figures": figures}
    done = talked("connectivity-fence", request)
    assert done.returncode == 0, done.stderr
    one, two, three, four, five = json.loads(done.stdout)["figures"]
    assert one["html"].startswith('<figure class="connectivity-figure"><svg')
    assert two["html"].startswith('<div class="connectivity-figure"><svg')
    assert (three["error"], three["line"]) == ('unknown key "fil" (did you mean "fill"?)', 11)
    assert "connectivity-error" in three["html"]
    assert "it is outside of the folder" in four["error"]
    assert '"?" is no option' in five["error"]
    assert not any("error" in figure for figure in (one, two))


@pytest.mark.parametrize(
    "command", ["connectivity-fence", "connectivity-pandoc", "connectivity-myst", "mdbook-connectivity"]
)
def test_a_door_explains_itself(command: str) -> None:
    help = talked(command, b"", "--help")
    assert (help.returncode, help.stdout.startswith(b"Usage: ")) == (0, True)
    version = talked(command, b"", "--version")
    assert version.stdout.decode() == f"{command}, version {__version__}\n"
    words = ["--directive", "x"] if command == "connectivity-myst" else []
    for wrong in (b"", b"{", b"\xff", b"[" * 100_000):
        done = talked(command, wrong, *words)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"is no JSON: this command is called by a tool" in done.stderr
        assert b"Traceback" not in done.stderr
    endless = b'{"figures": [{"text": "3 cov:1", "line": 1e999}]}'
    for wrong in (endless, b"3", b"[]", b"null", b'{"figures": 3}', b"[1, 2]", b'{"blocks": []}'):
        done = talked(command, wrong, *words)
        assert b"Traceback" not in done.stderr
        assert done.returncode == 2 or command == "connectivity-myst"


def document(text: str, format: str, folder: Path, **meta: str) -> subprocess.CompletedProcess[bytes]:
    """What the filter of Pandoc makes of a document with one figure."""
    block = {"t": "CodeBlock", "c": [["fig-a", ["connectivity"], [["fig-cap", "A b"], ["fig-alt", "alt"]]], text]}
    said = {name.replace("_", "-"): {"t": "MetaString", "c": value} for name, value in meta.items()}
    request = {"pandoc-api-version": [1, 23], "meta": said, "blocks": [{"t": "Div", "c": [["", [], []], [block]]}]}
    return talked("connectivity-pandoc", request, format, folder=folder)


def test_a_document_of_pandoc(tmp_path: Path) -> None:
    done = document("3 fc:2", "docx", tmp_path, connectivity_folder="made/pictures")
    assert done.returncode == 0, done.stderr
    (div,) = json.loads(done.stdout)["blocks"]
    (figure,) = div["c"][1]
    name, caption, [plain] = figure["c"]
    assert (figure["t"], name) == ("Figure", ["fig-a", [], []])
    assert caption == [None, [{"t": "Plain", "c": [{"t": "Str", "c": "A"}, {"t": "Space"}, {"t": "Str", "c": "b"}]}]]
    _, alt, [path, _] = plain["c"][0]["c"]
    assert alt == [{"t": "Str", "c": "alt"}]
    assert (tmp_path / path).read_bytes().startswith(b"\x89PNG")
    assert path.startswith("made/pictures/connectivity-")


@pytest.mark.parametrize("folder", ["..", "/tmp", "made/../../x", "link"])
def test_a_document_writes_nowhere_else(tmp_path: Path, folder: str) -> None:
    (tmp_path / "link").symlink_to("/")
    done = document("3 fc:2", "latex", tmp_path, connectivity_folder=folder)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"connectivity-folder must be in the folder that pandoc runs in, as figures; not" in done.stderr


def test_a_document_does_not_say_what_it_may_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net.toml").write_text('network = "3"\n')
    (tmp_path / "paper").mkdir()
    done = document("../net.toml", "latex", tmp_path / "paper", connectivity_root="/")
    assert b"it is outside of the folder" in done.stderr
    monkeypatch.setenv("CONNECTIVITY_ROOT", str(tmp_path))
    assert document("../net.toml", "latex", tmp_path / "paper").stderr == b""


def test_only_html_is_supported_as_a_renderer_of_mdbook() -> None:
    assert talked("mdbook-connectivity", b"", "supports", "html").returncode == 0
    assert talked("mdbook-connectivity", b"", "supports", "epub").returncode == 1


def test_the_plugin_of_remark_is_short() -> None:
    assert len((ROOT / "connectivity" / "data" / "remark.mjs").read_text().splitlines()) < 100


@pytest.mark.parametrize("root", ["", ".."])
def test_a_book_says_in_its_configuration_what_it_may_read(tmp_path: Path, root: str) -> None:
    (tmp_path / "net.toml").write_text('network = "3"\n')
    (tmp_path / "book" / "src").mkdir(parents=True)
    own = {"strict": True, **({"root": root} if root else {})}
    styles = {"html": {"additional-css": ["connectivity.css"]}}
    context = {"root": str(tmp_path / "book"), "config": {"preprocessor": {"connectivity": own}, "output": styles}}
    chapter = {"content": "```connectivity\n../../net.toml\n```\n", "path": "a.md", "sub_items": []}
    done = talked("mdbook-connectivity", [context, {"items": [{"Chapter": chapter}]}])
    assert (done.returncode, b'it is outside of the folder "book"' in done.stderr) == (
        (0, False) if root else (2, True)
    )
    assert (tmp_path / "book" / ".connectivity-cache").is_dir() == bool(root)


@pytest.mark.parametrize("root", ["", ".."])
def test_a_page_of_myst_may_read_what_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    (tmp_path / "net.toml").write_text('network = "3"\n')
    (tmp_path / "book").mkdir()
    if root:
        monkeypatch.setenv("CONNECTIVITY_ROOT", root)
    asked = {"page": "a.md", "arg": "../net.toml"}
    said = json.loads(talked("connectivity-myst", asked, "--directive", "c", folder=tmp_path / "book").stdout)
    messages = [one["message"] for one in said["messages"]]
    assert ["it is outside of the folder" in message for message in messages] == ([] if root else [True])


@pytest.mark.parametrize(
    ("extra", "root"), [({}, "."), ({"connectivity": {"root": ".."}}, ".."), ({"connectivity": 3}, "."), (None, ".")]
)
def test_a_site_of_zensical_says_in_its_configuration_what_it_may_read(extra: object, root: str) -> None:
    from connectivity.markdown import _root_of_zensical

    assert _root_of_zensical({"extra": extra}) == root

"""What notebooks show: which pictures, how large, in which colours, and what becomes of them in other programs."""

from __future__ import annotations

import base64
import pickle
import re
import struct
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import launched
from conftest import ROOT
from pages import lack_of

import connectivity
from connectivity import DrawingError, Figure
from connectivity.rendering import notebook
from connectivity.rendering.html import DARK, LIGHT
from connectivity.rendering.notebook import MIME, TEXT

SVG, PNG, HTML, PDF = (MIME[name] for name in ("svg", "png", "html", "pdf"))
FIGURE = Figure.of("4 conv:3")
FOLLOWING = FIGURE.changed(theme="auto")


@pytest.fixture(autouse=True)
def at_first() -> Iterator[None]:
    """The choice of formats is that of a new process, before and after."""
    before = [*notebook._chosen]
    yield
    notebook._chosen[:] = before


def pixels(png: bytes) -> tuple[int, int]:
    return struct.unpack(">II", png[16:24])


def test_a_figure_is_an_svg_and_a_png() -> None:
    data, about = FIGURE._repr_mimebundle_()
    assert set(data) == {SVG, PNG, TEXT}
    assert about.keys() == {PNG}
    assert data[TEXT].startswith("connectivity graph: A network with 4 inputs")


def test_a_bitmap_is_shown_as_large_as_the_svg_and_has_more_pixels() -> None:
    data, about = FIGURE._repr_mimebundle_()
    points = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', data[SVG])
    assert points
    shown = [about[PNG][side] for side in ("width", "height")]
    assert shown == pytest.approx([float(side) * 4 / 3 for side in points.groups()], abs=1.5)
    assert pixels(base64.b64decode(data[PNG])) == pytest.approx([1.5 * side for side in shown], abs=2)
    assert about[PNG]["alt"] == data[TEXT]


def test_a_large_bitmap_has_no_more_pixels_than_a_screen() -> None:
    data, about = Figure.of("100 fc:4", max_units=0)._repr_mimebundle_()
    assert max(pixels(base64.b64decode(data[PNG]))) <= 2001
    assert 1.5 * about[PNG]["height"] > 2001


def test_only_what_follows_its_page_is_html() -> None:
    assert HTML in FOLLOWING._repr_mimebundle_()[0]
    for theme in ("light", "dark", "print"):
        assert HTML not in FIGURE.changed(theme=theme)._repr_mimebundle_()[0]


@pytest.mark.parametrize("wanted", [{SVG}, {PNG}, {PDF}, {PNG, PDF}, {TEXT, PDF}, {"text/latex"}])
def test_a_notebook_gets_what_it_asks_for(wanted: set[str]) -> None:
    assert FIGURE._repr_mimebundle_(include=wanted)[0].keys() - {TEXT} == wanted & {SVG, PNG, PDF}


def test_a_notebook_does_not_get_what_it_excludes() -> None:
    assert set(FOLLOWING._repr_mimebundle_(exclude={SVG, HTML})[0]) == {PNG, TEXT}
    assert FIGURE._repr_mimebundle_(exclude=[TEXT, PNG])[0].keys() == {SVG}


def test_the_formats_are_chosen_once_for_all() -> None:
    connectivity.set_notebook_formats("png", "pdf")
    data, _ = FOLLOWING._repr_mimebundle_()
    assert set(data) == {PNG, PDF, TEXT}
    assert base64.b64decode(data[PDF]).startswith(b"%PDF")
    connectivity.set_notebook_formats("html")
    assert set(FIGURE._repr_mimebundle_()[0]) == {SVG, TEXT}
    assert set(FOLLOWING._repr_mimebundle_()[0]) == {HTML, TEXT}


def test_a_format_that_is_none_is_said() -> None:
    with pytest.raises(DrawingError, match=r'a notebook does not show "pgn" \(did you mean "png"\?\)'):
        connectivity.set_notebook_formats("svg", "pgn")
    with pytest.raises(DrawingError, match="one of svg, png, html, pdf"):
        connectivity.set_notebook_formats()
    assert set(FIGURE._repr_mimebundle_()[0]) == {SVG, PNG, TEXT}


def test_a_figure_too_large_for_a_bitmap_is_an_svg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectivity.rendering.render.PIXEL_LIMIT", 100)
    data, about = FIGURE._repr_mimebundle_()
    assert set(data) == {SVG, TEXT}
    assert not about


def test_of_characters_that_the_svg_shows_nothing_is_said() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert PNG in FIGURE.changed(title="\ue000")._repr_mimebundle_()[0]


def test_what_is_drawn_shows_itself_and_is_bytes() -> None:
    picture: Any = connectivity.draw("4 conv:3")
    assert repr(picture) == str(picture) == f"<SVG picture, {len(picture):,} bytes>"
    assert picture.startswith(b"<?xml")
    assert picture == bytes(picture)
    assert type(bytes(picture)) is bytes
    again = pickle.loads(pickle.dumps(picture))
    assert type(again) is bytes
    assert again == picture
    assert set(picture._repr_mimebundle_()[0]) == {SVG, PNG, TEXT}
    assert picture.format == "svg"


def test_a_png_that_is_drawn_is_shown_as_it_is() -> None:
    picture: Any = connectivity.draw("4 conv:3", "png", dpi=50)
    data, about = picture._repr_mimebundle_()
    assert base64.b64decode(data[PNG]) == picture
    assert about[PNG]["width"] == pytest.approx(pixels(picture)[0] * 96 / 50, abs=2)
    assert set(data) == {PNG, TEXT}


def test_dot_is_no_picture() -> None:
    picture: Any = connectivity.draw("4 conv:3", "dot")
    assert picture._repr_mimebundle_() == ({TEXT: repr(picture)}, {})


def test_a_figure_is_displayed_in_a_notebook_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", None)
    with pytest.raises(DrawingError, match="there is no IPython here"):
        FIGURE.display()
    with pytest.raises(DrawingError, match='does not show "gif"'):
        FIGURE.display("gif")


def html(figure: Figure) -> str:
    return figure._repr_mimebundle_(include={HTML})[0][HTML]


def test_what_follows_its_page_is_two_images_of_which_one_is_seen_without_a_style_sheet() -> None:
    text = html(FOLLOWING)
    first, second = re.findall(r"<img [^>]*>", text)
    assert "style=" not in first
    assert 'style="display: none"' in second
    pictures = [base64.b64decode(re.search(r"base64,([^\"]*)", image)[1]) for image in (first, second)]  # type: ignore[index]
    assert pictures[0] == FIGURE.draw()
    assert pictures[1] == FIGURE.draw(theme="dark", transparent=True)
    assert first.count('alt="connectivity graph: A network') == 1


@pytest.mark.browser
def test_a_figure_is_as_dark_as_its_page_and_as_the_system_where_the_page_says_nothing() -> None:
    said = [*((selector, True) for selector in DARK), *((selector, False) for selector in LIGHT)]
    browser = launched()
    try:
        for system in ("light", "dark"):
            page = browser.new_context(color_scheme=system).new_page()
            for selector, dark in [*said, ("body", system == "dark"), ('body[data-theme="auto"]', system == "dark")]:
                root, body = places_of(selector)
                page.set_content(f"<!DOCTYPE html><html {root}><body {body}>{html(FOLLOWING)}</body></html>")
                shown = page.eval_on_selector_all(
                    "img", "images => images.filter(i => i.checkVisibility()).map(i => i.className)"
                )
                assert shown == ["night" if dark else "day"], (system, selector)
    finally:
        browser.close()


def places_of(selector: str) -> tuple[str, str]:
    """Attributes of the root and of the body that a selector is about."""
    attributes = " ".join(re.findall(r"\[([^]]*)\]", selector))
    names = re.sub(r":not\([^)]*\)", "", selector)
    classes = " ".join(re.findall(r"\.([\w-]+)", names))
    attributes += f' class="{classes}"' if classes else ""
    return (attributes, "") if selector.startswith("html") else ("", attributes)


def executed(path: Path) -> Any:
    """A notebook that was run."""
    lack_of("nbclient", "ipykernel")
    import nbformat
    from nbclient import NotebookClient

    book = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the kernel's own
        NotebookClient(book, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    return book


@pytest.fixture(scope="module")
def sample() -> Any:
    return executed(ROOT / "samples" / "notebook" / "figures.ipynb")


def test_the_sample_notebook_shows_a_picture_in_every_cell(sample: Any) -> None:
    for cell in sample.cells:
        if cell.cell_type == "code" and "import torch" not in cell.source:
            kinds = {kind for output in cell.outputs for kind in output.get("data", {})}
            assert not [output for output in cell.outputs if output.output_type == "error"], cell.source
            assert kinds & {SVG, PNG}, cell.source


def test_the_sample_notebook_is_kept_without_outputs() -> None:
    lack_of("nbformat")
    import nbformat

    book = nbformat.read(ROOT / "samples" / "notebook" / "figures.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in book.cells)


def test_a_notebook_becomes_a_page(sample: Any) -> None:
    lack_of("nbconvert")
    from nbconvert import HTMLExporter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        page, _ = HTMLExporter().from_notebook_node(sample)  # type: ignore[no-untyped-call]
    assert page.count('src="data:image/svg+xml;base64,') >= 6
    assert "Traceback" not in page


def test_a_notebook_becomes_latex(sample: Any) -> None:
    """With a PDF of every figure, which needs no other program; the sample asks for it in its last cell."""
    lack_of("nbconvert")
    import copy

    from nbconvert import LatexExporter

    book = copy.deepcopy(sample)
    book.cells = [
        cell for cell in book.cells if any(PDF in output.get("data", {}) for output in cell.get("outputs", []))
    ]
    assert book.cells
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text, resources = LatexExporter().from_notebook_node(book)  # type: ignore[no-untyped-call]
    names = re.findall(r"\\adjustimage\{[^}]*\{[^}]*\}\{[^}]*\}\}\{([^}]*)\}", text)
    assert [Path(name).suffix for name in names] == [".pdf"] * len(book.cells)
    assert all(resources["outputs"][name].startswith(b"%PDF") for name in names)


def test_an_error_in_a_notebook_is_short() -> None:
    with pytest.raises(connectivity.ConnectivityError) as caught:
        connectivity.draw("6 conv:9")
    *places, message = caught.value._render_traceback_()
    assert message.splitlines()[-2:] == ["  6 conv:9", "         ^"]
    assert len(places) == 1
    assert __file__ in places[0]


def run(*sources: str) -> Any:
    """A notebook of these cells, run as far as it goes; and the error that ended it."""
    lack_of("nbclient", "ipykernel")
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    book = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[nbformat.v4.new_code_cell(source) for source in sources]  # type: ignore[no-untyped-call]
    )
    ended = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the kernel's own
        try:
            NotebookClient(book, timeout=120).execute()
        except CellExecutionError as error:
            ended = error
    return book, ended


WRONG = 'Figure.of("6 conv:3 fc:2", highlight="z.3")'
SAYS = 'there is no unit "z.3"'


@pytest.mark.parametrize(
    ("last", "name"),
    [
        (WRONG, "NotDrawn"),
        (f"display({WRONG})", "NotDrawn"),
        (f"for _ in range(2):\n    {WRONG}.display()", "MarkupError"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_an_error_of_its_cell(last: str, name: str) -> None:
    book, ended = run("from connectivity import Figure", last, "never = 1")
    assert ended is not None
    (output,) = [output for cell in book.cells for output in cell.outputs]
    assert (output.output_type, output.ename) == ("error", name)
    assert SAYS in output.evalue
    said = "\n".join(output.traceback)
    assert SAYS in said
    assert said.count("  File ") == 1, "the line of the cell, and no other"
    assert book.cells[2].execution_count is None


def test_where_no_cell_is_run_the_kernel_lives_on() -> None:
    """As in a callback of a widget, or a task: there the message is shown, since nobody catches more."""
    code = f"task.add_done_callback(lambda _: display({WRONG}))\nawait asyncio.sleep(0.2)"
    begun = "import asyncio\nfrom connectivity import Figure\ntask = asyncio.create_task(asyncio.sleep(0.1))"
    book, ended = run(f"{begun}\n{code}", "print('alive')")
    assert ended is None
    assert "alive" in str(book.cells[1].outputs)
    assert SAYS in str(book.cells[0].outputs)


def test_a_note_in_a_notebook_is_of_its_cell() -> None:
    """Of a figure that shows itself too, which it does when the cell's own code has ended."""
    model = "from connectivity import *\nmodel = Model(parse('3 fc:2')[0], {}, ('norm folded',))"
    book, ended = run(model, "Figure.of(model)")
    assert ended is None
    (note,) = [output.text for output in book.cells[1].outputs if output.output_type == "stream"]
    assert re.match(r"\S*ipykernel_\S*:1: AboutModel: norm folded", note), note

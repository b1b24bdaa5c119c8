"""What a notebook shows of a figure: pictures by their MIME types, each front end's choice among them.

JupyterLab shows an SVG only in notebooks that are trusted, and a PNG in all; so do most others. Of a figure that follows
its page (theme "auto") there is HTML as well, since an SVG in an image knows the reader's system and not the page. What
has no style sheets, since it cannot trust the notebook, finds in that HTML an image for a light page and nothing else.
LaTeX has PDF or PNG.
"""

from __future__ import annotations

import base64
import sys
import warnings
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from connectivity.errors import ConnectivityError, DrawingError, MissingGlyphs, suggestion, visible
from connectivity.rendering.render import render
from connectivity.scene import Scene

if TYPE_CHECKING:
    from connectivity.typeset.fontfile import FontFile

Shown: TypeAlias = Literal["svg", "png", "html", "pdf"] | str
"""What a notebook can show."""

Wanted: TypeAlias = Collection[str] | None
"""MIME types, or None for no wish."""

Bundle: TypeAlias = tuple[dict[str, str], dict[str, Any]]
"""Pictures by their MIME types, and what is said about them by the same."""

MIME = {"svg": "image/svg+xml", "png": "image/png", "html": "text/html", "pdf": "application/pdf"}
"""The MIME type of everything that a notebook can show, in the order of the notebook file."""

TEXT = "text/plain"
CSS_PIXELS = 96 / 72
"""Pixels of a page in a point."""

_POINTS_PER_INCH = 72
_DPI, _LONG_SIDE = 144.0, 2_000  # of bitmaps, beside which there is an SVG

_chosen: list[str] = ["svg", "png", "html"]
_shown: dict[str, int] = {}  # how often each picture, by its digest, was shown here: ids differ from cell to cell


class Showable(Protocol):
    """What a figure is to a notebook."""

    def scene(self) -> Scene:
        """What is drawn."""

    def night(self) -> Scene | None:
        """The same in dark colours, of a figure that follows its page."""

    def sides(self) -> tuple[bytes, bytes, Scene]:
        """Its SVG in light colours, that in dark ones without a ground, and the scene whose size they have."""

    def font(self) -> FontFile | None:
        """The font for characters that the shipped one has not."""

    def draw(self, format: str = ...) -> bytes:
        """The bytes of a format."""


class Picture(bytes):
    """The bytes of a picture. In a notebook it shows itself; ``format`` is svg, png, pdf or dot."""

    format: str
    _figure: Showable

    @classmethod
    def of(cls, data: bytes, format: str, figure: Showable) -> Picture:
        """The picture that ``figure`` is in a format."""
        picture = cls(data)
        picture.format, picture._figure = format, figure
        return picture

    def __repr__(self) -> str:
        return f"<{self.format.upper()} picture, {len(self):,} bytes>"

    __str__ = __repr__

    def __reduce__(self) -> tuple[type[bytes], tuple[bytes]]:
        """What is kept of it elsewhere is its bytes."""
        return bytes, (bytes(self),)

    def _repr_mimebundle_(self, include: Wanted = None, exclude: Wanted = None) -> Bundle:
        """What a notebook shows: a PNG as it is, of DOT nothing, of all others the figure."""
        try:
            if self.format == "dot":
                return {TEXT: repr(self)}, {}
            if self.format == "png":
                return _selected({MIME["png"]: lambda: _base64(self)}, self._figure.scene(), include, exclude)
            return bundle(self._figure, include, exclude)
        except Exception as error:
            return said_instead(error)


def set_notebook_formats(*formats: Shown) -> None:
    """Say what notebooks get of figures from now on: some of "svg", "png", "html" and "pdf".

    At first it is all but "pdf", which LaTeX shows best, and which makes notebooks larger. "html" is only of figures
    that follow their page (theme "auto"). Raises DrawingError for none, and for what is none of them.
    """
    mime_types(formats)
    _chosen[:] = formats


def mime_types(formats: Iterable[str]) -> list[str]:
    """The MIME types of formats. Raises DrawingError for none, and for what is no format of notebooks."""
    found = []
    for format in formats:
        if format not in MIME:
            raise DrawingError(f'a notebook does not show "{visible(str(format), 40)}"{suggestion(str(format), MIME)}')
        found.append(MIME[format])
    if not found:
        raise DrawingError(f"a notebook needs a format: one of {', '.join(MIME)}")
    return found


def bundle(figure: Showable, include: Wanted = None, exclude: Wanted = None) -> Bundle:
    """The pictures that a notebook gets: those that it asks for (``include``), else those that are chosen here."""
    scene, night = figure.scene(), figure.night()
    makers: dict[str, Callable[[], str | None]] = {
        MIME["svg"]: lambda: _svg(figure.draw()),
        MIME["png"]: lambda: _bitmap(figure),
        MIME["pdf"]: lambda: _base64(_unwarned(lambda: figure.draw("pdf"))),
    }
    if night is not None:
        makers[MIME["html"]] = lambda: _following(figure, night)
    chosen = include if include is not None else [MIME[format] for format in _chosen]
    if not makers.keys() & {*chosen}:  # "html" alone, of a figure that does not follow its page
        chosen = [*chosen, MIME["svg"]] if include is None else chosen
    return _selected({mime: make for mime, make in makers.items() if mime in chosen}, scene, include, exclude)


class NotDrawn(BaseException):  # no Exception, which IPython takes for a way not to be shown, and goes on
    """A figure at the end of a cell that cannot be drawn; ``error`` is why. The cell ends with it, and so does a run."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: that of the error, if it is one of ours, with the line of the cell; else all of it."""
        from traceback import format_exception

        if isinstance(self.error, ConnectivityError):
            return self.error.with_traceback(self.__traceback__)._render_traceback_()
        return "".join(format_exception(self.error)).splitlines()


def said_instead(error: Exception) -> Bundle:
    """The message of an error in place of a picture. Raises NotDrawn where that ends a cell, which is then at fault."""
    if _in_a_cell():
        raise NotDrawn(error) from error
    return {TEXT: f"{type(error).__name__}: {error}"}, {}


def _in_a_cell() -> bool:
    """Whether IPython runs a cell now: it catches all that a cell raises, and in callbacks of widgets it does not."""
    import inspect

    frame = inspect.currentframe() if "IPython" in sys.modules else None
    while frame is not None:
        if frame.f_code.co_name == "run_code" and frame.f_globals.get("__name__") == "IPython.core.interactiveshell":
            return True
        frame = frame.f_back
    return False


def _selected(makers: dict[str, Callable[[], str | None]], scene: Scene, include: Wanted, exclude: Wanted) -> Bundle:
    """What is made, without what is not wanted, and the size of bitmaps, which have more pixels than that."""
    data: dict[str, str] = {}
    for mime, make in makers.items():
        if (include is None or mime in include) and mime not in (exclude or ()):
            made = make()
            if made is not None:
                data[mime] = made
    words = f"{scene.title}: {scene.description}"
    if TEXT not in (exclude or ()):
        data[TEXT] = words
    width, height = _size(scene)
    about = {"width": width, "height": height, "alt": words}
    return data, {MIME["png"]: about} if MIME["png"] in data else {}


def _size(scene: Scene) -> tuple[int, int]:
    """The size of a picture in pixels of a page."""
    return round(scene.width * scene.scale * CSS_PIXELS), round(scene.height * scene.scale * CSS_PIXELS)


def _svg(data: bytes) -> str:
    """The SVG, its ids unlike those of all other cells, for front ends that make it part of their page."""
    import hashlib

    from connectivity.rendering.inline import inline, prefix_of

    digest = hashlib.sha256(data).hexdigest()
    _shown[digest] = _shown.get(digest, 0) + 1
    return inline(data, prefix_of(data, _shown[digest]), style=True)


def _bitmap(figure: Showable) -> str | None:
    """The PNG, sharp enough for most screens and not too large for a notebook; None where it cannot be."""
    scene = figure.scene()
    side = max(scene.width, scene.height) * scene.scale / _POINTS_PER_INCH
    resolution = min(_DPI, _LONG_SIDE / side)
    try:
        return _base64(_unwarned(lambda: render(scene, "png", dpi=resolution, font=figure.font())))
    except DrawingError:
        return None


def _unwarned(draw: Callable[[], bytes]) -> bytes:
    """A picture beside the SVG: of characters that it cannot show nothing is said, since the SVG shows them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MissingGlyphs)
        return draw()


def _following(figure: Showable, night: Scene) -> str:
    """HTML of a figure that follows its page."""
    from connectivity.rendering.html import images

    light, dark, day = figure.sides()
    return images((light, dark), day, night, _size(day))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")

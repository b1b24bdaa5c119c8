"""The public verbs: a network, some networks, a graph or a figure file, to bytes or a file."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeGuard, Unpack

from connectivity import files
from connectivity.errors import DrawingError, FigureFileError, GraphError, MarkupError, visible
from connectivity.figures.keywords import completed, read_keywords
from connectivity.figures.panels import PanelSource, read_panels
from connectivity.models.files import ModelFile, ModelObject, is_model, is_object
from connectivity.models.model import Model
from connectivity.network import Network
from connectivity.options import Options
from connectivity.picture.compose import Draft, compose
from connectivity.reads import recording
from connectivity.rendering.formats import format_of
from connectivity.rendering.notebook import Bundle, Picture, Shown, Wanted, bundle, mime_types, said_instead
from connectivity.rendering.render import render
from connectivity.scene import Scene

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.axes import Axes

    from connectivity.figures.figurefile import Document, FigureFile
    from connectivity.figures.keywordtypes import Keywords
    from connectivity.typeset.fontfile import FontFile

Format: TypeAlias = Literal["svg", "png", "pdf", "dot"] | str
Engine: TypeAlias = Literal["auto", "embedded", "system"] | str

Single: TypeAlias = "Network | Model | nx.Graph[Any] | Callable[..., Any]"

Drawable: TypeAlias = "str | Path | Figure | Single | Sequence[str | Single]"
"""What can be drawn: a line of notation, the path of a figure file or of a trained model, a network, a model, a graph, a
module of PyTorch (which is callable), or a sequence of all but figures and paths."""


class Figure:
    """Panels and how they are drawn. In a notebook it shows itself.

    Every option of the command line is a keyword argument of the same name, with ``_`` for ``-``; see
    :mod:`.figures.keywords`. A figure is never changed: :meth:`changed` makes another.
    """

    def __init__(
        self,
        panels: Sequence[PanelSource],
        options: Mapping[str, Any] | None = None,
        dependencies: Sequence[str] = (),
        document: Document | None = None,
        *,
        overridden: frozenset[str] = frozenset(),
    ) -> None:
        if not panels:
            raise DrawingError("there is nothing to draw; give a network, as 6 conv:3")
        self.panels = tuple(panels)
        self.options = dict(options or {})
        self._dependencies = tuple(dependencies)
        self._document = document
        self._overridden = overridden  # options that are no longer those of the document

    @classmethod
    @completed
    def read(cls, path: str | Path, **options: Unpack[Keywords]) -> Figure:
        """The figure in a figure file (TOML), with other ``options`` where they are said.

        Raises FigureFileError, which shows the place, or FileError where it cannot be read.
        """
        from connectivity.figures.figurefile import read_figure

        with recording() as paths:
            figure = read_figure(path)
        return cls._of(figure, list(paths)).changed(**options)

    @classmethod
    @completed
    def parse(
        cls, text: str | bytes, /, source: str = "<figure>", folder: str | Path = ".", **options: Unpack[Keywords]
    ) -> Figure:
        """The figure in a text of TOML; ``source`` names it in errors, ``folder`` is where its files are."""
        from connectivity.figures.figurefile import parse_figure

        with recording() as paths:
            figure = parse_figure(text, source, folder)
        return cls._of(figure, list(paths)).changed(**options)

    @classmethod
    @completed
    def of(cls, what: Drawable, folder: str | Path = ".", **options: Unpack[Keywords]) -> Figure:
        """The figure of anything that can be drawn: ``Figure.of("6 conv:3 fc:2", theme="dark")``.

        A line of notation may name graphs (net.json) and figure files (net.toml) in place of panels;
        one that is a figure file alone is that figure, with all of its options. A module of PyTorch needs the shape of
        its input, without the batch: ``Figure.of(module, input_shape=(2, 64))``. Raises as :meth:`changed`.
        """
        figure = cls._plain(what, folder)
        return figure.changed(**options) if options else figure

    @classmethod
    def _plain(cls, what: Drawable, folder: str | Path) -> Figure:
        """The figure of anything, as it is by itself."""
        if isinstance(what, Figure):
            return what
        if isinstance(what, Path):
            return cls([PanelSource(what=ModelFile(what))]) if is_model(what.name) else cls.read(what)
        if isinstance(what, str):
            return cls._of_line(what, folder)
        if not isinstance(what, (list, tuple)):
            return cls(cls._panels(what, folder))
        return cls([panel for item in what for panel in cls._panels(item, folder)])

    @classmethod
    def _panels(cls, what: object, folder: str | Path) -> Sequence[PanelSource]:
        """The panels of one of several things. Raises DrawingError for what cannot be drawn, or not beside others."""
        if isinstance(what, str) and not what.endswith(".toml"):
            return cls._of_line(what, folder).panels
        if isinstance(what, (Network, Model)) or is_graph(what):
            return [PanelSource(what=what)]
        if is_object(what):
            return [PanelSource(what=ModelObject(what))]
        raise DrawingError(
            f"{visible(repr(what), 60)} cannot be drawn: a figure is of a line of notation (as 6 conv:3 fc:2), the path of "
            "a file, a network, a graph or a module, or of a list of these but paths"
        )

    @classmethod
    def _of_line(cls, line: str, folder: str | Path) -> Figure:
        if line.endswith(".toml") and (len(line.split()) == 1 or Path(folder, line).is_file()):
            return cls.read(Path(folder) / line if str(folder) != "." else line)
        with recording() as paths:
            if ".toml" in line:
                from connectivity.figures.figurefile import panels_of

                panels = panels_of(line, folder)
            else:
                panels = read_panels(line, folder)
        return cls(panels, dependencies=list(paths))

    @classmethod
    def _of(cls, figure: FigureFile, dependencies: Sequence[str]) -> Figure:
        return cls(figure.panels, figure.options, dependencies, figure.document)

    @completed
    def changed(self, **options: Unpack[Keywords]) -> Figure:
        """The same figure with other options, and with other numbers in all of its panels.

        Among the options are ``weights`` (arrays by their names, or the path of a file of them), ``seed`` and
        ``input`` (an array of shape (channels, length)), of which None says nothing, and how models are read
        (``input_shape``, ``from_``, ``until``, ``fold_batchnorm``).

        Raises DrawingError for an option that is none or a value that is not legal, GraphError for numbers where all
        panels are graphs, and FileError or WeightsError for files that cannot be used.
        """
        numbers, reading, drawn = read_keywords(options)
        said = [name for name, value in numbers.items() if value is not None]
        if said and not any(panel.takes_numbers for panel in self.panels):
            raise GraphError(
                f"a graph has its numbers already: leave {said[0]} out, which is for networks in the notation"
            )
        if reading and not any(panel.is_read for panel in self.panels):
            raise DrawingError(f"{next(iter(reading))} is about a model's file, as model.onnx; there is none")
        panels = [
            replace(panel, options={k: v for k, v in panel.options.items() if k not in drawn})
            .read_otherwise(reading)
            .with_sources(**numbers)
            for panel in self.panels
        ]
        overridden = self._overridden | drawn.keys()
        figure = Figure(
            panels, {**self.options, **drawn}, self._dependencies, self._document, overridden=frozenset(overridden)
        )
        with figure._errors_at_their_place():
            Options(**figure.options)  # what is wrong is said here, not where it is drawn
        return figure

    @property
    def dependencies(self) -> tuple[str, ...]:
        """The files it was read from; of models those beside them too, once they are read."""
        models = [file for panel in self.panels for file in panel.files]
        return tuple(dict.fromkeys((*self._dependencies, *models)))

    def graphs(self) -> list[nx.Graph[Any]]:
        """The graph of each panel."""
        return [panel.graph() for panel in self.panels]

    def scene(self) -> Scene:
        """Everything but the drawing, which :func:`.rendering.render` does."""
        return self._scenes[0]

    def night(self) -> Scene | None:
        """The same scene in dark colours, of a figure that follows its page (theme "auto")."""
        return self._scenes[1]

    @completed
    def draw(self, format: Format = "svg", engine: Engine = "auto", **options: Unpack[Keywords]) -> bytes:
        """The bytes of the figure as svg, png, pdf or dot, which a notebook shows; the same figure gives the same bytes.

        ``engine`` is "embedded", "system" or "auto"; ``options`` are as in :meth:`changed`. Warns
        :class:`.MissingGlyphs` of characters that a PNG or a PDF cannot show. Raises DrawingError, or EngineError where
        Graphviz is missing or fails.
        """
        figure = self.changed(**options) if options else self
        with figure._errors_at_their_place():
            data = render(figure.scene(), format, engine, figure.options.get("dpi"), figure.night(), figure.font())
        return Picture.of(data, format, figure)

    def font(self) -> FontFile | None:
        """The font for characters that the shipped one has not, where the figure gives one. Raises DrawingError."""
        path = self.options.get("font")
        if path is None:
            return None
        from connectivity.typeset.fontfile import read_font

        return read_font(path)

    @completed
    def save(self, *paths: str | Path, engine: Engine = "auto", **options: Unpack[Keywords]) -> None:
        """Draw the figure into files, all of them whole or none at all; the suffix of each is its format.

        As in ``figure.save("net.svg", "net.pdf", theme="print")``. Raises FileError where one cannot be written,
        DrawingError where none is named, and as :meth:`draw`.
        """
        if not paths:
            raise DrawingError('where to? Name a file, as save("net.svg")')
        formats = [format_of(path) for path in paths]
        figure = self.changed(**options) if options else self
        drawn = {format: figure.draw(format, engine) for format in dict.fromkeys(formats)}
        files.write_all([(path, drawn[format]) for path, format in zip(paths, formats, strict=True)])

    def to_networkx(self, panel: int | None = None) -> nx.Graph[Any]:
        """The graph of a panel, counted from 0; its attributes are said in :mod:`.graphs.graph`.

        Raises GraphError where there is no such panel, or several and none is named.
        """
        number = len(self.panels)
        if panel is None and number > 1:
            raise GraphError(f"the figure has {number} panels; to_networkx(0) is the first, graphs() are all of them")
        if panel is not None and not 0 <= panel < number:
            raise GraphError(f"there is no panel {panel}; they are 0 to {number - 1}")
        return self.panels[panel or 0].graph()

    @completed
    def to_html(self, *, page: bool = False, number: int = 1, **options: Unpack[Keywords]) -> str:
        """The figure as HTML: an ``<svg>`` for a page, or (``page``) a page of its own.

        Of the theme "auto" it is dark where the page says that it is, and where the page says nothing and the reader's
        system is dark. ``number`` tells copies of one figure on a page apart, whose ids would be the same.
        Raises as :meth:`draw`.
        """
        from connectivity.rendering.html import fragment, whole_page

        figure = self.changed(**options) if options else self
        drawn = fragment(figure.draw(), number)
        return whole_page(drawn, figure.scene(), figure.night()) if page else drawn

    @completed
    def plot(self, ax: Axes | None = None, **options: Unpack[Keywords]) -> Axes:
        """Draw the figure into ``ax`` of matplotlib, and return it; without, into a new figure of its own size.

        Every mark is an artist of matplotlib, in data units that are points of the figure: the axes get equal units,
        limits and no frame, and lines and texts are as large as the axes make them. Raises DrawingError where
        matplotlib is missing, and as :meth:`draw`.
        """
        figure = self.changed(**options) if options else self
        scene = figure.scene()
        if find_spec("matplotlib") is None:
            raise DrawingError("plot needs the matplotlib package: pip install 'layer-connectivity[matplotlib]'")
        from connectivity.rendering.axes import plot

        return plot(scene, ax, figure.options.get("font"))

    to_matplotlib_axes = plot

    @completed
    def display(self, *formats: Shown, **options: Unpack[Keywords]) -> None:
        """Show the figure in a notebook, also from within a loop: as :func:`.set_notebook_formats` says, or ``formats``.

        Raises DrawingError where there is no IPython, and for a format that is none.
        """
        figure = self.changed(**options) if options else self
        wanted = mime_types(formats) if formats else None
        if find_spec("IPython") is None:
            raise DrawingError('display is for notebooks, and there is no IPython here; save("net.svg") makes a file')
        shown: Any = importlib.import_module("IPython.display")  # which has no types
        shown.display(figure, include=wanted)

    def _repr_mimebundle_(self, include: Wanted = None, exclude: Wanted = None) -> Bundle:
        """What a notebook shows, and how large; never raises: a figure that cannot be drawn is its error message."""
        try:
            return bundle(self, include, exclude)
        except Exception as error:
            return said_instead(error)

    def _all_options(self) -> dict[str, Any]:
        """The figure's options; titles that panels have are among them."""
        if self.options.get("panel_titles") is None and any(panel.title for panel in self.panels):
            return {**self.options, "panel_titles": tuple(panel.title or "" for panel in self.panels)}
        return self.options

    @functools.cached_property
    def _scenes(self) -> tuple[Scene, Scene | None]:
        """The scene, and (of the theme "auto") the one in dark colours; made once, whatever is asked for how often."""
        with self._errors_at_their_place():
            options = Options(**self._all_options())
            by_panel = [options.replaced(dict(panel.options)) for panel in self.panels]
            drafts = [
                Draft(panel.subject("bias" in panel_options.show, panel_options.padding != "hidden"), panel_options)
                for panel, panel_options in zip(self.panels, by_panel, strict=True)
            ]
            day = compose(drafts, options)
            if options.theme != "auto":
                return day, None
            dark = {"theme": "dark"}
            return day, compose(
                [Draft(subject, panel_options.replaced(dark)) for subject, panel_options in drafts],
                options.replaced(dark),
            )

    @contextmanager
    def _errors_at_their_place(self) -> Iterator[None]:
        """Errors of an option that a figure file sets are shown where it does."""
        try:
            yield
        except FigureFileError:
            raise
        except DrawingError as error:
            at_fault = error.option not in self._overridden and error.option
            if self._document is not None and at_fault and self._document.sets(at_fault):
                message = error.reason if isinstance(error, MarkupError) else str(error)
                self._document.fail_option(at_fault, message, error.suggestion)
            raise

    def __repr__(self) -> str:
        said = "".join(f", {name}={value!r}" for name, value in self.options.items())
        return f"<Figure of {len(self.panels)} panel{'s' * (len(self.panels) != 1)}{visible(said, 100)}>"


def is_graph(what: object) -> TypeGuard[nx.Graph[Any]]:
    """Whether ``what`` is a graph of networkx, which is not imported for the question."""
    networkx = sys.modules.get("networkx")
    return networkx is not None and isinstance(what, networkx.Graph)


@completed
def draw(what: Drawable, format: Format = "svg", *, engine: Engine = "auto", **options: Unpack[Keywords]) -> bytes:
    """The bytes of a figure of ``what``: a line of notation, a figure file's path, networks, graphs or a model.

    Several of them stand beside one another, each in a panel. ``format`` is svg, png, pdf or dot. ``options`` are
    those of the command line with ``_`` for ``-``, as ``theme="dark"``, ``row_title=["a", "b"]`` and
    ``no_labels=True``, among them ``weights`` (arrays by their names, as a state dict has them, or the path of a file)
    and ``seed``, which are as in :func:`.build`, and ``input``, an array of shape (channels, length) whose values
    ``show=["values"]`` prints in the units. None of the three applies to graphs. The same input gives the same bytes,
    which a notebook shows as a picture.

    Raises ConnectivityError: NotationError, FigureFileError, NetworkError, WeightsError, GraphError,
    DrawingError or EngineError.
    """
    return Figure.of(what, **options).draw(format, engine)


@completed
def save(what: Drawable, *paths: str | Path, engine: Engine = "auto", **options: Unpack[Keywords]) -> None:
    """Draw ``what`` into files, all of them whole or none at all; the suffix of each is its format.

    ``options`` are as in :func:`draw`. Raises FileError where a file cannot be written.
    """
    Figure.of(what, **options).save(*paths, engine=engine)

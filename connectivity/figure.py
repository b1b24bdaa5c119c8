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
from typing import TYPE_CHECKING, Any, Literal, Never, TypeAlias, TypeGuard, Unpack

from connectivity import files
from connectivity.errors import DrawingError, FigureFileError, GraphError, MarkupError, visible
from connectivity.figures.keywords import completed, read_keywords
from connectivity.figures.panels import PanelSource, read_panels, room_of
from connectivity.graphs.asked import Asked, only
from connectivity.graphs.weights import kept
from connectivity.models.files import ModelFile, ModelObject, is_model, is_object
from connectivity.models.model import Model
from connectivity.network import Network
from connectivity.options import Options
from connectivity.picture.compose import Draft, compose, compose_again
from connectivity.reads import recording
from connectivity.rendering.formats import IN_DOCUMENTS, PICTURES, format_of, is_numbered, numbered
from connectivity.rendering.notebook import Bundle, Picture, Shown, Wanted, bundle, mime_types, said_instead
from connectivity.rendering.render import render
from connectivity.scene import Scene
from connectivity.typeset.metrics import set_in

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.axes import Axes

    from connectivity.figures.figurefile import Document, FigureFile
    from connectivity.figures.keywordtypes import Keywords
    from connectivity.figures.stepsource import StepSource
    from connectivity.motion.film import Film
    from connectivity.typeset.fontfile import FontFile

Format: TypeAlias = Literal["svg", "png", "pdf", "dot"] | str
Engine: TypeAlias = Literal["auto", "embedded", "system"] | str

_DOCUMENT_SIZE = "8pt"

Single: TypeAlias = "Network | Model | nx.Graph[Any] | Callable[..., Any]"

Drawable: TypeAlias = "str | Path | Figure | Single | Sequence[str | Single]"
"""What can be drawn: a line of notation, the path of a figure file or of a trained model, a network, a model, a graph, a
module of PyTorch (which is callable), or a sequence of all but figures and paths."""


class Figure:
    """Panels and how they are drawn. In a notebook it shows itself.

    Every option of the command line is a keyword argument of the same name, with ``_`` for ``-``:
    ``help(connectivity.Keywords)`` says what each means. A figure is never changed: :meth:`changed` makes another.
    """

    def __init__(
        self,
        panels: Sequence[PanelSource],
        options: Mapping[str, Any] | None = None,
        dependencies: Sequence[str] = (),
        document: Document | None = None,
        steps: Sequence[StepSource] = (),
        *,
        overridden: frozenset[str] = frozenset(),
    ) -> None:
        if isinstance(panels, (str, Model)) or not isinstance(panels, Sequence):
            said = f'"{visible(panels, 60)}"' if isinstance(panels, str) else "..."
            raise DrawingError(f"say Figure.of({said}), which makes a figure of anything that can be drawn")
        if not panels:
            raise DrawingError("there is nothing to draw; give a network, as 6 conv:3")
        self.panels = tuple(panels)
        self.options = dict(options or {})
        self._dependencies = tuple(dependencies)
        self._document = document
        self._steps = tuple(steps)
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
    def of(cls, what: Drawable, *others: Never, folder: str | Path = ".", **options: Unpack[Keywords]) -> Figure:
        """The figure of anything that can be drawn: ``Figure.of("6 conv:3 fc:2", theme="dark")``.

        A line of notation may name graphs (net.json) and figure files (net.toml) in place of panels, which are looked
        for in ``folder``; one that is a figure file alone is that figure, with all of its options. Several things in a
        list stand beside one another; ``others`` are refused. A module of PyTorch needs the shape of
        its input, without the batch: ``Figure.of(module, input_shape=(2, 64))``. ``help(connectivity.Keywords)`` says
        what each of the ``options`` means. Raises as :meth:`changed`.
        """
        if others:
            raise DrawingError(_one_thing(what, others[0]))
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
        if isinstance(what, Model) or not isinstance(what, (list, tuple)):
            return cls(cls._panels(what, folder))
        return cls([panel for item in what for panel in cls._panels(item, folder)])

    @classmethod
    def _panels(cls, what: object, folder: str | Path) -> Sequence[PanelSource]:
        """The panels of one of several things. Raises DrawingError for what cannot be drawn, or not beside others."""
        if isinstance(what, str) and not what.endswith(".toml"):
            return cls._of_line(what, folder).panels
        if isinstance(what, Model):
            return [PanelSource(what=what._replace(weights=kept(what.weights)))]
        if isinstance(what, Network) or is_graph(what):
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
        return cls(figure.panels, figure.options, dependencies, figure.document, figure.steps)

    @completed
    def changed(self, **options: Unpack[Keywords]) -> Figure:
        """The same figure with other options, and with other numbers in all of its panels.

        What each option means is said by ``help(connectivity.Keywords)``.
        Among the options are ``weights`` (arrays by their names, or the path of a file of them), ``seed`` and
        ``input`` (an array of shape (channels, length)), of which None says nothing, and how models are read
        (``input_shape``, ``from_``, ``until``, ``fold_batchnorm``). Arrays are kept as they are now; so is a module of
        PyTorch, which is read as soon as ``input_shape`` is said, and anew where how it is read is said anew.

        Raises DrawingError for an option that is none or a value that is not legal, GraphError for numbers where all
        panels are graphs, and FileError or WeightsError for files that cannot be used.
        """
        numbers, reading, drawn = read_keywords(options, room_of(self.panels))
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
            panels,
            {**self.options, **drawn},
            self._dependencies,
            self._document,
            self._steps,
            overridden=frozenset(overridden),
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
        """The bytes of the figure in a format, which a notebook shows; the same figure gives the same bytes.

        A figure that moves does so as svg, gif, apng or webp, has a page for each step as pdf, and is whole as the others.

        ``engine`` is "embedded", "system" or "auto"; ``options`` are as in :meth:`changed`. Warns
        :class:`.MissingGlyphs` of characters that a PNG or a PDF cannot show. Raises DrawingError, or EngineError where
        Graphviz is missing or fails.
        """
        figure = self.changed(**options) if options else self
        with figure._errors_at_their_place():
            data = figure._drawn(format, engine)
        return Picture.of(data, format, figure)

    def _drawn(self, format: str, engine: str) -> bytes:
        if self.moves or format in PICTURES:
            from connectivity.rendering.moving import MOVES, drawn_moving

            if format in MOVES:
                return drawn_moving(*self.films, format, engine, self.options.get("dpi"), self.font())
        scene = self._in_document if format in IN_DOCUMENTS else self.scene()
        return render(scene, format, engine, self.options.get("dpi"), self.night(), self.font())

    def sides(self) -> tuple[bytes, bytes, Scene]:
        """The two SVGs of a figure that follows its page (theme "auto"): in light colours, and in dark ones without a ground.

        The scene is one of the size that they have. What moves does so in both. Raises DrawingError.
        """
        day, night = self.films
        if day is not None and night is not None:
            from connectivity.rendering.moving import drawn_moving

            bare = replace(night, still=replace(night.still, transparent=True))
            return drawn_moving(day, None, "svg"), drawn_moving(bare, None, "svg"), day.still
        light, dark = self._scenes
        return render(light), render(replace(dark or light, transparent=True)), light

    def font(self) -> FontFile | None:
        """The font for characters that the shipped one has not, where the figure gives one. Raises DrawingError."""
        path = self.options.get("font")
        if path is None:
            return None
        from connectivity.typeset.fontfile import read_font

        return read_font(path)

    def frames(self, format: str = "svg", engine: str = "auto") -> list[bytes]:
        """The bytes of each step of a figure that moves, as svg, png, pdf, tex, typ or dot.

        Raises DrawingError for a figure that does not move, and as :meth:`draw`.
        """
        from connectivity.rendering.moving import drawn_frames

        with self._errors_at_their_place():
            films = self._document_films if format in IN_DOCUMENTS else self.films
            return drawn_frames(*films, format, engine, self.options.get("dpi"), self.font())

    @property
    def moves(self) -> bool:
        """Whether it has steps: a motion that is named, or those of a figure file."""
        motion = self.options.get("animate")
        return motion != "none" and (motion is not None or bool(self._steps))

    @completed
    def save(self, *paths: str | Path, engine: Engine = "auto", **options: Unpack[Keywords]) -> None:
        """Draw the figure into files, all of them whole or none at all; the suffix of each is its format.

        As in ``figure.save("net.svg", "net.pdf", theme="print")``. Of a figure that moves ``step-%02d.svg`` is a file for
        each step. Raises FileError where one cannot be written, DrawingError where none is named, and as :meth:`draw`.
        """
        if not paths:
            raise DrawingError('where to? Name a file, as save("net.svg")')
        named = [(path, format_of(path)) for path in paths]
        figure = self.changed(**options) if options else self
        files.write_all([file for path, format in named for file in figure.drawings(path, format, engine)])

    def drawings(self, path: str | Path, format: str, engine: str = "auto") -> list[tuple[str | Path, bytes]]:
        """The files that a path stands for, and their bytes: one, or (``step-%02d.svg``) one for each step."""
        if not is_numbered(path):
            return [(path, self.draw(format, engine))]
        frames = self.frames(format, engine)
        return [*zip(numbered(path, len(frames)), frames, strict=True)]

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

    def _asked(self) -> Asked:
        """The network, or graph, of its only panel. Raises GraphError where there are several."""
        panel = only(self.panels)
        return Asked(panel.content, panel.numbers, panel.seed) if panel.is_network else Asked(panel.content)

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
        matplotlib is missing, for what are no axes, and as :meth:`draw`.
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

        Raises DrawingError where there is no IPython, and for a format that is none, and as :meth:`draw`.
        """
        figure = self.changed(**options) if options else self
        wanted = mime_types(formats) if formats else None
        if find_spec("IPython") is None:
            raise DrawingError('display is for notebooks, and there is no IPython here; save("net.svg") makes a file')
        shown: Any = importlib.import_module("IPython.display")  # which has no types
        data, about = bundle(figure, wanted)  # here, and not by IPython, so that errors are raised
        shown.display(data, metadata=about, raw=True)

    def _repr_mimebundle_(self, include: Wanted = None, exclude: Wanted = None) -> Bundle:
        """What a notebook shows, and how large; a figure that cannot be drawn is an error of its cell.

        Outside of a cell, where nobody catches that, it is the error's message.
        """
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
        return self._composed()

    @functools.cached_property
    def _in_document(self) -> Scene:
        """The scene whose texts a document sets: in its font, and in the size of its footnotes unless one is said."""
        with set_in("roman"):
            return self._for_document()._composed()[0]

    def _for_document(self) -> Figure:
        said = any(self.options.get(name) is not None for name in ("width", "height", "font_size"))
        return self if said else self.changed(font_size=_DOCUMENT_SIZE)

    @functools.cached_property
    def films(self) -> tuple[Film | None, Film | None]:
        """The film of a figure that moves, and (of the theme "auto") that in dark colours."""
        if not self.moves:
            return None, None
        from connectivity.motion.script import film_of

        with self._errors_at_their_place():
            options = self._all_options()
            theme = Options(**options).theme
            day = film_of(self.panels, options, self._steps, _drafts)
            if theme != "auto":
                return day, None
            return day, film_of(self.panels, {**options, "theme": "dark"}, self._steps, _drafts)

    @functools.cached_property
    def _document_films(self) -> tuple[Film | None, Film | None]:
        """The films whose texts a document sets."""
        with set_in("roman"):
            return self._for_document().films

    def _composed(self) -> tuple[Scene, Scene | None]:
        with self._errors_at_their_place():
            options = Options(**self._all_options())
            drafts = _drafts(self.panels, self._all_options())
            day, layout = compose(drafts, options)
            if options.theme != "auto":
                return day, None
            dark = {"theme": "dark"}
            at_night = [Draft(subject, panel_options.replaced(dark)) for subject, panel_options in drafts]
            return day, compose_again(at_night, options.replaced(dark), layout)

    @contextmanager
    def _errors_at_their_place(self) -> Iterator[None]:
        """Errors of an option that a figure file sets are shown where it does."""
        try:
            yield
        except FigureFileError:
            raise
        except DrawingError as error:
            if self._document is not None and error.option and error.option not in self._overridden:
                message = error.reason if isinstance(error, MarkupError) else str(error)
                self._document.fail_where_said(error.option, message, error.suggestion)
            raise

    def __repr__(self) -> str:
        said = "".join(f", {name}={value!r}" for name, value in self.options.items())
        return f"<Figure of {len(self.panels)} panel{'s' * (len(self.panels) != 1)}{visible(said, 100)}>"


def _drafts(panels: Sequence[PanelSource], options: Mapping[str, Any]) -> list[Draft]:
    """What is drawn of panels in a figure of some options."""
    shared = Options(**options)
    by_panel = [shared.replaced(dict(panel.options)) for panel in panels]
    return [
        Draft(panel.subject("bias" in panel_options.show, panel_options.padding != "hidden"), panel_options)
        for panel, panel_options in zip(panels, by_panel, strict=True)
    ]


def _one_thing(what: object, other: object) -> str:
    """What is said of a second thing to be drawn: what it may have been meant as."""
    if is_object(what):
        return f"the shape of the module's input has a name: input_shape={visible(repr(other), 40)}"
    if isinstance(what, str) and isinstance(other, str):
        one = f"{visible(what, 60)} {visible(other, 60)}"
        two = f'"{visible(what, 60)}", "{visible(other, 60)}"'
        return f'a figure is of one thing: one network is Figure.of("{one}"), two side by side are Figure.of([{two}])'
    return "a figure is of one thing: several side by side are a list, Figure.of([one, two]); options have names, theme=..."


def is_graph(what: object) -> TypeGuard[nx.Graph[Any]]:
    """Whether ``what`` is a graph of networkx, which is not imported for the question."""
    networkx = sys.modules.get("networkx")
    return networkx is not None and isinstance(what, networkx.Graph)


@completed
def draw(what: Drawable, format: Format = "svg", *, engine: Engine = "auto", **options: Unpack[Keywords]) -> bytes:
    """The bytes of a figure of ``what``: a line of notation, a figure file's path, networks, graphs or a model.

    Several of them stand beside one another, each in a panel. ``format`` is svg, png, pdf or dot. ``options`` are
    those of the command line with ``_`` for ``-`` (``help(connectivity.Keywords)`` lists them), as ``theme="dark"``, ``row_title=["a", "b"]`` and
    ``no_labels=True``, among them ``weights`` (arrays by their names, as a state dict has them, or the path of a file)
    and ``seed``, which are as in :func:`.build`, and ``input``, an array of shape (channels, length) whose values
    ``show=["values"]`` prints in the units. None of the three applies to graphs. The same input gives the same bytes,
    which a notebook shows as a picture.

    Raises ConnectivityError: NotationError, FigureFileError, NetworkError, WeightsError, GraphError,
    DrawingError or EngineError.
    """
    if not isinstance(format, str):
        raise DrawingError(_one_thing(what, format))
    return Figure.of(what, **options).draw(format, engine)


@completed
def save(what: Drawable, *paths: str | Path, engine: Engine = "auto", **options: Unpack[Keywords]) -> None:
    """Draw ``what`` into files, all of them whole or none at all; the suffix of each is its format.

    ``options`` are as in :func:`draw`. Raises FileError where a file cannot be written.
    """
    Figure.of(what, **options).save(*paths, engine=engine)

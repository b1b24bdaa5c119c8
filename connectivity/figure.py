"""The public verbs: a network, some networks, a graph or a figure file, to bytes or a file."""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from connectivity import files
from connectivity.errors import DrawingError, FigureFileError, GraphError, visible
from connectivity.figures.panels import PanelSource, read_panels
from connectivity.graphs.weights import Given, as_weights
from connectivity.models.files import ModelFile, ModelObject, is_model, is_object
from connectivity.models.model import Model
from connectivity.models.options import split_reading
from connectivity.network import Network
from connectivity.options import Options, named
from connectivity.picture.compose import Draft, compose
from connectivity.reads import recording
from connectivity.rendering.formats import IN_DOCUMENTS, PICTURES, format_of, is_numbered, numbered
from connectivity.rendering.render import render
from connectivity.scene import Scene
from connectivity.typeset.metrics import set_in

if TYPE_CHECKING:
    import networkx as nx

    from connectivity.figures.figurefile import Document, FigureFile
    from connectivity.figures.stepsource import StepSource
    from connectivity.motion.film import Film
    from connectivity.typeset.fontfile import FontFile

Drawable: TypeAlias = (
    "str | Path | Network | Model | nx.Graph[Any] | Figure | Callable[..., Any] | "
    "Sequence[Network | Model | nx.Graph[Any] | Callable[..., Any]]"
)
"""What can be drawn: a line of notation, the path of a figure file or of a trained model, a network, a model, a graph, a
module of PyTorch (which is callable), or a sequence of them."""

_DOCUMENT_SIZE = "8pt"

_shown: dict[
    str, int
] = {}  # how often each picture, by its digest, was shown in this process: ids differ from cell to cell


class Figure:
    """Panels and how they are drawn.

    In a notebook it shows itself.
    """

    def __init__(
        self,
        panels: Sequence[PanelSource],
        options: Mapping[str, Any] | None = None,
        dependencies: Sequence[str] = (),
        document: Document | None = None,
        steps: Sequence[StepSource] = (),
    ) -> None:
        if not panels:
            raise DrawingError("there is nothing to draw")
        self.panels = tuple(panels)
        self.options = dict(options or {})
        self._dependencies = tuple(dependencies)
        self._document = document
        self._steps = tuple(steps)

    @classmethod
    def read(cls, path: str | Path) -> Figure:
        """The figure in a figure file (TOML).

        Raises FigureFileError, which shows the place, or FileError where it cannot be read.
        """
        from connectivity.figures.figurefile import read_figure

        with recording() as paths:
            figure = read_figure(path)
        return cls._of(figure, list(paths))

    @classmethod
    def parse(cls, text: str | bytes, source: str = "<figure>", folder: str | Path = ".") -> Figure:
        """The figure in a text of TOML; ``source`` names it in errors, ``folder`` is where its files are."""
        from connectivity.figures.figurefile import parse_figure

        with recording() as paths:
            figure = parse_figure(text, source, folder)
        return cls._of(figure, list(paths))

    @classmethod
    def of(cls, what: Drawable, folder: str | Path = ".") -> Figure:
        """The figure of anything that can be drawn.

        A line of notation may name graphs (net.json) and figure files (net.toml) in place of panels;
        one that is a figure file alone is that figure, with all of its options.
        """
        if isinstance(what, Figure):
            return what
        if isinstance(what, Path):
            return cls([PanelSource(what=ModelFile(what))]) if is_model(what.name) else cls.read(what)
        if isinstance(what, str):
            return cls._of_line(what, folder)
        single = isinstance(what, (Network, Model)) or is_graph(what) or is_object(what)
        items: Sequence[Any] = [what] if single else list(what)  # type: ignore[arg-type]  # else it is a sequence
        return cls([PanelSource(what=ModelObject(item) if is_object(item) else item) for item in items])

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

    def changed(
        self, weights: Given | None = None, seed: int | None = None, input: Any = None, **options: Any
    ) -> Figure:
        """The same figure with other numbers in all panels, and other options, by either of their names.

        ``weights`` are arrays by their names, or the path of a file of them.
        Among the options may be how models are read (``input_shape``, ``from_``, ``until``, ``fold_batchnorm``).
        Raises DrawingError for an option that is none, GraphError for numbers where all panels are graphs.
        """
        reading, options = split_reading(options)
        options = named(options)
        said = [name for name, value in (("weights", weights), ("seed", seed), ("input", input)) if value is not None]
        if said and not any(panel.takes_numbers for panel in self.panels):
            raise GraphError(f"a graph has its numbers already: {said[0]} is for networks in the notation")
        if isinstance(weights, (str, Path)):
            weights = as_weights(weights)  # read once, for all panels
        if reading and not any(panel.is_read for panel in self.panels):
            raise DrawingError(f"{next(iter(reading))} is about a model's file, as model.onnx; there is none")
        panels = [panel.read_otherwise(reading).with_sources(weights, seed, input) for panel in self.panels]
        scoped = [
            replace(panel, options={k: v for k, v in panel.options.items() if k not in options}) for panel in panels
        ]
        return Figure(scoped, {**self.options, **options}, self._dependencies, self._document, self._steps)

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

    def draw(self, format: str = "svg", engine: str = "auto") -> bytes:
        """The bytes of the figure as svg, png, pdf, tex, typ or dot; the same figure gives the same bytes.

        A figure that moves does so as svg, gif, apng or webp, has a page for each step as pdf, and is whole as the others.

        ``engine`` is "embedded", "system" or "auto". Warns :class:`.MissingGlyphs` of characters that a PNG or a PDF
        cannot show. Raises DrawingError, or EngineError where Graphviz is missing or fails.
        """
        with self._errors_at_their_place():
            if self.moves or format in PICTURES:
                from connectivity.rendering.moving import MOVES, drawn_moving

                if format in MOVES:
                    return drawn_moving(*self.films, format, engine, self.options.get("dpi"), self.font())
            scene = self._in_document if format in IN_DOCUMENTS else self.scene()
            return render(scene, format, engine, self.options.get("dpi"), self.night(), self.font())

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

    def save(self, path: str | Path, engine: str = "auto") -> None:
        """Draw the figure into the file ``path``, whole or not at all; its suffix is the format.

        Of a figure that moves ``step-%02d.svg`` is a file for each step: all of them are written, or none.
        Raises FileError where it cannot be written, and as :meth:`draw`.
        """
        files.write_all(self.drawings(path, format_of(path), engine))

    def drawings(self, path: str | Path, format: str, engine: str = "auto") -> list[tuple[str | Path, bytes]]:
        """The files that a path stands for, and their bytes: one, or (``step-%02d.svg``) one for each step."""
        if not is_numbered(path):
            return [(path, self.draw(format, engine))]
        frames = self.frames(format, engine)
        return [*zip(numbered(path, len(frames)), frames, strict=True)]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: the SVG, its ids unlike those of all other cells, and its description.

        Never raises: a figure that cannot be drawn is its error message.
        """
        try:
            return self._bundle()
        except Exception as error:
            return {"text/plain": f"{type(error).__name__}: {error}"}

    def _bundle(self) -> dict[str, str]:
        from connectivity.rendering.inline import inline, prefix_of

        scene, data = self.scene(), self.draw()
        digest = hashlib.sha256(data).hexdigest()
        _shown[digest] = _shown.get(digest, 0) + 1
        picture = inline(data, prefix_of(data, _shown[digest]), style=True)
        return {"image/svg+xml": picture, "text/plain": f"{scene.title}: {scene.description}"}

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
            if self._document is not None and error.option is not None and self._document.sets(error.option):
                self._document.fail_option(error.option, str(error))
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


def is_graph(what: object) -> TypeGuard[nx.Graph[Any]]:
    """Whether ``what`` is a graph of networkx, which is not imported for the question."""
    networkx = sys.modules.get("networkx")
    return networkx is not None and isinstance(what, networkx.Graph)


def draw(
    what: Drawable,
    format: str = "svg",
    *,
    weights: Given | None = None,
    seed: int | None = None,
    input: Any = None,
    engine: str = "auto",
    **options: Any,
) -> bytes:
    """The bytes of a figure of ``what``: a line of notation, a figure file's path, networks or graphs.

    Several of them stand beside one another, each in a panel. ``format`` is svg, png, pdf or dot.
    ``weights`` (arrays by their names, as a state dict has them, or the path of a file) and ``seed`` are as in
    :func:`.build`; ``input`` is an array of shape (channels,
    length) whose values ``show=["values"]`` prints in the units. None of the three applies to graphs.
    ``options`` are those of :class:`.Options`, also under their names on the command line with ``_``
    (``row_title``). The same input gives the same bytes.

    Raises ConnectivityError: NotationError, FigureFileError, NetworkError, WeightsError, GraphError,
    DrawingError or EngineError.
    """
    return Figure.of(what).changed(weights, seed, input, **options).draw(format, engine)


def save(what: Drawable, path: str | Path, **arguments: Any) -> None:
    """Draw ``what`` into the file ``path``, whole or not at all; its suffix is the format.

    Arguments as in :func:`draw`. Raises FileError where the file cannot be written.
    """
    format, engine = arguments.pop("format", None) or format_of(path), arguments.pop("engine", "auto")
    files.write_all(Figure.of(what).changed(**arguments).drawings(path, format, engine))

"""How a figure is drawn: every option, its legal values, its default and what it means.

Declared once: the command line, figure files, their JSON Schema and the documentation are made of
what stands here. Imports nothing heavy, since the command line reads it before it does anything.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any, NamedTuple

from connectivity import optionhabits
from connectivity.errors import DrawingError, MarkupError, OptionError, suggestion, visible
from connectivity.numerals import decimal
from connectivity.records import Value, named_record

ENGINES = ("auto", "embedded", "system")
COLOR_BY = ("auto", "parameter", "weight", "sign", "layer", "group", "none")
DIRECTIONS = ("auto", "LR", "RL", "BT", "TB")
ANCHORS = ("centre", "first", "last", "position")
THEMES = ("light", "dark", "auto", "print")
SHOW = ("values", "bias")
RESTS = ("pale", "dashed", "dots", "hidden")
PADDINGS = ("hidden", "stubs", "hollow", "values", "filled")
DROPPED = ("cross", "gap")
ZEROS = ("draw", "dash", "hide")
LABELS = ("index", "number", "letter", "value", "none")
EDGE_LABELS = ("auto", "none", "name", "value", "letter", "index")
SHAPES = ("circle", "square", "box")
FILLS = ("none", "layer", "group", "value", "in-degree")
CHANNELS = ("stack", "rows")
WINDOWS = ("all", "first/last")
VIEWS = ("graph", "matrix", "both", "kernels")
MATRIX = ("auto", "beside", "below")
UNITS = ("auto", "circles", "squares", "cells")
TEXTS = ("live", "outlines")
EDGES = ("auto", "lines", "cones", "none")
SCALES = ("auto", "layer", "global", "p99")
MOTIONS = ("slide", "forward", "grow", "none")
KERNELS = ("auto", "show", "heads", "values", "alone", "none")

LABEL_LIMIT = 1_000
"""The longest title, label or description, in characters."""

LIST_LIMIT = 1_000
"""The most entries of an option that is a list."""

LEAST_FONT, MOST_FONT = 3.0, 200.0
"""Sizes of captions that are allowed, in points."""

MAX_UNITS = 24
MAX_EDGES = 200_000


class Threshold(NamedTuple):
    """Which weights count as zeros: those below ``number`` in size, or (``share``) the smallest so many per cent."""

    number: float
    share: bool


class Setting(NamedTuple):
    """What is known of an option: its names, its kind of value, and what it means.

    ``name`` is the field of :class:`Options`, ``flag`` the option of the command line without its
    dashes, which is also the key of a figure file. ``kind`` is "text", "whole", "number", "switch"
    or "choice"; ``many``: a list of them. ``panel``: may also be said of a single panel. ``least`` and
    ``most`` bound numbers; a text with ``markup`` may hold that of :mod:`.typeset.markup`. ``words`` are what a
    text may be that is said of a whole panel, or of one layer: NAME=WORD; ``texts``: or it is any text for a NAME;
    ``bare`` is the word that names alone stand for, NAME/NAME. A ``path`` is that of a file, in a figure file relative
    to it.
    """

    name: str
    flag: str
    kind: str
    help: str
    default: Any
    choices: tuple[str, ...] = ()
    many: bool = False
    panel: bool = False
    metavar: str | None = None
    least: float | None = None
    most: float | None = None
    markup: bool = False
    words: tuple[str, ...] = ()
    texts: bool = False
    path: bool = False
    bare: str = ""

    @property
    def by_name(self) -> bool:
        """Whether it is said of layers by their names, NAME=TEXT, so that a mapping says it as well."""
        return "NAME=" in (self.metavar or "")


def _option(
    default: Any,
    help: str,
    *,
    flag: str | None = None,
    choices: tuple[str, ...] = (),
    panel: bool = False,
    metavar: str | None = None,
    least: float | None = None,
    most: float | None = None,
    markup: bool = False,
    words: tuple[str, ...] = (),
    texts: bool = False,
    path: bool = False,
    bare: str = "",
) -> Any:
    about: dict[str, Any] = {
        "help": help,
        "flag": flag,
        "choices": choices,
        "panel": panel,
        "metavar": metavar,
        "words": words,
    }
    about |= {"least": least, "most": most, "markup": markup, "texts": texts, "path": path, "bare": bare}
    return dataclasses.field(default=default, metadata=about)


@named_record
class Options(Value):
    """The options of a figure; ``settings()`` says what each means.

    Lists may be given for tuples, one text for a list of one, and True and False for ``labels``; what is said of layers
    by their names also as a mapping, as ``units={"h1": "cells"}``.
    Raises DrawingError where a value is not legal.
    """

    title: str | None = _option(None, "A title over the figure, its lines with \\n between them.", markup=True)
    description: str | None = _option(None, "The figure in words, for those who cannot see it.  [default: generated]")
    list_connections: bool = _option(
        False, "Say every connection in the description, for those who cannot point at it."
    )
    panel_titles: tuple[str, ...] | None = _option(
        None,
        "A title over a panel; once for each panel. Without: what its layers are.",
        flag="panel-title",
        markup=True,
    )
    layer_titles: tuple[str, ...] = _option(
        (),
        "A heading for a layer in place of what it is; repeat it, from the input on.",
        flag="layer-title",
        panel=True,
        markup=True,
    )
    layer_captions: tuple[str, ...] = _option(
        (),
        "All that is said beside the layer NAME, its lines with \\n between them; x= says nothing. May be repeated.",
        flag="layer-caption",
        metavar="NAME=TEXT",
        panel=True,
        markup=True,
    )
    row_titles: tuple[str, ...] = _option(
        (),
        "A title before a layer's row (over its column); repeat it, from the input on.",
        flag="row-title",
        panel=True,
        markup=True,
    )
    boxes: tuple[str, ...] = _option(
        (), "Draw a box around the layer NAME (x, h1, ..., y).", flag="box", metavar="NAME", panel=True
    )
    merge: tuple[str, ...] = _option(
        (), "Draw the layer NAME as one unit, and its connections as one line each.", metavar="NAME", panel=True
    )
    columns: int = _option(0, "Panels in a row.  [default: all; more than 8 in a square]", least=0)
    direction: str = _option(
        "auto",
        "Where the network runs. auto: LR, but TB where one layer's kernels, or a signal, are shown.",
        choices=DIRECTIONS,
    )
    width: str | None = _option(
        None,
        "How wide the figure is, as 84mm, 8.4cm, 3.3in, 240pt or 600px: distances give way, text does not.",
        metavar="LENGTH",
    )
    height: str | None = _option(None, "How high it is.", metavar="LENGTH")
    font_size: str | None = _option(
        None,
        "The size of captions, as 8pt; everything else is in proportion.  [default: 11pt, 10.5pt beside cells]",
        metavar="LENGTH",
    )
    margin: str | None = _option(
        None,
        "The free space around everything, as 2mm; with 0 what is drawn meets the edges.  [default: 12pt, in proportion "
        "to captions]",
        metavar="LENGTH",
    )
    gap: float | None = _option(
        None,
        "From one layer to the next, in distances of neighbouring units.  [default: 1.6, more where captions or lines "
        "need it]",
        metavar="N",
        least=0.3,
        most=40,
    )
    pitch: str | None = _option(
        None, "From the middle of a unit, or cell, to that of the next.  [default: as fits]", metavar="LENGTH"
    )
    anchor: str | None = _option(
        None,
        "Where a unit stands over its window; position: the i-th over the i-th input, whatever the kernel.  "
        "[default: centre; last for causal layers]",
        choices=ANCHORS,
        panel=True,
    )
    channels: str = _option(
        "stack", "Channels one after the other, or in rows side by side.", choices=CHANNELS, panel=True
    )
    view: str = _option(
        "graph",
        "The units and their connections, the weight matrices, both, or all kernels.",
        choices=VIEWS,
        panel=True,
    )
    matrix: str = _option(
        "auto",
        "Where the matrices of --view both stand: beside the graph, or below it. auto: below where the figure would be "
        "more than twice as wide as high.",
        choices=MATRIX,
    )
    units: tuple[str, ...] = _option(
        (),
        "How units are drawn: circles, squares, or cells (blocks in which channels are rows); also of one layer, as "
        "h1=cells.  [default: auto, cells where channels mix]",
        metavar="[NAME=]WHAT",
        panel=True,
        words=UNITS,
    )
    edges: tuple[str, ...] = _option(
        (),
        "How connections between cells are drawn: lines, cones (from a window to its unit, over all channels), none; "
        "also of one layer, as h1=none.  [default: auto]",
        metavar="[NAME=]WHAT",
        panel=True,
        words=EDGES,
    )
    kernels: tuple[str, ...] = _option(
        (),
        "Kernels as grids of cells: show, heads (over the strip of what each makes), values (with their numbers), none; "
        "also of one layer, as h1=values. The names of layers, as h1/h2: their kernels alone.  [default: auto, where "
        "they fit]",
        metavar="[NAME=]WHAT|NAMES",
        panel=True,
        words=KERNELS,
        bare="alone",
    )
    max_units: int = _option(
        MAX_UNITS, "Elide longer layers in the middle; 0 shows all.", metavar="N", least=0, panel=True
    )
    crop: str | None = _option(
        None, "Show only inputs FIRST to LAST (from 1), and what stands over them.", metavar="FIRST/LAST", panel=True
    )
    layers: str | None = _option(
        None,
        "Draw only the layers from one to another, the first as the input: h1:h3, h1: or :h2.",
        metavar="FROM:TO",
        panel=True,
    )
    focus: tuple[str, ...] = _option(
        (),
        "Draw only what a unit depends on, as y.2 or y.1.3. May be repeated.",
        metavar="UNIT",
        panel=True,
    )
    window: tuple[str, ...] = _option(
        (),
        "Draw only these positions of a layer, what they see and what sees them, as h2=10/14. May be repeated.",
        metavar="NAME=FIRST/LAST",
        panel=True,
    )
    only: tuple[str, ...] = _option(
        (), "Draw only these channels of a layer, as h1=1/4/9. May be repeated.", metavar="NAME=CHANNELS", panel=True
    )
    windows: str = _option(
        "all",
        "The windows whose connections are drawn: all, or the first and the last of a layer and highlighted ones.",
        choices=WINDOWS,
        panel=True,
    )
    max_edges: int = _option(MAX_EDGES, "The most connections to draw.", metavar="N", least=0)
    color_by: str = _option(
        "auto",
        "What colours mean. auto: the weight's value where weights are given, else which weight it is.",
        choices=COLOR_BY,
        panel=True,
    )
    colormap: str | None = _option(None, "A colormap of the cmap package, as viridis or coolwarm.", metavar="NAME")
    vmin: float | None = _option(None, "The weight at the lower end of the colormap.")
    vmax: float | None = _option(None, "The weight at its upper end.  [default: symmetric about 0]")
    scale: str = _option(
        "auto",
        "What the colours of weights' values reach to: the largest of each layer (layer), of all (global), or the 99th "
        "percentile of all sizes (p99). auto: global for up to 100 weights, or layers that are alike; else one a layer, "
        "at its 99th percentile where few weights are far larger. vmin and vmax go before it.",
        choices=SCALES,
    )
    theme: str = _option(
        "light",
        "Colours for a light page, a dark one, or as the reader's page is (auto); print: black on white, "
        "weights told apart by line style.",
        choices=THEMES,
    )
    highlight: tuple[str, ...] = _option(
        (),
        "Emphasise a unit (y.2), its y.2:window, y.2:receptive-field or x.1:reach, all ways x.1:path:y.2, or a weight "
        "(y.weight.0.0.1); =COLOUR after it. May be repeated.",
        metavar="WHAT",
        panel=True,
    )
    rest: str = _option("pale", "How to draw what is not highlighted.", choices=RESTS, panel=True)
    show: tuple[str, ...] = _option(
        (), "Print values in the units, or draw biases; may be repeated.", choices=SHOW, panel=True
    )
    padding: str = _option(
        "hidden", "How to draw padding: as stubs of connections, or as units.", choices=PADDINGS, panel=True
    )
    dropped: str = _option("cross", "How to draw dropped units: crossed out, or as gaps.", choices=DROPPED, panel=True)
    zeros: str | None = _option(
        None,
        "How to draw connections whose weight is 0, where weights are given.  [default: draw; hide with a threshold]",
        choices=ZEROS,
        panel=True,
    )
    threshold: str | None = _option(
        None,
        "Which weights count as 0: those smaller than T in size (0.05), or the smallest of each layer (20%).",
        metavar="T",
        panel=True,
    )
    labels: str = _option(
        "index", "What stands in the units: x with an index, 1, x, or a value.", choices=LABELS, panel=True
    )
    unit_labels: tuple[str, ...] = _option(
        (),
        "Your own text in units: x=a/b/c for those of a layer in order, x=a for all, x.2=a for one. May be repeated.",
        flag="label",
        metavar="NAME=TEXT",
        panel=True,
        markup=True,
    )
    channel_labels: tuple[str, ...] = _option(
        (),
        "Names of a layer's channels, one beside the units of each: x=ax/ay/az. May be repeated.",
        flag="channel-label",
        metavar="NAME=TEXT",
        panel=True,
        markup=True,
    )
    index_from: int = _option(1, "The first index of units, 0 or 1.", least=0, most=1, panel=True)
    edge_labels: tuple[str, ...] = _option(
        (),
        "What stands at the connections: the name of the weight (w with an index), its value, a letter or a number "
        "(index) for each, none; also of one layer, as h1=name, or your own text for a weight, as h1.weight.0.0.1=w_2, "
        "or for a connection, as x.1:h1.2=a. May be repeated.  [default: auto, letters in print]",
        metavar="[NAME=]WHAT",
        panel=True,
        markup=True,
        words=EDGE_LABELS,
        texts=True,
    )
    unit_shape: str = _option("circle", "The shape of units; a box is as wide as its text.", choices=SHAPES)
    fill: str = _option("none", "What the colour of units means.", choices=FILLS, panel=True)
    captions: bool = _option(True, "What each layer is, beside it.", panel=True)
    legend: bool = _option(True, "What the colours mean.")
    transparent: bool = _option(False, "No background: what is behind the figure shows through.")
    font: str | None = _option(
        None,
        "A font (.ttf, .otf) for characters of PNG and PDF that the shipped one has not.  [default: the system's]",
        metavar="FILE",
        path=True,
    )
    text: str = _option(
        "live",
        "Text of an SVG: live (searched, selected, in the reader's font), or outlines, which need no font.",
        choices=TEXTS,
    )
    standalone: bool = _option(
        False, "A .tex or .typ that is a document of its own, with a page as large as the figure, not a part of one."
    )
    animate: str | None = _option(
        None,
        "Let the figure move, step by step: slide (the kernel goes over the input; slide:h1, that of the layer h1), "
        "forward (layer after layer), grow (connection after connection). An SVG, GIF, APNG or WebP moves, a PDF has a "
        "page for each step, and so has each file of -o step-%02d.svg; none: the steps of a figure file are not heeded.",
        metavar="WHAT",
    )
    period: float = _option(1.0, "How long each step of a figure that moves is seen, in seconds.", least=0.05, most=60)
    loop: bool = _option(True, "A figure that moves begins again at its end; without, the whole figure follows.")
    dpi: float | None = _option(None, "Dots per inch of a PNG.  [default: 192, at most 2,000 pixels a side]", least=1)

    def __post_init__(self) -> None:
        if isinstance(self.labels, bool):
            self._set("labels", "index" if self.labels else "none")
        if isinstance(self.threshold, Real) and not isinstance(self.threshold, bool):
            self._set("threshold", str(self.threshold))
        for setting in settings():
            value = getattr(self, setting.name)
            if value is setting.default:  # which is legal
                continue
            if setting.many:
                items = tuple(value) if isinstance(value, (list, tuple)) else (value,)
                if setting.by_name and isinstance(value, Mapping):
                    items = wishes_of(value)
                _check_length(setting, items)
                if setting.bare:
                    items = tuple(one for item in items for one in _of_names(setting, item))
                self._set(setting.name, tuple(_checked(setting, item) for item in items))
            else:
                self._set(setting.name, _checked(setting, value))
        if self.vmin is not None and self.vmax is not None and self.vmin >= self.vmax:
            raise DrawingError(f"vmin ({self.vmin:g}) must be less than vmax ({self.vmax:g})", "vmin")
        if self.colormap == "":
            raise DrawingError("the colormap has no name (as viridis or coolwarm)", "colormap")
        self._check_measures()

    def _check_measures(self) -> None:
        """Raise DrawingError for a threshold, a motion or a length that is none, and for a size of text that nobody could read."""
        if self.threshold is not None:
            threshold_of(self.threshold)
        if self.animate is not None:
            _check_motion(self.animate)
        lengths = {name: getattr(self, name) for name in ("width", "height", "pitch", "font_size", "margin")}
        for name, text in lengths.items():
            if text is None:
                continue
            from connectivity.typeset.lengths import points

            length = points(text, name, least=0.0 if name == "margin" else 1.0)
            if name == "font_size" and not LEAST_FONT <= length <= MOST_FONT:
                raise DrawingError(
                    f'font-size must be {LEAST_FONT:g}pt to {MOST_FONT:g}pt, not "{visible(text)}"', name
                )

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @property
    def zeros_drawn(self) -> str:
        """How connections are drawn whose weight counts as 0, one of ``ZEROS``."""
        return self.zeros or ("draw" if self.threshold is None else "hide")

    def replaced(self, changes: dict[str, Any]) -> Options:
        """The same options with some of them changed."""
        return dataclasses.replace(self, **changes) if changes else self


_settings: list[Setting] = []


def settings() -> list[Setting]:
    """All options, in the order they are explained."""
    if not _settings:
        for field in dataclasses.fields(Options):
            about = field.metadata
            kind = str(field.type)
            many = kind.startswith("tuple")
            base = "choice" if about["choices"] else next(v for k, v in _KINDS.items() if k in kind)
            _settings.append(
                Setting(
                    field.name,
                    about["flag"] or field.name.replace("_", "-"),
                    base,
                    about["help"],
                    field.default,
                    about["choices"],
                    many,
                    about["panel"],
                    about["metavar"],
                    about["least"],
                    about["most"],
                    about["markup"],
                    about["words"],
                    about["texts"],
                    about["path"],
                    about["bare"],
                )
            )
    return _settings


_KINDS = {"str": "text", "bool": "switch", "int": "whole", "float": "number"}


@functools.lru_cache(maxsize=512)
def one_spelling(word: str) -> str:
    """A name, or a word, of an option in the one of its spellings that is declared: American, with dashes.

    >>> one_spelling("colour_by"), one_spelling("--centre"), one_spelling("max-units")
    ('color-by', '--center', 'max-units')
    """
    word = word.replace("_", "-")
    for british, american in _SPELLINGS.items():
        word = word.replace(british, american)
    return word


_SPELLINGS = {"colour": "color", "centre": "center", "grey": "gray", "labell": "label", "neighbour": "neighbor"}


def named(options: Mapping[str, Any]) -> dict[str, Any]:
    """``options`` by the names of :class:`Options`, where some are by those of the command line (``row_title``).

    Raises DrawingError for a name that is none.

    >>> named({"row_title": ["a"], "max-units": 12})
    {'row_titles': ['a'], 'max_units': 12}
    """
    option_of = {one_spelling(name): setting.name for setting in settings() for name in (setting.flag, setting.name)}
    values: dict[str, Any] = {}
    for name, value in options.items():
        option = option_of.get(one_spelling(name))
        if option is None:
            raise unknown_option(name, [key.replace("-", "_") for key in option_of])
        if option in values:
            raise DrawingError(f'"{visible(name)}" is said twice; say it once', option)
        values[option] = value
    return values


def unknown_option(name: str, legal: Sequence[str]) -> OptionError:
    """The error of an option that is none of ``legal``; it knows which of them is meant."""
    hint, meant = option_hint(name, legal)
    error = OptionError(f'unknown option "{visible(name)}"{hint}')
    error.said, error.suggestion = name, meant
    return error


def option_hint(name: str, legal: Sequence[str]) -> tuple[str, str | None]:
    """What to say of an option that is none of ``legal``, and the one of them that is meant, if one is.

    >>> option_hint("cmap", ["colormap", "map"]), option_hint("dark", ["theme"])
    ((' (did you mean "colormap"?)', 'colormap'), (' (did you mean "theme", as dark?)', 'theme'))
    """
    folded = {one_spelling(one): one for one in reversed(legal)}  # of two spellings the first
    word = one_spelling(name)
    meant = None if word in folded else optionhabits.option_meant(word)
    if isinstance(meant, str):
        return f"; {meant.replace('--', '')}", None
    if meant is not None and meant.option in folded:
        option = folded[meant.option]
        value = meant.value.replace("{}", "y.3")
        return f' (did you mean "{option}"{f", as {value}" if value else ""}?)', option
    near = optionhabits.slip_of(word, folded)
    if near is None:
        return optionhabits.nearest_few(name, legal), None
    return f' (did you mean "{folded[near]}"?)', folded[near]


def threshold_of(text: str) -> Threshold:
    """What a threshold says. Raises DrawingError for what is neither a size, 0 or more, nor a share of 0 to 100 %.

    >>> threshold_of("0.05"), threshold_of("20 %")
    (Threshold(number=0.05, share=False), Threshold(number=20.0, share=True))
    """
    share = text.rstrip().endswith("%")
    digits = text.rstrip().removesuffix("%").strip()
    number = decimal(digits)
    if number is None:
        raise DrawingError(
            f'threshold "{visible(text, 40)}" is neither a size of weights (as 0.05) '
            "nor a share of each layer's (as 20%)",
            "threshold",
        )
    if number < 0 or (share and number > 100):
        legal = "a share from 0% to 100%" if share else "0 or more"
        raise DrawingError(f'threshold must be {legal}, not "{visible(text, 40)}"', "threshold")
    return Threshold(abs(number), share)


def _checked(setting: Setting, value: Any) -> Any:
    """The value, of a choice as it is spelled. Raises DrawingError for one that is not legal."""
    name, flag = setting.name, setting.flag
    python_type: Any = {"switch": bool, "whole": Integral, "number": Real}.get(setting.kind, str)
    if not isinstance(value, python_type) or (isinstance(value, bool) and setting.kind != "switch"):
        raise DrawingError(f"{flag} {_wanted(setting, value)}", name)
    if value in setting.choices:
        return value
    if setting.choices:
        folded = {one_spelling(choice).lower(): choice for choice in setting.choices}
        spelled = folded.get(one_spelling(value).lower())
        if spelled is None:
            what = {"show": "thing to show"}.get(name, flag)
            raise DrawingError(f'unknown {what} "{visible(value)}"{value_hint(setting, value)}', name)
        return spelled
    if setting.words:
        return _check_word(setting, value)
    if setting.kind == "text":
        _check_text(setting, value)
        if setting.markup and "\\n" in value:
            from connectivity.typeset.markup import broken

            return broken(value)
    elif setting.kind in ("whole", "number"):
        _check_number(setting, value)
    return value


def _wanted(setting: Setting, value: Any) -> str:
    """What is said of a value of a wrong type."""
    said = visible(repr(value), 40)
    if setting.metavar == "LENGTH" and isinstance(value, Real) and not isinstance(value, bool):
        units = ("pt",) if setting.name in ("font_size", "pitch") else ("cm", "in")
        shown = " or ".join(f'"{visible(str(value), 20)}{unit}"' for unit in units)
        return f"{said} is no length: say a unit, as {shown}"
    noun = {"switch": "true or false", "whole": "a whole number", "number": "a number"}.get(setting.kind, "a text")
    return f"must be {noun}, not {said}"


def value_hint(setting: Setting, value: str) -> str:
    """What to say of a word that is none of those that an option has.

    >>> value_hint(next(one for one in settings() if one.name == "theme"), "black")
    ' (did you mean "dark"?)'
    """
    meant = optionhabits.value_meant(setting.flag, value)
    if meant is not None:
        return f' (did you mean "{meant}"?)'
    hint = suggestion(value, setting.choices)
    if setting.flag == "padding" and value.strip().isdigit():
        hint += f"; {optionhabits.PADDING.format(visible(value.strip(), 9)).replace('--', '')}"
    return hint


def by_layer(wishes: Sequence[str], layer: str) -> str:
    """What is wished for a layer: the last that names it, else the last for all; "auto" where nobody says.

    >>> by_layer(("cells", "h1=circles"), "h1"), by_layer(("cells", "h1=circles"), "y"), by_layer((), "y")
    ('circles', 'cells', 'auto')
    """
    said = {name: word for name, _, word in (wish.rpartition("=") for wish in wishes)}
    return said.get(layer, said.get("", "auto"))


def wishes_of(table: Mapping[str, Any]) -> tuple[Any, ...]:
    """What is wished for layers by their names, as texts; what is no text is left to those who refuse it.

    >>> wishes_of({"h1": "cells", "y": "circles"})
    ('h1=cells', 'y=circles')
    """
    return tuple(f"{name}={word}" if isinstance(word, str) else word for name, word in table.items())


def _of_names(setting: Setting, item: Any) -> Sequence[Any]:
    """What names of layers alone stand for: h1/h2 is h1=alone and h2=alone; anything else is left as it is."""
    if not isinstance(item, str) or "=" in item or item.strip().lower() in setting.words:
        return [item]
    names = [name.strip() for name in item.split("/")]
    return [f"{name}={setting.bare}" for name in names] if all(map(str.isidentifier, names)) else [item]


def _check_word(setting: Setting, value: str) -> str:
    """A word of a panel or of one of its layers, as it is spelled."""
    name, equals, word = value.partition("=") if setting.texts and "=" in value else value.rpartition("=")
    spelled = next((one for one in setting.words if one == word.strip().lower()), None)
    if spelled is None and equals and setting.texts:
        _check_text(setting, word)
        spelled = word
    if spelled is None:
        if value in _RENAMED.get(setting.name, {}):
            now = _RENAMED[setting.name][value]
            raise DrawingError(f'{setting.flag} "{value}" is called "{now}"; say that', setting.name)
        legal = [f"{name}{equals}{word}" for word in setting.words] if equals else setting.words
        hint = suggestion(value if equals else word, legal)
        raise DrawingError(f'unknown {setting.flag} "{visible(value)}"{hint}', setting.name)
    if equals and not name.strip():
        raise DrawingError(
            f'{setting.flag} "{visible(value, 40)}" names no layer, as h1={visible(spelled, 20)} does', setting.name
        )
    return f"{name.strip()}{equals}{spelled}"


def _check_motion(motion: str) -> None:
    """Raise DrawingError for what is no way to move."""
    name, colon, layer = motion.partition(":")
    if name not in MOTIONS or (colon and (name != "slide" or not layer)):
        legal = [*MOTIONS, "slide:h1"] if not colon or name not in MOTIONS else ["slide:h1"]
        raise DrawingError(f'unknown animate "{visible(motion, 40)}"{suggestion(motion, legal)}', "animate")


_RENAMED = {"edge_labels": {"weight": "value"}}
"""Words that are called otherwise now, of options by their names."""


def _check_text(setting: Setting, text: str) -> None:
    if len(text) > LABEL_LIMIT:
        raise DrawingError(
            f"{setting.flag}: a text of {len(text):,} characters; at most {LABEL_LIMIT:,}, which no option raises",
            setting.name,
        )
    if setting.markup and "$" in text:
        from connectivity.typeset.markup import problem

        wrong = problem(text)
        if wrong:
            raise MarkupError(wrong.message, text, wrong.place, setting.name, setting.flag)


def _check_length(setting: Setting, items: Sequence[Any]) -> None:
    if len(items) > LIST_LIMIT:
        raise DrawingError(
            f"{setting.flag} is said {len(items):,} times; at most {LIST_LIMIT:,}, which no option raises", setting.name
        )


def _check_number(setting: Setting, number: float) -> None:
    try:
        finite = math.isfinite(number)
    except OverflowError:  # a whole number beyond all floats
        finite = False
    if not finite:
        raise DrawingError(f"{setting.flag} must be a finite number, not {visible(str(number), 40)}", setting.name)
    low, high = setting.least, setting.most
    if (low is not None and number < low) or (high is not None and number > high):
        between = "or" if setting.kind == "whole" else "to"
        legal = f"{low:g} or more" if high is None else f"{low:g} {between} {high:g}"
        raise DrawingError(f"{setting.flag} must be {legal}, not {visible(str(number), 40)}", setting.name)

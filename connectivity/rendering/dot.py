r"""A scene to DOT text. Pure, and the only writer of DOT.

Nothing of the user's reaches the text but through :func:`quoted` or :func:`_html`: node and edge
ids are generated, numbers are formatted, and only the attributes written here are ever written.
The units are placed (``pos``), so Graphviz only draws: ``neato -n2`` or the engine ``nop``.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from connectivity.graphs.unitnames import Label
from connectivity.numerals import brief
from connectivity.rendering.bundles import bundles
from connectivity.scene import LEADING, Box, Dot, Line, Scene, Shape, Text, Unit
from connectivity.typeset.markup import Overlay, Setting, face_of, has_markup, pieces, setting
from connectivity.typeset.metrics import FAMILY, text_width
from connectivity.typeset.pieces import APART, SMALL, Piece, Run

SEMIBOLD = f"{FAMILY} Semibold"

# What XML and terminals cannot hold: C0 and C1 controls, DEL, surrogates, non-characters.
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_POINTS_PER_INCH = 72

RAISED = 1.0
"""How much higher than other labels Graphviz sets the ones that are like HTML, in points."""

FLAT_CELLS = 5_000
"""More cells of matrices than this are painted on the background, without an id and a tooltip each."""

CELL_OUTLINE = 0.7
"""The width of a cell's outline, in points."""

THIN, THINNEST = 0.5, 0.28
"""How wide lines are among so many that they have no heads, and in a dense scene; shares of their width."""


STAND_IN = "L 2 0 0 1 1"
"""What stands for the lines of a dense scene where the finishing of SVG writes them."""

_UNDER = 0.4  # how far a piece of a gradient reaches under the next, in points
_OVER = "o"  # before the id of a unit: where lines start that lie over others
_OVER_STYLE = {"shape": "plain", "style": '""', "fixedsize": "false", "width": "0", "height": "0"}
_SHRUNK = 1.2  # Pango, which sets the texts of bitmaps and PDFs, makes <SUB> and <SUP> smaller by this
_STRUT = "\u00a0"
_LINES_MARGIN = 4.0  # what is left free over and under the lines of a label, in points
SIGN = 1.7  # the size of a sign in a unit, in font sizes of its labels
_CORNER = 2.0  # the size of the boxes at the corners of the paper: whole points, which every version keeps

HEAD = 4.5
"""The length of an arrow's head, in points: ten times arrowsize."""


class Placed(NamedTuple):
    """One line of a text: where it is anchored, by the text's ``align``, and the middle of its height."""

    x: float
    y: float
    line: str
    text: Text


def dot(
    scene: Scene,
    dpi: float | None = None,
    flat: bool = False,
    labels: bool = True,
    scale: float | None = None,
) -> str:
    """The DOT text of ``scene``; ``dpi`` is for bitmaps, ``scale`` for what is drawn in another size (None: its own).

    ``flat``: the lines of a dense scene and the cells of large matrices are painted on the background instead of
    being edges and nodes, which Graphviz draws ten times as fast and looks the same.
    Without ``labels`` nothing is written: each line of ``text_lines`` is a mark whose id is its ``text_id``, and for the
    lines that are painted there is one in their place.
    """
    usual = Counter(line.width for line in scene.lines).most_common(1)
    width = usual[0][0] if usual else 1.0
    flat_cells = flat and len(scene.cells) > FLAT_CELLS
    flat_lines = flat and scene.dense
    writer = _Marks()
    plates = [box for box in scene.boxes if flat_cells and box.classes == "plate"]
    for box in scene.boxes:
        if not (flat_cells and box.classes == "plate"):
            writer.add(*_box(box))
    _add_cells(writer, [] if flat_cells else scene.cells)
    _add_texts(writer, scene, labels)
    for mark in scene.dots:
        writer.add(*_dot(mark))
    for _, units in groupby(scene.units, key=_unit_key):
        alike = list(units)
        shared = _unit_style(scene, alike[0])
        for unit in alike:
            for style, attributes, name in _unit(scene, unit, shared, labels):
                writer.add(style, attributes, name)
    _add_tails(writer, scene)
    _add_corners(writer, scene)
    edges = [] if flat_lines else [_line(line, scene, width) for line in scene.lines]
    painted = [
        _painted([*plates, *(scene.cells if flat_cells else ())]),
        (_strokes(scene) if labels else STAND_IN) if flat_lines else "",
        _shapes(scene.shapes),  # the last, which is how the finishing of SVG finds them
    ]
    strokes = " \\\n".join(filter(None, painted))
    return "".join(
        [
            "digraph {\n",
            _graph_defaults(scene, dpi, strokes, scene.scale if scale is None else scale, labels),
            *writer.parts,
            _edge_defaults(scene, width),
            *edges,
            "}\n",
        ]
    )


def _add_tails(writer: _Marks, scene: Scene) -> None:
    """Units once more, unseen, at which the lines start that lie over others: Graphviz draws by the order of tails."""
    tails = {line.tail for line in scene.lines if line.over}
    for unit in scene.units if tails else ():
        if unit.id in tails:
            writer.add(_unit_style(scene, unit) | {"style": "invis"}, _at(unit.x, unit.y), f"{_OVER}{unit.id}")


def _add_corners(writer: _Marks, scene: Scene) -> None:
    """The corners of the paper, which is as large as it was computed: boxes, since Graphviz makes points larger."""
    style = {"shape": "box", "style": "invis", **_size(_CORNER, _CORNER)}
    inset = _CORNER / 2
    for x, y in ((inset, inset), (scene.width - inset, scene.height - inset)):
        writer.add(style, _at(x, y))


def _add_cells(writer: _Marks, cells: list[Box]) -> None:
    for _, alike in groupby(cells, key=lambda cell: (cell.fill, cell.classes, cell.stroke, cell.style)):
        same = list(alike)
        shared = _cell_style(same[0])
        for cell in same:
            writer.add(shared, f"id={cell.id} {_extent(cell)} {_at(cell.x, cell.y)}", cell.id)


def _add_texts(writer: _Marks, scene: Scene, labels: bool) -> None:
    text: Text | None = None
    shared: dict[str, str] = {}
    for number, placed in enumerate(text_lines(scene)):
        if placed.text is not text:
            text, shared = placed.text, _text_style(placed.text)
        if not labels:
            writer.add(shared, f"id={text_id(number)} {_at(middle_of(placed), placed.y)}")
            continue
        for style, attributes in _labelled(placed, shared):
            writer.add(style, attributes)


def text_id(number: int) -> str:
    """The id of a line of text in a drawing without labels, counted from 0."""
    return f"text{number}"


def text_lines(scene: Scene) -> Iterator[Placed]:
    """All lines of a scene's texts, in the order in which they are drawn; in every theme the same.

    Those of one font together, since Graphviz looks it up whenever it changes. Each line by itself: Graphviz's own
    line spacing depends on its version.
    """
    styles: dict[tuple[object, ...], list[Text]] = {}
    for text in scene.texts:
        styles.setdefault(_style(text), []).append(text)
    for text in itertools.chain.from_iterable(styles.values()):
        lines = text.text.split("\n")
        y = text.y + (len(lines) - 1) / 2 * text.size * LEADING
        for line in lines:
            if line:  # of an empty one Graphviz crashes, where it is to be aligned
                yield Placed(text.x, y, line, text)
            y -= text.size * LEADING


class _Marks:
    """Node statements; attributes that neighbours share are said once, as defaults before them."""

    def __init__(self) -> None:
        self.parts: list[str] = ['node[label=""]\n']
        self._defaults: dict[str, str] = {}
        self._shared: dict[str, str] = {}
        self._number = 0

    def add(self, shared: dict[str, str], attributes: str, name: str = "") -> None:
        """A node with the attributes ``shared`` and its own ``attributes``; without a ``name`` it gets one."""
        if shared is not self._shared:
            self._shared = shared
            changed = [f"{key}={value}" for key, value in shared.items() if self._defaults.get(key) != value]
            if changed:
                self._defaults.update(shared)
                self.parts.append(f"node[{' '.join(changed)}]\n")
        if not name:
            self._number += 1
            name = f"m{self._number}"
        self.parts.append(f"{name}[{attributes}]\n")


def quoted(text: str) -> str:
    r"""``text`` as a DOT string that shows exactly this text.

    >>> print(quoted('a "b" \\N <i> &amp;'))
    "a \"b\" \\N <i> &amp;amp;"
    """
    escaped = clean(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def clean(text: str) -> str:
    """``text`` without what XML cannot hold: a replacement character for each."""
    return _FORBIDDEN.sub("\ufffd", text)


# Every kind of mark names all of these that it heeds, since the kind before it has set them.
_SILENT = {"shape": "point", "style": "invis", "fixedsize": "true", "width": "0", "height": "0"}


def _graph_defaults(scene: Scene, dpi: float | None, strokes: str, scale: float, labels: bool) -> str:
    resolution = f" dpi={brief(dpi)}" if dpi else ""
    if scale != 1.0:
        sides = (f"{side * scale / _POINTS_PER_INCH:.4f}" for side in (scene.width, scene.height))
        resolution += f' size="{",".join(sides)}!"'
    if scene.trimmed and labels:  # what is seen, whatever Graphviz thinks how large its texts are
        seen = scene.width * scale, scene.height * scale, scale, scene.width / 2, scene.height / 2
        resolution += f' viewport="{",".join(f"{number:.6f}" for number in seen)}"'
    background = f' _background="{strokes}"' if strokes else ""
    colour = "transparent" if scene.transparent else scene.background
    return f'graph[bgcolor="{colour}" outputorder=edgesfirst pad=0 margin=0 notranslate=true{resolution}{background}]\n'


def _edge_defaults(scene: Scene, width: float) -> str:
    if not scene.arrows:
        return f"edge[dir=none headclip=false tailclip=false penwidth={brief(width * share_of(scene))}]\n"
    return f"edge[arrowsize=0.45 penwidth={brief(width)}]\n"


def _unit_key(unit: Unit) -> tuple[str, ...]:
    return (
        unit.fill,
        unit.classes,
        unit.shape,
        unit.style,
        unit.stroke,
        unit.ink,
        f"{unit.width} {unit.height} {unit.size}",
    )


def _unit_style(scene: Scene, unit: Unit) -> dict[str, str]:
    styles = [style for style in ("filled" if unit.fill else "", unit.style) if style not in ("", "solid")]
    if unit.width and unit.shape != "circle":
        # Of other boxes, arrows would end before the corners: Graphviz clips them at the rectangle.
        styles.append("rounded")
    return {
        "shape": "circle" if unit.shape == "circle" else "box",
        "style": f'"{",".join(styles)}"',
        **_size(unit.width or scene.unit_width, unit.height or scene.diameter),
        "fillcolor": f'"{unit.fill or "transparent"}"',
        "color": f'"{unit.stroke or scene.unit_stroke}"',
        "penwidth": brief(pen_of(unit, scene)),
        "fontname": f'"{FAMILY}"',
        "fontsize": brief(unit.size or scene.font_size),
        "fontcolor": f'"{unit.ink or scene.ink}"',
        "class": f'"{unit.classes}"',
    }


def pen_of(unit: Unit, scene: Scene) -> float:
    """How wide the outline of a unit is."""
    diameter = (unit.height if unit.shape == "circle" else 0.0) or scene.diameter
    pen = 1.1 if diameter > 12 else max(0.2, 0.07 * diameter)
    return pen * 1.6 if unit.stroke and unit.style != "dashed" else pen


Node = tuple[dict[str, str], str, str]
"""A node: the attributes that it shares with others, its own, its name."""


def _unit(scene: Scene, unit: Unit, shared: dict[str, str], labels: bool) -> Iterator[Node]:
    """A unit with its label; lines of labels, and what stands over others in one, are nodes of their own."""
    size, label = unit.size or scene.font_size, unit.label
    own = f"id={unit.id} {_at(unit.x, unit.y)}"
    if label is None or not labels:
        yield shared, own, unit.id
        return
    if label.large:
        yield shared, f"{own} label={_sized(_html(label.stem), SIGN * size)}", unit.id
        return
    lines = label_lines(unit, label, size, scene.diameter)
    if len(lines) == 1:
        line = setting(lines[0].pieces, size)
        yield shared, f"{own} label={_set(line, size)}", unit.id
        for style, over in _overlays(line, unit.x, unit.y, size, _unit_text(scene, unit, size)):
            yield style, over, ""
        return
    yield shared, own, unit.id
    for pieces_of_line, y, line_size in lines:
        line = setting(pieces_of_line, line_size)
        if line.runs:
            style = _unit_text(scene, unit, line_size)
            yield style, f"{_at(unit.x, y)} label={_set(line, line_size)}", ""
            yield from ((own, over, "") for own, over in _overlays(line, unit.x, y, line_size, style))


class LabelLine(NamedTuple):
    """A line of a label: its pieces, the middle of its height, and its font size."""

    pieces: tuple[Piece, ...]
    y: float
    size: float


def label_lines(unit: Unit, label: Label, size: float, diameter: float = 0.0) -> list[LabelLine]:
    """The lines of a unit's label, which are smaller where the unit has no room for them."""
    lines = label.lines()
    if len(lines) > 1:
        size = min(size, ((unit.height or diameter) - _LINES_MARGIN) / (LEADING * len(lines)))
    middle = (len(lines) - 1) / 2
    return [LabelLine(line, unit.y + (middle - number) * size * LEADING, size) for number, line in enumerate(lines)]


def _unit_text(scene: Scene, unit: Unit, size: float) -> dict[str, str]:
    """The style of texts in a unit that are nodes of their own."""
    return _text_style(Text(0.0, 0.0, "", size, unit.ink or scene.ink, classes="label"))


def _set(line: Setting, size: float, face: str = "regular") -> str:
    """A line as a label: as plain text where it can be."""
    if all(run == Run(run.text) for run in line.runs):
        return quoted("".join(run.text for run in line.runs))
    return f"<{''.join(_run(run, size, face) for run in line.runs)}>"


def _run(run: Run, size: float, face: str) -> str:
    """A run as a piece of a label like HTML."""
    inner = _html(run.text).replace(" ", "&#160;")
    if run.face == "italic":
        inner = f"<I>{inner}</I>"
    if (run.face, face) in (("bold", "regular"), ("italic", "semibold")):
        inner = f'<FONT FACE="{SEMIBOLD if run.face == "bold" else FAMILY}">{inner}</FONT>'
    if not run.height:
        return inner
    small = f'<FONT POINT-SIZE="{round(_SHRUNK * SMALL * size)}">{inner}</FONT>'
    return f"<SUB>{small}</SUB>" if run.height == "sub" else f"<SUP>{small}</SUP>"


def _sized(inner: str, size: float) -> str:
    return f'<<FONT POINT-SIZE="{round(size)}">{inner}</FONT>>'


def _overlays(
    line: Setting, x: float, y: float, size: float, style: dict[str, str], face: str = "regular"
) -> Iterator[tuple[dict[str, str], str]]:
    """What stands over a line around (x, y), as nodes that are written behind it."""
    for over in line.overlays:
        label, width = _overlay(over, size, face)
        attributes = f"{_at(x - line.width / 2 + over.x + width / 2, y + _lift(over, size))} label={label}"
        yield style | _OVER_STYLE, attributes


def _lift(over: Overlay, size: float) -> float:
    """How high something stands over its line; a script is so much farther from the one that is in line that they part."""
    if over.lift:
        return over.lift
    height = next((run.height for run in over.runs if run.height), "")
    return {"sub": -2.0, "sup": 2.0}.get(height, 0.0) * APART * size


def _overlay(over: Overlay, size: float, face: str) -> tuple[str, float]:
    """What stands over a line as a label, and how far its middle is from where it begins, twice, in points.

    A space of full size before scripts keeps them at the height that they would have behind a letter.
    """
    if over.lift:
        inner = "".join(_html(run.text) for run in over.runs)
        return _sized(inner, over.size), sum(text_width(run.text, round(over.size), face) for run in over.runs)
    runs = (Run(_STRUT), *over.runs)
    widths = (text_width(run.text, SMALL * size if run.height else size, face_of(run, face)) for run in over.runs)
    return f"<{''.join(_run(run, size, face) for run in runs)}>", sum(widths) - text_width(_STRUT, size, face)


def _html(text: str) -> str:
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text_style(text: Text) -> dict[str, str]:
    usual = {
        "shape": "plain",
        "style": '""',
        "fixedsize": "false",
        "width": "0",
        "height": "0",
        "fontname": f'"{SEMIBOLD if text.bold else FAMILY}"',
        "fontsize": brief(text.size),
        "fontcolor": f'"{text.colour}"',
        "class": _class(text.classes),
    }
    return usual | _plate(text)


def _plate(text: Text) -> dict[str, str]:
    """The ground under a text that stands on lines."""
    if not text.plate:
        return {}
    return {
        "shape": "box",
        "style": "filled",
        "penwidth": "0",
        "fillcolor": f'"{text.plate}"',
        **_size(*plate_size(text)),
    }


def plate_size(text: Text) -> tuple[float, float]:
    """How wide and how high the ground is under a text that stands on lines."""
    width, height = text.measure()
    return width + 3, height - 1.5


def _labelled(placed: Placed, shared: dict[str, str]) -> Iterator[tuple[dict[str, str], str]]:
    """A line of text, and behind it what stands over it."""
    text, line = placed.text, placed.line
    face = "semibold" if text.bold else "regular"
    x, y = middle_of(placed), placed.y
    set_line = setting(pieces(line), text.size, face) if has_markup(line) else None
    label = quoted(line) if set_line is None else _set(set_line, text.size, face)
    if label.startswith("<"):
        y -= RAISED
    elif text.align != "middle":
        label = f'{label[:-1]}\\{"l" if text.align == "start" else "r"}"'
    yield shared, f"{_at(x, y)} label={label}"
    if set_line is not None:
        yield from _overlays(set_line, x, placed.y - RAISED, text.size, shared, face)


def middle_of(placed: Placed) -> float:
    """The middle of a line of text."""
    half = placed.text.width_of(placed.line) / 2
    return placed.x + {"start": half, "end": -half}.get(placed.text.align, 0.0)


def _dot(mark: Dot) -> tuple[dict[str, str], str, str]:
    if not mark.diameter:
        return _SILENT, _at(mark.x, mark.y), mark.id
    shared = {
        "shape": "circle",
        "style": "filled",
        **_size(mark.diameter, mark.diameter),
        "fillcolor": f'"{mark.fill}"',
        "penwidth": "0",
        "class": _class(mark.classes),
    }
    return shared, _at(mark.x, mark.y), mark.id


def _box(box: Box) -> tuple[dict[str, str], str]:
    shared = {"shape": "box", **_size(box.width, box.height)}
    if box.stroke:
        shared |= {"style": "rounded", "color": f'"{box.stroke}"', "penwidth": "0.9"}
        shared["class"] = _class(box.classes or "group")
        return shared, _at(box.x, box.y)
    shared |= {"style": "filled", "penwidth": "0", "class": _class(box.classes or "legend")}
    return shared, f'{_at(box.x, box.y)} fillcolor="{box.fill}"'


def _class(classes: str) -> str:
    return f'"{classes}"' if " " in classes else classes


def _at(x: float, y: float) -> str:
    return f'pos="{brief(x)},{brief(y)}"'


def _extent(box: Box) -> str:
    return " ".join(f"{key}={value}" for key, value in _size(box.width, box.height).items() if key != "fixedsize")


def _cell_style(cell: Box) -> dict[str, str]:
    style = {
        "shape": "box",
        "style": "filled",
        "fixedsize": "true",
        "penwidth": "0",
        "fillcolor": f'"{cell.fill}"',
        "class": f'"{cell.classes}"',
    }
    if cell.stroke:
        style |= {"penwidth": brief(CELL_OUTLINE), "color": f'"{cell.stroke}"'}
        style["style"] = "filled" if cell.style == "solid" else f'"filled,{cell.style}"'
    return style


def _painted(boxes: Iterable[Box]) -> str:
    """Boxes as xdot operations, those of one weight together: a fill colour (C), a filled polygon (P)."""
    parts: list[str] = []
    colour = ""
    alike: dict[str, list[Box]] = {}
    for cell in boxes:
        alike.setdefault(cell.classes, []).append(cell)
    for cell in itertools.chain.from_iterable(alike.values()):
        if cell.fill != colour:
            colour = cell.fill
            parts += [f"C {len(colour)} -{colour}", f"c {len(colour)} -{colour}", "S 15 -setlinewidth(0)"]
        left, right = brief(cell.x - cell.width / 2), brief(cell.x + cell.width / 2)
        low, high = brief(cell.y - cell.height / 2), brief(cell.y + cell.height / 2)
        parts.append(f"P 4 {left} {low} {right} {low} {right} {high} {left} {high}")
    return " \\\n".join(parts)


def _shapes(shapes: Iterable[Shape]) -> str:
    """Shapes as xdot operations: filled (P) and open (p) polygons, lines (L); what stays the same is said once."""
    parts: list[str] = []
    state: dict[str, str] = {}

    def pen(key: str, operation: str) -> None:
        if state.get(key) != operation:
            state[key] = operation
            parts.append(operation)

    for shape in itertools.chain.from_iterable(map(painted_as, shapes)):
        if shape.fill and not shape.ramp:
            pen("fill", _said("C", shape.fill + (f"{round(255 * shape.opacity):02x}" if shape.opacity < 1 else "")))
        pen("stroke", _said("c", shape.stroke or "transparent"))
        pen("width", _said("S", f"setlinewidth({brief(shape.width if shape.stroke else 0.0)})"))
        pen("style", _said("S", shape.style))
        if shape.ramp:  # the last, since a style would undo it
            pen("fill", _said("C", _gradient(shape)))
        kind = ("P" if shape.fill else "p") if shape.closed else "L"
        parts.append(f"{kind} {len(shape.points)} {' '.join(f'{brief(x)} {brief(y)}' for x, y in shape.points)}")
    return " \\\n".join(parts)


def painted_as(shape: Shape) -> list[Shape]:
    """What a shape is painted as: itself; one with a ramp as a row of shapes, since Graphviz knows gradients of two colours.

    Each reaches a little under the next, so that there are no seams.
    """
    if not shape.ramp:
        return [shape]
    (left, low), (right, high) = shape.points[0], shape.points[2]
    made = []
    for (start, before), (end, after) in itertools.pairwise(shape.ramp):
        x0, x1 = left + (right - left) * start, min(right, left + (right - left) * end + _UNDER)
        corners = (x0, low), (x1, low), (x1, high), (x0, high)
        made.append(shape._replace(points=corners, ramp=((0.0, before), (1.0, after))))
    return made


def _gradient(shape: Shape) -> str:
    """A linear gradient of two colours in xdot. Graphviz takes a second place of 0 for the end of the shape."""
    (x0, y), (x1, _) = shape.points[:2]
    (_, before), (_, after) = shape.ramp
    return f"[{brief(x0)} {brief(y)} {brief(x1)} {brief(y)} 2 0 {len(before)} -{before} 0 {len(after)} -{after}]"


def _said(operation: str, text: str) -> str:
    return f"{operation} {len(text)} -{text}"


def _style(text: Text) -> tuple[object, ...]:
    return text.size, text.bold, text.classes, text.text if text.plate else ""


def share_of(scene: Scene) -> float:
    """How wide lines are of what they say: less among so many that they have no heads."""
    return 1.0 if scene.arrows else THINNEST if scene.dense else THIN


def _strokes(scene: Scene) -> str:
    """The lines as xdot operations: a colour (c), a width or a style (S), a line from point to point (L).

    https://graphviz.org/docs/outputs/canon/#xdot
    """
    places = {unit.id: f"{brief(unit.x)} {brief(unit.y)}" for unit in scene.units}
    places.update((dot.id, f"{brief(dot.x)} {brief(dot.y)}") for dot in scene.dots)
    parts: list[str] = []
    colour, width, style = "", -1.0, "solid"
    for bundle in bundles(scene):
        if bundle.style != style:
            style = bundle.style
            parts.append(_said("S", style))
        if bundle.width != width:
            width = bundle.width
            parts.append(_said("S", f"setlinewidth({brief(width * THINNEST)})"))
        if bundle.colour != colour:
            colour = bundle.colour
            parts.append(_said("c", colour))
        for line in bundle.lines:
            if line.path:
                parts.append(f"B {len(line.path)} {' '.join(f'{brief(x)} {brief(y)}' for x, y in line.path)}")
            else:
                parts.append(f"L 2 {places[line.tail]} {places[line.head]}")
    return " \\\n".join(parts)


def _line(line: Line, scene: Scene, usual: float) -> str:
    extra = f' id={line.id} class="{line.classes}"' if line.id else ""
    if line.width != usual:
        extra += f" penwidth={brief(line.width * share_of(scene))}"
    if line.style != "solid":
        extra += f" style={line.style}"
    if line.path:
        extra += f' pos="{_spline(line, scene)}"'
    if not (line.arrow or line.stub):
        extra += " arrowhead=none"
    if line.stub:
        classes = line.classes or "stub"
        extra += f" class={_class(classes)}"
        if not line.arrow:
            is_stub = classes.partition(" ")[0] == "stub"
            extra += " arrowhead=none" if is_stub else " arrowhead=none headclip=false tailclip=false"
    return f'{_OVER if line.over else ""}{line.tail}->{line.head}[color="{line.colour}"{extra}]\n'


def _spline(line: Line, scene: Scene) -> str:
    """A path as Graphviz has it: where the head's tip is, and the curve up to its base."""
    points = line.path
    if not line.arrow or not scene.arrows:
        return " ".join(f"{brief(x)},{brief(y)}" for x, y in points)
    (x0, y0), (x1, y1) = points[-2:]
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    back = min(HEAD, 0.9 * length) / length
    base = x1 - (x1 - x0) * back, y1 - (y1 - y0) * back
    tip = f"e,{brief(x1)},{brief(y1)} "
    return tip + " ".join(f"{brief(x)},{brief(y)}" for x, y in (*points[:-1], base))


def _size(width: float, height: float) -> dict[str, str]:
    inches = f"{width / _POINTS_PER_INCH:.4f}", f"{height / _POINTS_PER_INCH:.4f}"
    return {"fixedsize": "true", "width": inches[0], "height": inches[1]}

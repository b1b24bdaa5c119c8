"""A scene to Typst, with its own primitives and no package: something that a person would go on editing.

Colours are named at the top, units and connections are a line each, a comment says of which layer they are. Texts are set
by the document, in its font. Nothing of the user's reaches Typst but within strings, in which quotation marks and
backslashes are escaped, and in comments of one line.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from connectivity.errors import DrawingError
from connectivity.graphs.unitnames import Label
from connectivity.numerals import brief
from connectivity.rendering.dot import SIGN, clean, label_lines, painted_as, pen_of, share_of
from connectivity.rendering.marks import (
    LABEL_ROOM,
    Palette,
    border,
    comment,
    extent,
    has_head,
    in_order,
    is_colour,
    label_share,
)
from connectivity.scene import LEADING, Box, Dot, Line, Point, Scene, Shape, Text, Unit
from connectivity.typeset.markup import pieces
from connectivity.typeset.pieces import Arrow, Piece, Run, Stack
from connectivity.typeset.signs import INDEXED, digits

MOST_MARKS = 50_000
"""The most marks of a figure in Typst."""

_LAYER = re.compile(r"\blayer(\d+)")
_BASE = re.compile("(?:[^\\W\\d_][\u0300-\u036f]*)+$|.[\u0300-\u036f]*$")
"""What of a stretch of text has the script behind it: a word, or a sign; what is before it stays text."""
_HEAD, _HALF = 4.5, 1.6  # the length of an arrow's head and half of its width, in points

_FUNCTIONS = """\
  set box(inset: 0pt, outset: 0pt, radius: 0pt, stroke: none, fill: none)
  set rect(outset: 0pt, stroke: none, fill: none)
  set ellipse(outset: 0pt, stroke: none, fill: none)
  set polygon(stroke: none, fill: none)
  set curve(stroke: none, fill: none)
  set line(stroke: (cap: "butt", dash: none))
  // Words about a place; in a unit no wider than its room, and in the middle with their indices.
  let words(x, y, size, body, anchor: 0.5, weight: "regular", fill: net-ink, plate: none, room: none) = place(
    top + left, dx: x, dy: y,
    context {
      let (above, below) = if room == none or type(body) == str { ("cap-height", "baseline") } else { ("bounds", "bounds") }
      let said(size) = text(size: size, weight: weight, fill: fill, top-edge: above, bottom-edge: below, body)
      let over = if room == none { 1 } else { calc.max(1, measure(said(size)).width / room) }
      let set-text = said(size / over)
      let extent = measure(set-text)
      move(
        dx: -extent.width * anchor, dy: -extent.height / 2,
        if plate == none { set-text } else { box(fill: plate, outset: 1.5pt, set-text) },
      )
    },
  )
  let unit(x, y, width, height, fill, stroke, radius: 0pt, circle: true) = place(
    top + left, dx: x - width / 2, dy: y - height / 2,
    if circle { ellipse(width: width, height: height, fill: fill, stroke: stroke) } else {
      rect(width: width, height: height, fill: fill, stroke: stroke, radius: radius)
    },
  )
  let connection(start, end, stroke) = place(top + left, line(start: start, end: end, stroke: stroke))
  let head(fill, ..points) = place(top + left, polygon(fill: fill, ..points))
  let area(fill, stroke, ..points) = place(top + left, polygon(fill: fill, stroke: stroke, ..points))
  let path(stroke, ..parts) = place(top + left, curve(stroke: stroke, ..parts))"""


def typst(scene: Scene) -> str:
    """The Typst of ``scene``: for ``#include``, or, where it is standalone, a document of its own. Raises DrawingError for more than ``MOST_MARKS`` marks."""
    if scene.marks > MOST_MARKS:
        raise DrawingError(
            f"{scene.marks:,} marks are too many for a figure in Typst, at most {MOST_MARKS:,}: max-units shows fewer "
            "units, and image() takes an .svg or a .pdf of any size"
        )
    writer = _Writer(scene)
    body = writer.body()
    width, height = (brief(side * scene.scale) for side in (scene.width, scene.height))
    lines = [
        f'// {comment(scene.title) or "A figure"}: {width} x {height} pt, for #include "....typ" in a document.',
        *(f'#let {name} = rgb("{colour}")' + (f" // {use}" if use else "") for colour, name, use in writer.colours),
        "",
        *(["#set page(width: auto, height: auto, margin: 0pt)"] if scene.standalone else []),
        f"#box(width: {width}pt, height: {height}pt, inset: 0pt, outset: 0pt, stroke: none, fill: none, {{",
        _FUNCTIONS,
        "",
        *(f"  {line}" for line in body),
        "})",
    ]
    return "\n".join(lines) + "\n"


class _Writer:
    """Writes the marks of a scene, and gathers the colours that they share."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.colours = Palette(scene, "net-", "colour-")
        self._units = {unit.id: unit for unit in scene.units}
        self._dots = {dot.id: (dot.x, dot.y) for dot in scene.dots if dot.id}

    def body(self) -> list[str]:
        """All marks, those behind first."""
        scene = self._scene
        return [
            *self._paper(),
            *(line for shape in scene.shapes for one in painted_as(shape) for line in self._shape(one)),
            *self._lines(),
            *map(self._box, scene.boxes),
            *map(self._cell, scene.cells),
            *(line for text in scene.texts for line in self._text(text)),
            *(self._dot(dot) for dot in scene.dots if dot.diameter),
            *self._layers(),
        ]

    def _paper(self) -> Iterator[str]:
        scene = self._scene
        if not scene.transparent and scene.background.lower() not in ("#ffffff", "white"):
            paper = self.colours.name(scene.background, "the paper")
            yield f"unit({self._at(scene.width / 2, scene.height / 2)}, {self._pt(scene.width)}, {self._pt(scene.height)}, {paper}, none, circle: false)"

    # Lengths and places

    def _pt(self, length: float) -> str:
        return f"{brief(length * self._scene.scale)}pt"

    def _at(self, x: float, y: float) -> str:
        return f"{self._pt(x)}, {self._pt(self._scene.height - y)}"

    def _point(self, point: Point) -> str:
        return f"({self._at(*point)})"

    def _stroke(self, colour: str, width: float, style: str, use: str = "") -> str:
        paint, thickness = self.colours.name(colour, use), self._pt(width)
        if style not in ("dashed", "dotted"):
            return f"{thickness} + {paint}"
        return f'(paint: {paint}, thickness: {thickness}, dash: "{style}")'

    # Units

    def _layers(self) -> Iterator[str]:
        for layer, units in itertools.groupby(self._scene.units, key=lambda unit: _LAYER.search(unit.classes)):
            del layer
            yield from (line for unit in units for line in self._unit(unit))

    def _unit(self, unit: Unit) -> Iterator[str]:
        scene = self._scene
        width, height = extent(scene, unit)
        kind = unit.classes.partition(" ")[0] or "unit"
        fill = self.colours.name(unit.fill, "inputs" if "layer0" in unit.classes else kind) if unit.fill else "none"
        stroke = self._stroke(unit.stroke or scene.unit_stroke, pen_of(unit, scene), unit.style, "outlines of units")
        shape = "" if unit.shape == "circle" else f", circle: false{', radius: 3pt' if unit.width else ''}"
        sides = f"{self._pt(width)}, {self._pt(height)}"
        said = f" // {comment(unit.tip)}" if unit.tip else ""
        yield f"unit({self._at(unit.x, unit.y)}, {sides}, {fill}, {stroke}{shape}){said}"
        if unit.label is not None:
            yield from self._label(unit, unit.label)

    def _label(self, unit: Unit, label: Label) -> Iterator[str]:
        size = unit.size or self._scene.font_size
        share = SIGN if label.large else label_share(self._scene, unit, label)
        ink = self.colours.name(unit.ink or self._scene.ink, "labels")
        room = "" if label.large else f", room: {self._pt(LABEL_ROOM * extent(self._scene, unit)[0])}"
        for line in label_lines(unit, label, size, self._scene.diameter):
            yield f"words({self._at(unit.x, line.y)}, {self._pt(line.size * share)}, {content(line.pieces)}, fill: {ink}{room})"

    # Connections

    def _lines(self) -> Iterator[str]:
        for line in in_order(self._scene):
            yield from self._line(line)

    def _line(self, line: Line) -> Iterator[str]:
        _, _, parameter = line.tip.partition(": ")
        use = parameter.partition(" = ")[0] or line.classes.partition(" ")[0]
        width = line.width * share_of(self._scene)
        stroke = self._stroke(line.colour, width, line.style, use)
        said = f" // {comment(line.tip)}" if line.tip else ""
        if line.path:
            yield from self._path(line, stroke, said)
            return
        start, end = self._ends(line)
        if has_head(self._scene, line):
            yield self._head(line, start, end)
            end = _before(end, start, 0.8 * _HEAD)
        yield f"connection({self._point(start)}, {self._point(end)}, {stroke}){said}"

    def _path(self, line: Line, stroke: str, said: str) -> Iterator[str]:
        points = list(line.path)
        if has_head(self._scene, line):
            yield self._head(line, points[-2], points[-1])
            points[-1] = _before(points[-1], points[-2], 0.8 * _HEAD)
        first, *rest = map(self._point, points)
        cubics = (f"curve.cubic({a}, {b}, {c})" for a, b, c in zip(*[iter(rest)] * 3, strict=True))
        yield f"path({stroke}, curve.move({first}), {', '.join(cubics)}){said}"

    def _ends(self, line: Line) -> tuple[Point, Point]:
        """Where a line starts and ends: at the borders of its units."""
        centres = [self._centre(one) for one in (line.tail, line.head)]
        if not self._scene.arrows and not line.stub:
            return centres[0], centres[1]
        ends = []
        for one, other in ((0, 1), (1, 0)):
            unit = self._units.get((line.tail, line.head)[one])
            ends.append(centres[one] if unit is None else border(self._scene, unit, centres[other]))
        return ends[0], ends[1]

    def _centre(self, name: str) -> Point:
        unit = self._units.get(name)
        return self._dots[name] if unit is None else (unit.x, unit.y)

    def _head(self, line: Line, start: Point, tip: Point) -> str:
        base = _before(tip, start, _HEAD)
        across, up = (tip[0] - base[0]) / _HEAD * _HALF, (tip[1] - base[1]) / _HEAD * _HALF
        corners = tip, (base[0] - up, base[1] + across), (base[0] + up, base[1] - across)
        return f"head({self.colours.name(line.colour)}, {', '.join(map(self._point, corners))})"

    # Everything else

    def _dot(self, dot: Dot) -> str:
        side = self._pt(dot.diameter)
        return f"unit({self._at(dot.x, dot.y)}, {side}, {side}, {self.colours.name(dot.fill, 'dots')}, none)"

    def _text(self, text: Text) -> Iterator[str]:
        lines = text.text.split("\n")
        kind = text.classes.partition(" ")[0]
        anchor = {"start": ", anchor: 0", "end": ", anchor: 1"}.get(text.align, "")
        more = anchor + (', weight: "bold"' if text.bold else "")
        more += f", fill: {self.colours.name(text.colour, kind)}"
        more += f", plate: {self.colours.name(text.plate)}" if text.plate else ""
        for place, line in enumerate(lines):
            if line:
                y = text.y + ((len(lines) - 1) / 2 - place) * text.size * LEADING
                yield f"words({self._at(text.x, y)}, {self._pt(text.size)}, {content(pieces(line))}{more})"

    def _box(self, box: Box) -> str:
        sides = f"{self._at(box.x, box.y)}, {self._pt(box.width)}, {self._pt(box.height)}"
        if box.stroke:
            stroke = self._stroke(box.stroke, 0.9, "solid", "boxes")
            return f"unit({sides}, none, {stroke}, circle: false, radius: {self._pt(12)})"
        return f"unit({sides}, {self.colours.name(box.fill, box.classes or 'legend')}, none, circle: false)"

    def _cell(self, cell: Box) -> str:
        """A cell of a matrix."""
        sides = f"{self._at(cell.x, cell.y)}, {self._pt(cell.width)}, {self._pt(cell.height)}"
        stroke = self._stroke(cell.stroke, 0.7, cell.style) if cell.stroke else "none"
        fill = self.colours.name(cell.fill, "cells") if is_colour(cell.fill) else "none"
        return f"unit({sides}, {fill}, {stroke}, circle: false) // {comment(cell.tip)}".rstrip("/ ")

    def _shape(self, shape: Shape) -> Iterator[str]:
        kind = shape.classes.partition(" ")[0]
        points = ", ".join(map(self._point, shape.points))
        stroke = self._stroke(shape.stroke, shape.width, shape.style, kind) if is_colour(shape.stroke) else "none"
        said = f" // {comment(shape.tip)}" if shape.tip else ""
        if shape.ramp:
            stops = ", ".join(self.colours.name(colour, "scale") for _, colour in shape.ramp)
            yield f"area(gradient.linear({stops}), none, {points})"
        elif not shape.closed:
            if stroke != "none":
                first, *rest = map(self._point, shape.points)
                yield f"path({stroke}, curve.move({first}), {', '.join(f'curve.line({one})' for one in rest)}){said}"
        else:
            fill = self.colours.name(shape.fill, kind) if is_colour(shape.fill) else "none"
            if shape.opacity < 1 and fill != "none":
                fill += f".transparentize({brief(100 - 100 * shape.opacity)}%)"
            if (fill, stroke) != ("none", "none"):
                yield f"area({fill}, {stroke}, {points}){said}"


def _before(tip: Point, start: Point, length: float) -> Point:
    """A place so far before the end of a line, but not before its beginning."""
    across, up = tip[0] - start[0], tip[1] - start[1]
    share = min(1.0, length / ((across * across + up * up) ** 0.5 or 1.0))
    return tip[0] - share * across, tip[1] - share * up


def content(line: Iterable[Piece]) -> str:
    """The pieces of a line of text as content: a string where that is all, else mathematics."""
    said = [part for piece in line for part in _indexed(piece)]
    if all(isinstance(piece, Run) and not piece.face and not piece.height for piece in said):
        return string("".join(piece.text for piece in said if isinstance(piece, Run)))
    return f"[{''.join(_together(said))}]"


def _indexed(piece: Piece) -> Iterator[Piece]:
    """Plain text, and what is mathematics in it although nobody said so: a letter with an index."""
    if not isinstance(piece, Run) or piece.face or piece.height:
        yield piece
        return
    done = 0
    for match in INDEXED.finditer(piece.text):
        yield from (Run(piece.text[done : match.start()]), Run(match[1], "italic"), Run(digits(match[2]), "", "sub"))
        done = match.end()
    yield Run(piece.text[done:])


def string(text: str) -> str:
    r"""A string of Typst.

    >>> print(string('a "b" \\ #c'))
    "a \"b\" \\ #c"
    """
    escaped = clean(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _together(line: list[Piece]) -> Iterator[str]:
    """Pieces as content: text as strings, letters of formulas and their scripts as mathematics."""
    place = 0
    while place < len(line):
        piece = line[place]
        scripts = []
        while place + 1 < len(line) and _is_script(line[place + 1]):
            place += 1
            scripts.append(line[place])
        place += 1
        if isinstance(piece, Run) and not piece.face and not piece.height:
            base = _BASE.search(piece.text) if scripts else None
            before = piece.text[: base.start()] if base else piece.text
            piece = piece._replace(text=piece.text[len(before) :])
            yield f"#{string(before)}" if before else ""
        if scripts or piece != Run(""):
            yield f"${_base(piece)}{''.join(map(_script, scripts))}$"


def _is_script(piece: Piece) -> bool:
    return isinstance(piece, Stack) or (isinstance(piece, Run) and bool(piece.height))


def _base(piece: Piece) -> str:
    if isinstance(piece, Stack):
        return f'""{_script(piece)}'
    if isinstance(piece, Arrow):
        return f"arrow({_run(piece.base)})"
    return f'""{_script(piece)}' if piece.height else _run(piece)


def _script(piece: Piece) -> str:
    if isinstance(piece, Stack):
        return f"_({_runs(piece.low)})^({_runs(piece.high)})"
    if isinstance(piece, Run):
        return f"{'_' if piece.height == 'sub' else '^'}({_run(piece)})"
    return ""


def _runs(runs: Iterable[Run]) -> str:
    return " ".join(map(_run, runs))


def _run(run: Run) -> str:
    said = string(run.text)
    return {"italic": f"italic({said})", "bold": f"bold({said})"}.get(run.face, said)

r"""A scene to TikZ, for ``\input`` in a document of LaTeX: something that a person would go on editing.

Colours and styles are named at the top; units are nodes called after themselves (``(h1-2)``, ``(x-1-3)``), a scope for
each layer; connections are drawn from node to node, on a layer behind them, those of a weight under its name. Texts are
set by the document, in its font: sizes are those of LaTeX's fonts that are nearest to the figure's. TikZ alone is needed.

Nothing of the user's reaches LaTeX but through :mod:`.texwords`, and names of which all but letters and digits are
hyphens.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator

from connectivity.errors import DrawingError
from connectivity.graphs.unitnames import Label
from connectivity.numerals import brief
from connectivity.rendering.dot import SIGN, label_lines, painted_as, pen_of, share_of
from connectivity.rendering.marks import (
    Palette,
    comment,
    extent,
    has_head,
    in_order,
    is_colour,
    label_share,
    rectangle,
)
from connectivity.rendering.texwords import Words, latex, needs
from connectivity.scene import Box, Dot, Line, Scene, Shape, Text, Unit
from connectivity.typeset.markup import has_markup

MOST_MARKS = 20_000
"""The most marks of a figure in TeX, whose memory ends at about three times as many."""

_SIZES = {
    5.0: 6.0,
    7.0: 8.0,
    8.0: 9.5,
    9.0: 11.0,
    10.0: 12.0,
    12.0: 14.0,
    14.4: 18.0,
    17.28: 22.0,
    20.74: 25.0,
    24.88: 30.0,
}
"""The sizes that LaTeX's fonts are drawn for, and from line to line. They are written as numbers: what ``\\footnotesize``
is, a document decides, and a thesis of twelve points has room for ten of them."""

_ABOVE = 1.03  # so much above its size a label still stands in its unit

_NAME = re.compile(r"[^A-Za-z0-9]+")
_NUMBERED = re.compile(r"([^\W\d]+)(\d+)")
_SUBJECT = re.compile(r"(?: = |: |, | → )")
_LAYER = re.compile(r"\blayer(\d+)")
_BEHIND = "connections"
_DASHES = {"dashed": "dashed", "dotted": "dotted"}


_SIGNS = r"\catcode60 12 \catcode61 12 \catcode62 12 %"
"""``<``, ``=`` and ``>`` are what they are, also where a language of babel has a shorthand of them, as Turkish has."""

_NO_STYLES = ", ".join(f"every {one}/.style={{}}" for one in ("node", "label", "path", "scope"))
"""What a document has for its own pictures does not change this one."""


def tikz(scene: Scene) -> str:
    r"""The LaTeX of ``scene``: for ``\input``, or, where it is standalone, a document of its own.

    Raises DrawingError for more than ``MOST_MARKS`` marks.
    """
    if scene.marks > MOST_MARKS:
        raise DrawingError(
            f"{scene.marks:,} marks are too many for TeX, at most {MOST_MARKS:,}: max-units shows fewer units, and "
            "\\includegraphics takes a .pdf of any size"
        )
    writer = _Writer(scene)
    body = writer.body()
    return "\n".join([*_head(scene, writer), *body, *_foot(scene.standalone)]) + "\n"


def _head(scene: Scene, writer: _Writer) -> Iterator[str]:
    symbols, characters = needs(writer.words)
    title = comment(scene.title) or "A figure"
    width, height = (round(side * scene.scale, 2) for side in (scene.width, scene.height))
    if scene.standalone:
        yield r"\documentclass{article}"
        # Of pdfTeX alone: LuaLaTeX and XeLaTeX have Latin Modern by themselves, with all of its characters.
        yield r"\ifdefined\Umathcode\else"
        yield r"  \usepackage[T1]{fontenc}"
        yield r"  \IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}"  # else letters are bitmaps
        yield r"\fi"
        yield r"\usepackage{tikz}"
        if symbols:
            yield r"\usepackage{amssymb}"
        yield r"\begin{document}"
        yield r"\setbox0=\hbox{%"
    yield f"% {title}: {width:g} x {height:g} bp, for \\input in a document with \\usepackage{{tikz}}."
    if symbols:
        yield f"% {', '.join(chr(92) + name for name in symbols)}: \\usepackage{{amssymb}} as well."
    if characters:
        yield f"% {comment(characters)}: these need LuaLaTeX or XeLaTeX, and a font that has them."
    yield r"\begingroup%"
    yield _SIGNS
    if "mathbb" in symbols:
        yield r"\providecommand{\mathbb}[1]{\mathbf{#1}}%"
    if any("boldsymbol" in one.text for one in writer.words):
        yield r"\providecommand{\boldsymbol}[1]{\mathbf{#1}}%"
    for colour, name, use in writer.colours:
        yield rf"\definecolor{{{name}}}{{HTML}}{{{colour.removeprefix('#').upper()}}}% {use}".rstrip()
    yield rf"\pgfdeclarelayer{{{_BEHIND}}}\pgfsetlayers{{{_BEHIND},main}}%"
    yield rf"\begin{{tikzpicture}}[x={scene.scale:.10g}bp, y={scene.scale:.10g}bp, >=stealth, baseline=(current bounding box.center),"
    for name, style in writer.styles.items():
        yield f"  {name}/.style={{{style}}},"
    yield f"  {_NO_STYLES},"
    yield "]"
    yield rf"\path[use as bounding box] (0,0) rectangle ({brief(scene.width)},{brief(scene.height)});"


def _foot(standalone: bool) -> Iterator[str]:
    yield r"\end{tikzpicture}%"
    yield r"\endgroup%"
    if standalone:
        yield "}%"
        yield r"\ifdefined\pagewidth \let\pdfpagewidth\pagewidth \let\pdfpageheight\pageheight \fi"
        yield r"\hoffset=-1in \voffset=-1in \pdfpagewidth=\wd0 \pdfpageheight=\dimexpr\ht0+\dp0\relax"
        yield r"\shipout\box0"
        yield r"\end{document}"


class _Names:
    """Names of nodes: what they are called after, once each."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, subject: str) -> str:
        """``h1[2,3]`` as ``h1-2-3``; what is taken already gets a number."""
        numbered = _NUMBERED.fullmatch(subject)
        plain = _NAME.sub("-", "-".join(numbered.groups()) if numbered else subject).strip("-") or "unit"
        name, number = plain, 2
        while name in self._taken:
            name, number = f"{plain}-{chr(96 + number) if number < 27 else number}", number + 1
        self._taken.add(name)
        return name


def _subject(tip: str) -> str:
    """What a tooltip is of: it begins with that."""
    return _SUBJECT.split(tip, maxsplit=1)[0]


class _Writer:
    """Writes the marks of a scene, and gathers the styles and the colours that they share."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.colours = Palette(scene, "net", "Colour")
        self.styles: dict[str, str] = {}
        self.words: list[Words] = []
        self._by_style: dict[str, str] = {}
        self._names = _Names()
        self._node_of: dict[str, str] = {}

    def body(self) -> list[str]:
        """Everything between the beginning and the end of the picture."""
        front = [*self._background(), *map(self._box, self._scene.boxes), *map(self._cell, self._scene.cells)]
        units = [*self._units()]
        dots = [line for dot in self._scene.dots for line in self._dot(dot)]
        texts = [*map(self._text, self._scene.texts)]
        behind = [*self._shapes(), *self._lines()]
        ends = [line for line in dots if line.startswith(r"\coordinate")]
        marks = [line for line in dots if not line.startswith(r"\coordinate")]
        lines = [*front, *texts, *marks, *units, *ends]
        if behind:
            lines += [rf"\begin{{pgfonlayer}}{{{_BEHIND}}}", *behind, r"\end{pgfonlayer}"]
        return lines

    def _background(self) -> Iterator[str]:
        if not self._scene.transparent and self._scene.background.lower() not in ("#ffffff", "white"):
            paper = self.colours.name(self._scene.background, "the paper")
            yield rf"\begin{{pgfonlayer}}{{{_BEHIND}}}\fill[{paper}] (0,0) rectangle ({brief(self._scene.width)},{brief(self._scene.height)});\end{{pgfonlayer}}"

    def _style(self, name: str, style: str) -> str:
        """The name of a style, which is wished; of another one of that name it has a number."""
        if style not in self._by_style:
            wished, number = f"net {name}", 2  # so that no name is one of TikZ's own
            while wished in self.styles:
                wished, number = f"net {name} {number}", number + 1
            self.styles[wished] = style
            self._by_style[style] = wished
        return self._by_style[style]

    def _written(self, text: str) -> str:
        words = latex(text)
        self.words.append(words)
        return words.text

    def _font(self, size: float, bold: bool = False, within: bool = False) -> str:
        """LaTeX's size that is nearest to one; of what stands ``within`` something the next smaller one."""
        points = size * self._scene.scale * 72.27 / 72
        sizes = [one for one in _SIZES if one <= points * _ABOVE] if within else [*_SIZES]
        nearest = min(sizes or [min(_SIZES)], key=lambda one: abs(math.log(one / points)))
        return rf"\fontsize{{{nearest:g}}}{{{_SIZES[nearest]:g}}}\selectfont" + (r"\bfseries" if bold else "")

    # Units

    def _units(self) -> Iterator[str]:
        layers: dict[str, list[Unit]] = {}
        for unit in self._scene.units:
            found = _LAYER.search(unit.classes)
            layers.setdefault(found[1] if found else "", []).append(unit)
        for layer, units in layers.items():
            inside = [line for unit in units for line in self._unit(unit)]
            if layer:
                yield f"% layer {layer}"
                yield r"\begin{scope}"
                yield from (f"  {line}" for line in inside)
                yield r"\end{scope}"
            else:
                yield from inside

    def _unit(self, unit: Unit) -> Iterator[str]:
        name = self._node_of[unit.id] = self._names.name(_subject(unit.tip) if unit.tip != "padding" else "padding")
        style = self._unit_style(unit)
        label, size = unit.label, unit.size or self._scene.font_size
        at = f"at ({brief(unit.x)},{brief(unit.y)})"
        if label is None:
            yield rf"\node[{style}] ({name}) {at} {{}};"
            return
        lines = label_lines(unit, label, size, self._scene.diameter)
        large = SIGN if label.large else label_share(self._scene, unit, label)
        ink = f"text={self.colours.name(unit.ink, 'labels')}, " if unit.ink else ""
        text_style = self._style(
            "label", f"font={self._font(lines[0].size * large, within=True)}, text={self.colours.name(self._scene.ink)}"
        )
        written = r"\\".join(self._label(label))
        shown = f"label={{[{text_style}{', ' + ink.rstrip(', ') if ink else ''}{', align=center' if len(lines) > 1 else ''}]center:{{{written}}}}}"
        yield rf"\node[{style}, {shown}] ({name}) {at} {{}};"

    def _label(self, label: Label) -> Iterator[str]:
        for line in label.markup().split("\n"):
            yield self._written(line if label.rich or has_markup(line) else line.replace("$", r"\$"))

    def _unit_style(self, unit: Unit) -> str:
        scene = self._scene
        width, height = extent(scene, unit)
        circle = unit.shape == "circle"
        kind = unit.classes.partition(" ")[0] or "unit"
        use = kind if not unit.classes.endswith("layer0") else "inputs"
        parts = ["circle" if circle else "rectangle", "inner sep=0pt", "outer sep=0pt"]
        parts.append(f"draw={self.colours.name(unit.stroke or scene.unit_stroke, 'outlines of units')}")
        if unit.fill:
            parts.append(f"fill={self.colours.name(unit.fill, use)}")
        parts.append(f"line width={self._length(pen_of(unit, scene))}")
        if circle:
            parts.append(f"minimum size={self._length(height)}")
        else:
            parts += [f"minimum width={self._length(width)}", f"minimum height={self._length(height)}"]
            if unit.width:
                parts.append("rounded corners=3bp")
        if unit.style in _DASHES:
            parts.append(_DASHES[unit.style])
        return self._style("input" if use == "inputs" else kind, ", ".join(parts))

    def _length(self, points: float) -> str:
        return f"{brief(points * self._scene.scale)}bp"

    # Connections

    def _lines(self) -> Iterator[str]:
        for style, alike in itertools.groupby(in_order(self._scene), key=self._line_style):
            same = [*alike]
            if len(same) > 1 and not same[0].id:
                yield rf"\draw[{style}]"
                yield from (f"  {self._way(line)}" for line in same)
                yield "  ;"
            else:
                yield from (rf"\draw[{style}] {self._way(line)};{self._said(line)}" for line in same)

    def _said(self, line: Line) -> str:
        _, colon, parameter = line.tip.partition(": ")
        return f" % {comment(parameter)}" if colon else ""

    def _line_style(self, line: Line) -> str:
        weight = _subject(line.tip.partition(": ")[2]) if line.tip else ""
        named = _NAME.sub("-", weight).strip("-")
        colour = self.colours.name(line.colour, weight or line.classes.partition(" ")[0])
        parts = [colour, f"line width={self._length(line.width * share_of(self._scene))}"]
        if has_head(self._scene, line):
            parts.append("->")
        if line.style in _DASHES:
            parts.append(_DASHES[line.style])
        return self._style(named or line.classes.partition(" ")[0] or "line", ", ".join(parts))

    def _way(self, line: Line) -> str:
        if line.path:
            first, *rest = (f"({brief(x)},{brief(y)})" for x, y in line.path)
            stretches = (f".. controls {a} and {b} .. {c}" for a, b, c in zip(*[iter(rest)] * 3, strict=True))
            return f"{first} {' '.join(stretches)}"
        tail, head = self._node_of[line.tail], self._node_of[line.head]
        centre = not self._scene.arrows and not line.stub
        return f"({tail}.center) -- ({head}.center)" if centre else f"({tail}) -- ({head})"

    # Everything else

    def _dot(self, dot: Dot) -> Iterator[str]:
        place = f"({brief(dot.x)},{brief(dot.y)})"
        if dot.id:
            self._node_of[dot.id] = self._names.name(f"end-{dot.id.lstrip('s')}")
            yield rf"\coordinate ({self._node_of[dot.id]}) at {place};"
        if dot.diameter:
            yield rf"\fill[{self.colours.name(dot.fill, 'dots')}] {place} circle[radius={brief(dot.diameter / 2)}];"

    def _text(self, text: Text) -> str:
        kind = text.classes.partition(" ")[0] or "caption"
        parts = [
            f"font={self._font(text.size, text.bold)}",
            f"text={self.colours.name(text.colour, kind)}",
            "inner sep=0pt",
        ]
        anchor = {"start": "west", "end": "east"}.get(text.align, "center")
        parts += [f"anchor={anchor}", f"align={ {'west': 'left', 'east': 'right'}.get(anchor, 'center') }"]
        style = self._style(kind, ", ".join(parts))
        if text.plate:
            style += f", fill={self.colours.name(text.plate)}, inner sep=1.5bp"
        lines = r"\\".join(map(self._written, text.text.split("\n")))
        return rf"\node[{style}] at ({brief(text.x)},{brief(text.y)}) {{{lines}}};"

    def _box(self, box: Box) -> str:
        corners = f"({brief(box.x - box.width / 2)},{brief(box.y - box.height / 2)}) rectangle ({brief(box.x + box.width / 2)},{brief(box.y + box.height / 2)})"
        if box.stroke:
            style = self._style(
                "group",
                f"draw={self.colours.name(box.stroke, 'boxes')}, line width={self._length(0.9)}, rounded corners={self._length(12)}",
            )
            return rf"\path[{style}] {corners};"
        return rf"\fill[{self.colours.name(box.fill, box.classes or 'legend')}] {corners};"

    def _cell(self, cell: Box) -> str:
        """A cell of a matrix."""
        weight = _subject(cell.tip.partition(": ")[2]) if cell.tip else ""
        parts = [
            "rectangle",
            "inner sep=0pt",
            "outer sep=0pt",
            f"minimum width={self._length(cell.width)}",
            f"minimum height={self._length(cell.height)}",
        ]
        if cell.stroke:
            parts += [f"draw={self.colours.name(cell.stroke)}", f"line width={self._length(0.7)}"]
            parts += [_DASHES[cell.style]] if cell.style in _DASHES else []
        style = self._style("cell", ", ".join(parts))
        return (
            rf"\node[{style}, fill={self.colours.name(cell.fill, weight)}] at ({brief(cell.x)},{brief(cell.y)}) {{}};"
        )

    def _shapes(self) -> Iterator[str]:
        for shape in self._scene.shapes:
            if shape.id and (ends := rectangle(shape)) and not shape.ramp:
                yield self._square(shape, ends)
            else:
                yield from map(self._polygon, painted_as(shape))

    def _square(self, shape: Shape, ends: tuple[float, float, float, float]) -> str:
        """A unit as a cell: a node that is called after it."""
        left, low, right, high = ends
        name = self._names.name(_subject(shape.tip) if shape.tip else shape.id)
        parts = ["rectangle", "inner sep=0pt", "outer sep=0pt"]
        parts += [f"minimum width={self._length(right - left)}", f"minimum height={self._length(high - low)}"]
        parts += self._pen(shape)
        style = self._style("cell", ", ".join(parts))
        fill = f", fill={self.colours.name(shape.fill, 'cells')}" if is_colour(shape.fill) else ""
        fill += f", fill opacity={brief(shape.opacity)}" if fill and shape.opacity < 1 else ""
        return rf"\node[{style}{fill}] ({name}) at ({brief((left + right) / 2)},{brief((low + high) / 2)}) {{}};"

    def _pen(self, shape: Shape) -> list[str]:
        if not is_colour(shape.stroke):
            return []
        use = shape.classes.partition(" ")[0]
        stroke = [f"draw={self.colours.name(shape.stroke, use)}", f"line width={self._length(shape.width)}"]
        return stroke + ([_DASHES[shape.style]] if shape.style in _DASHES else [])

    def _polygon(self, shape: Shape) -> str:
        points = [f"({brief(x)},{brief(y)})" for x, y in shape.points]
        kind = shape.classes.partition(" ")[0]
        if shape.ramp:
            (_, before), (_, after) = shape.ramp
            colours = self.colours.name(before, "scale"), self.colours.name(after, "scale")
            return rf"\shade[left color={colours[0]}, right color={colours[1]}] {points[0]} rectangle {points[2]};"
        parts = self._pen(shape)
        if is_colour(shape.fill) and shape.closed:
            parts.append(f"fill={self.colours.name(shape.fill, kind)}")
            parts += [f"fill opacity={brief(shape.opacity)}"] if shape.opacity < 1 else []
        if not parts:
            return "%"
        style = self._style(kind or "area", ", ".join(parts))
        return rf"\path[{style}] {' -- '.join(points)}{' -- cycle' if shape.closed else ''};"

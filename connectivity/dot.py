r"""A scene to DOT text. Pure, and the only writer of DOT.

Nothing of the user's reaches the text but through :func:`quoted` or :func:`_html`: node and edge
ids are generated, numbers are formatted, and only the attributes written here are ever written.
The units are placed (``pos``), so Graphviz only draws: ``neato -n2`` or the engine ``nop``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from connectivity.metrics import FAMILY
from connectivity.scene import LEADING, SMALL, Box, Dot, Label, Line, Scene, Text, Unit

SEMIBOLD = f"{FAMILY} Semibold"

# What XML and terminals cannot hold: C0 and C1 controls, DEL, surrogates, non-characters.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_POINTS_PER_INCH = 72

THIN, THINNEST = 0.5, 0.28
"""How wide lines are among so many that they have no heads, and in a dense scene; shares of their width."""


def dot(scene: Scene, dpi: float | None = None, flat: bool = False) -> str:
    """The DOT text of ``scene``; ``dpi`` is for bitmaps.

    ``flat``: the lines of a dense scene become strokes of the background instead of edges, which
    Graphviz draws ten times as fast and which look the same.
    """
    usual = Counter(line.width for line in scene.lines).most_common(1)
    width = usual[0][0] if usual else 1.0
    flat = flat and scene.dense
    writer = _Marks()
    for box in scene.boxes:
        writer.add(*_box(box))
    for text in sorted(scene.texts, key=_style):  # Graphviz looks a font up whenever it changes
        for line in _text(text):
            writer.add(*line)
    for mark in scene.dots:
        writer.add(*_dot(mark))
    for unit in scene.units:
        writer.add(*_unit(unit, scene))
    for x, y in ((0.0, 0.0), (scene.width, scene.height)):  # the paper is as large as it was computed
        writer.add(_SILENT, _at(x, y))
    edges = [] if flat else [_line(line, scene, width) for line in scene.lines]
    strokes = _strokes(scene) if flat else ""
    return "".join(
        [
            "digraph {\n",
            _graph_defaults(scene, dpi, strokes),
            *writer.parts,
            _edge_defaults(scene, width),
            *edges,
            "}\n",
        ]
    )


class _Marks:
    """Node statements; attributes that neighbours share are said once, as defaults before them."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._defaults = ""
        self._number = 0

    def add(self, defaults: str, own: str, name: str = "") -> None:
        """A node with the attributes ``defaults`` and ``own``; without a ``name`` it gets one."""
        if defaults != self._defaults:
            self._defaults = defaults
            self.parts.append(f"node[{defaults}]\n")
        if not name:
            self._number += 1
            name = f"m{self._number}"
        self.parts.append(f"{name}[{own}]\n")


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


_SILENT = 'shape=point style=invis fixedsize=true width=0 height=0 label=""'


def _graph_defaults(scene: Scene, dpi: float | None, strokes: str) -> str:
    resolution = f" dpi={_n(dpi)}" if dpi else ""
    background = f' _background="{strokes}"' if strokes else ""
    return f'graph[bgcolor="{scene.background}" outputorder=edgesfirst pad=0{resolution}{background}]\n'


def _edge_defaults(scene: Scene, width: float) -> str:
    if not scene.arrows:
        return f"edge[dir=none headclip=false tailclip=false penwidth={_n(width * _share(scene))}]\n"
    return f"edge[arrowsize=0.45 penwidth={_n(width)}]\n"


def _unit(unit: Unit, scene: Scene) -> tuple[str, str, str]:
    pen = 1.1 if scene.diameter > 12 else max(0.2, 0.07 * scene.diameter)
    shared = (
        f"shape=circle fixedsize=true {_size(scene.diameter, scene.diameter)} style=filled "
        f'fillcolor="{unit.fill}" color="{scene.unit_stroke}" penwidth={_n(pen)} label="" fontname="{FAMILY}" '
        f'fontsize={_n(scene.font_size)} fontcolor="{scene.ink}" class="{unit.classes}"'
    )
    label = f" label={_label(unit.label, scene.font_size)}" if unit.label else ""
    return shared, f"id={unit.id} {_at(unit.x, unit.y)}{label}", unit.id


def _label(label: Label, font_size: float) -> str:
    if not label.sup and not label.sub:
        return quoted(label.stem)
    small = f'<FONT POINT-SIZE="{round(SMALL * font_size)}">'
    sup = f"<SUP>{small}{_html(label.sup)}</FONT></SUP>" if label.sup else ""
    sub = f"<SUB>{small}{_html(label.sub)}</FONT></SUB>" if label.sub else ""
    return f"<<I>{_html(label.stem)}</I>{sub}{sup}>"


def _html(text: str) -> str:
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text(text: Text) -> Iterator[tuple[str, str]]:
    """A node for each line: Graphviz's own line spacing depends on its version."""
    shared = (
        f'shape=plain style="" fixedsize=false width=0 height=0 fontname="{SEMIBOLD if text.bold else FAMILY}" '
        f'fontsize={_n(text.size)} fontcolor="{text.colour}" class={text.classes}'
    )
    lines = text.text.split("\n")
    y = text.y + (len(lines) - 1) / 2 * text.size * LEADING
    for line in lines:
        if text.align == "start":
            label = f'{quoted(line)[:-1]}\\l"'
            yield shared, f"{_at(text.x + text.width_of(line) / 2, y)} label={label}"
        else:
            yield shared, f"{_at(text.x, y)} label={quoted(line)}"
        y -= text.size * LEADING


def _dot(mark: Dot) -> tuple[str, str, str]:
    if not mark.diameter:
        return _SILENT, _at(mark.x, mark.y), mark.id
    size = _size(mark.diameter, mark.diameter)
    shared = f'shape=circle fixedsize=true {size} style=filled penwidth=0 fillcolor="{mark.fill}" label="" class=dots'
    return shared, _at(mark.x, mark.y), ""


def _box(box: Box) -> tuple[str, str]:
    shared = f'shape=box fixedsize=true {_size(box.width, box.height)} label=""'
    if box.stroke:
        return f'{shared} style=rounded color="{box.stroke}" penwidth=0.9 class=group', _at(box.x, box.y)
    return f"{shared} style=filled penwidth=0 class=legend", f'{_at(box.x, box.y)} fillcolor="{box.fill}"'


def _at(x: float, y: float) -> str:
    return f'pos="{_n(x)},{_n(y)}"'


def _style(text: Text) -> tuple[float, bool, str, str]:
    return text.size, text.bold, text.colour, text.classes


def _share(scene: Scene) -> float:
    return 1.0 if scene.arrows else THINNEST if scene.dense else THIN


def _strokes(scene: Scene) -> str:
    """The lines as xdot operations: a colour (c), a width (S), a line from point to point (L).

    https://graphviz.org/docs/outputs/canon/#xdot. The widest, which are the strongest weights, come last.
    """
    places = {unit.id: f"{_n(unit.x)} {_n(unit.y)}" for unit in scene.units}
    places.update((dot.id, f"{_n(dot.x)} {_n(dot.y)}") for dot in scene.dots)
    parts: list[str] = []
    colour, width = "", -1.0
    for line in sorted(scene.lines, key=_width):
        if line.width != width:
            width = line.width
            pen = f"setlinewidth({_n(width * THINNEST)})"
            parts.append(f"S {len(pen)} -{pen}")
        if line.colour != colour:
            colour = line.colour
            parts.append(f"c {len(colour)} -{colour}")
        parts.append(f"L 2 {places[line.tail]} {places[line.head]}")
    return " \\\n".join(parts)


def _width(line: Line) -> float:
    return line.width


def _line(line: Line, scene: Scene, usual: float) -> str:
    extra = f' id={line.id} class="{line.classes}"' if line.id else ""
    if line.width != usual:
        extra += f" penwidth={_n(line.width * _share(scene))}"
    if line.stub:
        extra += " class=stub"
        if not line.arrow:
            extra += " arrowhead=none"
    return f'{line.tail}->{line.head}[color="{line.colour}"{extra}]\n'


def _size(width: float, height: float) -> str:
    return f"width={width / _POINTS_PER_INCH:.4f} height={height / _POINTS_PER_INCH:.4f}"


def _n(number: float) -> str:
    """A number with at most two decimals and nothing superfluous.

    >>> _n(12.0), _n(0.505), _n(-0.001)
    ('12', '0.51', '0')
    """
    return f"{round(number, 2) + 0.0:.10g}"

r"""A scene to DOT text. Pure, and the only writer of DOT.

Nothing of the user's reaches the text but through :func:`quoted` or :func:`_html`: node and edge
ids are generated, numbers are formatted, and only the attributes written here are ever written.
The units are placed (``pos``), so Graphviz only draws: ``neato -n2`` or the engine ``nop``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

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
    # Sorted, since Graphviz looks a font up whenever it changes.
    for _, texts in groupby(sorted(scene.texts, key=_style), key=_style):
        same = list(texts)
        shared = _text_style(same[0])
        for text in same:
            for line in _text_lines(text):
                writer.add(shared, line)
    for mark in scene.dots:
        writer.add(*_dot(mark))
    for (fill, classes), units in groupby(scene.units, key=lambda unit: (unit.fill, unit.classes)):
        shared = _unit_style(scene, fill, classes)
        for unit in units:
            writer.add(shared, *_unit(unit, scene.font_size))
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
        self.parts: list[str] = ['node[label=""]\n']
        self._defaults: dict[str, str] = {}
        self._shared: dict[str, str] = {}
        self._number = 0

    def add(self, shared: dict[str, str], own: str, name: str = "") -> None:
        """A node with the attributes ``shared`` and ``own``; without a ``name`` it gets one."""
        if shared is not self._shared:
            self._shared = shared
            changed = [f"{key}={value}" for key, value in shared.items() if self._defaults.get(key) != value]
            if changed:
                self._defaults.update(shared)
                self.parts.append(f"node[{' '.join(changed)}]\n")
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


# Every kind of mark names all of these that it heeds, since the kind before it has set them.
_SILENT = {"shape": "point", "style": "invis", "fixedsize": "true", "width": "0", "height": "0"}


def _graph_defaults(scene: Scene, dpi: float | None, strokes: str) -> str:
    resolution = f" dpi={_n(dpi)}" if dpi else ""
    background = f' _background="{strokes}"' if strokes else ""
    return f'graph[bgcolor="{scene.background}" outputorder=edgesfirst pad=0{resolution}{background}]\n'


def _edge_defaults(scene: Scene, width: float) -> str:
    if not scene.arrows:
        return f"edge[dir=none headclip=false tailclip=false penwidth={_n(width * _share(scene))}]\n"
    return f"edge[arrowsize=0.45 penwidth={_n(width)}]\n"


def _unit_style(scene: Scene, fill: str, classes: str) -> dict[str, str]:
    pen = 1.1 if scene.diameter > 12 else max(0.2, 0.07 * scene.diameter)
    return {
        "shape": "circle",
        "style": "filled",
        **_size(scene.diameter, scene.diameter),
        "fillcolor": f'"{fill}"',
        "color": f'"{scene.unit_stroke}"',
        "penwidth": _n(pen),
        "fontname": f'"{FAMILY}"',
        "fontsize": _n(scene.font_size),
        "fontcolor": f'"{scene.ink}"',
        "class": f'"{classes}"',
    }


def _unit(unit: Unit, font_size: float) -> tuple[str, str]:
    label = f" label={_label(unit.label, font_size)}" if unit.label else ""
    return f"id={unit.id} {_at(unit.x, unit.y)}{label}", unit.id


def _label(label: Label, font_size: float) -> str:
    if not label.sup and not label.sub:
        return quoted(label.stem)
    small = f'<FONT POINT-SIZE="{round(SMALL * font_size)}">'
    sup = f"<SUP>{small}{_html(label.sup)}</FONT></SUP>" if label.sup else ""
    sub = f"<SUB>{small}{_html(label.sub)}</FONT></SUB>" if label.sub else ""
    return f"<<I>{_html(label.stem)}</I>{sub}{sup}>"


def _html(text: str) -> str:
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text_style(text: Text) -> dict[str, str]:
    return {
        "shape": "plain",
        "style": '""',
        "fixedsize": "false",
        "width": "0",
        "height": "0",
        "fontname": f'"{SEMIBOLD if text.bold else FAMILY}"',
        "fontsize": _n(text.size),
        "fontcolor": f'"{text.colour}"',
        "class": text.classes,
    }


def _text_lines(text: Text) -> Iterator[str]:
    """A node for each line: Graphviz's own line spacing depends on its version."""
    lines = text.text.split("\n")
    y = text.y + (len(lines) - 1) / 2 * text.size * LEADING
    for line in lines:
        if text.align == "start":
            label = f'{quoted(line)[:-1]}\\l"'
            yield f"{_at(text.x + text.width_of(line) / 2, y)} label={label}"
        else:
            yield f"{_at(text.x, y)} label={quoted(line)}"
        y -= text.size * LEADING


def _dot(mark: Dot) -> tuple[dict[str, str], str, str]:
    if not mark.diameter:
        return _SILENT, _at(mark.x, mark.y), mark.id
    shared = {
        "shape": "circle",
        "style": "filled",
        **_size(mark.diameter, mark.diameter),
        "fillcolor": f'"{mark.fill}"',
        "penwidth": "0",
        "class": "dots",
    }
    return shared, _at(mark.x, mark.y), ""


def _box(box: Box) -> tuple[dict[str, str], str]:
    shared = {"shape": "box", **_size(box.width, box.height)}
    if box.stroke:
        shared |= {"style": "rounded", "color": f'"{box.stroke}"', "penwidth": "0.9", "class": "group"}
        return shared, _at(box.x, box.y)
    shared |= {"style": "filled", "penwidth": "0", "class": "legend"}
    return shared, f'{_at(box.x, box.y)} fillcolor="{box.fill}"'


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


def _size(width: float, height: float) -> dict[str, str]:
    inches = f"{width / _POINTS_PER_INCH:.4f}", f"{height / _POINTS_PER_INCH:.4f}"
    return {"fixedsize": "true", "width": inches[0], "height": inches[1]}


def _n(number: float) -> str:
    """A number with at most two decimals and nothing superfluous.

    >>> _n(12.0), _n(0.505), _n(-0.001)
    ('12', '0.51', '0')
    """
    return f"{round(number, 2) + 0.0:.10g}"

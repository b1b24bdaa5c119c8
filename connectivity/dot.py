r"""A scene to DOT text. Pure, and the only writer of DOT.

Nothing of the user's reaches the text but through :func:`quoted` or :func:`_html`: node and edge
ids are generated, numbers are formatted, and only the attributes written here are ever written.
The units are placed (``pos``), so Graphviz only draws: ``neato -n2`` or the engine ``nop``.
"""

from __future__ import annotations

import re
from collections import Counter

from connectivity.metrics import FAMILY, text_width
from connectivity.scene import Box, Dot, Label, Line, Scene, Text, Unit

SEMIBOLD = f"{FAMILY} Semibold"

# What XML and terminals cannot hold: C0 and C1 controls, DEL, surrogates, non-characters.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_POINTS_PER_INCH = 72


def dot(scene: Scene, dpi: float | None = None) -> str:
    """The DOT text of ``scene``; ``dpi`` is for bitmaps."""
    edge_width = Counter(line.width for line in scene.lines).most_common(1)
    width = edge_width[0][0] if edge_width else 1.0
    parts = [
        "digraph {\n",
        _graph_defaults(scene, dpi),
        _node_defaults(scene),
        _edge_defaults(scene, width),
        *(_box(box) for box in scene.boxes),
        *(_text(text) for text in scene.texts),
        *(_dot(mark) for mark in scene.dots),
        *(_unit(unit, scene.font_size) for unit in scene.units),
        *_corners(scene),
    ]
    return "".join(_named(parts)) + "".join(_lines(scene, width)) + "}\n"


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


_SILENT = 'shape=point style=invis label=""'


def _named(parts: list[str]) -> list[str]:
    """Statements that begin with ``[`` are marks without a name of their own: give them one."""
    named, number = [], 0
    for part in parts:
        if part.startswith("["):
            number += 1
            part = f"m{number}{part}"
        named.append(part)
    return named


def _graph_defaults(scene: Scene, dpi: float | None) -> str:
    resolution = f" dpi={_n(dpi)}" if dpi else ""
    return f'graph[bgcolor="{scene.background}" outputorder=edgesfirst pad=0{resolution}]\n'


def _node_defaults(scene: Scene) -> str:
    pen = 1.1 if scene.diameter > 12 else 0.6
    return (
        f"node[shape=circle fixedsize=true {_size(scene.diameter, scene.diameter)} "
        f'style=filled color="{scene.unit_stroke}" penwidth={pen} label="" '
        f'fontname="{FAMILY}" fontsize={_n(scene.font_size)} fontcolor="{scene.ink}"]\n'
    )


def _edge_defaults(scene: Scene, width: float) -> str:
    if not scene.arrows:
        return f"edge[dir=none headclip=false tailclip=false penwidth={_n(width * 0.5)}]\n"
    return f"edge[arrowsize=0.45 penwidth={_n(width)}]\n"


def _unit(unit: Unit, font_size: float) -> str:
    label = f" label={_label(unit.label, font_size)}" if unit.label else ""
    classes = f' id={unit.id} class="{unit.classes}"'
    return f'{unit.id}[pos="{_n(unit.x)},{_n(unit.y)}" fillcolor="{unit.fill}"{classes}{label}]\n'


def _label(label: Label, font_size: float) -> str:
    if not label.sup and not label.sub:
        return quoted(label.stem)
    small = f'<FONT POINT-SIZE="{_n(0.7 * font_size)}">'
    sup = f"<SUP>{small}{_html(label.sup)}</FONT></SUP>" if label.sup else ""
    sub = f"<SUB>{small}{_html(label.sub)}</FONT></SUB>" if label.sub else ""
    return f"<<I>{_html(label.stem)}</I>{sub}{sup}>"


def _html(text: str) -> str:
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text(text: Text) -> str:
    face, font = ("semibold", SEMIBOLD) if text.bold else ("regular", FAMILY)
    label, x = quoted(text.text), text.x
    if text.align == "start":
        x += text_width(text.text, text.size, face) / 2
        label = label[:-1] + '\\l"'
    return (
        f'[pos="{_n(x)},{_n(text.y)}" shape=plain style="" fixedsize=false width=0 height=0 label={label} '
        f'fontname="{font}" fontsize={_n(text.size)} fontcolor="{text.colour}" class={text.classes}]\n'
    )


def _dot(mark: Dot) -> str:
    place = f'pos="{_n(mark.x)},{_n(mark.y)}"'
    if not mark.diameter:
        return f"{mark.id}[{place} {_SILENT} width=0 height=0]\n"
    size = _size(mark.diameter, mark.diameter)
    return f'[{place} {size} penwidth=0 fillcolor="{mark.fill}" class=dots]\n'


def _box(box: Box) -> str:
    place = f'pos="{_n(box.x)},{_n(box.y)}" shape=box {_size(box.width, box.height)}'
    if box.stroke:
        return f'[{place} style=rounded color="{box.stroke}" penwidth=0.9 class=group]\n'
    return f'[{place} penwidth=0 fillcolor="{box.fill}" class=legend]\n'


def _corners(scene: Scene) -> list[str]:
    """Two invisible points that make the paper as large as it was computed."""
    corners = ((0.0, 0.0), (scene.width, scene.height))
    return [f'[pos="{_n(x)},{_n(y)}" {_SILENT} width=0 height=0]\n' for x, y in corners]


def _lines(scene: Scene, usual: float) -> list[str]:
    if not scene.arrows and all(line.width == usual and not line.stub and not line.id for line in scene.lines):
        return [f'{line.tail}->{line.head}[color="{line.colour}"]\n' for line in scene.lines]
    return [_line(line, scene, usual) for line in scene.lines]


def _line(line: Line, scene: Scene, usual: float) -> str:
    extra = f' id={line.id} class="{line.classes}"' if line.id else ""
    if line.width != usual:
        extra += f" penwidth={_n(line.width if scene.arrows else line.width * 0.5)}"
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
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text

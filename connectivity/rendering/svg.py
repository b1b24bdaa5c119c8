"""The finishing of SVG: Graphviz's drawing made to stand alone, for eyes, ears and style sheets.

Works on the text that Graphviz writes for the DOT of :mod:`.rendering.dot`, by regular expressions: a real
parser takes seven times as long, and everything of the user's in it is escaped already.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from connectivity.rendering.bundles import paths, places_of, rays
from connectivity.rendering.dot import painted_as, share_of
from connectivity.rendering.svgtext import Writing, escaped, live, writings
from connectivity.scene import UNSEEN, Scene, Shape
from connectivity.typeset.metrics import FAMILY
from connectivity.typeset.text import natural

FONTS = f"'{FAMILY}', 'Source Sans Pro', 'Segoe UI', 'Helvetica Neue', Carlito, Arial, sans-serif"
"""For readers; quoted, since a family's name that has a number in it is otherwise none in CSS.

Carlito, which many Linux systems have, is as wide as ours, which counts where nothing makes texts as long as measured.
"""

_JUNK = re.compile(r"<!--.*?-->\n?|<!DOCTYPE.*?>\n", re.DOTALL)
_OPENING = re.compile(
    r'<svg width="([\d.]+)pt" height="([\d.]+)pt"\s+viewBox="([^"]*)"[^>]*>\n'
    r'<g id="graph0"[^>]* translate\(([^)]*)\)">\n(?:<title>[^<]*</title>\n)?'
)
_SIZE = re.compile(r'<svg width="[^"]*" height="[^"]*" viewBox="[^"]*"')
_GROUP = re.compile(r'<g id="([^"]*)" class="([^"]*)">\n<title>[^<]*</title>\n(.*?)</g>', re.DOTALL)
_POINT = r"([-\d.]+),([-\d.]+)"
_CURVE = re.compile(rf' d="M{_POINT}C{_POINT} {_POINT} {_POINT}"')
_PAINTED = re.compile(
    r'<(\w+) ((?:[^<>]*? )??(fill|stroke)="([^"]*)"(?: fill-opacity="[^"]*")?(?: (stroke)="([^"]*)")?)([^<>]*?)'
    r"(/>|><title>[^<]*</title></\1>|>)"
)
_SHAPE = re.compile(r"<(polygon|polyline|path) ([^>]*)/>")
_DEFINITIONS = re.compile(r"<defs>\n<linearGradient .*?</defs>\n", re.DOTALL)
_NIGHT = re.compile(r'<linearGradient id="night.*?</linearGradient>\n', re.DOTALL)
_RECTANGLE = re.compile(r'points="([^" ]+) ([^" ]+) ([^" ]+) ([^" ]+) \1"')
_POINTS = re.compile(r'points="([^"]*)"')
_STAND_IN = re.compile(r'<polyline [^>]*points="0,0 1,-1"/>\n')
_UNIT = re.compile(r'<g id="([^"]*)" class="[^"]*">(?:<title>[^<]*</title>)?\n')
_NO_PEN_ONCE = '="transparent"'
_LAST_SPACE = re.compile(r'( points="[^"]*) "')
_NO_PEN = ' stroke="none" stroke-width="0"'
_UNSEEN = re.compile(rf'( class="[^"]*) {UNSEEN}"')
_GRAPH, _MARK = '<g id="graph0"', '<g id="'
_WEIGHT_CLASS = re.compile(r'<g id="[ec]\d+" class="[^"]*\b(w\d+)\b')
_TARGET_CLASS = re.compile(r'<g id="e[^"]*" class="[^"]*\b(to\d+)\b')
_WINDOW_CLASS = re.compile(r'class="cellunit[^"]*\b(at\d+)')
_KERNEL_CLASS = re.compile(r'class="cellunit[^"]*\b(oc\d+)')
PAGE_WEIGHTS, PAGE_UNITS, PAGE_WINDOWS, PAGE_KERNELS = 64, 64, 64, 16
"""The first so many shared weights, units, windows and kernels of a figure react to pointing where it is part of a page."""

_LIT = "#e8590c"  # the outline of cells that are pointed at, on any page

MOST_RULES = 300
"""The most weights and units that react to pointing; a style sheet for more would weigh more than it helps."""

DARK_RULES = (
    'svg.connectivity [data-dark~="fill"] { fill: currentColor }\n'
    'svg.connectivity [data-dark~="stroke"] { stroke: currentColor }\n'
    'svg.connectivity [data-dark~="outer"] { fill: inherit }\n'
)
"""What makes a drawing dark. The dark colours are attributes (:func:`_with_dark`): a page whose Content-Security-Policy
is strict heeds no style that stands in it."""
_BEND = 0.05  # how far a curve may leave its line and still be drawn as one, in points


def finish(data: bytes, scene: Scene, dark: tuple[bytes, Scene] | None = None, motion: str = "") -> bytes:
    """Graphviz's SVG of ``scene`` without labels, made a whole: with its texts, title, description and tooltips.

    ``dark`` is the same drawing in the colours of a dark page, with its scene; they are added to the light ones.
    ``motion`` are rules that make it move; marks of the class UNSEEN are then not seen but by them.
    """
    text = _finished(data, scene, "ramp")
    if scene.size is not None:
        text = _of_size(text, scene, scene.size)
    if dark is not None:
        text = _with_dark(text, _finished(*dark, "night"))
    rules = style_rules(text, dark is not None)
    sheets = f"<style>\n{rules}</style>\n" if rules else ""
    if motion:
        text = _UNSEEN.sub(r'\1" opacity="0"', text)
        sheets += f'<style class="motion">\n{motion}</style>\n'
    if sheets:
        text = text.replace("</desc>\n", f"</desc>\n{sheets}", 1)
    if scene.dense:
        text = _with_lines(text, scene, dark[1] if dark else None)
    return text.encode("utf-8")


def _with_lines(text: str, scene: Scene, night: Scene | None) -> str:
    """The lines of a dense scene, at the place that was kept for them; the last, since a pass over them takes long."""
    before, after = _STAND_IN.split(text, maxsplit=1)
    places = places_of(scene)
    lit = rays(scene, places)
    after = _UNIT.sub(lambda match: match[0] + lit.get(match[1], ""), after)
    drawn = paths(scene, night, share_of(scene), places)
    return "".join(
        [
            before,
            '<g class="lines" fill="none" pointer-events="none" stroke-linejoin="bevel">\n',
            *drawn,
            "</g>\n",
            after,
        ]
    )


def _of_size(text: str, scene: Scene, size: tuple[float, float]) -> str:
    """The drawing exactly as large as its paper, where Graphviz makes it one of whole points."""
    width, height = map(_said, size)
    box = f"0 0 {_said(scene.width)} {_said(scene.height)}"
    return _SIZE.sub(f'<svg width="{width}pt" height="{height}pt" viewBox="{box}"', text, count=1)


def _said(length: float) -> str:
    return f"{length:.2f}".rstrip("0").rstrip(".")


def _finished(data: bytes, scene: Scene, ramps: str) -> str:
    """What needs no colours: everything that is replaced is replaced before the user's own words come in."""
    text = _of_today(_JUNK.sub("", data.decode("utf-8")))
    text = _CURVE.sub(_straightened, text)
    if scene.shapes:
        text = _with_ids(text, scene.shapes, ramps)
    text = _OPENING.sub(lambda match: _opening(match, scene.title, scene.description), text, count=1)
    texts, glyphs = _texts(writings(scene), scene.outlines)
    tips = scene.tips()
    text = _GROUP.sub(lambda match: _group(match[1], match[2], match[3], tips, texts), text)
    return text.replace("</desc>\n", f"</desc>\n{glyphs}", 1)


def _of_today(text: str) -> str:
    """What Graphviz 2.43 writes in the words of today's: no pen has another name, and points end without a space."""
    if _NO_PEN_ONCE not in text:  # the background has none
        return text
    return _LAST_SPACE.sub(r'\1"', text.replace(_NO_PEN_ONCE, '="none"'))


def _texts(lines: Mapping[str, Sequence[Writing]], outlined: bool) -> tuple[dict[str, str], str]:
    """The elements of lines of text by their marks, and the glyphs that they use; what the font has not stays live."""
    if not outlined:
        return {mark: "".join(map(live, written)) for mark, written in lines.items()}, ""
    from connectivity.rendering.outlines import Outlines

    outlines = Outlines()
    elements = {
        mark: "".join(live(line) if line.unknown else outlines.drawn(line) for line in written)
        for mark, written in lines.items()
    }
    return elements, outlines.definitions()


def _with_ids(text: str, shapes: Sequence[Shape], ramps: str) -> str:
    """The shapes of a scene with their ids, classes and tooltips: the last that are painted before the first node.

    The pieces of a gradient become one; those of a scene are called ``ramps`` and a number.
    """
    text = _DEFINITIONS.sub("", text)
    end = text.find(_MARK, text.find(_GRAPH) + len(_GRAPH))
    end = len(text) if end < 0 else end
    numbers = [len(painted_as(shape)) for shape in shapes]
    painted = iter([*_SHAPE.finditer(text, 0, end)][-sum(numbers) :])
    names: dict[tuple[tuple[float, str], ...], str] = {}
    parts, done = [], 0
    for number, shape in zip(numbers, shapes, strict=True):
        matches = [next(painted) for _ in range(number)]
        parts.append(text[done : matches[0].start()])
        if shape.ramp:
            parts.append(_ramp(shape, matches, names, ramps))
        else:
            parts.append(_shape(matches[0][1], matches[0][2], shape))
        done = matches[-1].end()
    return "".join([*parts, text[done:]])


def _ramp(
    shape: Shape, drawn: Sequence[re.Match[str]], names: dict[tuple[tuple[float, str], ...], str], ramps: str
) -> str:
    """A rectangle with a gradient, which is defined before the first that has it; ``drawn`` are its pieces."""
    definition = ""
    if shape.ramp not in names:
        names[shape.ramp] = f"{ramps}{len(names) + 1}"
        stops = "".join(f'<stop offset="{place:g}" stop-color="{colour}"/>\n' for place, colour in shape.ramp)
        definition = f'<linearGradient id="{names[shape.ramp]}">\n{stops}</linearGradient>\n'
    corners = [tuple(map(float, corner.split(","))) for match in drawn for corner in _points(match[2]).split()]
    (left, top), (right, bottom) = (tuple(map(ends, zip(*corners, strict=True))) for ends in (min, max))
    place = (
        f'x="{left:g}" y="{top:g}" width="{_length(str(left), str(right))}" height="{_length(str(top), str(bottom))}"'
    )
    return f'{definition}<rect class="{shape.classes}" fill="url(#{names[shape.ramp]})" {place}/>'


def _points(attributes: str) -> str:
    found = _POINTS.search(attributes)
    return found[1] if found else ""


def _shape(tag: str, attributes: str, shape: Shape) -> str:
    """A shape as an element; a polygon that is a rectangle as one, which is shorter."""
    corners = _RECTANGLE.search(attributes)
    sides = [corner.split(",") for corner in corners.groups()] if corners is not None else []
    xs, ys = ([*dict.fromkeys(corner[axis] for corner in sides)] for axis in (0, 1))
    if corners is not None and len(xs) == len(ys) == 2 and sides[0][0] in (sides[1][0], sides[3][0]):
        place = f'x="{min(xs, key=float)}" y="{min(ys, key=float)}"'
        tag, attributes = (
            "rect",
            attributes.replace(corners[0], f'{place} width="{_length(*xs)}" height="{_length(*ys)}"'),
        )
    attributes = attributes.replace(_NO_PEN, "")
    if shape.fill == "transparent":
        attributes = attributes.replace('fill="none"', 'fill="none" pointer-events="all"')
    names = f'id="{shape.id}" ' if shape.id else ""
    names += f'class="{shape.classes}" ' if shape.classes else ""
    tip = f"<title>{escaped(shape.tip)}</title>" if shape.tip else ""
    return f"<{tag} {names}{attributes}{f'>{tip}</{tag}>' if tip else '/>'}"


def _length(one: str, other: str) -> str:
    return f"{abs(float(other) - float(one)):.2f}".rstrip("0").rstrip(".")


def style_rules(text: str, dark: bool) -> str:
    """The style sheet of a standalone SVG: what pointing does, and the colours of a dark page.

    Pointing at a connection (or a cell of a matrix) shows all that share its weight, pointing at a unit the
    connections into it. Where style sheets are not heeded it is a plain picture.
    """
    rules = ""
    weights = Counter(_WEIGHT_CLASS.findall(text))
    shared = sorted((name for name, number in weights.items() if number > 1), key=natural)
    targets = sorted(set(_TARGET_CLASS.findall(text)), key=natural)
    if len(shared) + len(targets) > MOST_RULES:
        targets = []  # weights before units
    if 0 < len(shared) + len(targets) <= MOST_RULES:
        rules += hover_rules(shared, targets)
    windows = sorted(set(_WINDOW_CLASS.findall(text)), key=natural)
    kernels = sorted(set(_KERNEL_CLASS.findall(text)), key=natural)
    if 0 < len(windows) + len(kernels) <= MOST_RULES:
        rules += cell_rules(windows, kernels)
    if _STAND_IN.search(text):
        rules += ray_rules()
    if dark:
        rules += f"@media screen and (prefers-color-scheme: dark) {{\n{DARK_RULES}}}\n"
    return rules


def hover_rules(weights: Sequence[str], targets: Sequence[str], root: str = "svg.connectivity") -> str:
    """What pointing does, for the classes of weights (w1) and of connections into a unit (to1).

    The style sheet of pages has them for the first ``PAGE_WEIGHTS`` and ``PAGE_UNITS``, whatever the
    figure: an SVG that is part of a page has no style sheet of its own.
    """
    weight_pairs = [(f".{name}", f".{name}") for name in weights]
    unit_pairs = [(f"[id$=u{name[2:]}]", f".{name}") for name in targets]
    faint = [f"{root}:has({pointed}:hover) :is(.edge, .cell):not({lit})" for pointed, lit in weight_pairs]
    faint += [f"{root}:has({pointed}:hover) .edge:not({lit})" for pointed, lit in unit_pairs]
    strong = [f"{root}:has({pointed}:hover) {lit} path" for pointed, lit in [*weight_pairs, *unit_pairs]]
    line_rule = f"{root} .edge:hover path {{ stroke-width: 2.6 }}\n"
    if not faint:
        return line_rule
    return line_rule + f"{_joined(faint)} {{ opacity: 0.2 }}\n{_joined(strong)} {{ stroke-width: 2.6 }}\n"


def cell_rules(windows: Sequence[str], kernels: Sequence[str], root: str = "svg.connectivity") -> str:
    """What pointing at a cell does: its window (at1 lights in1) and its kernel (oc1 lights kc1) get an outline.

    Pointing at a kernel shows what it makes; numbers in cells are not in the way. Pages have them for the first
    PAGE_WINDOWS and PAGE_KERNELS.
    """
    lit = [f"{root}:has(.{name}:hover) .in{name[2:]}" for name in windows]
    lit += [f"{root}:has(.{name}:hover) .kc{name[2:]}" for name in kernels]
    lit += [f"{root}:has(.kc{name[2:]}:hover) .{name}" for name in kernels]
    pointed = f"{root} :is(.cellunit, .kernelcell):hover"
    through = f"{root} :is(.name, .weight) {{ pointer-events: none }}\n"
    return f"{through}{_joined([pointed, *lit])} {{ stroke: {_LIT}; stroke-width: 2 }}\n"


def key_rules(root: str = "svg.connectivity") -> str:
    """What going through a figure by keyboard does, where a page has the script for it: a ring, and what is lit.

    The script marks with ``data-lit`` what pointing would show; the ring is seen by day and by night.
    """
    ring = f"outline: 2px solid {_LIT}"
    return (
        f"{root}:focus-visible {{ {ring}; outline-offset: -2px }}\n"
        f"{root} [tabindex]:focus {{ {ring}; outline-offset: 2px }}\n"
        f"{root} .edge:focus path {{ stroke-width: 4 !important }}\n"
        f"{root}[data-lit] :is(.edge, .cell):not([data-lit]) {{ opacity: 0.2 }}\n"
        f"{root} .edge[data-lit] path {{ stroke-width: 2.6 }}\n"
        f"{root} .cellunit[data-lit] {{ stroke: {_LIT}; stroke-width: 2 }}\n"
        f"{root}:has(.unit:focus > .rays) .lines {{ opacity: 0.25 }}\n"
        f"{root} .unit:focus > .rays {{ display: inline; fill: none; stroke: {_LIT}; stroke-width: 0.5 }}\n"
        f"{root} .unit:focus:has(> .rays) {{ outline: none }}\n"  # which would be around all of them
        f"{root} .unit:focus:has(> .rays) ellipse {{ stroke: {_LIT} !important; stroke-width: 2 }}\n"
    )


def ray_rules(root: str = "svg.connectivity") -> str:
    """What pointing at a unit of a dense figure does: the lines into it are seen, over all others."""
    return (
        f"{root}:has(.unit:hover > .rays) .lines {{ opacity: 0.25 }}\n"
        f"{root} .unit:hover > .rays {{ display: inline; fill: none; stroke: {_LIT}; stroke-width: 0.5; pointer-events: none }}\n"
    )


def _joined(selectors: Sequence[str]) -> str:
    return ",\n".join(selectors)


def _with_dark(light: str, dark: str) -> str:
    """``light``, each of its colours with the one that ``dark`` has in its place, where they differ.

    The dark one is the mark's ``color``, and ``data-dark`` says what is painted in it. Where that is not enough, as
    of a unit whose fill and outline both change, the fill is that of a group around the mark ("outer").
    """
    night = iter(_PAINTED.findall(dark))

    def both(match: re.Match[str]) -> str:
        other = next(night, None)
        if other is None:
            return match[0]
        pairs = ((match[3], match[4], other[3]), (match[5], match[6], other[5]))
        changed = {
            name: colour for name, day, colour in pairs if name and day != colour and colour.startswith(("#", "url("))
        }
        return _darkened(match, changed) if changed else match[0]

    text = _PAINTED.sub(both, light)
    return text.replace("<linearGradient", "".join(_NIGHT.findall(dark)) + "<linearGradient", 1)


def _darkened(match: re.Match[str], colours: Mapping[str, str]) -> str:
    """A mark that is painted, with its dark ``colours`` by what is painted in them."""
    outer = colours.get("fill", "") if len(set(colours.values())) > 1 or "url(" in colours.get("fill", "") else ""
    painted = [name for name in colours if not (outer and name == "fill")]
    said = f' color="{colours[painted[0]]}"' if painted else ""
    said += f' data-dark="{" ".join([*painted, *(["outer"] if outer else [])])}"'
    mark = f"<{match[1]} {match[2]}{said}{match[7]}{match[8]}"
    return f'<g fill="{outer}">{mark}</g>' if outer else mark


def _opening(match: re.Match[str], title: str, description: str) -> str:
    width, height, box, move = match.groups()
    words = "\n".join(map(escaped, description.split("\n")))
    return (
        f'<svg width="{width}pt" height="{height}pt" viewBox="{box}" '
        f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'class="connectivity" role="img" aria-labelledby="title description" font-family="{FONTS}">\n'
        f'<title id="title">{escaped(title)}</title>\n<desc id="description">{words}</desc>\n'
        f'<g class="graph" transform="translate({move})">\n'
    )


def _group(identity: str, classes: str, drawn: str, tips: Mapping[str, str], texts: Mapping[str, str]) -> str:
    """A mark: a generated id and a tooltip where there is one, what Graphviz drew of it, and its text."""
    mark_classes = classes.partition(" ")[2] or classes  # Graphviz puts "node" or "edge" first
    tip, text = tips.get(identity), texts.get(identity, "")
    if not tip:
        return f'<g class="{mark_classes}">\n{drawn}{text}</g>'
    return f'<g id="{identity}" class="{mark_classes}"><title>{escaped(tip)}</title>\n{drawn}{text}</g>'


def _straightened(curve: re.Match[str]) -> str:
    """A curve as a line, where it is one; of two parallel connections each is bent."""
    x0, y0, x1, y1, x2, y2, x3, y3 = map(float, curve.groups())
    across, up = x3 - x0, y3 - y0
    length = math.hypot(across, up)
    bends = (across * (y1 - y0) - up * (x1 - x0), across * (y2 - y0) - up * (x2 - x0))
    if max(map(abs, bends)) > _BEND * length:
        return curve[0]
    first_x, first_y, *_, last_x, last_y = curve.groups()
    return f' d="M{first_x},{first_y}L{last_x},{last_y}"'

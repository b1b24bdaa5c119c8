"""The finishing of SVG: Graphviz's drawing made to stand alone, for eyes, ears and style sheets.

Works on the text that Graphviz writes for the DOT of :mod:`.rendering.dot`, by regular expressions: a real
parser takes seven times as long, and everything of the user's in it is escaped already.
"""

from __future__ import annotations

import html
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from connectivity.rendering.dot import OVER, SEMIBOLD, clean
from connectivity.rendering.overlays import moved
from connectivity.scene import Shape
from connectivity.typeset.metrics import FAMILY, text_width, unknown
from connectivity.typeset.text import natural

FONTS = f"'{FAMILY}', 'Source Sans Pro', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
"""For readers; quoted, since a family's name that has a number in it is otherwise none in CSS."""

_JUNK = re.compile(r"<!--.*?-->\n?|<!DOCTYPE.*?>\n", re.DOTALL)
_OPENING = re.compile(
    r'<svg width="([\d.]+)pt" height="([\d.]+)pt"\s+viewBox="([^"]*)"[^>]*>\n'
    r'<g id="graph0"[^>]* translate\(([^)]*)\)">\n(?:<title>[^<]*</title>\n)?'
)
_GROUP = re.compile(r'<g id="([^"]*)" class="([^"]*)">\n<title>[^<]*</title>\n')
_POINT = r"([-\d.]+),([-\d.]+)"
_CURVE = re.compile(rf' d="M{_POINT}C{_POINT} {_POINT} {_POINT}"')
_STEM = (
    r'(<ellipse [^>]*cx="([^"]*)"[^>]*/>\n)'
    r'<text [^>]* y="([^"]*)" [^>]*font-style="italic" font-size="([\d.]*)"( fill="[^"]*")?>([^<]*)</text>\n'
)
_SUB = r'<text [^>]*baseline-shift="sub" font-size="([\d.]*)"[^>]*>([^<]*)</text>\n'
_SUP = r'<text [^>]*baseline-shift="super" [^>]*>([^<]*)</text>\n'
_LABEL, _LABEL_SUP = re.compile(_STEM + _SUB), re.compile(_STEM + _SUB + _SUP)
# A label becomes one text around its unit's centre, so that another font keeps it there; and not
# every browser draws baseline-shift, which is why dy (in ems of the small size) moves the baseline.
_MERGED = (
    r'\1<text text-anchor="middle" x="\2" y="\3" font-size="\4"\5><tspan font-style="italic">\6</tspan>'
    r'<tspan dy="0.29em" font-size="\7">\8</tspan>'
)
_MERGED_SUP = _MERGED + r'<tspan dy="-0.81em" font-size="\7">\9</tspan></text>\n'
# What is left of baseline-shift, which Firefox does not know.
_SHIFTS = {' baseline-shift="sub"': ' dy="0.29em"', ' baseline-shift="super"': ' dy="-0.52em"'}
_TEXT_TAG = re.compile(r"<text [^>]*>")
_TEXT = re.compile(r'<text (text-anchor="middle" [^>]*>[^<]{2,}|text-anchor="(?:start|end)" [^>]*>[^<]+)</text>')
_THEIR_LENGTH = re.compile(r' textLength="[^"]*"')  # which some versions of Graphviz write
_FONT_SIZE = re.compile(r'font-size="([\d.]+)"')
_COLOURS = re.compile(r'(?<= )(fill|stroke)="([^"]*)"(?: fill-opacity="[^"]*")?(?: (stroke)="([^"]*)")?')
_SHAPE = re.compile(r"<(polygon|polyline|path) ([^>]*)/>")
_RECTANGLE = re.compile(r'points="([^" ]+) ([^" ]+) ([^" ]+) ([^" ]+) \1"')
_NO_PEN = ' stroke="none" stroke-width="0"'
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
    'svg.connectivity [style*="--dark-fill"] { fill: var(--dark-fill) }\n'
    'svg.connectivity [style*="--dark-stroke"] { stroke: var(--dark-stroke) }\n'
)
_BEND = 0.05  # how far a curve may leave its line and still be drawn as one, in points
_OVERLAID = f'class="node {OVER}'
_PRESERVE = ' xml:space="preserve"'
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def finish(
    data: bytes,
    title: str,
    description: str,
    tips: Mapping[str, str],
    dark: bytes | None = None,
    shapes: Sequence[Shape] = (),
) -> bytes:
    """Graphviz's SVG with a title and a description, tooltips by id, and without its junk.

    ``dark`` is the same drawing in the colours of a dark page, which are added to the light ones. ``shapes`` are
    those of the scene, which Graphviz has drawn without their ids.
    """
    text = _finished(data, title, description, tips, shapes)
    if dark is not None:
        text = _with_dark(text, _finished(dark, title, description, tips, shapes))
    rules = style_rules(text, dark is not None)
    if rules:
        text = text.replace("</desc>\n", f"</desc>\n<style>\n{rules}</style>\n", 1)
    return text.encode("utf-8")


def _finished(data: bytes, title: str, description: str, tips: Mapping[str, str], shapes: Sequence[Shape]) -> str:
    """What needs no colours: everything that is replaced is replaced before the user's own words come in."""
    text = _JUNK.sub("", data.decode("utf-8"))
    text = _CURVE.sub(_straightened, text)
    if _OVERLAID in text:
        text = moved(text)
    if 'baseline-shift="super"' in text:
        text = _LABEL_SUP.sub(_stacked, text)
    text = _LABEL.sub(_MERGED + "</text>\n", text)
    text = _TEXT_TAG.sub(_plain_tag, text)
    text = _TEXT.sub(_measured, text)
    if shapes:
        text = _with_ids(text, shapes)
    text = _OPENING.sub(lambda match: _opening(match, title, description), text, count=1)
    return _GROUP.sub(lambda match: _group(match[1], match[2], tips), text)


def _stacked(label: re.Match[str]) -> str:
    """A label whose superscript begins where its subscript does."""
    back = text_width(html.unescape(label[8]), float(label[7])) if float(label[7]) else 0.0
    return label.expand(_MERGED_SUP).replace(' dy="-0.81em"', f' dx="{-back:.2f}" dy="-0.81em"')


def _with_ids(text: str, shapes: Sequence[Shape]) -> str:
    """The shapes of a scene with their ids, classes and tooltips: the last that are painted before the first node."""
    end = text.find(_MARK, text.find(_GRAPH) + len(_GRAPH))
    end = len(text) if end < 0 else end
    painted = list(_SHAPE.finditer(text, 0, end))[-len(shapes) :]
    parts, done = [], 0
    for match, shape in zip(painted, shapes, strict=True):
        parts += [text[done : match.start()], _shape(match[1], match[2], shape)]
        done = match.end()
    return "".join([*parts, text[done:]])


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
    tip = f"<title>{_escaped(shape.tip)}</title>" if shape.tip else ""
    return f"<{tag} {names}{attributes}{f'>{tip}</{tag}>' if tip else '/>'}"


def _length(one: str, other: str) -> str:
    return f"{abs(float(other) - float(one)):.2f}".rstrip("0").rstrip(".")


def _plain_tag(tag: re.Match[str]) -> str:
    """The opening of a text without what every one of them has, or not every browser knows."""
    text = tag[0].replace(_PRESERVE, "").replace(f' font-family="{FAMILY}"', "")
    text = text.replace(f' font-family="{SEMIBOLD}"', ' font-weight="600"')
    for theirs, ours in _SHIFTS.items():
        text = text.replace(theirs, ours)
    return text


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


def _joined(selectors: Sequence[str]) -> str:
    return ",\n".join(selectors)


def _with_dark(light: str, dark: str) -> str:
    """``light``, each of its colours followed by the one that ``dark`` has in its place, where they differ."""
    night = iter(_COLOURS.findall(dark))

    def both(match: re.Match[str]) -> str:
        other = next(night, ("", "", "", ""))
        changed = [
            f"--dark-{name}:{colour}"
            for name, colour in ((other[0], other[1]), (other[2], other[3]))
            if name and f'{name}="{colour}"' not in match[0] and colour.startswith("#")
        ]
        return match[0] + (f' style="{";".join(changed)}"' if changed else "")

    return _COLOURS.sub(both, light)


def _opening(match: re.Match[str], title: str, description: str) -> str:
    width, height, box, move = match.groups()
    words = "\n".join(map(_escaped, description.split("\n")))
    return (
        f'<svg width="{width}pt" height="{height}pt" viewBox="{box}" '
        f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'class="connectivity" role="img" aria-labelledby="title description" font-family="{FONTS}">\n'
        f'<title id="title">{_escaped(title)}</title>\n<desc id="description">{words}</desc>\n'
        f'<g class="graph" transform="translate({move})">\n'
    )


def _group(identity: str, classes: str, tips: Mapping[str, str]) -> str:
    """The opening of a mark: a generated id and a tooltip where there is one."""
    mark_classes = classes.partition(" ")[2] or classes  # Graphviz puts "node" or "edge" first
    tip = tips.get(identity)
    if tip is None:
        return f'<g class="{mark_classes}">\n'
    return f'<g id="{identity}" class="{mark_classes}"><title>{_escaped(tip)}</title>\n'


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


def _measured(text: re.Match[str]) -> str:
    """A text that is as long as it was measured, whatever font the reader has: nothing collides or is cut off."""
    attributes, _, content = text[1].partition(">")
    attributes = _THEIR_LENGTH.sub("", attributes)
    size, shown = _FONT_SIZE.search(attributes), html.unescape(content)
    alone = len(shown) == 1 and 'text-anchor="middle"' in attributes  # it stands where it is, however wide
    if size is None or alone or unknown(shown):
        return text[0]
    face = "semibold" if 'font-weight="600"' in attributes else "italic" if "italic" in attributes else "regular"
    length = f"{text_width(shown, float(size[1]), face):.2f}".rstrip("0").rstrip(".")
    return f'<text {attributes} textLength="{length}" lengthAdjust="spacingAndGlyphs">{content}</text>'


def _escaped(text: str) -> str:
    return clean(text).translate(_ESCAPES)

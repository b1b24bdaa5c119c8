"""What stands where on a figure of cells: whether texts, cells, cones and ribbons keep out of one another's way."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from areas import Area, Areas, bounds, unit_areas

from connectivity.picture.paper import MARGIN
from connectivity.scene import Scene, Shape, Text
from connectivity.typeset.markup import rich_width

Point = tuple[float, float]

INSIDE = ("name", "weight")
"""The classes of texts that stand in cells."""

TOUCHING = 0.05
"""So many points are a touch, and no overlap."""


def kind(shape: Shape) -> str:
    """What a shape is: the first of its classes."""
    return shape.classes.partition(" ")[0]


def of_kind(scene: Scene, *kinds: str) -> list[Shape]:
    return [shape for shape in scene.shapes if kind(shape) in kinds]


def cells(scene: Scene) -> list[Area]:
    """The cells of units and of kernels."""
    return [bounds(shape.points, f"{kind(shape)} {shape.tip}") for shape in of_kind(scene, "cellunit", "kernelcell")]


def lines_of(text: Text) -> Iterator[Area]:
    """Each line of a text, as tall as its letters with ascenders and descenders."""
    lines = text.text.split("\n")
    for number, line in enumerate(lines):
        width = rich_width(line, text.size, "semibold" if text.bold else "regular")
        left = text.x - {"start": 0.0, "end": width}.get(text.align, width / 2)
        middle = text.y + ((len(lines) - 1) / 2 - number) * text.size * 1.28
        yield Area(line, left, middle - text.size / 2, left + width, middle + text.size / 2)


def texts(scene: Scene, *, inside: bool) -> list[Area]:
    """The lines of texts; those ``inside`` cells, or all the others."""
    return [line for text in scene.texts if (text.classes in INSIDE) == inside for line in lines_of(text)]


def shrunk(area: Area, by: float) -> Area:
    return area._replace(left=area.left + by, bottom=area.bottom + by, right=area.right - by, top=area.top - by)


def meeting(ones: Sequence[Area], others: Sequence[Area]) -> Iterator[tuple[Area, Area]]:
    """The pairs that overlap."""
    there = Areas(others)
    for one in ones:
        for other in there.near(one):
            if one.meets(shrunk(other, TOUCHING)):
                yield one, other


def overlaps(one: Sequence[Point], other: Sequence[Point]) -> bool:
    """Whether two convex polygons share more than a border (by separating axes)."""
    for polygon in (one, other):
        for (x0, y0), (x1, y1) in itertools.pairwise([*polygon, polygon[0]]):
            length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
            if not length:
                continue
            nx, ny = (y0 - y1) / length, (x1 - x0) / length
            first = [x * nx + y * ny for x, y in one]
            second = [x * nx + y * ny for x, y in other]
            if max(first) <= min(second) + TOUCHING or max(second) <= min(first) + TOUCHING:
                return False
    return True


def corners(area: Area) -> list[Point]:
    return [(area.left, area.bottom), (area.right, area.bottom), (area.right, area.top), (area.left, area.top)]


def sides(shape: Shape) -> Iterator[tuple[Point, Point]]:
    points = [*shape.points, shape.points[0]] if shape.closed else list(shape.points)
    return itertools.pairwise(points)


def strokes(scene: Scene) -> Iterator[tuple[Point, Point, str]]:
    """Every line that is seen: those of shapes, but those round cells, and those between circles."""
    at = {unit.id: (unit.x, unit.y) for unit in scene.units} | {dot.id: (dot.x, dot.y) for dot in scene.dots if dot.id}
    for shape in scene.shapes:
        if shape.stroke and kind(shape) not in ("cellunit", "kernelcell", "band"):
            for start, end in sides(shape):
                yield start, end, f"{shape.classes or 'line'} {shape.width}"
    for line in scene.lines:
        yield at[line.tail], at[line.head], "connection"


def problems(scene: Scene) -> Iterator[str]:
    """What is wrong with a figure of cells, in words."""
    yield from on_paper(scene)
    yield from texts_apart(scene)
    yield from texts_clear(scene)
    yield from cones_clear(scene)
    yield from ribbons_clear(scene)


def on_paper(scene: Scene) -> Iterator[str]:
    """What is outside of the margins."""
    areas = [bounds(shape.points, f"shape {shape.classes}") for shape in scene.shapes]
    boxes = [
        Area("box", b.x - b.width / 2, b.y - b.height / 2, b.x + b.width / 2, b.y + b.height / 2)
        for b in (*scene.boxes, *scene.cells)
    ]
    dots = [Area("dot", d.x, d.y, d.x, d.y) for d in scene.dots]
    for area in (*areas, *boxes, *dots, *unit_areas(scene), *texts(scene, inside=True), *texts(scene, inside=False)):
        low = min(area.left, area.bottom, scene.width - area.right, scene.height - area.top)
        if low < MARGIN - 0.02:
            yield f"off the paper by {MARGIN - low:.1f}: {area}"


def texts_apart(scene: Scene) -> Iterator[str]:
    """Texts on texts, on circles, or on cells that are not theirs; texts that stick out of their cells."""
    outside, inside, grid = texts(scene, inside=False), texts(scene, inside=True), cells(scene)
    for one, other in Areas([*outside, *inside]).pairs():
        if one.meets(shrunk(other, TOUCHING)):
            yield f"text on text: {one} {other}"
    for one, other in meeting(outside, [*grid, *unit_areas(scene)]):
        yield f"text on a cell: {one} {other}"
    there = Areas(grid)
    for one in inside:
        homes = [cell for cell in there.near(one) if cell.meets(one)]
        if len(homes) != 1 or not _holds(homes[0], one):
            yield f"text not within its cell: {one} {homes}"


def _holds(cell: Area, text: Area) -> bool:
    return cell.left <= text.left + TOUCHING and text.right <= cell.right + TOUCHING


def texts_clear(scene: Scene) -> Iterator[str]:
    """Texts that stand beside cells and have a line through them, or an area behind them."""
    outside = [shrunk(text, 0.1 * (text.top - text.bottom)) for text in texts(scene, inside=False)]
    shapes = [shape for shape in scene.shapes if shape.closed and kind(shape) in ("cone", "ribbon", "bundle")]
    lines = [*strokes(scene)]
    there, behind = Areas(bounds(line[:2]) for line in lines), Areas(bounds(shape.points) for shape in shapes)
    for text in outside:
        for start, end, what in (lines[place] for place in there.places(text)):
            if text.is_crossed(start, end):
                yield f"a line ({what}) through {text}"
        for shape in (shapes[place] for place in behind.places(text)):
            if kind(shape) != "ribbon" and overlaps(shape.points, corners(text)):
                yield f"{shape.classes} behind {text}"


def cones_clear(scene: Scene) -> Iterator[str]:
    """Cones over the cells of units: they begin and end at the sides of these."""
    grid = Areas(bounds(shape.points, shape.tip) for shape in of_kind(scene, "cellunit"))
    for cone in of_kind(scene, "cone"):
        around = bounds(cone.points)
        for cell in grid.near(around):
            if around.meets(cell) and overlaps(cone.points, corners(cell)):
                yield f"a cone {cone.points} over {cell}"
                break


def ribbons_clear(scene: Scene) -> Iterator[str]:
    """Ribbons over cells, circles or cones."""
    ribbons, cones = of_kind(scene, "ribbon"), of_kind(scene, "cone")
    blocks, over = Areas([*cells(scene), *unit_areas(scene)]), Areas(bounds(cone.points) for cone in cones)
    for ribbon in ribbons:
        for start, end in sides(ribbon):
            around = bounds([start, end])
            for block in blocks.near(around):
                if block.is_crossed(start, end):
                    yield f"a ribbon over {block}"
                    break
            for cone in (cones[place] for place in over.places(around)):
                if _crosses(cone, start, end):
                    yield f"a ribbon over a cone {cone.points}"


def _crosses(cone: Shape, start: Point, end: Point) -> bool:
    return start != end and overlaps(cone.points, [start, end])

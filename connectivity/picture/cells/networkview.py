"""A network of several layers as blocks of cells, with cones from the windows that are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectivity.colour.hatching import Pattern
from connectivity.colour.keys import Area, Areas, Key
from connectivity.colour.spaces import blend
from connectivity.graphs import descriptions
from connectivity.picture.canvas import Numbers
from connectivity.picture.cells.blocks import Block, Column, Gap, Grid, Part
from connectivity.picture.cells.bonds import Bond
from connectivity.picture.cells.brush import OUTLINE, SIDE, SMALL, TEXT, Brush
from connectivity.picture.cells.captions import Caption, caption_of, shape_text
from connectivity.picture.cells.cones import Cone, cones_of, paint_cone, pieces
from connectivity.picture.cells.networkplan import NetworkPlan
from connectivity.picture.cells.panel import CellPanel
from connectivity.picture.cells.pointing import Pointing
from connectivity.picture.cells.ribbons import Ribbon, ribbons_of
from connectivity.scene import Line, Scene, Shape, Sheet, Unit
from connectivity.typeset.text import listed, short

PANEL_TITLE_SIZE, _LEAST_TITLE = 14.0, 160.0
_COPY = 0.2  # how strong the tint of copied cells is
_WINDOW, _OUTPUT = 0.35, 0.8  # ... of the window that is looked at, and of the unit that looks
_MOST_BUNDLES = 400  # lines from cells to circles, beyond which an area alone stands for them
_POINTED = 2_500  # up to so many cells can be pointed at
_NAMED_ROW, _MOST_NAMES = 8.0, 6  # rows from this height on have their names before them; else so many are listed
_ROOMY = 10.0  # cells of this side or more have outlines of their own
_STEEP, _WIDEST = 0.75, 150.0  # the gap for a rise of 1, and the widest of such gaps, in points
_CAPTION_GAP, _BESIDE = 12.0, 14.0  # from blocks to their captions, in points


class NetworkDrawer:
    """Draws one panel on a sheet of its own."""

    def __init__(self, panel: CellPanel, plan: NetworkPlan, paper: Scene) -> None:
        self.panel, self.plan, self.options = panel, plan, panel.options
        self.vertical, self.title, self.theme = panel.vertical, panel.title, panel.theme
        self.sheet = Sheet(
            Scene(paper.background, paper.ink, paper.unit_stroke, paper.diameter, paper.unit_width, paper.font_size)
        )
        self.brush = Brush(self.sheet, panel.flow, panel.theme)
        self.bonds_shown: dict[Bond, None] = {}
        self.ribbons: list[Ribbon] = ribbons_of(plan)
        self.captions = self._captions() if self.options.captions else {}
        self._stand()

    def _captions(self) -> dict[int, Caption]:
        captions = {}
        for number, block in self.plan.blocks.items():
            if isinstance(block, Gap) and not block_is_named(self.panel, number):
                continue
            shape = shape_text(*block.shape)
            lines = self._shape_lines(number, shape)
            names = self.panel.channel_names.get(number)
            if names and not self._names_rows(block):
                lines.append(listed(names, _MOST_NAMES))
            captions[number] = caption_of(self.panel, number, *lines)
        return captions

    def _names_rows(self, block: Block) -> bool:
        """Whether the channels of a block are rows in which their names can stand."""
        return self.vertical and isinstance(block, Grid) and block.positions.size >= _NAMED_ROW

    @property
    def shapes_above(self) -> bool:
        """Whether the shape of each layer stands over its block; else it is in its caption."""
        return not (self.vertical or self.ribbons or self.plan.branching)

    def _shape_lines(self, number: int, shape: str) -> list[str]:
        block, layers = self.plan.blocks[number], self.panel.layers
        if isinstance(block, Grid) and len(block.parts) > 1:
            lines = []
            for source in layers[number].inputs:
                made = self.plan.absorbed.get(number) == source
                what = caption_of(self.panel, source).heading if made else f"copy of {layers[source].info.name}"
                lines.append(f"{what}: {shape_text(*layers[source].shape)}")
            return lines
        return [] if self.shapes_above else [shape]

    def _stand(self) -> None:
        """Give blocks their places, with room for what stands between them."""
        plan, gaps = self.plan, {}
        for level in range(plan.depth):
            beside = plan.at(level)
            for block in beside:
                caption = self.captions.get(block.layer)
                if caption is not None and len(beside) > 1:
                    gaps[block.layer] = caption.width + 2 * _BESIDE if self.vertical else caption.height + 18.0
        between: dict[int, float] = {}
        for level in range(1, plan.depth):
            need = 0.0
            for one in plan.at(level - 1):
                for other in plan.at(level):
                    if one.layer in self.captions and other.layer in self.captions:
                        need = max(need, self._distance(one, other))
            between[level] = max(0.0, need - plan.gap)
        plan.stand(gaps, between)
        if plan.branching:
            self._flatten(between)
            plan.stand(gaps, between)

    def _flatten(self, between: dict[int, float]) -> None:
        """Widen the gaps in which branches part or meet, so that what leads to them is not too steep."""
        blocks = self.plan.blocks
        for number, block in blocks.items():
            for source in self.plan.takes[number]:
                if blocks[source].level == block.level - 1:
                    rise = abs(block.shift - blocks[source].shift)
                    need = min(_STEEP * rise, _WIDEST) - self.plan.gap
                    between[block.level] = max(between.get(block.level, 0.0), need)

    def _distance(self, one: Block, other: Block) -> float:
        """The gap that the captions of two neighbours need."""
        first, second = self.captions[one.layer], self.captions[other.layer]
        if self.vertical:
            return (first.height + second.height) / 2 + 6 - (one.thickness + other.thickness) / 2
        return (first.width + second.width) / 2 + 12 - (one.thickness + other.thickness) / 2

    def draw(self, numbers: Numbers) -> None:
        """Draw the network itself: areas first, then cells, then circles and lines."""
        self._look(numbers)
        for ribbon in self.ribbons:
            self._ribbon(ribbon)
        looked: list[tuple[Grid, Sequence[int], Bond, bool]] = []
        for number, block in self.plan.blocks.items():
            looked += self._joined(number, block)
        for block in self.plan.blocks.values():
            if isinstance(block, Grid):
                self._grid(block, [one for one in looked if one[0] is block], numbers)
        ids: dict[int, str] = {}
        for block in self.plan.blocks.values():
            if isinstance(block, Column):
                self._column(block, numbers, ids)
            elif isinstance(block, Gap):
                self.brush.dots(block.shift, block.across, runs_along=False, step=7.0, diameter=3.0)
        self._lines(numbers, ids)
        if self.shapes_above and self.captions:
            self._shapes()
        self.panel.keys = [*self._keys()]

    def _look(self, numbers: Numbers) -> None:
        """Note which cells see which, for those who point at them."""
        self.pointing = Pointing(self.panel, numbers)
        for number, block in self.plan.blocks.items():
            if isinstance(block, Grid):
                self.pointing.look(number, block.positions)

    def _keys(self) -> Iterator[Key]:
        """What the areas and lines mean."""
        for bond in Bond:
            if bond in self.bonds_shown and not (bond is Bond.FULL and self.panel.says_weights):
                thin = bond is Bond.FULL
                colour = self.theme.faint if thin else self.theme.ink if self.brush.is_print else self.brush.hue(bond)
                yield Areas(((Area(colour, self.brush.pattern(bond), thin), bond.value),))

    # Joints

    def _joined(self, number: int, block: Block) -> list[tuple[Grid, Sequence[int], Bond, bool]]:
        """Draw how a block is joined to those it takes; the cells that are looked at, and whether as a window."""
        fresh = self.plan.absorbed.get(number, number)
        looked: list[tuple[Grid, Sequence[int], Bond, bool]] = []
        bond = self.panel.bonds[fresh]
        made_of = set(self._through_joins(self.panel.layers[fresh].inputs))
        over = {ribbon.source for ribbon in self.ribbons if ribbon.target == number}
        for source in dict.fromkeys(self.plan.takes[number]):
            other = self.plan.blocks[source]
            if source in over:
                self._note(Bond.COPY)
            elif bond is not None and self.panel.wish(self.options.edges, number) != "none":
                used = bond if source in made_of else Bond.COPY
                looked += self._joint(fresh, source, other, block, used)
        return looked

    def _through_joins(self, sources: Sequence[int]) -> Iterator[int]:
        for source in sources:
            if source in self.plan.joins:
                yield from self._through_joins(self.panel.layers[source].inputs)
            else:
                yield source

    def _note(self, bond: Bond) -> None:
        self.bonds_shown[bond] = None

    def _joint(
        self, layer: int, source: int, other: Block, block: Block, bond: Bond
    ) -> list[tuple[Grid, Sequence[int], Bond, bool]]:
        if isinstance(other, Gap) or isinstance(block, Gap):
            return []
        if isinstance(other, Column) and isinstance(block, Column):
            self._note(Bond.FULL if bond is Bond.FULL else Bond.COPY if bond is Bond.COPY else bond)
            return []
        self._note(bond)
        if isinstance(other, Grid) and isinstance(block, Grid) and bond is not Bond.COPY and bond is not Bond.FULL:
            return self._cones(layer, source, other, block, bond)
        if isinstance(other, Grid) and bond is Bond.FULL:
            self._bundles(other, block)
            return []
        if isinstance(other, Grid) and isinstance(block, Column) and bond is not Bond.COPY:
            return self._funnel(layer, source, other, block, bond)
        self._band(other, block, bond)
        return []

    def _cones(
        self, layer: int, source: int, other: Grid, block: Grid, bond: Bond
    ) -> list[tuple[Grid, Sequence[int], Bond, bool]]:
        focus = self.plan.focus
        looked: list[tuple[Grid, Sequence[int], Bond, bool]] = []
        for cone in cones_of(self.panel, layer, source, focus[layer], focus[source]):
            self._cone(cone, other, block, bond)
            if cone.strong:
                looked += [(other, cone.sources, bond, True), (block, cone.targets, bond, False)]
        return looked

    def _cone(self, cone: Cone, other: Grid, block: Grid, bond: Bond) -> None:
        for end in block.runs(cone.targets):
            for start, share in pieces(other.runs(cone.sources), end):
                paint_cone(self.brush, start, other.far, share, block.near, bond, cone.strong, cone.colour)

    def _funnel(
        self, layer: int, source: int, other: Grid, block: Column, bond: Bond
    ) -> list[tuple[Grid, Sequence[int], Bond, bool]]:
        """From what the only position of a column's layer sees to the whole column."""
        seen = self.panel.seen(layer, 0, source)
        runs = other.runs(seen)
        if not runs:
            return []
        start = (runs[0][0], runs[-1][1])
        paint_cone(self.brush, start, other.far, block.span, block.across, bond, True)
        return [(other, seen, bond, True)] if len(seen) < other.shape.length else []

    def _band(self, other: Block, block: Block, bond: Bond) -> None:
        """All of one block to all of another, unit by unit."""
        end = self._share(other, block)
        far = other.far if isinstance(other, Grid) else other.across
        near = block.near if isinstance(block, Grid) else block.across
        paint_cone(self.brush, other.span, far, end, near, bond, False)

    def _share(self, other: Block, block: Block) -> tuple[float, float]:
        """The part of a block's side that what comes from another one ends at: all of it, of several a share each."""
        beside = [
            self.plan.blocks[one]
            for one in dict.fromkeys(self.plan.takes[block.layer])
            if self.plan.blocks[one].level == other.level
        ]
        if len(beside) < 2 or (
            self.panel.layers[block.layer].shape.length == other.shape.length
            and not (self.panel.layers[block.layer].kind.rearranges)
        ):
            return block.span
        beside.sort(key=lambda one: one.shift)
        low, high = block.span
        wide = (high - low) / len(beside)
        place = beside.index(other)
        return low + place * wide, low + (place + 1) * wide

    def _bundles(self, other: Grid, block: Block) -> None:
        """From cells to circles: a line for each position and circle, which stands for all channels."""
        area, thin = self.brush, self.theme.faint
        ends = [block.at(number) for number in block.places] if isinstance(block, Column) else [block.shift]
        corners = (
            self.panel.flow.point(other.span[0], other.far),
            self.panel.flow.point(block.span[0], block.across),
            self.panel.flow.point(block.span[1], block.across),
            self.panel.flow.point(other.span[1], other.far),
        )
        if not self.brush.is_print:
            area.area(corners, self.theme.muted, opacity=0.1, classes="cone")
        lines = [(sum(other.along(position)) / 2, end) for position in other.positions for end in ends]
        if len(lines) > _MOST_BUNDLES:
            for one, end in ((other.span[0], block.span[0]), (other.span[1], block.span[1])):
                area.line((one, other.far), (end, block.across), colour=thin, width=SIDE)
            return
        for along, end in lines:
            area.line((along, other.far), (end, block.across), colour=thin, width=0.6, classes="bundle")

    def _ribbon(self, ribbon: Ribbon) -> None:
        ribbon.paint(self.brush, self.plan, self._tops())

    def _tops(self) -> dict[int, float]:
        """Where blocks and what stands over them begin, along, by level."""
        tops: dict[int, float] = {}
        for block in self.plan.blocks.values():
            room = 0.0
            if block.layer in self.captions and self._is_before(block):
                caption = self.captions[block.layer]
                room = (caption.width if self.vertical else caption.height) + _BESIDE
            tops[block.level] = min(tops.get(block.level, 0.0), block.span[0] - room)
        return tops

    # Blocks

    def _grid(self, grid: Grid, looked: Sequence[tuple[Grid, Sequence[int], Bond, bool]], numbers: Numbers) -> None:
        for part in grid.parts:
            self._cells(grid, part)
        for _, positions, bond, is_window in looked:
            self._tint(grid, positions, bond, is_window)
        for part in grid.parts:
            self._rulings(grid, part)
        for _, positions, _, _ in looked:
            for run in grid.runs(positions):
                self.brush.rectangle(run, (grid.near, grid.far), stroke=self.theme.ink, width=1.3)
        names = self.panel.channel_names.get(grid.layer)
        if names and self._names_rows(grid):
            for channel in grid.parts[0].axis:
                middle = sum(grid.across_of(grid.parts[0], channel)) / 2
                self.brush.text(grid.span[0] - 6, middle, names[channel], size=9.0, align="end")
        if len(grid.positions) * sum(len(part.axis) for part in grid.parts) <= _POINTED:
            self._pointed(grid, numbers)

    def _cells(self, grid: Grid, part: Part) -> None:
        """The ground of cells, and what fills them."""
        fill = self.theme.input_fill
        if part.operand is not None:
            fill = blend(self.theme.background, self.theme.muted, _COPY)
        for along in grid.stretches_along():
            for across in grid.stretches_across(part):
                self.brush.rectangle(along, across, "" if self.brush.is_print else fill)
        if not (self.panel.fills or self.panel.marked):
            return
        for channel in part.axis:
            for position in grid.positions:
                unit = self.panel.unit(grid.layer, (part.first + channel, position))
                colour = self.panel.fill(unit, "")
                if colour:
                    self.brush.rectangle(grid.along(position), grid.across_of(part, channel), colour)

    def _tint(self, grid: Grid, positions: Sequence[int], bond: Bond, is_window: bool) -> None:
        """What is looked at: a window, or the units that look at one."""
        parts = grid.parts if is_window else [part for part in grid.parts if part.operand is None]
        for run in grid.runs(positions):
            for part in parts:
                across = (grid.near + part.start, grid.near + part.start + part.axis.length)
                if not self.brush.is_print:
                    self.brush.rectangle(
                        run, across, self.brush.hue(bond), opacity=_WINDOW if is_window else _OUTPUT, classes="looked"
                    )
                elif is_window:
                    self.brush.hatch(self.panel.flow.rectangle(run, across), self.brush.pattern(bond), 5.0)
                elif bond.weighted:
                    self.brush.rectangle(run, across, self.theme.ink)
                else:
                    self.brush.hatch(self.panel.flow.rectangle(run, across), Pattern.CROSS, 3.5)

    def _rulings(self, grid: Grid, part: Part) -> None:
        """The lines between channels and between positions, and round what touches."""
        ink, hair, roomy = self.theme.unit_stroke, self.theme.hairline, grid.positions.size >= _ROOMY
        stretches_across, stretches_along = grid.stretches_across(part), grid.stretches_along()
        for low, high in stretches_along:
            for near, far in stretches_across:
                self._ruled((low, high), (near, far), grid.positions.size, hair if not roomy else ink, along=True)
                self._ruled((near, far), (low, high), part.axis.size, ink, along=False)
                self.brush.rectangle((low, high), (near, far), stroke=ink, width=1.1)
        low, high = grid.span
        near, far = grid.near + part.start, grid.near + part.start + part.axis.length
        for gap in grid.gaps_along():
            for side in (near, far):
                self.brush.line((gap[0], side), (gap[1], side), colour=ink, width=OUTLINE, style="dotted")
            self.brush.dots(sum(gap) / 2, (near + far) / 2, runs_along=True)
        for gap in grid.gaps_across(part):
            for side in (low, high):
                self.brush.line((side, gap[0]), (side, gap[1]), colour=ink, width=OUTLINE, style="dotted")
            middle = sum(stretches_along[0]) / 2
            self.brush.dots(middle, sum(gap) / 2, runs_along=False, step=2.8)

    def _ruled(
        self, span: tuple[float, float], other: tuple[float, float], size: float, colour: str, *, along: bool
    ) -> None:
        """Lines between the cells of a stretch."""
        for number in range(1, round((span[1] - span[0]) / size)):
            at = span[0] + number * size
            ends = ((at, other[0]), (at, other[1])) if along else ((other[0], at), (other[1], at))
            self.brush.line(*ends, colour=colour, width=0.5 if along else 0.7)

    def _pointed(self, grid: Grid, numbers: Numbers) -> None:
        """Cells that cannot be seen and can be pointed at: each has an id, a class for its window, and a name."""
        for part in grid.parts:
            for channel in part.axis:
                for position in grid.positions:
                    place = (part.first + channel, position)
                    unit = self.panel.unit(grid.layer, place)
                    value = self.panel.value(grid.layer, place)
                    name = self.panel.name(grid.layer, place)
                    tip = name + ("" if value is None else f" = {short(value, self.panel.wiring.largest)}")
                    corners = self.panel.flow.rectangle(grid.along(position), grid.across_of(part, channel))
                    identity = numbers.id("u" if self.panel.layers[grid.layer].inputs else "i")
                    if unit is not None:
                        self.sheet.shape(
                            Shape(
                                corners,
                                "transparent",
                                id=identity,
                                classes=self.pointing.unit(grid.layer, *place),
                                tip=tip,
                            )
                        )

    def _column(self, column: Column, numbers: Numbers, ids: dict[int, str]) -> None:
        layer = self.panel.layers[column.layer]
        for number in column.places:
            place = divmod(number, layer.shape.length)
            unit = self.panel.unit(column.layer, place)
            if unit is None:
                continue
            x, y = self.panel.flow.point(column.at(number), column.across)
            value = self.panel.value(column.layer, place)
            tip = self.panel.name(column.layer, place)
            tip += "" if value is None else f" = {short(value, self.panel.wiring.largest)}"
            ids[unit] = numbers.id("u" if layer.inputs else "i")
            fill = self.panel.fill(unit, self.theme.unit_fill if layer.inputs else self.theme.input_fill)
            label = self.panel.labels.get(unit) if column.named else None
            self.sheet.unit(
                Unit(
                    ids[unit],
                    x,
                    y,
                    label,
                    fill,
                    "unit",
                    tip,
                    width=column.diameter,
                    height=column.diameter,
                    size=9.5 if label else 0.0,
                )
            )
        for at in column.dot_places():
            self.brush.dots(at, column.across, runs_along=True)

    def _lines(self, numbers: Numbers, ids: dict[int, str]) -> None:
        wiring = self.panel.wiring
        for connection in self.panel.whole:
            source, target = wiring.sources[connection], wiring.targets[connection]
            if source not in ids or target not in ids:
                continue
            stroke = self.panel.painter(connection)
            colour = stroke.colour if stroke else self.theme.faint
            style = stroke.style if stroke else "solid"
            width = 0.9 if not self.panel.says_weights or stroke is None else stroke.width * 0.7
            tip = descriptions.connection_tip(wiring, connection, self.panel.names)
            classes = f"edge layer{wiring.layer(connection)} to{ids[target][1:]}"
            self.sheet.line(
                Line(numbers.id("e"), ids[source], ids[target], colour, width, classes, tip, arrow=False, style=style)
            )

    # Words

    def _shapes(self) -> None:
        for number, block in self.plan.blocks.items():
            if isinstance(block, Gap):
                continue
            text = shape_text(*block.shape)
            if isinstance(block, Column) and block.shape.length == 1 and block.shape.channels > 1:
                text = f"{block.shape.channels:,} × 1"
            x, y = self.panel.flow.point(block.span[0], block.across)
            self.brush.write(x, y + 10, text, size=TEXT, colour=self.theme.ink)
            self._ends(number, block)

    def _ends(self, number: int, block: Block) -> None:
        """The true first and last position of each stretch, beside an input of which some are left out."""
        if number or not isinstance(block, Grid) or not block.positions.gaps:
            return
        shift = self.options.index_from
        for one in block.positions.ranges:
            for position in dict.fromkeys((one.start, one.stop - 1)):
                x, y = self.panel.flow.point(sum(block.along(position)) / 2, block.near - 6)
                align = "start" if self.options.direction == "RL" else "end"
                self.brush.write(x, y, f"{position + shift:,}", size=SMALL - 1, align=align)

    def _is_before(self, block: Block) -> bool:
        """Whether a block's caption stands on its first side: where others stand beside it behind."""
        beside = self.plan.at(block.level)
        return len(beside) > 1 and beside.index(block) < len(beside) / 2 - 0.25

    def add_captions(self, bottom: float) -> None:
        """Say what each layer is: in a line under the network, or beside its rows; of branches, at their blocks."""
        right = self.sheet.extent.right + 18
        for number, caption in self.captions.items():
            block = self.plan.blocks[number]
            alone = len(self.plan.at(block.level)) == 1
            low, high = block.span
            if self.vertical:
                _, y = self.panel.flow.point(0.0, block.across)
                if alone:
                    caption.write(self.brush, right, y + caption.height / 2, "start")
                elif self._is_before(block):
                    caption.write(self.brush, low - _BESIDE, y + caption.height / 2, "end")
                else:
                    caption.write(self.brush, high + _BESIDE, y + caption.height / 2, "start")
                continue
            x, _ = self.panel.flow.point(0.0, block.across)
            if alone:
                top = bottom - _CAPTION_GAP
            elif self._is_before(block):
                top = -low + 8 + caption.height
            else:
                top = -high - 6
            caption.write(self.brush, x, top)

    def add_title(self, top: float) -> None:
        """Put the title above ``top``."""
        if self.title:
            extent = self.sheet.extent
            middle, width = (extent.left + extent.right) / 2, max(extent.width, _LEAST_TITLE)
            self.sheet.title(self.title, middle, top, width, PANEL_TITLE_SIZE, gap=12.0)


def block_is_named(panel: CellPanel, number: int) -> bool:
    """Whether something is said of layers that are left out: they have a name, or a title."""
    titles = panel.options.layer_titles
    titled = number < len(titles) and bool(titles[number].strip())
    return titled or bool(panel.layers[number].info.heading)

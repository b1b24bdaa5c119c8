"""A network of several layers as blocks of cells, with cones from the windows that are looked at."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from connectivity.colour.keys import Area, Areas, Key, Swatches
from connectivity.colour.spaces import readable
from connectivity.graphs import descriptions
from connectivity.graphs.unitnames import Label
from connectivity.picture.canvas import Numbers
from connectivity.picture.cells.blocks import Block, Column, Gap, Grid
from connectivity.picture.cells.bonds import Bond
from connectivity.picture.cells.drawer import CellDrawer
from connectivity.picture.cells.gridview import GridPainter
from connectivity.picture.cells.joints import Joints, Looked
from connectivity.picture.cells.networkplan import NetworkPlan
from connectivity.picture.cells.networkwords import NetworkWords
from connectivity.picture.cells.panel import CellPanel
from connectivity.picture.cells.pointing import Pointing
from connectivity.picture.cells.ribbons import ribbons_of
from connectivity.picture.labels import label_width
from connectivity.scene import Line, Scene, Unit

ELIDED = "dots: left out; all numbers are the true ones"

_STEEP, _WIDEST = 0.75, 150.0  # the gap for a rise of 1, and the widest of such gaps, in points
_BESIDE, _OVER = 28.0, 10.0  # what a caption needs beside itself, or over itself, among branches, in points
_STUB, _STUB_SHARE, _BOX = 16.0, 0.45, 6.0  # round the dots of a gap; how much of a cone's side; round a box
_CAPTIONS_BESIDE, _UNDER = 18.0, 12.0  # from the network to captions beside it; from them to kernels, in points
_BORDER = 3.0  # of a circle, beside its label, in points
_NAME = 11.0  # the size of names in circles, in points


class NetworkDrawer(CellDrawer):
    """Draws one panel on a sheet of its own."""

    def __init__(self, panel: CellPanel, plan: NetworkPlan, paper: Scene) -> None:
        super().__init__(panel, paper)
        self.plan = plan
        plan.resize(panel.distances)
        self.ribbons = ribbons_of(plan)
        self.joints = Joints(panel, plan, self.brush, self.ribbons)
        self.words = NetworkWords(panel, plan, self.brush, self.ribbons)
        self._stand()

    def _stand(self) -> None:
        """Give blocks their places, with room for what stands between them."""
        plan, captions = self.plan, self.words.captions
        between: dict[int, float] = {}
        for level in range(1, plan.depth):
            need = 0.0
            for one in plan.at(level - 1):
                for other in plan.at(level):
                    if one.layer in captions and other.layer in captions:
                        need = max(need, self.words.distance(one, other))
            between[level] = max(0.0, need - plan.gap)
        plan.stand({}, between)
        if plan.branching:
            gaps = self._branch_gaps()
            plan.stand(gaps, between)
            self._flatten(between)
            plan.stand(gaps, between)

    def _branch_gaps(self) -> dict[int, float]:
        """What each of several blocks of a level needs behind it: room for its caption, and for that of the next."""
        gaps: dict[int, float] = {}
        for level in range(self.plan.depth):
            beside = self.plan.at(level)
            for one, other in itertools.pairwise(beside):
                behind = 0.0 if self.words.is_before(one) else self._room(one)
                gaps[one.layer] = behind + (self._room(other) if self.words.is_before(other) else 0.0)
        return gaps

    def _room(self, block: Block) -> float:
        caption = self.words.captions.get(block.layer)
        if caption is None:
            return 0.0
        return caption.width + _BESIDE if self.vertical else caption.height + _OVER

    def _flatten(self, between: dict[int, float]) -> None:
        """Widen the gaps in which branches part or meet, so that what leads to them is not too steep."""
        blocks = self.plan.blocks
        for number, block in blocks.items():
            for source in self.plan.takes[number]:
                if blocks[source].level == block.level - 1:
                    rise = abs(block.shift - blocks[source].shift)
                    need = min(_STEEP * rise, _WIDEST) - self.plan.gap
                    between[block.level] = max(between.get(block.level, 0.0), need)

    def draw(self, numbers: Numbers) -> None:
        """Draw the network itself: areas first, then cells, then circles and lines."""
        self.pointing = Pointing(self.panel, numbers)
        if not self.sketch:
            self._look()
        reaches = self.words.reaches()
        draws = self.panel.wiring.stage.draws
        blocks = {number: block for number, block in self.plan.blocks.items() if draws(number)}
        for ribbon in filter(lambda ribbon: draws(ribbon.target), self.ribbons):
            ribbon.paint(self.brush, self.plan, reaches)
        looked: list[Looked] = []
        for number, block in blocks.items():
            looked += self.joints.join(number, block)
        grids = GridPainter(self.panel, self.brush, self.pointing, self.sketch)
        for block in blocks.values():
            if isinstance(block, Grid):
                grids.paint(block, [one for one in looked if one.grid is block], numbers)
        ids: dict[int, str] = {}
        for block in blocks.values():
            if isinstance(block, Column):
                self._column(block, numbers, ids)
            elif isinstance(block, Gap):
                self._gap(block)
        self._boxes()
        self._lines(numbers, ids)
        self.words.write_shapes()
        self.panel.keys = [*self._keys()]

    def _look(self) -> None:
        """Note which cells see which, for those who point at them."""
        for number, block in self.plan.blocks.items():
            if isinstance(block, Grid):
                self.pointing.look(number, [*block.positions])

    def _keys(self) -> Iterator[Key]:
        """What the areas and lines mean."""
        for bond in Bond:
            if bond in self.joints.bonds and not (bond is Bond.FULL and self.panel.says_weights):
                thin = bond is Bond.FULL
                colour = self.theme.faint if thin else self.theme.ink if self.brush.is_print else self.brush.hue(bond)
                pattern = None if bond is Bond.COPY else self.brush.pattern(bond)
                yield Areas(((Area(colour, pattern, thin), bond.value),))
        grids = [block for block in self.plan.blocks.values() if isinstance(block, Grid)]
        learned = self.panel.plan.thumbnails(self.panel).key()
        if learned is not None:
            yield learned
        if any(grid.positions.gaps or any(part.axis.gaps for part in grid.parts) for grid in grids):
            yield Swatches(ELIDED, ())

    def _gap(self, gap: Gap) -> None:
        """Three dots, and what leads to them and away from them as dashed sides of cones that end before them."""
        self.brush.dots(gap.shift, gap.across, runs_along=False, step=7.0, diameter=3.0)
        readers = [number for number, takes in enumerate(self.plan.takes) if gap.layer in takes]
        before = [(self.plan.blocks[number], -1.0) for number in self.plan.takes[gap.layer]]
        behind = [(self.plan.blocks[number], 1.0) for number in readers if number in self.plan.blocks]
        for block, side in (*before, *behind):
            start = block.far if side < 0 else block.near
            end = gap.across + side * _STUB
            for place, goal in zip(block.span, (gap.shift - _STUB / 2, gap.shift + _STUB / 2), strict=True):
                middle = place + (goal - place) * _STUB_SHARE, start + (end - start) * _STUB_SHARE
                self.brush.line((place, start), middle, colour=self.theme.faint, width=0.9, style="dashed")

    def _boxes(self) -> None:
        """A box round each layer that is to have one."""
        for number, block in self.plan.blocks.items():
            if self.layers[number].info.name in self.options.boxes:
                (low, high), room = block.span, _BOX
                self.brush.rectangle(
                    (low - room, high + room),
                    (block.near - room, block.far + room),
                    stroke=self.theme.muted,
                    width=0.9,
                    classes="group",
                )

    def _column(self, column: Column, numbers: Numbers, ids: dict[int, str]) -> None:
        layer = self.panel.layers[column.layer]
        for number in column.places:
            place = divmod(number, layer.shape.length)
            unit = self.panel.unit(column.layer, place)
            if unit is None:
                continue
            x, y = self.panel.flow.point(column.at(number), column.across)
            ids[unit] = numbers.id("u" if layer.inputs else "i")
            lost = unit in self.panel.pruning.lost
            fill = self.panel.fill(unit, self.theme.unit_fill if layer.inputs else self.theme.input_fill)
            fill = self.theme.background if lost else fill
            ink = readable(self.theme.ink, self.theme.background, fill)
            label = self._label(unit, column)
            tip = self.panel.tip(column.layer, place)
            self.sheet.unit(
                Unit(
                    ids[unit],
                    x,
                    y,
                    label,
                    fill,
                    "unit",
                    f"{tip}: no connections left" if lost else tip,
                    style="dashed" if lost else "solid",
                    stroke=self.theme.muted if lost else "",
                    ink=ink if ink != self.theme.ink else "",
                    width=column.diameter,
                    height=column.diameter,
                    size=min(_NAME, (column.diameter - _BORDER) / label_width(label)) if label else 0.0,
                )
            )
        for at in column.dot_places():
            self.brush.dots(at, column.across, runs_along=True)

    def _label(self, unit: int, column: Column) -> Label | None:
        """What stands in a unit: its label, or the index of one that has no room for it."""
        label = self.panel.labels.get(unit) if column.named else None
        if label is None or label_width(label) * _NAME <= column.diameter - _BORDER or not label.sub:
            return label
        return Label(label.sub)

    def _lines(self, numbers: Numbers, ids: dict[int, str]) -> None:
        wiring = self.panel.wiring
        for connection in self.panel.whole:
            source, target = wiring.sources[connection], wiring.targets[connection]
            hidden = self.panel.wish(self.options.edges, wiring.layer(connection)) == "none"
            if hidden or source not in ids or target not in ids:
                continue
            stroke = self.panel.painter(connection)
            plain = stroke is None or (not self.panel.says_weights and self.options.color_by == "auto")
            colour = self.theme.faint if stroke is None or plain else stroke.colour
            style = stroke.style if stroke else "solid"
            width = 0.9 if stroke is None or plain else stroke.width * 0.7
            tip = descriptions.connection_tip(wiring, connection, self.panel.names)
            classes = f"edge layer{wiring.layer(connection)} to{ids[target][1:]}"
            self.sheet.line(
                Line(numbers.id("e"), ids[source], ids[target], colour, width, classes, tip, arrow=False, style=style)
            )

    def add_captions(self, bottom: float) -> None:
        """Say what each layer is, and show what it has learned."""
        right = self.sheet.extent.right + _CAPTIONS_BESIDE
        self.words.write(bottom, right)
        widest = max((one.width for one in self.words.captions.values()), default=0.0)
        under = min(bottom, self.sheet.extent.bottom) - _UNDER
        self.panel.plan.thumbnails(self.panel).draw(self.plan, self.brush, right + widest, under)

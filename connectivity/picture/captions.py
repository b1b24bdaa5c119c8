"""What is said of a panel's layers beside them: the texts, how large they are, and on which side they stand."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from connectivity.graphs import descriptions
from connectivity.layers.base import NAMES_SHOWN
from connectivity.picture.owncaptions import own_caption
from connectivity.picture.panel import Panel
from connectivity.picture.sides import Side
from connectivity.scene import LEADING, Sheet, Text
from connectivity.typeset.markup import narrowed, rich_width
from connectivity.typeset.text import listed

HEADING_SIZE, CAPTION_SIZE = 12.0, 11.0

_JOINED = 150.0  # how wide lines become of which several are joined, in points
_FAR = 2.5  # how much farther the end of a panel is than its beginning for a caption to stand there, in pitches


class Captions:
    """The captions of a panel, and the titles of its rows.

    ``texts`` are a heading and lines for each layer, none where captions are switched off; ``sides`` say where each
    stands.
    """

    def __init__(self, panel: Panel, *, narrow: bool = False) -> None:
        """``narrow``: they are wrapped, so that columns can be near to one another."""
        self._panel, self._layers, self._branches = panel, panel.wiring.layers, panel.arrangement.branches
        options = panel.options
        self.texts = [self._caption(number) for number in range(len(self._layers))] if options.captions else []
        self._own = [own_caption(options, layer.info.name) for layer in self._layers]
        titles = self._by_layer(options.layer_titles)
        for index, (heading, lines) in enumerate(self.texts):
            own = self._own[index]
            if own is not None:
                self.texts[index] = (own.heading, own.lines)
            elif titles[index].strip():
                lines = descriptions.titled(self._layers[index], heading, titles[index], lines)
                self.texts[index] = (descriptions.one_line(titles[index]), lines)
        row_titles = self._by_layer(options.row_titles) if options.row_titles else []
        self.row_titles = [descriptions.one_line(title) for title in row_titles]
        self._silent = {index for index in range(len(self._layers)) if not self._says(index, titles[index])}
        self.sides = self._sides()
        for index, (heading, lines) in enumerate(self.texts):
            name = self._layers[index].info.name
            named = not name or self._own[index] is not None or titles[index].strip() or heading.startswith(f"{name}:")
            apart = self._is_apart(index) and not self._layers[index].kind.merges
            if not named and (apart or name in panel.named):
                self.texts[index] = (f"{name}: {heading}", lines)
        if narrow:
            self.texts = [narrowed(heading, lines, HEADING_SIZE, CAPTION_SIZE) for heading, lines in self.texts]
        elif panel.vertical:
            self.texts = [
                (heading, joined(lines, _JOINED) if own is None else lines)
                for (heading, lines), own in zip(self.texts, self._own, strict=False)
            ]

    def _by_layer(self, titles: Sequence[str]) -> list[str]:
        """Titles, which are those of the layers of the part that is looked at, by the numbers of all layers."""
        by_layer = [""] * len(self._layers)
        for index, title in zip(self._panel.arrangement.scope.drawn, titles, strict=False):
            by_layer[index] = title
        return by_layer

    def stands(self, index: int, side: Side) -> bool:
        """Whether a layer has a caption, and on this side of it."""
        return bool(self.texts) and self.sides[index] is side

    def _says(self, index: int, title: str) -> bool:
        """Whether anything is said of a layer: of those that are left out only where they have a name or a title."""
        own = self._own[index]
        if own is not None:
            return any(text.strip() for text in (own.heading, *own.lines))
        return not self._layers[index].kind.left_out or bool(self._layers[index].info.heading or title.strip())

    def _caption(self, index: int) -> tuple[str, list[str]]:
        """A layer's caption; one that takes what is joined says what that is."""
        layers = self._layers
        excerpt = self._panel.arrangement.scope.excerpt(index, layers[index], self._panel.options.index_from)
        heading, lines = self._panel.pruning.caption(index, excerpt)
        joins, takes = self._branches.joins, self._branches.takes[index]
        if takes and any(source in joins for source in layers[index].inputs) and index not in joins:
            names = [layers[source].info.name for source in dict.fromkeys(takes)]
            lines = [f"of {listed(names, NAMES_SHOWN)}", *lines]
        return heading, lines

    def _sides(self) -> list[Side | None]:
        """Where each layer's caption stands."""
        sides: list[Side | None] = [None] * len(self._layers)
        for level in range(self._branches.depth):
            said = [index for index in self._branches.at(level) if index not in self._silent]
            indices = sorted(said, key=lambda index: self._panel.arrangement.shifts[index])
            if len(indices) > 1 and not any(self.goes_on(index) for index in indices):
                sides = [Side.BEYOND if index in indices else side for index, side in enumerate(sides)]
                continue
            for place, index in enumerate(indices):
                last = place == len(indices) - 1 and not (place == 0 and self._is_far(index))
                sides[index] = Side.BASE if last else Side.BEFORE if place == 0 else Side.BEHIND
        for index in self._branches.joins:
            sides[index] = Side.BRACKET if self.is_bracket(index) and not self.goes_on(index) else None
        return sides

    def _is_far(self, index: int) -> bool:
        """Whether a layer stands much nearer to where its panel begins than to the captions at its end."""
        if not self._branches.branching:
            return False
        low, high = self._panel.arrangement.columns[index].span()
        first, last = self._ends
        return (last - high) - (low - first) > _FAR

    @functools.cached_property
    def _ends(self) -> tuple[float, float]:
        """Where the first layer begins and the last one ends, along them."""
        columns = self._panel.arrangement.columns
        spans = [columns[one].span() for one in range(len(self._layers)) if one not in self._branches.undrawn]
        return min(first for first, _ in spans), max(last for _, last in spans)

    def _is_apart(self, index: int) -> bool:
        """Whether another branch is between a layer and its caption, which then says the layer's name."""
        side, level = self.sides[index], self._branches.levels[index]
        if side not in (Side.BASE, Side.BEFORE):
            return False
        columns = self._panel.arrangement.columns
        low, high = columns[index].span()
        spans = [columns[one].span() for one in (*self._branches.at(level), *self._branches.passing(level))]
        if side is Side.BEFORE:
            return any(last < low for _, last in spans)
        return any(first > high for first, _ in spans)

    def goes_on(self, index: int) -> bool:
        """Whether connections lead on from a layer, be it through joins."""
        return any(
            index in layer.inputs and (other not in self._branches.joins or self.goes_on(other))
            for other, layer in enumerate(self._layers)
            if other not in self._branches.absent
        )

    def is_bracket(self, index: int) -> bool:
        """Whether what a join joins stands side by side."""
        takes = self._branches.takes[index]
        levels = {self._branches.levels[one] for one in takes}
        return len(levels) == 1 and len(set(takes)) > 1

    def width(self, index: int) -> float:
        """The width of a caption, in points."""
        heading, lines = self.texts[index]
        headings = [rich_width(line, HEADING_SIZE, "semibold") for line in heading.split("\n")]
        return max([*headings, *(rich_width(line, CAPTION_SIZE) for line in lines)])

    def height(self, index: int) -> float:
        """The height of a caption, in points."""
        heading, lines = self.texts[index]
        return (HEADING_SIZE * (heading.count("\n") + 1) + CAPTION_SIZE * len(lines)) * LEADING

    def across(self, index: int) -> float:
        """How much a caption takes across layers, in points."""
        if index in self._silent:
            return 0.0
        return self.height(index) if self._panel.vertical else self.width(index)

    def along(self, index: int) -> float:
        """How much a caption takes along its layer, in points."""
        return self.width(index) if self._panel.vertical else self.height(index)

    def rooms(self) -> list[list[float]]:
        """What captions, and titles over columns, take across each level, in points."""
        rooms = []
        for sizes in ([self.across(index) for index in range(len(self.texts))], self._title_widths()):
            if sizes:
                by_level = [0.0] * self._branches.depth
                for index, room in enumerate(sizes):
                    if index not in self._branches.undrawn:
                        level = self._branches.levels[index]
                        by_level[level] = max(by_level[level], room)
                rooms.append(by_level)
        return rooms

    def _title_widths(self) -> list[float]:
        if self._panel.vertical or not self.row_titles:
            return []
        return [rich_width(title, HEADING_SIZE, "semibold") for title in self.row_titles]

    def draw(self, sheet: Sheet, index: int, x: float, top: float, align: str) -> None:
        """Write a caption from ``top`` down."""
        heading, lines = self.texts[index]
        theme = self._panel.theme
        head = HEADING_SIZE * LEADING * (heading.count("\n") + 1)
        sheet.text(Text(x, top - head / 2, heading, HEADING_SIZE, theme.ink, bold=True, align=align))
        if not lines:
            return
        height = CAPTION_SIZE * LEADING * len(lines)
        y = top - head - 1 - height / 2
        sheet.text(Text(x, y, "\n".join(lines), CAPTION_SIZE, theme.muted, align=align))


def joined(lines: Sequence[str], width: float) -> list[str]:
    """Lines of a caption beside a row, which has room to its side and not over it: several in one, where they fit.

    >>> joined(["padding 1", "6 units", "16 connections", "3 weights"], 150.0)
    ['padding 1, 6 units', '16 connections, 3 weights']
    """
    found: list[str] = []
    for line in lines:
        longer = f"{found[-1]}, {line}" if found else line
        if found and rich_width(longer, CAPTION_SIZE) <= width:
            found[-1] = longer
        else:
            found.append(line)
    return found

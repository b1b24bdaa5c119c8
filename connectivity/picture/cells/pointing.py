"""Classes of cells by which a style sheet shows what belongs together: a unit, its window, and its kernel."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Collection

from connectivity.graphs.wiring import LayerView
from connectivity.layout.stretches import relation
from connectivity.picture.canvas import Numbers
from connectivity.picture.cells.bonds import Bond
from connectivity.picture.cells.panel import CellPanel

_MOST_WINDOWS = 100  # of a layer whose channels have windows of their own


class Pointing:
    """The classes of the cells of a panel.

    Of a cell ``at7`` says which window it looks through and ``oc2`` which kernel makes it; ``in7`` are the cells in
    that window, ``kc2`` those of that kernel. Channels that keep to themselves have windows of their own, unless these
    would be too many for a style sheet; so have groups, and the operands of channels that are put side by side.
    """

    def __init__(self, panel: CellPanel, numbers: Numbers) -> None:
        self._panel, self._numbers = panel, numbers
        self._at: dict[tuple[int, int, int], str] = {}  # layer, position, group of its channels
        self._inside: dict[tuple[int, int], dict[int, list[tuple[int, str]]]] = {}  # of a place: by layer, group
        self._groups: dict[int, int] = {}
        self._kernels: dict[tuple[int, int], str] = {}

    def look(self, layer: int, positions: Collection[int]) -> None:
        """Note the windows of a layer, at the positions that are shown."""
        panel, view = self._panel, self._panel.layers[layer]
        groups = self._groups[layer] = self._number_of_groups(layer, len(positions))
        for operand, source in enumerate(view.inputs):
            if relation(panel.layers, source, layer) is None:
                continue
            for position in positions:
                for group in range(groups):
                    key = layer, position, operand if _stacks(view) else group
                    if key not in self._at:
                        self._at[key] = self._numbers.id("")
                    for seen in panel.seen(layer, position, source):
                        inside = self._inside.setdefault((source, seen), {}).setdefault(layer, [])
                        if (group, self._at[key]) not in inside:
                            inside.append((group, self._at[key]))

    def _number_of_groups(self, layer: int, positions: int) -> int:
        """How many groups of a layer's channels look at channels of their own."""
        view, bond = self._panel.layers[layer], self._panel.bonds[layer]
        if bond is Bond.GROUPS:
            return view.info.groups
        moved = bond is Bond.COPY and not view.kind.channelwise(view.info.groups, view.shape.channels)
        own = bond in (Bond.EACH, Bond.POOL, Bond.SPREAD, Bond.BETWEEN, Bond.COPY) and not moved and not _stacks(view)
        same = all(self._panel.layers[source].shape.channels == view.shape.channels for source in view.inputs)
        return view.shape.channels if own and same and view.shape.channels * positions <= _MOST_WINDOWS else 1

    def kernel(self, layer: int, output: int) -> str:
        """The class of the cells of a kernel."""
        key = layer, output
        if key not in self._kernels:
            self._kernels[key] = self._numbers.id("k")[1:]
        return f"kc{self._kernels[key]}"

    def unit(self, layer: int, channel: int, position: int, *, kernels: bool = False) -> str:
        """The classes of a cell; ``kernels``: its layer's are drawn."""
        layers = self._panel.layers
        channels, classes = layers[layer].shape.channels, ["cellunit"]
        group = channel * self._groups.get(layer, 1) // channels
        at = self._at.get((layer, position, self._operand(layer, channel) if _stacks(layers[layer]) else group))
        if at is not None:
            classes.append(f"at{at}")
        if kernels:
            classes.append(f"oc{self.kernel(layer, channel)[2:]}")
        for reader, windows in self._inside.get((layer, position), {}).items():
            own = channel * self._groups[reader] // channels
            classes += [f"in{number}" for group, number in windows if group == own]
        return " ".join(classes)

    def _operand(self, layer: int, channel: int) -> int:
        """Which of the layers that are put side by side a channel is of."""
        layers = self._panel.layers
        ends = itertools.accumulate(layers[source].shape.channels for source in layers[layer].inputs)
        return bisect.bisect_right([*ends], channel)


def _stacks(view: LayerView) -> bool:
    """Whether a layer puts the channels of several side by side."""
    return view.kind.merges and view.kind.rearranges

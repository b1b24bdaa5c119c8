"""Classes of cells by which a style sheet shows what belongs together: a unit, its window, and its kernel."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable

from connectivity.graphs.wiring import LayerView
from connectivity.layout.stretches import relation
from connectivity.picture.canvas import Numbers
from connectivity.picture.cells.panel import CellPanel


class Pointing:
    """The classes of the cells of a panel.

    Of a cell ``at7`` says which window it looks through and ``oc2`` which kernel makes it; ``in7`` are the cells in
    that window, ``kc2`` those of that kernel. Groups keep to themselves where ``lanes`` are drawn, and the operands of
    channels that are put side by side.
    """

    def __init__(self, panel: CellPanel, numbers: Numbers, *, lanes: bool = False) -> None:
        self._panel, self._numbers, self._lanes = panel, numbers, lanes
        self._at: dict[tuple[int, int, int], str] = {}  # layer, position, group
        self._inside: dict[tuple[int, int, int], list[str]] = {}
        self._kernels: dict[tuple[int, int], str] = {}

    def look(self, layer: int, positions: Iterable[int]) -> None:
        """Note the windows of a layer, at the positions that are shown."""
        panel, view = self._panel, self._panel.layers[layer]
        groups = view.info.groups if self._lanes else 1
        for place, source in enumerate(view.inputs):
            if relation(panel.layers, source, layer) is None:
                continue
            for position in positions:
                for group in range(groups):
                    key = layer, position, place if _stacks(view) else group
                    if key not in self._at:
                        self._at[key] = self._numbers.id("")
                    for seen in panel.seen(layer, position, source):
                        inside = self._inside.setdefault((source, seen, group), [])
                        if self._at[key] not in inside:
                            inside.append(self._at[key])

    def kernel(self, layer: int, output: int) -> str:
        """The class of the cells of a kernel."""
        key = layer, output
        if key not in self._kernels:
            self._kernels[key] = self._numbers.id("k")[1:]
        return f"kc{self._kernels[key]}"

    def unit(self, layer: int, channel: int, position: int, *, kernels: bool = False) -> str:
        """The classes of a cell; ``kernels``: its layer's are drawn."""
        layers = self._panel.layers
        classes = ["cellunit"]
        own = layers[layer].info.groups if self._lanes else 1
        group = channel * own // layers[layer].shape.channels
        at = self._at.get((layer, position, self._operand(layer, channel) if _stacks(layers[layer]) else group))
        if at is not None:
            classes.append(f"at{at}")
        if kernels:
            classes.append(f"oc{self.kernel(layer, channel)[2:]}")
        groups = {key[2] for key in self._inside if key[:2] == (layer, position)} if self._lanes else {0}
        for group in sorted(groups):
            if not self._lanes or channel * len(groups) // layers[layer].shape.channels == group:
                classes += [f"in{number}" for number in self._inside.get((layer, position, group), ())]
        return " ".join(classes)

    def _operand(self, layer: int, channel: int) -> int:
        """Which of the layers that are put side by side a channel is of."""
        layers = self._panel.layers
        ends = itertools.accumulate(layers[source].shape.channels for source in layers[layer].inputs)
        return bisect.bisect_right([*ends], channel)


def _stacks(view: LayerView) -> bool:
    """Whether a layer puts the channels of several side by side."""
    return view.kind.merges and view.kind.rearranges

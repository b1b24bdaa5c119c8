"""Which form a panel is drawn in: single units with lines, or channels as rows of cells with cones between them.

Circles say what connects with what, unit by unit, and are best while every layer has one channel, or keeps its
channels apart. A layer of several channels that mix has a line for each pair of them at each tap: there, cells.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from connectivity.graphs.weightnames import asks_for_labels
from connectivity.graphs.wiring import LayerView
from connectivity.layers.combine import IDENTITY
from connectivity.layout.scope import Scope
from connectivity.options import MAX_UNITS, Options, by_layer

MOST_LINES = 60
"""A layer with two pairs of channels and up to so many connections can be followed line by line."""

MOST_UNITS, MOST_PASSED = 40, 16
"""A layer of several channels with more units than this (a space behind each channel) is too long for circles.

The second is for networks in which values are carried past layers, since each has a line of its own.
"""

_DETAIL_LENGTH, _DETAIL_CHANNELS, _DETAIL_TAPS = 26, 8, 9  # what still has cells that are large enough for numbers
_LANES_LENGTH, _LANES_GROUPS, _LANES_ROWS, _MOST_PAIRS = 34, 8, 16, 64
_VALUE_LENGTH, _VALUE_CHANNELS = 40, 8
_FIELD_LENGTH, _FIELD_CHANNELS = 26, 8


class Form(enum.Enum):
    """How a panel is drawn.

    CIRCLES: units and lines. DETAIL: one layer, its kernels beside the rows they make. LANES: a band for each group of
    channels. VALUES: a signal on its way, its kernels under their windows. FIELD: what one output sees, layer over
    layer. NETWORK: a block of cells for each layer. KERNELS: the kernels of all layers and nothing else.
    """

    CIRCLES = enum.auto()
    DETAIL = enum.auto()
    LANES = enum.auto()
    VALUES = enum.auto()
    FIELD = enum.auto()
    NETWORK = enum.auto()
    KERNELS = enum.auto()

    @property
    def runs_down(self) -> bool:
        """Whether it reads best from top to bottom."""
        return self in (Form.DETAIL, Form.VALUES, Form.FIELD)

    @property
    def is_of_blocks(self) -> bool:
        """Whether it is drawn as blocks of cells, with captions beside them."""
        return self not in (Form.CIRCLES, Form.KERNELS)


def form_of(layers: Sequence[LayerView], options: Options, scope: Scope, valued: bool = False) -> Form:
    """The form of a panel with these layers, of which a ``scope`` is drawn; ``valued``: its units' values are known."""
    wish = by_layer(options.units, "")
    if options.view == "kernels" or kernels_alone(layers, options):
        return Form.KERNELS
    if len(layers) < 2 or options.view != "graph" or wish in ("circles", "squares"):
        return Form.CIRCLES
    rows = options.channels == "rows" and any(layers[number].shape.channels > 1 for number in scope.drawn)
    asked = rows or any(wished.endswith("cells") for wished in options.units)
    drawn = scope.drawn
    if not asked and (_says_lines(options) or not any(_mixes(layers, number, scope) for number in drawn)):
        return Form.CIRCLES
    if not all(_is_regular(layers, number) for number in drawn):
        return Form.CIRCLES
    apart = any(wished.endswith(("=circles", "=squares")) for wished in options.units)
    if scope.is_part or scope.over:
        return Form.FIELD if not apart and _is_field(layers, options.focus, scope) else Form.NETWORK
    if valued and _is_signal(layers) and not apart:
        return Form.VALUES
    if _is_lanes(layers) and not apart:
        return Form.LANES
    return Form.DETAIL if _is_detail(layers) else Form.NETWORK


def kernels_alone(layers: Sequence[LayerView], options: Options) -> list[int]:
    """The layers of which the kernels are wished for, and nothing else."""
    return [number for number, layer in enumerate(layers) if by_layer(options.kernels, layer.info.name) == "alone"]


def pairs(layers: Sequence[LayerView], number: int) -> int:
    """How many pairs of channels a layer joins with weights in each of its groups; 0 of one without windows."""
    layer = layers[number]
    if layer.kind.left_out:
        return 0
    if not layer.inputs or layer.info.window is None or not layer.kind.has_weights:
        return 0
    length, groups = layers[layer.inputs[0]].shape.length, max(1, layer.info.groups)
    if layer.shape.length == 1 and length == 1:  # nothing slides
        return 0
    return max(1, _beside(layers, layer.inputs[0]) // groups) * (layer.shape.channels // groups)


def _beside(layers: Sequence[LayerView], number: int) -> int:
    """How many channels stand beside one another in a layer; what only joins is drawn as what it joins."""
    layer = layers[number]
    if _only_joins(layer):
        return max(_beside(layers, source) for source in layer.inputs)
    return layer.shape.channels


def _only_joins(layer: LayerView) -> bool:
    return layer.kind.merges and layer.kind.rearranges and not layer.info.activations


def is_column(layers: Sequence[LayerView], number: int) -> bool:
    """Whether a layer is a column of single units among blocks of cells: it has no positions, or sees everything."""
    layer = layers[number]
    if layer.shape.length == 1:
        return True
    if layer.shape.channels > 1 or any(number in other.inputs and _slides_over(layer, other) for other in layers):
        return False
    return bool(layer.inputs) and layer.info.window is None and not layer.kind.merges


def _slides_over(layer: LayerView, other: LayerView) -> bool:
    """Whether another layer sees a part of a layer from each of its positions: these are positions then."""
    return other.info.window is not None and (other.info.kernel_size or layer.shape.length) < layer.shape.length


def _says_lines(options: Options) -> bool:
    """Whether something is asked for that only single units and lines can show."""
    return bool(options.merge) or asks_for_labels(options)


def _mixes(layers: Sequence[LayerView], number: int, scope: Scope) -> bool:
    """Whether a layer has too many channels and pairs of them to be followed line by line."""
    layer = layers[number]
    channels, length = layer.shape
    number_of_pairs = pairs(layers, number) if scope.connects(number, layer) else 0
    if number_of_pairs > 2 or (number_of_pairs == 2 and layer.info.connections > MOST_LINES):
        return True
    if _only_joins(layer) or layer.kind.left_out:
        return False
    most = MOST_UNITS if _is_chain(layers) else MOST_PASSED
    return channels > 1 < length and channels * (length + 1) > most and layer.total == layer.shape.units


def _is_regular(layers: Sequence[LayerView], number: int) -> bool:
    """Whether blocks of cells can show a layer: it joins whole channels, or sees everything."""
    layer = layers[number]
    if layer.total != layer.shape.units or layer.info.dropped:
        return False
    if (
        layer.kind.left_out
        or not layer.inputs
        or layer.kind.merges
        or layer.info.window is not None
        or layer.combination is IDENTITY
    ):
        return True
    if not layer.kind.has_weights and layer.kind.channelwise(layer.info.groups, layer.shape.channels):
        return True
    # What has no windows sees all of its input, or is irregular, as a mask is: no area stands for that.
    if any(layers[source].kind.left_out for source in layer.inputs):
        return min(layer.shape) == 1
    seen = sum(layers[source].total for source in layer.inputs)
    if _is_each_channel_whole(layers, number):
        return True
    return min(layer.shape) == 1 and layer.info.connections == seen * layer.total


def _is_each_channel_whole(layers: Sequence[LayerView], number: int) -> bool:
    """Whether each unit sees all positions of its own channel, with weights that the channels share."""
    layer = layers[number]
    channels, length = layers[layer.inputs[0]].shape
    if channels != layer.shape.channels:
        return False
    return layer.info.connections == layer.total * length and layer.info.weights == length * layer.shape.length


def _is_chain(layers: Sequence[LayerView]) -> bool:
    return all(layer.inputs == (number - 1,) for number, layer in enumerate(layers) if number)


def _slides(layer: LayerView) -> bool:
    """Whether a layer is a window that slides over its input, with weights."""
    window = layer.info.window
    return window is not None and window[2] >= 1 and layer.kind.has_weights and not layer.kind.transposed


def _is_detail(layers: Sequence[LayerView]) -> bool:
    layer = layers[-1]
    if len(layers) != 2 or layer.info.window is None or layer.info.window[2] < 1 or layer.kind.transposed:
        return False
    source = layers[0]
    if layer.shape.length == 1 or source.shape.length + sum(layer_pads(layer)) > _DETAIL_LENGTH:
        return False
    taps = layer.info.kernel_size or 1
    return max(source.shape.channels, layer.shape.channels) <= _DETAIL_CHANNELS and taps <= _DETAIL_TAPS


def layer_pads(layer: LayerView, source_length: int | None = None) -> tuple[int, int]:
    """How far the windows of a layer reach beyond its input of ``source_length``, on both sides."""
    window = layer.info.window
    if window is None:
        return (0, 0)
    first, last, jump = window
    left = max(0, round(-first))
    if source_length is None:
        return (left, left)
    return (left, max(0, round(last + (layer.shape.length - 1) * jump) - source_length + 1))


def _is_lanes(layers: Sequence[LayerView]) -> bool:
    if len(layers) not in (2, 3) or not _is_chain(layers):
        return False
    first = layers[1]
    groups = first.info.groups
    if not (1 < groups <= _LANES_GROUPS and _slides(first) and first.info.connections > first.info.weights):
        return False
    lengths = [layer.shape.length for layer in layers[:2]]
    if sum(lengths) > _LANES_LENGTH or max(layer.shape.channels for layer in layers) > _LANES_ROWS:
        return False
    if len(layers) == 2:
        return True
    mixing = layers[2]
    if layers[1].shape.channels * mixing.shape.channels > _MOST_PAIRS:
        return False
    return _slides(mixing) and mixing.info.kernel_size == 1 and mixing.info.groups == 1 and mixing.shape.length > 1


def _is_signal(layers: Sequence[LayerView]) -> bool:
    """Whether values of few channels go through one or two sliding windows."""
    if len(layers) not in (2, 3) or not _is_chain(layers) or not all(map(_slides, layers[1:])):
        return False
    if any(layer.info.groups > 1 for layer in layers):
        return False
    shapes = [layer.shape for layer in layers]
    small = max(s.length for s in shapes) <= _VALUE_LENGTH and max(s.channels for s in shapes) <= _VALUE_CHANNELS
    return small and (layers[0].shape.channels == 1 or len(layers) == 2)


def _is_field(layers: Sequence[LayerView], focus: Sequence[str], scope: Scope) -> bool:
    """Whether what one position sees of a chain of windows is small enough to be laid out cell by cell."""
    drawn, extracts = scope.drawn, [scope.extract(number) for number in scope.drawn]
    over = layers[drawn[-1]].info.name
    if not focus or any(wish.partition("[")[0].strip() != over for wish in focus):
        return False
    if any(extract.units is not None for extract in extracts):
        return False
    if drawn != list(range(drawn[0], drawn[-1] + 1)) or not _is_chain(layers) or len(drawn) < 2:
        return False
    if not all(layers[number].info.window is not None for number in drawn[1:]):
        return False
    lengths = [
        layers[number].shape.length if extract.positions is None else sum(map(len, extract.positions))
        for number, extract in zip(drawn, extracts, strict=True)
    ]
    channels = [
        layers[number].shape.channels if extract.channels is None else len(extract.channels)
        for number, extract in zip(drawn, extracts, strict=True)
    ]
    return max(lengths) <= _FIELD_LENGTH and max(channels) <= _FIELD_CHANNELS and lengths[-1] == 1


def most_rows(options: Options) -> int | None:
    """How many positions of a block are shown at most: what the user says; None where nobody does, 0: all."""
    return None if options.max_units == MAX_UNITS else options.max_units

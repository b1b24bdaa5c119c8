"""The layers: what they are, the shapes they make, the weights they hold.

A :class:`Network` is an input shape and a chain of layers, each a frozen dataclass that is
checked when the network is built. Shapes are ``(channels, length)``, as PyTorch's ``(C, L)``
without the batch; parameter names, defaults and limits are those of ``torch.nn`` wherever
``torch.nn`` has the layer (one exception: ``bias`` is off unless asked for, since a picture
rarely shows it). Which unit is connected to which is the business of :mod:`.patterns`.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple, dataclass_transform

from connectivity.errors import NetworkError, visible

SIZE_LIMIT = 1_000_000
"""The largest size, kernel, stride or padding that is accepted."""

LAYER_LIMIT = 500
"""The most layers in one network."""

NAME_LIMIT = 100
"""The longest name of a layer, in characters."""

PADDING_WORDS = ("same", "valid", "causal", "full")
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class Shape(NamedTuple):
    """``(channels, length)`` of a layer's units."""

    channels: int
    length: int

    @property
    def units(self) -> int:
        """How many units there are."""
        return self.channels * self.length

    def __str__(self) -> str:
        return f"{self.channels}x{self.length}" if self.channels > 1 else str(self.length)


class Window(NamedTuple):
    """Where a unit looks, in positions of its layer's input.

    Unit ``t`` sees positions from ``first + t * jump`` to ``last + t * jump``.
    """

    first: float
    last: float
    jump: float


# Equality and text are written once, in Layer: dataclasses would compile both anew for each class,
# which is a tenth of the time in which a small figure is drawn.
_layer = dataclass_transform(kw_only_default=True, frozen_default=True)(
    functools.partial(dataclass, frozen=True, kw_only=True, eq=False, repr=False)
)


@_layer
class Layer:
    """What all layers have. ``weight`` holds given values, flat in PyTorch's order."""

    kind: ClassVar[str]
    name: str | None = None
    bias: bool = False
    weight: tuple[float, ...] | None = None

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        own = type(self)
        given = (f"{key}={value!r}" for key, value in vars(self).items() if value != getattr(own, key, None))
        return f"{own.__name__}({', '.join(given)})"

    def output_shape(self, shape: Shape) -> Shape:
        """The shape this layer makes of ``shape``; raises NetworkError where it cannot."""
        raise NotImplementedError

    def weight_shape(self, shape: Shape) -> tuple[int, ...]:
        """The shape of the weight tensor for an input of ``shape``, as PyTorch's."""
        raise NotImplementedError

    def bias_shape(self, shape: Shape) -> tuple[int, ...]:
        """The shape of the bias for an input of ``shape``: one for each output channel."""
        return (self.output_shape(shape).channels,)

    def window(self) -> Window | None:
        """Where its units look; None for a layer that sees its whole input."""
        return None

    def inline_weight(self, shape: Shape) -> tuple[float, ...] | None:
        """The given weights, one for each element of :meth:`weight_shape`; None without."""
        if self.weight is None:
            return None
        expected = self.weight_shape(shape)
        if len(self.weight) != math.prod(expected):
            raise NetworkError(
                f"{count(len(self.weight), 'value')} for a weight of shape {list(expected)}, "
                f"which needs {math.prod(expected)}",
                "weight",
            )
        return self.weight


@_layer
class FullyConnected(Layer):
    """Every input to every unit; flattens channels first (``torch.nn.Flatten``, ``Linear``)."""

    kind: ClassVar[str] = "fc"
    units: int

    def output_shape(self, shape: Shape) -> Shape:
        _check_size("units", self.units)
        return Shape(1, self.units)

    def weight_shape(self, shape: Shape) -> tuple[int, ...]:
        return (self.units, shape.units)

    def bias_shape(self, shape: Shape) -> tuple[int, ...]:
        return (self.units,)


@_layer
class Windowed(Layer):
    """What a convolution and a locally connected layer share: a kernel that slides.

    ``padding`` is a number, a pair (left, right), or one of ``PADDING_WORDS``; ``channels``
    are the output's (default: as many as ``groups``).
    """

    kernel_size: int
    stride: int = 1
    padding: int | tuple[int, int] | str = 0
    dilation: int = 1
    channels: int | None = None
    groups: int = 1
    padding_mode: str = "zeros"

    @property
    def out_channels(self) -> int:
        """The number of output channels."""
        return self.groups if self.channels is None else self.channels

    @property
    def extent(self) -> int:
        """From the first tap of the kernel to its last, in positions."""
        return self.dilation * (self.kernel_size - 1)

    def pads(self) -> tuple[int, int]:
        """Padding left and right. ``same`` puts the odd one on the right, as PyTorch does."""
        if isinstance(self.padding, int):
            return (self.padding, self.padding)
        if isinstance(self.padding, tuple):
            return self.padding
        words = {
            "same": (self.extent // 2, self.extent - self.extent // 2),
            "valid": (0, 0),
            "causal": (self.extent, 0),
            "full": (self.extent, self.extent),
        }
        if self.padding not in words:
            raise NetworkError(f'padding "{visible(self.padding)}" is not one of {", ".join(words)}', "padding")
        return words[self.padding]

    def output_shape(self, shape: Shape) -> Shape:
        self._check(shape)
        padded = shape.length + sum(self.pads())
        length = (padded - self.extent - 1) // self.stride + 1
        return Shape(self.out_channels, _check_size("padding", length))

    def window(self) -> Window:
        left, _ = self.pads()
        return Window(-left, self.extent - left, self.stride)

    def inline_weight(self, shape: Shape) -> tuple[float, ...] | None:
        """As for any layer; a single kernel (``kernel_size`` values) serves every channel."""
        if self.weight is not None and len(self.weight) == self.kernel_size:
            return self.weight * (math.prod(self.weight_shape(shape)) // self.kernel_size)
        return super().inline_weight(shape)

    def _check(self, shape: Shape) -> None:
        for name in ("kernel_size", "stride", "dilation", "groups"):
            _check_size(name, getattr(self, name))
        _check_size("channels", self.out_channels)
        left, right = self.pads()
        for pad in (left, right):
            _check_size("padding", pad, least=0)
        if self.padding == "same" and self.stride != 1:
            raise NetworkError(
                f"padding=same needs stride 1, but the stride is {self.stride} "
                "(give the padding as numbers, left/right)",
                "padding",
            )
        self._check_channels(shape)
        self._check_padding_mode(shape, left, right)
        padded = shape.length + left + right
        if self.extent + 1 > padded:
            reach = f"kernel {self.kernel_size}"
            if self.dilation > 1:
                reach += f" with dilation {self.dilation} spans {self.extent + 1} positions and"
            with_padding = f", {padded} with padding" if padded != shape.length else ""
            raise NetworkError(
                f"{reach} does not fit its input, which is {shape.length} long{with_padding}",
                "kernel_size",
            )

    def _check_channels(self, shape: Shape) -> None:
        for what, channels in (("input", shape.channels), ("output", self.out_channels)):
            if channels % self.groups:
                raise NetworkError(
                    f"{count(channels, f'{what} channel')} cannot be split into {self.groups} groups: "
                    "both numbers of channels must be divisible by groups",
                    "groups" if what == "input" else "channels",
                )

    def _check_padding_mode(self, shape: Shape, left: int, right: int) -> None:
        if self.padding_mode not in PADDING_MODES:
            raise NetworkError(
                f'padding_mode "{visible(self.padding_mode)}" is not one of {", ".join(PADDING_MODES)}',
                "padding_mode",
            )
        most = {"reflect": shape.length - 1, "circular": shape.length}.get(self.padding_mode)
        if most is not None and max(left, right) > most:
            raise NetworkError(
                f"padding {max(left, right)} is too wide for padding_mode={self.padding_mode}: "
                f"at most {most} on an input {shape.length} long",
                "padding",
            )


@_layer
class Convolution(Windowed):
    """A window for each unit, the same weights everywhere: ``torch.nn.Conv1d``."""

    kind: ClassVar[str] = "conv"

    def weight_shape(self, shape: Shape) -> tuple[int, ...]:
        return (self.out_channels, shape.channels // self.groups, self.kernel_size)


@_layer
class LocallyConnected(Windowed):
    """A window for each unit, every connection its own weight (unshared convolution).

    Its weights are ``[out, in/groups, out_length, k]``, its bias ``[out, out_length]``.
    """

    kind: ClassVar[str] = "sparse"

    def weight_shape(self, shape: Shape) -> tuple[int, ...]:
        length = self.output_shape(shape).length
        return (self.out_channels, shape.channels // self.groups, length, self.kernel_size)

    def bias_shape(self, shape: Shape) -> tuple[int, ...]:
        return tuple(self.output_shape(shape))

    def inline_weight(self, shape: Shape) -> tuple[float, ...] | None:
        return Layer.inline_weight(self, shape)


@_layer
class Masked(Layer):
    """Connections where a mask says so; ``mask[o][i]`` is true where input i reaches unit o.

    Flattens channels first. Its weights are ``[outputs, inputs]``.
    """

    kind: ClassVar[str] = "sparse"
    mask: tuple[tuple[bool, ...], ...]

    def output_shape(self, shape: Shape) -> Shape:
        if not self.mask:
            raise NetworkError("the mask has no rows; it needs one for each output", "mask")
        for number, row in enumerate(self.mask, start=1):
            if len(row) != shape.units:
                raise NetworkError(
                    f"row {number} of the mask has {count(len(row), 'column')}, "
                    f"but the layer has {count(shape.units, 'input')}",
                    "mask",
                )
        return Shape(1, _check_size("mask", len(self.mask)))

    def weight_shape(self, shape: Shape) -> tuple[int, ...]:
        return (len(self.mask), shape.units)

    def bias_shape(self, shape: Shape) -> tuple[int, ...]:
        return (len(self.mask),)


@_layer
class RandomlySparse(Layer):
    """A share ``density`` of all connections, drawn by ``seed``: ``round(density * all)`` of them."""

    kind: ClassVar[str] = "sparse"
    units: int
    density: float
    seed: int = 0

    def output_shape(self, shape: Shape) -> Shape:
        _check_size("units", self.units)
        if not 0 <= self.density <= 1:
            raise NetworkError(f"density {self.density:g} is not between 0 and 1", "density")
        return Shape(1, self.units)

    def weight_shape(self, shape: Shape) -> tuple[int, ...]:
        return (self.units, shape.units)

    def bias_shape(self, shape: Shape) -> tuple[int, ...]:
        return (self.units,)


@dataclass(frozen=True)
class Network:
    """An input and the layers that follow it, checked as a whole.

    Raises NetworkError where a layer does not fit the one before it.
    """

    input: Shape
    layers: tuple[Layer, ...] = ()
    input_name: str | None = None
    _shapes: tuple[Shape, ...] = field(init=False, repr=False, compare=False)
    _names: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_size("input", self.input.channels)
        _check_size("input", self.input.length)
        _check_size("input", self.input.units)
        if len(self.layers) > LAYER_LIMIT:
            raise NetworkError(f"{len(self.layers):,} layers; at most {LAYER_LIMIT:,}")
        object.__setattr__(self, "_shapes", self._checked_shapes())
        object.__setattr__(self, "_names", self._checked_names())

    def shapes(self) -> tuple[Shape, ...]:
        """The shape of the input and of every layer's output, in order."""
        return self._shapes

    def names(self) -> tuple[str, ...]:
        """The names of the input and the layers: given ones, else ``x``, ``h1``, ..., ``y``.

        >>> Network(Shape(1, 6), (FullyConnected(units=4), FullyConnected(units=2))).names()
        ('x', 'h1', 'y')
        """
        return self._names

    def _checked_shapes(self) -> tuple[Shape, ...]:
        shapes = [self.input]
        for layer in self.layers:
            shapes.append(check_layer(layer, shapes[-1]))
        return tuple(shapes)

    def _checked_names(self) -> tuple[str, ...]:
        given = [self.input_name, *(layer.name for layer in self.layers)]
        taken: set[str] = set()
        for name in given:
            if name is not None:
                check_name(name, taken)
                taken.add(name)
        names = []
        for index, name in enumerate(given):
            names.append(name or self._default_name(index, taken))
            taken.add(names[-1])
        return tuple(names)

    def _default_name(self, index: int, taken: set[str]) -> str:
        hidden = (f"h{number}" for number in itertools.count(max(index, 1)))
        first = "x" if index == 0 else "y" if index == len(self.layers) else next(hidden)
        return next(name for name in itertools.chain([first], hidden) if name not in taken)


def count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count(1, "weight"), count(12000, "weight"), count(2, "bias")
    ('1 weight', '12,000 weights', '2 biases')
    """
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def _check_size(name: str, value: int, least: int = 1) -> int:
    if not least <= value <= SIZE_LIMIT:
        shown = f"{value:,}" if abs(value) < 10**18 else "that number"
        raise NetworkError(f"{name} must be between {least} and {SIZE_LIMIT:,}, not {shown}", name)
    return value


def check_layer(layer: Layer, shape: Shape) -> Shape:
    """The shape that ``layer`` makes of ``shape``. Raises NetworkError where anything does not fit."""
    output = layer.output_shape(shape)
    if output.units > SIZE_LIMIT:
        raise NetworkError(f"{output.units:,} units; at most {SIZE_LIMIT:,} are allowed")
    if layer.weight is not None:
        layer.inline_weight(shape)
    return output


def check_name(name: str, taken: Collection[str]) -> None:
    """Raise NetworkError for what is no name, or is ``taken``."""
    if len(name) > NAME_LIMIT:
        raise NetworkError(f"a name of {len(name):,} characters; at most {NAME_LIMIT}", "name")
    if not name.isidentifier():
        raise NetworkError(
            f'"{visible(name)}" is not a name: letters, digits and _, not starting with a digit',
            "name",
        )
    if name in taken:
        raise NetworkError(f'the name "{visible(name)}" is given twice', "name")

"""What all layers have: shapes, windows, connections, weights given in place, and how sizes are checked.

A connection is ``(source, target, parameter)``. Shared weights are equal parameters, a sparse layer is
connections that are not there, and a fully connected layer is all of them, all different: one type for every
layer. The three are flat indices: of a unit ``channel * length + position`` (of a layer with several inputs
counted through all of them, one after the other), of a parameter into its weight tensor in PyTorch's
(row-major) order.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeVar, dataclass_transform

from connectivity.errors import NetworkError
from connectivity.layers.combine import SUM, Combination
from connectivity.layers.generated import Generated
from connectivity.layers.words import Parameter, Reader, Words
from connectivity.records import Value, named_record

if TYPE_CHECKING:
    import numpy as np

T = TypeVar("T", bound="Layer")

SIZE_LIMIT = 1_000_000
"""The largest size, kernel, stride or padding that is accepted."""

NAMES_SHOWN = 6
"""The most names of inputs of a layer that a caption or a sentence lists."""

NO_PARAMETER = -1
"""The parameter of a connection that has no weight of its own: of a pool, or of one that passes a value on."""


class Shape(NamedTuple):
    """``(channels, length)`` of a layer's units, both from 1 to 1,000,000."""

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


class Connections(NamedTuple):
    """Connections in parallel lists, ordered by target, then by weight.

    ``coefficients`` is what each of them multiplies with where that is no weight: 1 where a value is passed
    on, a share in a mean; None of a layer that has weights, or whose combination multiplies with nothing.
    """

    sources: list[int]
    targets: list[int]
    parameters: list[int]
    coefficients: list[float] | None = None

    def chosen(self, keep: Sequence[int]) -> Connections:
        """Those of the numbers ``keep``."""
        coefficients = None if self.coefficients is None else [self.coefficients[n] for n in keep]
        return Connections(
            [self.sources[n] for n in keep],
            [self.targets[n] for n in keep],
            [self.parameters[n] for n in keep],
            coefficients,
        )

    def __len__(self) -> int:
        return len(self.sources)


class PaddingConnection(NamedTuple):
    """A connection from a padded position, which is less than 0 or beyond the input's length."""

    channel: int
    position: int
    target: int
    parameter: int


class Totals(NamedTuple):
    """How much a layer has: connections, weights that they use, and connections that zero padding cuts off."""

    connections: int
    used: int
    padding: int = 0


class Tensor(NamedTuple):
    """A parameter tensor of a layer: its shape, as PyTorch's, and the value it has where none is given.

    ``default`` None: it must be given, or is generated.
    """

    shape: tuple[int, ...]
    default: float | None = None


@dataclass_transform(kw_only_default=True, frozen_default=True)
def layer(cls: type[T]) -> type[T]:
    """Make a record of a layer; one without fields of its own has all that it needs from its parent."""
    own = (said for said in vars(cls).get("__annotations__", {}).values() if not str(said).startswith("ClassVar"))
    return cls if next(own, None) is None else named_record(cls)


@layer
class Layer(Value):
    """What all layers have; a kind of layer is a class that says what differs.

    ``name`` names it; ``source`` is the name of the layer it takes, where that is not the one before it.
    ``weight`` holds given values, flat in PyTorch's order; ``share`` names the layer whose weights it has; ``load`` says
    where its arrays are in a weight file. ``bias``: whether it has one; None: none, and nothing was said of it, so that
    weights with a bias for it are a mistake, which False passes over.
    ``activations`` are applied to the output, one after the other (as :mod:`.layers.activations` spells them). ``drop`` are the
    units that are dropped, flat indices from 1, as units are named: they are 0 and have no connections.

    Of a class: ``kind`` is its name in graphs, ``words`` what the notation says, ``caption``, ``title``,
    ``article`` and ``verb`` what it is called under a layer, over a panel, and in sentences; ``combination`` how a
    unit makes one number of what reaches it; ``padding_value`` what padding before it counts as; ``merges``:
    it takes several inputs; ``rearranges``: its units are those of its inputs in other places, nothing more;
    ``transposed``: its taps lie ``stride`` apart in the output, not in the input;
    ``left_out``: it stands for layers that are not there, so that nothing is known behind it;
    ``passed_over``: arrays that weight files hold for it and that it does not need.
    """

    kind: ClassVar[str]
    words: ClassVar[Words | None] = None
    caption: ClassVar[str] = ""
    title: ClassVar[str | None] = None
    article: ClassVar[str] = "a layer"
    verb: ClassVar[str] = "takes"
    combination: ClassVar[Combination] = SUM
    has_weights: ClassVar[bool] = True
    padding_value: ClassVar[str] = "0"
    merges: ClassVar[bool] = False
    rearranges: ClassVar[bool] = False
    transposed: ClassVar[bool] = False
    left_out: ClassVar[bool] = False
    passed_over: ClassVar[tuple[str, ...]] = ()
    name: str | None = None
    source: str | None = None
    bias: bool | None = None
    weight: tuple[float, ...] | None = None
    share: str | None = None
    load: str | None = None
    activations: tuple[str, ...] = ()
    drop: tuple[int, ...] = ()

    @classmethod
    def made(cls, parameters: Mapping[str, Any]) -> Layer:
        """The layer that the parameters of the notation describe. Raises NetworkError for one that is missing."""
        value = cls.words.value if cls.words else None
        if value is not None and value.required and value.name not in parameters:
            example = cls.words.example if cls.words else ""
            raise NetworkError(f"{value.name} is missing (as in {example})")
        return cls(**parameters)

    @property
    def operation(self) -> Combination:
        """How its units combine what reaches them: as its class says, unless its parameters say more."""
        return self.combination

    @classmethod
    def channelwise(cls, groups: int, channels: int) -> bool:
        """Whether each of its channels sees one channel alone, its own."""
        return groups == channels > 1

    def output_shape(self, *shapes: Shape) -> Shape:
        """The shape this layer makes of its inputs'; raises NetworkError where it cannot."""
        raise NotImplementedError

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        """The connections on inputs of ``shapes``: into ``targets`` (None: all units), from ``sources`` (None: any)."""
        raise NotImplementedError

    def apply(self, weight: np.ndarray, *inputs: np.ndarray) -> np.ndarray | None:
        """What its units make of the values of its inputs by arrays; None where that is known by connections alone.

        All of them have the shapes that they have as layers and tensors, and dropped units are 0. Biases,
        :meth:`constants` and activations come after it. It computes what :meth:`connections` say, quicker.
        """
        return None

    def padding_connections(self, *shapes: Shape, targets: Iterable[int] | None = None) -> list[PaddingConnection]:
        """The connections that zero padding cuts off: what units see outside the input."""
        return []

    def targets_of(self, sources: Iterable[int], *shapes: Shape) -> Iterable[int]:
        """The units that ``sources`` reach."""
        return set(self.connections(*shapes, sources=set(sources)).targets)

    def sources_of(self, targets: Iterable[int], *shapes: Shape) -> Iterable[int]:
        """The units of the inputs that ``targets`` see."""
        return set(self.connections(*shapes, targets=targets).sources)

    def used(self, *shapes: Shape) -> Iterable[int]:
        """The weights that connections use."""
        return set(self.connections(*shapes).parameters) - {NO_PARAMETER}

    def repeats(self, weights: Iterable[int], *shapes: Shape) -> int:
        """How many connections have one of ``weights``, no two of which are the same."""
        chosen = set(weights)
        return sum(parameter in chosen for parameter in self.connections(*shapes).parameters)

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        """The units of the inputs that nothing leads from, in order."""
        return _left_out(sum(shape.units for shape in shapes), set(self.connections(*shapes).sources))

    def totals(self, *shapes: Shape) -> Totals:
        """What the connections on inputs of ``shapes`` come to; in constant time wherever they follow a rule."""
        connections = self.connections(*shapes)
        return Totals(len(connections), len(set(connections.parameters) - {NO_PARAMETER}))

    def weight_count(self, *shapes: Shape) -> int:
        """How many weights it has, used or not."""
        return math.prod(self.weight_shape(*shapes))

    def weight_shape(self, *shapes: Shape) -> tuple[int, ...]:
        """The shape of the weight tensor, as PyTorch's; (0,) for a layer without."""
        return (0,)

    def bias_shape(self, *shapes: Shape) -> tuple[int, ...]:
        """The shape of the bias: one for each output channel."""
        return (self.output_shape(*shapes).channels,)

    def bias_element(self, target: int, *shapes: Shape) -> int:
        """Which element of the bias a unit has, by its flat index (also of an array of these)."""
        repeats = self.output_shape(*shapes).units // math.prod(self.bias_shape(*shapes))
        return target // repeats

    def tensors(self, *shapes: Shape) -> dict[str, Tensor]:
        """The parameter tensors that a weight file may hold for it, by their names in PyTorch's module."""
        if not self.has_weights:
            return {}
        return {"weight": Tensor(self.weight_shape(*shapes)), "bias": Tensor(self.bias_shape(*shapes))}

    def from_channels_last(self, part: str, array: Any, *shapes: Shape) -> Any:
        """An array of numpy as Keras has it, where channels are the last axis, with the axes of PyTorch.

        ``part`` is what PyTorch calls it. One that cannot be of this layer is as it was: its shape will not fit.
        """
        return array

    def generated(self, seed: str, shape: tuple[int, ...]) -> Sequence[float]:
        """The values of a tensor that nobody gave, flat: a function of ``seed``, which names the tensor's place."""
        return Generated(seed, shape)

    def coefficients(self, tensors: Mapping[str, Sequence[float]]) -> tuple[Sequence[float], Sequence[float]]:
        """Weights and biases as connections have them, from the tensors (flat, by name)."""
        return tensors["weight"], tensors.get("bias", ())

    def constants(self, *shapes: Shape) -> dict[int, float]:
        """The units that add a fixed number to what reaches them, as a padding with a value: which, and what."""
        return {}

    def given_values(self) -> tuple[float, ...] | None:
        """Of an input: the values of its units, where the notation gives them."""
        return None

    def window(self, *shapes: Shape) -> Window | None:
        """Where its units look; None for a layer that sees its whole input, or nothing regular."""
        return None

    def zeros(self, *shapes: Shape) -> tuple[int, int]:
        """How many zeros it puts to the left and to the right of its input."""
        return (0, 0)

    def activated(self, activation: str) -> Self:
        """The same layer with one more activation."""
        copy = object.__new__(type(self))
        vars(copy).update(vars(self), activations=(*self.activations, activation))
        return copy

    def reads(self, before: str) -> tuple[str, ...]:
        """The names of the layers it takes, where ``before`` is the one before it."""
        return (self.source or before,)

    def place_of(self, name: str) -> tuple[str, int | None]:
        """The parameter that names a layer it takes, and which of its values that is."""
        return ("source", None)

    def heading(self, names: Sequence[str]) -> str:
        """What a caption calls this layer, ``names`` being those of itself and of its inputs; empty for the kind's."""
        return ""

    def notes(self, *shapes: Shape) -> list[str]:
        """What a caption says of the layer beside its kind: everything that is not the default."""
        return []

    def inline_weight(self, *shapes: Shape) -> tuple[float, ...] | None:
        """The given weights, one for each element of :meth:`weight_shape`; None without."""
        if self.weight is None:
            return None
        expected = self.weight_shape(*shapes)
        if len(self.weight) != math.prod(expected):
            raise NetworkError(
                f"{count(len(self.weight), 'value')} for a weight of shape {list(expected)}, "
                f"which needs {math.prod(expected)}",
                "weight",
            )
        return self.weight

    def repeated_kernel(self, size: int, *shapes: Shape) -> tuple[float, ...] | None:
        """As :meth:`inline_weight`; ``size`` values, a kernel, are repeated for every channel."""
        if self.weight is not None and len(self.weight) == size:
            return self.weight * (math.prod(self.weight_shape(*shapes)) // size)
        return Layer.inline_weight(self, *shapes)


FROM = Parameter("from", Reader.plain, "the layer it takes (default: the one before it)", field="source")
SHARE = Parameter("share", Reader.plain, "the layer whose weights it has")
LOAD = Parameter("load", Reader.plain, "where its weights are in the weight file, as features.0")
BIAS = Parameter(
    "bias", Reader.boolean, "add a bias to each unit (each channel of a conv); false: without that of a file", flag=True
)
WEIGHT = Parameter("weight", Reader.numbers, "the weights, in PyTorch's order, as 1/0/-1", "w")
DROP = Parameter("drop", Reader.integers, "units that are dropped, as 2/3: 0, without connections")
PLAIN = (FROM, DROP)
"""The parameters that every layer has."""

WEIGHTED = (BIAS, WEIGHT, LOAD, SHARE, *PLAIN)
"""Those of every layer with weights."""


def _left_out(number: int, used: Container[int]) -> list[int]:
    """Those of so many units that are not ``used``."""
    return [unit for unit in range(number) if unit not in used]


def elements(weights: Sequence[float], parameters: Sequence[int]) -> Sequence[float | None]:
    """The values of parameters of a flat tensor; of those that are none, None."""
    if isinstance(weights, Generated) and NO_PARAMETER not in parameters:
        return weights.taken(parameters)
    return [None if parameter == NO_PARAMETER else weights[parameter] for parameter in parameters]


def count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count(1, "weight"), count(12000, "weight"), count(2, "bias")
    ('1 weight', '12,000 weights', '2 biases')
    """
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def check_drop(drop: tuple[int, ...], shape: Shape) -> None:
    """Raise NetworkError at ``drop`` for units that a layer of ``shape`` has not, or that are named twice."""
    wrong = next((number for number in drop if not 1 <= number <= shape.units), None)
    if wrong is not None:
        raise NetworkError(f"there is no unit {wrong} to drop; the layer has units 1 to {shape.units:,}", "drop")
    if len(set(drop)) < len(drop):
        raise NetworkError("a unit is dropped twice; name each once", "drop")


def check_output(what: str, size: int, parameter: str | None = None) -> int:
    """``size``, the output's length or number of channels, if it is at most SIZE_LIMIT.

    Raises NetworkError at ``parameter``, of which it follows.
    """
    if size > SIZE_LIMIT:
        raise NetworkError(
            f"the output's {what} would be {size:,}; at most {SIZE_LIMIT:,}, which no option raises", parameter
        )
    return size


def check_size(name: str, value: int, least: int = 1) -> int:
    """``value``, if it is between ``least`` and SIZE_LIMIT; raises NetworkError at ``name``."""
    if not least <= value <= SIZE_LIMIT:
        shown = f"{value:,}" if abs(value) < 10**18 else "that number"
        raise NetworkError(f"{name} must be between {least:,} and {SIZE_LIMIT:,}, not {shown}", name)
    return value


def unpadded(position: int, length: int, mode: str) -> int | None:
    """The input position that a padded one stands for; None for a zero.

    ``mode`` is PyTorch's ``padding_mode``. ``position`` is less than one length outside.

    >>> [unpadded(-1, 4, mode) for mode in ("zeros", "reflect", "replicate", "circular")]
    [None, 1, 0, 3]
    """
    if 0 <= position < length:
        return position
    if mode == "zeros":
        return None
    if mode == "replicate":
        return 0 if position < 0 else length - 1
    if mode == "circular":
        return position % length
    return -position if position < 0 else 2 * (length - 1) - position

"""The batch norm, in evaluation: a scale and a shift for each channel."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from connectivity.errors import NetworkError, WeightsError
from connectivity.layers.base import (
    LOAD,
    PLAIN,
    SHARE,
    WEIGHT,
    Connections,
    Layer,
    Shape,
    Tensor,
    Totals,
    Window,
    layer,
)
from connectivity.layers.words import Parameter, Reader, Words

if TYPE_CHECKING:
    import numpy as np


@layer
class BatchNorm(Layer):
    """``torch.nn.BatchNorm1d`` in evaluation: every channel times a scale, and a shift added.

    The scale is ``weight / sqrt(running_var + eps)``, the shift ``bias - running_mean * scale``, each of shape
    ``[C]`` and shared by the positions
    (https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html). Where nothing is given, scale and
    shift are generated.
    """

    kind: ClassVar[str] = "batchnorm"
    caption: ClassVar[str] = "batch norm"
    article: ClassVar[str] = "a batch normalization"
    passed_over: ClassVar[tuple[str, ...]] = ("num_batches_tracked",)
    words: ClassVar[Words | None] = Words(
        "batchnorm",
        ("bn", "batchnorm1d"),
        None,
        (Parameter("eps", Reader.number, "added to the variance (default: 0.00001)"), WEIGHT, LOAD, SHARE, *PLAIN),
        "a scale and a shift for each channel",
        "batchnorm",
    )
    bias: bool | None = True
    eps: float = 1e-5

    @classmethod
    def channelwise(cls, groups: int, channels: int) -> bool:
        return True

    def output_shape(self, *shapes: Shape) -> Shape:
        if self.eps < 0:
            raise NetworkError(f"eps must not be less than 0, but is {self.eps:g}", "eps")
        return shapes[0]

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        (shape,) = shapes
        every = range(shape.units) if targets is None else targets
        units = [unit for unit in every if sources is None or unit in sources]
        return Connections(units, [*units], [unit // shape.length for unit in units])

    def apply(self, weight: np.ndarray, *inputs: np.ndarray) -> np.ndarray:
        values: np.ndarray = inputs[0] * weight[:, None]
        return values

    def targets_of(self, sources: Iterable[int], *shapes: Shape) -> Iterable[int]:
        return set(sources)

    def sources_of(self, targets: Iterable[int], *shapes: Shape) -> Iterable[int]:
        return set(targets)

    def used(self, *shapes: Shape) -> Iterable[int]:
        return range(shapes[0].channels)

    def repeats(self, weights: Iterable[int], *shapes: Shape) -> int:
        return shapes[0].length * sum(1 for _ in weights)

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        return ()

    def totals(self, *shapes: Shape) -> Totals:
        return Totals(shapes[0].units, shapes[0].channels)

    def weight_shape(self, *shapes: Shape) -> tuple[int, ...]:
        return (shapes[0].channels,)

    def tensors(self, *shapes: Shape) -> dict[str, Tensor]:
        each = self.weight_shape(*shapes)
        return {
            "weight": Tensor(each, 1.0),
            "bias": Tensor(each, 0.0),
            "running_mean": Tensor(each, 0.0),
            "running_var": Tensor(each, 1.0),
            "eps": Tensor((), self.eps),
        }

    def coefficients(self, tensors: Mapping[str, Sequence[float]]) -> tuple[Sequence[float], Sequence[float]]:
        """Scales and shifts. Raises WeightsError for a variance without a root."""
        weight, bias = tensors["weight"], tensors["bias"]
        if "running_var" not in tensors:  # nothing was given: they were generated
            return weight, bias
        (eps,) = tensors["eps"]
        for channel, variance in enumerate(tensors["running_var"]):
            if not variance + eps > 0:
                raise WeightsError(f"running_var[{channel}] + eps is {variance + eps:g}; it must be more than 0")
        scales = [gamma / math.sqrt(var + eps) for gamma, var in zip(weight, tensors["running_var"], strict=True)]
        shifts = [beta - mean * scale for beta, mean, scale in zip(bias, tensors["running_mean"], scales, strict=True)]
        if not all(map(math.isfinite, [*scales, *shifts])):
            raise WeightsError("a scale or a shift is too large; weights are numbers of 64 bits at most")
        return scales, shifts

    def window(self, *shapes: Shape) -> Window:
        return Window(0, 0, 1)

    def notes(self, *shapes: Shape) -> list[str]:
        return [f"eps {self.eps:g}".replace("-", "\u2212")] if self.eps != BatchNorm.eps else []

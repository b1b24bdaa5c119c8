"""The power average pool: the norm of each window."""

from __future__ import annotations

from typing import ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import PLAIN, Shape, layer
from connectivity.layers.combine import Combination, Norm
from connectivity.layers.pools import CEIL, POOL_STRIDE, Pool
from connectivity.layers.windowed import KERNEL
from connectivity.layers.words import Parameter, Reader, Words


@layer
class LPPool(Pool):
    """``torch.nn.LPPool1d``: ``(sum of x ** norm) ** (1 / norm)`` of each window.

    Sizes are those of :class:`.MaxPool`, without padding or dilation; ``norm`` is more than 0. A last window that
    reaches over the end (``ceil_mode``) counts as much as a whole one, as PyTorch has it
    (https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html).
    """

    kind: ClassVar[str] = "lppool"
    caption: ClassVar[str] = "Lp pool"
    article: ClassVar[str] = "a power average pool"
    combination: ClassVar[Combination] = Norm()
    words: ClassVar[Words | None] = Words(
        "lppool",
        ("lppool1d",),
        KERNEL,
        (
            Parameter("norm", Reader.number, "the order of the norm (default: 2)"),
            POOL_STRIDE,
            CEIL,
            *PLAIN,
        ),
        "the norm of each window",
        "lppool:2",
    )
    norm: float = 2.0

    @property
    def operation(self) -> Combination:
        return Norm(order=self.norm)

    def output_shape(self, *shapes: Shape) -> Shape:
        if self.norm <= 0:
            raise NetworkError(f"norm must be more than 0, not {self.norm:g}", "norm")
        return super().output_shape(*shapes)

    def coefficient(self, t: int, length: int) -> float:
        """1, but for a window of which n positions are inside: there ``(kernel_size / n) ** (1 / norm)``."""
        inside = min(self.kernel_size, length - t * self.step)
        return float((self.kernel_size / inside) ** (1 / self.norm))

    def notes(self, *shapes: Shape) -> list[str]:
        return [f"norm {self.norm:g}", *super().notes(*shapes)]

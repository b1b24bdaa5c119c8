"""A copy of a layer: its values once more, as what only one of two readers has an activation of."""

from __future__ import annotations

from typing import ClassVar

from connectivity.layers.base import PLAIN, Shape, layer
from connectivity.layers.rearranging import Rearranging
from connectivity.layers.words import Words


@layer
class Copy(Rearranging):
    """``torch.nn.Identity``: the same units once more. An input ``[C, L]`` stays ``[C, L]``."""

    kind: ClassVar[str] = "copy"
    caption: ClassVar[str] = "copy"
    article: ClassVar[str] = "a copy"
    words: ClassVar[Words | None] = Words("copy", (), None, PLAIN, "the same units once more", "copy")

    @classmethod
    def channelwise(cls, groups: int, channels: int) -> bool:
        return True

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

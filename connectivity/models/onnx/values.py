"""What the names of an ONNX graph stand for while it is read: constants, data on its way, what cannot be drawn.

Data is a layer's units seen through an index: an array of the tensor's own shape that holds, for each element, the
number of the unit that it is. So a transposition, a slice or a reshaping costs nothing, and those that undo one another
leave nothing behind; what is left of them when a layer takes the data becomes layers (:mod:`.arranging`). And data is a
term: a function of those units, each by itself, so that operations that are one activation are seen together
(:mod:`.terms`).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from connectivity.errors import ModelError
from connectivity.models.assembly import Value
from connectivity.models.onnx.graph import Node

FILL = -1
"""What an index holds for an element that is no unit, but the data's constant."""


class Constant(NamedTuple):
    """An array that does not depend on the input; ``key`` says where it comes from, the same for the same."""

    array: np.ndarray
    key: Hashable


@dataclass(eq=False)
class Term:
    """A function of each unit of ``base`` by itself: ``op`` of other terms of the same base, and of numbers.

    Without an ``op`` it is the units as they are. ``made``: the layer that computes it, once there is one. ``size`` counts
    the operations in it, ``node`` is the last of them.
    """

    base: Value
    op: str = ""
    operands: tuple[Term | float, ...] = ()
    node: Node | None = None
    made: Value | None = None
    size: int = field(default=0)

    def __post_init__(self) -> None:
        self.size = sum(one.size for one in self.operands if isinstance(one, Term)) + bool(self.op)
        if not self.op:
            self.made = self.base


@dataclass(eq=False)
class Data:
    """What depends on the input: an ``index`` of the tensor's shape into the units of a term.

    Units count through all samples of the batch, each having those of the term's base. ``fill`` is the constant.
    """

    term: Term
    index: np.ndarray
    fill: float = 0.0
    _whole: bool | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The tensor's shape in the model."""
        return self.index.shape

    @property
    def filled(self) -> bool:
        """Whether some elements are the constant."""
        return bool(self.index.size) and bool(self.index.min() < 0)

    def whole(self, units: int) -> bool:
        """Whether all of so many units are among its elements, and nothing else."""
        if self._whole is None:
            flat = self.index.ravel()
            self._whole = not self.filled and flat.size >= units and bool(np.bincount(flat, minlength=units).all())
        return self._whole

    def moved(self, index: np.ndarray) -> Data:
        """The same term through another index."""
        return Data(self.term, index, self.fill)


class Undrawn(NamedTuple):
    """What an operation makes that cannot be drawn. ``label``: it is no picture's concern, as the number of a class."""

    error: ModelError
    label: bool = False


Held = Constant | Data | Undrawn

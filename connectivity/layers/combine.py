"""How a unit makes one number of what reaches it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from connectivity.records import Value, record

if TYPE_CHECKING:
    import numpy as np


@record
class Combination(Value):
    """A sum, unless a subclass says otherwise.

    ``role`` is what a connection that is combined so is called in graphs; ``linear``: doubling what reaches a
    unit doubles its value; ``sign`` is what stands in its units, where that says more than their names; ``passes``:
    it combines values as they are, so that its connections have no weights; ``ordered``: it matters which of the
    terms is the first one, in the order of the layer's inputs.
    """

    role: str = "weight"
    linear: bool = True
    sign: str = ""
    passes: bool = False
    ordered: bool = False

    def __call__(self, terms: Iterable[float]) -> float:
        """One number of ``terms``, which are multiplied already; sums are rounded once (``math.fsum``)."""
        terms = list(terms)
        try:
            return math.fsum(terms)
        except (OverflowError, ValueError):
            return math.nan if any(math.isnan(term) for term in terms) else math.inf

    def reduce(self, terms: np.ndarray) -> np.ndarray | None:
        """The same of the last axis of an array, of which a dropped unit is a 0; None of a kind that has not said how."""
        is_sum = type(self).__call__ is Combination.__call__
        return terms.sum(axis=-1) if is_sum else None

    def beside_zero(self, value: float) -> float:
        """What ``value`` becomes where a dropped unit, a 0, is among what reaches the unit."""
        return value


class _Maximum(Combination):
    def __call__(self, terms: Iterable[float]) -> float:
        """The largest of ``terms``; of none it is minus infinity, as of a window in the padding alone."""
        return max(terms, default=-math.inf)

    def reduce(self, terms: np.ndarray) -> np.ndarray:
        return terms.max(axis=-1, initial=-math.inf)  # type: ignore[no-any-return]  # numpy's max is Any

    def beside_zero(self, value: float) -> float:
        return max(value, 0.0)


class _Minimum(Combination):
    def __call__(self, terms: Iterable[float]) -> float:
        """The smallest of ``terms``; of none it is infinity."""
        return min(terms, default=math.inf)

    def beside_zero(self, value: float) -> float:
        return min(value, 0.0)


class _Absolute(Combination):
    def __call__(self, terms: Iterable[float]) -> float:
        """The sum of the sizes of ``terms``."""
        return super().__call__(map(abs, terms))


class _Quotient(Combination):
    def __call__(self, terms: Iterable[float]) -> float:
        """The first of ``terms`` divided by the product of the others; NaN where that is 0, and of nothing."""
        first, *others = [*terms] or [math.nan]
        divisor = math.prod(others)
        return first / divisor if divisor else math.nan

    def beside_zero(self, value: float) -> float:
        return math.nan  # it is not known which of the terms was dropped


class _Product(Combination):
    def __call__(self, terms: Iterable[float]) -> float:
        """The product of ``terms``."""
        return math.prod(terms)

    def reduce(self, terms: np.ndarray) -> np.ndarray:
        return terms.prod(axis=-1)  # type: ignore[no-any-return]  # numpy's prod is Any

    def beside_zero(self, value: float) -> float:
        return 0.0


@record
class Norm(Combination):
    """The norm of order ``order``, as ``torch.nn.LPPool1d`` has it: ``(sum of x ** p) ** (1 / p)``."""

    role: str = "norm"
    linear: bool = False
    order: float = 2.0

    def __call__(self, terms: Iterable[float]) -> float:
        """The norm of ``terms``; NaN where a root of a negative number would be taken, as in PyTorch."""
        try:
            norm = math.fsum(term**self.order for term in terms) ** (1 / self.order)
        except OverflowError:
            return math.inf
        except TypeError:  # a power of a negative number was complex, and cannot be summed
            return math.nan
        return norm if isinstance(norm, float) else math.nan

    def reduce(self, terms: np.ndarray) -> np.ndarray:
        return (terms**self.order).sum(axis=-1) ** (1 / self.order)  # type: ignore[no-any-return]  # numpy's sum is Any


SUM = Combination()
MEAN = Combination("mean")
IDENTITY = Combination("identity", passes=True)
ADDITION = Combination("identity", sign="+", passes=True)
TOTAL = Combination("sum", sign="+", passes=True)
DIFFERENCE = Combination("difference", sign="\u2212", passes=True)
INTERPOLATION = Combination("interpolation")
MAXIMUM = _Maximum("max", linear=False)
MINIMUM = _Minimum("min", linear=False)
PRODUCT = _Product("product", linear=False, sign="\u00d7", passes=True)
QUOTIENT = _Quotient("quotient", linear=False, sign="\u00f7", passes=True, ordered=True)
ABSOLUTE = _Absolute("l1", linear=False)

BY_ROLE = {
    each.role: each
    for each in (
        *(SUM, MEAN, IDENTITY, TOTAL, DIFFERENCE, INTERPOLATION),
        *(MAXIMUM, MINIMUM, PRODUCT, QUOTIENT, ABSOLUTE, Norm()),
    )
}
"""The combination that a role of a connection stands for."""

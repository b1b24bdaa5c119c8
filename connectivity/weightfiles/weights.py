"""The arrays of a weight file: by name, in its order, with what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from connectivity.errors import WeightsError, visible


class Unusable(NamedTuple):
    """What stands under a name, but cannot be weights: its shape and type as far as they are known, and why."""

    shape: tuple[int, ...] | None
    type: str
    reason: str


@dataclass(frozen=True)
class Layout:
    """How a library names and lays out the arrays of a layer.

    ``parts`` are its names of what PyTorch calls ``weight``, ``bias`` and so on, where they differ; ``turned`` those
    of them that are kernels for channels on the last axis, which are turned to PyTorch's axes.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    turned: tuple[str, ...] = ()


TORCH = Layout()
KERAS = Layout(
    {
        "kernel": "weight",
        "depthwise_kernel": "weight",
        "gamma": "weight",
        "beta": "bias",
        "moving_mean": "running_mean",
        "moving_variance": "running_var",
        "epsilon": "eps",
    },
    turned=("kernel", "depthwise_kernel"),
)


@dataclass(frozen=True, eq=False)
class Weights(Mapping[str, Any]):
    """Arrays by their names, in the order of their file.

    ``ordered``: that order is the layers' own. ``types`` are the types of numbers as the file calls them, where numpy
    has others. ``prefix``: only what is under that name is taken; ``map`` says of layers under which name their
    arrays are. To look up a name whose content cannot be weights raises WeightsError.
    """

    arrays: Mapping[str, Any]
    source: str = ""
    ordered: bool = True
    layout: Layout = TORCH
    types: Mapping[str, str] = field(default_factory=dict)
    prefix: str | None = None
    map: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        found = self.arrays[name]
        if isinstance(found, Unusable):
            raise WeightsError(f"{self.named(name)} {found.reason}")
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    @property
    def holder(self) -> str:
        """What holds the arrays, for sentences: the file, or the weights."""
        return f'"{self.source}"' if self.source else "the weights"

    def named(self, name: str) -> str:
        """An array, for errors: with its file."""
        return f'"{self.source}": {visible(name)}' if self.source else visible(name)

    def chosen(self, prefix: str | None, map: Mapping[str, str] | None) -> Weights:
        """The same arrays with other wishes; None leaves one as it is."""
        return replace(
            self, prefix=self.prefix if prefix is None else prefix, map=self.map if map is None else dict(map)
        )

    def rows(self) -> list[tuple[str, str, str]]:
        """Of each array its name, shape and type, for reading."""
        return [(visible(name), _shape_of(array), self.type_of(name)) for name, array in self.arrays.items()]

    def type_of(self, name: str) -> str:
        """The type of an array's numbers."""
        array = self.arrays[name]
        if isinstance(array, Unusable):
            return visible(array.type)
        return self.types.get(name) or str(np.asarray(array).dtype)

    def checked(self) -> Weights:
        """Itself. Raises WeightsError where it holds no array that could be weights."""
        if not self.arrays:
            raise WeightsError(f"{self.holder} holds no arrays; save some, as h1.weight")
        if all(isinstance(array, Unusable) for array in self.arrays.values()):
            self[next(iter(self.arrays))]
        return self


def read_map(items: Iterable[str]) -> dict[str, str]:
    """Which module each layer takes, of texts. Raises WeightsError for one that is none.

    >>> read_map(["h=encoder.0", "y=head"])
    {'h': 'encoder.0', 'y': 'head'}
    """
    found: dict[str, str] = {}
    for item in items:
        name, equals, module = (part.strip() for part in item.partition("="))
        if not name or not equals or not module:
            raise WeightsError(f'map "{visible(item, 40)}" is not NAME=MODULE, as h=encoder.0')
        if name in found:
            raise WeightsError(f'map names "{visible(name, 40)}" twice; say each layer once')
        found[name] = module
    return found


def _shape_of(array: Any) -> str:
    if isinstance(array, Unusable):
        return "?" if array.shape is None else str(list(array.shape))
    return str(list(np.shape(array)))

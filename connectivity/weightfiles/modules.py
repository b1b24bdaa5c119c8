"""The modules of a weight file: arrays with the same name before their last dot, and what they are made of.

PyTorch keeps some weights in pieces: a weight norm as lengths and directions, a pruned weight with its mask. They are
put together here, as the module does before each use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from connectivity.errors import WeightsError, visible
from connectivity.weightfiles.weights import Unusable, Weights

COUNTERS = ("num_batches_tracked",)
"""Arrays that no layer needs: how often a batch norm was trained."""

_PARAMETRIZED = ".parametrizations."


class Recipe(NamedTuple):
    """How an array is made of others: their names after its own, and the formula; None where the file cannot say."""

    pieces: tuple[str, ...]
    make: Callable[..., np.ndarray] | None


def _normed(lengths: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """A weight norm: ``g * v / |v|``, the norm over the axes that g has not (Salimans and Kingma, 2016).

    Raises ValueError for shapes that are none of a weight norm's.
    """
    whole = (1,) * directions.ndim if lengths.shape == () else lengths.shape
    if len(whole) != directions.ndim or any(
        n not in (1, size) for n, size in zip(whole, directions.shape, strict=True)
    ):
        raise ValueError(f"lengths of shape {lengths.shape}")
    axes = tuple(axis for axis, size in enumerate(whole) if size == 1)
    made: np.ndarray = lengths.reshape(whole) * directions / np.sqrt(np.sum(directions**2, axis=axes, keepdims=True))
    return made


def _masked(original: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """A pruned array: 0 where its mask is. Raises ValueError for shapes that differ."""
    if original.shape != mask.shape:
        raise ValueError(f"a mask of shape {mask.shape}")
    made: np.ndarray = original * mask
    return made


RECIPES = (
    Recipe(("{0}_orig", "{0}_mask"), _masked),
    Recipe(("{0}_orig",), None),
    Recipe(("{0}_g", "{0}_v"), _normed),
    Recipe(("parametrizations.{0}.original0", "parametrizations.{0}.original1"), _normed),
    Recipe(("parametrizations.{0}.original",), None),
)


class Piece(NamedTuple):
    """An array of a module: the names in the file that it is made of, and how; or the one that it is."""

    keys: tuple[str, ...]
    make: Callable[..., np.ndarray] | None = None


class Module(NamedTuple):
    """Arrays that belong together, by their names in PyTorch; ``path`` is the module's name in the file."""

    path: str
    pieces: Mapping[str, Piece]

    def array(self, weights: Weights, part: str) -> np.ndarray:
        """One of the arrays. Raises WeightsError where it is not stored as numbers."""
        keys, make = self.pieces[part]
        found = [_real(weights, key) for key in keys]
        if make is None and _is_made(part, keys[0]):
            raise WeightsError(
                f"{weights.named(keys[0])} is only what its {part} is made of, and the file does not say how; save "
                "the model after torch.nn.utils.parametrize.remove_parametrizations, or remove_spectral_norm"
            )
        if make is None:
            return found[0]
        try:
            with np.errstate(all="ignore"):  # a direction of no length: said where numbers are checked
                return make(*(array.astype(np.float64) for array in found))
        except ValueError as error:
            raise WeightsError(
                f"{weights.named(keys[0])} and {keys[1]} do not fit each other; save the model anew"
            ) from error


def _is_made(part: str, key: str) -> bool:
    return any(key.endswith(recipe.pieces[0].format(part)) for recipe in RECIPES if recipe.make is None)


def _real(weights: Weights, key: str) -> np.ndarray:
    """An array of numbers. Raises WeightsError for what is none."""
    value: Any = weights[key]
    if hasattr(value, "detach"):  # a tensor of PyTorch, which may be on another device, or of a type that numpy has not
        value = value.detach().cpu().double()
    try:
        return np.asarray(value)
    except (ValueError, TypeError, RuntimeError) as error:
        why = "its rows are not equally long" if "inhomogeneous" in str(error) else visible(str(error))
        raise WeightsError(
            f"{weights.named(key)} is not an array of numbers: {why}; give one, as numpy.zeros((4, 6))"
        ) from error


def modules_of(weights: Weights) -> dict[str, Module]:
    """The modules by their names, in the order of the file."""
    keys: dict[str, dict[str, str]] = {}
    for key in weights.arrays:
        path, part = split(key)
        if part not in COUNTERS:
            keys.setdefault(path, {})[part] = key
    return {path: Module(path, _pieces(parts, weights)) for path, parts in keys.items()}


def split(key: str) -> tuple[str, str]:
    """The name of an array's module, and what it is there.

    >>> split("body.0.weight"), split("weight"), split("body.0.parametrizations.weight.original0")
    (('body.0', 'weight'), ('', 'weight'), ('body.0', 'parametrizations.weight.original0'))
    """
    path, found, rest = f".{key}".partition(_PARAMETRIZED)
    if found:
        return path[1:], _PARAMETRIZED[1:] + rest
    path, _, part = key.rpartition(".")
    return path, part


def _pieces(parts: Mapping[str, str], weights: Weights) -> dict[str, Piece]:
    """The arrays of a module, of which ``parts`` are the names in it and in the file."""
    left = dict(parts)
    pieces: dict[str, Piece] = {}
    for part in ("weight", "bias"):
        for recipe in RECIPES:
            names = [piece.format(part) for piece in recipe.pieces]
            if part not in left and all(name in left for name in names):
                pieces[part] = Piece(tuple(left.pop(name) for name in names), recipe.make)
                break
    for name, key in left.items():
        pieces[weights.layout.parts.get(name, name)] = Piece((key,))
    return pieces


def shape_of(weights: Weights, piece: Piece) -> tuple[int, ...] | None:
    """The shape of an array without putting it together; None where it is not known. That of its largest piece."""
    shapes = [_shape(weights.arrays[key]) for key in piece.keys]
    known = [shape for shape in shapes if shape is not None]
    return max(known, key=lambda shape: (len(shape), int(np.prod(shape))), default=None)


def _shape(array: Any) -> tuple[int, ...] | None:
    if isinstance(array, Unusable):
        return array.shape
    try:
        return tuple(np.shape(array))
    except ValueError:  # lists of unequal lengths
        return None

"""One layer of a Keras model: what its configuration says, checked, and its arrays."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from connectivity.errors import ModelError, visible
from connectivity.layers.base import SIZE_LIMIT
from connectivity.models.keras.archive import Archive
from connectivity.models.workbench import Tensor, Workbench


class UndrawableError(ModelError):
    """A layer that is as Keras has it, and that no layer here does."""


class Scope:
    """Where in a file the arrays of a model's layers are.

    In files of today a layer is called after its class, and counted, ``layers/conv1d_1/vars/0``; in the older ones
    after its name, with those of models inside it beside its own, ``dense/dense/kernel:0``.
    """

    def __init__(self, archive: Archive, path: str = "", inner: str = "") -> None:
        self._archive, self._path, self._inner = archive, path, inner

    def of_layers(self, entries: Sequence[Mapping[str, Any]]) -> list[Scope]:
        """The scopes of a model's layers, in order."""
        if self._archive.legacy:
            names = [_text(entry, "name") for entry in entries]
            return [Scope(self._archive, self._path or name, name if self._path else "") for name in names]
        counts: dict[str, int] = {}
        scopes = []
        for entry in entries:
            stem = snake_case(_text(entry, "class_name"))
            number = counts[stem] = counts.get(stem, -1) + 1
            scopes.append(self._child(f"{stem}_{number}" if number else stem, _text(entry, "name")))
        return scopes

    def _child(self, counted: str, name: str) -> Scope:
        """The scope of a layer: where the file says that it is, else where it is by counting."""
        above = [f"{self._path}/{part}".strip("/") for part in ("layers", "_layer_checkpoint_dependencies")]
        root = next(
            (
                path
                for path in above
                if any(key.startswith(f"{path}/") for key in self._archive.owners | self._archive.arrays)
            ),
            above[0],
        )
        ending = "/vars"
        said = [
            path.removesuffix(ending)
            for path, owner in self._archive.owners.items()
            if owner == name and path.endswith(ending) and path.removesuffix(ending).rpartition("/")[0] == root
        ]
        return Scope(self._archive, said[0] if len(said) == 1 else f"{root}/{counted}")

    def wrapped(self) -> Scope:
        """The scope of the layer that this one, a wrapper, has in it."""
        return self if self._archive.legacy else Scope(self._archive, f"{self._path}/layer")

    @property
    def identity(self) -> tuple[str, str]:
        """What tells it from all others."""
        return self._path, self._inner

    def arrays(self, names: Sequence[str]) -> dict[str, Any]:
        """The arrays of a layer, which are ``names`` in this order. Those that are not there are left out."""
        if not self._archive.legacy:
            found = {name: self._archive.arrays.get(f"{self._path}/vars/{n}") for n, name in enumerate(names)}
            return {name: array for name, array in found.items() if array is not None}
        arrays = {}
        for path, array in self._archive.arrays.items():
            top, *rest = path.split("/")
            name = rest[-1].partition(":")[0] if rest else ""
            if top == self._path and name in names and (not self._inner or self._inner in rest[:-1]):
                arrays[name] = array
        return arrays


class Reading:
    """A layer that is read: its configuration and its arrays, and the bench that it is put on."""

    def __init__(
        self, bench: Workbench, class_name: str, name: str, config: Mapping[str, Any], scope: Scope, version: str
    ) -> None:
        self.bench = bench
        self.class_name, self.name, self.version = class_name, name, version
        self.scope = scope
        self._config = config

    def inside(self, class_name: str, config: Mapping[str, Any]) -> Reading:
        """What stands in its configuration as if it were a layer of its own: an activation."""
        return Reading(self.bench, class_name, self.name, config, self.scope, self.version)

    @property
    def where(self) -> str:
        """What errors call it."""
        return f'layer "{visible(self.name)}" ({visible(self.class_name)})'

    def said(self, key: str, default: Any = None) -> Any:
        """What the configuration says of ``key``, unchecked."""
        value = self._config.get(key, default)
        return default if value is None else value

    def whole(self, key: str, default: int | None = None, least: int = 1) -> int:
        """A whole number; also where it stands alone in a list."""
        value = self.said(key, default)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= SIZE_LIMIT:
            self.fail(f"{key} is {visible(repr(value), 40)}; a whole number from {least} to {SIZE_LIMIT:,} is needed")
        return int(value)

    def wholes(self, key: str, least: int = 0) -> list[int]:
        """Some whole numbers."""
        value = self.said(key)
        if isinstance(value, int) and not isinstance(value, bool):
            value = [value]
        if not isinstance(value, list) or not all(
            isinstance(each, int) and not isinstance(each, bool) and least <= each <= SIZE_LIMIT for each in value
        ):
            self.fail(f"{key} is {visible(repr(value), 40)}; whole numbers from {least} to {SIZE_LIMIT:,} are needed")
        return list(value)

    def number(self, key: str, default: float | None = None) -> float:
        """A finite number."""
        value = self.said(key, default)
        if isinstance(value, dict):  # an array of one, as Keras writes numbers of numpy
            value = value.get("config", {}).get("value") if isinstance(value.get("config"), dict) else None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            self.fail(f"{key} is {visible(repr(value), 40)}; a finite number is needed")
        return float(value)

    def choice(self, key: str, legal: Sequence[str], default: str) -> str:
        """One of some words."""
        value = self.said(key, default)
        if value not in legal:
            self.fail(f"{key} is {visible(repr(value), 40)}; it is read if it is one of {', '.join(legal)}")
        return str(value)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        return bool(self.said(key, default))

    @property
    def channels_last(self) -> bool:
        """Whether its channels are the last axis of its tensors."""
        return self.choice("data_format", ("channels_last", "channels_first"), "channels_last") == "channels_last"

    def arrays(self, names: Sequence[str]) -> dict[str, Any]:
        """Its arrays, all of ``names`` that the configuration does not rule out, as 64-bit numbers."""
        arrays = self.scope.arrays(names)
        missing = next((name for name in names if name not in arrays), None)
        if missing is not None:
            self.fail(f"the file has no {missing} of it")
        converted = {name: np.asarray(array, dtype=np.float64) for name, array in arrays.items()}
        wrong = next((name for name, array in converted.items() if not np.isfinite(array).all()), None)
        if wrong is not None:
            self.fail(f"{wrong} holds numbers that are not finite")
        return converted

    def kernel(self, array: Any, shape: Sequence[int | None], name: str = "kernel") -> Any:
        """An array, if it has ``shape``, in which None is any number."""
        fits = len(array.shape) == len(shape) and all(b in (None, a) for a, b in zip(array.shape, shape, strict=True))
        if not fits or 0 in array.shape:
            listed = ", ".join("any" if size is None else str(size) for size in shape)
            self.fail(f"its {name} has the shape {list(array.shape)}, where [{listed}] is needed")
        return array

    def fail(self, message: str) -> NoReturn:
        """Raise ModelError with the layer's name."""
        raise self.error(message)

    def undrawable(self, message: str = "it cannot be drawn") -> UndrawableError:
        """An error with the layer's name, of what is right but cannot be drawn."""
        return UndrawableError(f"{self.where}: {message}")

    def error(self, message: str) -> ModelError:
        """An error with the layer's name."""
        return ModelError(f"{self.where}: {message}; from and until draw another part of the model")

    def first(self, tensors: Sequence[Tensor]) -> Tensor:
        """Its input, if it has one alone."""
        if len(tensors) != 1:
            self.fail(f"{len(tensors)} inputs, where it takes one")
        return tensors[0]


def snake_case(name: str) -> str:
    """A class as Keras calls its layers in files.

    >>> snake_case("SeparableConv1D"), snake_case("LeakyReLU")
    ('separable_conv1d', 'leaky_re_lu')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _text(entry: Mapping[str, Any], key: str) -> str:
    """A text of a layer's entry, or of its configuration."""
    config = entry.get("config")
    value = entry.get(key) or (config.get(key) if isinstance(config, dict) else None)
    return value if isinstance(value, str) else ""

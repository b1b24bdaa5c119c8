"""Which array of a weight file goes to which layer of a network.

A layer takes the module that it says (``load=``, or ``map``), else the one of its name, else the only one whose name
ends in its own. What is left is in order: a layer that nobody named takes the module after that of the layer before
it, if the file states an order and every shape fits. Anything else is an error that says what would be assigned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from connectivity.errors import WeightsError, suggestion, visible
from connectivity.layers.base import count
from connectivity.network import Network, Stage
from connectivity.weightfiles.modules import COUNTERS, Module, modules_of
from connectivity.weightfiles.numbers import check_dtype
from connectivity.weightfiles.weights import KERAS, Weights

KERAS_EPSILON = 0.001
"""What Keras adds to variances unless it is told otherwise, which some of its files do not say."""

_SHOWN = 8  # the most names that a message lists
_SUGGESTED = 30  # the most among which it looks for what may be meant


class Assigned(NamedTuple):
    """The arrays of each layer by its name, in PyTorch's shapes; where every array of the file went; what to say.

    ``targets`` are names of arrays in the network (``h1.weight``) by those in the file; ``notes`` name arrays that no
    layer takes.
    """

    arrays: Mapping[str, Mapping[str, np.ndarray]]
    targets: Mapping[str, str]
    notes: Sequence[str]


def assign(network: Network, weights: Weights) -> Assigned:
    """The arrays of every layer of ``network`` with weights of its own. Raises WeightsError where that is not clear."""
    return _Assignment(network, weights).assigned()


class _Assignment:
    def __init__(self, network: Network, weights: Weights) -> None:
        self._network, self._weights = network, weights
        self._bearing = [
            stage for n, stage in enumerate(network.stages) if stage.layer.has_weights and stage.owner == n
        ]
        self._modules = {module.path: module for module in modules_of(weights).values()}
        self._start = ""
        if weights.prefix is not None:
            base = self._base(weights.prefix)
            self._start = f"{base}."
            self._modules = {p: m for p, m in self._modules.items() if p == base or p.startswith(self._start)}
        self._tied: set[str] = set()

    def assigned(self) -> Assigned:
        """All of it."""
        modules = self._in_order(self._by_name())
        arrays = {
            stage.name: self._taken(stage, modules[stage.name]) for stage in self._bearing if stage.name in modules
        }
        self._ask_for_biases(modules)
        targets = {
            key: f"{stage.name}.{part}"
            for stage in self._bearing
            if stage.name in modules
            for part, piece in modules[stage.name].pieces.items()
            if part in arrays[stage.name]
            for key in piece.keys
        }
        return Assigned(arrays, targets, [*self._left(modules), *self._unsaid(modules)])

    def _base(self, prefix: str) -> str:
        """The name that a prefix stands for: itself, or the only one that ends in it."""
        prefix = prefix.strip(".")
        steps = [path.split(".") for path in self._modules]
        names = dict.fromkeys(".".join(path[:n]) for path in steps for n in range(1, len(path) + 1))
        found = [prefix] if prefix in names else [name for name in names if name.endswith(f".{prefix}")]
        if len(found) != 1:
            said = (
                f"{_listed(found)} end in it"
                if found
                else f"no name begins with it{suggestion(prefix, sorted(names, key=lambda name: name.count('.'))[:_SUGGESTED])}"
            )
            raise WeightsError(
                f'the prefix "{visible(prefix)}" does not say which arrays of {self._weights.holder}: {said}'
            )
        return found[0]

    def _says(self, verb: str) -> str:
        return _says(self._weights, verb)

    def _by_name(self) -> dict[str, Module]:
        """The modules of the layers that say one, or have the name of one."""
        names = [stage.name for stage in self._bearing]
        for name in self._weights.map:
            if name not in names:
                raise WeightsError(
                    f'map names "{visible(name)}": no layer with weights has that name{suggestion(name, names)}'
                )
        modules: dict[str, Module] = {}
        for stage in self._bearing:
            wish = self._weights.map.get(stage.name, stage.layer.load)
            module = self._named(stage) if wish is None else self._wished(stage.name, wish)
            if module is not None:
                modules[stage.name] = module
        return modules

    def _wished(self, layer: str, wish: str) -> Module:
        """The module that a layer says. Raises WeightsError where it is none, or could be several."""
        wish = wish.strip(".")
        ends = {path: f".{path}." for path in self._modules}
        found = (
            [path for path in ends if path in (wish, self._start + wish)]
            or [path for path in ends if ends[path].endswith(f".{wish}.")]
            or [path for path in ends if f".{wish}." in ends[path]]
        )
        if len(found) == 1:
            return self._modules[found[0]]
        said = f"it could be {_listed(found)}" if found else f"there are {_listed(self._modules)}"
        raise WeightsError(f'{self._says("does")} not say what "{visible(wish)}" is, which {layer} takes: {said}')

    def _named(self, stage: Stage) -> Module | None:
        """The module that has the name of a layer, or whose name alone ends in it."""
        exact = self._modules.get(self._start + stage.name)
        if exact is not None or stage.layer.weight is not None:
            return exact
        found = [path for path in self._modules if path.endswith(f".{stage.name}")]
        if len(found) > 1 and stage.layer.name is not None:
            raise WeightsError(
                f"{self._says('has')} several modules called {stage.name}: {_listed(found)}; say which, as "
                f"{stage.name}={found[0]} of --map, or load={found[0]} at the layer"
            )
        return self._modules[found[0]] if len(found) == 1 else None

    def _in_order(self, modules: dict[str, Module]) -> dict[str, Module]:
        """The modules of all layers: those that have one, and the others in the order of the file."""
        rest = [stage for stage in self._bearing if stage.name not in modules and stage.layer.weight is None]
        if not rest:
            return modules
        if not self._modules:
            raise WeightsError(
                f"{self._says('holds')} no arrays for layers, as h1.weight; --list-weights says what it holds"
            )
        guess = self._walk(modules) if self._ordered() else {**modules, **self._fitting(rest, modules)}
        unknown = [stage.name for stage in rest if stage.layer.name is not None]
        if unknown:
            raise WeightsError(
                f'{self._says("holds")} no "{unknown[0]}.weight", and nothing that ends in .{unknown[0]}.weight; there are '
                f"{_listed(self._weights.arrays)}{self._meant(rest, guess)}"
            )
        alone = len(rest) == len(self._modules) - len({module.path for module in modules.values()}) == 1
        if not self._ordered() and not (alone and rest[0].name in guess):
            raise WeightsError(
                f"{self._says('states')} no order of its modules ({_listed(self._modules)}), and none is called "
                f"{_listed((stage.name for stage in rest), ' or ')}{self._meant(rest, guess)}"
            )
        self._check_fit(rest, guess)
        return guess

    def _ordered(self) -> bool:
        """Whether the order of the modules is that of the layers: as the file states, or their names by numbers alone."""
        return self._weights.ordered or len({re.sub(r"(?<![^.])\d+(?![^.])", "#", path) for path in self._modules}) == 1

    def _walk(self, modules: Mapping[str, Module]) -> dict[str, Module]:
        """The module of each layer where those without one take the next that is free, as far as there are any."""
        paths = list(self._modules)
        taken = {module.path for module in modules.values()}
        found = dict(modules)
        place = 0
        for number, stage in enumerate(self._network.stages):
            if stage.name in modules:
                place = paths.index(modules[stage.name].path) + 1
            elif stage.layer.has_weights and stage.owner != number:
                place += self._is_tied(paths[place:], found.get(self._network.stages[stage.owner].name))
            elif stage.layer.has_weights and stage.layer.weight is None:
                place = next((n for n in range(place, len(paths)) if paths[n] not in taken), len(paths))
                if place < len(paths):
                    found[stage.name] = self._modules[paths[place]]
                    place += 1
        return found

    def _is_tied(self, paths: Sequence[str], owner: Module | None) -> bool:
        """Whether the next module has the very weights of ``owner``, which a layer shares: it is no other layer's."""
        if not paths or owner is None:
            return False
        module = self._modules[paths[0]]
        try:
            same = module.pieces.keys() == owner.pieces.keys() and all(
                np.array_equal(module.array(self._weights, part), owner.array(self._weights, part))
                for part in owner.pieces
            )
        except WeightsError:  # of what is no array of numbers
            return False
        if same:
            self._tied.add(module.path)
        return same

    def _fitting(self, rest: Sequence[Stage], modules: Mapping[str, Module]) -> dict[str, Module]:
        """For each layer the first free module that fits it: what may be meant where no order is stated."""
        free = [module for path, module in self._modules.items() if path not in {m.path for m in modules.values()}]
        found: dict[str, Module] = {}
        for stage in rest:
            fitting = next((module for module in free if self._misfit(stage, module) is None), None)
            if fitting is not None:
                free.remove(fitting)
                found[stage.name] = fitting
        return found

    def _meant(self, rest: Sequence[Stage], guess: Mapping[str, Module]) -> str:
        """What may be meant, and how to say it; nothing where it would not fit."""
        if not all(stage.name in guess and self._misfit(stage, guess[stage.name]) is None for stage in rest):
            return f"; say which is which, as {self._mapped([('NAME', 'MODULE')])}, or load=MODULE at the layer"
        said = [(stage.name, visible(guess[stage.name].path) or ".") for stage in rest]
        more = f" and so on, {len(said)} in all" if len(said) > _SHOWN else ""
        return f"; if this is meant, say {self._mapped(said[:_SHOWN])}{more} (or load=MODULE at the layer)"

    def _mapped(self, pairs: Sequence[tuple[str, str]]) -> str:
        """How a map is said: of a file in the words of the command line, of arrays, which only Python has, in its own."""
        if self._weights.source:
            return " ".join(f"--map {name}={module}" for name, module in pairs)
        said = ", ".join(f'"{name}": "{module}"' for name, module in pairs)
        return f"map={{{said}}}"

    def _check_fit(self, rest: Sequence[Stage], guess: Mapping[str, Module]) -> None:
        """Raise WeightsError where there are fewer modules than layers, or one does not fit its layer."""
        missing = next((stage.name for stage in rest if stage.name not in guess), None)
        if missing is not None:
            raise WeightsError(
                f"{self._says('holds')} nothing more for {missing}: {'it is' if self._weights.source else 'they are'} of "
                f"{count(len(self._modules), 'layer')} ({_listed(self._modules)}), and the network has "
                f"{len(self._bearing)} with weights ({_listed(stage.name for stage in self._bearing)}); say which is which, as "
                f"{self._mapped([('NAME', 'MODULE')])}"
            )
        for stage in rest:
            wrong = self._misfit(stage, guess[stage.name])
            if wrong is not None:
                order = (f"{one.name} = {visible(guess[one.name].path) or 'all'}" for one in rest)
                raise WeightsError(
                    f"{wrong} (in order: {_listed(order)}; {self._mapped([('NAME', 'MODULE')])} says another)"
                )

    def _misfit(self, stage: Stage, module: Module) -> str | None:
        """Why a module is not that of a layer; None where it may be."""
        try:
            self._taken(stage, module)
        except WeightsError as error:
            return str(error)
        return None

    def _taken(self, stage: Stage, module: Module) -> dict[str, np.ndarray]:
        """The arrays that a layer takes from a module. Raises WeightsError where they are not those of the layer."""
        layer, weights = stage.layer, self._weights
        tensors = layer.tensors(*stage.inputs)
        arrays: dict[str, np.ndarray] = {}
        for part, tensor in tensors.items():
            if part == "bias" and layer.bias is False:
                continue
            if part in module.pieces and not (part == "weight" and layer.weight is not None):
                arrays[part] = self._fitted(stage, module, part, tensor.shape)
            elif tensor.default is None and layer.weight is None and (part != "bias" or layer.bias):
                raise WeightsError(
                    f'{self._says("holds")} no "{_joined(module.path, part)}" (shape {list(tensor.shape)}), which '
                    f"{stage.name} needs; there are {_listed(weights.arrays)}"
                )
        for part, piece in module.pieces.items():
            if part not in tensors and part not in layer.passed_over:
                names = [_joined(module.path, name) for name in tensors]
                hint = (
                    "; say batchnorm where its layer is one"
                    if part.startswith("running_")
                    else suggestion(piece.keys[0], names)
                )
                raise WeightsError(f"{weights.named(piece.keys[0])} is no array of {stage.name} ({layer.kind}){hint}")
        return arrays

    def _fitted(self, stage: Stage, module: Module, part: str, shape: tuple[int, ...]) -> np.ndarray:
        """An array of a module in the shape that the layer needs."""
        key = self._weights.named(module.pieces[part].keys[0])
        array = module.array(self._weights, part)
        check_dtype(array.dtype, key)
        turned = array
        if module.pieces[part].keys[0].rpartition(".")[2] in self._weights.layout.turned:
            self._check_order(stage, part, key)
            turned = stage.layer.from_channels_last(part, array, *stage.inputs)
        if turned.shape != shape:
            form = " in PyTorch's form" if self._weights.layout.turned else ""
            raise WeightsError(f"{key} has shape {list(array.shape)}, but {stage.name} needs {list(shape)}{form}")
        return turned

    def _check_order(self, stage: Stage, part: str, key: str) -> None:
        """Raise WeightsError for a layer over units that were put in another order: which one, its weights do not say."""
        before = self._network.stages[stage.sources[0]]
        mixed = before.layer.rearranges and len(before.inputs) == 1 and min(before.inputs[0]) > 1
        if part == "weight" and mixed and stage.layer.window(*stage.inputs) is None:
            raise WeightsError(
                f"{key} is in the order of Keras's Flatten, position by position, but {before.name} ({before.layer.kind}) goes "
                f"channel by channel: leave {before.name} out, since {stage.layer.kind} flattens by itself"
            )

    def _ask_for_biases(self, modules: Mapping[str, Module]) -> None:
        """Raise WeightsError for biases that the network does not speak of: to draw them or not is not ours to choose."""
        silent = [
            stage.name
            for stage in self._bearing
            if stage.layer.bias is None and stage.name in modules and "bias" in modules[stage.name].pieces
        ]
        if silent:
            raise WeightsError(
                f"{self._says('holds')} {'a bias' if len(silent) == 1 else 'biases'} for {_listed(silent)}, "
                "of which the network says nothing: say bias at the layer, as in conv:3,bias, or bias=false to leave it out"
            )

    def _left(self, modules: Mapping[str, Module]) -> list[str]:
        """A note of the arrays that no layer takes."""
        used = {module.path for module in modules.values()} | self._tied
        keys = [
            key
            for path, module in self._modules.items()
            if path not in used
            for piece in module.pieces.values()
            for key in piece.keys
            if key.rpartition(".")[2] not in COUNTERS
        ]
        return [f"{self._says('holds')} more than the network takes: {_listed(keys)}"] if keys else []

    def _unsaid(self, modules: Mapping[str, Module]) -> list[str]:
        """A note of batch norms whose epsilon may be another than the network's."""
        if self._weights.layout is not KERAS:
            return []
        silent = [
            stage.name
            for stage in self._bearing
            if stage.name in modules and "eps" not in modules[stage.name].pieces
            for part, tensor in stage.layer.tensors(*stage.inputs).items()
            if part == "eps" and tensor.default != KERAS_EPSILON
        ]
        return (
            [
                f"{self._says('does')} not say the epsilon of {_listed(silent)}; Keras's is {KERAS_EPSILON} unless told: "
                f"eps={KERAS_EPSILON} says so"
            ]
            if silent
            else []
        )


def _joined(path: str, part: str) -> str:
    return f"{visible(path)}.{part}" if path else part


def _says(weights: Weights, verb: str) -> str:
    """What holds the arrays, with its verb: the file holds, the weights hold."""
    plural = {"is": "are", "has": "have", "does": "do"}
    return f"{weights.holder} {verb if weights.source else plural.get(verb, verb.removesuffix('s'))}"


def _listed(names: Iterable[str], between: str = ", ") -> str:
    """Names for a message, as many as fit it."""
    shown = [visible(str(name), 60) or "." for name in names]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return between.join(shown[:_SHOWN]) + more

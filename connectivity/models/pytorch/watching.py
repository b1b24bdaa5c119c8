"""A module of PyTorch, run on an example while every function that it calls is watched.

This sees what the module computes whatever its code is like: branches, loops and containers are Python's own and have
been run when the watching ends; weights that are computed (weight norm, parametrizations, masks of pruning) come out as
the numbers they are. What only looks at other numbers is neither stopped nor kept. Of tensors that depend on the
input it is known which units they are; of all others, their numbers.

torch is not imported here: it is there when somebody has a module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from connectivity.errors import ConnectivityError, ModelError, visible
from connectivity.models.arrangement import ZERO, Places
from connectivity.models.workbench import Tensor, Workbench

READERS = frozenset(
    [
        "item",
        "tolist",
        "numpy",
        "__bool__",
        "__float__",
        "__int__",
        "__index__",
        "equal",
        "allclose",
        "is_nonzero",
        "__array__",
        "__contains__",
    ]
)
"""Functions that give numbers of a tensor to Python, which may decide by them."""

PASSING = frozenset(
    [
        "contiguous",
        "clone",
        "detach",
        "to",
        "float",
        "double",
        "half",
        "bfloat16",
        "type",
        "type_as",
        "cpu",
        "cuda",
        "requires_grad_",
        "alias",
        "data",
        "real",
        "positive",
        "dropout",
        "dropout1d",
        "alpha_dropout",
        "feature_dropout",
        "feature_alpha_dropout",
        "identity",
    ]
)
"""Functions that return their first argument, as far as a picture goes; dropout does, in evaluation."""

SHAPES = frozenset(
    [
        "zeros_like",
        "ones_like",
        "empty_like",
        "full_like",
        "rand_like",
        "randn_like",
        "new_zeros",
        "new_ones",
        "new_empty",
        "new_full",
        "new_tensor",
    ]
)
"""Functions of which the result has something of their argument, but no number."""

_IN_PART = "assignment to a part"


class Unknown(NamedTuple):
    """A tensor that no layer makes: which function did, and in which module; ``last`` is that which ended before."""

    function: str
    place: str
    last: str = ""


Known: TypeAlias = Tensor | Unknown


class Place(NamedTuple):
    """A module that is running: its path from the whole, what its class is called, and whether it has others in it."""

    path: str
    kind: str
    leaf: bool


class Call:
    """A call of a function: the bench it is done on, and what a layer that comes of it is called."""

    def __init__(self, watch: Watch, function: Callable[..., Any], word: str) -> None:
        self.bench = watch.bench
        self.function = function
        self.word = word
        self._watch = watch

    def name(self, word: str = "") -> str:
        """The name of a layer: the module's, or where that has others in it, ``word`` there."""
        place = self._watch.place
        return place.path if place.leaf else f"{place.path}.{word or self.word}".strip(".")

    @property
    def owner(self) -> str:
        """The name of a layer with weights: that of the module that has them."""
        return self._watch.place.path or self.word

    def shared(self, weight: Any, bias: Any) -> Any:
        """What weights are known by, so that those of one tensor are shared; of computed ones their numbers count."""
        return self._watch.identity(weight, bias)

    def array(self, tensor: Any) -> Any:
        """The numbers of a constant tensor, as an array of numpy."""
        return array_of(tensor)


def array_of(tensor: Any) -> Any:
    """The numbers of a constant tensor, or of a number, as an array of numpy, in 64 bits: its own, whatever comes."""
    if hasattr(tensor, "detach"):
        return tensor.detach().cpu().double().numpy().copy()
    return np.asarray(tensor, dtype=np.float64)


class Watch:
    """What is known of the tensors of a run.

    ``table`` has for names of functions what makes layers of their calls; ``moves`` are names of functions that put
    elements elsewhere and compute nothing; ``identities`` are the names of parameters, by their ids.
    """

    def __init__(
        self,
        bench: Workbench,
        table: Mapping[str, Callable[..., Any]],
        moves: frozenset[str],
        identities: Mapping[int, str],
    ) -> None:
        self.bench = bench
        self.places: list[Place] = []
        self.last = ""  # the module that was left last
        self.events: list[tuple[str, str, bytes]] = []
        self._table, self._moves, self._identities = table, moves, identities
        self._known: dict[int, tuple[Any, Known]] = {}  # by the id of a tensor, which is kept so that it stays its own
        self._biases: dict[int, tuple[int, str]] = {}

    @property
    def place(self) -> Place:
        """The innermost module that is running."""
        return self.places[-1] if self.places else Place("", "", False)

    def learn(self, tensor: Any, known: Known) -> None:
        """Note what a tensor is."""
        self._known[id(tensor)] = (tensor, known)

    def known(self, tensor: Any) -> Known | None:
        """What a tensor is, if it depends on an input."""
        entry = self._known.get(id(tensor))
        return None if entry is None else entry[1]

    def forget(self, reason: Unknown) -> None:
        """From here on nothing that was known counts."""
        self._known = {key: (tensor, reason) for key, (tensor, _) in self._known.items()}

    def called(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What ``function`` returns, of which is noted what layers it comes to. Raises ModelError where Python decides."""
        word = word_of(function)
        if word in SHAPES or not any(self.known(each) is not None for each in tensors_in([args, kwargs])):
            return function(*args, **kwargs)
        if word in READERS:
            raise ModelError(f"{self._here()}decides by the values of its input ({word}); a graph has one course")
        self.events.append((word, self.place.path, self._digest(args, kwargs)))
        before = self._tracked(args), self._tracked(kwargs)  # what they are before they are changed in place
        if word == "__setitem__":
            known = self._assigned(*before[0])
            function(*args, **kwargs)
            self._spoil(args[0], "assignment to a part")
            self.learn(args[0], known)
            return None
        result = function(*args, **kwargs)
        results = list(tensors_in(result))
        if results:
            made = self._made(function, word, *before)
            self._changed(result, args, word)
            for tensor, known in zip(results, self._paired(made, len(results), word), strict=True):
                self.learn(tensor, known)
        return result

    def _made(self, function: Callable[..., Any], word: str, args: Any, kwargs: Any) -> Any:
        """What the results of a call are: a tensor or several, or unknown."""
        unknown = next((each for each in known_in([args, kwargs]) if isinstance(each, Unknown)), None)
        if unknown is not None:
            return unknown
        name = word if word.startswith("__") else word.rstrip("_")
        call = Call(self, function, name)
        try:
            if name in PASSING:
                self._note_dropout(name, args, kwargs)
                return args[0]
            if name in self._moves:
                return moved(function, args, kwargs, [args[0]] if name.endswith("_as") else args)
            if name in self._table:
                return self._table[name](call, *args, **kwargs)
        except ConnectivityError as error:
            raise ModelError(f"{self._here()}{error}; until and from_ draw what is before or behind it") from error
        except (NotImplementedError, TypeError):  # or it is called in a way that is not known
            pass
        return self._unknown(name)

    def _note_dropout(self, name: str, args: Any, kwargs: Any) -> None:
        """Say that a dropout is left out which its code never switches off."""
        training = kwargs.get("training", args[2] if len(args) > 2 else True)
        if "dropout" in name and training is True:
            self.bench.assembly.note(f"{self._here()}{name} drops units even in evaluation; that is left out")

    def _unknown(self, name: str) -> Unknown:
        """A tensor that function ``name`` made, where we are."""
        outer = next((place for place in reversed(self.places) if place.path), self.place)
        return Unknown(name, f"{outer.path} ({outer.kind})" if outer.path else outer.kind, self.last)

    def _paired(self, made: Any, number: int, word: str) -> Sequence[Known]:
        """One for each result; those that a function did not speak of are unknown."""
        if isinstance(made, (Tensor, Unknown)):
            made = [made]
        return [*made, *[made[0] if isinstance(made[0], Unknown) else self._unknown(word)] * number][:number]

    def _changed(self, result: Any, args: tuple[Any, ...], word: str) -> None:
        """After a change in place: other tensors of the same memory are not known any more."""
        if args and result is args[0] and word not in self._moves and word not in PASSING:
            self._spoil(result, word)

    def _spoil(self, changed: Any, word: str) -> None:
        memory = changed.untyped_storage().data_ptr()
        for key, (tensor, _) in list(self._known.items()):
            if tensor is not changed and tensor.untyped_storage().data_ptr() == memory:
                self._known[key] = (tensor, self._unknown(f"{word}, which changes it in place,"))

    def _assigned(self, old: Any, index: Any, value: Any) -> Known:
        """What ``old[index] = value`` makes: known where it is zeros, or units of the same layer."""
        plain = all(isinstance(each, (int, slice, type(None), type(...))) for each in _flat([index]))
        places: Places | None = None
        if isinstance(value, Tensor) and plain:
            if isinstance(old, Tensor) and old.value == value.value:
                places = old.places
            elif not isinstance(old, (Tensor, Unknown)) and not bool(old.any()):
                places = np.full(tuple(old.shape), ZERO)
            return self._unknown(_IN_PART) if places is None else value.seen(_put(places, index, value.places))
        if isinstance(old, Tensor) and not isinstance(value, Unknown) and plain and not np.any(array_of(value)):
            return old.seen(_put(old.places, index, np.asarray(ZERO)))
        return self._unknown(_IN_PART)

    def _tracked(self, value: Any) -> Any:
        """``value`` with what is known in place of tensors; a tensor before a change, as a copy."""
        if isinstance(value, dict):
            return {key: self._tracked(each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return (
                type(value)(map(self._tracked, value)) if type(value) in (list, tuple) else [*map(self._tracked, value)]
            )
        known = self.known(value)
        return value if known is None else known

    def identity(self, weight: Any, bias: Any) -> Any:
        """See :meth:`Call.shared`."""
        name = self._identities.get(id(weight))
        if name is None:
            return (self.place.path, _digest_of(weight), None if bias is None else _digest_of(bias))
        first = self._biases.setdefault(id(weight), (id(bias), name))
        if first[0] != id(bias):
            self.bench.assembly.note(
                f"{self.place.path}: has the weight {name}, but a bias of its own, and so is drawn with weights of its own"
            )
        return (id(weight), id(bias))

    def _digest(self, args: Any, kwargs: Any) -> bytes:
        """The constants of a call in short: another run must have the same."""
        digest = hashlib.sha256()
        for each in tensors_in([args, kwargs]):
            if self.known(each) is None:
                digest.update(_digest_of(each))
        numbers = [value for value in _flat([args, kwargs]) if isinstance(value, (int, float, str))]
        return digest.digest() + repr(numbers).encode()

    def _here(self) -> str:
        place = self.place
        return f"{visible(place.path)} ({place.kind}): " if place.path else f"{place.kind}: " if place.kind else ""


def word_of(function: Any) -> str:
    """What a function is called: ``conv1d``, ``add``, ``__getitem__``; of an attribute its name, ``T``."""
    word = getattr(function, "__name__", "")
    if word == "__get__":
        return str(getattr(function.__self__, "__name__", word))
    return str(word).partition(".")[0]


def moved(function: Callable[..., Any], args: Any, kwargs: Any, heeded: Any) -> Any:
    """What becomes of places where a function puts elements elsewhere: it is applied to them themselves.

    Of what several layers have among the arguments that are ``heeded``, it is not known.
    """
    import torch

    tracked = [each for each in known_in([heeded, kwargs]) if isinstance(each, Tensor)]
    if len({each.value.node for each in tracked}) != 1:
        raise NotImplementedError
    whole = tracked[0]

    def placed(value: Any) -> Any:
        if isinstance(value, Tensor):
            return torch.from_numpy(np.array(value.places, dtype=np.float64))
        if isinstance(value, dict):
            return {key: placed(each) for key, each in value.items()}
        return type(value)(map(placed, value)) if type(value) in (list, tuple) else value

    result = function(*placed(args), **placed(kwargs))
    several = [whole.seen(_rounded(each)) for each in tensors_in(result)]
    return several if isinstance(result, (list, tuple)) else several[0]


def _rounded(tensor: Any) -> Places:
    places: Places = tensor.numpy().astype(np.int64)
    return places


def _put(places: Places, index: Any, value: Places) -> Places:
    changed = np.array(places)
    changed[index] = value
    return changed


def _digest_of(tensor: Any) -> bytes:
    return hashlib.sha256(np.ascontiguousarray(array_of(tensor)).tobytes()).digest()


def _flat(value: Any) -> Iterator[Any]:
    """Everything in lists, tuples and mappings."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)) and not isinstance(value, (Tensor, Unknown)):
        for each in value:
            yield from _flat(each)
    else:
        yield value


def tensors_in(value: Any) -> Iterable[Any]:
    """The tensors of torch in lists, tuples and mappings."""
    return (each for each in _flat(value) if hasattr(each, "untyped_storage"))


def known_in(value: Any) -> Iterable[Known]:
    """What is known of tensors, in lists, tuples and mappings."""
    return (each for each in _flat(value) if isinstance(each, (Tensor, Unknown)))

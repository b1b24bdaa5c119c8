"""Files of ``torch.save``, read without PyTorch: tensors, and nothing that would have to be run.

What stands beside them (hyperparameters, optimizers, objects of any class) is passed over. Both formats are read:
the archives that PyTorch writes since 1.6, and the pickles from before.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from connectivity.errors import WeightsError, visible
from connectivity.weightfiles.numbers import NUMBERS
from connectivity.weightfiles.pickles import Made, Named, PickleError, Stored
from connectivity.weightfiles.source import MEMBER_LIMIT, UNPACKED_LIMIT, UNREADABLE, unreadable
from connectivity.weightfiles.storages import Archive, Row, Saved, Storage, storage_of
from connectivity.weightfiles.weights import Unusable, Weights

WRAPPERS = ("state_dict", "model_state_dict", "model", "module", "net", "network", "weights", "params")
"""Under which names checkpoints have the state dict of the model, the likeliest first."""

DEPTH_LIMIT = 16
"""How deep dicts of tensors may be nested in one another."""

_SAVE = "save model.state_dict() in its place: torch.save(model.state_dict(), ...)"

_PARAMETERS = ("torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state")
_SUBCLASS = "torch._tensor._rebuild_from_type_v2"
_SAME_TENSORS = ("torch.Tensor", "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer", "torch._tensor.Tensor")
_TENSORS = ("torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3")
_REMEDIES = {
    "torch._utils._rebuild_qtensor": "is quantised: save it after tensor.dequantize()",
    "torch._utils._rebuild_sparse_tensor": "is a sparse tensor: save it after tensor.to_dense()",
    "torch._utils._rebuild_meta_tensor_no_storage": "is on the device meta: it has no numbers",
}


def read_torch(data: bytes, shown: str) -> Weights:
    """The tensors of a ``.pt``, ``.pth`` or ``.ckpt`` file by their names in its state dict, in its order.

    Of a checkpoint the state dict of the model, found by its name (:data:`WRAPPERS`); of other dicts within dicts
    all tensors, with the names of both. Tensors that are not stored as plain numbers are :class:`.Unusable`. Raises
    WeightsError for a file that is damaged, and for one that holds a whole module: that is code.
    """
    if data[257:262] == b"ustar":
        raise WeightsError(f'"{shown}" is older than PyTorch 0.4: load it with PyTorch, and save it again')
    try:
        saved: Saved = Archive(data, shown) if data[:2] == b"PK" else Row(data, shown)
        tensors = dict(_flat(_state_dict(saved.root, shown), shown))
        _check_total(tensors.values())
        arrays = {name: _array(made, saved) for name, made in tensors.items()}
    except WeightsError:
        raise
    except PickleError as error:
        raise WeightsError(
            f'"{shown}" is not a readable PyTorch file: {visible(str(error), 200)}; save the state_dict() of the model anew'
        ) from error
    except UNREADABLE as error:
        raise unreadable(shown, "PyTorch", error) from error
    types = {name: _type_of(made) for name, made in tensors.items()}
    return Weights(arrays, shown, types=types).checked()


def _state_dict(root: Any, shown: str) -> dict[Any, Any]:
    """The dict of the model's tensors, or of dicts of them."""
    for _ in range(DEPTH_LIMIT):
        inner = [root[name] for name in WRAPPERS if name in root] if isinstance(root, dict) else []
        wrapped = next((value for value in inner if _has_tensors(value)), None)
        if wrapped is None:
            break
        root = wrapped
    if not isinstance(root, dict):
        raise WeightsError(f'"{shown}" holds {_what(root)}')
    if not _has_tensors(root):
        code = next((value for value in inner if isinstance(value, Made)), None)
        raise WeightsError(f'"{shown}" holds {"no tensors by their names" if code is None else _what(code)}')
    return dict(root)


def _what(value: Any) -> str:
    """What a file holds in place of a dict, and what would be right."""
    if isinstance(value, Made) and not _is_tensor(value):
        return f"a whole object ({visible(value.name)}), which is code: {_SAVE}"
    noun = "a single tensor" if isinstance(value, Made) else f"a {type(value).__name__}"
    return f"{noun}, not tensors by their names: {_SAVE}"


def _is_tensor(value: Any) -> bool:
    """Whether this is a tensor, of whatever kind, or an array of numpy."""
    return isinstance(value, Made) and (
        value.name.startswith(("torch._utils._rebuild_", "torch._tensor._rebuild_"))
        or value.name.endswith("multiarray._reconstruct")
    )


def _has_tensors(value: Any) -> bool:
    """Whether there is a tensor in a dict, or in a dict in it; each is looked into once."""
    seen: set[int] = set()
    todo = [value]
    while todo:
        one = todo.pop()
        if _is_tensor(one) and one is not value:
            return True
        if isinstance(one, dict) and id(one) not in seen:
            seen.add(id(one))
            todo += one.values()
    return False


def _flat(table: Mapping[Any, Any], shown: str) -> Iterator[tuple[str, Made]]:
    """The tensors of a dict and of the dicts in it, by their names with dots."""
    number = 0
    taken: set[str] = set()
    todo: list[tuple[str, Any, tuple[int, ...]]] = [("", table, ())]
    while todo:
        name, value, within = todo.pop()
        number += 1
        if number > MEMBER_LIMIT:
            raise WeightsError(
                f'"{shown}" holds more than {MEMBER_LIMIT:,} values, the most that are read; save the state_dict() of the model alone'
            )
        if isinstance(value, dict):
            if id(value) in within or len(within) >= DEPTH_LIMIT:
                raise WeightsError(
                    f'"{shown}": {visible(name)} holds itself, or is nested too deeply; save the state_dict() of the model alone'
                )
            inner = [(f"{name}.{key}" if name else key, value[key]) for key in value if _is_name(key)]
            todo += [(key, each, (*within, id(value))) for key, each in reversed(inner)]
        elif _is_tensor(value):
            if name in taken:
                raise WeightsError(f'"{shown}" holds {visible(name)} twice; save the state_dict() of the model alone')
            taken.add(name)
            yield name, value


def _is_name(key: object) -> bool:
    """Whether a key names a tensor or a part of a model, as that of an optimizer does not."""
    return isinstance(key, str) and not key.startswith("optimizer")


def _plain(made: Any) -> Any:
    """A tensor without what only PyTorch needs: that it is a parameter, that it is of a class like tensors."""
    for _ in range(3):
        if isinstance(made, Made) and made.name in _PARAMETERS and made.arguments:
            made = made.arguments[0]
        elif isinstance(made, Made) and made.name == _SUBCLASS and len(made.arguments) >= 3:
            function, kind, arguments = made.arguments[:3]
            if not isinstance(kind, Named) or kind.name not in _SAME_TENSORS or not isinstance(arguments, tuple):
                return made
            made = Made(function, arguments)
    return made


def _type_of(made: Made) -> str:
    plain = _plain(made)
    if not isinstance(plain, Made) or plain.name not in _TENSORS:
        return "?"
    storage, _ = _typed(plain)
    return storage.type


def _array(made: Made, saved: Saved) -> np.ndarray | Unusable:
    """The numbers of a tensor, or why there are none. Raises PickleError for one that its storage does not hold."""
    plain = _plain(made)
    if not isinstance(plain, Made) or plain.name not in _TENSORS:
        name = visible(plain.name) if isinstance(plain, Made) else "nothing"
        return Unusable(
            None, "?", _REMEDIES.get(name, f"is made by {name}, and is no plain tensor: save it after tensor.clone()")
        )
    storage, metadata = _typed(plain)
    size, stride = (_sizes(argument) for argument in plain.arguments[2:4])
    if storage.number is None:
        return Unusable(
            size, storage.type, f"has the type {visible(storage.type)}, which cannot be read; save it as float32"
        )
    if metadata:
        return Unusable(size, storage.type, "is a view that changes its numbers: save it after tensor.clone()")
    offset = plain.arguments[1]
    if not isinstance(offset, int) or offset < 0 or len(size) != len(stride):
        raise PickleError("a tensor without a place, a shape and strides")
    count = math.prod(size)
    itemsize = storage.number.size
    content = saved.content(storage)
    last = storage.first + offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if count and (last + 1) * itemsize > len(content):
        raise PickleError(f"a tensor of shape {list(size)} needs more numbers than its storage has")
    flat = np.frombuffer(content, storage.number.stored_as(saved.big), len(content) // itemsize)
    if not count:
        return np.zeros(size)
    steps = [step * itemsize for step in stride]
    view = np.lib.stride_tricks.as_strided(flat[storage.first + offset :], size, steps, writeable=False)
    return storage.number.numbers(view)


def _check_total(tensors: Iterable[Made]) -> None:
    """Raise PickleError for tensors that together have more bytes than UNPACKED_LIMIT: one number may be all of them."""
    total = 0
    for plain in map(_plain, tensors):
        if isinstance(plain, Made) and plain.name in _TENSORS:
            storage, _ = _typed(plain)
            total += math.prod(_sizes(plain.arguments[2])) * (storage.number.size if storage.number else 0)
    if total > UNPACKED_LIMIT:
        raise PickleError(f"tensors of {total:,} bytes; at most {UNPACKED_LIMIT:,}")


def _typed(plain: Made) -> tuple[Storage, Any]:
    """The storage of a tensor with the type that its numbers have, and what else is said of the tensor."""
    if len(plain.arguments) < 4 or not isinstance(plain.arguments[0], Stored):
        raise PickleError("a tensor without a storage, a place, a shape and strides")
    storage = storage_of(plain.arguments[0])
    if plain.name != _TENSORS[2]:
        return storage, _after(plain, 6)
    kind = _after(plain, 6)
    name = kind.name.removeprefix("torch.") if isinstance(kind, Named) else "?"
    return storage._replace(type=name, number=NUMBERS.get(name), first=0), _after(plain, 7)


def _after(plain: Made, number: int) -> Any:
    return plain.arguments[number] if len(plain.arguments) > number else None


def _sizes(value: Any) -> tuple[int, ...]:
    """A shape, or strides. Raises PickleError."""
    if isinstance(value, Made) and value.name == "torch.Size" and value.arguments:
        value = value.arguments[0]
    if not isinstance(value, (tuple, list)) or len(value) > 32:
        raise PickleError("a tensor without a shape")
    if not all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in value):
        raise PickleError("a tensor with a shape that is none")
    return tuple(value)

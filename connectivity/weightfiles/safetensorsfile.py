"""``.safetensors``: a header in JSON, then the bytes of all tensors (https://github.com/huggingface/safetensors)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from connectivity.errors import visible
from connectivity.jsontext import read_json
from connectivity.typeset.text import natural
from connectivity.weightfiles.numbers import NUMBERS, Number
from connectivity.weightfiles.source import MEMBER_LIMIT, unreadable
from connectivity.weightfiles.weights import Unusable, Weights

HEADER_LIMIT = 25 * 2**20
"""The longest header that is read, in bytes."""

_NAMES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2", "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8", "U64": "uint64",
    "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip


def read_safetensors(data: bytes, shown: str) -> Weights:
    """The tensors of a file, in the natural order of their names: the format keeps none of its own.

    Raises WeightsError for a header that is none, and for tensors that overlap or are not in the file.
    """
    try:
        header, rest = _header(data)
        tensors = {name: _entry(name, about, len(rest)) for name, about in header.items()}
        _check_places(tensors)
    except ValueError as error:
        raise unreadable(shown, ".safetensors", error) from error
    arrays: dict[str, Any] = {}
    types: dict[str, str] = {}
    for name in sorted(tensors, key=natural):
        kind, shape, (start, end) = tensors[name]
        number = NUMBERS.get(_NAMES.get(kind, ""))
        types[name] = kind if number is None else number.name
        arrays[name] = _tensor(number, kind, shape, rest[start:end])
    return Weights(arrays, shown, ordered=False, types=types).checked()


Entry = tuple[str, tuple[int, ...], tuple[int, int]]
"""The type of a tensor's numbers, its shape, and where its bytes begin and end."""


def _header(data: bytes) -> tuple[dict[str, Any], memoryview]:
    """The header without what is said of the whole, and the bytes behind it. Raises ValueError."""
    if len(data) < 8:
        raise ValueError("it ends within its header")
    size = int.from_bytes(data[:8], "little")
    if size > HEADER_LIMIT:
        raise ValueError(f"a header of {size:,} bytes; at most {HEADER_LIMIT:,}")
    if len(data) < 8 + size:
        raise ValueError("it ends within its header")
    header = read_json(data[8 : 8 + size])
    if not isinstance(header, dict):
        raise ValueError("its header is no table of tensors")
    header.pop("__metadata__", None)
    if len(header) > MEMBER_LIMIT:
        raise ValueError(f"{len(header):,} tensors; at most {MEMBER_LIMIT:,}")
    return header, memoryview(data)[8 + size :]


def _entry(name: str, about: Any, size: int) -> Entry:
    """What the header says of a tensor, checked against ``size``, the number of bytes there are."""
    if not isinstance(about, Mapping):
        raise ValueError(f'"{visible(name)}" is no tensor')
    kind: Any = about.get("dtype")
    shape: Any = about.get("shape")
    places: Any = about.get("data_offsets")
    if not isinstance(kind, str) or not _whole(shape, 32) or not _whole(places, 2) or len(places) != 2:
        raise ValueError(f'"{visible(name)}" has no type, shape and place')
    start, end = places
    if not start <= end <= size:
        raise ValueError(f'"{visible(name)}" should end at byte {end:,} of {size:,}')
    number = NUMBERS.get(_NAMES.get(kind, ""))
    if number is not None and math.prod(shape) * number.size != end - start:
        raise ValueError(f'"{visible(name)}" of shape {shape} has {end - start:,} bytes')
    return kind, tuple(shape), (start, end)


def _whole(numbers: Any, most: int) -> bool:
    """Whether these are at most so many whole numbers from 0."""
    return (
        isinstance(numbers, list)
        and len(numbers) <= most
        and all(isinstance(number, int) and not isinstance(number, bool) and number >= 0 for number in numbers)
    )


def _check_places(tensors: Mapping[str, Entry]) -> None:
    """Raise ValueError for tensors that have bytes in common."""
    before = 0
    for start, end in sorted(place for _, _, place in tensors.values()):
        if start < before:
            raise ValueError("two tensors have bytes in common")
        before = end


def _tensor(number: Number | None, kind: str, shape: tuple[int, ...], data: memoryview) -> np.ndarray | Unusable:
    if number is None:
        return Unusable(shape, kind, f"has the type {visible(kind)}, which cannot be read; save it as float32")
    return number.numbers(np.frombuffer(data, number.stored_as())).reshape(shape)

"""ONNX files written field by field, whole or damaged: what the tests of hostile files are made of."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

FLOAT, INT64 = 1, 7


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def field(number: int, value: int | float | str | bytes) -> bytes:
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def tensor(name: str, shape: Sequence[int], values: Sequence[float] | bytes, type: int = FLOAT) -> bytes:
    letter = "f" if type == FLOAT else "q"
    raw = values if isinstance(values, bytes) else struct.pack(f"<{len(values)}{letter}", *values)
    return b"".join([*(field(1, size) for size in shape), field(2, type), field(8, name), field(9, raw)])


def outside(name: str, shape: Sequence[int], **place: str) -> bytes:
    """A tensor whose data is in another file."""
    entries = [field(13, field(1, key) + field(2, value)) for key, value in place.items()]
    return b"".join([*(field(1, size) for size in shape), field(2, FLOAT), field(8, name), *entries, field(14, 1)])


def attribute(name: str, value: Any) -> bytes:
    if isinstance(value, list):
        return field(1, name) + b"".join(field(8, one) for one in value) + field(20, 7)
    if isinstance(value, float):
        return field(1, name) + field(2, value) + field(20, 1)
    if isinstance(value, str):
        return field(1, name) + field(4, value) + field(20, 3)
    return field(1, name) + field(3, value) + field(20, 2)


def node(op: str, inputs: Sequence[str], outputs: Sequence[str], name: str = "", **attributes: Any) -> bytes:
    parts = [field(1, one) for one in inputs] + [field(2, one) for one in outputs]
    parts += [field(3, name), field(4, op)]
    return b"".join([*parts, *(field(5, attribute(key, value)) for key, value in attributes.items())])


def value(name: str, shape: Sequence[int | str], type: int = FLOAT) -> bytes:
    sizes = b"".join(field(1, field(2, one) if isinstance(one, str) else field(1, one)) for one in shape)
    return field(1, name) + field(2, field(1, field(1, type) + field(2, sizes)))


def model(
    nodes: Sequence[bytes],
    tensors: Sequence[bytes] = (),
    inputs: Sequence[bytes] = (value("x", ["N", 2, 8]),),
    outputs: Sequence[bytes] = (value("y", []),),
    opset: int = 17,
) -> bytes:
    parts = [field(1, one) for one in nodes] + [field(5, one) for one in tensors]
    parts += [field(11, one) for one in inputs] + [field(12, one) for one in outputs]
    return field(1, 8) + field(7, b"".join(parts)) + field(8, field(2, opset))


def convolution() -> bytes:
    """A model of one convolution of 3 taps, from 2 channels to 1."""
    weights = tensor("w", [1, 2, 3], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    return model([node("Conv", ["x", "w"], ["y"], "c")], [weights])

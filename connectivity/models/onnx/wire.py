"""The wire format of protocol buffers, as much of it as ONNX uses: a message is fields by their numbers.

https://protobuf.dev/programming-guides/encoding/. Read here, and not by the package of the format, since a model is data
from strangers: nothing is allocated that is not there, nothing native runs, and nothing need be installed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from connectivity.errors import ModelError
from connectivity.models.damage import DamageError

FIELD_LIMIT = 1_500_000
"""The most fields, and numbers in lists, that are read of one file: each costs more memory than its bytes."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5  # the kinds of fields; groups (3, 4) are in no ONNX file
_LONGEST = 10  # bytes of a number of 64 bits, 7 in a byte


class Budget:
    """How much of a file may still be taken apart."""

    def __init__(self, left: int = FIELD_LIMIT) -> None:
        self._left = left

    def take(self, number: int = 1) -> None:
        """Raise ModelError where that is too much."""
        self._left -= number
        if self._left < 0:
            raise ModelError(
                f"it has more than {FIELD_LIMIT:,} fields, at most so many are read, and no option raises it"
            )


class Fields:
    """A message: its fields by their numbers, each with the values it has in the file."""

    def __init__(self, data: memoryview, budget: Budget) -> None:
        self._budget = budget
        self._values: dict[int, list[int | memoryview]] = {}
        for number, value in _fields(data):
            budget.take()
            self._values.setdefault(number, []).append(value)

    def __contains__(self, number: int) -> bool:
        return number in self._values

    def pieces(self, number: int) -> list[memoryview]:
        """The bytes of each value of a field. Raises ModelError for one of numbers."""
        pieces = [value for value in self._values.get(number, ()) if isinstance(value, memoryview)]
        if len(pieces) != len(self._values.get(number, ())):
            raise DamageError("it is damaged: a number where a text or a part should be")
        return pieces

    def messages(self, number: int) -> list[Fields]:
        """The messages of a field."""
        return [Fields(piece, self._budget) for piece in self.pieces(number)]

    def message(self, number: int) -> Fields:
        """The message of a field, the last where there are several; one without fields where there is none."""
        pieces = self.pieces(number)
        return Fields(pieces[-1] if pieces else memoryview(b""), self._budget)

    def texts(self, number: int) -> list[str]:
        """The texts of a field."""
        return [str(piece, "utf-8", "replace") for piece in self.pieces(number)]

    def text(self, number: int) -> str:
        """The text of a field, empty where there is none."""
        return (self.texts(number) or [""])[-1]

    def integers(self, number: int) -> list[int]:
        """The numbers of a field, signed, whether each stands alone or all in one piece."""
        found: list[int] = []
        for value in self._values.get(number, ()):
            if isinstance(value, int):
                found.append(_signed(value))
                continue
            place = 0
            while place < len(value):
                one, place = _varint(value, place)
                self._budget.take()
                found.append(_signed(one))
        return found

    def integer(self, number: int, default: int = 0) -> int:
        """The number of a field."""
        return (self.integers(number) or [default])[-1]

    def floats(self, number: int, type: str = "<f4") -> np.ndarray:
        """The numbers of a field that is packed in ``type``, or has them one by one."""
        data = b"".join(self.pieces(number))
        if len(data) % np.dtype(type).itemsize:
            raise DamageError("it is damaged: a list of numbers ends within one")
        return np.frombuffer(data, type)


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of a message, one after the other. Raises ModelError where it is cut off, or none."""
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        number, wire = key >> 3, key & 7
        if not number:
            raise DamageError("it is damaged: a field without a number")
        if wire == _VARINT:
            value, place = _varint(data, place)
            yield number, value
            continue
        if wire == _BYTES:
            size, place = _varint(data, place)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise DamageError("it is damaged, or no ONNX model: a field of an unknown kind")
        if size > len(data) - place:
            raise DamageError("it is damaged, or cut off: a part is longer than what is left of the file")
        yield number, data[place : place + size]
        place += size


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    """The number that begins at ``place``, and where it ends.

    >>> _varint(memoryview(bytes([0xAC, 0x02])), 0)
    (300, 2)
    """
    value = 0
    for count in range(_LONGEST):
        if place + count >= len(data):
            raise DamageError("it is cut off within a number")
        byte = data[place + count]
        value |= (byte & 0x7F) << 7 * count
        if byte < 0x80:
            return value & (1 << 64) - 1, place + count + 1
    raise DamageError("it is damaged: a number of more than 64 bits")


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value

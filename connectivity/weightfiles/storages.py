"""Where ``torch.save`` keeps the numbers of tensors: in members of an archive, or one after the other behind a pickle."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from connectivity.weightfiles.numbers import NUMBERS, Number
from connectivity.weightfiles.pickles import Named, PickleError, Stored, read_pickle
from connectivity.weightfiles.source import members_of

MAGIC = 0x1950A86A20F9469CFC6C
"""What files begin with that PyTorch wrote before 1.6, or later when told to."""

_PROTOCOL = 1001

_NUMBERS = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8",
    "ByteStorage": "uint8", "BoolStorage": "bool", "UntypedStorage": "uint8",
}  # fmt: skip


_SIZES = {"complexhalf": 4, "complexfloat": 8, "complexdouble": 16, "qint32": 4, "qint8": 1, "quint8": 1}
"""Bytes of the types that are not read, but may stand before those that are."""


class Storage(NamedTuple):
    """Some numbers in a row, as a pickle speaks of them: their type, where they are, which of those.

    ``number`` is None for a type that is not read, which ``type`` names. ``length`` and ``first`` are in numbers.
    """

    type: str
    number: Number | None
    key: str
    length: int
    first: int = 0


class Saved(Protocol):
    """A file of ``torch.save``: what was saved, and the bytes of its storages."""

    root: Any
    big: bool

    def content(self, storage: Storage) -> memoryview:
        """The bytes under the key of a storage. Raises PickleError where they are not all there."""


def storage_of(stored: object) -> Storage:
    """The storage that a pickle keeps elsewhere. Raises PickleError for what is none."""
    identity = stored.identity if isinstance(stored, Stored) else None
    if not isinstance(identity, tuple) or not 5 <= len(identity) <= 6 or identity[0] not in ("storage", b"storage"):
        raise PickleError("a tensor without a storage")
    kind, key, _, count = identity[1:5]
    if not isinstance(kind, Named) or not _is_whole(count) or not isinstance(key, (str, int)):
        raise PickleError("a storage without a type, a key and a size")
    name = kind.name.rpartition(".")[2]
    number = NUMBERS.get(_NUMBERS.get(name, ""))
    storage = Storage(number.name if number else name.removesuffix("Storage").lower(), number, str(key), count)
    view = identity[5] if len(identity) == 6 else None
    if view is None:
        return storage
    if not isinstance(view, tuple) or len(view) != 3 or not _is_whole(view[1]) or not _is_whole(view[2]):
        raise PickleError("a storage that is no part of another")
    if view[1] + view[2] > count:
        raise PickleError("a storage that is larger than what it is a part of")
    return storage._replace(first=view[1])


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


class Archive:
    """A file as PyTorch 1.6 and later write it: a zip archive with a pickle, and a member for each storage."""

    def __init__(self, data: bytes, shown: str) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._members = {member.filename: member for member in members_of(self._archive, shown)}
        pickles = [name for name in self._members if name == "data.pkl" or name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise PickleError("an archive without the pickle data.pkl, which torch.save writes")
        self._folder = pickles[0].removesuffix("data.pkl")
        if any(name.startswith(f"{self._folder}code/") for name in self._members):
            raise PickleError("a TorchScript program; save the state_dict() of its model with torch.save")
        self._contents: dict[str, memoryview] = {}
        self.big = self._read("byteorder", b"little").strip() == b"big"
        self.root = read_pickle(io.BytesIO(self._read("data.pkl")))

    def _read(self, name: str, otherwise: bytes | None = None) -> bytes:
        member = self._members.get(self._folder + name)
        if member is None:
            if otherwise is None:
                raise PickleError(f"{name} is missing in the archive")
            return otherwise
        return self._archive.read(member)

    def content(self, storage: Storage) -> memoryview:
        if storage.key not in self._contents:
            self._contents[storage.key] = memoryview(self._read(f"data/{storage.key}"))
        return self._contents[storage.key]


class Row:
    """A file as PyTorch wrote it before 1.6: pickles, then the storages one after the other."""

    big = False

    def __init__(self, data: bytes, shown: str) -> None:
        stream = io.BytesIO(data)
        for expected in (MAGIC, _PROTOCOL):
            if read_pickle(stream) != expected:
                raise PickleError("a pickle that torch.save did not write")
        read_pickle(stream)  # about the system that wrote it; numbers are little-endian on all of them
        stored: list[Stored] = []
        self.root = read_pickle(stream, stored)
        keys = read_pickle(stream)
        if not isinstance(keys, list):
            raise PickleError("a damaged pickle (no list of storages)")
        self._contents = dict(self._cut(memoryview(data), stream.tell(), keys, _by_key(stored)))

    def _cut(
        self, data: memoryview, place: int, keys: Sequence[Any], storages: Mapping[str, Storage]
    ) -> list[tuple[str, memoryview]]:
        """The bytes of each storage: behind the number of its numbers, 8 bytes."""
        contents: list[tuple[str, memoryview]] = []
        for key in map(str, keys):
            if key not in storages:
                raise PickleError(f"a storage {key[:40]} that no tensor has")
            kind, number = storages[key][:2]
            size = _SIZES.get(kind) if number is None else number.size
            if size is None:
                break  # what comes behind it is out of reach
            start = place + 8
            place = start + int.from_bytes(data[place:start], "little") * size
            if place > len(data):
                raise PickleError("it ends within its storages")
            contents.append((key, data[start:place]))
        return contents

    def content(self, storage: Storage) -> memoryview:
        if storage.key not in self._contents:
            raise PickleError(f"the storage {storage.key[:40]} is missing")
        return self._contents[storage.key]


def _by_key(stored: Sequence[Stored]) -> dict[str, Storage]:
    """The storages among what a pickle keeps elsewhere; modules stand there as well, with their source."""
    found = [
        each
        for each in stored
        if isinstance(each.identity, tuple) and each.identity[:1] in (("storage",), (b"storage",))
    ]
    return {storage.key: storage for storage in map(storage_of, found)}

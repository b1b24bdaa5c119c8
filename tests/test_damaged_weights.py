"""Weight files that end too soon, or in which some bits are others: weights, or one line that says what is wrong."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT

from connectivity.errors import ConnectivityError
from connectivity.weightfiles.loading import READERS

STATES = ROOT / "tests" / "states"
FILES = sorted(path for path in STATES.iterdir() if path.suffix in READERS)
ROUNDS = 200

Damage = Callable[[bytes, random.Random], bytes]


def cut(data: bytes, chance: random.Random) -> bytes:
    """The beginning of a file."""
    return data[: chance.randrange(len(data))]


def flipped(data: bytes, chance: random.Random) -> bytes:
    """A file with up to five other bits."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def begun_wrong(data: bytes, chance: random.Random) -> bytes:
    """A file with another byte among its first, where most formats say what comes."""
    changed = bytearray(data)
    changed[chance.randrange(min(len(data), 2000))] = chance.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("damage", [cut, flipped, begun_wrong], ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_damaged_file_is_read_or_refused_in_one_line(path: Path, damage: Damage) -> None:
    read, data = READERS[path.suffix], path.read_bytes()
    chance = random.Random(path.name)
    for _ in range(ROUNDS):
        try:
            weights = read(damage(data, chance), "damaged")
            weights.rows()
            for name in weights:
                with contextlib.suppress(ConnectivityError):
                    weights[name]
        except ConnectivityError as error:
            assert "\n" not in str(error)
            assert '"damaged"' in str(error)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_whole_files_of_the_wrong_format_are_refused(path: Path) -> None:
    for read in READERS.values():
        if read is not READERS[path.suffix]:
            with pytest.raises(ConnectivityError, match=r'^"other"'):
                read(path.read_bytes(), "other")

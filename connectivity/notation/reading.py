"""Words of the notation that know their place, and how each sort of value is read."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple, NoReturn

from connectivity.errors import FileError, NetworkError, NotationError, suggestion, visible
from connectivity.layers import (
    PADDING_MODES,
    PADDING_WORDS,
)
from connectivity.reads import note

TEXT_LIMIT = 1_048_576
"""The longest notation that is read, in characters; a mask file may be as many bytes."""


class Word(NamedTuple):
    """A part of the notation and where it starts, counted from 0."""

    text: str
    start: int

    def after(self, separator: str) -> tuple[Word, Word | None]:
        """What stands before the first ``separator``, and what after it (None without one)."""
        head, found, tail = self.text.partition(separator)
        rest = Word(tail, self.start + len(head) + len(separator)) if found else None
        return Word(head, self.start), rest

    def split(self, separator: str) -> list[Word]:
        """The parts between separators, each with its own place."""
        parts, start = [], self.start
        for text in self.text.split(separator):
            parts.append(Word(text, start))
            start += len(text) + len(separator)
        return parts


class Reader(NamedTuple):
    """Reads words; ``text`` is the whole line, for errors; ``folder`` is where files are."""

    text: str
    folder: Path

    def fail(self, word: Word, message: str) -> NoReturn:
        """Raise the error ``message`` at ``word``."""
        raise NotationError(message, self.text, word.start + 1)

    def integer(self, word: Word) -> int:
        """A whole number; its range is checked by the layer it is for."""
        digits = word.text.removeprefix("-").removeprefix("+")
        if not (digits.isascii() and digits.isdigit()):
            self.fail(word, f'"{visible(word.text)}" is not a whole number')
        if len(digits) > 18:
            self.fail(word, f"a number of {len(digits)} digits is too large")
        return int(word.text)

    def number(self, word: Word) -> float:
        """A finite decimal number."""
        try:
            value = float(word.text) if word.text.isascii() and "_" not in word.text else math.nan
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.fail(word, f'"{visible(word.text)}" is not a finite number')
        return value

    def numbers(self, word: Word) -> tuple[float, ...]:
        """Numbers between slashes, ``1/0/-1``."""
        return tuple(self.number(part) for part in word.split("/"))

    def integers(self, word: Word) -> tuple[int, ...]:
        """Whole numbers between slashes, ``-3/0/3``."""
        return tuple(self.integer(part) for part in word.split("/"))

    def boolean(self, word: Word) -> bool:
        """``true`` or ``false``."""
        if word.text not in ("true", "false"):
            self.fail(word, f'"{visible(word.text)}" is neither true nor false')
        return word.text == "true"

    def padding(self, word: Word) -> int | tuple[int, int] | str:
        """``1``, ``0/1`` (left/right), or a word such as ``same``."""
        if word.text in PADDING_WORDS:
            return word.text
        parts = word.split("/")
        if word.text[:1].isalpha():
            self.fail(word, f'unknown padding "{visible(word.text)}"{suggestion(word.text, PADDING_WORDS)}')
        if len(parts) > 2:
            self.fail(parts[2], f"padding takes one number or two (left/right), not {len(parts)}")
        sides = [self.integer(part) for part in parts]
        return sides[0] if len(sides) == 1 else (sides[0], sides[1])

    def padding_mode(self, word: Word) -> str:
        """One of PyTorch's padding modes."""
        if word.text not in PADDING_MODES:
            self.fail(word, f'unknown padding_mode "{visible(word.text)}"{suggestion(word.text, PADDING_MODES)}')
        return word.text

    def mask(self, word: Word) -> tuple[tuple[bool, ...], ...]:
        """Rows of zeros and ones, ``011/010``, or the name of a CSV file of them."""
        if set(word.text) <= set("01/"):
            rows = word.split("/")
            for row in rows:
                if not row.text:
                    self.fail(row, "an empty row in the mask (rows of 0 and 1, as 011/010)")
            return tuple(tuple(digit == "1" for digit in row.text) for row in rows)
        if set(word.text) <= set("0123456789/"):
            wrong = next(i for i, digit in enumerate(word.text) if digit not in "01/")
            self.fail(Word("", word.start + wrong), "a mask has only the digits 0 and 1")
        try:
            return read_mask(self.folder / word.text, word.text)
        except (FileError, NetworkError) as error:
            self.fail(word, str(error))


def read_mask(path: Path, shown: str) -> tuple[tuple[bool, ...], ...]:
    """The mask in a CSV file: a line for each output, a 0 or 1 for each input.

    ``shown`` is how the user wrote the path. Raises FileError where it cannot be read,
    NetworkError where it is no mask.
    """
    name = visible(shown)
    note(path)
    try:
        with path.open("rb") as file:
            data = file.read(TEXT_LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise FileError(f'cannot read the mask "{name}": {reason} (rows of 0 and 1 go as 011/010)') from error
    if len(data) > TEXT_LIMIT:
        raise NetworkError(f'the mask "{name}" is larger than {TEXT_LIMIT:,} bytes', "mask")
    lines = data.decode("utf-8-sig", errors="replace").splitlines()
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split(",")]
        wrong = next((cell for cell in cells if cell not in ("0", "1")), None)
        if wrong is not None:
            raise NetworkError(f'the mask "{name}", line {number}: "{visible(wrong, 20)}" is neither 0 nor 1', "mask")
        rows.append(tuple(cell == "1" for cell in cells))
    if not rows:
        raise NetworkError(f'the mask "{name}" is empty', "mask")
    return tuple(rows)

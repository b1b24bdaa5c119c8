"""Words of the notation: what a kind of layer has, and how each sort of value is read, with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from connectivity import numerals
from connectivity.errors import FileError, NetworkError, NotationError, suggestion, visible
from connectivity.files import unreadable
from connectivity.reads import note, opened

TEXT_LIMIT = 1_048_576
"""The longest notation that is read, in characters; a mask file may be as many bytes."""

PADDING_WORDS = ("same", "same_upper", "same_lower", "valid", "causal", "full")
"""What padding may be called in place of a number."""

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class Word(NamedTuple):
    """A part of the notation and where it starts, counted from 0."""

    text: str
    start: int

    def after(self, separator: str) -> tuple[Word, Word | None]:
        """What stands before the first ``separator``, and what after it (None without one)."""
        head, match, tail = self.text.partition(separator)
        rest = Word(tail, self.start + len(head) + len(separator)) if match else None
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

    def fail(self, word: Word, fault: str, remedy: str = "") -> NoReturn:
        """Raise an error at ``word``: what is wrong, and (unless ``fault`` says it) what would be right."""
        raise NotationError(fault + remedy, self.text, word.start + 1, fault=fault)

    def integer(self, word: Word) -> int:
        """A whole number; its range is checked by the layer it is for."""
        value = numerals.whole(word.text)
        if value is None and numerals.is_whole(word.text):
            digits = len(word.text.lstrip("+-"))
            message = f"a number of {digits} digits is too large; at most {numerals.DIGIT_LIMIT} are read"
            raise NotationError(message, self.text, word.start + 1, fault="")  # no other line is meant
        if not word.text:
            self.fail(word, "a whole number is missing", ", as 3 or -3")
        if value is None:
            self.fail(word, f'"{visible(word.text)}" is not a whole number', ", as 3 or -3 is")
        return value

    def number(self, word: Word) -> float:
        """A finite decimal number."""
        value = numerals.decimal(word.text)
        if value is None:
            self.fail(word, f'"{visible(word.text)}" is not a finite number', ", as 0.5, -2 or 1e-3 is")
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
            self.fail(word, f'"{visible(word.text)}" is neither true nor false', ", one of which it must be")
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

    def plain(self, word: Word) -> str:
        """A text; what it may be is checked by whoever it is for."""
        return word.text

    def names(self, word: Word) -> tuple[str, ...]:
        """Names of layers between slashes, ``x/h1``."""
        parts = word.split("/")
        for part in parts:
            if not part.text:
                self.fail(part, "a name is missing (names of layers go as x/h1)")
        return tuple(part.text for part in parts)

    def shape(self, word: Word) -> tuple[int, int]:
        """A length, or channels x length: ``6``, ``2x8``."""
        parts = word.split("x")
        if len(parts) > 2:
            self.fail(parts[2], f"a shape of {len(parts)} numbers", "; it is a length, or channels x length (as 2x8)")
        numbers = [self.integer(part) for part in parts]
        return (numbers[0], numbers[1]) if len(numbers) == 2 else (1, numbers[0])

    def sides(self, word: Word) -> tuple[int, int]:
        """A number for both sides, or one for the left and one for the right: ``1``, ``0/2``."""
        parts = word.split("/")
        if len(parts) > 2:
            self.fail(parts[2], f"{len(parts)} numbers", "; say one, or two (left/right)")
        numbers = [self.integer(part) for part in parts]
        return (numbers[0], numbers[-1])

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
            self.fail(Word("", word.start + wrong), "a mask has only the digits 0 and 1, as 011/010")
        try:
            return read_mask(self.folder / word.text, word.text)
        except (FileError, NetworkError) as error:  # no other word is meant
            raise NotationError(str(error), self.text, word.start + 1, fault="") from error


def read_mask(path: Path, shown: str) -> tuple[tuple[bool, ...], ...]:
    """The mask in a CSV file: a line for each output, a 0 or 1 for each input.

    ``shown`` is how the user wrote the path. Raises FileError where it cannot be read,
    NetworkError where it is no mask.
    """
    name = visible(shown)
    note(path)
    try:
        with opened(path) as file:
            data = file.read(TEXT_LIMIT + 1)
    except (OSError, ValueError) as error:
        raise unreadable(shown, error, "the mask ", " (rows of 0 and 1 go as 011/010)") from error
    if len(data) > TEXT_LIMIT:
        raise NetworkError(
            f'the mask "{name}" is larger than {TEXT_LIMIT:,} bytes, the most that is read; no option raises it', "mask"
        )
    lines = data.decode("utf-8-sig", errors="replace").splitlines()
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split(",")]
        wrong = next((cell for cell in cells if cell not in ("0", "1")), None)
        if wrong is not None:
            raise NetworkError(
                f'the mask "{name}", line {number}: "{visible(wrong, 20)}" is neither 0 nor 1, as every cell must be',
                "mask",
            )
        rows.append(tuple(cell == "1" for cell in cells))
    if not rows:
        raise NetworkError(f'the mask "{name}" is empty; a line of 0 and 1 for each output is needed', "mask")
    return tuple(rows)


def choice(noun: str, *choices: str) -> Callable[[Reader, Word], str]:
    """How one of ``choices`` is read; ``noun`` says what it is in errors."""

    def read(reader: Reader, word: Word) -> str:
        if word.text not in choices:
            reader.fail(word, f'unknown {noun} "{visible(word.text)}"{suggestion(word.text, choices)}')
        return word.text

    return read


class Parameter(NamedTuple):
    """A parameter of a kind: how it may be spelled, how it is read, what it means.

    ``choices`` are the words that it may be, or that it may be beside numbers. ``file``: it may name a file.
    ``field`` is what it is called in Python, where that is another name.
    """

    name: str
    read: Callable[[Reader, Word], Any]
    help: str
    short: str | None = None
    flag: bool = False
    choices: tuple[str, ...] = ()
    file: bool = False
    required: bool = True
    field: str = ""

    @property
    def key(self) -> str:
        """The name of the layer's field that it sets."""
        return self.field or self.name


class Words(NamedTuple):
    """What the notation says of a kind of layer: its names, its VALUE, its parameters, what it is."""

    name: str
    aliases: tuple[str, ...]
    value: Parameter | None
    parameters: tuple[Parameter, ...]
    help: str
    example: str

    def parameter(self, word: str) -> Parameter | None:
        """The parameter that is spelled ``word``."""
        parameters = self.parameters if self.value is None else (self.value, *self.parameters)
        return next((parameter for parameter in parameters if word in (parameter.name, parameter.short)), None)

    @property
    def names(self) -> tuple[str, ...]:
        """All names of the kind."""
        return (self.name, *self.aliases)

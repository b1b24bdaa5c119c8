"""What would have been right: a command line that was refused, and the one that was meant.

A :class:`Refusal` knows how to put the line right; of click's own errors :func:`refusal` does.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any, NoReturn

import click

from connectivity.errors import nearest, suggestion, visible
from connectivity.numerals import DIGIT_LIMIT, decimal, is_whole, whole
from connectivity.optionhabits import PADDING, value_meant
from connectivity.options import one_spelling
from connectivity.rendering.formats import FORMATS, INSTEAD

Mend = Callable[[list[str]], list[str] | None]
"""Makes arguments of arguments: those that were meant, or None where nobody knows."""

WEIGHTS = ("npz", "npy", "safetensors", "pt", "pth", "ckpt", "bin")
"""Suffixes of files that hold weights, and no network."""


class Refusal(click.UsageError):
    """A command line that cannot be obeyed; ``mend`` makes the one that was meant."""

    def __init__(self, message: str, mend: Mend | None = None, ctx: click.Context | None = None) -> None:
        super().__init__(message, ctx)
        self.mend = mend


def replaced(one: str, other: str) -> Mend:
    """What puts ``other`` for ``one``, also behind an equals sign: ``--theme=drak``."""

    def mend(arguments: list[str]) -> list[str] | None:
        found = [
            other if word == one else f"{word[: -len(one)]}{other}" if word.endswith(f"={one}") else word
            for word in arguments
        ]
        return found if found != arguments else None

    return mend


def added(*words: str) -> Mend:
    """What says ``words`` as well, at the end."""
    return lambda arguments: [*arguments, *words]


def unwatched(arguments: list[str]) -> list[str]:
    """A command line without what is about watching.

    >>> unwatched(["draw", "6", "--port", "80", "--watch", "-o", "net.svg"])
    ['draw', '6', '-o', 'net.svg']
    """
    kept: list[str] = []
    rest = iter(arguments)
    for word in rest:
        name = one_spelling(word)
        if name == "--port":
            next(rest, None)
        elif name not in ("--watch", "--open") and not name.startswith("--port="):
            kept.append(word)
    return kept


def shown(arguments: Sequence[str]) -> str:
    """A command line as it is typed in a shell.

    >>> shown(["draw", "6", "fc:2", "--title", "Two layers"])
    "connectivity draw 6 fc:2 --title 'Two layers'"
    """
    return shlex.join(["connectivity", *arguments])


def drawn(*words: str) -> Mend:
    """What draws the arguments, with ``words`` before them, into a file where they name none."""

    def mend(arguments: list[str]) -> list[str]:
        where = [] if any(word.startswith(("-o", "--output", "-f", "--format")) for word in arguments) else TO_FILE
        return ["draw", *words, *(word for word in arguments if word != "draw"), *where]

    return mend


TO_FILE = ["-o", "net.svg"]


class Program(click.Group):
    """The commands; a network, or a file, in the place of a command is answered with the command that draws it."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of ``args``. Raises Refusal for a word that is none."""
        word = args[0]
        if self.get_command(ctx, word) is None:
            self._refuse(word, args)
        return super().resolve_command(ctx, args)

    def _refuse(self, word: str, args: Sequence[str]) -> NoReturn:
        near = nearest(word, self.commands)
        if near is not None:
            raise Refusal(f'there is no command "{visible(word)}" (did you mean "{near}"?)', replaced(word, near))
        if word.endswith(".toml") and len([one for one in args if one.endswith(".toml")]) > 1:
            raise Refusal(
                f'"{visible(word)}" is no command; several figure files are drawn with build',
                lambda all: ["build", *all],
            )
        if word[:1].isdigit() or "=" in word or ":" in word or PurePath(word).suffix:
            why = "a network, or a file of one, is drawn with draw"
            raise Refusal(f'"{visible(word)}" is no command: {why}', drawn())
        raise Refusal(f'there is no command "{visible(word)}"{suggestion(word, self.commands)}')


class Choice(click.Choice[str]):
    """One of some words, whatever its case and spelling; a refusal names the nearest."""

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """The words as they are declared."""
        words = map(str, self.choices)
        return f"[{'|'.join(words if self.case_sensitive else map(str.lower, words))}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The word. Raises Refusal for one that is none."""
        folded = {one_spelling(str(choice)).lower(): choice for choice in self.choices}
        word = one_spelling(str(value)).lower()
        if word in folded:
            return folded[word]
        flag = "word" if param is None else max(param.opts, key=len).lstrip("-")
        if flag == "padding" and (word.isdigit() or word in ("same", "valid", "causal", "full")):
            why = f"there is no --padding {visible(word, 9)}: {PADDING.format(visible(word, 9))}"
            raise Refusal(why, _padded(word), ctx)
        if word.startswith("-"):
            raise Refusal(f"--{flag} needs a value: one of {', '.join(map(str, self.choices))}", None, ctx)
        meant = value_meant(flag, word) or folded.get(nearest(word, folded) or "")
        hint = suggestion(word, self.choices) if meant is None else f' (did you mean "{meant}"?)'
        raise Refusal(
            f'unknown {flag} "{visible(str(value), 40)}"{hint}',
            None if meant is None or param is None else _valued(param, str(value), meant),
            ctx,
        )


def _valued(param: click.Parameter, one: str, other: str) -> Mend:
    """What puts ``other`` for the value ``one`` of an option, and of no other option."""

    def mend(arguments: list[str]) -> list[str] | None:
        found = list(arguments)
        for place, word in enumerate(arguments):
            before = one_spelling(arguments[place - 1]) if place else ""
            option, equals, value = word.partition("=")
            if word == one and before in param.opts:
                found[place] = other
            elif equals and value == one and one_spelling(option) in param.opts:
                found[place] = f"{option}={other}"
        return found if found != arguments else None

    return mend


def _padded(number: str) -> Mend:
    """What pads the only layer that can be, in place of ``--padding``."""

    def mend(arguments: list[str]) -> list[str] | None:
        from connectivity.notation.wording import can_be_padded

        found = [place for place, word in enumerate(arguments) if can_be_padded(word)]
        if len(found) != 1:
            return None
        line = [f"{word},p={number}" if place in found else word for place, word in enumerate(arguments)]
        at = next((place for place, word in enumerate(line) if word.startswith("--padding")), len(line))
        return line[:at] + line[at + (1 if "=" in line[at] else 2) :]

    return mend


class Whole(click.types.IntParamType):
    """A whole number, as the notation reads it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number. Raises Refusal for what is none."""
        number = value if isinstance(value, int) else whole(value)
        if number is None:
            digits = f" of at most {DIGIT_LIMIT} digits" if is_whole(str(value)) else ""
            raise Refusal(
                f'{_flag(param)} must be a whole number{digits}, as 12, not "{visible(value, 40)}"', None, ctx
            )
        return number


class WholeRange(click.IntRange):
    """A whole number from ``min`` to ``max``, as the notation reads it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number. Raises Refusal for what is none, or is out of the range."""
        number = Whole().convert(value, param, ctx)
        low, high = self.min, self.max
        if (low is not None and number < low) or (high is not None and number > high):
            legal = f"{low:g} or more" if high is None else f"{low or 0:g} to {high:g}"
            raise Refusal(f"{_flag(param)} must be {legal}, not {visible(str(value), 40)}", None, ctx)
        return number


class Number(click.types.FloatParamType):
    """A finite number, as the notation reads it; who draws knows its range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number. Raises Refusal for what is none."""
        number = value if isinstance(value, float) else decimal(value)
        if number is None:
            raise Refusal(
                f'{_flag(param)} must be a finite number, as 0.5 or -2, not "{visible(value, 40)}"', None, ctx
            )
        return number


def _flag(param: click.Parameter | None) -> str:
    """What an option is called, for errors."""
    return "the number" if param is None else max(param.opts, key=len)


def check_words(words: Sequence[str], formats: Sequence[str]) -> None:
    """Raise Refusal for files among the words of a network that belong behind an option.

    ``formats`` are those that the command writes.
    """
    for word in " ".join(words).split():
        suffix = PurePath(word).suffix.lower().removeprefix(".")
        if "=" in word or ":" in word or suffix in ("", "json"):  # a graph may be drawn as well
            continue
        if suffix in (*FORMATS, *INSTEAD) or suffix in formats:
            wished = suffix if suffix in formats else INSTEAD.get(suffix, formats[0])
            name = str(PurePath(word).with_suffix(f".{wished if wished in formats else formats[0]}"))
            why = f'"{visible(word)}" is no layer: a file to write stands behind -o'
            raise Refusal(why, _behind(word, "-o", name) if len(" ".join(words).split()) > 1 else None)
        if suffix in WEIGHTS:
            why = f'"{visible(word)}" holds weights, and no network: say the network, and --weights {visible(word)}'
            raise Refusal(why, _behind(word, "--weights", word) if len(" ".join(words).split()) > 1 else _listed(word))


def _listed(word: str) -> Mend:
    """What says what a weight file holds."""
    return lambda _: ["draw", "--weights", word, "--list-weights"]


def _behind(word: str, option: str, name: str) -> Mend:
    """What puts ``option`` before ``word``, which becomes ``name``, and both at the end."""

    def mend(arguments: list[str]) -> list[str] | None:
        rest = [
            " ".join(part for part in one.split() if part != word) if word in one.split() else one for one in arguments
        ]
        rest = [one for one, before in zip(rest, arguments, strict=True) if one or not before]
        return [*(rest[:-1] if rest and rest[-1] == option else rest), option, name]

    return mend

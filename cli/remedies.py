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
from connectivity.numerals import decimal, whole
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


def shown(arguments: Sequence[str]) -> str:
    """A command line as it is typed in a shell.

    >>> shown(["draw", "6", "fc:2", "--title", "Two layers"])
    "connectivity draw 6 fc:2 --title 'Two layers'"
    """
    return shlex.join(["connectivity", *arguments])


def refusal(error: click.ClickException, arguments: Sequence[str], program: click.Group) -> tuple[str, str | None]:
    """What to say of a command line that click, or one of us, refused: the message, and the line that was meant."""
    if isinstance(error, click.NoSuchOption):
        error = _unknown_option(error, arguments)
    elif isinstance(error, click.BadOptionUsage):
        error = _without_value(error, _options_of(arguments, program))
    message = error.format_message()
    mended = error.mend(list(arguments)) if isinstance(error, Refusal) and error.mend is not None else None
    return message, None if mended is None else shown(_all_right(mended))


def _all_right(arguments: list[str]) -> list[str]:
    """A command line with its network put right as well, and files among its words behind ``-o``."""
    if arguments[:1] not in (["draw"], ["describe"], ["export"]):
        return arguments
    end = next((place for place, word in enumerate(arguments) if word.startswith("-")), len(arguments))
    words = " ".join(arguments[1:end]).split()
    files = [word for word in words if PurePath(word).suffix.lower().removeprefix(".") in FORMATS]
    network = [word for word in words if word not in files]
    others = arguments[end:]
    if files and others == TO_FILE:
        others = []
    meant = _network_meant(" ".join(network))
    outputs = [part for file in files for part in ("-o", file)]
    if not outputs and meant is None:
        return arguments
    return [arguments[0], *(meant.split() if meant else network), *outputs, *others]


def _network_meant(line: str) -> str | None:
    """What was meant by a line that is no network; None for one that is, or of which nobody knows."""
    from connectivity.errors import NotationError
    from connectivity.notation.parser import parse

    if not line or PurePath(line).suffix:
        return None
    try:
        parse(line)
    except NotationError as error:
        return error.suggestion
    return None


def _unknown_option(error: click.NoSuchOption, arguments: Sequence[str]) -> Refusal:
    """An option that a command has not: the nearest that it has, or the command that has it."""
    said = next((word for word in arguments if word.startswith(error.option_name)), error.option_name)
    typed = said.partition("=")[0]
    context = error.ctx
    if context is not None and isinstance(context.command, click.Group):
        return _option_of_a_command(context.command, typed, arguments)
    options = (
        [] if context is None else [name for one in context.command.params for name in one.opts + one.secondary_opts]
    )
    long = [name for name in options if name.startswith("--")]
    near = nearest(one_spelling(f"--{typed.lstrip('-')}"), long) if len(typed) > 2 else None
    if near is None:
        where = "" if context is None else f" of {context.command.name}"
        return Refusal(f'there is no option "{visible(typed)}"{where} (--help lists them)')
    mend = replaced(said, near + said[len(typed) :])
    return Refusal(f'there is no option "{visible(typed)}" (did you mean "{near}"?)', mend)


def _option_of_a_command(group: click.Group, typed: str, arguments: Sequence[str]) -> Refusal:
    """An option before the command that it is of."""
    command = next((word for word in arguments if word in group.commands), None)
    at = arguments.index(command) if command is not None else len(arguments)
    moved = [*arguments[:at], *arguments[at + 1 :]]
    why = f"options stand behind the command, as {command or 'draw'} {visible(typed)}"
    mend: Mend = drawn() if command is None else lambda _: [command, *moved]
    return Refusal(f'there is no option "{visible(typed)}" before the command: {why}', mend)


def _options_of(arguments: Sequence[str], program: click.Group) -> Sequence[click.Parameter]:
    """The options of the command that is said."""
    return next((program.commands[word].params for word in arguments if word in program.commands), program.params)


def _without_value(error: click.BadOptionUsage, options: Sequence[click.Parameter]) -> Refusal:
    """An option whose value is missing, or that takes none."""
    name = error.option_name
    option = next((one for one in options if name in one.opts), None)
    if option is None or "requires" not in error.format_message():
        return Refusal(f"{name} takes no value; say {name} alone", _alone(name))
    choices = option.type.choices if isinstance(option.type, click.Choice) else ()
    what = option.metavar or (choices[0] if choices else option.type.name.upper())
    return Refusal(f"{name} needs a value, as {name} {what}")


def _alone(name: str) -> Mend:
    """What leaves out the value of ``name``."""
    return lambda arguments: [name if word.startswith(f"{name}=") else word for word in arguments]


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
        near = nearest(word, folded)
        flag = "word" if param is None else max(param.opts, key=len).lstrip("-")
        raise Refusal(
            f'unknown {flag} "{visible(str(value), 40)}"{suggestion(word, self.choices)}',
            None if near is None else replaced(str(value), str(folded[near])),
            ctx,
        )


class Whole(click.types.IntParamType):
    """A whole number, as the notation reads it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number. Raises Refusal for what is none."""
        number = value if isinstance(value, int) else whole(value)
        if number is None:
            raise Refusal(f'{_flag(param)} must be a whole number, as 12, not "{visible(value, 40)}"', None, ctx)
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

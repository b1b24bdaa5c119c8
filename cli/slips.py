"""Slips of the hand on a command line: an option that there is not, a value in two pieces, two networks in one.

Of an error that somebody else found, here is said what was meant by the whole line.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import PurePath
from typing import NamedTuple

import click

from connectivity.errors import NotationError, visible
from connectivity.optionhabits import Meant, option_meant, slip_of
from connectivity.options import one_spelling, settings
from connectivity.rendering.formats import FORMATS
from connectivity.typeset.lengths import POINTS

from .remedies import TO_FILE, Mend, Refusal, drawn, replaced, shown


def refusal(error: click.ClickException, arguments: Sequence[str], program: click.Group) -> tuple[str, str | None]:
    """What to say of a command line that click, or one of us, refused: the message, and the line that was meant."""
    taken = _taken_for_a_value(arguments, _options_of(arguments, program))
    if taken is not None:
        error = taken
    elif isinstance(error, click.NoSuchOption):
        error = _unknown_option(error, arguments, program)
    elif isinstance(error, click.BadOptionUsage):
        error = _without_value(error, _options_of(arguments, program))
    message = error.format_message()
    if isinstance(error, click.UsageError) and message.startswith("Got unexpected extra argument"):
        command = next((word for word in arguments if word in program.commands), "this command")
        message = f"{command} takes no words; leave them out"
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
    from connectivity.notation.parser import parse

    if not line or PurePath(line).suffix:
        return None
    try:
        parse(line)
    except NotationError as error:
        return error.suggestion
    return None


def _options_of(arguments: Sequence[str], program: click.Group) -> Sequence[click.Parameter]:
    """The options of the command that is said."""
    return next((program.commands[word].params for word in arguments if word in program.commands), program.params)


def _without_value(error: click.BadOptionUsage, options: Sequence[click.Parameter]) -> Refusal:
    """An option whose value is missing, or that takes none."""
    name = error.option_name
    option = next((one for one in options if name in one.opts), None)
    if option is None or "requires" not in error.format_message():
        return Refusal(f"{name} takes no value; say {name} alone", _alone(name))
    return Refusal(_needs(name, option))


def _needs(name: str, option: click.Parameter) -> str:
    choices = option.type.choices if isinstance(option.type, click.Choice) else ()
    what = option.metavar or (choices[0] if choices else option.type.name.upper())
    return f"{name} needs a value, as {name} {what}"


def _taken_for_a_value(arguments: Sequence[str], options: Sequence[click.Parameter]) -> Refusal | None:
    """An option without its value, for which the next option was taken, as in ``--title -o net.svg``."""
    known = {name: one for one in options for name in one.opts if name.startswith("-")}
    words = iter(arguments)
    for word in words:
        option = known.get(one_spelling(word))
        if not isinstance(option, click.Option) or option.is_flag or option.count:
            continue
        value = next(words, "")
        if one_spelling(value) in known:
            return Refusal(f'{_needs(word, option)}; "{visible(value)}" was taken for it')
    return None


def _alone(name: str) -> Mend:
    """What leaves out the value of ``name``."""
    return lambda arguments: [name if word.startswith(f"{name}=") else word for word in arguments]


def _unknown_option(error: click.NoSuchOption, arguments: Sequence[str], program: click.Group) -> Refusal:
    """An option that a command has not: the one that is meant, or the command that has it."""
    named = (word for word in arguments if word.startswith("-") and one_spelling(word).startswith(error.option_name))
    said = next(named, error.option_name)
    typed = said.partition("=")[0]
    command = None if error.ctx is None else error.ctx.command
    if isinstance(command, click.Group):
        return _before_the_command(command, said, typed, arguments)
    draw = program.commands["draw"]
    if command is not None and command.name in ("describe", "export"):
        meant = option_meant(one_spelling(typed))
        option = _flag(meant) if isinstance(meant, Meant) else one_spelling(typed)
        if option not in _names(command) and option in _names(draw):
            return Refusal(f'there is no option "{visible(typed)}" of {command.name}; {option} goes with draw')
    return _no_such_option(command or draw, said, typed)


def _before_the_command(group: click.Group, said: str, typed: str, arguments: Sequence[str]) -> Refusal:
    """An option before the command that it is of."""
    name = next((word for word in arguments if word in group.commands), None)
    command = group.commands[name or "draw"]
    if one_spelling(typed) not in _names(command):
        refused = _no_such_option(command, said, typed)
        refused.mend = None if refused.mend is None else _then_moved(refused.mend, name)
        return refused
    why = f"options stand behind the command, as {name or 'draw'} {visible(typed)}"
    return Refusal(f'there is no option "{visible(typed)}" before the command: {why}', lambda line: _moved(line, name))


def _then_moved(mend: Mend, name: str | None) -> Mend:
    def both(arguments: list[str]) -> list[str] | None:
        mended = mend(arguments)
        return None if mended is None else _moved(mended, name)

    return both


def _moved(arguments: list[str], name: str | None) -> list[str] | None:
    """The command before its options."""
    if name is None:
        return drawn()(arguments)
    at = arguments.index(name)
    return [name, *arguments[:at], *arguments[at + 1 :]]


def _names(command: click.Command) -> list[str]:
    """The options of a command."""
    return [name for one in command.params for name in one.opts + one.secondary_opts if name.startswith("-")]


def _no_such_option(command: click.Command, said: str, typed: str) -> Refusal:
    """An option that is none of a command's: what is meant by it, as others call it, or a slip of the fingers."""
    options = [name for name in _names(command) if name.startswith("--")]
    word = one_spelling(typed)
    fault = f'there is no option "{visible(typed)}"'
    meant = option_meant(word)
    if isinstance(meant, str):
        return Refusal(f"{fault}; {meant}", _described if "describe" in meant else None)
    if meant is not None and f"--{meant.option}" in options:
        flag, value = _flag(meant), meant.value.replace("{}", "UNIT")
        return Refusal(f"{fault}: say {flag} {value}".rstrip(), _as_meant(said, typed, meant))
    near = slip_of(word, options) if len(typed) > 2 else None
    if near is None:
        return Refusal(f"{fault} of {command.name} (--help lists them)")
    return Refusal(f'{fault} (did you mean "{near}"?)', replaced(said, near + said[len(typed) :]))


def _as_meant(said: str, typed: str, meant: Meant) -> Mend:
    """What puts the option that is meant for ``said``, with its value."""

    def mend(arguments: list[str]) -> list[str] | None:
        if said not in arguments:
            return None
        at = arguments.index(said)
        value, rest = said[len(typed) + 1 :], arguments[at + 1 :]
        if meant.takes and "=" not in said:
            if not rest or rest[0].startswith("-"):
                return None
            value, rest = rest[0], rest[1:]
        elif not meant.takes and rest and not rest[0].startswith("-") and _is_text(rest[0]):
            return None  # a value, of which nobody knows what it becomes
        elif "=" in said and not meant.takes and value.lower() in ("false", "no", "off", "0"):
            return None
        return [*arguments[:at], _flag(meant), (meant.value or "{}").replace("{}", value), *rest]

    return mend


def _flag(meant: Meant) -> str:
    return "-o" if meant.option == "output" else f"--{meant.option}"


def _described(arguments: list[str]) -> list[str] | None:
    """The network described, without any option."""
    end = next(place for place, word in enumerate(arguments) if word.startswith("-"))
    network = arguments[1:end]
    return ["describe", *network] if arguments[0] == "draw" and network else None


class Torn(NamedTuple):
    """A value of an option that is in pieces: where its option is, and how many words stand behind its value."""

    place: int
    words: int
    length: bool


_FREE = frozenset(f"--{setting.flag}" for setting in settings() if setting.markup) | {"--description"}
_LENGTHS = frozenset(f"--{setting.flag}" for setting in settings() if setting.metavar == "LENGTH")


def pieced(error: Exception, arguments: Sequence[str]) -> Refusal | None:
    """The refusal of a line whose network was refused for what is none of it; None for any other."""
    if not isinstance(error, NotationError) or arguments[:1] not in (["draw"], ["describe"], ["export"]):
        return None
    words = [part for word in arguments for part in _option_and_value(word)]
    for place, word in enumerate(words):
        torn = _torn(words, place) if one_spelling(word) in _FREE | _LENGTHS else None
        if torn is not None:
            return _joined(words, torn)
    return _apart(arguments)


def _option_and_value(word: str) -> list[str]:
    """``--title=a`` as two words, and any other word as it is."""
    option, equals, value = word.partition("=")
    return [option, value] if equals and one_spelling(option) in _FREE | _LENGTHS else [word]


def _torn(arguments: Sequence[str], place: int) -> Torn | None:
    """What of the words behind an option is more of its value: a unit, or words that are no layers."""
    option, behind = one_spelling(arguments[place]), list[str]()
    for word in arguments[place + 2 :]:
        if word.startswith("-") or not _is_text(word):
            break
        behind.append(word)
    if option in _LENGTHS:
        number = arguments[place + 1].replace(".", "", 1).isdigit()
        return Torn(place, 1, True) if number and behind and behind[0].lower() in POINTS else None
    return Torn(place, len(behind), False) if behind else None


def _is_text(word: str) -> bool:
    """Whether a word is neither a size nor a layer."""
    from connectivity.notation.wording import known

    return not word[:1].isdigit() and not set(word) & set(":=/") and not known(word) and not PurePath(word).suffix


def _joined(arguments: Sequence[str], torn: Torn) -> Refusal:
    place, end = torn.place, torn.place + 2 + torn.words
    option, value = arguments[place], ("" if torn.length else " ").join(arguments[place + 1 : end])
    line = [*arguments[: place + 1], value, *arguments[end:]]
    fault = f'"{visible(arguments[place + 2])}" is no layer'
    if torn.length:
        return Refusal(f"{fault}: a length has no blank in it, as {option} {visible(value)}", lambda _: line)
    quoted = visible(shlex.join([option, value]))
    return Refusal(f"{fault}: a text of several words stands between quotes, as {quoted}", lambda _: line)


def _apart(arguments: Sequence[str]) -> Refusal | None:
    """Networks that stand between quotes each, and have nothing between them."""
    end = next((place for place, word in enumerate(arguments) if word.startswith("-")), len(arguments))
    networks = [word.strip() for word in arguments[1:end]]
    if len(networks) < 2 or not all(" " in one and one[:1].isdigit() and _reads(one) for one in networks):
        return None
    line = [arguments[0], *" // ".join(networks).split(), *arguments[end:]]
    return Refusal("two networks in one line have // between them, as 6 fc:2 // 6 conv:3", lambda _: line)


def _reads(line: str) -> bool:
    from connectivity.notation.parser import parse

    try:
        parse(line)
    except NotationError:
        return False
    return True

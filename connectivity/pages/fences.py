r"""Fences of Markdown that hold figures: where they are in a page, and what they say.

    ```connectivity theme=dark max-units=12
    6 conv:3 fc:2
    ```

    ```{.connectivity #net .wide alt="Two layers"}
    net.toml
    ```

For tools that hand over a page as its text, and for errors, which name the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from connectivity.errors import DrawingError, visible

NAME = "connectivity"
"""The language of a fence that holds a figure."""

_LEAD = r"(?P<lead>[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]+)*[ \t]*)"
_OPENING = re.compile(_LEAD + r"(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^\n]*?)[ \t]*$")
_COMMENT = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?<!--")
_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_VALUE = r""""(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'}]*)"""
_WORD = re.compile(
    rf"""\s*(?:(?P<name>[A-Za-z][\w-]*)(?:\s*=\s*(?:{_VALUE})|(?=[\s}}]|$))|\.(?P<css>[\w-]+)|\#(?P<id>[^\s}}]+))"""
)


class Fence(NamedTuple):
    """A fence: its first line and the one after its last, from 0; what stands before each; its head, its content.

    ``lead`` is what the lines of the fence begin with (of a list or a quotation), as spaces and ``>`` alone.
    ``is_hidden``: it is in a comment of HTML.
    """

    start: int
    end: int
    lead: str
    info: str
    text: str
    is_hidden: bool = False


def fences(page: str) -> Iterator[Fence]:
    r"""The fences of a page that hold figures; what shows a fence within another one, or is in a comment, is none.

    >>> [(fence.start, fence.text) for fence in fences("a\n\n```connectivity\n6 fc:2\n```\n")]
    [(2, '6 fc:2')]
    """
    lines = page.splitlines()
    number, within_list = 0, False
    while number < len(lines):
        line = lines[number]
        within_list = _ITEM.match(line) is not None or (within_list and (not line.strip() or line[0] in " \t"))
        opening = None if _is_code(line, within_list) else _opening(line)
        if opening is None:
            number = end_of_comment(lines, number) or number + 1
            continue
        end = _end(lines, number, opening["mark"])
        if is_figure(opening["info"]):
            lead = re.sub(r"[^\s>]", " ", opening["lead"])
            text = _content(lines[number + 1 : end], lead, opening["mark"])
            yield Fence(number, end, lead, opening["info"], text)
        number = end


def is_figure(info: str) -> bool:
    """Whether the head of a fence says that it holds a figure.

    >>> is_figure("connectivity theme=dark"), is_figure("{ .connectivity }"), is_figure("python"), is_figure("")
    (True, True, False, False)
    """
    if info.startswith("{"):
        return re.match(rf"\{{\s*\.{NAME}(?![\w-])", info) is not None
    return re.match(rf"{NAME}(?![\w-])", info) is not None


def said(info: str) -> dict[str, str]:
    """What the head of a fence says after its name: options, and ``class`` and ``name`` where it has them.

    Raises DrawingError.

    >>> said('connectivity theme=dark no-captions alt="Two layers"')
    {'theme': 'dark', 'no-captions': '', 'alt': 'Two layers'}
    >>> said("{.connectivity #net .wide max-units=12}")
    {'max-units': '12', 'class': 'wide', 'name': 'net'}
    """
    text = info.strip().removeprefix("{").removesuffix("}").strip()
    text = text.removeprefix(".").removeprefix(NAME).strip()
    options: dict[str, str] = {}
    classes: list[str] = []
    place = 0
    while place < len(text):
        word = _WORD.match(text, place)
        if word is None:
            raise DrawingError(
                f'"{visible(text[place:].strip(), 40)}" is no option; write them as in theme=dark, max-units=12, '
                'no-captions or alt="Two layers"'
            )
        place = word.end()
        if word["css"]:
            classes.append(word["css"])
        elif word["id"]:
            options["name"] = word["id"]
        else:
            add(options, word["name"], _value(word))
    if classes:
        options["class"] = " ".join([*options.get("class", "").split(), *classes])
    return options | ({"name": options.pop("name")} if "name" in options else {})


def add(options: dict[str, str], name: str, value: str) -> None:
    """Add what was said to options: of one that is said again, another line. Raises nothing."""
    options[name] = f"{options[name]}\n{value}" if name in options else value


def _value(word: re.Match[str]) -> str:
    if word["double"] is not None:
        return re.sub(r"\\(.)", r"\1", word["double"])
    return word["single"] if word["single"] is not None else word["bare"] or ""


def end_of_comment(lines: list[str], start: int) -> int | None:
    """The line after the one that ends the comment of HTML that begins in line ``start``; None where none does.

    >>> end_of_comment(["<!-- a", "b -->", "c"], 0), end_of_comment(["a"], 0)
    (2, None)
    """
    if not _COMMENT.match(lines[start]):
        return None
    for number in range(start, len(lines)):
        if "-->" in (lines[number] if number > start else lines[number].partition("<!--")[2]):
            return number + 1
    return len(lines)


def _opening(line: str) -> re.Match[str] | None:
    """The parts of a line that begins a fence."""
    opening = _OPENING.match(line)
    return None if opening is None or (opening["mark"][0] == "`" and "`" in opening["info"]) else opening


def _is_code(line: str, within_list: bool) -> bool:
    """Whether a line is indented as code is, which has no fences."""
    return not within_list and re.match(r"(?: {4}|\t)", line) is not None


def _end(lines: list[str], start: int, mark: str) -> int:
    """The line after the end of the fence that begins at ``start``."""
    closing = re.compile(rf"[ \t>]*{re.escape(mark)}{re.escape(mark[0])}*[ \t]*$")
    for number in range(start + 1, len(lines)):
        if closing.match(lines[number]):
            return number + 1
    return len(lines)


def _content(lines: list[str], lead: str, mark: str) -> str:
    """What stands within a fence, without what its lines begin with."""
    if lines and re.match(rf"[ \t>]*{re.escape(mark)}+[ \t]*$", lines[-1]):
        lines = lines[:-1]
    return "\n".join(_without(line, lead) for line in lines)


def _without(line: str, lead: str) -> str:
    end = 0
    while end < min(len(lead), len(line)) and line[end] in " \t>":
        end += 1
    return line[end:]

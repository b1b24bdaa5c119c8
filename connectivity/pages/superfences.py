"""How Python-Markdown, in MkDocs and Zensical, finds fences: pymdownx.superfences has rules of its own.

Without braces it wants every value in quotes, within them it knows no commas; of what is said twice it hands over the
last; a fence that it cannot read it drops without a word, and what is below is then read as if there were none. It
looks for fences before anything knows of comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectivity.errors import visible
from connectivity.pages.fences import NAME, Fence, end_of_comment

_OPENING = re.compile(r"(?P<lead>[ >]*)(?P<mark>`{3,}|~{3,}) *(?P<info>.*?) *$")
_MEANT = re.compile(
    rf"[ >]*(?P<item>(?:[-*+]|\d{{1,9}}[.)]) +)?(?:`{{3,}}|~{{3,}}) *(?P<info>\{{? *\.?{NAME}(?![\w-]).*)$"
)
_CONTAINER = re.compile(r"[ >]*(?:[-*+] |\d+[.)] |!!!|\?\?\?|===|///|: |\[\^)")
"""What has content that is indented: items, admonitions, tabs, definitions, footnotes."""

_HEAD = re.compile(
    r"""(?:\.?(?P<name>[\w#.+-]+)(?=[ \t]|$))?"""
    r"""(?:[ \t]*\{(?P<braces>.*)\}|(?:[ \t]*[A-Za-z]\w*(?:=(?:"[^"]*"|'[^']*'))?(?=[ \t]|$))*)[ \t]*$"""
)
_NO_HEAD = (
    'no figure, since its head "{}" cannot be read here: options stand in braces, with spaces and without commas '
    'between them, as in ```{{.connectivity theme=dark alt="Two layers"}}'
)
_NO_LINE = "no figure, since its fence begins beside the mark of a list: begin it on a line of its own, indented by four spaces"
_NO_END = "no figure, since its fence has no end: end it with {}, indented as its first line is"

_NO_TURN = "no figure, since a fence above has no end: end that one, or leave a line between"


class Reading:
    """The fences of a page, with those that are hidden in comments, and those that are meant as figures and are none.

    Of the latter, in ``misread``, the line of each, from 1, and what is wrong.
    """

    def __init__(self, page: str) -> None:
        self.fences: list[Fence] = []
        self.misread: list[tuple[int, str]] = []
        self._lines = page.expandtabs(4).splitlines()
        self._open: tuple[int, re.Match[str]] | None = None
        self._comment = 0  # the line after the end of the last one
        self._empty = False  # whether the last line within the fence was
        for number in range(len(self._lines)):
            if self._open is None:
                self._begin(number)
            else:
                self._go_on(number, *self._open)
        if self._open is not None:
            self._lose(*self._open)

    def _begin(self, number: int) -> None:
        line = self._lines[number]
        self._look_for_comment(number)
        opening = _OPENING.match(line)
        meant = _MEANT.match(line)
        if opening is not None and _HEAD.match(opening["info"]):
            self._open, self._empty = (number, opening), False
            if meant and not is_named(opening["info"]):
                self._miss(number, _NO_HEAD.format(visible(meant["info"], 60)))
        elif meant is not None:
            self._miss(number, _NO_LINE if meant["item"] else _NO_HEAD.format(visible(meant["info"], 60)))

    def _go_on(self, number: int, start: int, opening: re.Match[str]) -> None:
        line, lead = self._lines[number], opening["lead"]
        within = _is_within(line, lead, self._empty)
        self._empty = not line.strip(" >")
        if line[len(lead) :].rstrip(" ") == opening["mark"] and within:
            self._open = None
            if is_named(opening["info"]):
                text = "\n".join(line[len(lead) :] for line in self._lines[start + 1 : number])
                self.fences.append(Fence(start, number + 1, lead, opening["info"], text, start < self._comment))
        elif not within:
            self._open = None
            self._lose(start, opening)
            self._look_for_comment(number)
            if _MEANT.match(line):  # which superfences passes over
                self._miss(number, _NO_TURN)

    def _look_for_comment(self, number: int) -> None:
        if number >= self._comment:
            self._comment = end_of_comment(self._lines, number) or 0

    def _lose(self, start: int, opening: re.Match[str]) -> None:
        if is_named(opening["info"]):
            self._miss(start, _NO_END.format(opening["mark"]))

    def _miss(self, number: int, message: str) -> None:
        if number >= self._comment and not self._is_code(number):
            self.misread.append((number + 1, message))

    def _is_code(self, number: int) -> bool:
        """Whether a line is indented as code is, and not as the content of something."""
        depth = _depth(self._lines[number])
        if depth < 4:
            return False
        above = (line for line in reversed(self._lines[:number]) if line.strip() and _depth(line) < depth)
        return _CONTAINER.match(next(above, "")) is None


def _is_within(line: str, lead: str, after_empty: bool) -> bool:
    """Whether a line can be one of a fence whose first line has that before it: it is empty, or is indented as much.

    Behind an empty line (``after_empty``) a quotation ends where a line has less of its marks.
    """
    if ">" not in lead:
        return not line.strip() or line.startswith(lead)
    before = line[: len(line) - len(line.lstrip(" >"))]
    if before != line and after_empty and before.count(">") < lead.count(">"):
        return False
    return before == line or (len(before) >= len(lead) and before[: len(lead)].count(">") <= lead.count(">"))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def head_of(md: Any) -> str:
    """The head of the fence that is being shown; empty where superfences does not say it."""
    if "fenced_code_block" not in md.preprocessors:
        return ""
    line = getattr(md.preprocessors["fenced_code_block"], "first", None) or ""
    opening = _OPENING.match(str(line))
    return opening["info"] if opening else ""


def all_said(options: Mapping[str, str], head: str) -> dict[str, str]:
    """Options, each with all that the head of their fence says, a line for each time, in place of the last alone."""
    from markdown.extensions.attr_list import get_attrs

    match = _HEAD.match(head)
    words = get_attrs(head if match is None or match["braces"] is None else match["braces"])
    every = dict(options)
    for name, last in options.items():
        values = [value for key, value in words if key == name and value is not None]
        if len(values) > 1 and values[-1] == last:
            every[name] = "\n".join(values)
    return every


def is_named(info: str) -> bool:
    """Whether the head of a fence that can be read is that of a figure."""
    from markdown.extensions.attr_list import get_attrs

    match = _HEAD.match(info)
    if match is None or match["name"]:
        return match is not None and match["name"] == NAME
    return next((value for key, value in get_attrs(match["braces"] or "") if key == "."), None) == NAME

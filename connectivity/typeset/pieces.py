"""What a text is set of: runs of one face and height, and scripts one over the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

SMALL = 0.7
"""The size of a script, in font sizes."""

APART = 0.06
"""How much farther two scripts of one letter are from its middle, each, in font sizes, so as not to touch."""


class Run(NamedTuple):
    """A stretch of text of one face ("", "italic" or "bold") and one height ("", "sub" or "sup")."""

    text: str
    face: str = ""
    height: str = ""


class Stack(NamedTuple):
    """A subscript and a superscript of the same letter: both begin at one place."""

    low: tuple[Run, ...]
    high: tuple[Run, ...]


class Arrow(NamedTuple):
    """A letter with an arrow over it."""

    base: Run


Piece = Run | Stack | Arrow


def joined(pieces: list[Piece]) -> list[Piece]:
    """``pieces``, neighbours that are alike as one."""
    done: list[Piece] = []
    for piece in pieces:
        before = done[-1] if done else None
        if isinstance(piece, Run) and isinstance(before, Run) and piece[1:] == before[1:]:
            done[-1] = before._replace(text=before.text + piece.text)
        elif not isinstance(piece, Run) or piece.text:
            done.append(piece)
    return done


def runs_of(pieces: Iterable[Piece]) -> Iterator[Run]:
    """All runs, also those of scripts and under arrows."""
    for piece in pieces:
        if isinstance(piece, Stack):
            yield from (*piece.low, *piece.high)
        elif isinstance(piece, Arrow):
            yield from (piece.base, Run("→"))
        else:
            yield piece

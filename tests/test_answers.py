"""What each line that is no network is answered, word for word: ``golden/answers.txt``, renewed by CONNECTIVITY_UPDATE=1.

A line and what is said of it stand together: the place, what is wrong, and the line that was meant. Where more than one
line may be meant, ``test_wording`` says which come first.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectivity import NotationError, parse
from connectivity.errors import AboutInput

PATH = Path(__file__).parent / "golden" / "answers.txt"
BLOCKS = [block.partition("\n") for block in PATH.read_text(encoding="utf-8").rstrip("\n").split("\n\n")]
ANSWERS = {typed: answer for typed, _, answer in BLOCKS}


def answer_to(typed: str) -> str:
    """What is said of a line, without the line and the caret beneath it."""
    with pytest.raises(NotationError) as caught:
        parse(typed)
    said = f"    {caught.value.column}: {caught.value.message}"
    return said if caught.value.suggestion is None else f"{said}\n    try: {caught.value.suggestion}"


@pytest.fixture(scope="module", autouse=True)
def recorded() -> Iterator[None]:
    """Answers are recorded when all are known."""
    yield
    if "CONNECTIVITY_UPDATE" in os.environ:
        text = "\n\n".join(f"{typed}\n{answer_to(typed)}" for typed in ANSWERS) + "\n"
        PATH.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("typed", ANSWERS)
def test_it_is_answered_in_these_words(typed: str) -> None:
    if "CONNECTIVITY_UPDATE" not in os.environ:
        assert answer_to(typed) == ANSWERS[typed]


def test_each_line_that_is_meant_is_a_network() -> None:
    meant = [answer.rpartition("    try: ")[2] for answer in ANSWERS.values() if "    try: " in answer]
    assert len(meant) > 200
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AboutInput)
        for line in meant:
            assert parse(line)


def test_a_blank_before_a_line_moves_the_place_alone() -> None:
    for typed in [*ANSWERS][::8]:
        with pytest.raises(NotationError) as plain:
            parse(typed)
        with pytest.raises(NotationError) as moved:
            parse(f" {typed}")
        assert moved.value.column == plain.value.column + 1
        assert moved.value.message == plain.value.message


def test_no_line_stands_twice() -> None:
    assert len(ANSWERS) == len(BLOCKS)

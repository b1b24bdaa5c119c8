"""The targets of ``make fuzz`` hold for a while, each with the same inputs every time."""

from __future__ import annotations

import random
import time
from pathlib import Path

import fuzz
import fuzzing
import pytest
from fuzzing import TARGETS, Defect, Target, answering, check_message, mutated

SECONDS, INPUTS = 1.0, 300
"""How long a target runs, and with how many inputs at most."""


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_holds(name: str) -> None:
    target = TARGETS[name]
    seeds, chance = target.seeds(), random.Random(name)
    assert seeds
    end = time.process_time() + SECONDS
    for _ in range(INPUTS):
        data = mutated(seeds, target.words, chance)
        try:
            target.run(data)
        except Exception as error:
            raise AssertionError(f"{name}: {data!r}") from error
        if time.process_time() > end:
            return


def test_the_same_seed_gives_the_same_inputs() -> None:
    seeds = [b"6 conv:3", b"x=6 fc:2"]
    one, other = ([mutated(seeds, ["fc:"], random.Random(5)) for _ in range(3)] for _ in range(2))
    assert one == other


@pytest.mark.parametrize("message", ["", " ", "a\x1b[31m", "<object at 0x7f12>", "a" * 20_001])
def test_a_message_that_cannot_be_shown_is_a_defect(message: str) -> None:
    with pytest.raises(Defect):
        check_message(message)
    check_message("a: b\n  c\n  ^")


def test_what_is_none_of_our_errors_is_a_defect() -> None:
    with pytest.raises(KeyError), answering():
        raise KeyError("a")


@pytest.mark.parametrize(
    ("format", "drawn"),
    [("svg", "<svg>"), ("tex", "{{}"), ("typ", '#text("a)'), ("tex", "a\x07"), ("svg", "<a>\x1b</a>")],
)
def test_a_picture_that_is_broken_is_a_defect(format: str, drawn: str) -> None:
    with pytest.raises((Defect, SyntaxError)):
        fuzzing.CHECKS[format](drawn)


def test_what_shows_a_defect_is_kept_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(data: bytes) -> None:
        raise KeyError(data)

    monkeypatch.setattr(fuzz, "FOUND", tmp_path)
    monkeypatch.setattr(fuzz, "_seen", set())
    monkeypatch.setitem(TARGETS, "failing", Target(fails, lambda: [b"a", b"b"]))
    assert not fuzz.tried("failing", b"a")
    assert not fuzz.tried("failing", b"b")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"a"]
    assert "KeyError: b'a'" in capsys.readouterr().out
    assert fuzz.main(["failing", str(next(tmp_path.iterdir()))]) == 1

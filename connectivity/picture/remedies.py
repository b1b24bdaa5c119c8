"""What would make a figure fit a page that is too small for it: found by trying, so that what is said is true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from connectivity.errors import DrawingError
from connectivity.options import Options
from connectivity.picture.fitting import PageTooSmallError
from connectivity.typeset.text import listed

Changes = dict[str, Any]

_MOST_MARKS = 4_000
"""Of a figure with more marks only the first few things are tried: each is a figure of its own."""

_FEW = 3
_LEAST_FONT = 5.0  # points: smaller captions are no advice
_ASKED = ("direction", "columns", "matrix", "pitch", "gap")  # what may stand in the way, where it was said
_HIDES = {"labels", "max_units"}  # what takes values out of units, or units with their values


class _Remedy(NamedTuple):
    """Other options, and how they are said."""

    changes: Changes
    said: str


def advised(error: PageTooSmallError, options: Options, fits: Callable[[Changes], bool]) -> DrawingError:
    """The error with what would help; ``fits`` tries changes.

    Of each kind of thing the first that does: something that may be left unsaid, something that is not shown then, a
    font size. What hides values that are to be shown is named only where nothing else helps.
    """
    asked, given_up, hiding = [*_asked(options)], [*_given_up(options)], []
    if "values" in options.show:
        hiding = [remedy for remedy in given_up if _HIDES & remedy.changes.keys()]
        given_up = [remedy for remedy in given_up if not _HIDES & remedy.changes.keys()]
    if error.marks > _MOST_MARKS:
        asked, given_up, hiding = asked[:_FEW], given_up[:_FEW], hiding[:_FEW]
    helps = [_first(remedies, fits) for remedies in (asked, given_up, _smaller(error))]
    found = [said for said in helps if said is not None] or [*filter(None, [_first(hiding, fits)])]
    says = f"{', '.join(found[:-1])} or {found[-1]}" if len(found) > 1 else "".join(found)
    advice = f"it fits with {says}" if found else "fewer layers, or a part of them (layers), take less"
    return DrawingError(f"{error}; {advice}", error.option)


def _first(remedies: Iterable[_Remedy], fits: Callable[[Changes], bool]) -> str | None:
    """The first that helps, as it is said."""
    return next((remedy.said for remedy in remedies if fits(remedy.changes)), None)


def _asked(options: Options) -> Iterator[_Remedy]:
    """What may be left to itself where it was said."""
    usual = Options()
    for name in _ASKED:
        if getattr(options, name) != getattr(usual, name):
            yield _Remedy({name: getattr(usual, name)}, f"{name} {getattr(usual, name) or 'as usual'}")


def _given_up(options: Options) -> Iterator[_Remedy]:
    """What may be left out, the least first."""
    singles = [
        _Remedy({"captions": False}, "no-captions"),
        _Remedy({"legend": False}, "no-legend"),
        *(_Remedy({"max_units": most}, f"max-units {most}") for most in (16, 12, 8, 6) if _is_less(most, options)),
        _Remedy({"labels": "none"}, "no-labels"),
    ]
    singles = [one for one in singles if any(getattr(options, name) != value for name, value in one.changes.items())]
    yield from singles
    without = [one for one in singles if "max_units" not in one.changes]
    for number in range(2, len(without) + 1):
        yield _together(without[:number])
    for one in singles:
        if "max_units" in one.changes:
            yield _together([one, *without])


def _is_less(most: int, options: Options) -> bool:
    return not options.max_units or most < options.max_units


def _together(remedies: list[_Remedy]) -> _Remedy:
    changes = {name: value for one in remedies for name, value in one.changes.items()}
    return _Remedy(changes, listed([one.said for one in remedies]))


def _smaller(error: PageTooSmallError) -> Iterator[_Remedy]:
    """Smaller captions, from what should fit downwards, in half points."""
    halves = int(error.caption * error.share * 2)
    for tenths in (halves, halves - 1, halves - 2):
        if 2 * _LEAST_FONT <= tenths < 2 * error.caption:
            yield _Remedy({"font_size": f"{tenths / 2:g}pt"}, f"font-size {tenths / 2:g}pt")

"""Names and numbers as a reader expects them: their order, their letters, their digits."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DIGITS = re.compile(r"([0-9]+)")
_ROUNDING = 1e-14  # what is left of a sum of float64 that should be 0, beside its terms
_EXPONENT = re.compile(r"e\+?(-?)0*(?=\d)")
_TAP = re.compile(r"\[(?:[0-9]{1,9},){2,}([0-9]{1,9})\]$")


def natural(name: str) -> list[tuple[int, str]]:
    """A sort key under which ``w[10]`` comes after ``w[2]``.

    >>> sorted(["w[10]", "w[2]", "b"], key=natural)
    ['b', 'w[2]', 'w[10]']
    """
    parts = _DIGITS.split(name)
    return [(int(part), "") if index % 2 and len(part) < 10 else (-1, part) for index, part in enumerate(parts)]


def by_tap(name: str) -> tuple[int, list[tuple[int, str]]]:
    """A sort key under which the same tap of all kernels comes together: ``w[o,i,k]`` by k, then by the rest.

    Two indices are those of a matrix, ``w[o,i]``, which has no taps.

    >>> sorted(["w[0,0,0]", "w[0,0,1]", "w[1,0,0]"], key=by_tap)
    ['w[0,0,0]', 'w[1,0,0]', 'w[0,0,1]']
    """
    match = _TAP.search(name)
    return int(match[1]) if match else 0, natural(name)


def short(value: float, beside: float = 0.0) -> str:
    """A number as a reader wants it: three significant digits, a real minus sign.

    What is no more than rounding ``beside`` a number of that size is 0.

    >>> short(-0.5), short(0.1234), short(-0.0), short(1e-7), short(2.8e-17, beside=1.0)
    ('\u22120.5', '0.123', '0', '1e\u22127', '0')
    """
    if abs(value) <= _ROUNDING * beside:
        return "0"
    text = _EXPONENT.sub(r"e\1", f"{value:.3g}")
    return "0" if text == "-0" else text.replace("-", "\u2212")


def listed(names: Sequence[str], most: int | None = None) -> str:
    """Names as a sentence has them; beyond ``most`` it says how many more there are.

    >>> listed(["x"]), listed(["x", "h1"]), listed(["a", "b", "c"])
    ('x', 'x and h1', 'a, b and c')
    >>> listed(["a", "b", "c", "d"], most=2)
    'a, b and 2 more'
    """
    if most is not None and len(names) > most:
        names = [*names[:most], f"{len(names) - most:,} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def letter(number: int) -> str:
    """The letter of a weight, counted from 0: a, b, ..., z, aa, ab, ...

    >>> letter(0), letter(25), letter(26)
    ('a', 'z', 'aa')
    """
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def subscripted(letter: str, number: int) -> str:
    """A letter with a subscript number in plain Unicode.

    >>> subscripted("w", 12)
    'w\u2081\u2082'
    """
    return letter + "".join(chr(0x2080 + int(digit)) for digit in str(number))

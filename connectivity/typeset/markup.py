r"""A small markup for titles and labels: ``$h_2^{(1)}$`` and ``$\sigma$``, as TeX has it.

Between two dollar signs letters are italic, ``_`` and ``^`` lower and raise what follows (one
character, or a group in braces), ``\alpha`` is a Greek letter, ``\to`` one of a few signs, ``\hat{y}``
an accent and ``\text{in}`` upright. All else, and everything outside of dollar signs, is plain Unicode.
A dollar sign that cannot open or close such a piece ("$5 and $6") is a dollar sign.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from connectivity.errors import suggestion, visible
from connectivity.typeset.metrics import text_width

_MATH = re.compile(r"\$(?! )([^$\n]*[^$\n ])\$(?!\d)")
_TOKEN = re.compile(
    r"\\(?P<function>hat|bar|tilde|dot|text|mathrm) *(?:\{(?P<argument>[^{}]*)\}|(?P<one>[^\\{}]))"
    r"|\\(?P<name>[A-Za-z]+) ?"
    r"|(?P<script>[_^])(?:\{(?P<group>[^{}]*)\}|\\(?P<sign>[A-Za-z]+)|(?P<single>[^{}]))"
    r"|\{(?P<grouped>[^{}]*)\}"
    r"|(?P<plain>.)",
    re.DOTALL,
)
_SMALL = 0.7

_LOWER = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau upsilon phi chi psi omega"
_NAMES = {name: chr(0x3B1 + n) for n, name in enumerate(_LOWER.split())}
_NAMES |= {name.capitalize(): chr(0x391 + n) for n, name in enumerate(_LOWER.split()) if name != "varsigma"}
_SIGNS = dict(
    zip(
        [
            "times",
            "cdot",
            "dots",
            "ldots",
            "cdots",
            "to",
            "rightarrow",
            "leftarrow",
            "leftrightarrow",
            "Rightarrow",
            "uparrow",
            "downarrow",
            "le",
            "leq",
            "ge",
            "geq",
            "ne",
            "neq",
            "approx",
            "equiv",
            "pm",
            "minus",
            "sum",
            "prod",
            "int",
            "partial",
            "infty",
            "cap",
            "forall",
            "exists",
            "prime",
            "ell",
            "varphi",
            "vartheta",
            "dagger",
            "quad",
        ],
        [
            "×",
            "·",
            "…",
            "…",
            "…",
            "→",
            "→",
            "←",
            "↔",
            "⇒",
            "↑",
            "↓",
            "≤",
            "≤",
            "≥",
            "≥",
            "≠",
            "≠",
            "≈",
            "≡",
            "±",
            "−",
            "∑",
            "∏",
            "∫",
            "∂",
            "∞",
            "∩",
            "∀",
            "∃",
            "′",
            "ℓ",
            "ϕ",
            "ϑ",
            "†",
            "\u2003",
        ],
        strict=True,
    )
)
_NAMES |= _SIGNS
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307"}
_SUBSCRIPTS = dict(zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_SUPERSCRIPTS = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True))


class Run(NamedTuple):
    """A stretch of text in one style: "" (upright), "italic", "sub" or "sup"."""

    text: str
    style: str = ""


def has_markup(text: str) -> bool:
    """Whether there is anything but plain text in it."""
    return "$" in text and _MATH.search(text) is not None


def runs(text: str) -> list[Run]:
    r"""The stretches of ``text``.

    >>> runs(r"layer $h_2^{(1)}$")
    [Run(text='layer ', style=''), Run(text='h', style='italic'), Run(text='2', style='sub'), Run(text='(1)', style='sup')]
    """
    pieces: list[Run] = []
    end = 0
    for match in _MATH.finditer(text):
        pieces.append(Run(text[end : match.start()]))
        pieces += _math(match[1])
        end = match.end()
    pieces.append(Run(text[end:]))
    joined: list[Run] = []
    for run in pieces:
        if joined and joined[-1].style == run.style:
            joined[-1] = Run(joined[-1].text + run.text, run.style)
        elif run.text:
            joined.append(run)
    return joined


def problem(text: str) -> str:
    """What of ``text`` cannot be written between dollar signs, in words; nothing where all of it can.

    >>> problem("layer $h_{2$"), problem("layer $h_2$")
    ('a brace without its partner in "$h_{2$"', '')
    """
    for match in _MATH.finditer(text):
        for token in _TOKEN.finditer(match[1]):
            name = token["name"] or token["sign"]
            if name and name not in _NAMES:
                near = suggestion(name, [*_NAMES, *_ACCENTS, "text", "mathrm"])
                default_hint = r" (Greek letters, \hat, \text, \to, ... are known)"
                hint = near.replace('"', '"\\', 1) if "did you mean" in near else default_hint
                return f'unknown "\\{visible(name, 40)}" between dollar signs{hint}'
            if token["plain"] and token["plain"] in "{}":
                return f'a brace without its partner in "{visible(match[0], 40)}"'
    return ""


def _math(text: str) -> list[Run]:
    pieces = []
    for token in _TOKEN.finditer(text):
        if token["script"]:
            group = token["group"]
            inner = token["single"] or (_named(token["sign"]) if token["sign"] else "")
            if group:
                inner = "".join(run.text for run in _math(group))
            pieces.append(Run(inner, "sub" if token["script"] == "_" else "sup"))
        elif token["grouped"] is not None:
            pieces += _math(token["grouped"])
        elif token["function"]:
            pieces += _applied(token["function"], token["argument"] or token["one"] or "")
        else:
            character = _named(token["name"]) if token["name"] else token["plain"]
            if token["name"] in _SIGNS and token[0].endswith(" "):
                character += " "
            pieces.append(Run(character, "italic" if character.isalpha() and len(character) == 1 else ""))
    return pieces


def _applied(function: str, argument: str) -> list[Run]:
    """An argument with an accent, or upright."""
    if function not in _ACCENTS:
        return [Run(argument)]
    inner = _math(argument)
    accented = unicodedata.normalize("NFC", "".join(run.text for run in inner) + _ACCENTS[function])
    return [Run(accented, inner[0].style if inner else "")]


def _named(name: str) -> str:
    return _NAMES.get(name, f"\\{name}")


def plain(text: str) -> str:
    r"""``text`` in Unicode alone, for where there is no markup; what has no such character stays as it is.

    >>> plain(r"$\sigma(h_2)$ and $x^q$")
    'σ(h₂) and x^q'
    """
    if not has_markup(text):
        return text
    parts = []
    for run in runs(text):
        small = {"sub": _SUBSCRIPTS, "sup": _SUPERSCRIPTS}.get(run.style)
        if small is None:
            parts.append(run.text)
        elif all(character in small for character in run.text):
            parts.append("".join(small[character] for character in run.text))
        else:
            mark = "_" if run.style == "sub" else "^"
            parts.append(mark + (run.text if len(run.text) == 1 else f"({run.text})"))
    return "".join(parts)


def rich_width(text: str, size: float, face: str = "regular") -> float:
    """The width of ``text`` in points, markup heeded."""
    if not has_markup(text):
        return text_width(text, size, face)
    width = 0.0
    for run in runs(text):
        small = run.style in ("sub", "sup")
        italic = run.style == "italic"  # of which there is no bold one
        width += text_width(run.text, size * (_SMALL if small else 1.0), "italic" if italic else face)
    return width


def wrapped(text: str, width: float, size: float, face: str = "regular") -> str:
    r"""``text`` with line breaks between words, so that no line is wider than ``width`` points.

    A word that is wider by itself stays whole, and so does a piece of markup.

    >>> wrapped("every connection has its own weight", 100, 12)
    'every connection\nhas its own weight'
    """
    joined = _MATH.sub(lambda match: match[0].replace(" ", "\u00a0"), text) if "$" in text else text
    lines: list[str] = []
    for word in joined.split(" ") if "\u00a0" in joined else joined.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and rich_width(longer, size, face) <= width:
            lines[-1] = longer
        elif word:
            lines.append(word)
    return "\n".join(lines)

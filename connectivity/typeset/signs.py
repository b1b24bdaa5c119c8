"""What the commands of TeX that stand between dollar signs mean: characters, alphabets, accents, and their spacing."""

from __future__ import annotations

import re

_LOWER = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau upsilon phi chi psi omega"

LETTERS = {name: chr(0x3B1 + n) for n, name in enumerate(_LOWER.split())}
"""Commands that are letters. ``\\epsilon`` and ``\\varepsilon`` are one letter, as in a font without serifs."""

LETTERS |= {name.capitalize(): chr(0x391 + n) for n, name in enumerate(_LOWER.split()) if name != "varsigma"}
LETTERS |= {"varepsilon": "ε", "phi": "ϕ", "varphi": "φ", "vartheta": "ϑ", "varpi": "ϖ", "varrho": "ϱ", "varkappa": "ϰ"}
LETTERS |= {"digamma": "ϝ", "ell": "ℓ", "imath": "ı", "jmath": "ȷ", "partial": "∂", "hbar": "ℏ", "Re": "ℜ", "Im": "ℑ"}
LETTERS |= {
    "aleph": "ℵ",
    "wp": "℘",
    "o": "ø",
    "O": "Ø",
    "ss": "ß",
    "ae": "æ",
    "AE": "Æ",
    "aa": "å",
    "AA": "Å",
    "eth": "ð",
}


def _pairs(words: str) -> dict[str, str]:
    """Names and characters that take turns."""
    parts = words.split()
    return dict(zip(parts[::2], parts[1::2], strict=True))


ORDINARY = _pairs(
    r"""
    infty ∞ forall ∀ exists ∃ nexists ∄ nabla ∇ emptyset ∅ varnothing ∅ prime ′ top ⊤ bot ⊥ angle ∠ degree ° surd √
    neg ¬ lnot ¬ backslash \ dag † dagger † ddag ‡ ddagger ‡ vdots ⋮ ddots ⋱ colon : vert | Vert ‖ lvert | rvert |
    lVert ‖ rVert ‖ checkmark ✓ square □ Box □ blacksquare ■ triangle △ flat ♭ natural ♮ sharp ♯ S § P ¶
    copyright © pounds £ euro € yen ¥ mho ℧ complement ∁ star ⋆ bigstar ★ lozenge ◊ Diamond ◇
    """
)
DOTS = dict.fromkeys(("dots", "ldots", "dotsc", "dotso", "textellipsis"), "…") | dict.fromkeys(
    ("cdots", "dotsb", "dotsm", "dotsi"), "···"
)
OPERATORS = _pairs(
    """
    times × cdot · div ÷ pm ± mp ∓ minus − ast * circ ∘ bullet • cap ∩ cup ∪ sqcap ⊓ sqcup ⊔ setminus ∖ oplus ⊕
    ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ wedge ∧ land ∧ vee ∨ lor ∨ uplus ⊎ wr ≀ amalg ⨿ diamond ⋄ bigcirc ○ boxplus ⊞
    boxtimes ⊠ ltimes ⋉ rtimes ⋊
    """
)
RELATIONS = _pairs(
    """
    to → rightarrow → gets ← leftarrow ← leftrightarrow ↔ Rightarrow ⇒ implies ⇒ Leftarrow ⇐ impliedby ⇐
    Leftrightarrow ⇔ iff ⇔ uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓ mapsto ↦ longrightarrow ⟶
    longleftarrow ⟵ longleftrightarrow ⟷ Longrightarrow ⟹ Longleftarrow ⟸ longmapsto ⟼ hookrightarrow ↪ hookleftarrow ↩
    nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ rightsquigarrow ⇝ leadsto ⇝ rightleftharpoons ⇌ leftrightarrows ⇆
    le ≤ leq ≤ leqslant ⩽ ge ≥ geq ≥ geqslant ⩾ ne ≠ neq ≠ lt < gt > ll ≪ gg ≫ approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅
    propto ∝ doteq ≐ triangleq ≜ coloneqq ≔ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ subsetneq ⊊
    supsetneq ⊋ mid | nmid ∤ parallel ‖ perp ⊥ models ⊨ vdash ⊢ dashv ⊣ prec ≺ preceq ≼ succ ≻ succeq ≽ asymp ≍
    """
)
LARGE = _pairs(
    "sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigvee ⋁ bigwedge ⋀"
)
OPENING = _pairs("lbrace { langle ⟨ lfloor ⌊ lceil ⌈ lbrack [ lparen (")
CLOSING = _pairs("rbrace } rangle ⟩ rfloor ⌋ rceil ⌉ rbrack ] rparen )")
_FUNCTIONS = """
    arccos arcsin arctan arg argmax argmin cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln
    log max min Pr relu sec sgn sigmoid sign sin sinh softmax softplus sup tan tanh tr
    """
FUNCTIONS = {name: name for name in _FUNCTIONS.split()} | {
    "liminf": "lim\u2009inf",
    "limsup": "lim\u2009sup",
    "argmax": "arg\u2009max",
    "argmin": "arg\u2009min",
}

ESCAPED = {character: character for character in "#$%&_{}/"} | {"|": "‖"}
"""What a backslash before one sign stands for."""

# Of the spaces of Unicode the font has three: the space (0.2 em), the thin one, and the hair space.
THIN, HAIR, SPACE = "\u2009", "\u200a", "\u00a0"
SPACES = {",": THIN, ":": SPACE, ">": SPACE, ";": SPACE + HAIR, "!": "", " ": SPACE, "\u00a0": SPACE}
SPACES |= {
    "thinspace": THIN,
    "medspace": SPACE,
    "thickspace": SPACE + HAIR,
    "negthinspace": "",
    "enspace": 2 * SPACE + HAIR,
}
SPACES |= {"quad": 5 * SPACE, "qquad": 10 * SPACE, "space": SPACE, "nobreakspace": SPACE}

ACCENTS = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "bar": "\u0304",
    "overline": "\u0305",
    "underline": "\u0332",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "dot": "\u0307",
    "ddot": "\u0308",
    "check": "\u030c",
    "breve": "\u0306",
    "acute": "\u0301",
    "grave": "\u0300",
    "mathring": "\u030a",
    "vec": "\u20d7",
    "overrightarrow": "\u20d7",
}
"""The combining character of each accent."""

ARROW = "\u20d7"
LINES = ("\u0305", "\u0332")
"""Accents that go on over several letters."""

WORDS = dict.fromkeys(("text", "textrm", "textup", "textnormal", "textsf", "mbox", "hbox"), "")
WORDS |= {"textbf": "bold", "textsb": "bold", "textit": "italic", "textsl": "italic", "emph": "italic"}
"""Commands whose argument is text, with its face."""

FACES = dict.fromkeys(("mathrm", "mathup", "mathsf", "operatorname"), "")
FACES |= {"mathbf": "bold", "boldsymbol": "bold", "bm": "bold", "symbf": "bold", "pmb": "bold", "mathit": "italic"}
"""Commands whose argument is mathematics in one face."""

_IGNORED = """
    displaystyle textstyle limits nolimits nonumber relax mathstrut strut big Big bigg Bigg bigl Bigl biggl Biggl bigr
    Bigr biggr Biggr bigm Bigm biggm Biggm
    """
IGNORED = frozenset(_IGNORED.split())
"""Commands for sizes and places that a line of text has not."""

_HOLES = {
    "mathbb": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
    "mathcal": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
    "mathfrak": dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True)),
}
_ALPHABETS = {"mathbb": 0x1D538, "mathcal": 0x1D49C, "mathfrak": 0x1D504, "mathtt": 0x1D670}
_DIGITS = {"mathbb": 0x1D7D8, "mathtt": 0x1D7F6}
_SAME = {"mathscr": "mathcal", "texttt": "mathtt", "Bbb": "mathbb", "symbb": "mathbb", "frak": "mathfrak"}

ALPHABETS = (*_ALPHABETS, *_SAME)
"""Commands whose argument is of letters that Unicode has as characters of their own."""


def lettered(alphabet: str, character: str) -> str | None:
    r"""``character`` in an alphabet; None where it has none.

    >>> lettered("mathbb", "R"), lettered("mathcal", "N"), lettered("mathbb", "1"), lettered("mathcal", "1")
    ('ℝ', '𝒩', '𝟙', None)
    """
    name = _SAME.get(alphabet, alphabet)
    hole = _HOLES.get(name, {}).get(character)
    if hole or not character.isascii() or not character.isalnum():
        return hole
    if character.isdigit():
        return chr(_DIGITS[name] + int(character)) if name in _DIGITS else None
    return chr(_ALPHABETS[name] + ord(character) - (ord("a") - 26 if character.islower() else ord("A")))


SUBSCRIPTS = dict(zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
SUPERSCRIPTS = dict(zip("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ", strict=True))

KNOWN = sorted(
    {
        *LETTERS,
        *ORDINARY,
        *DOTS,
        *OPERATORS,
        *RELATIONS,
        *LARGE,
        *OPENING,
        *CLOSING,
        *FUNCTIONS,
        *(name for name in SPACES if name.isalpha()),
        *ACCENTS,
        *WORDS,
        *FACES,
        *ALPHABETS,
        *IGNORED,
        *("frac", "dfrac", "tfrac", "sqrt", "left", "right", "middle", "not"),
    }
)
"""All commands that are words."""


INDEXED = re.compile("(?<![^\\W\\d_])([A-Za-z])([\u2080-\u2089]+)")
"""A letter with an index, in plain text: mathematics although nobody said so."""


def digits(text: str) -> str:
    """Subscript digits as plain ones."""
    return "".join(str(ord(sign) - ord("\u2080")) for sign in text)

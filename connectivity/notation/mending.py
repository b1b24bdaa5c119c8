"""A line that is no network, and the line that was meant: what an error proposes.

Only asked once a line was refused, so that nothing here decides what a network is; and a proposal is made only where
:func:`.parser.parse` reads it. :func:`mended` knows how the line is cut, :mod:`.notation.habits` the words of others.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from connectivity.errors import NotationError, harmless, nearest
from connectivity.layers.activations import is_activation
from connectivity.layers.kinds import kind_words, words_of
from connectivity.notation import habits
from connectivity.notation.wording import (
    known,
    layer_words,
    number,
    parameter_of,
    said,
    sizes,
    split,
    takes_names,
)

LIMIT = 2_000
"""The longest line that is mended, in characters."""

_SIGNS = str.maketrans("×✕∗−–‐‑‒：，＝；∕“”‘’", "xx*-----:,=;/\"\"''")
_ARROW = re.compile(r"->|=>|\|>|→|⇒|⟶")
_OPEN, _CLOSE = "([{", ")]}"


class Remark(NamedTuple):
    """Why characters ``start`` to ``end`` of a line are not what they should be."""

    start: int
    end: int
    why: str


class Mended(NamedTuple):
    """A line that may be meant, and what was wrong, from the left."""

    line: str
    remarks: list[Remark]


class Piece(NamedTuple):
    """A part of a line between blanks, with its place."""

    text: str
    start: int
    end: int


def taught(error: NotationError, parse: Callable[[str], object]) -> NotationError:
    """``error`` with the line that was meant, and why; as it is where nobody knows.

    ``parse`` refuses what is no network with a NotationError.
    """
    if len(error.text) > LIMIT or not error.fault:
        return error
    why, line = "", None
    for candidate in mended(error.text):
        why = _reason(candidate.remarks, error)
        if candidate.line and candidate.line != error.text and _reads(parse, candidate.line):
            line = candidate.line
            break
    message = harmless(f"{error.fault}: {why}") if why else error.message
    return NotationError(message, error.text, error.column, error.line, error.source, line)


def mended(text: str) -> Iterator[Mended]:
    """Lines that may be meant by ``text``, the likeliest first.

    >>> next(mended("784 128 10")).line
    '784 fc:128 fc:10'
    >>> next(mended("6 Conv1d(1, 8, 3, stride=2), nn.ReLU()")).line
    '6 conv:3,channels=8,stride=2 relu'
    """
    remarks: list[Remark] = []
    plain = _ARROW.sub(lambda match: " " * len(match[0]), "".join(map(_plain, text)).translate(_SIGNS))
    if plain != text:
        why = "layers have blanks between them, and nothing else"
        remarks += [Remark(match.start(), match.end(), why) for match in _ARROW.finditer(text)]
    panels = [_Panel(pieces, remarks) for pieces in _panels(_pieces(plain), remarks)]
    if not all(panel.is_meant for panel in panels):
        yield Mended("", sorted(remarks))
        return
    beside = dict.fromkeys(panel.input[0].split(",")[0].split("=")[-1] for panel in panels if panel.sized)
    for size in (*beside, *map(str, habits.SIZES)):
        lines = [" ".join(panel.words(size)) for panel in panels]
        yield Mended(" // ".join(lines), sorted(remarks))
        if all(panel.sized for panel in panels):
            break
    turned = [panel.turned() for panel in panels]
    if turned != [panel.words("") for panel in panels] and all(panel.sized for panel in panels):
        yield Mended(" // ".join(map(" ".join, turned)), sorted(remarks))


def _plain(character: str) -> str:
    """A character as a keyboard has it: full-width ones, and digits of all scripts."""
    if character.isascii():
        return character
    digit = unicodedata.digit(character, None)
    plain = unicodedata.normalize("NFKC", character)
    return str(digit) if digit is not None else plain if len(plain) == 1 else character


def _reads(parse: Callable[[str], object], line: str) -> bool:
    try:
        parse(line)
    except NotationError:
        return False
    return True


def _reason(remarks: Sequence[Remark], error: NotationError) -> str:
    """The remark about the word that ``error`` points at; nothing where there is none."""
    words = (match.span() for match in re.finditer(r"\S+", error.text))
    start, end = next(((start, end) for start, end in words if start < error.column <= end + 1), (0, 0))
    return next((one.why for one in remarks if one.start < end and start < one.end), "")


def _pieces(text: str) -> list[Piece]:
    """What stands between blanks; brackets hold theirs together, where they match."""
    matching = all(text.count(one) == text.count(other) for one, other in zip(_OPEN, _CLOSE, strict=True))
    pieces, start, depth = [], 0, 0
    for place, character in enumerate(text + " "):
        depth += matching * ((character in _OPEN) - (character in _CLOSE))
        if character.isspace() and depth <= 0:
            if place > start:
                pieces += _unglued(Piece(text[start:place], start, place))
            start = place + 1
    return pieces


def _unglued(piece: Piece) -> list[Piece]:
    """A piece cut at what separates panels, and rid of what holds a list of layers together."""
    inner = re.fullmatch(r"(?:[\w.]*Sequential\(\[?|\[)(.*?)\]?\)?", piece.text, re.DOTALL)
    if inner and re.search(r"[A-Za-z(,]", inner[1]):
        parts = split(inner[1], ",")
        return [
            Piece(part.strip(), piece.start, piece.end)
            for part in ([inner[1]] if all(map(number, parts)) else parts)
            if part.strip()
        ]
    if "//" not in piece.text or not piece.text.strip("/") or "=" in piece.text:
        return [piece]
    start = piece.start
    return [
        Piece(match[0], start + match.start(), start + match.end())
        for match in re.finditer(r"//|(?:(?!//).)+", piece.text)
    ]


def _panels(pieces: Sequence[Piece], remarks: list[Remark]) -> list[list[Piece]]:
    """The pieces of each panel; a size that was the input's, with layers behind it, begins one."""
    panels: list[list[Piece]] = [[]]
    for place, piece in enumerate(pieces):
        following = pieces[place + 1].text if place + 1 < len(pieces) else ""
        if _begins_anew(panels[-1], piece, following):
            remarks.append(Remark(piece.start, piece.end, f"// stands before a panel of its own, as // {piece.text}"))
            panels.append([piece])
        elif piece.text == "//" or (piece.text in ("/", "|", "||", ";", "///", "\\\\") and sizes(following)):
            panels.append([])
        else:
            panels[-1].append(piece)
    return panels


def _begins_anew(panel: Sequence[Piece], piece: Piece, following: str) -> bool:
    """Whether ``piece`` is the input of ``panel`` once more, between two layers that both say their kind."""
    if not panel or piece.text != panel[0].text or not sizes(piece.text):
        return False
    before, after = (re.match(r"(\w+)[:,]\w", text) for text in (panel[-1].text, following))
    return before is not None and after is not None and known(before[1]) and after[1].lower() in kind_words()


class _Panel:
    """A panel: its input, and its layers, each as pieces that belong together."""

    def __init__(self, pieces: Sequence[Piece], remarks: list[Remark]) -> None:
        self._remarks = remarks
        pieces = [piece for piece in pieces if not self._is_foreign(piece)]
        pieces = [piece for piece in pieces if piece.text not in ("+", ",", "|", ";", "then", "and", ">")]
        self.input: list[str] = []
        self.sized = True
        self.layers: list[str] = []
        rest = self._take_input(self._joined(pieces))
        for piece in rest:
            words, why = layer_words(piece.text)
            self._note(piece, why)
            again = len(words) == 2 and is_activation(words[1]) and self.layers[-1:] == words[:1]
            self.layers += words[again:]
        if self.sized:
            self.layers = _with_names([*self.input, *self.layers])[1:]
        self.is_meant = self.sized or bool(self.layers)

    def words(self, size: str) -> list[str]:
        """All words; ``size`` is that of an input that is not said."""
        return [*(self.input if self.sized else [size]), *self.layers]

    def turned(self) -> list[str]:
        """All words, of an input of more channels than its length with the one in the place of the other."""
        return [*(_turned(word) for word in self.input), *self.layers]

    def _note(self, piece: Piece, why: str) -> None:
        if why:
            self._remarks.append(Remark(piece.start, piece.end, why))

    def _is_foreign(self, piece: Piece) -> bool:
        """Whether a piece is none of a network: a file, or an option; noted."""
        suffix = piece.text.rpartition(".")[2].lower() if re.fullmatch(r"[^=,:()]*\.\w+", piece.text) else ""
        if suffix in habits.WRITTEN:
            self._note(piece, f"a file to write is said with -o {piece.text}, or save(..., {piece.text!r})")
        elif suffix in habits.WEIGHTS:
            self._note(
                piece, f"it holds weights, and no network: say --weights {piece.text}, or weights={piece.text!r}"
            )
        elif suffix in habits.READ:
            self._note(piece, "a file is a panel by itself, without layers; many figure files are drawn with build")
        elif re.fullmatch(r"[a-z]\w{1,8}", suffix) and not known(suffix) and said(piece.text).kind is None:
            self._note(piece, "a file of a network ends in .toml, .json, .onnx, .keras or .h5")
        elif re.fullmatch(r"-+[A-Za-z][\w-]*(=.*)?", piece.text):
            self._note(piece, "options are no words of a network: the command line has them, and Python as keywords")
        else:
            return False
        return True

    def _joined(self, pieces: Sequence[Piece]) -> list[Piece]:
        """Pieces with the parameters that stand behind them, after a blank, put to them."""
        joined: list[Piece] = []
        for piece in pieces:
            text = piece.text.strip(",;")
            glue = self._glue(joined[-1].text, text) if joined else ""
            if glue:
                joined[-1] = Piece(joined[-1].text + glue + text, joined[-1].start, piece.end)
                self._note(joined[-1], f"no blank within a layer, as {layer_text(joined[-1].text)}")
            elif text:
                joined.append(Piece(text, piece.start, piece.end))
                if text != piece.text:
                    self._note(piece, "layers have blanks between them, and no commas")
        return joined

    @staticmethod
    def _glue(before: str, text: str) -> str:
        """What joins a piece to the layer ``before`` it; nothing for a piece that is a layer itself."""
        about = said(before)
        if about.kind is None:
            return ""
        words = words_of(about.kind)
        key, equals, value = text.partition("=")
        if equals and not known(re.split(r"[:,(]", value)[0]) and parameter_of(words, key, near=False):
            return ","
        if not equals and number(text) is not None:
            last = about.items[-1] if about.items else None
            if last is None and words.value is not None and not about.values and "," not in before:
                return ":"
            if last is not None and last[1] is None and parameter_of(words, last[0], near=False):
                return "="
        exact = words.parameter(text)
        return "," if exact is not None and exact is not words.value and not known(text) else ""

    def _take_input(self, pieces: list[Piece]) -> list[Piece]:
        """The layers behind the input, which is taken and put right."""
        if not pieces:
            self.sized = False
            return []
        first, rest = pieces[0], pieces[1:]
        glued = re.fullmatch(r"((?:\w+=)?\d+(?:x\d+)?)[:,]?([A-Za-z]{2}.*)", first.text)
        if glued and not _is_said_of_input(glued[2]):
            self._note(first, "a blank stands between the input and its layers")
            first, rest = first._replace(text=glued[1]), [first._replace(text=glued[2]), *rest]
        text, layers, why = _input(first.text, [piece.text for piece in rest])
        self._note(first, why)
        if text is None:
            self.sized = False
            return [first, *rest]
        self.input = [text]
        self.layers = layers
        return rest


def _turned(text: str) -> str:
    match = re.fullmatch(r"(\w+=)?(\d+)x(\d+)", text)
    if match is None or int(match[2]) <= int(match[3]):
        return text
    return f"{match[1] or ''}{match[3]}x{match[2]}"


def _with_names(words: Sequence[str]) -> list[str]:
    """The words of a panel with misspelled names of layers put right, where layers say which they take.

    >>> _with_names(["6", "gate=conv:3", "add:gte"])
    ['6', 'gate=conv:3', 'add:gate']
    """
    names = ["x"] + [match[1] for word in words if (match := re.match(r"(\w+)=", word))]
    names += [f"h{place}" for place in range(1, len(words))]
    found = []
    for word in words:
        about = said(word)
        if about.kind is not None and takes_names(about.kind) and len(about.values) == 1:
            parts = about.values[0].split("/")
            meant = [part if part in names else nearest(part, names) or part for part in parts]
            if meant != parts:
                word = word.replace(f":{about.values[0]}", f":{'/'.join(meant)}", 1)
        found.append(word)
    return found


def layer_text(text: str) -> str:
    """A layer as it is said here."""
    return " ".join(layer_words(text)[0])


def _is_said_of_input(text: str) -> bool:
    """Whether ``text`` says something of an input, as values=1/2."""
    words = words_of(kind_words()["input"])
    return parameter_of(words, text.partition("=")[0], near=True) is not None and "=" in text


def _input(text: str, behind: Sequence[str]) -> tuple[str | None, list[str], str]:
    """The input that ``text`` means, the layers that it means as well, and why; None for what is no input."""
    name, text = _name(text)
    items = split(text, ",")
    numbers = sizes(text)
    about = said(items[0])
    if about.kind is not None and about.kind is kind_words()["input"]:
        shapes = [value for value in (*about.values, *(v for _, v in about.items)) if value is not None]
        numbers = sizes(shapes[0]) if shapes else []
        if numbers:
            return name + _shape(numbers), [], "a network starts with the size alone, as 6 or 2x8"
    if not numbers:
        return (name + _with_items(items), [], "") if sizes(items[0]) else (None, [], "")
    if len(numbers) == 1:
        plain = f"{numbers[0]}"
        return name + plain, [], "" if plain == text else f"a size is a whole number, as {plain}"
    if re.fullmatch(r"\d+x\d+", text):
        return name + text, [], ""
    return _of_several(name, text, numbers, behind)


def _of_several(name: str, text: str, numbers: list[int], behind: Sequence[str]) -> tuple[str, list[str], str]:
    """An input of several numbers: an image, channels and a length, or the sizes of all layers."""
    side = next((one for one, other in itertools.pairwise(numbers) if one == other > 1), 0)
    if side and len(numbers) > 2:
        channels = next((one for one in numbers if one != side), 1)
        what = "an input is a length, or channels x length: a row of the image, or all of its pixels as a length"
        if behind and said(behind[0]).kind is kind_words()["fc"]:
            return f"{name}{channels * side * side}", [], what
        return f"{name}{channels}x{side}" if channels > 1 else f"{name}{side}", [], what
    is_shape = re.search("[xX*]", text) is not None
    if len(numbers) == 2 and (behind or is_shape):
        fully = bool(behind) and said(behind[0]).kind is kind_words()["fc"] and "*" in text
        shape = str(numbers[0] * numbers[1]) if fully else _shape(numbers)
        return name + shape, [], f"channels and length have an x between them, as {_shape(numbers)}"
    if is_shape and 1 in numbers and len([one for one in numbers if one > 1]) < 3:
        return name + _shape(numbers), [], f"an input is a length, or channels x length, as {_shape(numbers)}"
    layers = [f"fc:{size}" for size in numbers[1:]]
    size = "a shape, channels x length," if is_shape else "the size of the input"
    return f"{name}{numbers[0]}", layers, f"behind {size} stand layers, as {layers[0]}, fully connected"


def _shape(numbers: Sequence[int]) -> str:
    """The input that a shape means: without a batch, and without axes of one."""
    kept = [one for one in numbers if one > 1] or [1]
    return "x".join(map(str, kept[-2:]))


def _name(text: str) -> tuple[str, str]:
    """``NAME=`` and the rest; names that only say that it is an input are left out."""
    match = re.fullmatch(r"([A-Za-z_]\w*)([=:])(.+)", text, re.DOTALL)
    if match is None or not (sizes(match[3]) or sizes(match[3].split(",")[0])):
        return "", text
    if match[1].lower() in kind_words():
        return "", match[3] if match[1].lower() == "input" else text
    return ("" if match[1].lower() in ("in", "inputs", "size", "shape") else f"{match[1]}="), match[3]


def _with_items(items: Sequence[str]) -> str:
    """An input with what is said of it."""
    words, _ = layer_words(",".join(["input", *items[1:]]))
    return _shape(sizes(items[0])) + words[0].removeprefix("input")

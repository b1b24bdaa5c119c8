"""One layer in whatever words, and the same in ours: for lines that were refused, see :mod:`.notation.mending`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from connectivity.errors import NetworkError, nearest
from connectivity.layers.activations import NAMES, activation, is_activation, parameters_of
from connectivity.layers.base import Layer, count
from connectivity.layers.kinds import kind_words, words_of
from connectivity.layers.words import Parameter, Reader, Words
from connectivity.notation import habits

_OPEN, _CLOSE = "([{", ")]}"
_DECIMAL = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_GLUED = re.compile(r"([a-z_]+?(?:[123]d)?)[-_@=]?(\d[\dx/.+-]*)", re.ASCII)
_LISTS = (Reader.numbers, Reader.integers, Reader.padding, Reader.sides, Reader.names)

Item = tuple[str, str | None]


class Said(NamedTuple):
    """A layer as it was typed: its kind (None of an activation, or of what is neither), and all that is said of it.

    ``name`` holds the equals sign behind it; ``values`` are those behind the colon, or without a name between brackets;
    ``behind`` are layers and activations that were typed within it; ``why`` is what is wrong, empty for nothing.
    """

    name: str
    kind: type[Layer] | None
    head: str
    values: tuple[str, ...]
    items: tuple[Item, ...]
    why: str
    behind: tuple[str, ...] = ()


class _Head(NamedTuple):
    """What a layer is called, in our words, with the value and the parameters that were glued to it."""

    word: str
    value: str | None = None
    why: str = ""


def known(word: str) -> bool:
    """Whether ``word`` names a kind or an activation, as it is."""
    return word.lower() in kind_words() or is_activation(word)


def number(text: str) -> str | None:
    """The decimal number that ``text`` means; None for what is none.

    >>> [number(text) for text in ("3", "-+3", "1_000", "3.", "a")]
    ['3', '-3', '1000', '3.', None]
    """
    plain = text.strip().strip("'\"").replace("_", "")
    digits = plain.lstrip("+-")
    signs = plain[: len(plain) - len(digits)]
    if _DECIMAL.fullmatch(digits) is None:
        return None
    return ("-" if signs.count("-") % 2 else "") + digits


def whole(text: str) -> str | None:
    """The whole number that ``text`` means.

    >>> whole("3.0"), whole("1e3"), whole("2.5")
    ('3', '1000', None)
    """
    plain = number(text)
    if plain is None or plain.lstrip("-").isdigit():
        return plain
    value = float(plain)
    return f"{value:.0f}" if value.is_integer() and abs(value) < 10**9 else None


def sizes(text: str) -> list[int]:
    """The sizes that ``text`` is, with whatever between them; none for what is something else.

    >>> sizes("784-128-10"), sizes("(2, 8)"), sizes("6"), sizes("conv"), sizes("-3")
    ([784, 128, 10], [2, 8], [6], [], [])
    """
    inner = text.strip().strip("()[]{}'\"").strip().strip(",")
    parts = re.split(r"\s*[-xX*,/:;]\s*", inner)
    numbers = [whole(part) for part in parts]
    if any(one is None or one.startswith("-") or len(one) > 7 or int(one) < 1 for one in numbers):
        return []
    return [int(one) for one in numbers if one is not None]


def takes_names(kind: type[Layer]) -> bool:
    """Whether the value of a kind are names of layers, as add:x."""
    value = words_of(kind).value
    return value is not None and value.read is Reader.names


def can_be_padded(word: str) -> bool:
    """Whether a word is a layer that slides over its input, and says no padding of its own.

    >>> can_be_padded("h=conv:3"), can_be_padded("conv:3,p=1"), can_be_padded("fc:2"), can_be_padded("relu")
    (True, False, False, False)
    """
    about = said(word)
    if about.kind is None or not about.values:
        return False
    padding = words_of(about.kind).parameter("padding")
    return padding is not None and not {padding.name, padding.short} & {key for key, _ in about.items}


def parameter_of(words: Words, key: str, near: bool) -> Parameter | None:
    """The parameter of a kind that ``key`` means, also in others' words; ``near``: also misspelled."""
    exact = words.parameter(key)
    plain = key.strip().lower().replace("-", "_")
    if exact is not None or words.parameter(plain) is not None:
        return exact or words.parameter(plain)
    for ours, theirs in habits.PARAMETERS:
        found = words.parameter(ours)
        if found is not None and plain in theirs.split():
            return found
    legal = [one.name for one in (words.value, *words.parameters) if one is not None]
    word = _begun(plain, legal) or nearest(key, legal) if near else None
    return None if word is None else words.parameter(word)


def _begun(key: str, legal: Sequence[str]) -> str | None:
    """The word that ``key`` is the beginning of; None where it begins several that are unlike.

    >>> _begun("dil", ["dilation", "drop"]), _begun("padd", ["padding_mode", "padding"]), _begun("st", ["stop", "step"])
    ('dilation', 'padding', None)
    """
    found = sorted((one for one in legal if one.startswith(key)), key=len)
    return found[0] if len(key) > 1 and found and all(one.startswith(found[0]) for one in found) else None


def said(text: str) -> Said:
    """What ``text`` says, whatever its words."""
    name, rest = _named(text)
    call = re.fullmatch(r"([A-Za-z_][\w.]*)\((.*)\)([^()]*)", rest, re.DOTALL)
    if call is not None:
        return _called(name, call)
    items = [item.strip().removeprefix("+") for item in split(rest.replace(";", ","), ",")]
    first, colon, value = items[0].partition(":")
    head = _head(first)
    if not colon and head.value is not None:
        colon, value = ":", head.value
    pool = habits.WINDOWS.get(first.lower())
    if pool is not None and whole(value):
        head = _Head(pool, None, f"a window over one layer is {pool}:{value}")
    behind: list[str] = []
    found = _Items(head.word)
    if colon:
        found.take_value(value)
    for item in items[1:]:
        if _is_layer(item, head.word):
            behind.append(item)
            found.remark("layers and activations are words of their own, with blanks between them")
        else:
            found.take(item)
    return _of(name, head, found, behind)


def _of(name: str, head: _Head, found: _Items, behind: Sequence[str]) -> Said:
    word, *extra = head.word.split(",")
    items = [*found.items, *((key, value) for key, _, value in (one.partition("=") for one in extra))]
    kind = kind_words().get(word.lower())
    return Said(name, kind, word, tuple(found.values), tuple(items), head.why or found.why, tuple(behind))


def _called(name: str, call: re.Match[str]) -> Said:
    """A layer as Python makes it, ``nn.Conv1d(1, 8, 3, stride=2)``."""
    head = _head(call[1])
    first, comma, extra = head.word.partition(",")
    if first.lower() in kind_words():
        head = head._replace(word=words_of(kind_words()[first.lower()]).name + comma + extra)
    elif is_activation(first):
        head = head._replace(word=first.lower())
    found = _Items(head.word)
    arguments = [item.strip() for item in split(call[2], ",") if item.strip()]
    order = _order(call[1], head.word.split(",")[0], arguments)
    for place, argument in enumerate(arguments):
        keyword = _keyword(argument)
        if keyword:
            found.items.append(keyword)
        elif place < len(order):
            found.items.append((order[place], argument))
        else:
            found.values.append(argument)
    for item in filter(None, (one.strip(" .") for one in call[3].split(","))):
        found.take(item)
    about = _of(name, head, found, [])
    return about._replace(why=head.why or "a layer has no brackets, it is KIND:VALUE,PARAM=VALUE")


def _keyword(argument: str) -> Item | None:
    match = re.fullmatch(r"([A-Za-z_]\w*)\s*=\s*(.+)", argument, re.DOTALL)
    return (match[1], match[2]) if match else None


def _order(typed: str, word: str, arguments: Sequence[str]) -> Sequence[str]:
    """The parameters that a call's arguments without a name are, in order; none where they are values as they come.

    Keras, which writes ``1D``, has none of what follows from the layer before.

    >>> _order("Conv1d", "conv", ["1", "8", "3"])[:3], _order("Conv1d", "conv", ["8", "kernel_size=3"])[:1]
    (['in_channels', 'channels', 'kernel_size'], ['channels'])
    """
    if word not in kind_words():
        return ()
    keywords = [keyword[0] for keyword in map(_keyword, arguments) if keyword]
    positional = [one for one in arguments if not _keyword(one)]
    if word == "fc" and len(positional) == 2 and number(positional[1]) is None:
        return ("units", "activation")
    meant = {key: parameter_of(words_of(kind_words()[word]), key, near=False) for key in keywords}
    named = {key if parameter is None else parameter.name for key, parameter in meant.items()}
    takes, needed = habits.ARGUMENTS.get(word, ()), habits.NEEDED.get(word, ())
    said = len(positional) + len(named.intersection(needed))
    missing = needed[: max(0, len(needed) - said)]
    left_out = {*named, *missing, *(habits.KNOWN if "1D" in typed else ())}
    return [one for one in takes if one not in left_out]


class _Items:
    """What follows the head of a layer, put in order as it comes."""

    def __init__(self, word: str) -> None:
        kind = kind_words().get(word.split(",")[0].lower())
        self._words = None if kind is None else words_of(kind)
        self.values: list[str] = []
        self.items: list[Item] = []
        self.why = ""

    def remark(self, why: str) -> None:
        """Say what is wrong, unless something was before."""
        self.why = self.why or why

    def take_value(self, value: str) -> None:
        """What stands behind the colon."""
        if "=" in value:
            self.take(value)
        else:
            self.values.append(value)

    def take(self, item: str) -> None:
        """What stands behind a comma."""
        key, equals, value = item.partition("=")
        if equals:
            self.items.append((key.strip(), value.strip()))
        elif not item:
            self.remark("nothing stands between two commas")
        elif self._continues(item):
            self.remark(f"the values of one parameter have slashes between them, as {self._extended(item)}")
        elif ":" in item:
            key, _, value = item.partition(":")
            self.items.append((key.strip(), value.strip()))
            self.remark(f"a parameter has an equals sign, as {key}={value}")
        else:
            self._take_bare(item)

    def _take_bare(self, item: str) -> None:
        """What has no parameter before it: a number, or a word that only one parameter may be."""
        parameters = () if self._words is None or self._words.parameter(item) is not None else self._words.parameters
        chosen = next((one for one in parameters if item in one.choices), None)
        if chosen is not None:
            self.items.append((chosen.short or chosen.name, item))
            self.remark(f"a parameter is said by its name, as {chosen.short or chosen.name}={item}")
            return
        value = None if self._words is None or self.values or self.items else self._words.value
        if number(item) is not None and value is not None and value.read is Reader.integer:
            self.values.append(item)
            self.remark("a colon stands between a kind and its value")
            return
        numbers = [f"{one.name}={item}" for one in parameters if one.read in (Reader.integer, Reader.padding)]
        if number(item) is not None and numbers:
            self.remark(f"only the first value goes without its name; say which this is, as {_listed(numbers[:4])}")
        self.items.append((item, None))

    def _continues(self, item: str) -> bool:
        """Whether ``item`` is one more value of the parameter before it."""
        if self._words is None:
            return False
        before = self._words.value
        if self.items:
            before = parameter_of(self._words, self.items[-1][0], near=False) if self.items[-1][1] is not None else None
        elif not self.values:
            return False
        if before is None or before.read not in _LISTS:
            return False
        return item.isidentifier() if before.read is Reader.names else number(item) is not None

    def _extended(self, item: str) -> str:
        if not self.items:
            self.values[-1] += f"/{item}"
            return self.values[-1]
        key, value = self.items[-1]
        self.items[-1] = (key, f"{value}/{item}")
        return f"{key}={value}/{item}"


def _listed(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _is_layer(item: str, word: str) -> bool:
    """Whether an item is a layer, or an activation, of its own."""
    kind = kind_words().get(word.split(",")[0].lower())
    if "=" in item:
        return False
    if kind is not None and (
        words_of(kind).parameter(item) is not None or any(item in one.choices for one in words_of(kind).parameters)
    ):
        return False
    return known(re.split(r"[:(]", item)[0])


def _named(text: str) -> tuple[str, str]:
    """``NAME=`` and the rest, the name of a kind before a number being no name: conv=3."""
    match = re.fullmatch(r"([A-Za-z_]\w*)=(.*)", text, re.DOTALL)
    if match is None:
        return "", text
    if known(match[1]) and number(match[2].split(",")[0]) is not None:
        return "", f"{match[1]}:{match[2]}"
    return f"{match[1]}=", match[2]


def _head(typed: str) -> _Head:
    """What ``typed`` is called here."""
    word = typed if typed.strip(".…") == "" else typed.strip("'\"").rpartition(".")[2]
    if known(word):
        return _Head(word if word == typed else word.lower())
    flat = word.lower().replace("_", "").replace("-", "")
    ours = _others(flat)
    if ours:
        return ours
    glued = _GLUED.fullmatch(word.lower())
    if glued:
        inner = _head(glued[1])
        if known(inner.word.split(",")[0]):
            colon = f"{inner.word}:{glued[2].split('x')[-1]}"
            return _Head(inner.word, glued[2], inner.why or f"a colon stands between a kind and its value, as {colon}")
    hint = habits.HINTS.get(flat.removesuffix("1d"))
    if hint is not None:
        return _Head(typed, None, hint)
    near = nearest(word, [*kind_words(), *NAMES])
    return _Head(near or typed)


def _others(flat: str) -> _Head | None:
    """A word of others, without case and dashes, in ours; None where it is none."""
    if flat.endswith(("2d", "3d")):
        inner = kind_words().get(flat[:-2])
        head = _Head(words_of(inner).name) if inner else _others(flat[:-2])
        if head is not None:
            along = f"figures are of 1-D layers: channels x length; along one axis {flat} is {head.word}"
            return _Head(head.word, None, along)
    for word in (flat, flat.removesuffix("1d")):
        if word in habits.HEADS:
            ours = habits.HEADS[word]
            return _Head(ours, None, f"it is called {ours.replace(',', ' with ')} here")
        if word in kind_words():
            return _Head(words_of(kind_words()[word]).name)
    return None


def layer_words(text: str) -> tuple[list[str], str]:
    """The words that ``text`` means, a layer and its activations, and what is wrong with it (empty: nothing).

    >>> layer_words("Conv1D(filters=8, kernel_size=3, activation='relu')")[0]
    ['conv:3,channels=8', 'relu']
    """
    name, size = _named(text)
    size = "" if size.startswith("-") else whole(size) or ""
    if size.strip("0"):
        return [f"{name}fc:{size}"], f"a layer is a kind and its size, as fc:{size}, {size} fully connected units"
    found = said(text)
    if found.why.startswith(habits.LEFT_OUT):
        return [], found.why
    if found.kind is None and "(" not in text and _counts_units(found):
        (units,) = found.values
        words = [f"{found.name}fc:{units}", found.head.lower()]
        why = f"{count(int(units), 'unit')} with it {'is' if units == '1' else 'are'} {' '.join(words)}"
    elif found.kind is None:
        words, why = _activation(_fitting(found) if "(" in text else found), found.why
    else:
        words, why = _layer(found, words_of(found.kind))
    for behind in found.behind:
        more, reason = layer_words(behind)
        words += more
        why = why or reason
    return words, why


def _counts_units(found: Said) -> bool:
    """Whether an activation that takes no number has one, which is that of the units that others say there."""
    if not is_activation(found.head) or found.items or len(found.values) != 1:
        return False
    if parameters_of(found.head) not in ((), ("axis",)):
        return False
    return found.values[0].isdecimal() and int(found.values[0]) > 0


def _takes(found: Said) -> bool:
    """Whether an activation takes the values that it has."""
    if not is_activation(found.head):
        return True
    try:
        activation(":".join([found.head, *(["/".join(_values(found))] if found.values else [])]))
    except NetworkError:
        return False
    return True


def _values(found: Said) -> list[str]:
    """The values of an activation, whatever stands between them."""
    parts = [one.strip() for value in found.values for one in re.split("[,;/]", value.strip("()[]"))]
    return [number(one) or one for one in parts]


def _fitting(found: Said) -> Said:
    """An activation that was called, with as many of its values as it takes."""
    values = _values(found)
    while not _takes(found._replace(values=tuple(values))):
        values.pop()
    return found._replace(values=tuple(values))


def _activation(found: Said) -> list[str]:
    """An activation, or what is nothing known, in our words."""
    if found.head.lower() in habits.ACTIVATION and found.values:
        return [found.values[0].strip("'\"").lower()]
    if not is_activation(found.head):
        return [_written(found, found.values, found.items)]
    legal = parameters_of(found.head)
    values = [*_values(found), *(key for key, value in found.items if value is None and number(key) is not None)]
    items: list[Item] = []
    for key, value in found.items:
        if key not in habits.KNOWN and value is not None:
            only = legal[0] if len(legal) == 1 and _takes(found._replace(values=(value,))) else None
            near = key if key in legal else nearest(key, legal) or only
            items += [(near, number(value) or value.strip("'\""))] if near is not None else []
    if len(legal) == len(items) == 1:
        values, items = [str(value) for _, value in items], []
    return [_written(found._replace(name=""), ["/".join(values)] if values else [], items)]


def _layer(found: Said, words: Words) -> tuple[list[str], str]:
    """A layer of a kind that there is."""
    name, why = found.name, found.why
    value: str | None = None
    items: list[Item] = []
    functions: list[str] = []
    if found.values and words.value is not None:
        given = "/".join(found.values) if words.value.read in (*_LISTS, Reader.shape) else found.values[0]
        value = _value(words.value, given)
        if value != given:
            why = why or f"{words.value.name} is said as {value}"
    for key, text in found.items:
        plain = key.lower()
        if plain in habits.ACTIVATION:
            functions += [] if text is None or text.strip("'\"").lower() in ("none", "linear") else layer_words(text)[0]
            why = why or "an activation is a word of its own, after the layer"
        elif plain == "name" and text is not None:
            name = f"{text.strip(chr(39) + chr(34))}="
            why = why or "a name stands before its layer, as h=conv:3"
        elif words.parameter(plain) is None and plain in habits.KNOWN:
            why = why or f"{key} is not said: it follows from the layer before, or changes no picture"
        else:
            item, reason = _item(words, key, text)
            why = why or reason
            is_value = item is not None and words.value is not None and item[0] == words.value.name
            if item is not None and is_value and (key != item[0] or found.why):
                value = item[1]
            elif item is not None:
                items.append(item)
    values = found.values[:1] if words.value is None else () if value is None else (value,)
    items = _with_stride(words, items)
    return [_written(found._replace(name=name), values, items), *functions], why


def _with_stride(words: Words, items: Sequence[Item]) -> list[Item]:
    """Parameters with the padding that keeps the length at the stride that they say."""
    meant = {parameter.name: value for key, value in items if (parameter := words.parameter(key)) is not None}
    if meant.get("padding") != "same" or meant.get("stride") in (None, "1"):
        return [*items]
    return [(key, "same_upper" if key in ("padding", "p") else value) for key, value in items]


def _item(words: Words, key: str, text: str | None) -> tuple[Item | None, str]:
    """A parameter in our words, or None where nothing need be said, and what was wrong with it."""
    parameter = parameter_of(words, key, near=True)
    if parameter is None:
        return (key, text), ""
    if text is not None and text.strip("'\"").lower() == "none":
        return None, ""
    spelled = key if words.parameter(key) is not None else parameter.name
    misspelled = nearest(key, [parameter.name]) is not None
    why = "" if spelled == key or misspelled else f"{key} is called {parameter.name} here"
    if text is None:
        return (spelled, None), why
    if parameter.flag:
        off = text.strip("'\"").lower() in ("false", "no", "off", "0", "none")
        if spelled == key and text in ("true", "false"):
            return (spelled, text), why
        return ((spelled, "false") if off else (spelled, None)), why or f"{spelled} is true or false, or stands alone"
    value = _value(parameter, text)
    is_choice = value in parameter.choices  # the parser says which is near
    return (spelled, value), why or (f"{spelled} is said as {value}" if value != text and not is_choice else "")


def _value(parameter: Parameter, text: str) -> str:
    """The value of a parameter in our words; as it is where nobody knows."""
    inner = text.strip().strip("'\"").strip("()[]{} ")
    if parameter.read is Reader.shape:
        numbers = sizes(inner)
        return "x".join(map(str, numbers)) if numbers else inner
    if parameter.read is Reader.integer:
        several = sizes(inner)
        if several:  # of several axes, which must be alike
            return str(max(several)) if len({one for one in several if one > 1}) < 2 else text
        return whole(inner) or inner
    parts = [part.strip().strip("'\"") for part in re.split(r"[,/]", inner) if part.strip()]
    read = whole if parameter.read in (Reader.integers, Reader.padding, Reader.sides) else number
    return "/".join(read(part) or _choice(parameter, part) for part in parts) or inner


def _choice(parameter: Parameter, text: str) -> str:
    if not parameter.choices or text in parameter.choices:
        return text
    return text.lower() if text.lower() in parameter.choices else nearest(text, parameter.choices) or text


def _written(found: Said, values: Sequence[str], items: Sequence[Item]) -> str:
    """A layer as the notation has it."""
    head = found.head + (f":{'/'.join(values)}" if values else "")
    return found.name + ",".join([head, *(key if value is None else f"{key}={value}" for key, value in items)])


def split(text: str, separator: str) -> list[str]:
    """The parts of ``text`` between separators that stand in no brackets.

    >>> split("a,(b,c),d", ",")
    ['a', '(b,c)', 'd']
    """
    parts, depth = [""], 0
    for character in text:
        depth += (character in _OPEN) - (character in _CLOSE)
        if character == separator and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts

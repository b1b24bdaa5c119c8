"""What people call the options of a figure before they know them, and what is meant: in words, or as an option.

Tables, and how they are asked; :mod:`.options` and the command line propose what stands here, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from connectivity.errors import visible

_LONGEST = 80  # letters of a word that are compared


class Meant(NamedTuple):
    """An option by its name on the command line without dashes, and its value; ``{}`` is the value that was typed.

    Without a value the option is there, and its value is as it was typed.
    """

    option: str
    value: str = ""

    @property
    def takes(self) -> bool:
        """Whether what was typed has a value."""
        return not self.value or "{}" in self.value


def _spread(table: Mapping[str, Meant | str]) -> dict[str, Meant | str]:
    return {word: meant for words, meant in table.items() for word in words.split()}


_LARGE = "--width and --height say how large a figure is, as --width 84mm"
_LISTS = "describe lists the layers of a network, as connectivity describe 6 conv:3"

OPTIONS = _spread(
    {
        "o out outfile output-file file save save-as": Meant("output"),
        "size fig-size figsize figure-size aspect aspect-ratio ratio dimensions": _LARGE,
        "rows n-rows nrows": "--columns says how many panels stand in a row, as --columns 2",
        "ncols n-columns cols": Meant("columns"),
        "list list-layers layer-list summary info print-layers": _LISTS,
        "dark dark-mode darkmode dark-theme night": Meant("theme", "dark"),
        "light light-mode light-theme": Meant("theme", "light"),
        "print black-and-white bw monochrome mono gray grayscale black-white": Meant("theme", "print"),
        "style": Meant("theme"),
        "receptive-field receptive-fields rf receptive": Meant("highlight", "{}:receptive-field"),
        "reach": Meant("highlight", "{}:reach"),
        "mark emphasize emphasise emphasis": Meant("highlight"),
        "cmap palette color-map color-palette color-scheme colors": Meant("colormap"),
        "vertical portrait top-to-bottom downwards": Meant("direction", "TB"),
        "horizontal landscape left-to-right": Meant("direction", "LR"),
        "rankdir orientation orient dir flow": Meant("direction"),
        "rotate rotation angle": "--direction says where the network runs, as --direction TB",
        "caption": "--title is over the figure, and --layer-caption beside a layer, as --layer-caption h1=TEXT",
        "unit-size node-size circle-size radius": "--pitch says how far units are apart, as --pitch 8mm",
        "label-size text-size caption-size": Meant("font-size"),
        "values show-values with-values print-values": Meant("show", "values"),
        "bias biases show-bias show-biases": Meant("show", "bias"),
        "weight-values show-weights weight-labels": Meant("edge-labels", "value"),
        "resolution ppi": Meant("dpi"),
        "no-background background bg bgcolor background-color": "--theme says the colours of the page, as --theme dark, and "
        "--transparent leaves it out",
        "matrices weight-matrix": Meant("view", "matrix"),
        "spacing layer-spacing layer-gap": Meant("gap"),
    }
)
"""Options as others call them: the one that is meant, or, where no single one is, what to say instead."""

VALUES: dict[str, dict[str, str]] = {
    "theme": {"black": "dark", "night": "dark", "white": "light", "bright": "light", "default": "light"}
    | dict.fromkeys(("bw", "mono", "monochrome", "gray", "grayscale", "b/w"), "print"),
    "direction": {"vertical": "TB", "down": "TB", "top": "TB", "up": "BT", "left": "RL", "right": "LR"}
    | {"horizontal": "LR", "td": "TB", "ltr": "LR", "rtl": "RL"},
    "view": {"weights": "matrix", "matrices": "matrix", "kernel": "kernels", "network": "graph"},
    "labels": {"off": "none", "no": "none", "false": "none", "values": "value", "numbers": "number"},
    "padding": {"none": "hidden", "off": "hidden"},
}
"""Words for values of options, without case, and ours."""

PADDING = "--padding says how padding is drawn; a layer says how much there is, as conv:3,p={}"


def option_meant(word: str) -> Meant | str | None:
    """What is meant by a name of an option that there is not, as it is spelled with dashes; None where nobody knows."""
    return OPTIONS.get(word.lstrip("-").lower())


def value_meant(option: str, value: str) -> str | None:
    """The word that is meant by ``value`` of ``option``, a name with dashes; None where nobody knows."""
    return VALUES.get(option, {}).get(value.strip().lower())


def slip_of(word: str, legal: Iterable[str]) -> str | None:
    """The one of ``legal`` of which ``word`` is a slip of the fingers; None where it is another word.

    A slip is a letter too many, too few, wrong or in the place of its neighbour; of long words also two.

    >>> slip_of("tilte", ["title", "theme"]), slip_of("rows", ["zeros"]), slip_of("preview", ["view"])
    ('title', None, None)
    """
    typed = word.strip("-").lower()[:_LONGEST]
    found = [(_slips(typed.replace("-", ""), one.strip("-").lower().replace("-", "")), one) for one in legal]
    slips, near = min(found, key=lambda pair: pair[0], default=(_LONGEST, ""))
    return near if slips <= (0 if len(typed) < 3 else 1 if len(typed) < 6 else 2) else None


def _slips(one: str, other: str) -> int:
    """How many letters of ``one`` must be put in, left out, changed, or exchanged with the next, to make ``other``."""
    before, row = list[int](), list(range(len(other) + 1))
    for place, letter in enumerate(one):
        older, before, row = before, row, [place + 1]
        for at, wanted in enumerate(other):
            row.append(min(row[at] + 1, before[at + 1] + 1, before[at] + (letter != wanted)))
            if at and place and letter == other[at - 1] and one[place - 1] == wanted:
                row[-1] = min(row[-1], older[at - 1] + 1)
    return row[-1]


def nearest_few(word: str, legal: Iterable[str]) -> str:
    """The five options that are most like ``word``, and where all of them are listed."""
    import difflib

    near = difflib.get_close_matches(word[:_LONGEST].lower(), list(dict.fromkeys(legal)), n=5, cutoff=0.0)
    return f" (the nearest are {', '.join(map(visible, near))}; connectivity draw --help lists all)"

"""The entries of a legend: keys of layers put together, each true of the layers that it names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from connectivity.colour.keys import Key, Swatches
from connectivity.typeset.text import listed

KERNEL, SHARED, WEIGHT = "kernel", "shared weights", "weight"
PLACES = "place in the kernel"
OWN = "every connection has its own weight"
OWN_OF = "every connection of {} has its own weight"

_NAMES_LISTED = 4


class Found(NamedTuple):
    """The key of a layer: the panel it is in, its name (empty: of the whole panel), and the key."""

    panel: int
    name: str
    key: Key

    @property
    def what(self) -> str:
        """What its title is about, without the order of its colours."""
        return self.key.title.partition(",")[0]


def entries(found: Sequence[Found]) -> list[Key]:
    """The keys, each once, without those that another one contains.

    A key that is not of everything in its panel, or one of several that say the same of other layers, names its layers.
    Where layers of a panel share a key it says so: their weights have the same colours and are not the same.
    """
    groups: list[list[Found]] = []
    for one in sorted(found, key=_length, reverse=True):
        home = next((group for group in groups if _contains(group[0].key, one.key)), None)
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    order = {one: number for number, one in reversed([*enumerate(found)])}
    for group in groups:
        group.sort(key=order.__getitem__)
    groups.sort(key=lambda group: order[group[0]])
    return [_entry(group, groups) for group in groups]


def _entry(group: Sequence[Found], groups: Sequence[Sequence[Found]]) -> Key:
    """The key of a group of layers, with what they are called where that is needed."""
    longest = max(group, key=_length)
    key, what = longest.key, longest.what
    others = [one for other in groups if other is not group for one in other if one.name]
    panels = {one.panel for one in group}
    alone = not any(one.panel in panels or one.what == what for one in others)
    names = [*dict.fromkeys(one.name for one in group if one.name)]
    if not names or (alone and (what != SHARED or len(panels) == len(group))):
        return key
    if alone:
        return key._replace(title=f"{SHARED} of each layer")
    where = _where(group, names, others)
    if what == OWN:
        return key._replace(title=OWN_OF.format(where))
    order = key.title[len(what) :]
    each = "each of " if len(names) > 1 and what in (SHARED, KERNEL) else ""
    return key._replace(title=f"{what}{'s' if what == WEIGHT else ''} of {each}{where}{order}")


def _where(group: Sequence[Found], names: Sequence[str], others: Sequence[Found]) -> str:
    """The names of layers; with their panel, counted from 1, where another has a layer of that name and another key."""
    where = listed(names, _NAMES_LISTED)
    panels = sorted({one.panel for one in group})
    if any(one.name in names and one.panel not in panels for one in others):
        numbers = listed([str(panel + 1) for panel in panels], _NAMES_LISTED)
        where += f" in panel{'s' if len(panels) > 1 else ''} {numbers}"
    return where


def _length(one: Found) -> int:
    return len(one.key.items) if isinstance(one.key, Swatches) else 0


def _contains(key: Key, other: Key) -> bool:
    """Whether a key says all that another one says: it has its items first, or both are of weights that nobody shares."""
    if key == other:
        return True
    if not isinstance(key, Swatches) or not isinstance(other, Swatches) or key.title != other.title:
        return False
    return key.title == OWN or key.items[: len(other.items)] == other.items

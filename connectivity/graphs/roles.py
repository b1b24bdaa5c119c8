"""The roles of connections: whose weight they have, how what they carry is combined, whether they count."""

from __future__ import annotations

from typing import NamedTuple

from connectivity.errors import GraphError, suggestion, visible
from connectivity.layers.combine import BY_ROLE, SUM, Combination


class Role(NamedTuple):
    """What a connection is to its unit.

    ``counted``: it is one of its layer's connections; those of biases and padding are not. ``passes``: it has no
    weight and hands a value on as it is.
    """

    name: str
    combination: Combination = SUM
    counted: bool = True
    passes: bool = False


BIAS = Role("bias", counted=False)
PADDING = Role("padding", counted=False)
MERGED = Role("merged", counted=False)
"""Of a line that stands for several connections: only pictures have it."""

ROLES = {
    **{name: Role(name, combination, passes=combination.passes) for name, combination in BY_ROLE.items()},
    **{role.name: role for role in (BIAS, PADDING)},
}
"""Every role that a graph may name."""

WEIGHT = ROLES[SUM.role]


def role_named(name: object) -> Role:
    """The role that a graph calls ``name``. Raises GraphError for one that is none."""
    try:
        return ROLES[name]  # type: ignore[index]  # what is no text is not there
    except (KeyError, TypeError):
        hint = suggestion(str(name), ROLES)
        raise GraphError(f'unknown role of a connection "{visible(str(name))}"{hint}') from None

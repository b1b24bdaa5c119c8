"""What a graph remembers of its layers, beside their units and connections."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class LayerInfo:
    """The facts of a layer: ``graph.graph["layers"]`` holds these as dicts.

    ``kind`` is the name of its class in :mod:`.layers.kinds`. ``inputs`` are the numbers of the layers it takes,
    None where only its connections tell; ``owner`` the number of the layer whose weights it has, None for its own.
    ``groups`` is the number of groups of channels; ``window`` is (first, last, jump) as in :class:`.layers.Window`,
    None where a unit sees its whole input, or nothing regular; ``connections`` and ``weights`` are those that are
    there and used, ``padding`` the connections to zeros of padding; ``unused_weights`` are those that no
    connection uses, such as a tap that only ever meets padding. ``given`` is false where the weights were
    generated; ``dropped`` is how many units are; ``combination`` is how units combine what reaches them, a role of
    connections, where that is not what their kind does anyway, and ``order`` that of a norm. ``heading`` is what a caption calls the
    layer, empty for what its kind is called; ``notes`` are words for the caption ("stride 2").
    """

    name: str
    kind: str = "units"
    channels: int = 1
    length: int = 0
    kernel_size: int | None = None
    groups: int = 1
    window: tuple[float, float, float] | None = None
    connections: int = 0
    weights: int = 0
    biases: int = 0
    unused_weights: int = 0
    padding: int = 0
    given: bool = False
    causal: bool = False
    dropped: int = 0
    combination: str | None = None
    order: float | None = None
    inputs: list[int] | None = None
    owner: int | None = None
    heading: str = ""
    activations: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

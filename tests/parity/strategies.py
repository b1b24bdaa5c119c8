"""Layers as PyTorch's arguments, possible and impossible ones, each with one of its spellings in the notation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

SPELLINGS = {
    "conv": ("conv", "conv1d", "shared"),
    "sparse": ("sparse", "local"),
    "convtranspose": ("convtranspose", "deconv"),
    "maxpool": ("maxpool", "maxpool1d"),
    "avgpool": ("avgpool", "avgpool1d"),
    "fc": ("fc", "linear", "dense"),
    "batchnorm": ("batchnorm", "bn", "batchnorm1d"),
    "lppool": ("lppool", "lppool1d"),
    "adaptiveavgpool": ("adaptiveavgpool", "adaptiveavgpool1d"),
    "adaptivemaxpool": ("adaptivemaxpool", "adaptivemaxpool1d"),
    "upsample": ("upsample", "interpolate"),
    "pad": ("pad",),
}
VALUES = {
    "fc": "units",
    "batchnorm": None,
    "adaptiveavgpool": "output_size",
    "adaptivemaxpool": "output_size",
    "upsample": "factor",
    "pad": "sides",
}
"""The VALUE of each kind, where it is not the kernel size; None where there is none."""

SHORT = {"kernel_size": "k", "stride": "s", "padding": "p", "dilation": "d", "channels": "c", "groups": "g"}
MODES = ("zeros", "reflect", "replicate", "circular")
WORDS = ("same", "valid", "causal", "full")

Padding = int | str | tuple[int, int]


@dataclass(frozen=True)
class Spec:
    """A layer: what PyTorch is told of it, and what the notation says."""

    kind: str
    arguments: dict[str, Any]
    text: str


@dataclass(frozen=True)
class Chain:
    """An input of ``channels`` x ``length`` and the layers after it."""

    channels: int
    length: int
    layers: tuple[Spec, ...]

    @property
    def input(self) -> str:
        return f"{self.channels}x{self.length}"


def chains(kinds: tuple[str, ...] = tuple(SPELLINGS), longest: int = 4) -> st.SearchStrategy[Chain]:
    """Chains of up to ``longest`` layers, of which PyTorch may refuse any."""
    layers = st.lists(st.sampled_from(kinds).flatmap(specs), min_size=1, max_size=longest)
    return st.builds(Chain, st.sampled_from([1, 1, 2, 4]), st.integers(1, 9), layers.map(tuple))


@st.composite
def specs(draw: st.DrawFn, kind: str) -> Spec:
    """A layer of ``kind`` in any of its spellings, its parameters in any order."""
    arguments = draw(_ARGUMENTS[kind])
    value = VALUES.get(kind, "kernel_size")
    names = draw(st.permutations([name for name in arguments if name != value]))
    head = draw(st.sampled_from(SPELLINGS[kind]))
    if value is not None and draw(st.booleans()):
        head = f"{head}:{_written(arguments[value])}"
    elif value is not None:
        names = [*names, value]
    parts = [f"{_key(draw, name)}={_written(arguments[name])}" for name in names]
    return Spec(kind, arguments, ",".join([head, *parts]))


def _key(draw: st.DrawFn, name: str) -> str:
    return SHORT[name] if name in SHORT and draw(st.booleans()) else name


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return "/".join(map(str, value))
    return str(value).lower()


def _mostly(usual: st.SearchStrategy[int], *impossible: int) -> st.SearchStrategy[int]:
    """``usual``, or once in a while one of ``impossible``."""
    return st.integers(0, 19).flatmap(lambda dice: usual if dice else st.sampled_from(impossible))


_SIZE = _mostly(st.integers(1, 5), 0, -1)
_STEP = _mostly(st.integers(1, 3), 0, -1)
_PAIR = st.tuples(st.integers(0, 4), st.integers(0, 4))
_OFTEN = st.sampled_from([1, 1, 2, 4])
_KERNEL: dict[str, st.SearchStrategy[Any]] = {"kernel_size": _SIZE}
_WINDOW: dict[str, st.SearchStrategy[Any]] = {
    "stride": _STEP,
    "padding": st.one_of(st.integers(0, 4), _PAIR, st.sampled_from([*WORDS, "same"])),
    "dilation": _STEP,
    "channels": _mostly(_OFTEN, 0, 3, -2),
    "groups": _mostly(_OFTEN, 0, 3, -1),
    "padding_mode": st.sampled_from(MODES),
}
_TRANSPOSED: dict[str, st.SearchStrategy[Any]] = {
    "stride": _STEP,
    "padding": _mostly(st.integers(0, 3), -1),
    "output_padding": _mostly(st.integers(0, 2), 3, -1),
    "dilation": _STEP,
    "channels": _mostly(_OFTEN, 0, 3),
    "groups": _mostly(_OFTEN, 0, 3),
}
_POOL: dict[str, st.SearchStrategy[Any]] = {
    "stride": _STEP,
    "padding": _mostly(st.integers(0, 2), 3, -1),
    "ceil_mode": st.booleans(),
}
_ARGUMENTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "conv": st.fixed_dictionaries(_KERNEL, optional=_WINDOW),
    "sparse": st.fixed_dictionaries(_KERNEL, optional=_WINDOW),
    "convtranspose": st.fixed_dictionaries(_KERNEL, optional=_TRANSPOSED),
    "maxpool": st.fixed_dictionaries(_KERNEL, optional={**_POOL, "dilation": _STEP}),
    "avgpool": st.fixed_dictionaries(_KERNEL, optional={**_POOL, "count_include_pad": st.booleans()}),
    "fc": st.fixed_dictionaries({"units": st.integers(1, 4)}, optional={"flatten": st.booleans()}),
    "batchnorm": st.fixed_dictionaries({}, optional={"eps": st.sampled_from([0.0, 0.5])}),
    "lppool": st.fixed_dictionaries(
        _KERNEL, optional={"stride": _STEP, "ceil_mode": st.booleans(), "norm": st.sampled_from([1, 2])}
    ),
    "adaptiveavgpool": st.fixed_dictionaries({"output_size": _mostly(st.integers(1, 9), 0)}),
    "adaptivemaxpool": st.fixed_dictionaries({"output_size": _mostly(st.integers(1, 9), 0)}),
    "upsample": st.fixed_dictionaries(
        {"factor": _mostly(st.integers(1, 5), 0)},
        optional={"mode": st.sampled_from(["nearest", "linear"]), "align_corners": st.just(True)},
    ),
    "pad": st.fixed_dictionaries(
        {"sides": _PAIR}, optional={"mode": st.sampled_from(["constant", *MODES[1:]]), "value": st.just(1.5)}
    ),
}


def spelled(kind: str, size: int, **arguments: Any) -> Spec:
    """A layer of ``kind`` in its plain spelling."""
    parts = [f"{kind}:{size}", *(f"{name}={_written(value)}" for name, value in arguments.items())]
    return Spec(kind, {"kernel_size": size, **arguments}, ",".join(parts))


AWKWARD = [
    Chain(1, 6, (spelled("conv", 2, padding="same"),)),
    Chain(1, 7, (spelled("conv", 4, padding="same", dilation=3, padding_mode="circular"),)),
    Chain(1, 5, (spelled("sparse", 2, padding="same", padding_mode="replicate"),)),
    Chain(1, 5, (spelled("conv", 3, padding="same", stride=2),)),
    Chain(1, 1, (spelled("conv", 3, padding=1),)),
    Chain(1, 3, (spelled("conv", 5, padding=1), spelled("convtranspose", 5))),
    Chain(1, 4, (spelled("conv", 2, padding=3, padding_mode="reflect"),)),
    Chain(1, 4, (spelled("conv", 2, padding=4, padding_mode="reflect"),)),
    Chain(1, 4, (spelled("conv", 2, padding=4, padding_mode="circular"),)),
    Chain(1, 4, (spelled("conv", 2, padding=5, padding_mode="circular"),)),
    Chain(1, 2, (spelled("conv", 2, padding=(1, 2), padding_mode="reflect"),)),
    Chain(1, 1, (spelled("conv", 2, padding=4, padding_mode="replicate", stride=9),)),
    Chain(1, 3, (spelled("sparse", 4, padding="full", dilation=2, stride=3),)),
    Chain(1, 4, (spelled("conv", 3, padding="causal", dilation=2, padding_mode="circular"),)),
    Chain(1, 4, (spelled("conv", 3, padding="causal", dilation=2, padding_mode="reflect"),)),
    Chain(4, 3, (spelled("conv", 2, groups=4, channels=8), spelled("conv", 1, groups=2, channels=6))),
    Chain(4, 3, (spelled("conv", 2, groups=4, channels=6),)),
    Chain(3, 3, (spelled("sparse", 2, groups=3),)),
    Chain(3, 3, (spelled("conv", 2, groups=2),)),
    Chain(2, 3, (spelled("convtranspose", 2, stride=4, output_padding=3, channels=4, groups=2),)),
    Chain(1, 3, (spelled("convtranspose", 2, stride=2, output_padding=2),)),
    Chain(1, 3, (spelled("convtranspose", 2, dilation=3, output_padding=2),)),
    Chain(1, 3, (spelled("convtranspose", 1, stride=3), spelled("convtranspose", 1, padding=3))),
    Chain(1, 2, (spelled("convtranspose", 1, padding=1),)),
    Chain(1, 5, (spelled("maxpool", 2, stride=3, padding=1, ceil_mode=True),)),
    Chain(1, 6, (spelled("avgpool", 2, stride=6, padding=0, ceil_mode=True),)),
    Chain(1, 5, (spelled("avgpool", 2, stride=2, padding=1, ceil_mode=True),)),
    Chain(1, 5, (spelled("avgpool", 4, stride=3, padding=2, ceil_mode=True, count_include_pad=False),)),
    Chain(1, 5, (spelled("avgpool", 6, ceil_mode=True),)),
    Chain(1, 5, (spelled("avgpool", 6),)),
    Chain(1, 5, (spelled("maxpool", 3, padding=2, dilation=3),)),
    Chain(1, 9, (spelled("maxpool", 3, dilation=4, stride=1), spelled("avgpool", 1, stride=2))),
    Chain(1, 3, (spelled("maxpool", 2, stride=0),)),
    Chain(1, 3, (spelled("conv", 0),)),
]

"""A weight file, whatever its format, to its arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from connectivity.errors import WeightsError, visible
from connectivity.weightfiles.kerasfile import read_h5, read_keras
from connectivity.weightfiles.npz import read_npz
from connectivity.weightfiles.safetensorsfile import read_safetensors
from connectivity.weightfiles.source import read_limited
from connectivity.weightfiles.torchfile import read_torch
from connectivity.weightfiles.weights import Weights

READERS: dict[str, Callable[[bytes, str], Weights]] = {
    ".npz": read_npz,
    ".safetensors": read_safetensors,
    ".pt": read_torch,
    ".pth": read_torch,
    ".ckpt": read_torch,
    ".keras": read_keras,
    ".h5": read_h5,
}
"""What reads a weight file, by the end of its name."""


def load_weights(path: str | Path, prefix: str | None = None, map: Mapping[str, str] | None = None) -> Weights:
    """The arrays of a weight file by their names, in its order.

    ``.npz``, ``.safetensors``, PyTorch's ``.pt``, ``.pth`` and ``.ckpt`` (without PyTorch), Keras's ``.keras``,
    ``.weights.h5`` and ``.h5`` (with h5py). ``prefix``: only what is under that name goes to layers; ``map`` says
    under which name the arrays of a layer are, as ``{"h": "encoder.0"}``.

    Never unpickles, and runs nothing that a file holds. Sizes are checked before memory is taken. Raises FileError
    where the file cannot be read, WeightsError where it holds no usable weights.
    """
    path = Path(path)
    shown = visible(str(path), 200)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        *names, last = READERS
        raise WeightsError(f'"{shown}" is not a weight file: its name must end in {", ".join(names)} or {last}')
    return reader(read_limited(path, shown), shown).chosen(prefix, map)

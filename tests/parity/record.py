"""Write ``tests/vectors/*.json``: what PyTorch computes, for the tests that run without it.

Run by ``make vectors``, in an environment with PyTorch.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import networks
import oracle
import torch

from connectivity.notation.parser import parse

FOLDER = Path(__file__).parent.parent / "vectors"
RANDOM = 1000


def main() -> None:
    """Record the awkward networks, the refused ones, and random ones of both sorts."""
    recorded, refused = [], []
    for seed, text in enumerate([*networks.AWKWARD, *map(networks.random_network, range(RANDOM))]):
        found = oracle.refused_layer(text)
        if found is None:
            recorded += _vector(text, seed)
        elif found[0].kind != "sparse" and oracle.torch_refuses(*found):
            refused.append(text)
    FOLDER.mkdir(exist_ok=True)
    _write("outputs.json", recorded[:450])
    _write("refused.json", [*networks.REFUSED, *refused[:200]])


def _vector(text: str, seed: int) -> list[dict[str, Any]]:
    (network,) = parse(text)
    tensors = oracle.weights_of(network, seed, dyadic=True)
    x = oracle.numbers(tuple(network.input), torch.Generator().manual_seed(seed + 1), dyadic=True)
    y = oracle.forward(network, tensors, x).detach().tolist()
    if not all(math.isfinite(value) for row in y for value in row):
        return []  # a maximum over padding alone is minus infinity: no number of JSON
    weights = {key: value.tolist() for key, value in tensors.items()}
    return [{"network": text, "weights": weights, "input": x.tolist(), "output": y, "exact": oracle.is_exact(network)}]


def _write(name: str, items: list[Any]) -> None:
    lines = ",\n".join(json.dumps(item) for item in items)
    (FOLDER / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()

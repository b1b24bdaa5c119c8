"""Write ``tests/vectors/*.json``: what PyTorch computes, for the tests that run without it.

Run by ``make vectors``, in an environment with PyTorch.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import blocks
import networks
import oracle

from connectivity import ConnectivityError
from connectivity.notation.parser import parse

FOLDER = Path(__file__).parent.parent / "vectors"
RANDOM = 1000
BRANCHING = 150


def main() -> None:
    """Record the awkward networks, the refused ones, random ones of both sorts, and blocks of real networks."""
    recorded, refused = [], []
    for seed, text in enumerate([*networks.AWKWARD, *map(networks.random_network, range(RANDOM))]):
        refusal = oracle.refused_layer(text)
        if refusal is None:
            recorded += _vector(text, seed)
        elif refusal[0].kind != "sparse" and oracle.torch_refuses(*refusal):
            refused.append(text)
    branching = [_vector(text, seed) for seed, text in enumerate(_branching())]
    FOLDER.mkdir(exist_ok=True)
    _write("outputs.json", [*recorded[:450], *(item for items in branching for item in items)])
    _write("refused.json", [*networks.REFUSED, *refused[:200]])
    _write("blocks.json", [_block(block, seed) for seed, block in enumerate(blocks.BLOCKS)])


def _branching() -> list[str]:
    """Networks that branch: awkward ones, and random ones of no more than a few products."""
    texts = [networks.random_branching(seed, _fits)[0] for seed in range(BRANCHING)]
    return [*networks.BRANCHING, *(text for text in texts if text.count("mul:") <= 2)]


def _fits(text: str) -> bool:
    try:
        return bool(parse(text))
    except ConnectivityError:
        return False


def _vector(text: str, seed: int) -> list[dict[str, Any]]:
    (network,) = parse(text)
    tensors = oracle.weights_of(network, seed, dyadic=True)
    x = oracle.inputs_of(network, seed + 1, dyadic=True)
    values = oracle.forward(network, tensors, x)
    outputs = {network.stages[number].name: values[number].detach().tolist() for number in network.outputs()}
    if not all(math.isfinite(value) for y in values for value in y.flatten().tolist()):
        return []  # a maximum over padding alone is minus infinity: no number of JSON
    return [_item(text, tensors, x, outputs, oracle.is_exact(network))]


def _block(block: blocks.Block, seed: int) -> dict[str, Any]:
    module = blocks.filled(block, seed, dyadic=True)
    (network,) = parse(block.text)
    x = oracle.inputs_of(network, seed + 1, dyadic=True)
    outputs = {name: value.tolist() for name, value in blocks.heads(module, x).items()}
    return {"name": block.name, **_item(block.text, block.weights(module), x, outputs, block.exact)}


def _item(
    text: str, weights: dict[str, Any], x: dict[str, Any], outputs: dict[str, Any], exact: bool
) -> dict[str, Any]:
    return {
        "network": text,
        "weights": {key: value.tolist() for key, value in weights.items()},
        "inputs": {name: value.tolist() for name, value in x.items()},
        "outputs": outputs,
        "exact": exact,
    }


def _write(name: str, items: list[Any]) -> None:
    lines = ",\n".join(json.dumps(item) for item in items)
    (FOLDER / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()

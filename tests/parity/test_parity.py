"""The graph is the layer: live comparison with PyTorch (``make test-parity``)."""

from __future__ import annotations

import os

import pytest

if not os.environ.get("CONNECTIVITY_PARITY"):
    pytest.importorskip("torch", reason="needs PyTorch (make test-parity)")

import networks
import numpy as np
import oracle
import torch

from connectivity import build, evaluate, matrix, parse, receptive_field
from connectivity.errors import ConnectivityError
from connectivity.graphs.view import view
from connectivity.layers import LocallyConnected

RANDOM = range(1500)
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")


def compare(text: str, seed: int) -> None:
    (network,) = parse(text)
    for dyadic in (True, False):
        tensors = oracle.weights_of(network, seed, dyadic)
        x = oracle.numbers(tuple(network.input), torch.Generator().manual_seed(seed + 1), dyadic)
        expected = oracle.forward(network, tensors, x).detach().numpy()
        graph = build(network, {key: value.numpy() for key, value in tensors.items()} or None)
        found = evaluate(graph, x.numpy())
        if dyadic and oracle.is_exact(network):
            assert found.tolist() == expected.tolist()
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("text", networks.AWKWARD)
def test_awkward_network(text: str) -> None:
    compare(text, seed=0)


@pytest.mark.parametrize(
    "text",
    [
        "6,drop=2/3 fc:4,drop=1 fc:2",
        "2x7,drop=3/9 conv:3,p=1,c=2,bias,drop=2/8 maxpool:3,s=1,p=1,drop=1 fc:3,bias",
        "8,drop=1/2/3 maxpool:2 conv:2",
        "8,drop=4 avgpool:2,drop=2 convtranspose:3,s=2,drop=1/5 tanh",
        "5,drop=2 sparse:3,p=1,drop=5 sigmoid fc:2,drop=1 sigmoid",
        "4x2 sparse,mask=10000000/01000000/00100000/00010000/00001000/00000100/00000010/00000001,channels=4 conv:2,g=2,c=2",
        "3x1 sparse,mask=011/101/110/111,channels=2,drop=3 conv:1,c=2",
        "5,drop=1/2/3/4/5 conv:3,bias maxpool:3",
    ],
)
def test_dropped_units_are_those_of_a_dropout_mask(text: str) -> None:
    """A dropped unit is a 0 that is multiplied in behind its layer; a maximum pool sees it as such."""
    for seed in range(6):
        compare(text, seed)


@pytest.mark.parametrize("text", networks.REFUSED)
def test_refused_network(text: str) -> None:
    refused = oracle.refused_layer(text)
    assert refused is not None
    assert oracle.torch_refuses(*refused)


@pytest.mark.parametrize("block", range(15))
def test_random_networks(block: int) -> None:
    """Where PyTorch computes, so does the graph, and the same; where PyTorch refuses, so does the network."""
    compared = 0
    for seed in RANDOM[block::15]:
        text = networks.random_network(seed)
        refused = oracle.refused_layer(text)
        if refused is None:
            if not _has_empty_maximum(text):
                compare(text, seed)
                compared += 1
        elif not isinstance(refused[0], LocallyConnected):
            assert oracle.torch_refuses(*refused), text
    assert compared > 20


def _has_empty_maximum(text: str) -> bool:
    """Whether a dilated pool has a window in the padding alone: minus infinity."""
    graph = build(parse(text)[0])
    return any(
        layer.info.kind == "maxpool" and any(not graph.in_degree(unit) for unit in layer.units)
        for layer in view(graph).layers
    )


@pytest.mark.parametrize(
    "text", [text for text in networks.AWKWARD if not any(word in text for word in ("pool", "relu", "tanh"))]
)
def test_every_edge(text: str) -> None:
    """The matrix of the graph is PyTorch's Jacobian, and receptive fields are where it is not zero."""
    (network,) = parse(text)
    positive = {key: value.abs() + 0.5 for key, value in oracle.weights_of(network, 3, dyadic=True).items()}
    graph = build(network, {key: value.numpy() for key, value in positive.items()})
    x = torch.zeros(tuple(network.input), dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda value: oracle.forward(network, positive, value), x)
    expected = jacobian.reshape(-1, x.numel()).numpy()
    np.testing.assert_allclose(matrix(graph), expected, rtol=1e-12, atol=0)
    layers = view(graph).layers
    for unit, row in zip(layers[-1].units, expected, strict=True):
        seen = [node for node, value in zip(layers[0].units, row, strict=True) if value]
        assert receptive_field(graph, unit) == seen


@pytest.mark.parametrize(
    "text", ["5 conv:3,p=1,bias", "2x5 conv:2,c=4,g=2,s=2", "4 convtranspose:3,s=2", "2x3 fc:2,bias"]
)
def test_every_weight(text: str) -> None:
    """One-hot weights: a parameter of the graph acts exactly where PyTorch's does."""
    (network,) = parse(text)
    x = oracle.numbers(tuple(network.input), torch.Generator().manual_seed(5), dyadic=True)
    zeros = {key: torch.zeros_like(value) for key, value in oracle.weights_of(network, 0, dyadic=True).items()}
    for key, tensor in zeros.items():
        for index in np.ndindex(*tensor.shape):
            hot = {name: value.clone() for name, value in zeros.items()}
            hot[key][index] = 1
            expected = oracle.forward(network, hot, x).detach().numpy()
            graph = build(network, {name: value.numpy() for name, value in hot.items()})
            assert evaluate(graph, x.numpy()).tolist() == expected.tolist()


def test_parameters_are_counted_as_pytorch_does() -> None:
    for text in ("5 conv:3,bias", "4x6 conv:3,g=2,c=6,bias", "2x4 convtranspose:3,c=3,bias", "2x3 fc:4,bias"):
        (network,) = parse(text)
        expected = sum(value.numel() for value in oracle.weights_of(network, 0, dyadic=True).values())
        graph = build(network)
        assert len({data["parameter"] for _, _, data in graph.edges(data=True)}) == expected


def test_locally_connected_errors() -> None:
    with pytest.raises(ConnectivityError, match="does not fit"):
        parse("3 sparse:5")

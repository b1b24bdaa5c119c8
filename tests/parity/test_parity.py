"""The graph is the layer: live comparison with PyTorch (``make test-parity``)."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

if not os.environ.get("CONNECTIVITY_PARITY"):
    pytest.importorskip("torch", reason="needs PyTorch (make test-parity)")

import networks
import numpy as np
import oracle
import torch

from connectivity import Network, build, evaluate, matrix, parse, receptive_field, unit_values
from connectivity.errors import ConnectivityError
from connectivity.layers import LocallyConnected

RANDOM = range(1500)
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")


def compare(text: str, seed: int) -> None:
    """The network and its graph compute what PyTorch computes, every head of it."""
    (network,) = parse(text)
    for dyadic in (True, False):
        tensors = oracle.weights_of(network, seed, dyadic)
        x = oracle.inputs_of(network, seed + 1, dyadic)
        expected = [y.detach().numpy() for y in oracle.forward(network, tensors, x)]
        weights = {key: value.numpy() for key, value in tensors.items()} or None
        arrays = {name: value.numpy() for name, value in x.items()}
        graph = build(network, weights)
        exact = dyadic and oracle.is_exact(network)
        for found in (evaluate(graph, arrays), evaluate(network, arrays, weights)):
            assert_equal(found, expected[-1], exact)
        values = unit_values(graph, arrays)
        for head in network.outputs():
            found = np.array([values[unit] for unit in units_of(graph, head)]).reshape(expected[head].shape)
            assert_equal(found, expected[head], exact)


def assert_equal(found: np.ndarray, expected: np.ndarray, exact: bool) -> None:
    assert found.shape == expected.shape
    if exact:
        assert found.tolist() == expected.tolist()
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def units_of(graph: Any, layer: int) -> list[Any]:
    """The units of a layer, in order."""
    return [node for node, data in graph.nodes(data=True) if data["layer"] == layer and data["kind"] == "unit"]


@pytest.mark.parametrize("text", [*networks.AWKWARD, *networks.BRANCHING])
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
    (network,) = parse(text)
    graph = build(network)
    pools = [number for number, stage in enumerate(network.stages) if stage.layer.kind == "maxpool"]
    return any(not graph.in_degree(unit) for number in pools for unit in units_of(graph, number))


@pytest.mark.parametrize("block", range(8))
def test_random_networks_that_branch(block: int) -> None:
    """Branches, merges, several inputs and shared weights, grown layer by layer; what does not fit PyTorch refuses."""
    exact = 0
    for seed in range(block, 600, 8):
        text, refused = networks.random_branching(seed, fits)
        for other in refused:
            found = oracle.refused_layer(other)
            assert found is not None
            if not isinstance(found[0], LocallyConnected):
                assert oracle.torch_refuses(*found), other
        if not _has_empty_maximum(text) and not _overflows(text):
            compare(text, seed)
            exact += oracle.is_exact(parse(text)[0])
    assert exact > 10


def fits(text: str) -> bool:
    try:
        return bool(parse(text))
    except ConnectivityError:
        return False


def _overflows(text: str) -> bool:
    """Whether products of products grow beyond what twelve digits can be compared of."""
    return text.count("mul:") > 2


def is_linear(text: str) -> bool:
    (network,) = parse(text)
    stages = network.stages
    plain = not any(stage.layer.activations or stage.layer.drop for stage in stages)
    return plain and all(stage.layer.operation.linear for stage in stages)


def linear_networks() -> list[str]:
    """Linear networks: awkward ones, branching ones, and random ones of both sorts."""
    texts = [*networks.AWKWARD, *networks.BRANCHING, *map(networks.random_network, range(400))]
    texts += [networks.random_branching(seed, fits)[0] for seed in range(1000, 1300)]
    texts = [text for text in texts if "sub:" not in text]  # where what comes on two ways may cancel out
    return [text for text in texts if fits(text) and is_linear(text)]


def test_every_edge() -> None:
    """The matrix of the graph is PyTorch's Jacobian, and receptive fields are where it is not zero."""
    texts = linear_networks()
    assert len(texts) > 200
    for text in texts:
        (network,) = parse(text)
        positive = {key: value.abs() + 0.5 for key, value in oracle.weights_of(network, 3, dyadic=True).items()}
        graph = build(network, {key: value.numpy() for key, value in positive.items()} or None)
        expected = jacobian(network, positive)
        np.testing.assert_allclose(matrix(graph), expected, rtol=1e-12, atol=1e-15, err_msg=text)
        inputs = [unit for number in network.inputs() for unit in units_of(graph, number)]
        for unit, row in zip(units_of(graph, len(network.stages) - 1), expected, strict=True):
            assert receptive_field(graph, unit) == [
                node
                for node, value in zip(inputs, row, strict=True)
                if abs(value) > 1e-15  # PyTorch rounds
            ]


def jacobian(network: Network, tensors: dict[str, torch.Tensor]) -> np.ndarray:
    """The derivatives of the last layer by all inputs, one after the other, at 0."""
    zeros = {name: torch.zeros_like(value) for name, value in oracle.inputs_of(network, 0, dyadic=True).items()}

    def last(*values: torch.Tensor) -> torch.Tensor:
        return oracle.forward(network, tensors, dict(zip(zeros, values, strict=True)))[-1]

    derivative: Callable[..., tuple[torch.Tensor, ...]] = torch.autograd.functional.jacobian
    parts = derivative(last, tuple(zeros.values()))
    units = network.stages[-1].shape.units
    return np.concatenate([part.reshape(units, -1).numpy() for part in parts], axis=1)


@pytest.mark.parametrize(
    "text", ["5 conv:3,p=1,bias", "2x5 conv:2,c=4,g=2,s=2", "4 convtranspose:3,s=2", "2x3 fc:2,bias"]
)
def test_every_weight(text: str) -> None:
    """One-hot weights: a parameter of the graph acts exactly where PyTorch's does."""
    (network,) = parse(text)
    x = oracle.inputs_of(network, 5, dyadic=True)
    arrays = {name: value.numpy() for name, value in x.items()}
    zeros = {key: torch.zeros_like(value) for key, value in oracle.weights_of(network, 0, dyadic=True).items()}
    for key, tensor in zeros.items():
        for index in np.ndindex(*tensor.shape):
            hot = {name: value.clone() for name, value in zeros.items()}
            hot[key][index] = 1
            expected = oracle.forward(network, hot, x)[-1].detach().numpy()
            graph = build(network, {name: value.numpy() for name, value in hot.items()})
            assert evaluate(graph, arrays).tolist() == expected.tolist()


def test_parameters_are_counted_as_pytorch_does() -> None:
    for text in (
        "5 conv:3,bias",
        "4x6 conv:3,g=2,c=6,bias",
        "2x4 convtranspose:3,c=3,bias",
        "2x3 fc:4,bias",
        "2x3 fc:4,bias,flatten=false",
        "x=5 u=input:5 h=conv:3,from=x,bias conv:3,share=h,from=u add:h",
    ):
        (network,) = parse(text)
        expected = sum(value.numel() for value in oracle.weights_of(network, 0, dyadic=True).values())
        graph = build(network)
        named = {data["parameter"] for _, _, data in graph.edges(data=True)} - {None}
        assert len(named) == expected


def test_locally_connected_errors() -> None:
    with pytest.raises(ConnectivityError, match="does not fit"):
        parse("3 sparse:5")

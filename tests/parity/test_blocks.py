"""Blocks of real networks, written in PyTorch without a look at the product, and the same in the notation."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

if not os.environ.get("CONNECTIVITY_PARITY"):
    pytest.importorskip("torch", reason="needs PyTorch (make test-parity)")

import numpy as np
import oracle
import torch
from blocks import BLOCKS, Block, filled, heads

from connectivity import build, evaluate, matrix, parse, receptive_field, unit_values

JACOBIAN: Callable[..., Any] = torch.autograd.functional.jacobian


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
@pytest.mark.parametrize("dyadic", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_a_block_computes_what_its_module_computes(block: Block, dyadic: bool, seed: int) -> None:
    (network,) = parse(block.text)
    module = filled(block, seed, dyadic)
    x = oracle.inputs_of(network, seed + 1, dyadic)
    expected = {name: value.numpy() for name, value in heads(module, x).items()}
    weights = {key: value.numpy() for key, value in block.weights(module).items()}
    arrays = {name: value.numpy() for name, value in x.items()}
    graph = build(network, weights)
    values = unit_values(graph, arrays)
    assert set(expected) == {network.stages[number].name for number in network.outputs()}
    for found in (evaluate(graph, arrays), evaluate(network, arrays, weights)):
        check(found, expected["y"], exact=dyadic and block.exact)
    for number in network.outputs():
        stage = network.stages[number]
        units = [node for node, data in graph.nodes(data=True) if data["layer"] == number and data["kind"] == "unit"]
        own = np.array([values[unit] for unit in units]).reshape(stage.shape)
        check(own, expected[stage.name], exact=dyadic and block.exact)


def check(found: np.ndarray, expected: np.ndarray, exact: bool) -> None:
    assert found.shape == expected.shape
    if exact:
        assert found.tolist() == expected.tolist()
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
def test_parameters_are_as_many_as_the_module_has(block: Block) -> None:
    (network,) = parse(block.text)
    module = filled(block, 0, dyadic=True)
    named = {data["parameter"] for _, _, data in build(network).edges(data=True)} - {None}
    given = block.weights(module)
    assert len(named) == sum(tensor.numel() for name, tensor in given.items() if name.endswith(("weight", "bias")))


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
def test_receptive_fields_are_inputs_that_the_module_depends_on(block: Block) -> None:
    """Where a derivative at random points is not zero, the graph has a way; over many points it has no others."""
    (network,) = parse(block.text)
    graph = build(network)
    seen: np.ndarray | None = None
    for seed in range(12):
        module = filled(block, seed, dyadic=False)
        x = oracle.inputs_of(network, seed, dyadic=False)

        def last(*values: torch.Tensor, module: torch.nn.Module = module) -> torch.Tensor:
            found = module(*(value[None] for value in values))
            y: torch.Tensor = (found["y"] if isinstance(found, dict) else found)[0]
            return y

        parts = JACOBIAN(last, tuple(x.values()))
        units = network.stages[-1].shape.units
        moved = np.concatenate([part.reshape(units, -1).numpy() for part in parts], axis=1) != 0
        seen = moved if seen is None else seen | moved
    assert seen is not None
    inputs = [node for n in network.inputs() for node, data in graph.nodes(data=True) if data["layer"] == n]
    inputs = [node for node in inputs if graph.nodes[node]["kind"] == "unit"]
    last_layer = len(network.stages) - 1
    outputs = [node for node, data in graph.nodes(data=True) if data["layer"] == last_layer]
    for unit, row in zip(outputs, seen, strict=True):
        assert receptive_field(graph, unit) == [node for node, value in zip(inputs, row, strict=True) if value]


def test_the_matrix_of_a_linear_block_is_its_jacobian() -> None:
    """Of residual blocks and the like without their activations: all ways are summed."""
    text = "x=2x6 a=conv:3,p=1,c=2 n=batchnorm add:x upsample:2,mode=linear b=conv:3,s=2,p=1,c=2 concat:x/b,axis=length"
    (network,) = parse(text)
    tensors = oracle.weights_of(network, 1, dyadic=False)
    x = oracle.inputs_of(network, 0, dyadic=False)
    expected = JACOBIAN(lambda value: oracle.forward(network, tensors, {"x": value})[-1], x["x"])
    found = matrix(build(network, {key: value.numpy() for key, value in tensors.items()}))
    np.testing.assert_allclose(found, expected.reshape(24, 12).numpy(), rtol=1e-12, atol=1e-12)

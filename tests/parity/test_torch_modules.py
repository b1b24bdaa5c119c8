"""Modules of PyTorch, read and computed, against themselves: 1e-5 relative, in float32."""

from __future__ import annotations

import os
from typing import Any

import pytest

if not os.environ.get("CONNECTIVITY_PARITY"):
    pytest.importorskip("torch", reason="needs PyTorch (make test-models)")

import numpy as np
import torch
from torch import Tensor, nn
from torch_modules import Case, Random, cases

import connectivity
from connectivity.models.torchmodules import from_torch

CASES = cases()


def tensors(result: Any) -> list[Tensor]:
    if isinstance(result, Tensor):
        return [result]
    return [each for one in (result.values() if isinstance(result, dict) else result) for each in tensors(one)]


def examples(module: nn.Module, sizes: tuple[tuple[int, ...], ...]) -> list[Tensor]:
    generator = torch.Generator().manual_seed(3)
    dtype = next((each.dtype for each in module.parameters()), torch.float32)
    return [torch.randn((1, *size), generator=generator, dtype=dtype) for size in sizes]


def check(module: nn.Module, sizes: tuple[tuple[int, ...], ...]) -> connectivity.models.model.Model:  # type: ignore[name-defined]
    """A module's outputs, in order, are those of its network."""
    model = from_torch(module, sizes[0] if len(sizes) == 1 else list(sizes))
    xs = examples(module, sizes)
    with torch.no_grad():
        wanted = [
            each.double().numpy() for each in tensors(module(*(x.clone() for x in xs)))
        ]  # it may change its input
    shapes = [stage.shape for stage in model.network.stages if not stage.sources]
    given = [x.double().numpy().reshape(shape) for x, shape in zip(xs, shapes, strict=True)]
    graph = connectivity.outputs(model.network, given if len(given) > 1 else given[0], model.weights)
    for name, want in zip(model.outputs, wanted, strict=True):
        found = graph[name] if name in graph else inner(model, name, given)
        assert found.size == want.size
        np.testing.assert_allclose(found.ravel(), want.ravel(), rtol=1e-5, atol=1e-5 * max(1e-3, np.abs(want).max()))
    return model


def inner(model: Any, name: str, given: list[np.ndarray]) -> np.ndarray:
    """The values of a layer that others take, too."""
    graph = connectivity.build(model.network, model.weights)
    values = connectivity.unit_values(graph, given if len(given) > 1 else given[0])
    number = model.network.names().index(name)
    own = [node for node, data in graph.nodes(data=True) if data["layer"] == number and data["kind"] == "unit"]
    return np.array([values[node] for node in own])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_block_is_computed_as_by_its_module(case: Case) -> None:
    check(case.module, case.sizes)


@pytest.mark.parametrize("seed", range(160))
def test_what_chance_puts_together_is_computed_as_by_its_module(seed: int) -> None:
    module = Random(seed)
    check(module, (module.size,))

"""Modules of PyTorch, read and computed, against themselves: 1e-5 relative, in float32."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

if not os.environ.get("CONNECTIVITY_PARITY"):
    pytest.importorskip("torch", reason="needs PyTorch (make test-models)")

import numpy as np
import torch
from conftest import ROOT
from pagecode import blocks
from torch import Tensor, nn
from torch_modules import Case, Random, cases

import connectivity
from connectivity.errors import AboutModel, ModelError
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


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@pytest.mark.parametrize("seed", range(160))
def test_what_chance_puts_together_is_computed_as_by_its_module(seed: int) -> None:
    module = Random(seed)
    check(module, (module.size,))


class Of(nn.Module):
    """A function of two tensors of 3 channels and 6 positions, as a module."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor, y: Tensor) -> Any:
        """What the function makes of both."""
        return self.function(x, y)


FUNCTIONS: dict[str, Any] = {
    "a multiple added": lambda x, y: torch.add(x, y, alpha=2),
    "a multiple taken away": lambda x, y: torch.sub(x, y, alpha=0.5) + torch.sub(x, 3.0, alpha=2),
    "taken from another": lambda x, y: torch.rsub(x, y, alpha=3) + torch.rsub(x, 1.5),
    "a quotient": lambda x, y: x / (y.abs() + 1) + x / 4,
    "of a number": lambda x, y: 2 / (x.abs() + 1) + y,
    "powers": lambda x, y: x**2 + (y.abs() + 0.1) ** 0.5 + (x.abs() + 1) ** -1 + (y.abs() + 0.5) ** 1.5,
    "bounds": lambda x, y: torch.clamp(x, -0.5, 0.25) + torch.clamp(y, min=-0.5),
    "one bound": lambda x, y: torch.clamp(x, max=0.25) + torch.clamp(y, min=0) + torch.clamp(y, min=-float("inf")),
    "a bound that is a tensor": lambda x, y: torch.clamp(x, max=torch.tensor([0.25])) + y,
    "the larger": lambda x, y: torch.maximum(x, y) + torch.max(x, y) + torch.maximum(x, torch.tensor(0.25)),
    "the smaller": lambda x, y: torch.minimum(x, y) + torch.min(x, y) + torch.minimum(torch.tensor(0.25), y),
    "the largest along an axis": lambda x, y: torch.max(x, 2)[0] + y.amax(2),
    "the smallest of all": lambda x, y: torch.amin(x, (1, 2)) + y.amin((1, 2)),
    "sums": lambda x, y: x.sum(1) + torch.sum(y, dim=1, keepdim=False),
    "means": lambda x, y: x.mean(dim=(1, 2), keepdim=True) + y,
    "norms": lambda x, y: torch.norm(x, dim=1) + torch.linalg.vector_norm(y, ord=1, dim=1),
    "of length 1": lambda x, y: nn.functional.normalize(x, dim=1) + nn.functional.normalize(y, p=1.0, dim=2),
    "gated": lambda x, y: nn.functional.glu(x, dim=2) + nn.functional.glu(y, dim=2),
    "activations with values": lambda x, y: nn.functional.leaky_relu(x, 0.3) + nn.functional.softplus(y, beta=2.0),
    "nearly": lambda x, y: nn.functional.gelu(x, approximate="tanh") + nn.functional.gelu(y),
    "not by chance": lambda x, y: nn.functional.rrelu(x) + nn.functional.hardtanh(y, -0.5, 0.5),
}
"""Functions of PyTorch, each with the forms of its arguments."""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_computed_as_by_pytorch(name: str) -> None:
    check(Of(FUNCTIONS[name]), ((3, 6), (3, 6)))


UNDRAWABLE: dict[str, Any] = {
    "rounded": lambda x, y: torch.div(x, y, rounding_mode="floor"),
    "a tensor as exponent": lambda x, y: torch.pow(x.abs(), y),
    "a bound for each": lambda x, y: torch.clamp(x, max=torch.ones(6)),
    "another norm": lambda x, y: torch.norm(x, p=3, dim=1),
    "by chance": lambda x, y: nn.functional.rrelu(x, training=True),
}
"""Forms of functions that cannot be drawn."""


@pytest.mark.parametrize("name", UNDRAWABLE)
def test_a_form_of_a_function_that_cannot_be_drawn_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match="cannot be drawn"):
        check(Of(UNDRAWABLE[name]), ((3, 6), (3, 6)))


def test_the_modules_give_the_layers_their_names() -> None:
    model = check(CASES[0].module, CASES[0].sizes)
    assert [(layer.name, layer.kind) for layer in model.network.layers] == [
        ("conv1", "conv"), ("bn1", "batchnorm"), ("conv2", "conv"), ("bn2", "batchnorm"),
        ("down_0", "conv"), ("down_1", "batchnorm"), ("add", "add"),
    ]  # fmt: skip
    assert model.network.layers[-1].activations == ("relu",)


def test_a_module_that_is_called_again_shares_its_weights() -> None:
    (case,) = (case for case in CASES if case.name == "tied")
    model = check(case.module, case.sizes)
    assert [(layer.name, layer.share) for layer in model.network.layers] == [
        ("again", None), ("encoder", "again"), ("encoder_2", "again"), ("linear", None),
    ]  # fmt: skip
    assert {key.partition(".")[0] for key in model.weights} == {"again", "linear"}


def test_a_weight_with_biases_of_its_own_is_not_shared_and_that_is_said() -> None:
    net = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3))
    net[2].weight = net[0].weight
    model = check(net.eval(), ((3,),))
    assert not any(layer.share for layer in model.network.layers)
    assert any("a bias of its own" in note for note in model.notes)


def test_a_padding_that_stands_before_a_convolution_is_its_padding() -> None:
    for pad, said in ((nn.ConstantPad1d((2, 0), 0.0), "zeros"), (nn.CircularPad1d((2, 0)), "circular")):
        (layer,) = check(nn.Sequential(pad, nn.Conv1d(2, 3, 3)), ((2, 6),)).network.layers
        assert (layer.padding, layer.padding_mode) == ((2, 0), said)


def test_outputs_that_are_cut_off_again_are_no_padding() -> None:
    (case,) = (case for case in CASES if case.name == "tcn-weight-norm")
    model = check(case.module, case.sizes)
    assert [layer.kind for layer in model.network.layers] == ["conv", "conv", "conv", "add"]
    paddings = {layer.name: layer.padding for layer in model.network.layers if layer.kind == "conv"}
    assert paddings == {"downsample": 0, "net_0": (4, 0), "net_4": (4, 0)}
    assert any("net.0" in note for note in model.notes)


def test_batch_norms_are_folded_where_that_is_wanted() -> None:
    for case in CASES:
        if case.name in ("residual", "mlp"):
            plain = from_torch(case.module, case.sizes[0])
            folded = from_torch(case.module, case.sizes[0], fold_batchnorm=True)
            assert {layer.kind for layer in folded.network.layers} <= {"conv", "fc", "add"}
            assert len([note for note in folded.notes if "put into the weights" in note]) == 3 - (case.name == "mlp")
            x = np.random.default_rng(0).normal(size=plain.network.stages[0].shape)
            found, wanted = (connectivity.evaluate(one.network, x, one.weights) for one in (folded, plain))
            np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(2, 4, 3)
        self.lstm = nn.LSTM(4, 5, batch_first=True)
        self.norm, self.head = nn.LayerNorm(5), nn.Linear(5, 2)

    def forward(self, x: Tensor) -> Tensor:
        y, _ = self.lstm(self.conv(x).relu().transpose(1, 2))
        return self.head(self.norm(y)[:, -1])  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("module", "named"),
    [
        (Recurrent(), r'^lstm \(LSTM\): lstm cannot be drawn; until="conv" reads'),
        (nn.Sequential(nn.Linear(6, 4), nn.LayerNorm(4)), r"^1 \(LayerNorm\): layer_norm cannot be drawn"),
        (nn.Sequential(nn.Conv1d(2, 4, 3), nn.GroupNorm(2, 4)), r"^1 \(GroupNorm\): group_norm cannot"),
        (nn.Sequential(nn.Conv1d(2, 4, 3), nn.InstanceNorm1d(4)), r"^1 \(InstanceNorm1d\): instance_norm cannot"),
        (nn.BatchNorm1d(2, track_running_stats=False), r"^BatchNorm1d: batch_norm cannot"),
        (nn.TransformerEncoderLayer(6, 2, 8, batch_first=True), r"self_attn \(MultiheadAttention\)|TransformerEncoderLayer"),
    ],
    ids=["lstm", "layer-norm", "group-norm", "instance-norm", "batch-statistics", "attention"],
)  # fmt: skip
def test_what_cannot_be_drawn_is_named_with_its_module(module: nn.Module, named: str) -> None:
    with pytest.raises(ModelError, match=named):
        from_torch(module.eval(), (2, 6))


def test_what_is_around_it_can_be_drawn() -> None:
    module = Recurrent().eval()
    before = from_torch(module, (2, 6), until="conv")
    assert [layer.name for layer in before.network.layers] == ["conv"]
    after = from_torch(module, (2, 6), from_="head")
    assert after.network.input == (1, 5)
    x = np.random.default_rng(0).normal(size=(1, 5))
    wanted = module.head(torch.tensor(x, dtype=torch.float32)).detach().numpy()
    np.testing.assert_allclose(connectivity.evaluate(after.network, x, after.weights), wanted, rtol=1e-5, atol=1e-6)


def test_a_module_inside_that_is_not_there_is_said() -> None:
    with pytest.raises(ModelError, match=r'there is no module "con" in it \(did you mean "conv"\?\)'):
        from_torch(Recurrent(), (2, 6), until="con")


class Function(nn.Module):
    """A module of a function."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.conv, self.function = nn.Conv1d(2, 2, 1), function

    def forward(self, x: Tensor) -> Any:
        return self.function(self.conv(x))


@pytest.mark.parametrize(
    ("function", "named"),
    [
        (lambda x: x if x.sum() > 0 else -x, "decides by the values of its input"),
        (lambda x: x * float(x.max()), "decides by the values of its input"),
        (lambda x: x + torch.rand(1), "depends on the values of the input, or on chance"),
        (lambda x: torch.nn.functional.dropout(x, 0.5) * torch.rand(1), "or on chance"),
        (lambda x: torch.zeros(3), "no output of the module comes from its input"),
        (lambda x: x @ x.transpose(1, 2), "matmul cannot be drawn"),
        (lambda x: x.view(1, 7), r"cannot take an input of shape \[1, 2, 6\].*RuntimeError"),
        (lambda x: x.cumsum(-1), "cumsum cannot be drawn"),
    ],
)
def test_what_a_graph_cannot_be_is_refused_in_one_line(function: Any, named: str) -> None:
    with pytest.raises(ModelError, match=named) as error:
        from_torch(Function(function).eval(), (2, 6))
    assert "\n" not in str(error.value)


def test_a_dropout_that_is_never_off_is_left_out_and_that_is_said() -> None:
    model = from_torch(Function(lambda x: torch.nn.functional.dropout(x, 0.5)).eval(), (2, 6))
    assert any("drops units even in evaluation" in note for note in model.notes)
    assert from_torch(nn.Sequential(nn.Linear(3, 2), nn.Dropout()).eval(), (3,)).notes == ()


def test_changes_in_place_are_followed_or_refused() -> None:
    def followed(x: Tensor) -> Tensor:
        y = x.clone() * 2
        x.mul_(3)
        x += y
        return torch.nn.functional.relu(x, inplace=True)

    check(Function(followed).eval(), ((2, 6),))

    def hidden(x: Tensor) -> Tensor:
        view = x[:, :1]
        view.mul_(2)
        return x

    with pytest.raises(ModelError, match="mul_, which changes it in place, cannot be drawn"):
        from_torch(Function(hidden).eval(), (2, 6))


@pytest.mark.parametrize("shape", [(), (0, 3), (2, -1), "2x6", 5, [(2, 6), "x"], (2, 6.5), (2**20, 2)])
def test_a_shape_that_is_none_is_refused(shape: Any) -> None:
    with pytest.raises(ModelError, match="input_shape"):
        from_torch(nn.Conv1d(2, 2, 1), shape)


def state(module: nn.Module) -> Any:
    kept = [
        (each.training, sorted(vars(each)), [*each._forward_hooks], [*each._forward_pre_hooks])
        for each in module.modules()
    ]
    return kept, {key: value.clone() for key, value in module.state_dict().items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_module_is_left_as_it_was(case: Case) -> None:
    case.module.train()
    try:
        kept, tensors_before = state(case.module)
        torch.manual_seed(5)
        chance = torch.rand(3)
        torch.manual_seed(5)
        model = from_torch(case.module, case.sizes[0] if len(case.sizes) == 1 else list(case.sizes))
        assert torch.equal(torch.rand(3), chance)
        kept_after, tensors_after = state(case.module)
        assert kept_after == kept
        assert all(torch.equal(tensors_before[key], tensors_after[key]) for key in tensors_before)
        assert "the module is drawn in evaluation" in " ".join(model.notes)
    finally:
        case.module.eval()


def test_a_module_is_drawn_and_described_as_it_is() -> None:
    module = CASES[0].module
    svg = connectivity.draw(module, input_shape=(4, 9))
    model = from_torch(module, (4, 9))
    assert svg == connectivity.draw(model) == connectivity.draw(model.network, weights=model.weights)
    assert connectivity.build(model.network, model.weights).number_of_nodes()
    figure = connectivity.Figure.of([module, "6 conv:3"][:1])
    assert figure.changed(input_shape="4x9").draw() == svg
    shown, _ = connectivity.Figure.of(module, input_shape=(4, 9))._repr_mimebundle_()
    assert {"image/svg+xml", "image/png"} <= shown.keys()
    with pytest.raises(ModelError, match="the shape of the module's input is missing"):
        connectivity.draw(module)
    with pytest.raises(connectivity.WeightsError, match="a module has its weights itself"):
        connectivity.draw(module, input_shape=(4, 9), weights={})
    with pytest.warns(AboutModel, match="bn1: put into the weights before it"):
        assert connectivity.draw(module, input_shape=(4, 9), until="bn1", fold_batchnorm=True) != svg


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.*torch.jit:FutureWarning")
def test_wrapped_and_exported_modules_are_what_is_in_them() -> None:
    module = CASES[0].module
    wanted = from_torch(module, (4, 9))
    assert from_torch(nn.DataParallel(module), (4, 9)).network == wanted.network
    traced = torch.fx.symbolic_trace(module)
    assert [layer.kind for layer in from_torch(traced, (4, 9)).network.layers] == [
        layer.kind for layer in wanted.network.layers
    ]
    with pytest.raises(ModelError, match="a scripted module cannot be watched"):
        from_torch(torch.jit.trace(module, torch.zeros(1, 4, 9)), (4, 9))
    with pytest.raises(ModelError, match=r"is no torch\.nn\.Module"):
        from_torch(object(), (4, 9))


def test_the_last_position_goes_into_a_fully_connected_layer_as_it_is() -> None:
    class Last(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.slide, self.head = nn.Conv1d(2, 6, 3), nn.Linear(6, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(self.slide(x)[:, :, -1])

    assert [layer.kind for layer in from_torch(Last(), (2, 12)).network.layers] == ["conv", "crop", "fc"]


def test_the_notebook_of_the_manual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its cells, one after the other; the last file is drawn, and as many parameters are counted as PyTorch counts."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in blocks(ROOT / "samples" / "docs" / "tutorials" / "notebook.rst"):
        if block.language == "python":
            exec(block.text, names)
    assert (tmp_path / "model.pdf").read_bytes().startswith(b"%PDF")
    counted = connectivity.describe(names["model"].network, names["model"].weights)["totals"]["parameters"]
    assert counted == sum(each.numel() for each in names["module"].parameters())


def test_a_figure_of_a_module_is_what_it_was_before_training() -> None:
    module = nn.Conv1d(1, 1, 3).double().eval()
    shaped = connectivity.Figure.of(module, input_shape=(1, 6))
    waiting = connectivity.Figure.of(module)
    weighed = connectivity.Figure.of("6 conv:3,bias", weights=module.state_dict())
    model = from_torch(module, (1, 6))
    known = waiting.changed(input_shape=(1, 6))
    figures = [shaped, known, weighed, connectivity.Figure.of(model)]
    before = [connectivity.Figure.of(figure).draw(theme="light") for figure in figures]
    figures = [*figures[:3], connectivity.Figure.of(model)]
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.mul_(-3)
    assert [connectivity.Figure.of(figure).draw(theme="light") for figure in figures] == before
    assert connectivity.Figure.of(model).draw() == before[3]
    assert waiting.changed(input_shape=(1, 6)).draw() != before[1]

"""Random and awkward layers against PyTorch, told of them by its own arguments and not by what the product has read."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

if not os.environ.get("CONNECTIVITY_PARITY"):
    pytest.importorskip("torch", reason="needs PyTorch (make test-parity)")

import numpy as np
import torch
import torch.nn.functional as functional
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from strategies import AWKWARD, Chain, Spec, chains
from torch import Tensor, nn

from connectivity import ConnectivityError, build, evaluate, matrix, parse, receptive_field

pytestmark = [
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning"),
    pytest.mark.filterwarnings("ignore:Initializing zero-element tensors:UserWarning"),
]

WORDS_OF_OURS = ("causal", "full")
WEIGHTED = ("conv", "sparse", "convtranspose", "fc")
LINEAR = (*WEIGHTED, "batchnorm", "avgpool", "adaptiveavgpool", "upsample", "pad")
SEEDS = st.integers(0, 2**32)
LARGEST = 300
"""Chains are cut before they get more units than this."""


class Whole(nn.Module):
    """A fully connected layer: all channels, one after the other, to one channel."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, units)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.linear(x.flatten())
        return y[None]


class Batched(nn.Module):
    """A module that wants a batch, of an input without."""

    def __init__(self, module: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        return self.module(x[None])[0]


class Padded(nn.Module):
    """``functional.pad`` and what follows it."""

    def __init__(self, sides: tuple[int, int], mode: str, module: nn.Module) -> None:
        super().__init__()
        self.sides, self.mode, self.module = sides, "constant" if mode == "zeros" else mode, module

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.module(functional.pad(x[None], self.sides, mode=self.mode)[0])
        return y


class Unshared(nn.Module):
    """A locally connected layer: at each output position, a convolution of one window with a kernel of its own."""

    def __init__(self, shape: torch.Size, length: int, arguments: dict[str, Any]) -> None:
        super().__init__()
        out, inputs, size = shape
        self.weight = nn.Parameter(torch.zeros(out, inputs, length, size))
        self.bias = nn.Parameter(torch.zeros(out, length))
        self.stride = arguments.get("stride", 1)
        self.dilation, self.groups = arguments.get("dilation", 1), arguments.get("groups", 1)

    def forward(self, x: Tensor) -> Tensor:
        reach = self.dilation * (self.weight.shape[3] - 1) + 1
        windows = [x[:, t * self.stride : t * self.stride + reach] for t in range(self.weight.shape[2])]
        columns = [
            functional.conv1d(window, self.weight[:, :, t], dilation=self.dilation, groups=self.groups)
            for t, window in enumerate(windows)
        ]
        return torch.cat(columns, 1) + self.bias


def linear(x: Tensor, units: int, flatten: bool = True) -> nn.Module:
    return Whole(x.numel(), units) if flatten else nn.Linear(x.shape[1], units)


def padded(x: Tensor, sides: tuple[int, int], mode: str = "constant", value: float | None = None) -> nn.Module:
    return Batched(lambda y: functional.pad(y, sides, mode, value))


def upsampled(x: Tensor, factor: int, mode: str = "nearest", align_corners: bool | None = None) -> nn.Module:
    return Batched(nn.Upsample(scale_factor=factor, mode=mode, align_corners=align_corners))


PLAIN: dict[str, Callable[..., nn.Module]] = {
    "fc": linear,
    "maxpool": lambda x, **arguments: nn.MaxPool1d(**arguments),
    "avgpool": lambda x, **arguments: nn.AvgPool1d(**arguments),
    "lppool": lambda x, norm=2, **arguments: nn.LPPool1d(norm, **arguments),
    "adaptiveavgpool": lambda x, output_size: nn.AdaptiveAvgPool1d(output_size),
    "adaptivemaxpool": lambda x, output_size: nn.AdaptiveMaxPool1d(output_size),
    "batchnorm": lambda x, eps=1e-5: Batched(nn.BatchNorm1d(x.shape[0], eps).eval()),
    "upsample": upsampled,
    "pad": padded,
}
"""Modules that take the arguments as they are."""


def is_exact(spec: Spec) -> bool:
    """Whether dyadic numbers stay exact in a layer."""
    arguments = spec.arguments
    if spec.kind == "upsample" and arguments.get("mode") == "linear":
        return arguments["factor"] in (1, 2, 4) and not arguments.get("align_corners")
    return spec.kind not in ("avgpool", "adaptiveavgpool", "lppool") and (
        spec.kind != "batchnorm" or arguments.get("eps") == 0
    )


def module_of(spec: Spec, x: Tensor) -> nn.Module:
    """What a user of PyTorch would build for ``spec``, where its input is ``x``; raises what PyTorch raises."""
    arguments = dict(spec.arguments)
    if spec.kind in PLAIN:
        return PLAIN[spec.kind](x, **arguments)
    channels = arguments.pop("channels", arguments.get("groups", 1))
    if spec.kind == "convtranspose":
        return nn.ConvTranspose1d(x.shape[0], channels, **arguments)
    if spec.kind == "sparse":
        return unshared(channels, arguments, x)
    padding = arguments.get("padding", 0)
    if isinstance(padding, tuple) or padding in WORDS_OF_OURS:
        sides, mode = sides_of(arguments), arguments.pop("padding_mode", "zeros")
        return Padded(sides, mode, nn.Conv1d(x.shape[0], channels, **{**arguments, "padding": 0}))
    return nn.Conv1d(x.shape[0], channels, **arguments)


def unshared(channels: int, arguments: dict[str, Any], x: Tensor) -> nn.Module:
    """Possible where the convolution with the same arguments is, and of its shape."""
    shared = module_of(Spec("conv", {**arguments, "channels": channels}, ""), x)
    length = shared.double()(x).shape[1]
    inner = shared.module if isinstance(shared, Padded) else shared
    assert isinstance(inner, nn.Conv1d)
    own = Unshared(inner.weight.shape, length, arguments)
    return Padded(sides_of(arguments), arguments.get("padding_mode", "zeros"), own)


def sides_of(arguments: dict[str, Any]) -> tuple[int, int]:
    """Padding left and right."""
    padding = arguments.get("padding", 0)
    reach = arguments.get("dilation", 1) * (arguments["kernel_size"] - 1)
    words = {
        "same": (reach // 2, (reach + 1) // 2),
        "valid": (0, 0),
        "causal": (reach, 0),
        "full": (reach, reach),
    }
    sides = words[padding] if isinstance(padding, str) else padding
    return sides if isinstance(sides, tuple) else (sides, sides)


def computed(spec: Spec, x: Tensor) -> tuple[nn.Module, Tensor] | None:
    """PyTorch's module and its output; None where it refuses, or has nothing to return."""
    try:
        module = module_of(spec, x).double()
        y = module(x)
    except (RuntimeError, ValueError):
        return None
    return (module, y.detach()) if y.numel() else None


def accepted(chain: Chain) -> tuple[list[nn.Module], str, str | None]:
    """The modules up to the first that PyTorch refuses, their notation, and that of the refused one."""
    x = torch.zeros(chain.channels, chain.length, dtype=torch.float64)
    modules: list[nn.Module] = []
    text = chain.input
    for spec in chain.layers:
        found = computed(spec, x)
        if found is None:
            return modules, text, spec.text
        module, x = found[0], torch.zeros_like(found[1])
        if x.numel() > LARGEST:
            break
        modules.append(module)
        text = f"{text} {spec.text}{',bias' * has_bias(module)}"
    return modules, text, None


def has_bias(module: nn.Module) -> bool:
    """Whether the notation has to say that there is a bias, as it has not of a batch norm."""
    names = [name.rpartition(".")[2] for name, _ in module.named_parameters()]
    return "bias" in names and not any(isinstance(inner, nn.BatchNorm1d) for inner in module.modules())


def linear_chain(chain: Chain) -> tuple[nn.Sequential, str]:
    """The accepted part of ``chain``, which must not be empty."""
    modules, text, _ = accepted(chain)
    assume(modules)
    return nn.Sequential(*modules).double(), text


def fill(module: nn.Module, seed: int, least: int = -16) -> None:
    """Weights and biases that are multiples of 1/8, up to 2."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in module.parameters():
        parameter.data = torch.randint(least, 17, parameter.shape, generator=generator).double() / 8


def state_of(module: nn.Module) -> dict[str, np.ndarray] | None:
    """The state dict, as it would be handed over."""
    state = {key: value.numpy() for key, value in module.state_dict().items()}
    return state or None


def without_biases(module: nn.Module) -> None:
    """Biases that add nothing."""
    for name, parameter in module.named_parameters():
        if name.endswith("bias"):
            parameter.data.zero_()


def assert_equal(found: np.ndarray, expected: Tensor, exact: bool) -> None:
    assert found.shape == tuple(expected.shape)
    if exact:
        assert found.tolist() == expected.tolist()
    else:
        np.testing.assert_allclose(found, expected.numpy(), rtol=1e-12, atol=1e-12)


def check_refused(text: str) -> None:
    with pytest.raises(ConnectivityError):
        parse(text)


def check_equal(chain: Chain, modules: list[nn.Module], text: str, seed: int) -> None:
    """The network ``text`` computes what ``modules`` compute; -inf, a maximum of nothing, only at the very end."""
    sequential = nn.Sequential(*modules).double()
    fill(sequential, seed)
    x = torch.randint(-32, 33, (chain.channels, chain.length), generator=torch.Generator().manual_seed(seed)) / 8
    with torch.no_grad():
        expected = sequential(x.double())
    if not expected.isfinite().all():
        assume(not any(isinstance(module, nn.MaxPool1d) for module in modules[:-1]))
    (network,) = parse(text)
    assert tuple(network.shapes()[-1]) == tuple(expected.shape)
    found = evaluate(build(network, state_of(sequential)), x.numpy())
    assert_equal(found, expected, exact=all(map(is_exact, chain.layers[: len(modules)])))


@given(chain=chains(), seed=SEEDS)
@settings(max_examples=300)
def test_a_network_is_refused_exactly_where_pytorch_refuses_it_and_else_computes_the_same(
    chain: Chain, seed: int
) -> None:
    modules, text, refused = accepted(chain)
    if refused is not None:
        check_refused(f"{text} {refused}")
    check_equal(chain, modules, text, seed)


@pytest.mark.parametrize("chain", AWKWARD, ids=lambda chain: " ".join([chain.input, *(s.text for s in chain.layers)]))
def test_awkward_networks_are_refused_exactly_where_pytorch_refuses_them(chain: Chain) -> None:
    modules, text, refused = accepted(chain)
    if refused is not None:
        check_refused(f"{text} {refused}")
    check_equal(chain, modules, text, seed=len(text))


def test_the_awkward_networks_are_of_both_sorts() -> None:
    refused = sum(accepted(chain)[2] is not None for chain in AWKWARD)
    assert 10 <= refused <= len(AWKWARD) - 15


@given(chain=chains(longest=2), seed=SEEDS)
@settings(max_examples=80)
def test_random_weights_agree_to_twelve_digits(chain: Chain, seed: int) -> None:
    sequential, text = linear_chain(chain)
    torch.manual_seed(seed)
    for parameter in sequential.parameters():
        nn.init.normal_(parameter)
    x = torch.randn(chain.channels, chain.length, dtype=torch.float64)
    with torch.no_grad():
        expected = sequential(x)
    assume(bool(expected.isfinite().all()))
    assert_equal(evaluate(build(parse(text)[0], state_of(sequential)), x.numpy()), expected, exact=False)


@given(chain=chains(WEIGHTED, longest=1))
@settings(max_examples=120)
def test_every_weight_is_used_by_as_many_connections_as_autograd_counts(chain: Chain) -> None:
    """Where all inputs are 1, the derivative of the summed outputs by a weight is how often it is used."""
    sequential, text = linear_chain(chain)
    sequential(torch.ones(chain.channels, chain.length, dtype=torch.float64)).sum().backward()
    ((_, gradient),) = [(n, p.grad) for n, p in sequential.named_parameters() if n.endswith("weight")]
    assert gradient is not None
    graph = build(parse(text.replace(",bias", ""))[0])
    uses = Counter(data["parameter"] for _, _, data in graph.edges(data=True))
    expected = {
        f"y.weight[{','.join(map(str, index))}]": round(value) for index, value in np.ndenumerate(gradient) if value
    }
    assert uses == expected
    facts = graph.graph["layers"][1]
    assert facts["connections"] == gradient.sum()
    assert facts["weights"] == gradient.count_nonzero()
    assert facts["weights"] + facts["unused_weights"] == gradient.numel()


@given(chain=chains(LINEAR, longest=3), seed=SEEDS)
@settings(max_examples=80)
def test_matrix_is_the_jacobian(chain: Chain, seed: int) -> None:
    sequential, text = linear_chain(chain)
    fill(sequential, seed)
    x = torch.zeros(chain.channels, chain.length, dtype=torch.float64)
    derivative: Callable[..., Tensor] = torch.autograd.functional.jacobian
    jacobian = derivative(sequential, x).reshape(-1, x.numel())
    found = matrix(build(parse(text)[0], state_of(sequential)))
    assert found.shape == tuple(jacobian.shape)
    np.testing.assert_allclose(found, jacobian.numpy(), rtol=1e-12, atol=1e-12)


@given(chain=chains(longest=3), seed=SEEDS)
@settings(max_examples=80)
def test_receptive_field_is_every_input_that_moves_the_output(chain: Chain, seed: int) -> None:
    """With positive weights and no biases, an input of 1 among zeros shows wherever a path leads, pools or not."""
    assume(not any("value" in spec.arguments for spec in chain.layers))
    sequential, text = linear_chain(chain)
    fill(sequential, seed, least=1)
    without_biases(sequential)
    hot = torch.eye(chain.channels * chain.length, dtype=torch.float64).reshape(-1, chain.channels, chain.length)
    with torch.no_grad():
        answers = torch.stack([sequential(x).flatten() for x in hot])
    assume(bool(answers.isfinite().all()))
    graph = build(parse(text)[0])
    nodes = [(data["layer"], node) for node, data in graph.nodes(data=True) if data["kind"] == "unit"]
    inputs = [node for layer, node in nodes if layer == 0]
    outputs = [node for layer, node in nodes if layer == nodes[-1][0]]
    for unit, moved in zip(outputs, answers.T, strict=True):
        assert receptive_field(graph, unit) == [inputs[i] for i in moved.nonzero().flatten().tolist()]


@given(
    length=st.integers(1, 9),
    size=st.integers(1, 4),
    period=st.integers(1, 5),
    stride=st.integers(1, 3),
    padding=st.integers(0, 3),
    channels=st.sampled_from([1, 2]),
    seed=SEEDS,
)
@settings(max_examples=80)
@example(length=1, size=1, period=5, stride=3, padding=0, channels=2, seed=0)
def test_a_tiled_convolution_takes_turns_among_its_convolutions(
    length: int, size: int, period: int, stride: int, padding: int, channels: int, seed: int
) -> None:
    assume(length + 2 * padding >= size)
    torch.manual_seed(seed)
    weight = torch.randint(-16, 17, (3, channels, period, size)).double() / 8
    x = torch.randint(-32, 33, (channels, length)).double() / 8
    turns = [functional.conv1d(x, weight[:, :, turn], stride=stride, padding=padding) for turn in range(period)]
    expected = torch.stack([turns[t % period][:, t] for t in range(turns[0].shape[1])], 1)
    text = f"{channels}x{length} conv:{size},tie={period},s={stride},p={padding},c=3"
    given_weight = weight if period > 1 else weight[:, :, 0]
    found = evaluate(build(parse(text)[0], {"y.weight": given_weight.numpy()}), x.numpy())
    assert_equal(found, expected, exact=True)


@given(
    length=st.integers(1, 9),
    taps=st.lists(st.integers(-6, 6), min_size=1, max_size=4, unique=True),
    stride=st.integers(1, 3),
    circular=st.booleans(),
    kind=st.sampled_from(["conv", "sparse"]),
    seed=SEEDS,
)
@settings(max_examples=100)
def test_taps_are_gathered_at_their_offsets(
    length: int, taps: list[int], stride: int, circular: bool, kind: str, seed: int
) -> None:
    """Output t is the sum of weight k times the input at ``t * stride + taps[k]``, for each t * stride in the input."""
    assume(not circular or max(map(abs, taps)) <= length)
    torch.manual_seed(seed)
    places = torch.arange(0, length, stride)[:, None] + torch.tensor(taps)
    weight = torch.randint(-16, 17, (len(places) if kind == "sparse" else 1, len(taps))).double() / 8
    x = torch.randint(-32, 33, (length,)).double() / 8
    inside = torch.ones_like(places, dtype=torch.bool) if circular else (places >= 0) & (places < length)
    expected = (torch.where(inside, x[places % length], 0.0) * weight).sum(1)
    mode = ",padding_mode=circular" if circular else ""
    (network,) = parse(f"{length} {kind},taps={'/'.join(map(str, taps))},s={stride}{mode}")
    own = weight.reshape(network.layers[0].weight_shape(network.input)).numpy()
    assert_equal(evaluate(build(network, {"y.weight": own}), x.numpy()), expected[None], exact=True)


@given(
    mask=st.integers(1, 6).flatmap(
        lambda columns: st.lists(st.lists(st.booleans(), min_size=columns, max_size=columns), min_size=1, max_size=5)
    ),
    seed=SEEDS,
)
@settings(max_examples=50)
def test_a_mask_is_a_linear_layer_with_zeros(mask: list[list[bool]], seed: int) -> None:
    torch.manual_seed(seed)
    linear = nn.Linear(len(mask[0]), len(mask)).double()
    fill(linear, seed)
    rows = "/".join("".join("01"[cell] for cell in row) for row in mask)
    graph = build(parse(f"{len(mask[0])} sparse,mask={rows},bias")[0], state_of(linear))
    x = torch.randint(-32, 33, (len(mask[0]),)).double() / 8
    expected = functional.linear(x, linear.weight * torch.tensor(mask), linear.bias).detach()
    assert_equal(evaluate(graph, x.numpy()), expected[None], exact=True)


EMPTY_WINDOWS = [
    ("1 maxpool:2,p=1,d=2", nn.MaxPool1d(2, 2, 1, 2)),
    ("1x2 maxpool:2,s=1,p=1,d=3", nn.MaxPool1d(2, 1, 1, 3)),
    ("2x3 maxpool:2,s=2,p=1,d=4", nn.MaxPool1d(2, 2, 1, 4)),
]


@pytest.mark.parametrize(("text", "pool"), EMPTY_WINDOWS, ids=[text for text, _ in EMPTY_WINDOWS])
def test_a_maximum_of_padding_alone_is_minus_infinity(text: str, pool: nn.MaxPool1d) -> None:
    (network,) = parse(text)
    x = torch.arange(1.0, network.input.units + 1, dtype=torch.float64).reshape(tuple(network.input))
    expected = pool(x)
    assert (expected == -torch.inf).any()
    assert evaluate(build(network), x.numpy()).tolist() == expected.tolist()


def test_every_parameter_of_pytorch_is_named_in_its_place() -> None:
    """A single weight of 1 at each index, by name in the graph and by index in the tensor."""
    module = nn.Conv1d(4, 6, 3, groups=2, bias=False).double()
    (network,) = parse("4x5 conv:3,g=2,c=6")
    for index in np.ndindex(*module.weight.shape):
        module.weight.data.zero_()
        module.weight.data[index] = 1
        graph = build(network, state_of(module))
        lit = {data["parameter"] for _, _, data in graph.edges(data=True) if data["weight"]}
        assert [tuple(map(int, re.findall(r"\d+", name))) for name in lit] == [index]


def test_bias_of_a_state_dict_is_taken_and_can_be_left_out() -> None:
    module = nn.Conv1d(1, 2, 3).double()
    fill(module, seed=4)
    x = torch.arange(6, dtype=torch.float64)[None]
    (network,), (without,) = parse("6 conv:3,c=2,bias"), parse("6 conv:3,c=2,bias=false")
    assert_equal(evaluate(build(network, state_of(module)), x.numpy()), module(x).detach(), exact=True)
    plain = functional.conv1d(x, module.weight).detach()
    assert_equal(evaluate(build(without, state_of(module)), x.numpy()), plain, exact=True)

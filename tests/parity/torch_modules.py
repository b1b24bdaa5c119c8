"""Modules of PyTorch to be read: real blocks, each with the shape of its input, and some that chance puts together."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812  # as everybody has it
from torch import Tensor, nn

Size = tuple[int, ...]


class Case(NamedTuple):
    """A module, the shapes of its inputs without their batch, and what is known of how it is drawn."""

    name: str
    module: nn.Module
    sizes: tuple[Size, ...]


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv1d(4, 6, 3, stride=2, padding=1, bias=False), nn.BatchNorm1d(6)
        self.conv2, self.bn2 = nn.Conv1d(6, 6, 3, padding=1, bias=False), nn.BatchNorm1d(6)
        self.down = nn.Sequential(nn.Conv1d(4, 6, 1, stride=2), nn.BatchNorm1d(6))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += self.down(x)
        return self.relu(y)


class Inception(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.branches = nn.ModuleList(nn.Conv1d(3, 2, size, padding=size // 2) for size in (1, 3, 5))
        self.pool = nn.Sequential(nn.MaxPool1d(3, stride=1, padding=1), nn.Conv1d(3, 2, 1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([*(branch(x).relu() for branch in self.branches), self.pool(x)], dim=1)


class Chomp(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        return x[:, :, : -self.size].contiguous()


class TemporalBlock(nn.Module):
    """As in Bai and others, "An empirical evaluation of generic convolutional and recurrent networks" (2018)."""

    def __init__(self, inputs: int, outputs: int, dilation: int, norm: Callable[..., nn.Module]) -> None:
        super().__init__()
        pad = 2 * dilation
        self.net = nn.Sequential(
            norm(nn.Conv1d(inputs, outputs, 3, padding=pad, dilation=dilation)), Chomp(pad), nn.ReLU(), nn.Dropout(0.2),
            norm(nn.Conv1d(outputs, outputs, 3, padding=pad, dilation=dilation)), Chomp(pad), nn.ReLU(), nn.Dropout(0.2),
        )  # fmt: skip
        self.downsample = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else None
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        before = x if self.downsample is None else self.downsample(x)
        return self.relu(self.net(x) + before)


class Gated(nn.Module):
    """A layer of WaveNet, with a padding that stands before it."""

    def __init__(self) -> None:
        super().__init__()
        self.filter, self.gate = nn.Conv1d(3, 3, 2, dilation=2), nn.Conv1d(3, 3, 2, dilation=2)
        self.out = nn.Conv1d(3, 3, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        padded = F.pad(x, (2, 0))
        skip = self.out(torch.tanh(self.filter(padded)) * torch.sigmoid(self.gate(padded)))
        return x + skip, skip


class Excite(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(2, 8, 3)
        self.fc = nn.Sequential(nn.Linear(8, 2, bias=False), nn.ReLU(), nn.Linear(2, 8, bias=False), nn.Sigmoid())

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        b, c, _ = y.size()
        weights = self.fc(F.adaptive_avg_pool1d(y, 1).view(b, c)).view(b, c, 1)
        return y * weights.expand_as(y)


class Unet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down1, self.down2 = nn.Conv1d(1, 4, 3, padding=1), nn.Conv1d(4, 8, 3, padding=1)
        self.up = nn.ConvTranspose1d(8, 4, 2, stride=2)
        self.out = nn.Conv1d(8, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        one = F.relu(self.down1(x))
        two = F.relu(self.down2(F.max_pool1d(one, 2)))
        return self.out(torch.cat((self.up(two), one), 1))


class Autoencoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv1d(1, 4, 4, stride=2, padding=1), nn.ELU(), nn.Conv1d(4, 8, 4, stride=2, padding=1), nn.Flatten(), nn.Linear(32, 5)
        )  # fmt: skip
        self.decoder = nn.Sequential(
            nn.Linear(5, 32), nn.Unflatten(1, (8, 4)), nn.ConvTranspose1d(8, 4, 4, stride=2, padding=1), nn.ELU(),
            nn.ConvTranspose1d(4, 1, 3, stride=2, padding=1, output_padding=1), nn.Tanh(),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(self.encoder(x))  # type: ignore[no-any-return]


class Tied(nn.Module):
    """A decoder with the weights of its encoder, and a layer that is called twice."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.again = nn.Linear(6, 6), nn.Linear(6, 6)
        self.again.weight, self.again.bias = self.encoder.weight, self.encoder.bias

    def forward(self, x: Tensor) -> Tensor:
        y = self.encoder(self.again(x).tanh()).tanh()
        return F.linear(self.encoder(y), self.encoder.weight.t())


class Shuffle(nn.Module):
    """As in Zhang and others, "ShuffleNet" (2017)."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Conv1d(6, 6, 1, groups=3), nn.Conv1d(6, 6, 3, padding=1, groups=6)

    def forward(self, x: Tensor) -> Tensor:
        y = self.one(x)
        b, c, n = y.shape
        y = y.view(b, 3, c // 3, n).transpose(1, 2).reshape(b, c, n)
        return self.two(y)  # type: ignore[no-any-return]


class Mixer(nn.Module):
    """Linear layers over the positions, then over the channels."""

    def __init__(self) -> None:
        super().__init__()
        self.positions, self.channels = nn.Linear(6, 6), nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = x + F.gelu(self.positions(x))
        y = F.gelu(self.channels(x.transpose(1, 2)), approximate="tanh").transpose(1, 2)
        return (x + y).mean(dim=-1)


class Shift(nn.Module):
    """A part of the channels moved on in time, by assignment."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        out = torch.zeros_like(x)
        out[:, :2, 1:] = x[:, :2, :-1]
        out[:, 2:] = x[:, 2:]
        return self.conv(out).flip(-1)  # type: ignore[no-any-return]


class Arithmetic(nn.Module):
    """Numbers that are no modules: parameters by themselves, constants, quotients."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.randn(3, 1))
        self.shift = nn.Parameter(torch.randn(5))
        self.register_buffer("mean", torch.randn(1, 3, 1))
        self.gain = nn.Parameter(torch.randn(()))

    def forward(self, x: Tensor) -> Tensor:
        y = (x - self.mean) * self.scale + self.shift
        z = 2 - y / 3 + self.gain * x
        return z / (1 + torch.exp(-y)) - torch.maximum(y, x) * 0.5


class TwoInputs(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.signal, self.context = nn.Conv1d(2, 4, 3), nn.Linear(5, 4)
        self.head = nn.Linear(24, 2)

    def forward(self, signal: Tensor, context: Tensor) -> dict[str, Tensor]:
        y = self.signal(signal) + self.context(context)[:, :, None]
        return {"out": self.head(y.flatten(1)), "peak": y.amax(dim=(1, 2), keepdim=True)}


class Image(nn.Module):
    """Two axes of positions, of which one is 1."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.bn = nn.Conv2d(2, 4, (3, 1), stride=(2, 1), padding=(1, 0)), nn.BatchNorm2d(4)
        self.pool = nn.MaxPool2d((2, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.pool(F.relu(self.bn(self.conv(x)))).squeeze(-1)  # type: ignore[no-any-return]


class Normalized(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(2, 3, 3, padding="same", dilation=2, padding_mode="reflect")

    def forward(self, x: Tensor) -> Tensor:
        y = F.normalize(self.conv(x), dim=1)
        return F.glu(torch.cat([y, F.leaky_relu(-y, 0.2)], dim=1), dim=1).clamp(-0.3, 0.4)


def weight_norm(module: nn.Module) -> nn.Module:
    return nn.utils.parametrizations.weight_norm(module)


def old_weight_norm(module: nn.Module) -> nn.Module:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is to be replaced, and is in many modules
        return nn.utils.weight_norm(module)  # type: ignore[no-any-return]


def pruned() -> nn.Module:
    from torch.nn.utils import prune

    net = nn.Sequential(nn.Conv1d(2, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(24, 3))
    prune.l1_unstructured(net[0], "weight", amount=0.5)
    prune.random_structured(net[3], "weight", amount=0.3, dim=1)
    return net


def mlp(*sizes: int) -> nn.Module:
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.SiLU()]
    return nn.Sequential(*layers, nn.Softmax(dim=1))


def cases() -> list[Case]:
    """Blocks of real networks."""
    torch.manual_seed(7)
    found = [
        Case("residual", Residual(), ((4, 9),)),
        Case("inception", Inception(), ((3, 8),)),
        Case("tcn-old-weight-norm", nn.Sequential(TemporalBlock(2, 3, 1, old_weight_norm), TemporalBlock(3, 3, 2, old_weight_norm)), ((2, 10),)),
        Case("tcn-weight-norm", TemporalBlock(2, 4, 2, weight_norm), ((2, 9),)),
        Case("spectral-norm", nn.Sequential(nn.utils.parametrizations.spectral_norm(nn.Linear(5, 4)), nn.Tanh()), ((5,),)),
        Case("old-spectral-norm", nn.Sequential(nn.utils.spectral_norm(nn.Conv1d(2, 4, 3)), nn.Tanh()), ((2, 7),)),
        Case("gated", Gated(), ((3, 7),)),
        Case("squeeze-excite", Excite(), ((2, 9),)),
        Case("unet", Unet(), ((1, 12),)),
        Case("autoencoder", Autoencoder(), ((1, 16),)),
        Case("tied", Tied(), ((6,),)),
        Case("shuffle", Shuffle(), ((6, 5),)),
        Case("mixer", Mixer(), ((4, 6),)),
        Case("shift", Shift(), ((4, 6),)),
        Case("arithmetic", Arithmetic(), ((3, 5),)),
        Case("two-inputs", TwoInputs(), ((2, 8), (5,))),
        Case("image-of-one-column", Image(), ((2, 12, 1),)),
        Case("normalized", Normalized(), ((2, 9),)),
        Case("pruned", pruned(), ((2, 8),)),
        Case("mlp", mlp(6, 8, 3), ((6,),)),
        Case("mnist", nn.Sequential(nn.Flatten(), nn.Linear(64, 10), nn.LogSoftmax(dim=-1)), ((1, 8, 8),)),
        Case("orthogonal", nn.utils.parametrizations.orthogonal(nn.Linear(4, 4)), ((3, 4),)),
        Case("adaptive", nn.Sequential(nn.Conv1d(2, 3, 3), nn.AdaptiveAvgPool1d(3), nn.PReLU(3), nn.AdaptiveMaxPool1d(1), nn.Flatten()), ((2, 9),)),
        Case("double", nn.Sequential(nn.Linear(3, 4), nn.ReLU()).double(), ((3,),)),
    ]  # fmt: skip
    for case in found:
        settle(case.module)
    return found


def settle(module: nn.Module) -> None:
    """Numbers that a trained module might have."""
    with torch.no_grad():
        for each in module.modules():
            if isinstance(each, (nn.BatchNorm1d, nn.BatchNorm2d)):
                for tensor in (each.weight, each.bias, each.running_mean):
                    if tensor is not None:
                        tensor.normal_()
                each.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
    module.eval()


ACTIVATIONS: list[Callable[[], nn.Module]] = [
    nn.ReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU, nn.Mish, nn.Softplus, nn.Softsign, nn.Tanh, nn.Sigmoid,
    nn.LogSigmoid, nn.Hardtanh, nn.Hardsigmoid, nn.Hardswish, nn.LeakyReLU, nn.ReLU6, nn.Softshrink, nn.Hardshrink,
    nn.Tanhshrink, lambda: nn.Threshold(0.1, -0.2), nn.RReLU, nn.PReLU, nn.Dropout,
]  # fmt: skip


class Random(nn.Module):
    """A module of steps that chance chose; each takes a tensor, and knows what it makes of its shape."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._random = random.Random(seed)
        torch.manual_seed(seed)
        self.size: Size = (self._random.randint(1, 5), self._random.randint(8, 14))
        self.steps = nn.ModuleList()
        self._plan: list[Callable[[Tensor], Tensor]] = []
        shape = torch.Size((1, *self.size))
        for _ in range(self._random.randint(3, 7)):
            step = self._random.choice(self._flat if len(shape) == 2 else self._deep)(shape)
            with torch.no_grad():
                made = step.eval()(torch.randn(shape)) if isinstance(step, nn.Module) else step(torch.randn(shape))
            if made.numel() == 0 or made.numel() > 400:
                continue
            if isinstance(step, nn.Module):
                self.steps.append(step)
            self._plan.append(step)
            shape = made.shape
        settle(self)

    def forward(self, x: Tensor) -> Tensor:
        for step in self._plan:
            x = step(x)
        return x

    @property
    def _deep(self) -> list[Callable[[torch.Size], Any]]:
        return [
            self._conv, self._conv, self._conv, self._transposed, self._pool, self._norm, self._act, self._act,
            self._move, self._move, self._arithmetic, self._linear, self._resize, self._reduce, self._branch, self._flatten,
        ]  # fmt: skip

    @property
    def _flat(self) -> list[Callable[[torch.Size], Any]]:
        return [self._linear, self._linear, self._act, self._norm, self._arithmetic, self._unflatten, self._branch]

    def _conv(self, shape: torch.Size) -> Any:
        chance, (_, channels, length) = self._random, shape
        groups = chance.choice([1, 1, channels])
        mode = chance.choice(["zeros", "zeros", "reflect", "replicate", "circular"])
        size, dilation = chance.randint(1, 3), chance.randint(1, 2)
        padding: Any = chance.choice([0, 1, "same"])
        stride = 1 if padding == "same" else chance.randint(1, 2)
        if length <= dilation * (size - 1) + 2:
            return nn.Conv1d(channels, chance.randint(1, 4), 1)
        return nn.Conv1d(
            channels, groups * chance.randint(1, 3), size, stride=stride, padding=padding, dilation=dilation,
            groups=groups, bias=chance.random() < 0.7, padding_mode=mode,
        )  # fmt: skip

    def _transposed(self, shape: torch.Size) -> Any:
        chance, (_, channels, _length) = self._random, shape
        stride = chance.randint(1, 3)
        groups = chance.choice([1, channels])
        return nn.ConvTranspose1d(
            channels, groups * chance.randint(1, 3), chance.randint(2, 3), stride=stride, padding=chance.randint(0, 1),
            output_padding=chance.randint(0, stride - 1), groups=groups, dilation=chance.randint(1, 2),
        )  # fmt: skip

    def _pool(self, shape: torch.Size) -> Any:
        size = self._random.randint(1, min(3, shape[-1]))
        pad, ceil = self._random.randint(0, size // 2), self._random.random() < 0.3
        return self._random.choice(
            [
                nn.MaxPool1d(size, padding=pad, ceil_mode=ceil),
                nn.AvgPool1d(size, padding=pad, ceil_mode=ceil, count_include_pad=self._random.random() < 0.5),
                nn.LPPool1d(2, size, ceil_mode=ceil) if size > 1 else nn.Identity(),
                nn.AdaptiveAvgPool1d(self._random.randint(1, shape[-1])),
                nn.AdaptiveMaxPool1d(self._random.randint(1, shape[-1])),
            ]
        )

    def _norm(self, shape: torch.Size) -> Any:
        return nn.BatchNorm1d(shape[1], affine=self._random.random() < 0.7)

    def _act(self, shape: torch.Size) -> Any:
        if self._random.random() < 0.15:
            return nn.Softmax(dim=self._random.randint(1, len(shape) - 1))
        made = self._random.choice(ACTIVATIONS)()
        if self._random.random() < 0.3 and hasattr(made, "inplace"):
            made.inplace = True
        return made

    def _linear(self, shape: torch.Size) -> Any:
        return nn.Linear(shape[-1], self._random.randint(1, 6))

    def _flatten(self, shape: torch.Size) -> Any:
        return lambda x: x.flatten(1)

    def _unflatten(self, shape: torch.Size) -> Any:
        width = shape[1]
        channels = self._random.choice([n for n in range(1, width + 1) if width % n == 0])
        return lambda x: x.reshape(x.shape[0], channels, -1)

    def _move(self, shape: torch.Size) -> Any:
        channels, length = shape[1:]
        cut = self._random.randrange(length)
        order = torch.randperm(channels)
        moves: list[Callable[[Tensor], Tensor]] = [
            lambda x: x.transpose(1, 2),
            lambda x: x[:, :, cut:],
            lambda x: x[..., ::2],
            lambda x: x[:, order],
            lambda x: x.flip(1),
            lambda x: x.roll(1, -1),
            lambda x: F.pad(x, (2, 1)),
            lambda x: F.pad(x, (1, 0), value=0.5),
            lambda x: F.pad(x, (1, 1), mode="replicate"),
            lambda x: torch.cat(x.chunk(2, dim=1)[::-1], dim=1),
            lambda x: x.repeat(1, 2, 1),
            lambda x: x.permute(0, 2, 1).reshape(x.shape[0], channels, length),
            lambda x: x.unsqueeze(2).squeeze(2),
        ]
        return self._random.choice(moves)

    def _arithmetic(self, shape: torch.Size) -> Any:
        number, row, column = self._random.uniform(-2, 2), torch.randn(shape[-1]), torch.randn((*shape[1:-1], 1))
        steps: list[Callable[[Tensor], Tensor]] = [
            lambda x: x + number,
            lambda x: number - x,
            lambda x: x * row,
            lambda x: x * column + row,
            lambda x: x * torch.sigmoid(x),
            lambda x: x - x.mean(dim=-1, keepdim=True),
            lambda x: torch.maximum(x, -x) + x.abs().sqrt(),
            lambda x: x / (x.square().sum(dim=1, keepdim=True) + 1),
            lambda x: x.clamp(-0.5, 0.7),
        ]
        return self._random.choice(steps)

    def _resize(self, shape: torch.Size) -> Any:
        return self._random.choice(
            [
                nn.Upsample(scale_factor=2),
                nn.Upsample(
                    size=self._random.randint(2, 20), mode=self._random.choice(["nearest", "linear", "nearest-exact"])
                ),
                nn.Upsample(scale_factor=1.5, mode=self._random.choice(["nearest", "linear"])),
                nn.Upsample(scale_factor=3, mode="linear", align_corners=self._random.random() < 0.5),
            ]
        )

    def _reduce(self, shape: torch.Size) -> Any:
        axis, keep = self._random.choice([1, 2, -1]), self._random.random() < 0.5
        steps: list[Callable[[Tensor], Tensor]] = [
            lambda x: x.mean(dim=axis, keepdim=keep),
            lambda x: x.amax(dim=axis, keepdim=keep),
            lambda x: x.sum(dim=axis, keepdim=keep),
            lambda x: x.max(dim=axis, keepdim=keep).values,
        ]
        return self._random.choice(steps)

    def _branch(self, shape: torch.Size) -> Any:
        if len(shape) == 2:
            inner: nn.Module = nn.Linear(shape[1], shape[1])
            self.steps.append(inner)
            return lambda x: inner(x).tanh() + x
        one = nn.Conv1d(shape[1], 2, 3, padding=1)
        two = nn.Conv1d(shape[1], shape[1], 1)
        self.steps.extend([one, two])
        steps: list[Callable[[Tensor], Tensor]] = [
            lambda x: torch.cat([one(x), x], dim=1),
            lambda x: x + two(x),
            lambda x: torch.cat([x, two(x)], dim=2),
            lambda x: x * two(x).sigmoid(),
            lambda x: torch.stack([x, two(x)], dim=2).flatten(1, 2),
        ]
        return self._random.choice(steps)

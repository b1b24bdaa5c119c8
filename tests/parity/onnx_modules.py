"""Modules of PyTorch that its exporters write as ONNX: a few of every architecture of signals."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812  # as everybody calls it
from torch.nn.utils import parametrizations, weight_norm


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv1d(2, 4, 3, padding=1), nn.BatchNorm1d(4)
        self.conv2, self.bn2 = nn.Conv1d(4, 4, 3, padding=1), nn.BatchNorm1d(4)
        self.down = nn.Conv1d(2, 4, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + self.down(x))


class Inception(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = (nn.Conv1d(2, 3, size, padding=size // 2) for size in (1, 3, 5))
        self.fc = nn.Linear(11, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        joined = torch.cat([self.a(x), self.b(x), self.c(x), F.max_pool1d(x, 3, 1, 1)], 1)
        return self.fc(joined.mean(-1))


class Causal(nn.Module):
    """Two dilated convolutions of a TCN, the first with a weight norm."""

    def __init__(self, norm: Callable[[nn.Module], nn.Module]) -> None:
        super().__init__()
        self.conv1 = norm(nn.Conv1d(2, 4, 3, dilation=2))
        self.conv2 = nn.Conv1d(4, 4, 3, dilation=4)
        self.down = nn.Conv1d(2, 4, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.gelu(self.conv1(F.pad(x, (4, 0))))
        return F.elu(self.conv2(F.pad(y, (8, 0))) + self.down(x))


class Autoencoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv1d(1, 4, 3, 2, 1), nn.ReLU(), nn.Conv1d(4, 8, 3, 2, 1), nn.SiLU())
        self.decoder = nn.Sequential(
            nn.ConvTranspose1d(8, 4, 3, 2, 1, output_padding=1),
            nn.Hardswish(),
            nn.ConvTranspose1d(4, 1, 4, 2, 1),
            nn.Tanh(),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))


class SqueezeExcite(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc1, self.fc2 = nn.Conv1d(2, 4, 3, padding=1), nn.Linear(4, 2), nn.Linear(2, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv(x)
        return y * torch.sigmoid(self.fc2(F.relu(self.fc1(y.mean(2))))).unsqueeze(-1)


class Gated(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.out = nn.Conv1d(2, 8, 3, padding=1), nn.Conv1d(4, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        a, b = self.conv(x).chunk(2, 1)
        return self.out(torch.tanh(a) * torch.sigmoid(b)) + x


class Shuffled(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv1d(4, 4, 1, groups=2), nn.Conv1d(4, 4, 3, groups=4, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.a(x)
        n, channels, length = y.shape
        return self.b(y.view(n, 2, channels // 2, length).transpose(1, 2).reshape(n, channels, length))


class PixelShuffle(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(2, 6, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv(x)
        n, channels, length = y.shape
        return y.view(n, channels // 2, 2, length).permute(0, 1, 3, 2).reshape(n, channels // 2, 2 * length)


class Positions(nn.Module):
    """A linear layer of every position, then a convolution: channels last, then first."""

    def __init__(self) -> None:
        super().__init__()
        self.linear, self.conv = nn.Linear(3, 5), nn.Conv1d(5, 4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(F.relu(self.linear(x)).transpose(1, 2)).flatten(1)


class Shared(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(3, 3, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(F.mish(self.conv(x)))


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down, self.inner = nn.Conv1d(1, 4, 3, padding=1), nn.Conv1d(4, 8, 3, padding=1)
        self.up, self.out = nn.ConvTranspose1d(8, 4, 2, 2), nn.Conv1d(8, 2, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        a = F.leaky_relu(self.down(x), 0.1)
        b = F.relu(self.inner(F.max_pool1d(a, 2)))
        return self.out(torch.cat([a, self.up(b)], 1)).softmax(1)


class TwoHeads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.mean, self.spread = nn.Linear(6, 5), nn.Linear(5, 2), nn.Linear(5, 2)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        y = torch.tanh(self.body(x))
        return self.mean(y), F.softplus(self.spread(y))


def padded(mode: str) -> nn.Module:
    conv = nn.Conv1d(2, 3, 3, padding=1 if mode == "reflect" else 2, padding_mode=mode)
    return nn.Sequential(conv, nn.PReLU(3), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(3, 2), nn.Softmax(1))


def chain(*activations: nn.Module) -> nn.Module:
    layers: list[nn.Module] = [nn.Conv1d(1, 2, 1)]
    for activation in activations:
        layers += [activation, nn.Conv1d(2, 2, 1)]
    return nn.Sequential(*layers)


MODULES: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "residual": (Residual, (2, 8)),
    "inception": (Inception, (2, 8)),
    "causal": (lambda: Causal(weight_norm), (2, 12)),
    "causal with parametrizations": (lambda: Causal(parametrizations.weight_norm), (2, 12)),
    "autoencoder": (Autoencoder, (1, 16)),
    "squeeze and excite": (SqueezeExcite, (2, 8)),
    "gated": (Gated, (2, 8)),
    "glu": (lambda: nn.Sequential(nn.Conv1d(2, 8, 3, padding=1), nn.GLU(1)), (2, 8)),
    "shuffled": (Shuffled, (4, 6)),
    "pixel shuffle": (PixelShuffle, (2, 5)),
    "positions": (Positions, (7, 3)),
    "shared": (Shared, (3, 6)),
    "u-net": (UNet, (1, 8)),
    "two heads": (TwoHeads, (6,)),
    "mlp": (
        lambda: nn.Sequential(
            nn.Linear(10, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 4), nn.LogSoftmax(1)
        ),
        (10,),
    ),
    **{mode: (partial(padded, mode), (2, 8)) for mode in ("zeros", "circular", "reflect", "replicate")},
    "pools": (
        lambda: nn.Sequential(
            nn.MaxPool1d(3, 2, 1, ceil_mode=True), nn.AvgPool1d(2, 1, 1), nn.LPPool1d(2, 2), nn.Conv1d(2, 4, 2),
            nn.AdaptiveMaxPool1d(1),
        ),
        (2, 16),
    ),
    "means": (
        lambda: nn.Sequential(
            nn.AvgPool1d(3, 2, 1, count_include_pad=False, ceil_mode=True), nn.Upsample(scale_factor=2), nn.Conv1d(2, 2, 3)
        ),
        (2, 10),
    ),
    "linear upsampling": (
        lambda: nn.Sequential(nn.Upsample(scale_factor=2, mode="linear"), nn.Conv1d(2, 2, 3)), (2, 6)
    ),
    "upsampling to the corners": (
        lambda: nn.Sequential(nn.Upsample(scale_factor=3, mode="linear", align_corners=True), nn.Conv1d(2, 2, 3)), (2, 6)
    ),
    "activations": (
        lambda: chain(
            nn.LeakyReLU(0.2), nn.ELU(0.7), nn.SELU(), nn.Softplus(), nn.Softsign(), nn.Hardsigmoid(), nn.ReLU6(),
            nn.Hardtanh(-0.5, 0.8), nn.GELU("tanh"), nn.CELU(1.5), nn.LogSigmoid(), nn.Tanhshrink(), nn.GELU(), nn.Mish(),
        ),
        (1, 6),
    ),
    "thresholds": (lambda: chain(nn.Hardshrink(0.3), nn.Softshrink(0.1), nn.Threshold(0.1, 0.3), nn.Softmin(1)), (1, 6)),
}  # fmt: skip
"""Modules by their names, each with the shape of its input."""


def module(name: str) -> tuple[nn.Module, torch.Tensor]:
    """A module in evaluation, its numbers by its name's seed, and an example of its input."""
    torch.manual_seed(len(name))
    make, shape = MODULES[name]
    made = make().eval()
    for norm in made.modules():
        if isinstance(norm, nn.BatchNorm1d):
            nn.init.normal_(norm.weight), nn.init.normal_(norm.bias)
            norm.running_mean.normal_()  # type: ignore[union-attr]  # it tracks them
            norm.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
    return made, torch.randn(1, *shape)


def export(name: str, path: Path, dynamo: bool, opset: int | None = None) -> None:
    """Write a module as ONNX, by the newer exporter of PyTorch or the older one."""
    made, x = module(name)
    how = {} if opset is None else {"opset_version": opset}
    quiet = contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO())
    with warnings.catch_warnings(), quiet[0], quiet[1]:
        warnings.simplefilter("ignore")
        torch.onnx.export(made, (x,), str(path), dynamo=dynamo, **how)

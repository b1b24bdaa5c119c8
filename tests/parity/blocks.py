"""Blocks of real networks: what the notation says of them, and modules of PyTorch that know nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn


def conv(inputs: int, outputs: int, size: int, bias: bool = False, **more: Any) -> nn.Conv1d:
    """A convolution, by default without a bias."""
    return nn.Conv1d(inputs, outputs, size, bias=bias, **more)


class Residual(nn.Module):
    """He and others, "Deep residual learning for image recognition" (2016): activation after the sum."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = conv(2, 2, 3, padding=1), conv(2, 2, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.second(torch.relu(self.first(x))) + x)


class PreActivation(nn.Module):
    """He and others, "Identity mappings in deep residual networks" (2016): norms and activations before."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm1d(2, eps=0), nn.BatchNorm1d(2, eps=0)
        self.conv1, self.conv2 = conv(2, 2, 3, padding=1), conv(2, 2, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv1(torch.relu(self.norm1(x)))
        z: Tensor = self.conv2(torch.relu(self.norm2(y))) + x
        return z


class Projection(nn.Module):
    """A residual block of another length: the shortcut is a convolution of stride 2."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = conv(2, 3, 3, padding=1, stride=2), conv(3, 3, 3, padding=1, bias=True)
        self.shortcut = conv(2, 3, 1, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.second(torch.relu(self.first(x))) + self.shortcut(x))


class Dense(nn.Module):
    """Huang and others, "Densely connected convolutional networks" (2017)."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([conv(1, 2, 3, padding=1), conv(3, 2, 3, padding=1), conv(5, 2, 3, padding=1)])

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = torch.cat([x, torch.relu(layer(x))], 1)
        return x


class Inception(nn.Module):
    """Szegedy and others, "Going deeper with convolutions" (2015)."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.three = conv(2, 1, 1), conv(2, 2, 3, padding=1)
        self.reduce, self.five = conv(2, 1, 1), conv(1, 1, 5, padding=2)
        self.pool = nn.MaxPool1d(3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.one(x), self.three(x), self.five(torch.relu(self.reduce(x))), self.pool(x)], 1)


class UNet(nn.Module):
    """Ronneberger and others, "U-Net" (2015), of two steps."""

    def __init__(self) -> None:
        super().__init__()
        self.down1, self.down2, self.bottom = (
            conv(1, 2, 3, padding=1),
            conv(2, 3, 3, padding=1),
            conv(3, 4, 3, padding=1),
        )
        self.up2, self.up1 = (
            nn.ConvTranspose1d(4, 3, 2, stride=2, bias=False),
            nn.ConvTranspose1d(3, 2, 2, stride=2, bias=False),
        )
        self.back2, self.back1 = conv(6, 3, 3, padding=1), conv(4, 1, 3, padding=1)
        self.pool = nn.MaxPool1d(2)

    def forward(self, x: Tensor) -> Tensor:
        one = torch.relu(self.down1(x))
        two = torch.relu(self.down2(self.pool(one)))
        three = torch.relu(self.bottom(self.pool(two)))
        two = torch.relu(self.back2(torch.cat([self.up2(three), two], 1)))
        y: Tensor = self.back1(torch.cat([self.up1(two), one], 1))
        return y


class WaveNet(nn.Module):
    """Van den Oord and others, "WaveNet" (2016): a gated, dilated, causal block with a skip connection."""

    def __init__(self) -> None:
        super().__init__()
        self.filter, self.gate = conv(2, 2, 2, dilation=2, bias=True), conv(2, 2, 2, dilation=2, bias=True)
        self.out, self.skip = conv(2, 2, 1), conv(2, 3, 1)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        padded = nn.functional.pad(x, (2, 0))
        z = torch.tanh(self.filter(padded)) * torch.sigmoid(self.gate(padded))
        return {"skip": self.skip(z), "y": self.out(z) + x}


class SqueezeExcite(nn.Module):
    """Hu and others, "Squeeze-and-excitation networks" (2018)."""

    def __init__(self) -> None:
        super().__init__()
        self.squeeze, self.excite = nn.Linear(4, 2), nn.Linear(2, 4)
        self.pool = nn.AdaptiveAvgPool1d(1)

    def forward(self, x: Tensor) -> Tensor:
        s = torch.sigmoid(self.excite(torch.relu(self.squeeze(self.pool(x).flatten(1)))))
        return x * s[:, :, None]


class Siamese(nn.Module):
    """Bromley and others (1993): one tower for both inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.tower, self.head = conv(1, 2, 3, bias=True), nn.Linear(16, 1)

    def forward(self, one: Tensor, two: Tensor) -> Tensor:
        towers = [torch.relu(self.tower(x)) for x in (one, two)]
        y: Tensor = self.head(torch.cat(towers, 1).flatten(1))
        return y[:, None]


class TwoInputs(nn.Module):
    """A series beside conditions that hold for all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.series, self.condition = conv(2, 3, 3, padding=1), nn.Linear(2, 3, bias=False)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        y: Tensor = self.series(x) + self.condition(c.flatten(1))[:, :, None]
        return y


class TwoHeads(nn.Module):
    """A body with a class and a number for heads."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.classes, self.value = nn.Linear(6, 4), nn.Linear(4, 3), nn.Linear(4, 1)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        h = torch.relu(self.body(x.flatten(1)))
        return {"classes": torch.softmax(self.classes(h), 1)[:, None], "y": self.value(h)[:, None]}


class Unrolled(nn.Module):
    """``torch.nn.RNN`` of three steps, with its own equation."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.RNNCell(2, 3)

    def forward(self, h0: Tensor, x1: Tensor, x2: Tensor, x3: Tensor) -> Tensor:
        h = h0[:, 0]
        for x in (x1, x2, x3):
            h = self.cell(x[:, 0], h)
        return h[:, None]


class Decoder(nn.Module):
    """Resize and convolve, with reflected ends (Odena and others, "Deconvolution and checkerboard artifacts", 2016)."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = conv(4, 2, 3), conv(2, 1, 3)
        self.pad = nn.ReflectionPad1d(1)
        self.twice, self.between = nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=2, mode="linear")

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.first(self.pad(self.twice(x.reshape(-1, 4, 3)))))
        y: Tensor = self.second(self.pad(self.between(x)))
        return y


@dataclass(frozen=True)
class Block:
    """A module, and a notation of the same.

    ``names`` are the notation's layers and the submodules whose tensors they have; ``exact``: dyadic numbers stay so.
    """

    name: str
    module: Callable[[], nn.Module]
    text: str
    names: Mapping[str, str] = field(default_factory=dict)
    exact: bool = True

    def weights(self, module: nn.Module) -> dict[str, Tensor]:
        """The tensors of ``module``, by their names in the notation."""
        state = module.state_dict()
        return {
            f"{layer}.{key.rpartition('.')[2]}": value
            for layer, path in self.names.items()
            for key, value in state.items()
            if key.rpartition(".")[0] == path
        }


class UnrolledBlock(Block):
    """Of a cell: both of its matrices are one of the notation's, side by side, and so both biases one."""

    def weights(self, module: nn.Module) -> dict[str, Tensor]:
        cell = dict(module.state_dict())
        return {
            "h1.weight": torch.cat([cell["cell.weight_hh"], cell["cell.weight_ih"]], 1),
            "h1.bias": cell["cell.bias_hh"] + cell["cell.bias_ih"],
        }


BLOCKS = [
    Block(
        "residual",
        Residual,
        "x=2x6 a=conv:3,p=1,c=2 relu b=conv:3,p=1,c=2 y=add:x relu",
        {"a": "first", "b": "second"},
    ),
    Block(
        "pre-activation",
        PreActivation,
        "x=2x6 n=batchnorm,eps=0 relu a=conv:3,p=1,c=2 m=batchnorm,eps=0 relu b=conv:3,p=1,c=2 y=add:x",
        {"n": "norm1", "a": "conv1", "m": "norm2", "b": "conv2"},
    ),
    Block(
        "projection",
        Projection,
        "x=2x7 a=conv:3,p=1,s=2,c=3 relu b=conv:3,p=1,c=3,bias s=conv:1,s=2,c=3,from=x y=add:b/s relu",
        {"a": "first", "b": "second", "s": "shortcut"},
    ),
    Block(
        "dense",
        Dense,
        "x=6 a=conv:3,p=1,c=2 relu c1=concat:x/a b=conv:3,p=1,c=2 relu c2=concat:c1/b c=conv:3,p=1,c=2 relu "
        "y=concat:c2/c",
        {"a": "layers.0", "b": "layers.1", "c": "layers.2"},
    ),
    Block(
        "inception",
        Inception,
        "x=2x7 a=conv:1 b=conv:3,p=1,c=2,from=x r=conv:1,from=x relu c=conv:5,p=2 d=maxpool:3,s=1,p=1,from=x "
        "y=concat:a/b/c/d",
        {"a": "one", "b": "three", "r": "reduce", "c": "five"},
    ),
    Block(
        "u-net",
        UNet,
        "x=8 d1=conv:3,p=1,c=2 relu maxpool:2 d2=conv:3,p=1,c=3 relu maxpool:2 b=conv:3,p=1,c=4 relu "
        "u2=convtranspose:2,s=2,c=3 concat:u2/d2 e2=conv:3,p=1,c=3 relu u1=convtranspose:2,s=2,c=2 concat:u1/d1 "
        "y=conv:3,p=1",
        {"d1": "down1", "d2": "down2", "b": "bottom", "u2": "up2", "e2": "back2", "u1": "up1", "y": "back1"},
    ),
    Block(
        "wavenet",
        WaveNet,
        "x=2x7 f=conv:2,p=causal,d=2,c=2,bias tanh g=conv:2,p=causal,d=2,c=2,bias,from=x sigmoid z=mul:f "
        "o=conv:1,c=2 skip=conv:1,c=3,from=z y=add:x,from=o",
        {"f": "filter", "g": "gate", "o": "out", "skip": "skip"},
        exact=False,
    ),
    Block(
        "squeeze and excite",
        SqueezeExcite,
        "x=4x6 globalavgpool s=fc:2,bias relu e=fc:4,bias sigmoid r=reshape:4x1 y=mul:x",
        {"s": "squeeze", "e": "excite"},
        exact=False,
    ),
    Block(
        "siamese",
        Siamese,
        "one=6 two=input:6 a=conv:3,c=2,bias,from=one relu b=conv:3,c=2,share=a,from=two relu concat:a/b y=fc:1,bias",
        {"a": "tower", "y": "head"},
    ),
    Block(
        "two inputs",
        TwoInputs,
        "x=2x5 c=input:1x2 s=conv:3,p=1,c=3,from=x d=fc:3,from=c r=transpose y=add:s/r",
        {"s": "series", "d": "condition"},
    ),
    Block(
        "two heads",
        TwoHeads,
        "x=6 h=fc:4,bias relu classes=fc:3,bias softmax y=fc:1,bias,from=h",
        {"h": "body", "classes": "classes", "y": "value"},
        exact=False,
    ),
    UnrolledBlock(
        "three steps",
        Unrolled,
        "h0=3 x1=input:2 concat:h0/x1,axis=length h1=fc:3,bias tanh x2=input:2 concat:h1/x2,axis=length "
        "h2=fc:3,share=h1 tanh x3=input:2 concat:h2/x3,axis=length y=fc:3,share=h1 tanh",
        exact=False,
    ),
    Block(
        "decoder",
        Decoder,
        "x=1x12 reshape:4x3 upsample:2 pad:1,mode=reflect a=conv:3,c=2 relu upsample:2,mode=linear "
        "pad:1,mode=reflect y=conv:3",
        {"a": "first", "y": "second"},
    ),
]
"""Every block, with one of its spellings."""


def filled(block: Block, seed: int, dyadic: bool) -> nn.Module:
    """The module of a block in float64 and evaluation: of multiples of 1/8, or of random numbers."""
    generator = torch.Generator().manual_seed(seed)
    module = block.module().double().eval()
    for name, tensor in module.state_dict().items():
        if name.endswith("running_var"):
            wide = torch.randint(-1, 2, tensor.shape, generator=generator).double()
            tensor.copy_(4.0**wide if dyadic else torch.rand(tensor.shape, generator=generator) + 0.1)
        elif tensor.is_floating_point():
            whole = torch.randint(-16, 17, tensor.shape, generator=generator).double() / 8
            tensor.copy_(whole if dyadic else torch.randn(tensor.shape, generator=generator, dtype=torch.float64))
    return module


def heads(module: nn.Module, x: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What ``module`` makes of inputs in their order, (channels, length) each; a single head is called y."""
    with torch.no_grad():
        outputs = module(*(value[None] for value in x.values()))
    every = outputs if isinstance(outputs, dict) else {"y": outputs}
    return {name: value[0] for name, value in every.items()}

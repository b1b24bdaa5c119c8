"""Networks to compare with PyTorch: awkward ones by name, and random ones by seed, as notation."""

from __future__ import annotations

import random

AWKWARD = """
1 conv:1
1 conv:3,p=1
3 conv:5,p=1
5 conv:2,s=7
2 conv:1,p=3
4 conv:3,p=3,padding_mode=reflect
4 conv:3,p=4,padding_mode=circular
1 conv:3,p=4,padding_mode=replicate
1 conv:2,p=1,padding_mode=circular
6 conv:2,p=same
6 conv:4,p=same,d=3
5 conv:3,p=same,padding_mode=reflect
7 conv:3,p=0/2,padding_mode=circular
7 conv:3,p=2/0,padding_mode=reflect,s=2
9 conv:3,p=causal,d=4
4 conv:3,p=full
4x6 conv:3,g=2,c=6
3x6 conv:3,g=3,c=3,bias conv:1,c=5
6x4 conv:2,g=6,c=12
2x7 conv:3,c=4,s=2,bias relu conv:2,c=3 tanh fc:5,bias
7 conv,taps=-3/0/3
7 conv,taps=3/-1/0,bias
9 conv,taps=1/2,s=2
6 conv,taps=0/5,p=2/1
9 conv:2,tie=2,p=0/1
2x8 conv:3,tie=3,c=2,bias
7 conv:3,tie=9
5 sparse:2,p=0/1
2x7 sparse:3,c=4,g=2,s=2,p=1,bias
6 sparse:3,p=2,padding_mode=circular
6 sparse,taps=-2/2
3 sparse,mask=011/010/011/011 relu sparse,mask=0100/1111/1111/0100,bias
8 sparse,mask=10101100/11001001/01100011/01010110
1 convtranspose:1
5 convtranspose:3,s=2
3 convtranspose:2,s=4
3 convtranspose:1,s=3,output_padding=2
4 convtranspose:3,d=3,output_padding=2
6 convtranspose:3,p=2
2x4 convtranspose:3,s=2,c=4,g=2,output_padding=1,bias
5 conv:3,s=2,p=1 convtranspose:3,s=2,p=1
6 maxpool:3,s=2,ceil_mode
6 maxpool:2,s=3,p=1,ceil_mode
5 maxpool:3,s=2,p=1,d=2
9 maxpool:2,d=4
1 maxpool:2,p=1
2x7 maxpool:3 avgpool:2
7 avgpool:3,s=2,p=1
7 avgpool:3,s=2,p=1,count_include_pad=false
8 avgpool:3,s=2,ceil_mode
8 avgpool:3,s=3,p=1,ceil_mode
8 avgpool:3,s=3,p=1,ceil_mode,count_include_pad=false
8 avgpool:4,s=4,p=2,ceil_mode
1 avgpool:2,p=1
3x5 fc:4 fc:3,bias fc:1
1 fc:1
""".strip().splitlines()

REFUSED = """
5 conv:6
5 conv:3,d=3
3x5 conv:3,g=2,c=2
4x5 conv:3,g=2,c=3
5 conv:3,p=same,s=2
4 conv:3,p=4,padding_mode=reflect
4 conv:3,p=5,padding_mode=circular
5 convtranspose:3,output_padding=1
5 convtranspose:3,s=2,output_padding=2
2 convtranspose:1,p=1
3 convtranspose:2,p=2
5 maxpool:3,p=2
5 maxpool:3,p=2,d=3
5 maxpool:6
5 avgpool:3,p=2
5 avgpool:6
3 maxpool:2,d=3
""".strip().splitlines()

_NAMES = ("relu", "leaky_relu", "relu6", "elu", "selu", "gelu", "silu", "softplus", "softsign", "tanh", "sigmoid")


def random_network(seed: int) -> str:
    """A notation of one to three layers; often one that PyTorch refuses."""
    draw = random.Random(seed)
    size = f"{draw.randint(1, 3)}x{draw.randint(1, 9)}"
    return " ".join([size, *(_layer(draw) for _ in range(draw.randint(1, 3)))])


def _layer(draw: random.Random) -> str:
    kind = draw.choice(["conv", "conv", "sparse", "convtranspose", "maxpool", "avgpool", "fc"])
    if kind == "fc":
        return f"fc:{draw.randint(1, 4)}"
    parts = [f"{kind}:{draw.randint(1, 5)}", *(text for chance, text in _options(kind, draw) if draw.random() < chance)]
    activation = f" {draw.choice(_NAMES)}" if draw.random() < 0.2 else ""
    return ",".join(parts) + activation


def _options(kind: str, draw: random.Random) -> list[tuple[float, str]]:
    number = draw.randint
    common = [(0.5, f"s={number(1, 3)}")]
    channels = [(0.4, f"c={number(1, 4)}"), (0.3, f"g={number(1, 3)}"), (0.4, "bias")]
    if kind in ("conv", "sparse"):
        words = ["same", "valid", "causal", "full", f"{number(0, 3)}/{number(0, 3)}", str(number(0, 4))]
        mode = draw.choice(["zeros", "reflect", "replicate", "circular"])
        return [
            *common,
            (0.6, f"p={draw.choice(words)}"),
            (0.4, f"d={number(1, 3)}"),
            (0.5, f"padding_mode={mode}"),
            *channels,
        ]
    padding = (0.4, f"p={number(0, 3)}")
    if kind == "convtranspose":
        return [*common, padding, (0.4, f"d={number(1, 3)}"), (0.4, f"output_padding={number(0, 3)}"), *channels]
    pool = [*common, padding, (0.4, "ceil_mode")]
    if kind == "maxpool":
        return [*pool, (0.4, f"d={number(1, 3)}")]
    return [*pool, (0.4, f"count_include_pad={draw.choice(['true', 'false'])}")]

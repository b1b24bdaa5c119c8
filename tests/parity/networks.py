"""Networks to compare with PyTorch: awkward ones by name, and random ones by seed, as notation."""

from __future__ import annotations

import random
from collections.abc import Callable

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
2x5 fc:3,flatten=false
3x4 fc:2,flatten=false,bias relu fc:5,flatten=false
9 conv:3,s=2,p=same_upper
10 conv:4,s=3,d=2,p=same_lower,c=2,bias
7 sparse:2,s=2,p=same_upper
8 conv:2,s=2,p=same_lower
5 conv:1,s=3,p=same_upper
6 conv:3,p=same_lower,padding_mode=circular
3x4 batchnorm
3x4 batchnorm,eps=0
1 bn,eps=0.5
2x6 conv:3,c=4,bias batchnorm,eps=0 relu conv:1,c=2 batchnorm
3x4 flatten
3x4 flatten fc:2
3x4 reshape:2x6 conv:2,c=2
2x6 reshape:3x4 transpose conv:2
3x4 transpose
1 transpose
3x4 transpose fc:2,flatten=false transpose
3x5 select:3/1/1
3x5 conv:1,c=4 select:4/2/3 conv:2
5 select:1/1 conv:2,c=2,g=2
3x5 select:2/4,axis=length conv:2
3x5 select:5/4/3/2/1,axis=length
2x4 affine
2x4 affine,per=layer,bias relu
2x4 affine,bias conv:2
2x4 affine,per=position
2x4 affine,per=unit,bias
3x5 reduce:mean
3x5 reduce:sum,axis=all
3x5 conv:2,c=4 reduce:max conv:2
3x5 reduce:min,axis=length
3x5 reduce:prod
2x2 reduce:prod,axis=all
3x5 reduce:l1,axis=length relu
3x5 reduce:l2
4x3 reduce:l2,axis=all
1x4 expand:3x4 conv:2
3x1 expand:3x4
1 expand:2x5 relu
3x4 expand:3x4
2x4 pad:1/2,axis=channels
3x4 pad:2/1,mode=reflect,axis=channels conv:2
3x4 pad:1/2,mode=circular,axis=channels
3x4 pad:1/2,mode=replicate,axis=channels
2x4 pad:1/0,value=-1.5,axis=channels conv:2
2x5 upsample:1.5
2x6 upsample:0.5 conv:2
2x7 upsample:1.25,mode=linear
2x7 upsample:0.75,mode=linear,align_corners
2x5 upsample:size=8
2x5 upsample:size=3,mode=linear
2x5 upsample:size=8,mode=linear,align_corners
1 upsample:size=4,mode=cubic
2x5 upsample:2,mode=cubic
2x5 upsample:size=3,mode=cubic
2x4 upsample:size=9,mode=cubic,align_corners
3 upsample:2.5,mode=cubic
6 maxpool:3,s=2,p=0/2
2x6 maxpool:3,s=1,p=2/1,d=2
2x6 maxpool:2,s=3,p=1/0,ceil_mode
2x6 avgpool:3,s=2,p=2/0
2x6 avgpool:3,s=2,p=2/0,count_include_pad=false
7 avgpool:3,s=3,p=0/1,ceil_mode
7 avgpool:3,s=3,p=1/2,ceil_mode,count_include_pad=false
2x8 avgpool:2,d=3,s=2
2x8 avgpool:3,d=2,s=2,p=1/3,ceil_mode
2x5 convtranspose:3,s=2,p=1/0,c=2
2x5 convtranspose:3,s=2,p=0/2,c=2,g=2,bias
3 convtranspose:3,s=3,p=2/1,d=2,output_padding=1
2x5 copy
2x5 conv:3,c=3 copy relu copy conv:2
5 upsample:1
2x3 upsample:3
5 upsample:4 conv:3,p=1
1 upsample:5,mode=linear
1 upsample:5,mode=linear,align_corners
2x4 upsample:2,mode=linear
2x5 upsample:3,mode=linear
6 upsample:4,mode=linear conv:3
5 upsample:3,mode=linear,align_corners
2x3 upsample:4,mode=linear,align_corners
7 upsample:1,mode=linear
7 upsample:1,mode=linear,align_corners
2x4 pad:2
4 pad:0/3,value=-1.5 conv:2
4 pad:1/2,mode=zeros conv:3,bias
2x4 pad:3/2,mode=reflect
2x4 pad:4/3,mode=circular
2x4 pad:5/6,mode=replicate
1 pad:3,mode=replicate
1 pad:1,mode=circular
4 pad:1,value=7 maxpool:3
4 pad:0
2x6 crop:1/3
5 crop:2 conv:1
6 crop:0
2x7 adaptiveavgpool:3
7 adaptiveavgpool:7
3 adaptiveavgpool:7
2x7 adaptivemaxpool:4
3 adaptivemaxpool:5
9 adaptivemaxpool:1
2x7 globalavgpool
2x8 globalmaxpool
3x7 globalavgpool fc:2,bias
7 lppool:2
7 lppool:3,s=2,norm=1
7 lppool:3,norm=1,ceil_mode
8 lppool:3,ceil_mode,s=2
2x8 relu lppool:3,norm=3,ceil_mode
2x8 relu lppool:2,norm=2.5,s=1
2x6 leaky_relu:0.3 conv:2,c=3 prelu:0.1/-0.5/2
2x6 softmax conv:2 softmax
2x6 conv:2,c=2 log_softmax
6 conv:2 dropout:0.3 hardtanh:-0.5/1
6 softmin
3x4 softmax:length conv:2
2x3 conv:1,c=2 log_softmax:channels softmax:length
1x4 softmax:channels
2x4 clip:-0.5/1 neg conv:1 abs sqrt
2x4 line:-2/0.5 square conv:2,c=2 pow:3
2x4 hardsigmoid:0.2/0.5 shrink:0.25/0.125 thresholded_relu:0.5
2x4 sign conv:2 floor
2x4 erf sin cos conv:2 round
3x4 rrelu gelu_tanh mish hardswish
""".strip().splitlines()

BRANCHING = """
x=8 conv:3,p=1 relu conv:3,p=1 add:x relu
x=2x6 h=conv:3,p=1,c=2 add:x/h/x
x=2x5 add:x/x
x=2x5 g=globalavgpool mul:x
x=3x5 a=conv:1 mul:x
x=2x5 u=input:1x5 add:x/u
x=2x1 u=input:1x5 mul:x/u
x=2x5 u=input:3x5 v=input:5 concat:x/u/v conv:2
x=2x5 u=input:2x1 concat:x/u,axis=length conv:3,c=2
x=5 u=input:5 h=conv:3,from=x conv:3,share=h,from=u add:h
x=5 h=conv:3,bias g=conv:3,share=h,from=x concat:h/g/h
x=2x4 h=batchnorm,eps=0 batchnorm,share=h add:x
x=4 h=fc:4,bias relu i=fc:4,share=h relu fc:4,share=h
x=8 a=conv:1 b=conv:3,p=1,from=x c=maxpool:3,s=1,p=1,from=x concat:a/b/c
x=8 f=conv:2,p=causal tanh g=conv:2,p=causal,from=x sigmoid mul:f
x=2x6 d=conv:2,s=2,c=2 upsample:2 e=conv:3,p=1,c=2 add:x concat:d,axis=length
x=4 pad:1,value=2 conv:2,s=2,from=x concat:x,axis=length
x=2x4,drop=3 h=conv:3,p=1,c=2,drop=1/6 mul:x
x=2x4,drop=3 h=transpose,drop=2 reshape:2x4 add:x,drop=8
x=4,drop=1/2 adaptivemaxpool:2 upsample:2,mode=linear,drop=3 add:x
x=6,drop=2 lppool:2,drop=1
x=3x4 t=transpose transpose add:x softmax
x=4 relu h=mul:x/x tanh add:x
x=2x5 copy relu add:x conv:2
x=2x5 globalavgpool expand:2x5 sub:x
x=2x5,drop=3 conv:1,c=2 pad:0/2,axis=channels g=conv:1,c=4,from=x add:h2
x=2x5 conv:3,p=1,c=2 sub:x
x=2x5 h=conv:3,p=1 sub:x/h
x=2x5 m=reduce:mean sub:m,from=x conv:2
x=2x5 sigmoid conv:1,c=2 div:x
x=2x5 s=conv:1,c=2 sigmoid div:s,from=x
x=2x5 a=conv:1,c=2 max:x tanh
x=2x5 a=conv:1 min:x/a
x=2x5 a=conv:1,c=2 u=input:5 mean:x/a/u
x=2x4,drop=3 a=conv:1,c=2,drop=5 max:x
x=2x4,drop=3 a=conv:1,c=2,drop=5 min:x,drop=1
x=4x6 a=select:1/2 b=select:4/3,from=x sigmoid mul:a
x=2x4 a=affine,bias affine,share=a add:x
x=2x6 a=select:1/3/5,axis=length select:2/4/6,axis=length,from=x add:a
""".strip().splitlines()
"""Networks that are no chains: branches, several inputs, shared weights."""

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
3x4 reshape:5x2
3x4 select:4
5 maxpool:3,p=0/3
3 convtranspose:2,p=1/3
3x4 expand:2x4
3x4 pad:3,mode=reflect,axis=channels
3x4 select:1/5,axis=length
3x4 select:0
4 upsample:0
4 upsample:0.2
4 upsample:size=0
4 upsample:2,size=3
4 pad:4,mode=reflect
4 pad:5,mode=circular
4 crop:2
4 adaptiveavgpool:0
4 adaptivemaxpool:0
4 lppool:5
4 lppool:2,norm=0
4 lppool:2,s=0
x=2x4 u=input:3x4 add:x/u
x=2x4 u=input:2x3 mul:x/u
x=2x4 u=input:3x4 sub:x/u
x=2x4 u=input:2x3 max:x/u
x=2x4 u=input:2x3 concat:x/u
x=2x4 u=input:3x4 concat:x/u,axis=length
""".strip().splitlines()

_NAMES = (
    "relu", "leaky_relu", "leaky_relu:0.3", "relu6", "elu", "elu:0.5", "selu", "celu:2", "gelu", "gelu_tanh", "silu",
    "mish", "softplus", "softplus:2/3", "softsign", "softshrink", "hardshrink", "tanhshrink", "tanh", "sigmoid",
    "logsigmoid", "hardtanh", "hardsigmoid", "hardswish", "threshold:0.5/-1", "softmax", "softmin", "log_softmax",
    "rrelu", "prelu", "dropout", "softmax:length", "clip:-1/0.5", "neg", "line:2/-1", "erf", "atan", "square",
)  # fmt: skip
_KINDS = ("conv", "conv", "sparse", "convtranspose", "maxpool", "avgpool", "fc", "batchnorm", "upsample", "pad",
    "crop", "adaptiveavgpool", "adaptivemaxpool", "lppool", "globalavgpool", "flatten", "transpose", "copy", "affine", "reduce",
)  # fmt: skip


def random_network(seed: int) -> str:
    """A notation of one to three layers; often one that PyTorch refuses."""
    draw = random.Random(seed)
    size = f"{draw.randint(1, 3)}x{draw.randint(1, 9)}"
    return " ".join([size, *(_layer(draw) for _ in range(draw.randint(1, 3)))])


def random_branching(seed: int, fits: Callable[[str], bool]) -> tuple[str, list[str]]:
    """A notation of branches, merges, shared weights and several inputs; and those that did not fit on the way.

    ``fits`` says whether a notation is one that the product takes.
    """
    draw = random.Random(seed)
    text, names = f"a={draw.randint(1, 3)}x{draw.randint(2, 8)}", ["a"]
    refused = []
    for name in ("b", "c", "d", "e", "f", "g")[: draw.randint(2, 6)]:
        for _ in range(6):
            longer = f"{text} {name}={_branch(draw, names)}"
            if fits(longer):
                text = longer + (f" {draw.choice(_NAMES)}" if draw.random() < 0.2 else "")
                names.append(name)
                break
            refused.append(longer)
    return text, refused


def _branch(draw: random.Random, names: list[str]) -> str:
    """A layer that takes any of those before it."""
    dice = draw.random()
    if dice < 0.08:
        return f"input:{draw.randint(1, 3)}x{draw.randint(1, 8)}"
    if dice < 0.45:
        sources = draw.choices(names, k=draw.randint(1, 3))
        joined = "/".join(sources if sources != names[-1:] else sources * 2)  # one layer is not merged
        axis = draw.choice(["", ",axis=length"])
        merges = [f"add:{joined}", f"mul:{joined}", f"concat:{joined}{axis}"]
        return draw.choice([*merges, *(f"{kind}:{joined}" for kind in ("sub", "max", "min", "mean"))])
    plain = draw.choice(["conv:3,p=1", "conv:1", f"conv:3,p=1,c={draw.randint(1, 3)},bias", "globalavgpool"])
    layer = draw.choice([plain, _plain(draw)])
    return f"{layer},from={draw.choice(names)}"


def _layer(draw: random.Random) -> str:
    return _plain(draw) + (f" {draw.choice(_NAMES)}" if draw.random() < 0.2 else "")


def _plain(draw: random.Random) -> str:
    """A layer without an activation."""
    kind = draw.choice(_KINDS)
    number = draw.randint
    values = {
        "fc": f":{number(1, 4)}",
        "batchnorm": draw.choice(["", ",eps=0", ",eps=0.1"]),
        "upsample": draw.choice([f":{number(1, 5)}", f":{number(1, 5) / 2}", f":size={number(1, 9)}"])
        + draw.choice(["", ",mode=linear", ",mode=linear,align_corners", ",mode=cubic"]),
        "pad": f":{number(0, 4)}/{number(0, 4)}"
        + draw.choice(["", ",value=1.5", ",mode=reflect", ",mode=replicate", ",mode=circular"]),
        "crop": f":{number(0, 2)}/{number(0, 2)}",
        "adaptiveavgpool": f":{number(1, 5)}",
        "adaptivemaxpool": f":{number(1, 5)}",
        "lppool": f":{number(1, 4)},norm={draw.choice(['1', '2'])}" + draw.choice(["", ",ceil_mode", ",s=1"]),
        "globalavgpool": "",
        "flatten": "",
        "transpose": "",
        "copy": "",
        "reduce": f":{draw.choice(['mean', 'sum', 'max', 'min', 'l1', 'l2'])},axis={draw.choice(['channels', 'length', 'all'])}",
        "affine": f",per={draw.choice(['layer', 'channel', 'position', 'unit'])}" + draw.choice(["", ",bias"]),
    }
    if kind in values:
        return f"{kind}{values[kind]}"
    parts = [f"{kind}:{number(1, 5)}", *(text for chance, text in _options(kind, draw) if draw.random() < chance)]
    return ",".join(parts)


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
    padding = (0.4, draw.choice([f"p={number(0, 3)}", f"p={number(0, 2)}/{number(0, 2)}"]))
    if kind == "convtranspose":
        return [*common, padding, (0.4, f"d={number(1, 3)}"), (0.4, f"output_padding={number(0, 3)}"), *channels]
    pool = [*common, padding, (0.4, "ceil_mode")]
    if kind == "maxpool":
        return [*pool, (0.4, f"d={number(1, 3)}")]
    return [*pool, (0.4, f"count_include_pad={draw.choice(['true', 'false'])}")]

"""What people type before they know the notation: the words that other programs have for what is said here.

Tables alone; :mod:`.notation.mending` reads them, and nobody else needs to.
"""

from __future__ import annotations


def _spread(table: dict[str, str]) -> dict[str, str]:
    """Each word of the texts of ``table``, and what it is the word for."""
    return {word: ours for ours, theirs in table.items() for word in theirs.split()}


HEADS = _spread(
    {
        "fc": "fullyconnected innerproduct gemm matmul mlp fullconnected lazylinear",
        "sparse": "locallyconnected locallyconnected1d localconv",
        "conv": "convolution convolution1d cnn convolutional lazyconv1d",
        "convtranspose": "convtranspose1d conv1dtranspose transposedconv transposeconv upconv deconvolution",
        "maxpool": "maxpooling maxpooling1d pool pooling pool1d",
        "avgpool": "averagepool averagepooling averagepooling1d avgpooling meanpool averagepool1d",
        "globalavgpool": "globalaveragepooling gap globalavgpool1d",
        "globalmaxpool": "globalmaxpooling gmp globalmaxpool1d",
        "batchnorm": "batchnormalization batchnormalisation",
        "upsample": "upsampling",
        "pad": "zeropadding zeropadding1d padding zeropad",
        "pad,mode=reflect": "reflectionpad1d reflectionpad",
        "pad,mode=replicate": "replicationpad1d replicationpad",
        "pad,mode=circular": "circularpad1d circularpad",
        "concat": "concatenation join",
        "conv,dilation=2": "dilated dilatedconv atrous atrousconv",
        "conv,padding=causal": "causal causalconv",
        "add": "plus",
        "input": "inputlayer",
        "relu": "rectifier rectified",
        "silu": "sigmoidlinearunit",
    }
)
"""Kinds and activations as others call them, without case, dashes and ``1d``; parameters that belong to them after a comma."""

PARAMETERS = (
    (
        "channels",
        "filters out out_ch ch chans out_channels output_channels num_filters n_filters nfilters nf out_planes c_out",
    ),
    (
        "kernel_size",
        "kernel kernelsize ksize ks filter_size filter_length kernel_shape kernel_width window window_size pool_size pool",
    ),
    ("stride", "strides step steps subsample hop"),
    ("padding", "pad pads border_mode auto_pad"),
    ("dilation", "dilations dilation_rate rate atrous"),
    ("groups", "group n_groups num_groups"),
    (
        "units",
        "out out_features neurons nodes hidden hidden_size num_units n_units output_dim output_size size features n",
    ),
    ("bias", "use_bias with_bias has_bias biases b"),
    ("weight", "weights kernel kernel_values values"),
    ("output_size", "size units output_shape"),
    ("factor", "scale_factor scale"),
    ("indices", "index channels"),
    ("sides", "padding pad cropping"),
    ("eps", "epsilon"),
    ("shape", "target_shape size output_shape"),
    ("values", "value data"),
    ("drop", "dropped"),
    ("names", "inputs layers"),
    ("ceil_mode", "ceil"),
    ("padding_mode", "pad_mode"),
    ("from", "source inputs input"),
    ("size", "length shape in_features in_channels input_dim input_size"),
    ("norm", "p norm_type"),
    ("mode", "interpolation method"),
    ("axis", "dim"),
    ("op", "operation"),
)
"""Parameters here, and their words elsewhere; the first that a kind has is meant."""

KNOWN = frozenset(
    (
        "in_channels",
        "in_features",
        "num_features",
        "num_parameters",
        "input_dim",
        "input_shape",
        "input_size",
        "batch_input_shape",
        "device",
        "dtype",
        "data_format",
        "kernel_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "bias_regularizer",
        "inplace",
        "trainable",
        "track_running_stats",
        "momentum",
        "affine",
    )
)
"""What others must say, and what follows here from the layer before, or changes no picture."""

ACTIVATION = frozenset(("activation", "act", "activation_fn", "nonlinearity", "activations"))
"""Parameters elsewhere that name an activation, which is a word of its own here."""

ARGUMENTS = {
    "fc": ("in_features", "units", "bias"),
    "conv": ("in_channels", "channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias"),
    "convtranspose": ("in_channels", "channels", "kernel_size", "stride", "padding", "output_padding", "groups"),
    "maxpool": ("kernel_size", "stride", "padding", "dilation"),
    "avgpool": ("kernel_size", "stride", "padding", "ceil_mode"),
    "lppool": ("norm", "kernel_size", "stride"),
    "batchnorm": ("num_features", "eps"),
    "upsample": ("size", "factor"),
}
"""What stands between the brackets of others' calls, in order (PyTorch's)."""

NEEDED = {
    "fc": ("in_features", "units"),
    "conv": ("in_channels", "channels", "kernel_size"),
    "convtranspose": ("in_channels", "channels", "kernel_size"),
    "lppool": ("norm", "kernel_size"),
    "upsample": ("size", "factor"),
}
"""What PyTorch cannot do without; where fewer are said, as in Keras and by everybody's hands, the first are left out."""

HINTS = _spread(
    {
        "it changes no connection: leave it out, or say batchnorm": "layernorm groupnorm instancenorm rmsnorm",
        "a skip connection is add:NAME, of the layer it comes from": "skip residual shortcut",
        "figures are of layers that run forward: fc, sparse, conv, ...": "lstm gru rnn attention multiheadattention "
        "selfattention transformer embedding",
    }
)
"""Layers that the notation does not have, and what to say instead."""

LEFT_OUT = "it changes no connection"
"""How the hint of a layer begins that a figure does without."""

WRITTEN = ("svg", "png", "pdf", "dot", "jpg", "jpeg", "gif", "eps", "ps", "tiff", "tif", "webp", "bmp", "html")
"""Suffixes of files that people wish a figure to be in."""

READ = ("toml", "json", "onnx", "keras", "h5")
"""Suffixes of files that are panels."""

WEIGHTS = ("npz", "npy", "safetensors", "pt", "pth", "ckpt")
"""Suffixes of files that hold weights, and no network."""

SIZES = (6, 8, 12, 16, 32, 64, 128, 256, 512, 1024)
"""Sizes to try for the input of a network that says none."""

SQUARE = 16
"""The side from which on a square is likely to be meant as an image; so many channels of the same length are rare."""

WINDOWS = {"max": "maxpool", "mean": "avgpool", "avg": "avgpool", "average": "avgpool"}
"""What is one word for pooling, with a window, and for what is done with several layers, with their names."""

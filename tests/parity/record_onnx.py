"""Write ``tests/models/recorded``: small ONNX models of several exporters, and what onnxruntime makes of an input.

Run in an environment with PyTorch, onnx and onnxruntime: ``python tests/parity/record_onnx.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnx_modules
import onnx_oracle
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).parent.parent / "models" / "recorded"
EXPORTED = {
    "residual": (True, None), "causal": (False, 13), "autoencoder": (True, None), "circular": (False, 9),
    "squeeze and excite": (False, 11), "gated": (False, 17), "u-net": (True, None), "mlp": (False, 15),
    "positions": (True, None), "shared": (False, 13), "two heads": (True, None), "linear upsampling": (False, 13),
}  # fmt: skip


def main() -> None:
    """Record them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for name, (dynamo, opset) in EXPORTED.items():
        path = FOLDER / f"{name.replace(' ', '-')}.onnx"
        onnx_modules.export(name, path, dynamo, opset)
        _save(onnx.load(path), path, name == "residual")
    _save(channels_last(), FOLDER / "channels-last.onnx")
    _save(batch_of_four(), FOLDER / "batch-of-four.onnx")


def _save(model: onnx.ModelProto, path: Path, beside: bool = False) -> None:
    """A model without the notes of its exporter, which name the machine; its weights beside it where that is said."""
    model.doc_string = ""
    for graph in (model.graph, *model.functions):
        for one in (graph, *graph.node, *getattr(graph, "value_info", ()), *getattr(graph, "input", ())):
            if isinstance(one, str):
                continue
            one.doc_string = ""
            del one.metadata_props[:]
    for tensor in model.graph.initializer:
        del tensor.metadata_props[:]
        tensor.doc_string = ""
    del model.metadata_props[:]
    if beside:
        onnx.save(
            model, path, save_as_external_data=True, location=f"{path.name}.data", size_threshold=0,
            convert_attribute=False,
        )  # fmt: skip
    else:
        Path(f"{path}.data").unlink(missing_ok=True)
        onnx.save(model, path)
    feeds = onnx_oracle.feeds_of(path)
    outputs = onnx_oracle.theirs(path, feeds)
    arrays = {f"input{number}": one for number, one in enumerate(feeds.values())}
    arrays |= {f"output{number}": one for number, one in enumerate(outputs)}
    np.savez_compressed(path.with_suffix(".npz"), **arrays)


def channels_last() -> onnx.ModelProto:
    """A network of Keras as its converter writes it: channels last, convolutions of two axes, transposed around each."""
    random = np.random.default_rng(1)
    tensors = [
        numpy_helper.from_array(random.normal(size=size, scale=0.5).astype("<f4"), name)
        for name, size in {"w1": (4, 3, 1, 3), "b1": (4,), "w2": (5, 4, 1, 2), "w3": (20, 2), "b3": (2,)}.items()
    ]
    tensors += [
        numpy_helper.from_array(np.array(values, "<i8"), name)
        for name, values in {"row": [1], "flat": [-1, 20]}.items()
    ]
    node = helper.make_node
    nodes = [
        node("Unsqueeze", ["x", "row"], ["x4"], "conv1d/ExpandDims"),
        node("Transpose", ["x4"], ["t1"], "conv1d/Transpose", perm=[0, 3, 1, 2]),
        node("Conv", ["t1", "w1", "b1"], ["c1"], "conv1d", kernel_shape=[1, 3], auto_pad="SAME_UPPER"),
        node("Transpose", ["c1"], ["u1"], "conv1d/back", perm=[0, 2, 3, 1]),
        node("Relu", ["u1"], ["r1"], "relu"),
        node("Squeeze", ["r1", "row"], ["s1"], "conv1d/Squeeze"),
        node("Unsqueeze", ["s1", "row"], ["s4"], "conv1d_1/ExpandDims"),
        node("Transpose", ["s4"], ["t2"], "conv1d_1/Transpose", perm=[0, 3, 1, 2]),
        node("Conv", ["t2", "w2"], ["c2"], "conv1d_1", kernel_shape=[1, 2], strides=[1, 2]),
        node("Squeeze", ["c2", "two"], ["c3"], "conv1d_1/Squeeze"),
        node("Transpose", ["c3"], ["u2"], "conv1d_1/back", perm=[0, 2, 1]),
        node("Tanh", ["u2"], ["r2"], "tanh"),
        node("Reshape", ["r2", "flat"], ["f"], "flatten"),
        node("MatMul", ["f", "w3"], ["m"], "dense/MatMul"),
        node("Add", ["m", "b3"], ["y"], "dense/BiasAdd"),
    ]
    tensors.append(numpy_helper.from_array(np.array([2], "<i8"), "two"))
    return _model(nodes, tensors, ["N", 8, 3])


def batch_of_four() -> onnx.ModelProto:
    """A network whose batch is fixed, and said again in a reshape."""
    random = np.random.default_rng(2)
    sizes = {"w": (3, 2, 3), "w2": (18, 4)}
    tensors = [numpy_helper.from_array(random.normal(size=size).astype("<f4"), name) for name, size in sizes.items()]
    tensors.append(numpy_helper.from_array(np.array([4, 18], "<i8"), "flat"))
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], "conv", pads=[1, 1]),
        helper.make_node("Reshape", ["c", "flat"], ["f"], "flatten"),
        helper.make_node("Gemm", ["f", "w2"], ["y"], "fc"),
    ]
    return _model(nodes, tensors, [4, 2, 6])


def _model(nodes: list[onnx.NodeProto], tensors: list[onnx.TensorProto], shape: list[int | str]) -> onnx.ModelProto:
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "network", [x], [y], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


if __name__ == "__main__":
    main()

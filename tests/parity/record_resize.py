"""Write ``tests/vectors/resize.json``: what onnxruntime makes of ONNX's Resize, in every convention of the notation.

Run by hand, in an environment with onnx and onnxruntime: ``python tests/parity/record_resize.py``.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

FILE = Path(__file__).parent.parent / "vectors" / "resize.json"
SCALES = (0.5, 0.6, 0.75, 1.0, 1.4, 1.5, 2.0, 2.5, 3.0)
SIZES = (1, 2, 3, 4, 5, 7, 9, 10)
COORDINATES = ("asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners")
ROUNDINGS = ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")
MODES = [*(("nearest", rounding) for rounding in ROUNDINGS), ("linear", "floor"), ("cubic", "floor")]


def main() -> None:
    """Record each mode, convention and rounding with each scale and size, on an input of 5 and one of 4."""
    items = []
    for (mode, rounding), coordinates, length in itertools.product(MODES, COORDINATES, (4, 5)):
        for said, value in (*(("factor", scale) for scale in SCALES), *(("size", size) for size in SIZES)):
            x = np.round(np.random.default_rng(length).normal(size=(1, 1, 1, length)) * 8).astype(np.float32)
            y = resized(x, mode, rounding, coordinates, **{said: value})
            text = f"{length} upsample:{said}={value},mode={mode},coordinates={coordinates},rounding={rounding}"
            items.append(json.dumps({"network": text, "input": x[0, 0].tolist(), "output": y[0, 0].tolist()}))
    FILE.write_text("[\n" + ",\n".join(items) + "\n]\n", encoding="utf-8")


def resized(x: Any, mode: str, rounding: str, coordinates: str, factor: float = 0.0, size: int = 0) -> Any:
    """What onnxruntime makes of ``x`` (1, 1, 1, L): cubic interpolation is of pictures alone, here one pixel high."""
    names = ["x", "", "scales"] if factor else ["x", "", "", "sizes"]
    held = (
        helper.make_tensor("scales", TensorProto.FLOAT, [4], [1.0, 1.0, 1.0, factor])
        if factor
        else helper.make_tensor("sizes", TensorProto.INT64, [4], [1, 1, 1, size])
    )
    node = helper.make_node(
        "Resize", names, ["y"], mode=mode, nearest_mode=rounding, coordinate_transformation_mode=coordinates
    )
    graph = helper.make_graph(
        [node],
        "resize",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, list(x.shape))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [held],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


if __name__ == "__main__":
    main()

"""Modules that need PyTorch and hold no tests are not collected."""

collect_ignore = [
    "blocks.py",
    "keras_models.py",
    "onnx_models.py",
    "onnx_modules.py",
    "onnx_oracle.py",
    "oracle.py",
    "record.py",
    "record_keras.py",
    "record_onnx.py",
    "record_resize.py",
    "states.py",
    "torch_layers.py",
    "torch_modules.py",
]

"""Modules that need PyTorch and hold no tests are not collected."""

collect_ignore = [
    "blocks.py",
    "keras_models.py",
    "oracle.py",
    "record.py",
    "record_keras.py",
    "torch_layers.py",
    "torch_modules.py",
]

"""Modules that need PyTorch and hold no tests are not collected."""

collect_ignore = ["blocks.py", "oracle.py", "record.py", "states.py", "torch_layers.py"]

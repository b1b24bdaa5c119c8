"""What is said of files of models that are damaged: whatever it is, the file must be written anew."""

from __future__ import annotations

from connectivity.errors import ModelError


class DamageError(ModelError):
    """A file that cannot be what it says it is; its message ends with what would help."""

    def __init__(self, message: str) -> None:
        super().__init__(f"{message}; save the model anew")

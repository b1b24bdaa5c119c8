"""A node that is being read: what it takes, what it says, and what is done with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from connectivity.errors import ModelError, visible
from connectivity.models.onnx.building import Builder
from connectivity.models.onnx.graph import Node
from connectivity.models.onnx.messages import TensorMessage
from connectivity.models.onnx.tensors import Folder, array_of
from connectivity.models.onnx.values import Constant, Data, Held

_LONGEST_TEXT = 10_000  # of an attribute
_NUMBERED = re.compile(r"n\d+|node_.*|node\d*|n\d+__\d+")  # what exporters call a node of no name of its own


class Call:
    """A node with its inputs: ``None`` for one that is left out.

    ``uses`` says how many nodes and outputs take a value by its name; ``names`` what the model calls weights.
    """

    def __init__(
        self,
        node: Node,
        inputs: Sequence[Held | None],
        builder: Builder,
        uses: Mapping[str, int],
        folder: Folder,
        fold_batchnorm: bool = False,
    ) -> None:
        self.node, self.inputs, self.builder, self.folder = node, inputs, builder, folder
        self.fold_batchnorm = fold_batchnorm
        self._uses = uses

    @property
    def version(self) -> int:
        """That of the set of operators."""
        return self.node.version

    def has(self, number: int) -> bool:
        """Whether there is an input of that number, from 0."""
        return number < len(self.inputs) and self.inputs[number] is not None

    def data(self, number: int) -> Data:
        """An input that depends on the model's. Raises ModelError for one that does not."""
        held = self.inputs[number] if self.has(number) else None
        if not isinstance(held, Data):
            raise ModelError(f"its input {number + 1} is not computed from the model's input")
        return held

    def array(self, number: int) -> np.ndarray:
        """An input that is a constant."""
        return self.constant(number).array

    def constant(self, number: int) -> Constant:
        """An input that is a constant, with where it comes from. Raises ModelError for one that is computed."""
        held = self.inputs[number] if self.has(number) else None
        if not isinstance(held, Constant):
            name = self.node.inputs[number] if number < len(self.node.inputs) else ""
            raise ModelError(f'its input {number + 1} ("{name}") is computed from the model\'s input, or is not there')
        return held

    def floats(self, number: int) -> np.ndarray:
        """A constant input of real numbers, all finite. Raises ModelError for NaN."""
        constant = self.constant(number)
        return finite(constant.array, self.node.inputs[number])

    def integers(self, number: int) -> list[int]:
        """A constant input of whole numbers, as a list."""
        array = self.array(number)
        if not np.issubdtype(array.dtype, np.integer) or array.size > 64:
            raise ModelError(f"its input {number + 1} must be some whole numbers")
        return [int(one) for one in array.ravel()]

    def alone(self, number: int) -> bool:
        """Whether nobody else takes that input."""
        return self._uses.get(self.node.inputs[number], 0) == 1

    def said(self, name: str, default: Any) -> Any:
        """An attribute; a text as it may be shown. Raises ModelError for one of another type than its default."""
        value = self.node.attributes.get(name, default)
        if default is not None and not isinstance(value, type(default)):
            raise ModelError(f"its attribute {name} is no {type(default).__name__}")
        return visible(value, _LONGEST_TEXT) if isinstance(value, str) else value

    def tensor(self, message: TensorMessage) -> np.ndarray:
        """The elements of an attribute that is a tensor."""
        return array_of(message, self.folder)

    def layer_name(self) -> str:
        """What to call a layer: as the module that has its weights, else as the node.

        Empty where the node has no name, or one that a program gave it.
        """
        if self.node.stem:
            return self.node.stem
        name = self.node.name.strip("/")
        stem, slash, last = name.rpartition("/")
        if re.fullmatch(rf"{re.escape(self.node.op)}_?\d*", last):
            return stem if slash else ""
        return "" if _NUMBERED.fullmatch(name) else name


def finite(array: np.ndarray, name: str) -> np.ndarray:
    """``array``, if it has finite numbers alone."""
    if not (np.issubdtype(array.dtype, np.number) or array.dtype == np.bool_):
        raise ModelError(f'"{name}" holds no real numbers')
    if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
        place = np.unravel_index(int(np.isfinite(array).argmin()), array.shape)
        shown = ",".join(map(str, place))
        raise ModelError(f'"{name}"[{shown}] is {array[place]}; weights are finite numbers')
    return array


def axis_of(axis: int, rank: int) -> int:
    """An axis counted from the front. Raises ModelError for one that is not there."""
    if not -rank <= axis < rank:
        raise ModelError(f"its axis {axis} is none of a tensor with {rank}")
    return axis % rank

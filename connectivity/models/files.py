"""Files of trained models, each by its suffix: read when it is known how, and once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectivity.errors import ModelError, WeightsError, suggestion, visible
from connectivity.models.assembly import legal_name
from connectivity.models.options import ModelOptions, read_options, read_shapes, split_reading
from connectivity.reads import recording
from connectivity.records import Record, record

if TYPE_CHECKING:
    import numpy as np

    from connectivity.models.model import Model

Reader = Callable[[Path, ModelOptions], "Model"]


def _onnx(path: Path, options: ModelOptions) -> Model:
    from connectivity.models.onnx.reading import read_onnx

    return read_onnx(path, options)


def _keras(path: Path, options: ModelOptions) -> Model:
    from connectivity.models.kerasfile import read_keras

    return read_keras(path, options)


READERS: dict[str, Reader] = {".onnx": _onnx, ".keras": _keras, ".h5": _keras, ".hdf5": _keras}
"""What reads files with a suffix; each imports what it needs when it does."""


def is_model(name: str) -> bool:
    """Whether ``name`` is that of a model's file, by its suffix.

    >>> is_model("nets/model.onnx"), is_model("6 conv:3")
    (True, False)
    """
    return name.lower().endswith(tuple(READERS))


def read_model(path: str | Path, weights: Mapping[str, Any] | None = None, **reading: Any) -> Model:
    """The network of a trained model's file, with its weights.

    ``reading`` are ``input_shape``, ``from_``, ``until`` and ``fold_batchnorm``, as on the command line; ``weights`` are
    arrays by the model's own names, for those that it takes as inputs, or that shall be others.

    Raises FileError where the file cannot be read, ModelError where it is damaged, leaves its shape open, or has what
    cannot be drawn, DrawingError for an option that is none.
    """
    said, rest = split_reading(reading)
    return ModelFile(Path(path), {**said, **rest}, weights).model


@record
class ModelFile(Record):
    """The file of a model, and what is said about reading it: by the names of :data:`.options.READING`.

    ``weights`` as in :func:`read_model`. The file is read when its ``model`` is first asked for.
    """

    path: Path
    said: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, Any] | None = None
    files: list[str] = field(default_factory=list)

    @functools.cached_property
    def model(self) -> Model:
        """What it holds; ``files`` are then those that were read. Raises as :func:`read_model`."""
        suffix = self.path.suffix.lower()
        if suffix not in READERS:
            raise ModelError(f'"{visible(str(self.path))}" is no model that is known{suggestion(suffix, READERS)}')
        options = read_options(self.said, self.weights)
        with recording() as read:
            try:
                return READERS[suffix](self.path, options)
            finally:
                self.files[:] = list(read)

    def changed(self, said: Mapping[str, Any], weights: Mapping[str, Any] | None) -> ModelFile:
        """The same file read in another way; itself where nothing is said."""
        if not said and weights is None:
            return self
        weights = self.weights if weights is None else weights
        return ModelFile(self.path, {**self.said, **said}, weights)

    @property
    def sources(self) -> list[str]:
        """The files it was read from, so far; its own in any case."""
        return [str(self.path), *self.files]


@record
class ModelObject(Record):
    """A model that is there, as an object of the program: a module of PyTorch; as :class:`ModelFile`.

    It is read as soon as the shape of its input is known, so that it is what it was then: a module goes on learning.
    Raises as :meth:`model`.
    """

    module: Any
    said: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.said.get("input-shape") is not None:
            self.model  # noqa: B018  # is kept

    @functools.cached_property
    def model(self) -> Model:
        """What it is. Raises ModelError as :func:`.from_torch`."""
        from connectivity.models.torchmodules import from_torch

        shape = self.said.get("input-shape")
        if shape is None:
            raise ModelError("the shape of the module's input is missing: say input_shape=(2, 64), without the batch")
        if isinstance(shape, str) or (isinstance(shape, (list, tuple)) and any(isinstance(one, str) for one in shape)):
            named = read_shapes(shape)
            shape = named[""] if list(named) == [""] else named
        options = read_options({key: value for key, value in self.said.items() if key != "input-shape"})
        return from_torch(
            self.module, shape, from_=options.start, until=options.end, fold_batchnorm=options.fold_batchnorm
        )

    def changed(self, said: Mapping[str, Any], weights: Mapping[str, Any] | None) -> ModelObject:
        """The same module read in another way, as it is now; itself where nothing is said. Raises WeightsError for weights, which it has itself."""
        if weights is not None:
            raise WeightsError("a module has its weights itself; change them there")
        return ModelObject(self.module, {**self.said, **said}) if said else self

    @property
    def sources(self) -> list[str]:
        """None: it was in no file."""
        return []


def is_object(what: object) -> bool:
    """Whether ``what`` is a module of PyTorch, which is not imported for the question."""
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(what).__mro__}
    return "torch.nn.modules.module.Module" in names


def fitted(model: Model, x: Any) -> Any:
    """Values for the inputs of ``model``, as it takes them itself, as the drawn network takes them.

    Axes of size 1 and the batch may be there or not, and (length, channels) becomes (channels, length) where the model
    has them so. Names are the model's or the layers'. What does not fit stays as it is, for its error.
    """
    import numpy as np

    stages = {stage.name: stage.shape for stage in model.network.stages if not stage.sources}
    if isinstance(x, Mapping):
        named = {name if name in stages else legal_name(name): one for name, one in x.items()}
        return {name: _fitted(model, name, stages[name], one) if name in stages else one for name, one in named.items()}
    if len(stages) > 1 and isinstance(x, (list, tuple)):
        return [_fitted(model, name, shape, one) for (name, shape), one in zip(stages.items(), x, strict=False)]
    name, shape = next(iter(stages.items()))
    if len(stages) > 1:
        return x
    try:
        array = np.asarray(x)
    except ValueError:
        return x  # several arrays of different shapes, which its error says
    return _fitted(model, name, shape, array)


def _fitted(model: Model, name: str, shape: tuple[int, int], x: Any) -> np.ndarray:
    import numpy as np

    array = np.asarray(x)
    squeezed = array.squeeze()
    if name in model.turned and squeezed.ndim == 2:
        squeezed = squeezed.T
    fits = squeezed.shape == tuple(size for size in shape if size > 1) or squeezed.ndim > 2
    return squeezed.reshape(shape) if fits and squeezed.size == shape[0] * shape[1] else array

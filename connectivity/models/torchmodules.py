"""PyTorch modules as models: run once on an example, and once more to see that nothing hangs on its numbers."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from connectivity.errors import ModelError, suggestion, visible
from connectivity.layers.base import SIZE_LIMIT
from connectivity.models.assembly import Value
from connectivity.models.model import Model
from connectivity.models.options import ModelOptions
from connectivity.models.pytorch.arithmetic import ARITHMETIC
from connectivity.models.pytorch.functions import LAYERS, MOVES
from connectivity.models.pytorch.watching import Place, Unknown, Watch, tensors_in
from connectivity.models.workbench import Tensor, Workbench

Sizes: TypeAlias = "Sequence[int] | Sequence[Sequence[int]] | Mapping[str, Sequence[int]]"
"""The shape of the input without its batch, (F,) or (C, L); of several inputs a shape for each, in order or by name."""

WRAPPERS = ("_orig_mod", "module")
"""Where a module that only wraps another one (compiled, or spread over devices) has it."""


class _Done(Exception):  # noqa: N818  # no error: the way out of code that is not ours
    """The module has been run as far as it is wanted."""


def from_torch(
    module: Any,
    input_shape: Sizes,
    *,
    from_: str | None = None,
    until: str | None = None,
    fold_batchnorm: bool = False,
) -> Model:
    """The network of a ``torch.nn.Module`` in evaluation, with its weights; see :class:`.Model`.

    ``input_shape`` is that of its input without the batch: ``(F,)``, or ``(C, L)``; of several inputs a list of
    shapes, or a mapping from their names. Layers are called after the modules that compute them, of which those with
    the same weights share them. The module is run, on two examples, with its own code, and is left as it was.
    ``from_`` names the first module inside it (``"decoder.conv1"``) that is read, whose inputs are then those of the
    network, and ``until`` the last, whose outputs are: so what cannot be drawn is drawn around. ``fold_batchnorm`` puts
    batch norms into the weights before them.

    Raises ModelError for a module that cannot be run on such an input, that decides by the values of its input, or of
    which an output is made by a function that no layer does, which is named with its module.
    """
    try:
        import torch
    except ImportError as error:
        raise ModelError("reading a PyTorch module needs PyTorch: pip install torch") from error
    module = _unwrapped(module, torch)
    modules = dict(module.named_modules())
    for name in (from_, until):
        if name is not None and name not in modules:
            raise ModelError(f'there is no module "{visible(name)}" in it{suggestion(name, [*modules][1:])}')
    dims = _dims(module, input_shape)
    options = ModelOptions(start=from_, end=until, fold_batchnorm=fold_batchnorm)
    with _left_as_it_was(module, torch):
        first, second = (_Run(module, dims, options, torch).gone(seed) for seed in (0, 1))
    _check_same(first.watch, second.watch)
    if module.training:
        first.watch.bench.assembly.note("the module is drawn in evaluation: dropout does nothing, norms are as learned")
    return first.model()


class _Run:
    """One run of a module, watched."""

    def __init__(self, module: Any, dims: Mapping[str, tuple[int, ...]], options: ModelOptions, torch: Any) -> None:
        self._module, self._dims, self._options, self._torch = module, dims, options, torch
        self._paths_to = dict(module.named_modules())
        self._paths = {id(each): path for path, each in module.named_modules()}
        names = {id(tensor): name for name, tensor in (*module.named_parameters(), *module.named_buffers())}
        self.watch = Watch(Workbench(options.fold_batchnorm), {**LAYERS, **ARITHMETIC}, MOVES, names)
        self._outputs: list[Any] = []
        self._begun = False

    def gone(self, seed: int) -> _Run:
        """Itself, once the module was run on an example drawn by ``seed``. Raises ModelError where it cannot be run."""
        torch = self._torch
        watch, mode = self.watch, torch.overrides.TorchFunctionMode

        class Watching(mode):  # type: ignore[misc, valid-type]  # a class of torch's
            def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
                return watch.called(function, args, kwargs or {})

        examples = self._examples(seed)
        try:
            with self._hooks(), torch.no_grad(), Watching():
                result = (
                    self._module(**examples) if isinstance(self._dims, _Named) else self._module(*examples.values())
                )
            self._outputs = list(tensors_in(result))
        except _Done:
            pass
        except ModelError:
            raise
        except Exception as error:  # whatever the module's own code raises
            shapes = " and ".join(str(list(size)) for size in self._dims.values())
            first_line = str(error).strip().partition("\n")[0]
            raise ModelError(
                f"the module cannot take an input of shape {shapes} (with its batch): "
                f"{type(error).__name__}: {visible(first_line, 300)}"
            ) from error
        return self

    def _examples(self, seed: int) -> dict[str, Any]:
        """Examples of the inputs, each of which is an input of the network."""
        torch = self._torch
        like = next(self._floating(), torch.zeros(()))
        generator = torch.Generator().manual_seed(seed)
        torch.manual_seed(seed)
        examples = {}
        for name, size in self._dims.items():
            example = torch.randn(size, generator=generator).to(like.device, like.dtype)
            self.watch.learn(example, self.watch.bench.input(name, size))
            examples[name] = example
        return examples

    def _floating(self) -> Iterator[Any]:
        tensors = (*self._module.parameters(), *self._module.buffers())
        return (tensor for tensor in tensors if tensor.is_floating_point())

    @contextmanager
    def _hooks(self) -> Iterator[None]:
        """While a module runs it is known to the watch; at those that are named the run begins or ends."""
        hooks = self._torch.nn.modules.module
        handles = [
            hooks.register_module_forward_pre_hook(self._entered),
            hooks.register_module_forward_hook(self._left),
        ]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _entered(self, module: Any, args: Any) -> None:
        path = self._paths.get(id(module))
        if path is None:
            return
        if path == self._options.start and not self._begun:
            self._begun = True
            self._begin(path, args)
        self.watch.places.append(Place(path, type(module).__name__, path != "" and not any(module.children())))

    def _left(self, module: Any, args: Any, result: Any) -> None:
        path = self._paths.get(id(module))
        if path is None:
            return
        self.watch.places.pop()
        self.watch.last = path
        if path == self._options.end:
            self._outputs = list(tensors_in(result))
            raise _Done

    def _begin(self, path: str, args: Any) -> None:
        """Here the network begins: what the module takes is an input, and what is known from before is not."""
        self.watch.forget(Unknown("what comes before it", path))
        tensors = [each for each in tensors_in(args) if each.is_floating_point()]
        for name, tensor in zip(_names(self._paths_to[path], len(tensors)), tensors, strict=True):
            self.watch.learn(tensor, self.watch.bench.input(name, tuple(tensor.shape)))

    def model(self) -> Model:
        """The network of all outputs. Raises ModelError for one that no layer makes."""
        values: list[Value] = []
        for tensor in self._outputs:
            known = self.watch.known(tensor)
            if isinstance(known, Unknown):
                raise ModelError(_undrawable(known))
            if known is not None:
                values.append(self._settled(known))
        if not values:
            raise ModelError(
                "no output of the module comes from its input by functions that can be watched; give a module of layers within it"
            )
        return self.watch.bench.model(values)

    def _settled(self, known: Tensor) -> Value:
        """A layer with an output's units, channels x length; where it has one axis, it may be either of them."""
        dims = known.dims[1:] if known.dims[:1] == (1,) else known.dims
        if sum(size != 1 for size in dims) < 2:
            return self.watch.bench.settled(known)[0]
        return self.watch.bench.take(known.value, known.places.reshape(dims[0], -1))


class _Named(dict[str, tuple[int, ...]]):
    """Shapes of inputs that are given by name."""


def _undrawable(unknown: Unknown) -> str:
    """What is said of a function that no layer does."""
    until = f'until="{visible(unknown.last)}" reads what is before it, ' if unknown.last else ""
    around = f"; {until}from_= a module behind it what follows" if unknown.place else ""
    return f"{visible(unknown.place)}: {unknown.function} cannot be drawn{around}"


def _check_same(first: Watch, second: Watch) -> None:
    """Raise ModelError where two runs on different numbers did not do the same."""
    for (word, place, constants), (other_word, _, others) in zip(first.events, second.events, strict=False):
        if word != other_word or constants != others:
            where = f"{visible(place)}: " if place else ""
            raise ModelError(f"{where}{word} depends on the values of the input, or on chance; a graph has one course")
    if len(first.events) != len(second.events):
        raise ModelError("how much is computed depends on the values of the input; a graph has one course")


def _unwrapped(module: Any, torch: Any) -> Any:
    """The module itself. Raises ModelError for what is none, or is compiled to what cannot be watched."""
    if not isinstance(module, torch.nn.Module):
        raise ModelError(
            f"{visible(repr(type(module)), 60)} is no torch.nn.Module; give one, as model or model.encoder"
        )
    parallel = (torch.nn.DataParallel, torch.nn.parallel.DistributedDataParallel)
    if hasattr(module, "_orig_mod") or isinstance(module, parallel):
        return _unwrapped(getattr(module, "_orig_mod", None) or module.module, torch)
    scripted = next((each for each in module.modules() if isinstance(each, torch.jit.ScriptModule)), None)
    if scripted is not None:
        raise ModelError("a scripted module cannot be watched; give the module that it was made of")
    return module


def _dims(module: Any, input_shape: Sizes) -> Mapping[str, tuple[int, ...]]:
    """The shapes of the inputs with a batch of one, by name. Raises ModelError for what is no shape."""
    if isinstance(input_shape, Mapping):
        return _Named({str(name): _size(shape) for name, shape in input_shape.items()})
    if isinstance(input_shape, (str, bytes)) or not isinstance(input_shape, Sequence):
        raise ModelError(f"input_shape is a shape without the batch, as (2, 64), not {visible(repr(input_shape), 40)}")
    shapes = list(input_shape)
    if not shapes or all(isinstance(size, int) for size in shapes):
        return {next(_names(module, 1)): _size(shapes)}
    return dict(zip(_names(module, len(shapes)), map(_size, shapes), strict=True))


def _names(module: Any, number: int) -> Iterator[str]:
    """What the module calls its first inputs."""
    try:
        names = [
            name
            for name, each in inspect.signature(module.forward).parameters.items()
            if each.kind < each.VAR_POSITIONAL
        ]
    except (TypeError, ValueError):
        names = []
    for place in range(number):
        name = names[place] if place < len(names) else "input"
        yield {"input": "x"}.get(name, name) if number == 1 else f"{name}" if place < len(names) else f"x{place + 1}"


def _size(shape: Any) -> tuple[int, ...]:
    """A shape with a batch of one. Raises ModelError for what is none."""
    numbers = list(shape) if isinstance(shape, Sequence) and not isinstance(shape, (str, bytes)) else []
    whole = bool(numbers) and all(type(size) is int and size > 0 for size in numbers)
    if not whole or math.prod(numbers) > SIZE_LIMIT:
        raise ModelError(
            f"input_shape {visible(repr(shape), 40)}: whole numbers without the batch, as (2, 64), "
            f"of at most {SIZE_LIMIT:,} values, which no option raises"
        )
    return (1, *numbers)


@contextmanager
def _left_as_it_was(module: Any, torch: Any) -> Iterator[None]:
    """A module in evaluation; whatever a run of it changes is put back."""
    modules = list(module.modules())
    before = [dict(vars(each)) for each in modules]
    inner = [
        {key: value.copy() for key, value in vars(each).items() if type(value) in (dict, list)} for each in modules
    ]
    buffers = [(buffer, buffer.detach().clone()) for buffer in module.buffers()]
    with torch.random.fork_rng(devices=[]):
        try:
            for each in modules:
                vars(each)["training"] = False
            yield
        finally:
            for each, attributes, containers in zip(modules, before, inner, strict=True):
                vars(each).clear()
                vars(each).update(attributes)
                for key, value in containers.items():
                    vars(each)[key].clear()
                    (vars(each)[key].update if type(value) is dict else vars(each)[key].extend)(value)
            with torch.no_grad():
                for buffer, saved in buffers:
                    if not torch.equal(buffer, saved):
                        buffer.copy_(saved)

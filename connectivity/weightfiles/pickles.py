"""Pickles, read without running anything in them.

A pickle is a program for a small machine with a stack. Python's own machine imports and calls whatever the
program names; this one does not: a name is a :class:`Named`, a call is a :class:`Made`, and what they mean is for
whoever asked. It knows every instruction of the protocols 0 to 5 as :mod:`pickletools` describes them, but those
that refer to registries and buffers outside the file.
"""

from __future__ import annotations

import pickletools
import warnings
from collections.abc import Callable
from typing import IO, Any

STEP_LIMIT = 3_000_000
"""The most instructions of one pickle: a few seconds; a model of 1,000 tensors takes some 30,000."""

_PLAIN = (str, int, float, bool, bytes, type(None))


class PickleError(ValueError):
    """A pickle that ends too soon, or does what none does."""


class Named:
    """Something that a pickle names, as a class or a function: ``torch._utils._rebuild_tensor_v2``."""

    def __init__(self, module: object, name: object) -> None:
        self.name = f"{module}.{name}"


class Made:
    """What a pickle makes by calling something: what it calls, with what, and the state that it gives it after."""

    def __init__(self, function: object, arguments: tuple[Any, ...]) -> None:
        self.function = function
        self.arguments = arguments
        self.state: Any = None

    @property
    def name(self) -> str:
        """What it calls; of a class that stands elsewhere with its source, as old files have it, the class."""
        function = self.function
        if isinstance(function, Stored) and isinstance(function.identity, tuple):
            function = next((part for part in function.identity if isinstance(part, Named)), None)
        return function.name if isinstance(function, Named) else "something that is no name"


class Stored:
    """Something that the pickle keeps elsewhere in its file, under an identity."""

    def __init__(self, identity: object) -> None:
        self.identity = identity


class Opaque:
    """A key of a dict that is none of the plain ones: known by itself alone."""


_MARK = object()
"""Where on the stack the items of a container begin."""

_DICTS = ("collections.OrderedDict", "collections.defaultdict", "__builtin__.dict", "builtins.dict")


def read_pickle(stream: IO[bytes], stored: list[Stored] | None = None) -> Any:
    """What the pickle at the place of ``stream`` describes, which is left behind its end.

    Numbers, texts, lists, tuples, dicts (ordered ones among them), sets (as lists), :class:`Named`, :class:`Made` and
    :class:`Stored`, which are added to the list ``stored`` as well. What is in something twice is one object; a dict
    may hold itself. Raises PickleError.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of texts that are none, which are errors as well
            return _run(stream, _Machine([] if stored is None else stored))
    except PickleError:
        raise
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, MemoryError, RecursionError) as error:
        raise PickleError(f"a damaged pickle ({error})") from error


def _run(stream: IO[bytes], machine: _Machine) -> Any:
    """What the machine has on its stack after all instructions. Raises PickleError for too many of them."""
    for step, (opcode, argument, _) in enumerate(pickletools.genops(stream)):
        if step >= STEP_LIMIT:
            raise PickleError(f"a pickle of more than {STEP_LIMIT:,} instructions")
        if opcode.name == "STOP":
            break
        machine.step(opcode.name, argument)
    return machine.top()


class _Machine:
    """The stack and the memory of one pickle."""

    def __init__(self, stored: list[Stored]) -> None:
        self._elsewhere = stored
        self._stack: list[Any] = []
        self._memory: dict[int, Any] = {}

    def top(self) -> Any:
        """What lies on the stack."""
        if not self._stack or self._stack[-1] is _MARK:
            raise PickleError("a damaged pickle (its stack is empty)")
        return self._stack[-1]

    def step(self, name: str, argument: Any) -> None:
        """Carry out one instruction."""
        if name in _PUSHED:
            self._stack.append(argument)
        elif name in _CONSTANTS:
            self._stack.append(_CONSTANTS[name]())
        elif name in _STEPS:
            _STEPS[name](self, argument)
        elif name not in _NOTHING:
            raise PickleError(f"a pickle with the instruction {name}, which no file of weights needs")

    def _pop(self) -> Any:
        value = self.top()
        self._stack.pop()
        return value

    def _items(self) -> list[Any]:
        """What lies above the last mark; it and they are taken away."""
        place = len(self._stack) - 1
        while place >= 0 and self._stack[place] is not _MARK:
            place -= 1
        if place < 0:
            raise PickleError("a damaged pickle (a mark is missing)")
        items = self._stack[place + 1 :]
        del self._stack[place:]
        return items

    def mark(self, argument: Any) -> None:
        self._stack.append(_MARK)

    def pop(self, argument: Any) -> None:
        if not self._stack:
            raise PickleError("a damaged pickle (its stack is empty)")
        self._stack.pop()

    def pop_mark(self, argument: Any) -> None:
        self._items()

    def duplicate(self, argument: Any) -> None:
        self._stack.append(self.top())

    def put(self, argument: int) -> None:
        self._memory[argument] = self.top()

    def memoize(self, argument: Any) -> None:
        self._memory[len(self._memory)] = self.top()

    def get(self, argument: int) -> None:
        self._stack.append(self._memory[argument])

    def tuple_of_items(self, argument: Any) -> None:
        self._stack.append(tuple(self._items()))

    def list_of_items(self, argument: Any) -> None:
        self._stack.append(self._items())

    def dict_of_items(self, argument: Any) -> None:
        items = self._items()
        self._stack.append({})
        self._set(items)

    def tuple_of(self, number: int) -> None:
        values = [self._pop() for _ in range(number)]
        self._stack.append(tuple(reversed(values)))

    def append(self, argument: Any) -> None:
        self._extend([self._pop()])

    def appends(self, argument: Any) -> None:
        self._extend(self._items())

    def _extend(self, items: list[Any]) -> None:
        """Add to the list on the stack; what is added to anything else is of no use here."""
        whole = self.top()
        if isinstance(whole, list):
            whole.extend(items)

    def set_item(self, argument: Any) -> None:
        value, key = self._pop(), self._pop()
        self._set([key, value])

    def set_items(self, argument: Any) -> None:
        self._set(self._items())

    def _set(self, items: list[Any]) -> None:
        """Add keys and values, in turn, to the dict on the stack."""
        whole = self.top()
        if isinstance(whole, dict):
            # A key of another type could hide a nest of tuples, to hash which takes all of the C stack.
            whole.update({_key(key): value for key, value in zip(items[::2], items[1::2], strict=True)})

    def named(self, argument: str) -> None:
        self._stack.append(Named(*argument.split(" ", 1)))

    def stack_named(self, argument: Any) -> None:
        name, module = self._pop(), self._pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise PickleError("a damaged pickle (a name is no text)")
        self._stack.append(Named(module, name))

    def call(self, argument: Any) -> None:
        arguments, function = self._pop(), self._pop()
        self._stack.append(_made(function, arguments))

    def call_with_keywords(self, argument: Any) -> None:
        self._pop()
        self.call(argument)

    def instance(self, argument: str) -> None:
        arguments = tuple(self._items())
        self._stack.append(Made(Named(*argument.split(" ", 1)), arguments))

    def object_of_items(self, argument: Any) -> None:
        function, *arguments = self._items()
        self._stack.append(Made(function, tuple(arguments)))

    def build(self, argument: Any) -> None:
        state, whole = self._pop(), self.top()
        if isinstance(whole, Made):
            whole.state = state

    def stored(self, argument: str) -> None:
        self._elsewhere.append(Stored(argument))
        self._stack.append(self._elsewhere[-1])

    def stack_stored(self, argument: Any) -> None:
        self.stored(self._pop())


def _key(key: Any) -> Any:
    return key if isinstance(key, _PLAIN) else Opaque()


def _made(function: Any, arguments: Any) -> Any:
    """What a call makes: of the dicts that keep an order a dict, of everything else a note of it."""
    arguments = arguments if isinstance(arguments, tuple) else ()
    if not isinstance(function, Named) or function.name not in _DICTS:
        return Made(function, arguments)
    pairs = arguments[-1] if arguments and isinstance(arguments[-1], list) else []
    return {_key(pair[0]): pair[1] for pair in pairs if isinstance(pair, (list, tuple)) and len(pair) == 2}


_PUSHED = frozenset(
    [
        "INT",
        "BININT",
        "BININT1",
        "BININT2",
        "LONG",
        "LONG1",
        "LONG4",
        "FLOAT",
        "BINFLOAT",
        "STRING",
        "BINSTRING",
        "SHORT_BINSTRING",
        "BINBYTES",
        "SHORT_BINBYTES",
        "BINBYTES8",
        "BYTEARRAY8",
        "UNICODE",
        "BINUNICODE",
        "SHORT_BINUNICODE",
        "BINUNICODE8",
    ]
)
"""Instructions that put their argument on the stack."""

_NOTHING = frozenset(("PROTO", "FRAME"))
"""Instructions that do nothing here."""

_CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_LIST": list,
    "EMPTY_SET": list,
    "EMPTY_DICT": dict,
    "EMPTY_TUPLE": tuple,
}

_STEPS: dict[str, Callable[[_Machine, Any], None]] = {
    "MARK": _Machine.mark,
    "POP": _Machine.pop,
    "POP_MARK": _Machine.pop_mark,
    "DUP": _Machine.duplicate,
    "PUT": _Machine.put,
    "BINPUT": _Machine.put,
    "LONG_BINPUT": _Machine.put,
    "MEMOIZE": _Machine.memoize,
    "GET": _Machine.get,
    "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get,
    "TUPLE": _Machine.tuple_of_items,
    "TUPLE1": lambda machine, _: machine.tuple_of(1),
    "TUPLE2": lambda machine, _: machine.tuple_of(2),
    "TUPLE3": lambda machine, _: machine.tuple_of(3),
    "LIST": _Machine.list_of_items,
    "FROZENSET": _Machine.list_of_items,
    "DICT": _Machine.dict_of_items,
    "APPEND": _Machine.append,
    "APPENDS": _Machine.appends,
    "ADDITEMS": _Machine.appends,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "GLOBAL": _Machine.named,
    "STACK_GLOBAL": _Machine.stack_named,
    "REDUCE": _Machine.call,
    "NEWOBJ": _Machine.call,
    "NEWOBJ_EX": _Machine.call_with_keywords,
    "INST": _Machine.instance,
    "OBJ": _Machine.object_of_items,
    "BUILD": _Machine.build,
    "PERSID": _Machine.stored,
    "BINPERSID": _Machine.stack_stored,
}

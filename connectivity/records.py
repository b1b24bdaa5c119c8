"""Records: frozen dataclasses whose methods are written once.

:mod:`dataclasses` compiles methods for each class when its module is imported, which for all kinds of layers together
takes a sixth of the time in which a small figure is drawn.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

if TYPE_CHECKING:
    import inspect

R = TypeVar("R", bound="Record")


class _Signature:
    """What ``help`` and :func:`inspect.signature` show of a record: its fields."""

    def __get__(self, instance: object, owner: type[Record]) -> inspect.Signature:
        if owner.__init__ is not Record.__init__:
            raise AttributeError(f"{owner.__name__} is made in a way of its own")
        from inspect import Parameter, Signature

        parameters = []
        for name, field in owner._fields.items():
            kind = Parameter.KEYWORD_ONLY if field.kw_only else Parameter.POSITIONAL_OR_KEYWORD
            default = Parameter.empty if name in owner._required else owner._default(name)
            parameters.append(Parameter(name, kind, default=default, annotation=field.type))
        return Signature(parameters)


class Record:
    """What all records have; each is equal to itself alone. ``__post_init__`` is called as dataclasses do."""

    __signature__: ClassVar[Any] = _Signature()
    _fields: ClassVar[dict[str, dataclasses.Field[Any]]] = {}
    _defaults: ClassVar[dict[str, Any]] = {}
    """All fields in their order, so that records that are equal have them in the same one."""
    _required: ClassVar[frozenset[str]] = frozenset()
    _made: ClassVar[tuple[str, ...]] = ()
    """Fields whose default is made anew for each record."""

    def __init__(self, *values: Any, **said: Any) -> None:
        kind = type(self)
        if values:
            said = kind._named(values, said)
        own = vars(self)
        own.update(kind._defaults)
        own.update(said)
        if len(own) > len(kind._defaults) or not kind._required <= said.keys():
            raise TypeError(kind._mistaken(said))
        for name in kind._made:
            if name not in said:
                own[name] = kind._default(name)
        self.__post_init__()

    def __post_init__(self) -> None:
        """Check what was said, or put it right (by ``vars(self)``)."""

    @classmethod
    def _named(cls, values: tuple[Any, ...], said: dict[str, Any]) -> dict[str, Any]:
        """Values with the names of the fields that they are, and what else is ``said``. Raises TypeError."""
        names = [name for name, field in cls._fields.items() if not field.kw_only]
        if len(values) > len(names):
            raise TypeError(
                f"{cls.__name__}() takes {len(names)} values without a name, not {len(values)}; say name=value"
            )
        named = dict(zip(names, values, strict=False))
        for name in named:
            if name in said:
                raise TypeError(f"{cls.__name__}() got multiple values for argument {name!r}")
        return named | said

    @classmethod
    def _default(cls, name: str) -> Any:
        """The default of a field that has one."""
        factory: Any = cls._fields[name].default_factory
        return factory() if name in cls._made else cls._defaults[name]

    @classmethod
    def _mistaken(cls, said: dict[str, Any]) -> str:
        """What is wrong with the names of what is said."""
        for name in said:
            if name not in cls._fields:
                return f"{cls.__name__}() got an unexpected keyword argument {name!r}"
        missing = ", ".join(repr(name) for name in cls._fields if name in cls._required - said.keys())
        return f"{cls.__name__}() missing required arguments: {missing}"

    def __setattr__(self, name: str, value: Any) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


class Value(Record):
    """A record that is equal to one of the same class that holds the same."""

    def _held(self) -> tuple[Any, ...]:
        own = vars(self)
        return tuple(own[name] for name in self._fields)

    def __eq__(self, other: object) -> bool:
        return self._held() == other._held() if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), self._held()))

    def __repr__(self) -> str:
        said = (
            f"{name}={value!r}"
            for name, value in zip(self._fields, self._held(), strict=True)
            if value != self._defaults[name]
        )
        return f"{type(self).__name__}({', '.join(said)})"


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def record(cls: type[R]) -> type[R]:
    """Make a record of a class that is a :class:`Record` or a :class:`Value`: find its fields."""
    return _with_fields(cls, kw_only=False)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(dataclasses.field,))
def named_record(cls: type[R]) -> type[R]:
    """Make a record whose values are given by the names of their fields alone."""
    return _with_fields(cls, kw_only=True)


def _with_fields(cls: type[R], kw_only: bool) -> type[R]:
    dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)
    cls._fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]  # it is one now
    cls._defaults = {name: field.default for name, field in cls._fields.items()}
    cls._made = tuple(n for n, field in cls._fields.items() if field.default_factory is not dataclasses.MISSING)
    cls._required = frozenset(
        name for name, value in cls._defaults.items() if value is dataclasses.MISSING and name not in cls._made
    )
    return cls

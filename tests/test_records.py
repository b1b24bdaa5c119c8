"""Records: what dataclasses would be, made without compiling anything."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle

import pytest

import connectivity
from connectivity.layers.kinds import KINDS
from connectivity.options import Options
from connectivity.records import Record, Value, named_record, record


@record
class Point(Value):
    x: float
    y: float = 0.0
    tags: list[str] = dataclasses.field(default_factory=list)


@named_record
class Named(Point):
    name: str = "p"


@record
class Checked(Record):
    size: int

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError("too small")


@dataclasses.dataclass(frozen=True)
class Usual:
    """The same as a Point, by dataclasses."""

    x: float
    y: float = 0.0
    tags: list[str] = dataclasses.field(default_factory=list)


def test_values_are_given_in_order_or_by_name() -> None:
    assert Point(1.0, 2.0) == Point(y=2.0, x=1.0) == Point(1.0, y=2.0)
    assert (Point(1.0).y, Point(1.0).tags) == (0.0, [])
    assert Named(1.0, name="q") == Named(x=1.0, name="q") != Named(1.0)


def test_what_is_made_by_default_is_made_for_each() -> None:
    one, other = Point(1.0), Point(1.0)
    one.tags.append("a")
    assert (one.tags, other.tags) == (["a"], [])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Point(), "missing required arguments: 'x'"),  # type: ignore[call-arg]
        (lambda: Point(1.0, z=2), "unexpected keyword argument 'z'"),  # type: ignore[call-arg]
        (lambda: Point(1.0, x=2.0), "multiple values for argument 'x'"),  # type: ignore[misc]
        (lambda: Point(1.0, 2.0, [], 4), "takes 3 values without a name, not 4"),  # type: ignore[call-arg]
        (lambda: Named(1.0, 2.0, [], "q"), "takes 3 values without a name, not 4"),  # type: ignore[call-arg]
        (lambda: Options("a title"), "takes 0 values without a name, not 1"),  # type: ignore[call-arg]
        (lambda: connectivity.Convolution(size=3), "unexpected keyword argument 'size'"),  # type: ignore[call-arg]
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(call: object, said: str) -> None:
    assert callable(call)
    with pytest.raises(TypeError, match=said):
        call()


def test_the_first_name_that_is_none_is_said() -> None:
    with pytest.raises(TypeError, match="'widht'"):
        Options(title="a", widht=1, foo=2, bar=3)  # type: ignore[call-arg]


def test_a_class_may_be_made_in_a_way_of_its_own() -> None:
    class Own(connectivity.Convolution):
        def __init__(self, size: int) -> None:
            super().__init__(kernel_size=size)

    assert [*inspect.signature(Own).parameters] == ["size"]
    assert Own(3).kernel_size == 3


def test_nothing_of_it_changes() -> None:
    point = Point(1.0)
    with pytest.raises(dataclasses.FrozenInstanceError, match="'x'"):
        point.x = 2.0  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError, match="'x'"):
        del point.x
    assert point == Point(1.0)


def test_it_is_checked_when_it_is_made() -> None:
    assert Checked(1).size == 1
    with pytest.raises(ValueError, match="too small"):
        Checked(0)
    with pytest.raises(ValueError, match="too small"):
        dataclasses.replace(Checked(1), size=0)


def test_a_record_is_itself_and_a_value_what_it_holds() -> None:
    assert Checked(1) != Checked(1)
    assert Point(1.0) != Named(1.0)
    assert Point(1.0) != (1.0, 0.0, [])
    assert len({Options(), Options(), Options(title="a")}) == 2


def test_dataclasses_know_it() -> None:
    assert [field.name for field in dataclasses.fields(Point(1.0))] == ["x", "y", "tags"]
    assert dataclasses.replace(Point(1.0), y=3.0) == Point(1.0, 3.0)
    assert dataclasses.asdict(Point(1.0)) == dataclasses.asdict(Usual(1.0))
    assert inspect.signature(Point).parameters.keys() == inspect.signature(Usual).parameters.keys()
    assert (
        str(inspect.signature(Named)) == "(x: 'float', y: 'float' = 0.0, tags: 'list[str]' = [], *, name: 'str' = 'p')"
    )


def test_a_text_says_what_is_not_as_usual() -> None:
    assert repr(Point(1.0, tags=["a"])) == "Point(x=1.0, tags=['a'])"
    assert repr(connectivity.Convolution(kernel_size=3)) == "Convolution(kernel_size=3)"


def test_copies_are_equal() -> None:
    point = Point(1.0, 2.0, ["a"])
    assert pickle.loads(pickle.dumps(point)) == copy.deepcopy(point) == copy.copy(point) == point
    assert copy.deepcopy(point).tags is not point.tags


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_of_layer_is_one(kind: type[Record]) -> None:
    parameters = inspect.signature(kind).parameters
    assert [*parameters] == [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    assert {parameter.kind for parameter in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}

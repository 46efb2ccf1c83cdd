"""Hypothesis strategies for Resource classes over every type that can be stored, with instances of them.

The instances are normal: what is stored of one comes back equal in value *and* type. So aware datetimes are the only
values that may come back otherwise, as the same instant in UTC, and values of no declared type hold no integral float.
"""

import itertools
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, IntFlag
from ipaddress import IPv4Address
from typing import Annotated, Any, Generic, Literal, NamedTuple, Optional, TypeVar, Union
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from pydantic import VERSION, BaseModel, ConfigDict, Field, HttpUrl, RootModel, create_model
from typing_extensions import TypedDict

from sst_repo.resource import Resource

T = TypeVar("T")
_MAX_NUMBER = 10**38 - 1
_SMALLEST, _GREATEST = 1e-130, 9.9e125
_SERIAL = itertools.count()  # two models of one union need two names
# Older ones don't hand `by_name` on to dataclasses within; so the instances could not be made.
_ALIASES = (None, str.upper) if tuple(map(int, VERSION.split(".")[:2])) >= (2, 14) else (None,)
_FIELD_NAMES = ("name", "kind", "S", "N", "M", "root", "pk_", "größe")


@dataclass(frozen=True)
class Typed:
    """A type, and a strategy for its values."""

    annotation: Any
    values: st.SearchStrategy[Any]


class Colour(Enum):
    """An Enum that is stored by value, as text."""

    RED = "red"
    BLUE = ""


class Level(IntEnum):
    """An Enum that is stored by value, as a number."""

    LOW = 1
    HIGH = 2


class Access(IntFlag):
    """A Flag."""

    READ = 1
    WRITE = 2


class Mixed(Enum):
    """An Enum that is stored by name."""

    ONE = 1
    TEXT = "1"
    PAIR = (1, "1")


class Cat(BaseModel):
    """A model that its kind tells from a dog."""

    kind: Literal["cat"] = "cat"
    lives: int


class Dog(BaseModel):
    """A model that its kind tells from a cat."""

    kind: Literal["dog"] = "dog"
    lives: int


class Circle(BaseModel):
    """A model that only its name tells from a square."""

    model_config = ConfigDict(frozen=True)
    size: float


class Square(BaseModel):
    """A model that only its name tells from a circle."""

    model_config = ConfigDict(frozen=True)
    size: float


class Node(BaseModel):
    """A model that holds itself."""

    value: int
    children: list["Node"] = []
    next: Optional["Node"] = None


class Names(RootModel[list[str]]):
    """A model without field names."""


class Box(BaseModel, Generic[T]):
    """A generic model."""

    content: T


class Point(NamedTuple):
    """A named tuple."""

    x: int
    y: float | None = None


class Options(TypedDict, total=False):
    """A dict with known keys."""

    colour: Colour
    depth: int | None


@dataclass(frozen=True)
class Money:
    """A dataclass."""

    amount: Decimal
    currency: Literal["EUR", "USD"] = "EUR"


def numbers() -> st.SearchStrategy[int]:
    """Draw ints that DynamoDB can hold."""
    return st.integers(-_MAX_NUMBER, _MAX_NUMBER)


def reals() -> st.SearchStrategy[float]:
    """Draw floats that DynamoDB can hold."""
    return st.one_of(
        st.sampled_from((0.0, -0.0, 1 / 3, 1e-120, 1e23)),
        st.floats(_SMALLEST, _GREATEST),
        st.floats(-_GREATEST, -_SMALLEST),
    )


def decimals() -> st.SearchStrategy[Decimal]:
    """Draw Decimals that DynamoDB can hold."""
    return st.tuples(numbers(), st.integers(-130, 88)).map(lambda parts: Decimal(f"{parts[0]}E{parts[1]}"))


def trees() -> st.SearchStrategy[Any]:
    """Draw values of no declared type."""
    fractions = reals().filter(lambda number: not number.is_integer())
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        numbers(),
        fractions,
        st.text(),
        st.binary(),
        st.sets(st.text(), min_size=1),
        st.sets(st.binary(), min_size=1),
        st.sets(numbers() | fractions, min_size=1),
    )
    return st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6)


def datetimes() -> st.SearchStrategy[datetime]:
    """Draw naive and aware datetimes, also such that a clock set back repeats."""
    zones = (UTC, timezone(timedelta(hours=-9, minutes=-30)), ZoneInfo("Europe/Berlin"))
    # Within a day of the ends of the calendar there may be no such instant in UTC.
    first, last = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001 - Hypothesis wants the bounds naive
    return st.datetimes(first, last) | st.datetimes(first, last, timezones=st.sampled_from(zones))


def _times() -> st.SearchStrategy[time]:
    return st.times(timezones=st.none() | st.just(timezone(timedelta(hours=2))))


_SCALARS = (
    Typed(str, st.text()),
    Typed(bytes, st.binary()),
    Typed(bool, st.booleans()),
    Typed(int, numbers()),
    Typed(float, reals()),
    Typed(Decimal, decimals()),
    Typed(datetime, datetimes()),
    Typed(date, st.dates()),
    Typed(time, _times()),
    Typed(timedelta, st.timedeltas()),
    Typed(UUID, st.uuids()),
    Typed(Colour, st.sampled_from(Colour)),
    Typed(Level, st.sampled_from(Level)),
    Typed(Access, st.sampled_from([Access(bits) for bits in range(4)])),
    Typed(Mixed, st.sampled_from(Mixed)),
    Typed(Literal["a", 1, True, b"", Colour.RED], st.sampled_from(["a", 1, True, b"", Colour.RED])),
    Typed(IPv4Address, st.ip_addresses(v=4)),
)

_CATS = st.builds(Cat, lives=numbers())
_DOGS = st.builds(Dog, lives=numbers())
_CIRCLES = st.builds(Circle, size=reals())
_SQUARES = st.builds(Square, size=reals())
_NODES = st.recursive(
    st.builds(Node, value=numbers()),
    lambda inner: st.builds(Node, value=numbers(), children=st.lists(inner, max_size=2), next=st.none() | inner),
    max_leaves=4,
)
_POINTS = st.builds(Point, numbers(), st.none() | reals())

_OPTIONS = st.fixed_dictionaries({}, optional={"colour": st.sampled_from(Colour), "depth": st.none() | numbers()})

_STRUCTURES = (
    Typed(Any, trees()),
    Typed(Annotated[Cat | Dog, Field(discriminator="kind")], _CATS | _DOGS),
    Typed(Circle | Square, _CIRCLES | _SQUARES),
    Typed(Node, _NODES),
    Typed(Names, st.lists(st.text()).map(Names)),
    Typed(Box[int | str], st.builds(Box[int | str], content=numbers() | st.text())),
    Typed(Point, _POINTS),
    Typed(Options, _OPTIONS),
    Typed(Money, st.builds(Money, decimals(), st.sampled_from(["EUR", "USD"]))),
    Typed(HttpUrl, st.sampled_from(["http://example.com/", "https://example.com/a?b=%20"]).map(HttpUrl)),
)


def _of(generic: Any, *arguments: Any) -> Any:  # noqa: ANN401 - types made at run time are nothing to a type checker
    return generic[arguments[0] if len(arguments) == 1 else arguments]


def _hashable(inner: st.SearchStrategy[Typed]) -> st.SearchStrategy[Typed]:
    return st.one_of(
        inner.map(lambda item: Typed(_of(tuple, item.annotation, ...), st.lists(item.values, max_size=3).map(tuple))),
        inner.map(lambda item: Typed(_of(frozenset, item.annotation), st.frozensets(item.values, max_size=3))),
        st.tuples(inner, inner).map(_pair),
        st.tuples(inner, inner).map(_union),
        inner.map(_optional),
    )


def _pair(items: tuple[Typed, Typed]) -> Typed:
    one, other = items
    return Typed(_of(tuple, one.annotation, other.annotation), st.tuples(one.values, other.values))


def _union(arms: tuple[Typed, ...]) -> Typed:
    return Typed(_of(Union, *(arm.annotation for arm in arms)), st.one_of(*(arm.values for arm in arms)))


def _optional(item: Typed) -> Typed:
    return Typed(_of(Union, item.annotation, None), st.none() | item.values)


_KEYS: st.SearchStrategy[Typed] = st.recursive(
    st.sampled_from(_SCALARS) | st.just(Typed(Circle, _CIRCLES)),
    _hashable,
    max_leaves=2,
)


def _nested(inner: st.SearchStrategy[Typed]) -> st.SearchStrategy[Typed]:
    return st.one_of(
        inner.map(lambda item: Typed(_of(list, item.annotation), st.lists(item.values, max_size=3))),
        inner.map(lambda item: Typed(_of(deque, item.annotation), st.lists(item.values, max_size=3).map(deque))),
        _KEYS.map(lambda item: Typed(_of(set, item.annotation), st.sets(item.values, max_size=4))),
        st.tuples(_KEYS, inner).map(lambda both: _dictionary(dict, *both)),
        st.tuples(_KEYS, inner).map(lambda both: _dictionary(OrderedDict, *both)),
        st.tuples(inner, inner).map(_pair),
        st.tuples(inner, inner, inner).map(_union),
        inner.map(_optional),
        inner.map(_model),
    )


def _dictionary(make: type[dict[Any, Any]], key: Typed, item: Typed) -> Typed:
    values = st.dictionaries(key.values, item.values, max_size=3, dict_class=make)
    return Typed(_of(make, key.annotation, item.annotation), values)


def _model(item: Typed) -> Typed:
    kind = create_model(f"Part{next(_SERIAL)}", content=(item.annotation, ...), note=(str | None, None))
    values = st.fixed_dictionaries({"content": item.values}, optional={"note": st.none() | st.text()})
    return Typed(kind, values.map(kind.model_validate))


_TYPES: st.SearchStrategy[Typed] = st.recursive(
    st.sampled_from(_SCALARS + _STRUCTURES) | _KEYS,
    _nested,
    max_leaves=3,
)


def _field(draw: st.DrawFn) -> tuple[Typed, Any]:
    typed = draw(_TYPES)
    default = draw(st.sampled_from(("none", "value", "factory", "required")))
    if default == "none":
        return _optional(typed), None
    if default == "value":
        return typed, draw(typed.values)
    if default == "factory":
        value = draw(typed.values)
        return typed, Field(default_factory=lambda: value)
    return typed, ...


@st.composite
def models_with_instances(draw: st.DrawFn, base: type[Resource] = Resource) -> tuple[type[Resource], Resource]:
    """Draw a class below `base`, and a storable instance of it."""
    extra = draw(st.sampled_from(("ignore", "forbid", "allow")))
    config = {
        "extra": extra,
        "strict": draw(st.booleans()),
        "frozen": draw(st.booleans()),
        "alias_generator": draw(st.sampled_from(_ALIASES)),
        "revalidate_instances": draw(st.sampled_from(("never", "always"))),
    }
    names = draw(st.lists(st.sampled_from(_FIELD_NAMES), min_size=1, max_size=4, unique=True))
    fields = {name: _field(draw) for name in names}
    definitions: dict[str, Any] = {name: (typed.annotation, default) for name, (typed, default) in fields.items()}
    model = create_model("Thing", __base__=base, __cls_kwargs__=config, **definitions)
    values = {
        name: draw(typed.values) for name, (typed, default) in fields.items() if default is ... or draw(st.booleans())
    }
    if extra == "allow":
        values |= draw(st.dictionaries(st.sampled_from(("more", "été", "0")), trees(), max_size=2))
    return model, model.model_validate(values, by_name=True, by_alias=False)

"""Key text: sorts like the values, equal for equal ones, and nothing leaks from one part into the next."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, Any, Literal, NewType
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, Field, NaiveDatetime
from typing_extensions import TypeAliasType

from sst_repo import ModelError
from sst_repo.indexes import Operator
from sst_repo.mapping.compiler import Compiler
from sst_repo.mapping.sortable import KeyCodec, following, join, key_codec, number_text, span
from sst_repo.mapping.values import Misfit

Sku = NewType("Sku", str)
Name = TypeAliasType("Name", str | None)
Tree = TypeAliasType("Tree", "list[Tree]")


class Color(Enum):
    RED = "r"
    BLUE = "b"


class Level(IntEnum):
    LOW = 1
    HIGH = 10


class Status(StrEnum):
    OPEN = "open"
    PAID = "paid"


class Oddity(Enum):
    PAIR = (1, 2)
    NOTHING = None


class Point(BaseModel):
    x: int = 0


def codec(annotation: Any) -> KeyCodec:
    return key_codec(Compiler().compile(annotation))


def text(annotation: Any, value: object) -> str:
    return codec(annotation).text(value)


TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from(' !"#$%?_abc\x00\x1f\ud7ff\ue000\U0010ffff'), st.characters(codec="utf-8")),
    max_size=5,
)
"""Characters around the delimiter, the surrogates and the end, and any others."""

INTEGERS = st.one_of(st.integers(-200, 200), st.integers(), st.integers(-(10**60), 10**60))
FLOATS = st.one_of(
    st.sampled_from([0.0, -0.0, 0.1, 5e-324, 1e23, 1.7e308, -1e-5]), st.floats(allow_nan=False, allow_infinity=False)
)
DECIMALS = st.one_of(
    st.decimals(-100, 100, places=3),
    st.decimals(allow_nan=False, allow_infinity=False).filter(lambda number: abs(number.adjusted()) <= 1000),
)
ZONES = st.builds(lambda minutes: timezone(timedelta(minutes=minutes)), st.integers(-720, 840))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1))
AWARE = st.one_of(
    st.builds(lambda moment, zone: moment.replace(tzinfo=zone), MOMENTS, ZONES),
    st.builds(lambda hour, zone: datetime(2026, 1, 31, hour, tzinfo=zone), st.integers(0, 23), ZONES),
)

ORDERED: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (str, TEXTS),
    (Sku, TEXTS),
    (Name, TEXTS),
    (int, INTEGERS),
    (Annotated[int, Field(ge=0)], st.integers(0)),
    (float, FLOATS),
    (Decimal, DECIMALS),
    (Decimal | int, st.one_of(DECIMALS, INTEGERS)),
    (float | int | Decimal, st.one_of(FLOATS, INTEGERS, DECIMALS)),
    (bool, st.booleans()),
    (date, st.dates()),
    (datetime, AWARE),
    (AwareDatetime, AWARE),
    (NaiveDatetime, st.datetimes()),
    (time, st.times()),
    (timedelta, st.timedeltas()),
    (UUID, st.uuids()),
    (bytes, st.binary(max_size=4)),
    (Level, st.sampled_from(Level)),
    (Status, st.sampled_from(Status)),
    (Literal[1, 2, 10], st.sampled_from([1, 2, 10])),
    (Literal["a", "a b", "a#"], st.sampled_from(["a", "a b", "a#"])),
    (str | None, TEXTS),
]


# -- one value


@pytest.mark.parametrize(("annotation", "values"), ORDERED, ids=lambda given: str(given)[:40])
def test_texts_compare_as_the_values_do(annotation: Any, values: st.SearchStrategy[Any]) -> None:
    of = codec(annotation).text

    @given(values, values)
    def compare(one: Any, other: Any) -> None:
        assert (of(one) == of(other)) == (one == other)
        assert (of(one).encode() < of(other).encode()) == (one < other)
        assert (join([of(one)]) < join([of(other)])) == (one < other)

    compare()


def test_equal_numbers_have_one_text_whatever_their_type() -> None:
    of = codec(int | float | Decimal).text

    assert of(1) == of(1.0) == of(Decimal("1.00"))
    assert of(0) == of(-0.0) == of(Decimal("-0.000"))


def test_a_float_beside_decimals_goes_by_its_exact_value_as_in_python() -> None:
    of = codec(float | Decimal).text

    assert of(0.1) > of(Decimal("0.1"))
    assert of(1e23) < of(Decimal("1E+23"))


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        (str, "Bonn", "Bonn"),
        (str, "", ""),
        (str, "New York", "New$_York"),
        (str, "a#b", "a$bb"),
        (str, "5$", "5$c"),
        (str, "\x00", "$?"),
        (int, 0, "a0"),
        (int, 42, "b42"),
        (int, -100, "-x899~"),
        (int, 10**24, "y1" + "0" * 24),
        (int, 10**25, "z00261" + "0" * 25),
        (float, 0.05, "a0.05"),
        (Decimal, Decimal("9.90"), "a9.9"),
        (Decimal, 10, "b10"),
        (bool, True, "true"),
        (date, date(2026, 1, 31), "2026-01-31"),
        (datetime, datetime(2026, 1, 31, 13, tzinfo=timezone(timedelta(hours=1))), "2026-01-31T12:00:00.000000Z"),
        (datetime, datetime(2026, 1, 31, 12), "2026-01-31T12:00:00.000000"),
        (time, time(12), "12:00:00.000000"),
        (timedelta, timedelta(hours=1), "d3600"),
        (UUID, UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (bytes, b"\x00\xff", "00ff"),
        (Color, Color.RED, "r"),
        (Level, Level.HIGH, "b10"),
        (Oddity, Oddity.PAIR, "PAIR"),
    ],
)
def test_texts_are_readable(annotation: Any, value: object, expected: str) -> None:
    assert text(annotation, value) == expected


@pytest.mark.parametrize(
    ("annotation", "value", "reason"),
    [
        (float, math.nan, "no place"),
        (float, math.inf, "no place"),
        (Decimal, Decimal("NaN"), "no place"),
        (Decimal, Decimal("sNaN"), "no place"),
        (Decimal, Decimal("1E+999999"), "too long"),
        (Decimal, 1.5, "expected Decimal, found float"),
        (Decimal, True, "expected Decimal, found bool"),
        (float, 2**53 + 1, "no exact float"),
        (float, 10**400, "too large"),
        (int, 1.0, "expected int"),
        (int, True, "expected int"),
        (str, 1, "expected str"),
        (str, None, "expected str"),
        (str, "\ud800", "surrogate"),
        (date, datetime(2026, 1, 31), "expected date"),
        (datetime, date(2026, 1, 31), "expected datetime"),
        (datetime, datetime.min.replace(tzinfo=timezone(timedelta(hours=1))), "out of range"),
        (time, time(12, tzinfo=UTC), "time zone"),
        (Color, "r", "expected Color"),
        (Literal["a"], "b", "expected Literal"),
        (str | None, None, "expected str"),
    ],
)
def test_what_has_no_place_in_the_order_is_refused(annotation: Any, value: object, reason: str) -> None:
    with pytest.raises(Misfit, match=reason):
        text(annotation, value)


@pytest.mark.parametrize(
    "annotation",
    [
        list[str],
        dict[str, int],
        set[int],
        tuple[int, int],
        Point,
        Any,
        int | str,
        str | datetime,
        bool | int,
        Tree,
        None,
    ],
    ids=str,
)
def test_types_without_an_order_are_refused(annotation: Any) -> None:
    with pytest.raises(ModelError, match="no order"):
        codec(annotation)


# -- keys of several parts

PARTS: list[Callable[[Any], str]] = [codec(str).text, codec(int).text, codec(str).text]
TUPLES = st.tuples(TEXTS, st.integers(-20, 20), TEXTS)


def key(values: tuple[Any, ...]) -> str:
    return join(write(value) for write, value in zip(PARTS, values, strict=False))


@given(TUPLES, TUPLES)
@example(("a", 1, ""), ("a#b", 1, ""))
@example(("", 0, ""), ("\x00", 0, ""))
@example(("a", 0, "b"), ("a ", 0, "b"))
def test_keys_compare_as_tuples_do(one: tuple[str, int, str], other: tuple[str, int, str]) -> None:
    assert (key(one) == key(other)) == (one == other)
    assert (key(one).encode() < key(other).encode()) == (one < other)


@given(st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=4))
def test_only_keys_of_tuples_that_begin_alike_begin_alike(one: list[str], other: list[str]) -> None:
    write = codec(str).text
    starts = join(map(write, other)).startswith(join(map(write, one)))

    assert starts == (other[: len(one)] == one)


def test_no_key_is_empty() -> None:
    assert join([text(str, "")])
    assert join([text(bytes, b"")])


# -- ranges

HOLDS: dict[Operator, Callable[[Any, Any], bool]] = {
    "eq": lambda part, value: bool(part == value),
    "lt": lambda part, value: bool(part < value),
    "le": lambda part, value: bool(part <= value),
    "gt": lambda part, value: bool(part > value),
    "ge": lambda part, value: bool(part >= value),
}


def within(keys: list[tuple[Any, ...]], first: str | None, last: str | None) -> list[tuple[Any, ...]]:
    """What DynamoDB would answer: it compares bytes, and refuses empty bounds and ranges that end before they begin."""
    assert first != ""
    assert last != ""
    assert first is None or last is None or first.encode() <= last.encode()
    return [
        values
        for values in keys
        if (first is None or key(values).encode() >= first.encode())
        and (last is None or key(values).encode() <= last.encode())
    ]


@given(st.lists(TUPLES, min_size=1), st.data())
def test_ranges_are_exact_at_every_depth(rows: list[tuple[Any, ...]], data: st.DataObject) -> None:
    depth = data.draw(st.integers(0, 2))
    asked = data.draw(st.one_of(st.sampled_from(rows), TUPLES))
    other = data.draw(st.one_of(st.sampled_from(rows), TUPLES))[depth]
    leading, value = asked[:depth], asked[depth]
    low, high = PARTS[depth](value), PARTS[depth](other)
    alike = [row for row in rows if row[:depth] == leading]

    for operator, holds in HOLDS.items():
        expected = [row for row in alike if holds(row[depth], value)]
        assert within(rows, *span(key(leading), operator, low)) == expected
    assert within(rows, *span(key(leading), "between", low, high)) == [
        row for row in alike if value <= row[depth] <= other
    ]
    assert within(rows, *span(key(leading), "all")) == alike


@given(st.lists(TUPLES, min_size=1), st.data())
def test_beginnings_are_exact(rows: list[tuple[Any, ...]], data: st.DataObject) -> None:
    depth = data.draw(st.sampled_from([0, 2]))
    asked: tuple[Any, ...] = data.draw(st.one_of(st.sampled_from(rows), TUPLES))
    start = asked[depth][: data.draw(st.integers(0, 2))]
    first, last = span(key(asked[:depth]), "begins_with", codec(str).beginning(start))

    assert within(rows, first, last) == [
        row for row in rows if row[:depth] == asked[:depth] and row[depth].startswith(start)
    ]


@pytest.mark.parametrize(
    ("annotation", "start", "expected"),
    [(str, "a ", "a$_"), (bytes, b"\xff", "ff"), (Status, "op", "op"), (Literal["x y"], "x ", "x$_")],
)
def test_beginnings_of_text_and_bytes(annotation: Any, start: object, expected: str) -> None:
    assert codec(annotation).beginning(start) == expected


@pytest.mark.parametrize(
    ("annotation", "start", "reason"),
    [
        (int, 1, "can't begin"),
        (datetime, "2026", "can't begin"),
        (str, 1, "expected str"),
        (str, "\ud800", "surrogate"),
    ],
)
def test_other_beginnings_are_refused(annotation: Any, start: object, reason: str) -> None:
    with pytest.raises(Misfit, match=reason):
        codec(annotation).beginning(start)


def test_what_follows_skips_surrogates_and_the_end_of_unicode() -> None:
    assert following("a") == "b"
    assert following("\ud7ff") == "\ue000"
    assert following("a\U0010ffff\U0010ffff") == "b"
    assert following("\U0010ffff") is None
    assert following("") is None


def test_a_number_as_large_as_a_key_may_be_has_a_text() -> None:
    assert number_text(Decimal(10) ** 1000) == "z1001" + "1" + "0" * 1000

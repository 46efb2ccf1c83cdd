from collections import OrderedDict
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from ipaddress import IPv4Address
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given
from pydantic import BaseModel, ConfigDict

from sst_repo.conditions import Condition, F
from sst_repo.core.filters import In, Or, satisfies
from sst_repo.core.records import AttributeValue
from sst_repo.errors import InvalidQueryError
from sst_repo.mapping.codec import codec_for
from sst_repo.mapping.filters import resolve
from sst_repo.resource import Resource
from sst_repo.testing.strategies import models_with_instances


class Status(StrEnum):
    OPEN = "open"
    PAID = "paid"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Colour(Enum):
    RED = "red"


class Line(BaseModel):
    sku: str
    price: Decimal = Decimal(1)
    note: str | None = None


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    name: str


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    name: str | None = None
    tricks: int = 0


type_code = Literal["a", "b"]


class Thing(Resource):
    total: Decimal = Decimal("9.5")
    weight: float = 2
    count: int = 3
    status: Status = Status.OPEN
    level: Level = Level.HIGH
    colour: Colour = Colour.RED
    code: type_code = "a"
    note: str | None = None
    must: str | None
    none: int = None  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType] - some write it so
    flag: bool = True
    raw: bytes = b"\x01\x80"
    at: datetime = datetime(2026, 5, 6, 12, tzinfo=timezone(timedelta(hours=2)))
    day: date = date(2026, 5, 6)
    clock: time = time(9)
    span: timedelta = timedelta(seconds=90)
    uid: UUID = UUID(int=5)
    address: IPv4Address = IPv4Address("10.0.0.1")
    tags: set[str] = {"a", "b"}  # noqa: RUF012 - pydantic copies defaults
    bare: frozenset[int] = frozenset()
    pairs: set[tuple[int, int]] = {(1, 2)}  # noqa: RUF012 - pydantic copies defaults
    lines: list[Line] = [Line(sku="x")]  # noqa: RUF012 - pydantic copies defaults
    two: tuple[int, str] = (1, "one")
    by_day: dict[date, int] = {date(2026, 5, 6): 7}  # noqa: RUF012 - pydantic copies defaults
    by_text: dict[str, int] = {"": 1}  # noqa: RUF012 - pydantic copies defaults
    ordered: OrderedDict[str, int] = OrderedDict(a=1)  # noqa: RUF012 - pydantic copies defaults
    either: int | float = 2.5
    mixed: str | datetime | None = "text"
    some: list[int | float] = [1, 2.5]  # noqa: RUF012 - pydantic copies defaults
    pet: Cat | Dog = Cat(name="Tom")
    maybe: Line | None = None
    tree: Any = {"a": [1, {"b": "c"}], "t": "text"}  # noqa: RUF012 - pydantic copies defaults


CODEC = codec_for(Thing)
STORED: dict[str, AttributeValue] = {
    **CODEC.encode(Thing(must=None)),
    "_v": {"N": "4"},
    "_c": {"S": "2026-01-01T00:00:00.000000Z"},
    "_u": {"S": "2026-02-01T00:00:00.000000Z"},
}


@pytest.mark.parametrize(
    "holding",
    [
        F.total > 9,
        F.total == Decimal("9.50"),
        F.total.between(9, 10),
        F.total.is_in([1, Decimal("9.5")]),
        F.count.is_in(range(350)),
        F.weight == 2,
        F.weight <= 2.0,
        F.status == Status.OPEN,
        F.status == "open",
        F.status > "o",
        F.status < Status.PAID,
        F.status.begins_with("op"),
        F.level > 1,
        F.level >= Level.HIGH,
        F.colour == Colour.RED,
        F.code < "b",
        F.code > "A",
        F.note == None,  # noqa: E711
        ~(F.note != None),  # noqa: E711
        F.note != "x",
        F.note.missing(),
        F.note.is_in(["x", None]),
        F.none == None,  # noqa: E711
        F.must == None,  # noqa: E711
        F.must.exists(),
        F.must.type_is("NULL"),
        F.flag == True,  # noqa: E712
        F.raw > b"\x01\x7f",
        F.raw.contains(b"\x80"),
        F.raw.size() == 2,
        F.at == datetime(2026, 5, 6, 10, tzinfo=UTC),
        F.at > datetime(2026, 5, 6, 11, tzinfo=timezone(timedelta(hours=2))),
        F.day >= date(2026, 5, 6),
        F.clock > time(8),
        F.span > timedelta(minutes=1),
        F.uid == UUID(int=5),
        F.uid > UUID(int=4),
        F.address == IPv4Address("10.0.0.1"),
        pytest.param(F.tags == {"b", "a"}, id="a set"),  # of which the repr differs from process to process
        pytest.param(F.tags == frozenset({"b", "a"}), id="a frozenset"),
        F.tags.contains("a"),
        F.tags.size() == 2,
        F.tags.size() != 3,
        F.bare == set(),
        F.bare.size() == 0,
        ~F.bare.contains(1),
        F.pairs.contains((1, 2)),
        F.lines[0].sku == "x",
        F.lines[0].note == None,  # noqa: E711
        F.lines[0].price > 0,
        F.lines.contains(Line(sku="x")),
        F.lines == [Line(sku="x")],
        F.lines[1].sku != "x",
        F.two[1] == "one",
        F.two.contains("one"),
        F.by_day[date(2026, 5, 6)] == 7,
        F.by_text[""] == 1,
        F.by_text.size() == 1,
        F.ordered.size() == 1,
        F.either > 2,
        F.either == 2.5,
        F.either != 2,
        F.either.is_in([2, 2.5]),
        F.either.type_is("N"),
        F.either.exists(),
        F.mixed == "text",
        F.mixed.begins_with("te"),
        F.mixed.contains("ex"),
        F.mixed.size() == 4,
        F.mixed != None,  # noqa: E711
        F.some.contains(1),
        F.some == [1, 2.5],
        F.some[1] == 2.5,
        F.pet == Cat(name="Tom"),
        F.pet.name == "Tom",
        F.pet.kind == "cat",
        F.pet.tricks != 3,
        F.maybe == None,  # noqa: E711
        F.maybe.sku.missing(),
        F.tree.a[1].b == "c",
        F.tree["t"].begins_with("te"),
        F.tree.t > "tex",
        F.tree.a.contains(1),
        F.tree.a.size() == 2,
        F.version == 4,
        F.created_at < datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=1))),
        (F.updated_at > datetime(2026, 1, 31, tzinfo=UTC)) & (F.total > 1) & ~(F.count == 4),
        (F.count == 4) | (F.count == 3),
        ~F.count.is_in([]),
    ],
    ids=repr,
)
def test_a_condition_means_what_pythons_reader_thinks(holding: Condition) -> None:
    assert satisfies(resolve(holding, CODEC), STORED)
    assert not satisfies(resolve(~holding, CODEC), STORED)


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (F.nope == 1, r"Thing: F\.nope: Thing has no field 'nope'; it has total, "),
        (F[0] == 1, r"F\[0\]: Thing has no field 0"),
        (F["_v"] == 1, "has no field '_v'"),
        (F.resource_id == "x", "use get or get_many"),
        (F.total == "5", "expected Decimal, found str"),
        (F.total > 1.5, "expected Decimal, found float"),
        (F.total > None, "expected Decimal, found NoneType"),
        (F.total == None, "expected Decimal, found NoneType"),  # noqa: E711
        (F.must > None, "expected str, found NoneType"),
        (F.must == 5, "expected str, found int"),
        (F.total.cents == 1, "Decimal has no parts, so no 'cents'"),
        (F.total.size() == 1, "Decimal has no size"),
        (F.total.contains(1), "no text or bytes"),
        (F.day.begins_with("2026"), "no text or bytes"),
        (F.note.begins_with(b"1"), "expected str, found bytes"),
        (F.status == "opne", "what is stored is not a member of Status"),
        (F.code == "c", "expected Literal"),
        (F.colour > Colour.RED, "not stored in an order"),
        (F.colour == "red", "expected Colour, found str"),
        (F.flag > False, "not stored in an order"),
        (F.clock > time(8, tzinfo=UTC), "not stored in an order"),
        (F.address > IPv4Address("1.1.1.1"), "not stored in an order"),
        (F.tags > {"a"}, "not stored in an order"),
        (F.tree > [1], "not stored in an order"),
        (F.tags[0] == "a", r"use contains\(\)"),
        (F.tags.contains(1), "expected str, found int"),
        (F.by_text.contains("a"), r"\[key\]\.exists\(\)"),
        (F.by_day["2026"] == 1, "expected date, found str"),
        (F.ordered["a"] == 1, "list of pairs"),
        (F.lines.sku == "x", "give an index"),
        (F.lines[-1].sku == "x", "counts from the beginning"),
        (F.lines[10**9].sku == "x", "not from 0 to"),
        (F.lines[True].sku == "x", "give an index"),
        (F.lines[0].skew == "x", r"F\.lines\[0\]\.skew: Line has no field 'skew'; it has sku, price, note"),
        (F.lines == [1], r"F\.lines\[0\]: expected Line"),
        (F.two[2] == 1, "has no item 2"),
        (F.pet.nope == 1, "Cat has no field 'nope'; it has kind, name; Dog has no field 'nope'"),
        (F.some.contains("x"), "expected float | int, found str"),
        (F.created_at > datetime(2026, 1, 1), "without a time zone"),
        (F.tree["a" * 70_000] == 1, "more than 65535 bytes"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_path_and_what_is_there(mistake: Condition, message: str) -> None:
    with pytest.raises(InvalidQueryError, match=message):
        resolve(mistake, CODEC)


def test_a_path_of_more_steps_than_dynamodb_follows_is_refused() -> None:
    path = F.tree
    for _ in range(32):
        path = path[0]
    with pytest.raises(InvalidQueryError, match="longer than 32 steps"):
        resolve(path == 1, CODEC)


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(InvalidQueryError, match="nested deeper"):
        resolve(F.tree == value, CODEC)


def test_no_more_than_a_hundred_values_are_asked_for_at_once() -> None:
    asked = resolve(F.count.is_in(range(201)), CODEC)

    assert isinstance(asked, Or)
    assert [len(each.values) for each in asked.filters if isinstance(each, In)] == [100, 100, 1]


def test_what_is_no_condition_is_refused() -> None:
    with pytest.raises(InvalidQueryError, match="make one of F"):
        resolve(F.total, CODEC)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


class Open(Resource):
    model_config = ConfigDict(extra="allow")
    name: str


class Closed(Resource):
    model_config = ConfigDict(extra="forbid")
    name: str


def test_extras_are_trees_of_any_name_but_the_librarys() -> None:
    stored = codec_for(Open).encode(Open.model_validate({"name": "x", "more": {"a": [1]}}))
    assert satisfies(resolve(F.more.a[0] == 1, codec_for(Open)), stored)
    for name in ("pk", "gsi1pk"):
        with pytest.raises(InvalidQueryError, match="belong to the library"):
            resolve(F[name] == "x", codec_for(Open))
    with pytest.raises(InvalidQueryError, match="has no field 'more'"):
        resolve(F.more == 1, codec_for(Closed))


@given(models_with_instances())
def test_a_resource_of_any_type_is_found_by_each_of_its_values(drawn: tuple[type[Resource], Resource]) -> None:
    model, resource = drawn
    codec = codec_for(model)
    stored = codec.encode(resource)
    for name in codec.members.fields:
        value = getattr(resource, name.name)
        for found in (F[name.name] == value, F[name.name].is_in([value]), ~(F[name.name] != value)):
            assert satisfies(resolve(found, codec), stored), found

"""What is read in one pass is what the codec reads; what the codec refuses is not read in one pass either."""

import copy
import os
import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, PrivateAttr, field_validator, model_validator

from sst_repo.core import layout
from sst_repo.core.records import Record
from sst_repo.core.times import utc_text
from sst_repo.core.wire import Body, bare_list, canonical, encode
from sst_repo.errors import CorruptRecordError, UnstorableValueError
from sst_repo.mapping.schema import schema_of
from sst_repo.resource import Resource, image_of
from sst_repo.testing.strategies import models_with_instances
from tests.unit.mapping.test_codec_properties import Pair, exact, odd_values, places_in

NOW = datetime(2026, 1, 31, 12, 30, 0, 5, tzinfo=UTC)
MUTANTS_A_MODEL = 25
ODD: tuple[Any, ...] = (
    *odd_values,
    *({"S": "x"}, {"S": ""}, {"S": "2026-01-31T12:00:00.000000Z"}, {"S": "2026-01-31T12:00:00+02:00"}, {"S": "24:00"}),
    *(
        {"N": text}
        for text in ("1", "1.0", "-0", "007", "1E+2", "1e400", "NaN", "Infinity", " 1", "1_0", "-0.50", "0.1")
    ),
    *({"L": []}, {"M": {}}, {"L": [{"S": "x"}, {"N": "1"}]}, {"M": {"a": {"N": "1"}}}, {"M": {"\0": {"S": "x"}}}),
    *({"SS": ["b", "a"]}, {"NS": ["1.0", "1E1"]}, {"B": "AQI="}, {"B": "A-I="}, {"BS": ["AQI="]}),
)

MODELS = int(os.environ.get("MODELS", "60"))
"""So many classes are tried; `make fuzz` tries more."""

modest = settings(
    max_examples=MODELS, deadline=None, suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large)
)


def row_of(resource: Resource) -> dict[str, Any]:
    """The latest row that the resource would be stored as, as it comes from a server."""
    schema = schema_of(type(resource))
    target = schema.target(resource.resource_id)
    system = {
        layout.TYPE: {"S": target.listing_partition},
        layout.VERSION: {"N": "3"},
        layout.WRITE_ID: {"S": "w"},
        layout.CREATED: {"S": utc_text(NOW)},
        layout.UPDATED: {"S": utc_text(NOW)},
    }
    item: dict[str, Any] = bare_list([Record(target.key, {**schema.content(resource), **system}).json]).items[0]
    return item


def read_both_ways(model: type[Resource], item: dict[str, Any]) -> tuple[Resource | None, Resource | None]:
    """Read an item in one pass, and by the codec; None where it can't be read so."""
    schema = schema_of(model)
    quick = schema.codec.decoder.resource(Record.of(bare_list([encode(item)]), 0))
    slow: Resource | None = None
    with suppress(CorruptRecordError):
        row = Record.of(bare_list([encode(item)]), 0)
        slow = schema._load(row)
    return quick, slow


def assert_alike(quick: Resource | None, slow: Resource | None) -> None:
    if quick is not None:
        assert slow is not None
        assert exact(quick) == exact(slow)
        assert quick.model_fields_set == slow.model_fields_set
        assert (quick.__pydantic_extra__, quick.__pydantic_private__) == (
            slow.__pydantic_extra__,
            slow.__pydantic_private__,
        )
        assert image_of(quick) == image_of(slow)


def spoilt(item: dict[str, Any], chance: random.Random) -> Iterator[dict[str, Any]]:
    for _ in range(MUTANTS_A_MODEL):
        mutant = copy.deepcopy(item)
        places = list(places_in(mutant))
        for _ in range(chance.choice((1, 1, 2))):
            holder, key = chance.choice(places)
            with suppress(KeyError, IndexError, TypeError):
                if chance.random() < 0.2:
                    del holder[key]
                else:
                    holder[key] = chance.choice(ODD)
        yield mutant


@modest
@given(models_with_instances(), st.randoms(use_true_random=False))
def test_one_pass_reads_what_the_codec_reads(pair: Pair, chance: random.Random) -> None:
    model, resource = pair
    item = row_of(resource)
    quick, slow = read_both_ways(model, item)
    event("in one pass" if quick is not None else "by the codec")
    assert slow is not None
    assert_alike(quick, slow)
    for mutant in spoilt(item, chance):
        note(repr(mutant))
        with suppress(ValueError, AttributeError, KeyError, TypeError):  # what is no item at all, no server sends
            assert_alike(*read_both_ways(model, mutant))


class Status(StrEnum):
    OPEN = "open"
    PAID = "paid"


class Line(BaseModel):
    sku: str = ""
    price: Decimal | None = None


class Order(Resource):
    customer: str = Field(min_length=1, alias="client")
    status: Status = Status.OPEN
    kind: Literal["web", "shop"] = "web"
    total: Decimal
    count: int = 0
    weight: float | None = None
    paid: bool = False
    lines: list[Line] = Field(default_factory=list[Line])
    first: Line | None = None
    labels: dict[str, int] = Field(default_factory=dict[str, int])
    placed_at: datetime
    photo: bytes = b""

    @field_validator("count")
    @classmethod
    def _not_negative(cls, count: int) -> int:
        if count < 0:
            raise ValueError("negative")
        return count


def order(**values: Any) -> Order:
    made = Order(client="c", total=Decimal("12.5"), placed_at=NOW, lines=[Line(sku="a", price=Decimal(1))])
    for name, value in values.items():
        setattr(made, name, value)
    return made


def test_a_usual_class_is_read_in_one_pass() -> None:
    quick, slow = read_both_ways(Order, row_of(order(photo=b"\xff\xfe", labels={"a": 1}, first=Line(), weight=0.5)))
    assert quick is not None
    assert_alike(quick, slow)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customer", {"N": "1"}),
        ("customer", {"S": ""}),
        ("customer", None),
        ("count", {"S": "1"}),
        ("count", {"N": "-1"}),
        ("count", {"N": "1.5"}),
        ("weight", {"N": "NaN"}),
        ("weight", {"N": 1}),
        ("count", {"N": 1}),
        ("paid", {"BOOL": 0}),
        ("customer", {"S": 1}),
        ("first", {"S": "x"}),
        ("first", {"M": {"sku": {"N": "1"}}}),
        ("lines", {"L": [{"M": {}}, {"S": "x"}]}),
        ("lines", {"M": {}}),
        ("labels", {"L": []}),
        ("total", {"N": "x"}),
        ("placed_at", {"S": "yesterday"}),
        ("photo", {"B": "*"}),
        ("pk", {"S": "Other#x"}),
        ("pk", {"S": "Orders#x"}),
        ("pk", {"S": "Order#"}),
        ("sk", {"S": "v#000000000003"}),
        ("sk", {"S": "@@"}),
        ("_t", {"S": "Ord"}),
        ("_t", {"S": "Orders"}),
        ("_t", {"S": ""}),
        ("_t", None),
        ("_v", {"N": "0"}),
        ("_v", {"N": "1000000000000"}),
        ("_v", None),
        ("_w", None),
        ("_w", {"N": "1"}),
        ("_c", {"S": "2026-W05-6T12:00:00.000000Z"}),
        ("_u", {"S": "2026-01-31T12:00:00.000000"}),
        ("_u", None),
    ],
)
def test_what_is_sick_or_out_of_place_is_left_to_the_codec(name: str, value: Any) -> None:
    item = row_of(order())
    item[name] = value
    if value is None:
        del item[name]
    assert read_both_ways(Order, item)[0] is None


def test_shards_are_of_the_type() -> None:
    item = row_of(order())
    item["_t"] = {"S": "Order#7"}
    assert_alike(*read_both_ways(Order, item))
    assert read_both_ways(Order, item)[0] is not None


@pytest.mark.parametrize("mark", ["_d", "_z"])
def test_tombstones_and_packed_rows_are_left_to_the_codec(mark: str) -> None:
    assert read_both_ways(Order, row_of(order()) | {mark: {"BOOL": True}})[0] is None


def body_of(*items: dict[str, Any]) -> Body:
    return bare_list([encode(item) for item in items])


def test_one_bad_row_does_not_keep_the_others_from_being_read_in_one_pass() -> None:
    good, bad = row_of(order()), row_of(order())
    bad["total"] = {"S": "x"}
    decoder = schema_of(Order).codec.decoder
    body = body_of(good, bad, good)
    read = [decoder.resource(Record.of(body, index)) for index in range(3)]
    assert [resource is not None for resource in read] == [True, False, True]
    assert decoder.resources(body) is None


def test_a_row_that_is_loaded_twice_gives_two_resources() -> None:
    row = Record.of(body_of(row_of(order())), 0)
    schema = schema_of(Order)
    one, other = schema.load(row), schema.load(row)
    assert one == other
    assert one is not other
    assert one.lines is not other.lines


def test_rows_of_one_body_know_their_own_images() -> None:
    first, second = row_of(order(resource_id="1")), row_of(order(resource_id="2"))
    resources = schema_of(Order).codec.decoder.resources(body_of(first, second))
    assert resources is not None
    images = [image_of(resource) for resource in resources]
    assert [image.key.pk for image in images if isinstance(image, Record)] == ["Order#1", "Order#2"]


class Before(Resource):
    name: str

    @model_validator(mode="before")
    @classmethod
    def _shout(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {**values, "name": values["name"].upper()}


class After(Resource):
    name: str
    _seen: int = PrivateAttr(default=7)

    @field_validator("name", mode="before")
    @classmethod
    def _trim(cls, name: str) -> str:
        return name.strip()

    @model_validator(mode="after")
    def _see(self) -> "After":
        self._seen += 1
        return self


class Hooked(Resource):
    name: str
    _length: int = PrivateAttr(default=0)

    def model_post_init(self, _: object) -> None:
        self._length = len(self.name)


def test_validators_of_the_model_see_what_they_always_see() -> None:
    quick, slow = read_both_ways(Before, row_of(Before(name="x")))
    assert quick is None
    assert isinstance(slow, Before)
    assert slow.name == "X"


@pytest.mark.parametrize("resource", [After(name=" x "), Hooked(name="abc")], ids=["validators", "post-init"])
def test_validators_and_hooks_run_as_they_always_do(resource: Resource) -> None:
    quick, slow = read_both_ways(type(resource), row_of(resource))
    assert quick is not None
    assert_alike(quick, slow)


class Anything(Resource, extra="allow"):
    name: str


def test_a_class_that_takes_any_name_is_read_by_the_codec() -> None:
    assert read_both_ways(Anything, row_of(Anything(name="x")))[0] is None


@modest
@given(models_with_instances(), st.data())
def test_generated_code_writes_what_the_codec_writes(pair: Pair, data: st.DataObject) -> None:
    model, resource = pair
    codec = schema_of(model).codec
    generated = codec.quickly
    name = data.draw(st.sampled_from([name for name in model.model_fields if name not in Resource.model_fields]))
    for value in (vars(resource)[name], *data.draw(st.lists(st.sampled_from(ODD_VALUES), max_size=5))):
        vars(resource)[name] = value
        try:
            written = codec.members.encode(vars(resource), {}, 31)
        except ValueError:
            written = None
        if generated is not None:
            try:
                quick = generated(vars(resource))
            except Exception:  # noqa: BLE001 - what it raises, the codec raises
                quick = None
            assert quick == written


@modest
@given(models_with_instances(), st.randoms(use_true_random=False))
def test_generated_code_reads_what_the_codec_reads(pair: Pair, chance: random.Random) -> None:
    model, resource = pair
    codec = schema_of(model).codec
    item = row_of(resource)
    for read in (item, *spoilt(item, chance)):
        note(repr(read))
        stored = canonical({name: value for name, value in read.items() if isinstance(value, dict) and name[0] != "_"})
        try:
            slow = codec.members.decode(stored)
        except Exception:  # noqa: BLE001 - some mutants are no items at all
            slow = None
        try:
            quick = codec.reader(stored)
        except Exception:  # noqa: BLE001 - what it raises, the codec raises
            quick = None
        assert quick is None or exact(quick) == exact(slow)
        assert quick is not None or read is not item


class Text(str):
    __slots__ = ()


ODD_VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        1,
        -(10**38),
        10**38,
        1.0,
        0.1,
        float("nan"),
        1e126,
        Decimal("1.50"),
        Decimal("NaN"),
        Decimal("1E+5"),
    ),
    *(
        "",
        "x",
        "\ud800",
        "é",
        Text("x"),
        Status.OPEN,
        Status,
        b"x",
        NOW,
        NOW.replace(tzinfo=None),
        [],
        ["x", 1],
        ("x",),
    ),
    *({}, {"a": 1}, {"\0": 1}, Line(), Line(sku="é"), [Line()], object(), [Text("x")], [None]),
)


class Faithful(Resource):
    name: str
    count: int | None = None
    total: Decimal
    ratio: float = 0.0
    done: bool = False
    at: datetime
    status: Status = Status.OPEN
    tags: list[str] = Field(default_factory=list[str])
    line: Line = Line()
    lines: dict[str, list[Line]] = Field(default_factory=dict[str, list[Line]])


def test_a_class_of_plain_fields_comes_back_by_its_types() -> None:
    assert schema_of(Faithful).codec.is_faithful
    assert not any(schema_of(model).codec.is_faithful for model in (Order, Before, After, Hooked, Anything))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([name for name in Faithful.model_fields if name not in Resource.model_fields]), st.data())
def test_what_needs_no_proof_would_pass_it(name: str, data: st.DataObject) -> None:
    resource = Faithful(name="x", total=Decimal(1), at=NOW)
    vars(resource)[name] = data.draw(st.sampled_from(ODD_VALUES) | st.datetimes(timezones=st.timezones()))
    codec = schema_of(Faithful).codec
    try:
        attributes = codec.encode(resource)
    except UnstorableValueError:
        return
    codec.prove_by_reading(resource, attributes)

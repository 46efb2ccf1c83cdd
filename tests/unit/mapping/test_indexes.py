"""Indexes, compiled: key attributes of resources, and bounds that select what Python would."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, computed_field
from typing_extensions import TypedDict

from sst_repo import InvalidQueryError, ModelError, Resource, UnstorableValueError, VersionedResource
from sst_repo.indexes import Index, KeyQuery
from sst_repo.mapping.indexes import Bounds, codec_of, index_attributes, indexes_of
from sst_repo.mapping.parts import as_written

ItemT = TypeVar("ItemT")


class Address(BaseModel):
    zip: str = ""

    @property
    def area(self) -> str:
        return self.zip[:2]


@dataclass
class Size:
    width: int = 0


class Label(TypedDict, total=False):
    text: str


class Status(StrEnum):
    OPEN = "open"
    PAID = "paid"


class Order(VersionedResource):
    customer_id: str | None = "c1"
    status: Status = Status.OPEN
    total: Decimal = Decimal(0)
    country: str = "DE"
    city: str = "Bonn"
    address: Address | None = Address()
    by_customer = Index(gsi=1, partition="customer_id", sort="total")
    by_region = Index(gsi=3, partition=("country", "city"), sort=("status", "address.zip", "total"))
    open_by_total = Index(gsi=2, partition="status", sort="total", when=lambda o: o.status == "open")


class Customer(Resource):
    customer_id: str = "c1"
    by_customer = Index(gsi=1, partition="customer_id")


class RushOrder(Order):
    by_city = Index(gsi=4, partition="city", sort=("updated_at", "version"))


class Derived(Resource):
    number: int = 1
    address: Address = Address()
    size: Size = Size()
    label: Label = {}  # noqa: RUF012 - pydantic copies defaults

    @property
    def double(self) -> int:
        return 2 * self.number

    @computed_field
    def triple(self) -> int:
        return 3 * self.number

    @cached_property
    def fourfold(self) -> int:
        return 4 * self.number

    @property
    def changed_in(self) -> int:
        return self.updated_at.year

    by_double = Index(gsi=1, partition="double", sort=("triple", "fourfold"))
    by_area = Index(gsi=2, partition="address.area", sort="size.width")
    by_label = Index(gsi=3, partition="label.text", sort="resource_id")
    by_year = Index(gsi=4, partition="changed_in", sort=("version", "created_at"))


class Box(Resource, Generic[ItemT]):
    content: ItemT
    by_content = Index(gsi=1, partition="content")


def slot(resource: Resource, number: int) -> tuple[str, str] | None:
    attributes = index_attributes(resource)
    if f"gsi{number}pk" not in attributes:
        assert f"gsi{number}sk" not in attributes
        return None
    return attributes[f"gsi{number}pk"]["S"], attributes[f"gsi{number}sk"]["S"]


def bounds(query: KeyQuery[Any]) -> Bounds:
    return codec_of(query).bounds(query)


# -- key attributes


def test_a_resource_has_a_slot_for_each_index_it_is_in() -> None:
    order = Order(total=Decimal("9.90"), city="New York", address=Address(zip="53111"))

    assert index_attributes(order) == {
        "gsi1pk": {"S": "Order#c1#"},
        "gsi1sk": {"S": "a9.9#"},
        "gsi2pk": {"S": "Order#open#"},
        "gsi2sk": {"S": "a9.9#"},
        "gsi3pk": {"S": "Order#DE#New$_York#"},
        "gsi3sk": {"S": "open#53111#a9.9#"},
    }


def test_a_condition_keeps_resources_out() -> None:
    assert slot(Order(status=Status.PAID), 2) is None
    assert slot(Order(status=Status.OPEN), 2)


def test_none_anywhere_on_the_path_keeps_a_resource_out() -> None:
    assert slot(Order(customer_id=None), 1) is None
    assert slot(Order(address=None), 3) is None
    assert slot(Derived(), 3) is None


def test_zero_and_the_empty_text_are_in_the_index() -> None:
    assert slot(Order(customer_id="", total=Decimal(0)), 1) == ("Order##", "a0#")


def test_the_id_is_the_sort_key_unless_another_is_given() -> None:
    assert slot(Customer(resource_id="x y"), 1) == ("Customer#c1#", "x$_y#")


def test_parts_are_properties_computed_fields_and_paths_too() -> None:
    derived = Derived(resource_id="d", number=5, address=Address(zip="53111"), size=Size(7), label={"text": "t"})

    assert slot(derived, 1) == ("Derived#b10#", "b15#b20#")
    assert slot(derived, 2) == ("Derived#53#", "a7#")
    assert slot(derived, 3) == ("Derived#t#", "d#")


def test_what_a_cached_property_once_gave_does_not_count() -> None:
    derived = Derived(number=1)
    assert derived.fourfold == 4
    derived.number = 2

    assert slot(derived, 1) == ("Derived#a4#", "a6#a8#")


def test_system_fields_are_those_of_the_write_at_hand() -> None:
    derived = Derived(created_at=datetime(2024, 1, 1, tzinfo=UTC))
    before = derived.model_dump()

    attributes = index_attributes(as_written(derived, {"version": 7, "updated_at": datetime(1999, 1, 1, tzinfo=UTC)}))

    assert attributes["gsi4pk"] == {"S": "Derived#d1999#"}
    assert attributes["gsi4sk"] == {"S": "a7#2024-01-01T00:00:00.000000Z#"}
    assert derived.model_dump() == before


def test_classes_that_share_a_number_share_no_partition() -> None:
    assert slot(Order(), 1) != slot(Customer(), 1)
    assert bounds(Order.by_customer("c1")).partition == "Order#c1#"
    assert bounds(Customer.by_customer("c1")).partition == "Customer#c1#"


def test_subclasses_inherit_indexes_with_partitions_of_their_own() -> None:
    assert [codec.index.name for codec in indexes_of(RushOrder)] == [
        "by_customer",
        "by_region",
        "open_by_total",
        "by_city",
    ]
    assert slot(RushOrder(), 1) == ("RushOrder#c1#", "a0#")
    assert bounds(RushOrder.by_customer("c1")).partition == "RushOrder#c1#"


def test_a_subclass_can_redefine_an_index() -> None:
    class Redefined(Order):
        by_customer = Index(gsi=1, partition="city")

    assert slot(Redefined(resource_id="r"), 1) == ("Redefined#Bonn#", "r#")


def test_the_slots_are_those_of_the_layout() -> None:
    (codec,) = indexes_of(Customer)

    assert (codec.keys.name, codec.keys.partition, codec.keys.sort) == ("gsi1", "gsi1pk", "gsi1sk")


def test_a_value_without_a_place_in_the_order_can_not_be_stored() -> None:
    class Reading(Resource):
        value: float = 0
        by_value = Index(gsi=1, partition="resource_id", sort="value")

    with pytest.raises(UnstorableValueError, match=r"^Reading\.value: .* no place"):
        index_attributes(Reading(value=float("nan")))


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (Order(customer_id="x" * 2042), r"Order\.by_customer: the partition key takes 2049 bytes \(at most 2048\)"),
        (Order(address=Address(zip="ä" * 508)), r"Order\.by_region: the sort key takes 1025 bytes \(at most 1024\)"),
    ],
    ids=["partition", "sort"],
)
def test_keys_over_the_limits_can_not_be_stored(order: Order, message: str) -> None:
    with pytest.raises(UnstorableValueError, match=message):
        index_attributes(order)


def test_keys_at_the_limits_can_be_stored_and_queried() -> None:
    order = Order(customer_id="x" * 2041, address=Address(zip="x" * 1015))
    assert slot(order, 1)
    assert slot(order, 3)

    found = bounds(Order.by_region("DE", "Bonn").gt(Status.OPEN, "x" * 1015, 0))
    assert found.first is not None
    assert len(found.first.encode()) <= 1024


# -- bounds

ORDERS = st.builds(
    Order,
    customer_id=st.sampled_from(["c1", "c1#", "c", ""]),
    status=st.sampled_from(Status),
    total=st.decimals(-12, 12, places=1),
    city=st.sampled_from(["Bonn", "Bonn ", "Bonn#53"]),
    address=st.builds(Address, zip=st.text(" #$1a\U0010ffff", max_size=2)),
)

Holds = Callable[[Any, Any], bool]
OPERATORS: dict[str, Holds] = {
    "eq": lambda found, asked: bool(found == asked),
    "lt": lambda found, asked: bool(found < asked),
    "le": lambda found, asked: bool(found <= asked),
    "gt": lambda found, asked: bool(found > asked),
    "ge": lambda found, asked: bool(found >= asked),
}


def answers(orders: list[Order], query: KeyQuery[Order]) -> list[Order]:
    """Read as DynamoDB does: one partition, from bound to bound, in byte order."""
    partition, first, last = bounds(query)
    number = query.index.gsi
    rows = [(entry[1].encode(), order) for order in orders if (entry := slot(order, number)) and entry[0] == partition]
    return [
        order
        for key, order in sorted(rows, key=lambda row: row[0])
        if (first is None or first.encode() <= key) and (last is None or key <= last.encode())
    ]


def sort_key(order: Order) -> tuple[Any, ...]:
    assert order.address is not None
    return str(order.status), order.address.zip, order.total


@given(st.lists(ORDERS, min_size=1), st.data())
def test_queries_select_and_sort_as_python_would(orders: list[Order], data: st.DataObject) -> None:
    asked = data.draw(st.sampled_from(orders))
    depth = data.draw(st.integers(1, 3))
    values = (asked.status, *sort_key(asked)[1:])[:depth]
    whole = Order.by_region("DE", asked.city)
    partition = [order for order in orders if order.city == asked.city]

    assert list(map(sort_key, answers(orders, whole))) == sorted(map(sort_key, partition))
    for operator, holds in OPERATORS.items():
        expected = [
            sort_key(order)
            for order in partition
            if sort_key(order)[: depth - 1] == values[:-1] and holds(sort_key(order)[depth - 1], values[-1])
        ]
        assert list(map(sort_key, answers(orders, getattr(whole, operator)(*values)))) == sorted(expected)


@given(st.lists(ORDERS), st.decimals(-12, 12, places=1), st.integers(-12, 12))
def test_between_includes_both_ends(orders: list[Order], low: Decimal, high: int) -> None:
    found = answers(orders, Order.by_customer("c1").between(low, high))

    expected = [order.total for order in orders if order.customer_id == "c1" and low <= order.total <= high]
    assert [order.total for order in found] == sorted(expected)


@given(st.lists(ORDERS), st.text(" #$1a\U0010ffff", max_size=2))
def test_begins_with_takes_a_beginning_of_the_last_part(orders: list[Order], start: str) -> None:
    found = answers(orders, Order.by_region("DE", "Bonn").begins_with(Status.OPEN, start))

    expected = [
        sort_key(order)
        for order in orders
        if order.city == "Bonn" and order.status is Status.OPEN and sort_key(order)[1].startswith(start)
    ]
    assert list(map(sort_key, found)) == sorted(expected)


def test_a_whole_partition_has_no_bounds() -> None:
    assert bounds(Order.by_customer("c1")) == ("Order#c1#", None, None)


def test_a_range_that_ends_before_it_begins_is_empty_and_yet_one_that_dynamodb_takes() -> None:
    _, first, last = bounds(Order.by_customer("c1").between(2, 1))

    assert first == last
    assert not answers([Order(total=Decimal(total)) for total in range(4)], Order.by_customer("c1").between(2, 1))


# -- what a class definition refuses


def unknown_field() -> type[Resource]:
    class Bad(Resource):
        by_x = Index(gsi=1, partition="nothing")

    return Bad


def unknown_nested_field() -> type[Resource]:
    class Bad(Resource):
        address: Address = Address()
        by_x = Index(gsi=1, partition="address.nothing")

    return Bad


def path_into_a_scalar() -> type[Resource]:
    class Bad(Resource):
        name: str = ""
        by_x = Index(gsi=1, partition="name.first")

    return Bad


def path_into_a_union() -> type[Resource]:
    class Bad(Resource):
        address: Address | Size = Address()
        by_x = Index(gsi=1, partition="address.zip")

    return Bad


def unorderable_field() -> type[Resource]:
    class Bad(Resource):
        tags: list[str] = []  # noqa: RUF012 - pydantic copies defaults
        by_x = Index(gsi=1, partition="resource_id", sort="tags")

    return Bad


def property_without_a_type() -> type[Resource]:
    class Bad(Resource):
        @property
        def whatever(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
            return 1

        by_x = Index(gsi=1, partition="whatever")

    return Bad


def property_of_an_unknown_type() -> type[Resource]:
    class Bad(Resource):
        @property
        def whatever(self) -> "Nowhere":  # type: ignore[name-defined]  # noqa: F821  # pyright: ignore[reportUndefinedVariable]
            return 1

        by_x = Index(gsi=1, partition="whatever")

    return Bad


def method_as_a_part() -> type[Resource]:
    class Bad(Resource):
        def whatever(self) -> int:
            return 1

        by_x = Index(gsi=1, partition="whatever")

    return Bad


def one_number_twice() -> type[Resource]:
    class Bad(Resource):
        name: str = ""
        by_x = Index(gsi=1, partition="name")
        by_y = Index(gsi=1, partition="version")

    return Bad


def one_number_twice_by_inheritance() -> type[Resource]:
    class Bad(Customer):
        by_y = Index(gsi=1, partition="version")

    return Bad


@pytest.mark.parametrize(
    ("define", "message"),
    [
        (unknown_field, r"Bad\.by_x: nothing: .*Bad has no field or property 'nothing'"),
        (unknown_nested_field, r"address\.nothing: Address has no field or property 'nothing'"),
        (path_into_a_scalar, "str is no single class with fields"),
        (path_into_a_union, "Address | Size is no single class with fields"),
        (unorderable_field, r"tags: .*no order"),
        (property_without_a_type, "needs a return annotation"),
        (property_of_an_unknown_type, "'Nowhere' is not defined; define it at the top level"),
        (method_as_a_part, "no field or property 'whatever'"),
        (one_number_twice, "by_x and by_y both have gsi=1"),
        (one_number_twice_by_inheritance, "by_customer and by_y both have gsi=1"),
    ],
)
def test_indexes_that_make_no_sense_are_refused(define: Callable[[], type[Resource]], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        indexes_of(define())


# -- models of all kinds


def test_a_generic_class_waits_for_its_types() -> None:
    assert slot(Box[int](content=5, resource_id="b"), 1) == ("Box[int]#a5#", "b#")
    with pytest.raises(UnstorableValueError, match="type parameters"):
        index_attributes(Box(content=5))
    with pytest.raises(ModelError, match="no order"):
        indexes_of(Box[list[int]])


def test_a_class_keeps_its_own_configuration() -> None:
    class Frozen(Resource):
        model_config = ConfigDict(frozen=True, extra="forbid", use_enum_values=True)
        status: Status = Status.OPEN
        kind: Literal["a", "b"] = "a"
        by_status = Index(gsi=1, partition="status", sort=("kind", "version"))

    frozen = Frozen(status=Status.PAID)

    assert index_attributes(as_written(frozen, {"version": 3}))["gsi1sk"] == {"S": "a#a3#"}
    assert frozen.version == 0
    assert slot(frozen, 1) == ("Frozen#paid#", "a#a0#")


def test_an_index_of_another_class_is_not_queried() -> None:
    with pytest.raises(InvalidQueryError, match="no such index"):
        KeyQuery(Customer, Order.by_customer.index, ("c1",))

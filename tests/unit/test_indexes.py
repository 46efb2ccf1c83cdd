"""Indexes as users declare and query them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal, assert_type

import pytest
from pydantic import BaseModel, ConfigDict

from sst_repo import InvalidQueryError, ModelError, Resource, VersionedResource
from sst_repo.indexes import BoundIndex, Index, KeyQuery

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Address(BaseModel):
    zip: str = ""


class Order(VersionedResource):
    customer_id: str
    status: Literal["open", "paid", "shipped"] = "open"
    total: Decimal = Decimal(0)
    placed_at: datetime = NOON
    country: str = "DE"
    city: str = "Bonn"
    address: Address = Address()
    by_customer = Index(gsi=1, partition="customer_id", sort="placed_at")
    by_region = Index(gsi=3, partition=("country", "city"), sort=("status", "address.zip", "total"))
    open_by_total = Index(gsi=2, partition="status", sort="total", when=lambda o: o.status == "open")
    by_day: ClassVar = Index(gsi=4, partition="day")

    @property
    def day(self) -> date:
        return self.placed_at.date()


class RushOrder(Order):
    model_config = ConfigDict(frozen=True, extra="forbid")


def test_an_index_is_no_field() -> None:
    assert "by_customer" not in Order.model_fields
    assert "by_customer" not in Order(customer_id="c1").model_dump()
    assert Index in (RushOrder.model_config.get("ignored_types") or ())


def test_calling_an_index_gives_a_query_of_its_class() -> None:
    query = Order.by_customer("c1")

    assert_type(query, KeyQuery[Order])
    assert (query.model, query.index.name, query.partition) == (Order, "by_customer", ("c1",))
    assert (query.operator, query.values) == ("all", ())


def test_a_subclass_queries_its_own() -> None:
    query = RushOrder.by_customer("c1").eq(NOON)

    assert_type(query, KeyQuery[RushOrder])
    assert query.model is RushOrder


def test_an_instance_knows_the_index_too() -> None:
    bound = RushOrder(customer_id="c1").by_customer

    assert_type(bound, BoundIndex[RushOrder])
    assert bound == RushOrder.by_customer


@pytest.mark.parametrize("operator", ["eq", "lt", "le", "gt", "ge"])
def test_operators_keep_the_partition_and_take_values(operator: str) -> None:
    query = getattr(Order.by_region("DE", "Bonn"), operator)("open", "53111")

    assert (query.partition, query.operator, query.values) == (("DE", "Bonn"), operator, ("open", "53111"))


def test_a_query_reads_as_it_is_written() -> None:
    assert repr(Order.by_region("DE", "Bonn").begins_with("op")) == "Order.by_region('DE', 'Bonn').begins_with('op')"
    assert repr(Order.by_customer("c1")) == "Order.by_customer('c1')"


def test_an_index_reads_as_it_is_declared() -> None:
    index = Index(gsi=2, partition="status", sort="total", when=bool)

    assert repr(index) == "Index(gsi=2, partition=('status',), sort=('total',), when=...)"
    assert repr(Index(gsi=1, partition="a")) == "Index(gsi=1, partition=('a',), sort=('resource_id',))"


def test_queries_compare_by_what_they_ask() -> None:
    assert Order.by_customer("c1").eq(NOON) == Order.by_customer("c1").eq(NOON)
    assert Order.by_customer("c1") != RushOrder.by_customer("c1")
    assert len({Order.by_customer("c1"), Order.by_customer("c1")}) == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Order.by_customer(1), r"Order\.by_customer: customer_id: expected str, found int"),
        (lambda: Order.by_customer(None), "customer_id: expected str"),
        (Order.by_customer, r"the parts \(customer_id\); the values given are 0"),
        (lambda: Order.by_region("DE"), r"the parts \(country, city\); the values given are 1"),
        (lambda: Order.by_customer("c1").ge("today"), "placed_at: expected datetime"),
        (lambda: Order.by_customer("c1").eq(None), "placed_at: expected datetime"),
        (lambda: Order.by_customer("c1").eq(), r"the values given are 0 for eq\(\)"),
        (lambda: Order.by_customer("c1").eq(NOON, NOON), r"the values given are 2 for eq\(\)"),
        (lambda: Order.by_customer("c1").between(NOON), r"the values given are 1 for between\(\)"),
        (lambda: Order.by_region("DE", "Bonn").between("open", "1", Decimal(1), 2, 3), "the values given are 5"),
        (lambda: Order.by_customer("c1").begins_with("2026"), "only str and bytes"),
        (lambda: Order.by_region("DE", "Bonn").eq("lost"), "status: expected Literal"),
        (lambda: Order.open_by_total("open").ge(9.99), "total: expected Decimal, found float"),
        (lambda: Order.open_by_total("open").ge(Decimal("NaN")), "no place"),
        (lambda: Order.by_customer("c1").ge(NOON).lt(NOON), "already has an operator"),
        (lambda: Order.by_customer("x" * 2048), "the partition key takes 2055 bytes"),
        (lambda: Order.by_region("DE", "Bonn").eq("open", "x" * 1024), "the sort key takes 1030 bytes"),
        (lambda: KeyQuery(Order, Order.by_customer.index, ("c1",), "all", (NOON,)), "are 1 for all"),
    ],
)
def test_queries_that_make_no_sense_are_refused_when_they_are_built(make: Any, message: str) -> None:
    with pytest.raises(InvalidQueryError, match=message):
        make()


@pytest.mark.parametrize(
    "arguments",
    [
        {"gsi": 0, "partition": "x"},
        {"gsi": -1, "partition": "x"},
        {"gsi": True, "partition": "x"},
        {"gsi": "1", "partition": "x"},
        {"gsi": 1, "partition": ()},
        {"gsi": 1, "partition": ""},
        {"gsi": 1, "partition": ("x", 1)},
        {"gsi": 1, "partition": "x", "sort": ()},
        {"gsi": 1, "partition": "x", "sort": ["y"]},
    ],
    ids=repr,
)
def test_an_index_needs_a_number_and_names(arguments: Any) -> None:
    with pytest.raises(ModelError):
        Index(**arguments)


def test_a_resource_class_without_indexes_has_none() -> None:
    class Plain(Resource):
        name: str = ""

    with pytest.raises(AttributeError):
        Plain.by_name  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]

"""What a type checker infers. mypy and pyright read this file; run, it is an ordinary test."""

from collections.abc import Iterator
from typing import assert_type

import pytest

from sst_repo import (
    Condition,
    F,
    Index,
    InMemoryRepository,
    InMemoryTable,
    KeyQuery,
    Page,
    Repository,
    Resource,
    ScanRun,
    UnitOfWork,
    VersionedResource,
)


class Order(VersionedResource):
    total: int = 0
    by_total = Index(gsi=1, partition="version", sort="total")


class Customer(Resource):
    name: str = "Ann"


class ShopUnitOfWork(UnitOfWork):
    orders: Repository[Order]
    customers: Repository[Customer]


@pytest.fixture
def table() -> InMemoryTable:
    return InMemoryTable()


def test_a_repository_gives_its_own_type(table: InMemoryTable) -> None:
    orders: Repository[Order] = InMemoryRepository(Order, table)
    order = orders.add(Order(total=1))

    assert_type(order, Order)
    assert_type(orders.get(order.resource_id), Order)
    assert_type(orders.find("nowhere"), Order | None)
    assert_type(orders.exists("nowhere"), bool)
    assert_type(orders.get_many([order.resource_id]), dict[str, Order])
    assert_type(orders.save(order), Order)
    assert_type(orders.get_version(order.resource_id, 1), Order)
    assert_type(orders.restore(order.resource_id, 1), Order)
    assert_type(orders.count(), int)
    assert orders.get(order.resource_id).total == 1
    assert orders.find("nowhere") is None


def test_a_repository_is_inferred_from_the_model() -> None:
    customers = InMemoryRepository(Customer)

    assert_type(customers, InMemoryRepository[Customer])
    assert_type(customers.add(Customer()), Customer)


def test_a_page_is_a_sequence_of_the_type(table: InMemoryTable) -> None:
    orders: Repository[Order] = InMemoryRepository(Order, table)
    order = orders.add(Order())
    page = orders.list()

    assert_type(page, Page[Order])
    assert_type(orders.versions(order.resource_id), Page[Order])
    assert_type(page[0], Order)
    assert_type(page[:1], tuple[Order, ...])
    assert_type([each for each in page], list[Order])  # noqa: C416 - what iteration gives is under test
    assert_type(page.cursor, str | None)
    assert_type(orders.iterate(), Iterator[Order])
    assert list(page) == list(orders.iterate()) == [order]


def test_a_page_of_a_type_is_a_page_of_its_base(table: InMemoryTable) -> None:
    page: Page[Resource] = InMemoryRepository(Order, table).list()

    assert list(page) == []


def test_a_scan_gives_the_type(table: InMemoryTable) -> None:
    orders: Repository[Order] = InMemoryRepository(Order, table)
    order = orders.add(Order())

    with orders.scan(predicate=lambda each: each.total == 0) as run:
        assert_type(run, ScanRun[Order])
        assert_type(next(run), Order)
        assert_type(run.cursor, str | None)
    assert list(orders.scan()) == [order]


def test_a_unit_of_work_has_typed_repositories(table: InMemoryTable) -> None:
    with ShopUnitOfWork(table) as uow:
        assert_type(uow, ShopUnitOfWork)
        assert_type(uow.orders, Repository[Order])
        assert_type(uow.customers, Repository[Customer])
        order = uow.orders.add(Order(total=2))
        assert_type(order, Order)
        assert_type(uow.orders.get(order.resource_id), Order)
        assert_type(uow.customers.find("nowhere"), Customer | None)
        uow.commit()


def test_run_returns_what_the_work_returns(table: InMemoryTable) -> None:
    def place(uow: ShopUnitOfWork) -> Order:
        return uow.orders.add(Order(total=3))

    placed = ShopUnitOfWork.run(table, place)
    total = ShopUnitOfWork.run(table, lambda uow: uow.orders.get(placed.resource_id).total)

    assert_type(placed, Order)
    assert_type(total, int)
    assert total == 3


def test_a_query_gives_the_type_whose_index_it_asks(table: InMemoryTable) -> None:
    orders: Repository[Order] = InMemoryRepository(Order, table)
    orders.add(Order(total=7))
    query = Order.by_total(1).ge(5)
    condition = (F.total > 5) & ~F.total.is_in([8])

    assert_type(query, KeyQuery[Order])
    assert_type(condition, Condition)
    found = orders.query(query, where=condition, predicate=lambda order: order.total > 0)
    assert_type(found, Page[Order])
    assert_type(orders.iterate(query), Iterator[Order])
    assert_type(orders.count(query), int)
    assert found[0].total == 7

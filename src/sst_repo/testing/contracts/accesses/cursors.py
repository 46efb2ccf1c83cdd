"""Cursors: of one listing only, and of one table's secrets."""

from functools import partial

import pytest

from sst_repo.conditions import F
from sst_repo.errors import InvalidCursorError
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.tables.delegating import DelegatingTable
from sst_repo.testing.clocks import START
from sst_repo.testing.contracts.accesses.base import (
    WAYS,
    AccessFixtures,
    Read,
    Sale,
    every_way,
    fill,
    new_sale,
    numbers,
)


class CursorContract(AccessFixtures):
    """What a cursor is good for."""

    def test_a_cursor_is_bound_to_what_it_was_made_for(self, sales: Repository[Sale]) -> None:
        fill(sales, 5, Sale)
        sales.add(new_sale("d", Sale))
        read = partial(sales.query, Sale.by_customer("c"), where=F.number >= 0, limit=2)
        cursor = read().cursor
        others = [
            partial(sales.list, where=F.number >= 0),
            partial(sales.query, Sale.by_customer("c")),
            partial(sales.query, Sale.by_customer("d"), where=F.number >= 0),
            partial(sales.query, Sale.by_status("c"), where=F.number >= 0),
            partial(sales.query, Sale.by_customer("c").ge(START), where=F.number >= 0),
            partial(read, where=F.number >= 1),
            partial(read, descending=True),
            partial(read, predicate=lambda sale: True),  # noqa: ARG005 - another listing all the same
        ]
        for other in others:
            with pytest.raises(InvalidCursorError):
                other(cursor=cursor)
        assert [sale.number for sale in read(cursor=cursor)] == [2, 3]

    def test_the_order_in_which_values_are_listed_makes_no_other_listing(self, sales: Repository[Sale]) -> None:
        fill(sales, 3, Sale)
        cursor = sales.list(where=F.number.is_in([0, 1, 2]), limit=1).cursor

        assert [sale.number for sale in sales.list(where=F.number.is_in([2, 1, 0]), limit=1, cursor=cursor)] == [1]

    def test_a_cursor_back_is_bound_alike(self, sales: Repository[Sale]) -> None:
        fill(sales, 3, Sale)
        second = sales.list(limit=1, cursor=sales.list(limit=1).cursor)

        assert numbers([sales.list(limit=1, cursor=second.previous)]) == [2]
        with pytest.raises(InvalidCursorError):
            sales.list(limit=1, cursor=second.previous, newest_first=False)
        with pytest.raises(InvalidCursorError):
            sales.query(Sale.by_customer("c"), cursor=second.previous)

    @every_way
    def test_cursors_are_short_and_fit_into_addresses(self, table: Table, way: str) -> None:
        model, _, reading = WAYS[way]
        repository = TableRepository(model, table)
        fill(repository, 3, model)
        cursor = reading(repository)(limit=1).cursor

        assert cursor is not None
        assert cursor.replace("-", "").replace("_", "").isalnum()
        assert len(cursor) < 200

    @every_way
    def test_with_a_secret_only_its_holders_make_cursors(self, table: Table, way: str) -> None:
        model, _, reading = WAYS[way]

        def reader(*secrets: bytes) -> Read:
            signing = DelegatingTable(table)
            signing.cursor_secrets = secrets
            return reading(TableRepository(model, signing))

        fill(TableRepository(model, table), 3, model)
        unsigned, old, new, both = reader(), reader(b"old"), reader(b"new"), reader(b"new", b"old")
        page = old(limit=1)

        for reads, cursor in ((old, page.cursor), (both, page.cursor), (new, both(limit=1).cursor)):
            assert numbers([reads(limit=1, cursor=cursor)]) == [1]
        for other in (unsigned, new):
            with pytest.raises(InvalidCursorError):
                other(limit=1, cursor=page.cursor)
        with pytest.raises(InvalidCursorError):
            old(limit=1, cursor=unsigned(limit=1).cursor)
        with pytest.raises(InvalidCursorError):
            old(limit=1, cursor=both(limit=1).cursor)

    def test_cursors_of_versions_are_signed_too(self, table: Table) -> None:
        signing = DelegatingTable(table)
        signing.cursor_secrets = (b"secret",)
        sales = TableRepository(Sale, signing)
        sale = sales.add(new_sale("c", Sale))
        sale.number = 1
        sales.save(sale)
        cursor = sales.versions(sale.resource_id, limit=1).cursor

        assert numbers([sales.versions(sale.resource_id, limit=1, cursor=cursor)]) == [0]
        with pytest.raises(InvalidCursorError):
            TableRepository(Sale, table).versions(sale.resource_id, limit=1, cursor=cursor)

    def test_cursors_of_scans_are_signed_too(self, table: Table) -> None:
        signing = DelegatingTable(table)
        signing.cursor_secrets = (b"secret",)
        sales = TableRepository(Sale, signing)
        fill(sales, 2, Sale)
        with sales.scan(segments=1) as run:
            first = next(run)
            cursor = run.cursor

        assert {first.number, *(sale.number for sale in sales.scan(segments=1, cursor=cursor))} == {0, 1}
        with pytest.raises(InvalidCursorError):
            TableRepository(Sale, table).scan(segments=1, cursor=cursor)

"""`query`, `where` and `predicate`: access patterns, and filters."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial, reduce
from itertools import product
from math import ceil
from typing import Any, ClassVar

import pytest

from sst_repo.conditions import Condition, F
from sst_repo.errors import InvalidQueryError
from sst_repo.indexes import KeyQuery
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import START
from sst_repo.testing.contracts.accesses.base import (
    EVERY_READ_IT_TAKES,
    AccessFixtures,
    Sale,
    SalesUnitOfWork,
    Visit,
    fill,
    new_sale,
    numbers,
    walk,
)
from sst_repo.testing.wrappers import CountingTable


class QueryingContract(AccessFixtures):
    """What access patterns and filters promise on every table.

    Attributes:
        rows: How many rows are walked over.
    """

    rows: ClassVar[int] = 230

    # -- key queries

    def test_a_partition_is_read_in_the_order_of_its_sort_key(self, sales: Repository[Sale], table: Table) -> None:
        TableRepository(Visit, table).add(Visit(customer="c1"))
        days = [3, 1, 2]
        for day in days:
            sales.add(new_sale("c1", Sale, placed_at=START + timedelta(days=day)))
        sales.add(new_sale("c", Sale))
        sales.add(new_sale("c1#", Sale))

        found = sales.query(Sale.by_customer("c1"))
        assert [sale.placed_at - START for sale in found] == [timedelta(days=day) for day in (1, 2, 3)]
        assert list(sales.query(Sale.by_customer("c1"), descending=True)) == list(found)[::-1]
        assert [sale.customer for sale in sales.query(Sale.by_customer("c1#"))] == ["c1#"]
        assert not sales.query(Sale.by_customer("nobody"))

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            (Sale.open_by_total("open"), "-20 -1 0 0.5 1 9 10 100"),
            (Sale.open_by_total("open").eq(Decimal("1.0")), "1"),
            (Sale.open_by_total("open").lt(Decimal(1)), "-20 -1 0 0.5"),
            (Sale.open_by_total("open").le(Decimal(1)), "-20 -1 0 0.5 1"),
            (Sale.open_by_total("open").gt(Decimal(1)), "9 10 100"),
            (Sale.open_by_total("open").ge(Decimal(1)), "1 9 10 100"),
            (Sale.open_by_total("open").between(Decimal(-1), Decimal(9)), "-1 0 0.5 1 9"),
            (Sale.open_by_total("open").between(Decimal(9), Decimal(-1)), ""),
            (Sale.by_status("c").eq("open"), "-20 -1 0 0.5 1 9 10 100"),
            (Sale.by_status("c").ge("open", Decimal(10)), "10 100"),
            (Sale.by_status("c").eq("open", Decimal(10)), "10"),
            (Sale.by_status("c").begins_with("op"), "-20 -1 0 0.5 1 9 10 100"),
            (Sale.by_status("c").gt("open"), "7"),
        ],
        ids=repr,
    )
    def test_a_key_query_gives_what_it_says(
        self, sales: Repository[Sale], query: KeyQuery[Sale], expected: str
    ) -> None:
        for total in ("10", "9", "-1", "0", "100", "0.5", "-20", "1"):
            sales.add(new_sale("c", Sale, total=Decimal(total)))
        sales.add(new_sale("c", Sale, total=Decimal(7), status="paid"))

        assert " ".join(str(sale.total) for sale in sales.query(query)) == expected
        assert sales.count(query) == len(expected.split())

    def test_none_is_in_no_index_but_empty_text_is(self, sales: Repository[Sale]) -> None:
        sales.add(new_sale(None, Sale))
        sales.add(new_sale("", Sale))

        assert [sale.customer for sale in sales.query(Sale.by_customer(""))] == [""]
        assert sales.count() == 2

    def test_keys_follow_every_kind_of_write(self, sales: Repository[Sale], table: Table) -> None:
        def told() -> tuple[int, int, int]:
            return sales.count(Sale.open_by_total("open")), sales.count(Sale.by_customer("a")), sales.count()

        sale = sales.add(new_sale("a", Sale))
        assert told() == (1, 1, 1)
        sale.status = "paid"
        sales.save(sale)
        assert told() == (0, 1, 1)
        sale.customer = "b"
        sales.save(sale)
        assert told() == (0, 0, 1)
        sales.restore(sale.resource_id, 1)
        assert told() == (1, 1, 1)
        with SalesUnitOfWork(table) as unit:
            unit.sales.get(sale.resource_id).status = "shipped"
            unit.commit()
        assert told() == (0, 1, 1)
        sales.delete(sales.get(sale.resource_id))
        assert told() == (0, 0, 0)
        sales.add(new_sale("a", Sale, resource_id=sale.resource_id))
        assert told() == (1, 1, 1)
        sales.purge(sale.resource_id)
        assert told() == (0, 0, 0)

    def test_a_key_made_of_what_the_write_itself_sets_is_up_to_date(self, sales: Repository[Sale]) -> None:
        first, second = sales.add(new_sale("a", Sale)), sales.add(new_sale("b", Sale))
        first.number = 1
        sales.save(first)

        assert list(sales.query(Sale.by_update("open"))) == [second, first]
        assert list(sales.query(Sale.by_update("open").ge(first.updated_at))) == [first]

    def test_the_query_of_another_type_is_refused(self, sales: Repository[Sale]) -> None:
        with pytest.raises(InvalidQueryError):
            sales.query(Visit.by_customer("c1"))  # type: ignore[arg-type]

    # -- exact pages under filters

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("every", [1, 17, 1000], ids="one in {}".format)
    def test_pages_are_exact_under_filters(
        self,
        sales: Repository[Sale],
        every: int,
        descending: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        fill(sales, self.rows, Sale)
        matching = [number for number in range(self.rows) if number % every == every // 2]
        expected = matching[::-1] if descending else matching
        where = F.number.is_in(matching or [-1])
        listed = partial(sales.list, newest_first=descending)
        queried = partial(sales.query, Sale.by_customer("c"), descending=descending)
        ways = _ways(where, lambda sale: sale.number in matching)
        for read in (listed, queried):
            for limit, filters in [*product((7, 50), ways), (1, ways[-1]), (2, ways[-1])]:
                pages = walk(read, limit=limit, reads=EVERY_READ_IT_TAKES, **filters)
                assert numbers(pages) == expected
                assert len(pages) == max(1, ceil(len(expected) / limit))

    def test_where_and_predicate_both_hold(self, sales: Repository[Sale]) -> None:
        fill(sales, 20, Sale)
        where = F.number >= 5

        def predicate(sale: Sale) -> bool:
            return sale.number % 2 == 0

        assert numbers(walk(sales.list, where=where, predicate=predicate, newest_first=False)) == [*range(6, 20, 2)]
        assert [sale.number for sale in sales.iterate(where=where, predicate=predicate)] == [*range(18, 5, -2)]
        for_customer = Sale.by_customer("c")
        assert [sale.number for sale in sales.iterate(for_customer, where=where, predicate=predicate)] == [
            *range(6, 20, 2)
        ]
        assert sales.count(where=where, predicate=predicate) == sales.count(for_customer, predicate=predicate) - 3 == 7
        assert sales.count(where=where) == sales.count(for_customer, where=where) == 15

    def test_a_page_that_runs_out_of_reads_is_short_and_goes_on_where_it_stopped(self, sales: Repository[Sale]) -> None:
        fill(sales, 60, Sale)
        pages = walk(sales.list, where=F.number.is_in([3, 50]), limit=2, reads=1, newest_first=False)

        assert len(pages) > 1
        assert numbers(pages) == [3, 50]
        assert sum(page.scanned for page in pages) >= 60

    def test_rare_matches_are_found_in_few_reads(self, sales: Repository[Sale]) -> None:
        fill(sales, self.rows, Sale)
        page = sales.list(where=F.number == 0, limit=5)

        assert ([sale.number for sale in page], page.has_more) == ([0], False)

    @pytest.mark.parametrize(
        "where", [F.nothing == 1, F.number == "1", F.customer.name == "c", F.resource_id == "x"], ids=repr
    )
    def test_a_condition_that_does_not_fit_is_refused(self, sales: Repository[Sale], where: Condition) -> None:
        for read in (sales.list, sales.count, partial(sales.query, Sale.by_customer("c"))):
            with pytest.raises(InvalidQueryError):
                read(where=where)

    @pytest.mark.parametrize(
        "where",
        [
            F.number.is_in(range(3000)),
            reduce(Condition.__or__, (F.number == number for number in range(200))),
            F.customer == "x" * 2**20,
        ],
        ids=["text", "operators", "values"],
    )
    def test_a_condition_that_is_too_large_for_dynamodb_is_refused_before_any_call(
        self, table: Table, where: Condition
    ) -> None:
        counting = CountingTable(table)
        sales: Repository[Sale] = TableRepository(Sale, counting)
        for read in (sales.list, sales.count, partial(sales.query, Sale.by_customer("c"))):
            with pytest.raises(InvalidQueryError, match="DynamoDB takes at most"):
                read(where=where)
        assert not counting.calls

    # -- in a unit of work

    def test_a_unit_hands_out_its_own_objects(self, sales: Repository[Sale], table: Table) -> None:
        stored = fill(sales, 4, Sale)
        with SalesUnitOfWork(table) as unit:
            mine = unit.sales.get(stored[1].resource_id)
            unit.sales.delete(unit.sales.get(stored[2].resource_id))
            found = unit.sales.query(Sale.by_customer("c"), where=F.number >= 1)
            assert [sale.number for sale in found] == [1, 3]
            assert found[0] is mine
            found[1].status = "paid"
            unit.commit()
        assert sales.get(stored[3].resource_id).status == "paid"


def _ways(where: Condition, predicate: Callable[[Sale], bool]) -> Sequence[dict[str, Any]]:
    return {"where": where}, {"predicate": predicate}, {"where": where, "predicate": predicate}

"""`list`, `query` and collections give the same pages in memory and on DynamoDB Local, whatever is asked."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sst_repo import Condition, F, InMemoryTable, Page, Table, TableRepository
from sst_repo.testing import ManualClock
from sst_repo.testing.clocks import START
from sst_repo.testing.contracts.accesses.base import Sale, SpreadSale
from sst_repo.testing.contracts.accesses.collections import Client, Deal, DealNote
from sst_repo.testing.empty_tables import EmptyTables

pytestmark = pytest.mark.integration

ROWS = 30
KINDS = (Sale, SpreadSale)


class Counted:
    """Ids of commits that are the same in both tables."""

    def __init__(self) -> None:
        self.made = 0

    def new_id(self) -> str:
        self.made += 1
        return f"{self.made:026d}"


def stock(table: Table) -> None:
    clock = ManualClock()
    for model in KINDS:
        sales: TableRepository[Any] = TableRepository(model, table, clock=clock)
        for number in range(ROWS):
            sale = model(resource_id=f"id{number * 7 % ROWS}", customer="c", total=Decimal(number % 7), number=number)
            sale.placed_at = START + timedelta(hours=number)
            # Some rows are large, so that a read of all of them takes several.
            sale.note = "x" * (110_000 if number % 3 == 0 else number)
            sales.add(sale)
        for number in range(0, ROWS, 5):
            sale = sales.get(f"id{number}")
            sale.status = "paid"
            sales.save(sale)
        for number in range(3, ROWS, 11):
            sales.delete(sales.get(f"id{number}"))
    TableRepository(Client, table, clock=clock).add(Client(resource_id="a"))
    deals, notes = TableRepository(Deal, table, clock=clock), TableRepository(DealNote, table, clock=clock)
    for number in range(9):
        deals.add(Deal(resource_id=f"d{number}", client="a", signed_at=START + timedelta(days=number)))
        notes.add(DealNote(resource_id=f"n{number}", client="a", number=number))


@pytest.fixture(scope="module")
def tables(dynamodb_tables: EmptyTables) -> Iterator[tuple[Table, Table]]:
    memory = InMemoryTable()
    stock(memory)
    with dynamodb_tables.one() as local:
        stock(local)
        yield memory, local


leaves = st.one_of(
    st.integers(-1, ROWS).map(lambda number: F.number > number),
    st.integers(-1, ROWS).map(lambda number: F.number == number),
    st.lists(st.integers(0, ROWS), min_size=1, max_size=4).map(F.number.is_in),
    st.sampled_from(["open", "paid", "shipped"]).map(lambda status: F.status == status),
    st.integers(0, 7).map(lambda total: F.total <= Decimal(total)),
    st.just(F.note.size() > 1000),
    st.just(F.customer.exists()),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda condition: ~condition),
        st.lists(inner, min_size=2, max_size=3).map(lambda both: reduce(Condition.__and__, both)),
        st.lists(inner, min_size=2, max_size=3).map(lambda either: reduce(Condition.__or__, either)),
    ),
    max_leaves=4,
)


def odd(sale: Any) -> bool:
    return bool(sale.number % 2)


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    question: dict[str, Any] = {
        "limit": draw(st.sampled_from([1, 2, 7, 50])),
        "where": draw(conditions | st.none()),
        "predicate": draw(st.sampled_from([odd, None])),
        "reads": draw(st.sampled_from([1, 2, 10, 1000])),
    }
    model = draw(st.sampled_from(KINDS))
    if draw(st.booleans()):
        return {**question, "model": model, "newest_first": draw(st.booleans())}
    by = draw(
        st.sampled_from(
            [
                model.by_customer("c"),
                model.by_customer("c").gt(START + timedelta(hours=9)),
                model.by_customer("c").between(START, START + timedelta(hours=25)),
                model.by_customer("nobody"),
            ]
        )
    )
    return {**question, "model": model, "query": by, "descending": draw(st.booleans())}


def told(page: Page[Any]) -> tuple[Any, ...]:
    return list(page), page.has_more, page.previous is None, page.skipped


def walk(table: Table, question: dict[str, Any]) -> tuple[list[Page[Any]], list[Page[Any]]]:
    """There and back again."""
    arguments = dict(question)
    repository: TableRepository[Any] = TableRepository(arguments.pop("model"), table)
    read = repository.query if "query" in arguments else repository.list
    there = [read(**arguments)]
    while there[-1].has_more:
        there.append(read(**arguments, cursor=there[-1].cursor))
    back: list[Page[Any]] = []
    while (cursor := (back or there)[-1].previous) is not None:
        back.append(read(**arguments, cursor=cursor))
    return there, back


@settings(max_examples=30)
@given(question=questions())
def test_what_is_asked_is_answered_alike(tables: tuple[Table, Table], question: dict[str, Any]) -> None:
    in_memory, on_local = (walk(table, question) for table in tables)
    # Beyond a megabyte DynamoDB Local reads on until what passes the filter makes one: a budget ends pages elsewhere.
    if question["reads"] > 2:
        assert [[told(page) for page in way] for way in in_memory] == [[told(page) for page in way] for way in on_local]
    assert [item for page in in_memory[0] for item in page] == [item for page in on_local[0] for item in page]


@settings(max_examples=10)
@given(question=questions())
def test_what_is_read_without_a_filter_costs_alike(tables: tuple[Table, Table], question: dict[str, Any]) -> None:
    plain = {**question, "where": None}
    (in_memory, _), (on_local, _) = (walk(table, plain) for table in tables)

    assert [page.scanned for page in in_memory] == [page.scanned for page in on_local]
    for page, same in zip(in_memory, on_local, strict=True):
        # DynamoDB Local says 0 of a read that finds nothing, as the last one of each shard may be.
        assert 0 <= page.consumed - same.consumed <= 0.5 * 4


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 4, 100])
def test_collections_are_read_alike(tables: tuple[Table, Table], limit: int, descending: bool) -> None:  # noqa: FBT001
    walks = []
    for table in tables:
        pages = [table.collection("portfolio", "a", limit=limit, descending=descending)]
        while pages[-1].has_more:
            cursor = pages[-1].cursor
            pages.append(table.collection("portfolio", "a", limit=limit, descending=descending, cursor=cursor))
        walks.append([(told(page), page.scanned, page.consumed) for page in pages])

    assert walks[0] == walks[1]

"""Walks over many rows: exact under any filter, in not many more reads than the rows themselves make necessary."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from math import ceil
from typing import Literal

import pytest

from sst_repo import F, InMemoryTable, Repository, TableRepository
from sst_repo.core.paging import MAX_ROWS_A_READ
from sst_repo.testing import CountingTable, ManualClock
from sst_repo.testing.clocks import START
from sst_repo.testing.contracts.accesses.base import EVERY_READ_IT_TAKES, Sale, numbers, walk

ROWS = 5000

EVERY = {"open": 17, "shipped": 1000}
"""Each so manieth sale has this status; the others are paid."""


@pytest.fixture(scope="module")
def table() -> InMemoryTable:
    table = InMemoryTable()
    sales: Repository[Sale] = TableRepository(Sale, table, clock=ManualClock())
    for number in range(ROWS):
        placed_at = START + timedelta(minutes=number)
        sales.add(Sale(customer="c", total=Decimal(1), number=number, status=_status(number), placed_at=placed_at))
    return table


def _status(number: int) -> Literal["open", "paid", "shipped"]:
    if number % EVERY["shipped"] == 0:
        return "shipped"
    return "open" if number % EVERY["open"] == 0 else "paid"


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    ("status", "limit"), [("any", 50), ("open", 7), ("open", 50), ("shipped", 1), ("shipped", 2), ("shipped", 7)]
)
def test_a_walk_is_exact_and_reads_little_more_than_the_rows(
    table: InMemoryTable,
    status: str,
    limit: int,
    descending: bool,  # noqa: FBT001 - a parameter
) -> None:
    counting = CountingTable(table)
    sales: Repository[Sale] = TableRepository(Sale, counting)
    matching = [number for number in range(ROWS) if status in {"any", _status(number)}]
    expected = matching[::-1] if descending else matching
    where = F.number >= 0 if status == "any" else F.status == status
    every = EVERY.get(status, 1)
    for read in (
        partial(sales.list, where=where, newest_first=descending),
        partial(sales.query, Sale.by_customer("c"), where=where, descending=descending),
    ):
        counting.calls.clear()
        pages = walk(read, limit=limit, reads=EVERY_READ_IT_TAKES)

        assert numbers(pages) == expected
        assert len(pages) == max(1, ceil(len(expected) / limit))
        # Each page looks one match ahead, which the next page reads again with the rows in front of it.
        ideal = ROWS + len(pages) * every
        assert sum(page.scanned for page in pages) <= 2 * ideal
        # From a read of a few rows to one of the most it is six reads; two more find the match and the one behind it.
        assert counting.calls["query"] <= 8 * len(pages) + ceil(ROWS / MAX_ROWS_A_READ)

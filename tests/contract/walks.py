"""Walks over many rows: exact under any filter, in little more reads and read units than the rows make necessary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import product
from math import ceil
from typing import Any, ClassVar, Literal

from sst_repo import F, Page, Repository, Table, TableRepository, UnitOfWork
from sst_repo.core.capacity import read_units
from sst_repo.core.paging import MAX_ROWS_A_READ
from sst_repo.testing import CountingTable, ManualClock
from sst_repo.testing.clocks import START
from sst_repo.testing.contracts.accesses.base import EVERY_READ_IT_TAKES, Read, Sale, numbers, walk

ROW_BYTES = 420
"""About so large is a row."""

STEPS: dict[str, int] = {"every": 1, "open": 17, "shipped": 1000}
"""Each so manieth sale matches."""

Status = Literal["open", "paid", "shipped"]


class Sales(UnitOfWork):
    sales: Repository[Sale]


@dataclass(frozen=True)
class Walk:
    """One walk: which rows match, how many on a page, and in which direction."""

    matches: str
    limit: int
    descending: bool

    def __str__(self) -> str:
        return f"1 in {STEPS[self.matches]}, {self.limit} a page, {'down' if self.descending else 'up'}"


def walks(limits: Mapping[str, Sequence[int]]) -> list[Walk]:
    """All walks with these limits, by what matches."""
    return [
        Walk(matches, limit, descending)
        for matches in limits
        for limit, descending in product(limits[matches], (False, True))
    ]


EVERY_LIMIT = dict.fromkeys(STEPS, (1, 2, 7, 50))


def status(number: int) -> Status:
    if number % STEPS["shipped"] == STEPS["shipped"] // 2:
        return "shipped"
    return "open" if number % STEPS["open"] == 0 else "paid"


def stock(table: Table, rows: int) -> None:
    """Fill a table, a hundred rows a call."""
    clock = ManualClock(tick=timedelta(0))
    for start in range(0, rows, 50):
        with Sales(table, clock=clock) as unit:
            for number in range(start, min(start + 50, rows)):
                # Rows of one commit are written at one time; they are listed by their ids.
                sale = Sale(resource_id=f"id{number:06d}", customer="c", total=Decimal(1), note="x" * 60)
                sale.number, sale.status = number, status(number)
                sale.placed_at = START + timedelta(minutes=number)
                unit.sales.add(sale)
            unit.commit()
        clock.advance(timedelta(seconds=1))


class WalkContract:
    """Derive, and provide the fixture `stocked`: a table that `stock` has filled, one for all tests of a class."""

    rows: ClassVar[int]
    counts_units: ClassVar[bool] = True

    def check(self, stocked: Table, walked: Walk) -> None:
        """Walk by the listing and by an index, and compare with the ideal."""
        counting = CountingTable(stocked)
        sales: Repository[Sale] = TableRepository(Sale, counting)
        where = F.number >= 0 if walked.matches == "every" else F.status == walked.matches
        down = walked.descending
        for read in (
            partial(sales.list, where=where, newest_first=down),
            partial(sales.query, Sale.by_customer("c"), where=where, descending=down),
        ):
            counting.reset()
            self.check_pages(counting, read, walked)

    def check_pages(self, counting: CountingTable, read: Read, walked: Walk) -> None:
        step = STEPS[walked.matches]
        matching = [n for n in range(self.rows) if walked.matches in {"every", status(n)}]
        expected = matching[::-1] if walked.descending else matching

        pages = walk(read, limit=walked.limit, reads=EVERY_READ_IT_TAKES)

        assert numbers(pages) == expected
        assert len(pages) == max(1, ceil(len(expected) / walked.limit))
        # Each page looks one match ahead, which the next page reads again with the rows in front of it.
        ideal_rows = self.rows + len(pages) * step
        assert sum(page.scanned for page in pages) <= 2 * ideal_rows
        # From a read of a few rows to one of the most it is six reads; after that, pages know how many rows it takes.
        at_once = 1 if step < MAX_ROWS_A_READ else 3
        assert counting.calls["query"] <= 1.1 * at_once * len(pages) + 6 + ceil(self.rows / MAX_ROWS_A_READ)
        if self.counts_units:
            ideal_units = sum(ideal(page, walked, self.rows, step) for page in pages)
            # A read costs half a unit at least, however little it is for.
            assert sum(page.consumed for page in pages) <= 2 * ideal_units + counting.calls["query"] / 2


def ideal(page: Page[Any], walked: Walk, rows: int, step: int) -> float:
    """The read units of a page, were the rows up to the match behind it read at once."""
    return read_units(min(rows, (walked.limit + 1) * step) * ROW_BYTES, consistent=False)

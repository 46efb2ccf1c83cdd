"""Reads and read units of whole walks, next to the ideal: 5,000 rows, with filters of all selectivities.

The ideal reads each page at once, up to the match behind its last one (without it nobody knows whether there is a next
page), and each row of it once. A read costs half a unit at least, and is rounded up to 4 KB.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import ceil

from sst_repo import DynamoDBTable, F, Index, InMemoryTable, Repository, Resource, Table, TableRepository, UnitOfWork
from sst_repo.core.capacity import MAX_READ_BYTES, read_units
from sst_repo.core.layout import LISTING
from sst_repo.core.limits import item_size
from sst_repo.core.queries import Query
from sst_repo.testing import CountingTable, DynamoDBLocal, DynamoDBLocalUnavailable

ROWS = 5000
STEPS = (1, 17, 1000)
LIMITS = (1, 2, 7, 50)
START = datetime(2026, 1, 1, tzinfo=UTC)


class Sale(Resource):
    customer: str
    number: int
    total: Decimal
    placed_at: datetime
    note: str = "x" * 100
    by_customer = Index(gsi=1, partition="customer", sort="placed_at")


class Sales(UnitOfWork):
    sales: Repository[Sale]


@dataclass(frozen=True)
class Walk:
    pages: int
    calls: int
    units: float
    scanned: int


def stock(table: Table) -> None:
    for start in range(0, ROWS, 100):
        with Sales(table) as unit:
            for number in range(start, start + 100):
                placed_at = START + timedelta(minutes=number)
                # Ids in the order of the numbers, since the rows of one commit are listed by id.
                identity = f"id{number:05d}"
                unit.sales.add(
                    Sale(resource_id=identity, customer="c", number=number, total=Decimal(1), placed_at=placed_at)
                )
            unit.commit()


@contextmanager
def tables() -> Iterator[dict[str, Table]]:
    memory = InMemoryTable()
    try:
        with DynamoDBLocal.launch() as local:
            table = DynamoDBTable("bench", local.client())
            table.create()
            yield {"memory": memory, "DynamoDB Local": table}
    except DynamoDBLocalUnavailable as missing:
        print(f"\n(without DynamoDB Local: {missing})")
        yield {"memory": memory}


def walked(table: Table, step: int, limit: int, *, by_index: bool, descending: bool) -> Walk:
    counting = CountingTable(table)
    sales = TableRepository(Sale, counting)
    matching = range(step // 2, ROWS, step)
    where = None if step == 1 else F.number.is_in(matching) if len(matching) <= 100 else F.total == Decimal(1)
    predicate = (lambda sale: sale.number % step == step // 2) if len(matching) > 100 and step > 1 else None
    pages, numbers, units, scanned, cursor = 0, list[int](), 0.0, 0, None
    while True:
        if by_index:
            page = sales.query(
                Sale.by_customer("c"),
                where=where,
                predicate=predicate,
                limit=limit,
                cursor=cursor,
                descending=descending,
                reads=10_000,
            )
        else:
            page = sales.list(
                where=where, predicate=predicate, limit=limit, cursor=cursor, newest_first=descending, reads=10_000
            )
        pages, units, scanned, cursor = pages + 1, units + page.consumed, scanned + page.scanned, page.cursor
        numbers += [sale.number for sale in page]
        if cursor is None:
            break
    assert numbers == (list(matching)[::-1] if descending else list(matching))
    assert pages == max(1, ceil(len(matching) / limit))
    return Walk(pages, counting.calls["query"], units, scanned)


def ideal(row_bytes: int, step: int, limit: int) -> Walk:
    matching = len(range(step // 2, ROWS, step))
    pages = max(1, ceil(matching / limit))
    calls, units, scanned = 0, 0.0, 0
    for page in range(pages):
        # From behind the last match of the page before to the match behind the last one of this page.
        first = 0 if page == 0 else (page * limit - 1) * step + step // 2 + 1
        last = min(ROWS, (page + 1) * limit * step + step // 2 + 1)
        size = (last - first) * row_bytes
        calls += max(1, ceil(size / MAX_READ_BYTES))
        units += read_units(size, consistent=False)
        scanned += last - first
    return Walk(pages, calls, units, scanned)


def report(_: int) -> None:
    with tables() as all_tables:
        for name, table in all_tables.items():
            stock(table)
            (row,) = table.query(Query(LISTING, "Sale", limit=1)).records
            size = item_size(row)
            print(f"\nWalks over {ROWS} rows of {size} bytes on {name}: reads and read units, and the ideal of each")
            print(f"  {'':34}{'pages':>7}{'reads':>8}{'ideal':>8}{'units':>10}{'ideal':>9}{'rows':>8}{'ideal':>8}")
            for by_index in (False, True):
                for descending in (True, False):
                    for step in STEPS:
                        for limit in LIMITS:
                            real = walked(table, step, limit, by_index=by_index, descending=descending)
                            best = ideal(size, step, limit)
                            what = f"{'index' if by_index else 'list'}, 1 in {step}, {limit} a page"
                            print(
                                f"  {what + (', down' if descending else ', up'):34}{real.pages:7}{real.calls:8}"
                                f"{best.calls:8}{real.units:10.1f}{best.units:9.1f}{real.scanned:8}{best.scanned:8}"
                            )


if __name__ == "__main__":
    report(1)

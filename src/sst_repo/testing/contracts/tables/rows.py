"""What the table's contract is written with: small rows, plans with ids of their own, threads that start at once."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from sst_repo.core.layout import LATEST, PRIMARY, IndexKeys
from sst_repo.core.limits import item_size
from sst_repo.core.queries import Query, Slice
from sst_repo.core.records import Absent, Applied, Attributes, AttributeValue, Key, Matches, Op, Plan, Put, Record
from sst_repo.ids import ULIDS
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.threads import together

ResultT = TypeVar("ResultT")

_OPS_A_PLAN = 90


def row(
    pk: str = "Thing#1",
    sk: str = LATEST,
    attributes: Attributes | None = None,
    *,
    version: int = 1,
    write_id: str = "first",
    **more: AttributeValue,
) -> Record:
    """Make a row that guards can tell from others."""
    return Record(Key(pk, sk), {"_v": {"N": str(version)}, "_w": {"S": write_id}, **(attributes or {}), **more})


def entry(index: IndexKeys, partition: str, sort: str, resource_id: str = "") -> Record:
    """Make a row that stands at a place of an index; the id tells rows at one place of a secondary index apart."""
    if index == PRIMARY:
        return row(partition, sort)
    place = {index.partition: {"S": partition}, index.sort: {"S": sort}}
    return row(f"Thing#{resource_id or sort}", attributes=place)


def sized(record: Record, size: int) -> Record:
    """Give a row so many bytes, by one attribute more."""
    bare = Record(record.key, {**record.attributes, "ballast": {"S": ""}})
    ballast = {"S": "x" * (size - item_size(bare))}
    return Record(record.key, {**record.attributes, "ballast": ballast})


def still(record: Record) -> Matches:
    """Make the guard of a row that must be this one."""
    return Matches(record.version or 0, record.write_id or "")


def plan(*ops: Op) -> Plan:
    """Make a plan. Its token is new: DynamoDB Local remembers tokens across tables."""
    return Plan(ops, ULIDS.new_id())


def put_all(table: Table, records: Iterable[Record]) -> None:
    """Put rows where there are none."""
    remaining = iter(records)
    while ops := tuple(Put(record, Absent()) for record in islice(remaining, _OPS_A_PLAN)):
        assert table.transact(plan(*ops)) == Applied()


def overwrite(table: Table, old: Record, new: Record) -> None:
    """Put a row over another one."""
    assert table.transact(plan(Put(new, still(old)))) == Applied()


def slices(table: Table, query: Query) -> Iterator[Slice]:
    """Read on until there is no more."""
    while True:
        got = table.query(query)
        yield got
        if got.more is None:
            return
        assert got.more != query.after, "reading on does not get on"
        query = replace(query, after=got.more)


def is_nothing(got: Slice) -> bool:
    """Tell whether a read found nothing, looked at nothing and says that there is no more."""
    return (got.records, got.count, got.scanned, got.more) == ((), 0, 0, None)


def records_of(table: Table, query: Query) -> list[Record]:
    """Return all rows of a query, however many reads it takes."""
    return [record for got in slices(table, query) for record in got.records]


def at_once(work: Callable[[int], ResultT], threads: int = 8) -> list[ResultT]:
    """Do the work in several threads that start together; it is given the thread's number. Return all results."""
    results: list[ResultT] = []
    for result in together(work, threads):
        if isinstance(result, Exception):
            raise result
        results.append(result)
    return results

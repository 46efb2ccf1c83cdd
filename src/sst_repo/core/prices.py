"""What a plan costs, given the rows it meets: the arithmetic of a table that does not bill.

| | costs |
|---|---|
| a put or delete on its own | its write units |
| each op of a transaction, checks included | twice that |
| the indexes | the write units of the entries that change, once in a transaction too |
| a write that is refused | what it would have cost the table, with nothing new stored |
| a transaction that is known by its token | twice the units for reading its rows consistently |

Sources: DynamoDB Developer Guide, "DynamoDB read and write operations" and "Amazon DynamoDB Transactions: How it works"
(two writes of every item; a repeated call consumes read capacity). That indexes are not doubled was captured at AWS by
others. What a refused transaction costs is published nowhere: it is counted in full.
"""

from collections.abc import Mapping, Sequence

from sst_repo.consumption import Consumed
from sst_repo.core.capacity import Entry, index_write_units, price_of_rows, size_of, write_units
from sst_repo.core.layout import IndexKeys, index_entry
from sst_repo.core.projections import Projection
from sst_repo.core.records import Check, Plan, Put, Record


def price_of_applied(
    plan: Plan,
    stored: Sequence[Record | None],
    indexes: Sequence[IndexKeys],
    projections: Mapping[str, Projection],
    *,
    in_transaction: bool,
) -> Consumed:
    """Return what it costs to apply a plan.

    Args:
        plan: The plan.
        stored: The row that each op meets; None where there is none.
        indexes: The indexes beside the table's own.
        projections: What they hold less than whole rows.
        in_transaction: Whether it goes as a transaction.
    """
    table = in_indexes = 0
    for op, old in zip(plan.ops, stored, strict=True):
        new = op.record if isinstance(op, Put) else old if isinstance(op, Check) else None
        table += write_units(size_of(old), size_of(new))
        if old is not new:
            for index in indexes:
                before, after = (_entry(row, index, projections) for row in (old, new))
                in_indexes += index_write_units(before, after)
    if in_transaction:
        table *= 2
    return Consumed(1, write=table + in_indexes, index_write=in_indexes)


def price_of_refused(stored: Sequence[Record | None], *, in_transaction: bool) -> Consumed:
    """Return what it costs to be refused, given the rows that the ops met, as far as they are known."""
    units = sum(write_units(size_of(row), 0) for row in stored)
    return Consumed(1, write=2 * units if in_transaction else units)


def price_of_known(plan: Plan) -> Consumed:
    """Return what it costs to send a transaction that was applied already."""
    rows = (op.record if isinstance(op, Put) else None for op in plan.ops)
    return Consumed(1, read=2 * price_of_rows(rows, consistent=True))


def _entry(row: Record | None, index: IndexKeys, projections: Mapping[str, Projection]) -> Entry | None:
    """Return what an index holds of a row."""
    place = None if row is None else index_entry(row, index)
    if row is None or place is None:
        return None
    projection = projections.get(index.name or "")
    held = row if projection is None else projection.entry(row, index)
    return Entry(place, size_of(held), held)

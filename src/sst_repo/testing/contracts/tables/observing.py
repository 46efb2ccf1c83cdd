"""The contract of what a table tells of its calls, to those who add up and to those who watch."""

from collections.abc import Callable

import pytest

from sst_repo.consumption import Consumed
from sst_repo.core.layout import LISTING, PRIMARY, gsi
from sst_repo.core.queries import Query, Scan
from sst_repo.core.records import Absent, Check, Delete, Put
from sst_repo.observation import TableCall, heard_by
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.base import Contract, requires
from sst_repo.testing.contracts.tables.rows import entry, plan, row, sized, still


def _calls_of(work: Callable[[], object]) -> list[TableCall]:
    calls: list[TableCall] = []
    with heard_by(calls.append):
        work()
    return calls


class ObservationContract(Contract):
    """A table tells of each call once.

    Attributes:
        lacks: "observation", "capacity", "capacity of transactions".
    """

    @requires("observation")
    def test_each_call_is_told_once_with_its_operation_type_index_and_rows(self, table: Table) -> None:
        one, two = row("Thing#1"), row("Thing#2")

        def work() -> None:
            table.transact(plan(Put(one, Absent())))
            table.transact(plan(Put(two, Absent()), Delete(one.key, still(one))))
            table.transact(plan(Put(two, Absent())))
            table.read(one.key)
            table.read_many([one.key, two.key])
            table.query(Query(PRIMARY, two.key.pk))
            table.query(Query(LISTING, "Thing"))
            table.query(Query(gsi(1), "#together#x#"))
            table.scan(Scan())
            table.transact(plan(Delete(two.key, still(two))))

        told = [
            (call.operation, call.types, call.index, call.outcome, call.scanned, call.returned)
            for call in _calls_of(work)
        ]

        assert told == [
            ("PutItem", ("Thing",), None, "ok", 0, 0),
            ("TransactWriteItems", ("Thing",), None, "ok", 0, 0),
            ("PutItem", ("Thing",), None, "refused", 0, 0),
            ("GetItem", ("Thing",), None, "ok", 0, 0),
            ("BatchGetItem", ("Thing",), None, "ok", 1, 1),
            ("Query", ("Thing",), None, "ok", 1, 1),
            ("Query", ("Thing",), "listing", "ok", 0, 0),
            ("Query", (), "gsi1", "ok", 0, 0),
            ("Scan", (), None, "ok", 1, 1),
            ("DeleteItem", ("Thing",), None, "ok", 0, 0),
        ]

    @requires("observation")
    def test_a_call_that_fails_is_told_too(self, table: Table) -> None:
        table.delete()

        def work() -> None:
            with pytest.raises(Exception, match=r"no such table|was deleted"):
                table.read(row().key)

        (call,) = _calls_of(work)
        assert (call.outcome, call.error) == ("failed", "TableNotFoundError")

    @requires("observation")
    @requires("capacity")
    def test_what_a_call_consumed_follows_from_sizes_entries_and_consistency(self, table: Table) -> None:
        old = sized(entry(gsi(1), "here", "a", "Thing#1"), 3000)
        new = sized(entry(gsi(1), "here", "b", "Thing#1" ), 100)  # fmt: skip

        def work() -> None:
            table.transact(plan(Put(old, Absent())))
            table.read(old.key)
            table.read(old.key, consistent=False)
            table.transact(plan(Put(new, still(old))))
            table.transact(plan(Put(new, Absent())))

        assert [call.consumed for call in _calls_of(work)] == [
            Consumed(1, write=6, index_write=3),
            Consumed(1, read=1),
            Consumed(1, read=0.5),
            Consumed(1, write=3 + 3 + 1, index_write=3 + 1),
            Consumed(1, write=1),
        ]

    @requires("observation")
    @requires("capacity")
    @requires("capacity of transactions")
    def test_a_transaction_takes_the_table_twice_and_its_indexes_once(self, table: Table) -> None:
        checked = sized(row("Thing#checked"), 3000)
        indexed = sized(entry(gsi(1), "here", "a", "Thing#indexed"), 1500)
        table.transact(plan(Put(checked, Absent())))
        transaction = plan(Put(indexed, Absent()), Check(checked.key, still(checked)))

        def work() -> None:
            table.transact(transaction)
            table.transact(transaction)

        assert [call.consumed for call in _calls_of(work)] == [
            Consumed(1, write=2 * (2 + 3) + 2, index_write=2),
            Consumed(1, read=2 * (1 + 1)),
        ]

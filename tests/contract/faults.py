"""What each fault comes to: the same on every table, whether it is injected at the port or on the wire."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import pytest

from sst_repo.core import layout
from sst_repo.core.queries import Query, Scan
from sst_repo.core.records import (
    Absent,
    Applied,
    Contended,
    Delete,
    Key,
    Matches,
    Outcome,
    Plan,
    Put,
    Record,
    Refused,
    Unknown,
)
from sst_repo.core.retry import UNPROCESSED
from sst_repo.errors import AccessDeniedError, TableError, TableUnavailableError
from sst_repo.ids import ULIDS
from sst_repo.tables.base import Table
from sst_repo.testing import Fault, FaultSchedule
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.faults import READS, Call

KEY = Key("Thing#1", "@")
KEYS = [Key(f"Thing#{number}", "@") for number in range(1, 21)]

MakeFaulty: TypeAlias = Callable[[FaultSchedule], Table]


def row(key: Key, version: int) -> Record:
    return Record(key, {"_v": {"N": str(version)}, "_w": {"S": f"w{version}"}})


def fresh(plan: Plan) -> Plan:
    """Give a plan an id that no server remembers as that of another."""
    return replace(plan, write_id=ULIDS.new_id())


STORED = row(KEY, 1)
WRITES = {
    "put": Plan((Put(row(KEY, 2), Matches(1, "w1")),), "w2"),
    "delete": Plan((Delete(KEY, Matches(1, "w1")),), "w2"),
    "transaction": Plan((Put(row(KEY, 2), Matches(1, "w1")), Put(row(KEYS[1], 1), Absent())), "w2"),
}
REFUSED = {
    "put": Plan((Put(row(KEY, 2), Absent()),), "w2"),
    "transaction": Plan((Put(row(KEY, 2), Absent()), Put(row(KEYS[1], 1), Absent())), "w2"),
}
APPLIED: dict[str, dict[Key, Record]] = {
    "put": {KEY: row(KEY, 2)},
    "delete": {},
    "transaction": {KEY: row(KEY, 2), KEYS[1]: row(KEYS[1], 1)},
}
AFTER = {Fault.DROP_AFTER, Fault.HANG, Fault.TRUNCATE, Fault.WRONG_CRC, Fault.DUPLICATE, Fault.ERROR_AFTER}
LOST = {
    Fault.DROP_BEFORE,
    Fault.DROP_AFTER,
    Fault.HANG,
    Fault.TRUNCATE,
    Fault.WRONG_CRC,
    Fault.LATE_DELIVERY,
    Fault.ERROR_BEFORE,
    Fault.ERROR_AFTER,
}
BUSY = {Fault.THROTTLE, Fault.CONFLICT}

ON_WRITES = sorted(LOST | BUSY | {Fault.DUPLICATE, Fault.EXPIRED_CREDENTIALS}, key=str)
ON_READS = [(call, fault) for call in sorted(READS) for fault in Fault if call in fault.calls]


class FaultContract(Contract):
    @pytest.fixture
    def faulty(self, table: Table) -> MakeFaulty:
        """Makes the table under test faulty."""
        pytest.fail(f"{type(self).__name__} must provide the fixture `faulty`")

    @pytest.fixture(autouse=True)
    def stocked(self, table: Table) -> None:
        table.transact(Plan((Put(STORED, Absent()),), "w1"))

    @pytest.mark.parametrize("write", WRITES)
    @pytest.mark.parametrize("fault", ON_WRITES, ids=str)
    def test_a_fault_means_the_same_for_every_write(
        self, table: Table, faulty: MakeFaulty, fault: Fault, write: str
    ) -> None:
        assert self._outcome(faulty(FaultSchedule.script(fault)), fresh(WRITES[write])) == (
            Unknown()
            if fault in LOST
            else Contended()
            if fault in BUSY
            else Applied()
            if fault is Fault.DUPLICATE
            else AccessDeniedError
        )
        assert table.read_many(KEYS) == (APPLIED[write] if fault in AFTER else {KEY: STORED})

    @pytest.mark.parametrize("write", REFUSED)
    @pytest.mark.parametrize("fault", sorted(LOST, key=str), ids=str)
    def test_a_fault_hides_a_refusal_too(self, table: Table, faulty: MakeFaulty, fault: Fault, write: str) -> None:
        assert self._outcome(faulty(FaultSchedule.script(fault)), fresh(REFUSED[write])) == Unknown()
        assert table.read_many(KEYS) == {KEY: STORED}

    @pytest.mark.parametrize("write", WRITES)
    def test_a_late_delivery_is_applied_once_whatever_overtakes_it(
        self, table: Table, faulty: MakeFaulty, write: str
    ) -> None:
        late = faulty(FaultSchedule.script(Fault.LATE_DELIVERY))
        plan = fresh(WRITES[write])
        assert self._outcome(late, plan) == Unknown()
        assert self._outcome(late, plan) == Applied()
        assert table.read_many(KEYS) == APPLIED[write]

    @pytest.mark.parametrize("write", WRITES)
    @pytest.mark.parametrize("fault", ON_WRITES, ids=str)
    def test_nothing_but_a_late_delivery_arrives_behind_the_next_write(
        self, table: Table, faulty: MakeFaulty, fault: Fault, write: str
    ) -> None:
        other = row(KEYS[2], 1)
        scripted = faulty(FaultSchedule.script(fault))
        self._outcome(scripted, fresh(WRITES[write]))
        assert scripted.transact(fresh(Plan((Put(other, Absent()),), ""))) == Applied()
        arrived = APPLIED[write] if fault in AFTER | {Fault.LATE_DELIVERY} else {KEY: STORED}
        assert table.read_many(KEYS) == {**arrived, other.key: other}

    def test_a_refused_write_that_was_sent_twice_tells_its_reasons(self, table: Table, faulty: MakeFaulty) -> None:
        duplicated = faulty(FaultSchedule.script(Fault.DUPLICATE))
        outcome = duplicated.transact(fresh(REFUSED["put"]))
        assert isinstance(outcome, Refused)
        assert [reason and reason.stored for reason in outcome.reasons] == [STORED]

    @pytest.mark.parametrize(("call", "fault"), ON_READS, ids=str)
    def test_a_fault_that_stays_means_the_same_for_every_read(
        self, table: Table, faulty: MakeFaulty, call: Call, fault: Fault
    ) -> None:
        table.transact(fresh(Plan(tuple(Put(row(key, 1), Absent()) for key in KEYS[1:]), "")))
        reading = faulty(FaultSchedule.always(fault, calls={call}))
        if fault is Fault.DUPLICATE:
            assert self._read(reading, call) == self._read(table, call)
            return
        with pytest.raises(TableError) as failed:
            self._read(reading, call)
        denied = fault is Fault.EXPIRED_CREDENTIALS
        assert type(failed.value) is (AccessDeniedError if denied else TableUnavailableError)

    def test_a_partial_batch_names_what_is_left_over_and_has_what_was_read(
        self, table: Table, faulty: MakeFaulty
    ) -> None:
        table.transact(fresh(Plan(tuple(Put(row(key, 1), Absent()) for key in KEYS[1:]), "")))
        reading = faulty(FaultSchedule.always(Fault.PARTIAL_BATCH, calls={"read_many"}))
        assert reading.read_many(KEYS[: UNPROCESSED.attempts]) == table.read_many(KEYS[: UNPROCESSED.attempts])
        with pytest.raises(TableUnavailableError) as failed:
            reading.read_many(KEYS)
        named = [layout.row_name(key.pk) for key in KEYS]
        assert list(failed.value.unprocessed) == named[UNPROCESSED.attempts :]

    @staticmethod
    def _outcome(table: Table, plan: Plan) -> Outcome | type[Exception]:
        try:
            return table.transact(plan)
        except TableError as error:
            return type(error)

    @staticmethod
    def _read(table: Table, call: Call) -> object:
        match call:
            case "read":
                return table.read(KEY)
            case "read_many":
                return table.read_many(KEYS)
            case "query":
                return table.query(Query(layout.PRIMARY, KEY.pk)).records
            case _:
                return table.scan(Scan(0, 1)).records

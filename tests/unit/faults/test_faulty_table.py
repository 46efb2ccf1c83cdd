"""A faulty table does at the port what each fault comes to on the wire."""

import pickle

import pytest

from sst_repo import InMemoryTable
from sst_repo.core.records import Absent, Applied, Contended, Delete, Key, Matches, Plan, Put, Record, Refused, Unknown
from sst_repo.testing import CountingTable, Fault, FaultSchedule, FaultyTable, ScriptedTable
from sst_repo.testing.faults import InjectedFaultError
from sst_repo.testing.wrappers import applied, meeting

ROW = Record(Key("Order#o1", "@"), {"_v": {"N": "1"}, "_w": {"S": "w1"}})
NEXT = Record(ROW.key, {"_v": {"N": "2"}, "_w": {"S": "w2"}})
ADD = Plan((Put(ROW, Absent()),), "w1")
SAVE = Plan((Put(NEXT, Matches(1, "w1")),), "w2")
REMOVE = Plan((Delete(ROW.key, Matches(1, "w1")),), "w3")


@pytest.fixture
def memory() -> InMemoryTable:
    return InMemoryTable()


def test_what_meets_no_fault_is_passed_on(memory: InMemoryTable) -> None:
    table = FaultyTable(memory, FaultSchedule.script(None))
    assert table.transact(ADD) == Applied()
    assert table.read(ROW.key) == ROW
    assert not table.faults


def test_faults_are_counted_and_are_the_cause_of_what_is_answered(memory: InMemoryTable) -> None:
    table = FaultyTable(memory, FaultSchedule.script(Fault.HANG, Fault.THROTTLE, Fault.HANG))
    answers = [table.transact(ADD) for _ in range(3)]
    causes = [answer.cause for answer in answers if isinstance(answer, Unknown | Contended)]
    faults = [cause.fault for cause in causes if isinstance(cause, InjectedFaultError)]
    assert faults == [Fault.HANG, Fault.THROTTLE, Fault.HANG]
    assert table.faults == {Fault.HANG: 2, Fault.THROTTLE: 1}


def test_a_duplicate_is_answered_what_the_first_delivery_became(memory: InMemoryTable) -> None:
    table = FaultyTable(memory, FaultSchedule.always(Fault.DUPLICATE))
    assert table.transact(ADD) == Applied()
    assert isinstance(table.transact(SAVE), Applied)
    assert memory.read(ROW.key) == NEXT


def test_a_duplicate_is_delivered_twice(memory: InMemoryTable) -> None:
    behind = CountingTable(memory)
    FaultyTable(behind, FaultSchedule.script(Fault.DUPLICATE)).transact(ADD)
    assert behind.plans == [ADD, ADD]


def test_a_late_delivery_arrives_behind_its_resending_and_finds_it(memory: InMemoryTable) -> None:
    table = FaultyTable(memory, FaultSchedule.script(Fault.LATE_DELIVERY))
    assert table.transact(ADD) == Unknown()
    assert memory.read(ROW.key) is None
    assert table.transact(ADD) == Applied()
    assert table.transact(REMOVE) == Applied()
    assert memory.read(ROW.key) is None


def test_a_late_delivery_can_arrive_just_before_the_next_write(memory: InMemoryTable) -> None:
    table = FaultyTable(memory, FaultSchedule.script(Fault.LATE_DELIVERY), overtaken_by=0)
    table.transact(ADD)
    assert memory.read(ROW.key) is None
    assert isinstance(table.transact(ADD), Refused)


def test_a_late_delivery_can_let_several_writes_pass(memory: InMemoryTable) -> None:
    table = FaultyTable(memory, FaultSchedule.script(Fault.LATE_DELIVERY), overtaken_by=2)
    other = Plan((Put(Record(Key("Order#o2", "@"), ROW.attributes), Absent()),), "w1")
    table.transact(ADD)
    table.transact(other)
    assert memory.read(ROW.key) is None
    table.transact(other)
    assert memory.read(ROW.key) == ROW


def test_what_is_late_can_be_delivered_at_once(memory: InMemoryTable) -> None:
    table = FaultyTable(memory, FaultSchedule.script(Fault.LATE_DELIVERY))
    table.transact(ADD)
    table.deliver_late()
    assert memory.read(ROW.key) == ROW
    table.deliver_late()
    assert isinstance(memory.transact(ADD), Refused)


def test_a_read_does_not_let_what_is_late_arrive(memory: InMemoryTable) -> None:
    table = FaultyTable(memory, FaultSchedule.script(Fault.LATE_DELIVERY), overtaken_by=0)
    table.transact(ADD)
    assert table.read(ROW.key) is None


def test_a_late_delivery_that_less_than_no_write_overtakes_is_refused(memory: InMemoryTable) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        FaultyTable(memory, FaultSchedule.script(), overtaken_by=-1)


def test_an_injected_fault_survives_pickling() -> None:
    copy = pickle.loads(pickle.dumps(InjectedFaultError(Fault.HANG)))  # noqa: S301 - our own
    assert (copy.fault, str(copy)) == (Fault.HANG, "injected fault: hang")


def test_a_script_can_mix_faults_with_other_steps(memory: InMemoryTable) -> None:
    table = ScriptedTable(memory, meeting(Fault.DROP_AFTER), applied, meeting(Fault.LATE_DELIVERY))
    assert table.transact(ADD) == Unknown()
    assert isinstance(table.transact(ADD), Refused)
    assert table.transact(REMOVE) == Unknown()
    assert memory.read(ROW.key) == ROW

"""The contract of faults catches a fault that does anything else than it says."""

from enum import Enum
from functools import partial

import pytest

from sst_repo import InMemoryTable
from sst_repo.core.records import Absent, Plan, Put
from sst_repo.testing import Fault, FaultyTable
from sst_repo.testing.faults.kinds import Answer, Delivery
from tests.contract.faults import ON_WRITES, STORED, WRITES, FaultContract


def is_unseen(fault: Fault, bug: Enum) -> bool:
    """Whether the bug makes no difference to the table: what arrives twice, and the truth where there is none yet."""
    often = {Delivery.ONCE, Delivery.TWICE}
    return {fault.delivery, bug} <= often or (bug is Answer.TRUE and fault.delivery not in often)


PLANTED = [
    (fault, name, bug)
    for fault in ON_WRITES
    for name, choices in (("delivery", Delivery), ("answer", Answer))
    for bug in choices
    if bug is not getattr(fault, name) and not is_unseen(fault, bug)
]


@pytest.mark.parametrize(("fault", "name", "bug"), PLANTED, ids=str)
def test_a_fault_that_does_something_else_is_caught(
    monkeypatch: pytest.MonkeyPatch, fault: Fault, name: str, bug: Enum
) -> None:
    assert not failures(fault)
    monkeypatch.setattr(fault, name, bug)
    assert failures(fault)


def failures(fault: Fault) -> list[str]:
    """The writes for which a faulty table in memory breaks the contract."""
    contract = FaultContract()
    return [write for write in WRITES if not _passes(contract, fault, write)]


def _passes(contract: FaultContract, fault: Fault, write: str) -> bool:
    tests = (
        contract.test_a_fault_means_the_same_for_every_write,
        contract.test_nothing_but_a_late_delivery_arrives_behind_the_next_write,
    )
    try:
        for test in tests:
            table = _stocked()
            test(table, partial(FaultyTable, table), fault, write)
    except AssertionError:
        return False
    return True


def _stocked() -> InMemoryTable:
    table = InMemoryTable()
    table.transact(Plan((Put(STORED, Absent()),), "w1"))
    return table

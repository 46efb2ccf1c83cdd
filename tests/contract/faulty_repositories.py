"""What each fault comes to for who uses a repository or a unit of work: the same at the port and on the wire."""

from collections.abc import Callable

import pytest

from sst_repo import Index, Repository, Resource, TableRepository, UnitOfWork, VersionedResource
from sst_repo.errors import AccessDeniedError, CommitOutcomeUnknownError, SstRepoError, TableUnavailableError
from sst_repo.tables.base import Table
from sst_repo.testing import Fault, FaultSchedule, ManualClock
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.faults import READS, Call
from tests.contract.faults import AFTER, LOST, ON_WRITES, MakeFaulty


class Thing(Resource):
    owner: str
    number: int = 0
    by_owner = Index(gsi=1, partition="owner", sort="number")


class Kept(VersionedResource):
    number: int = 0


class Things(UnitOfWork):
    things: Repository[Thing]
    kept: Repository[Kept]


class Scene:
    """A table with two things in it, and what can be done to them through another that is faulty."""

    def __init__(self, table: Table, faulty: Table) -> None:
        clock = ManualClock()
        self.table = faulty
        self.stored = TableRepository(Thing, table)
        self.stored_kept = TableRepository(Kept, table)
        self.things = TableRepository(Thing, faulty, clock=clock)
        self.kept = TableRepository(Kept, faulty, clock=clock)
        self.thing = self.stored.add(Thing(resource_id="1", owner="o"))
        self.old = self.stored_kept.add(Kept(resource_id="1"))

    def add(self) -> None:
        self.things.add(Thing(resource_id="2", owner="o"))

    def add_kept(self) -> None:
        self.kept.add(Kept(resource_id="2"))

    def save(self) -> None:
        self.thing.number = 1
        self.things.save(self.thing)

    def save_kept(self) -> None:
        self.old.number = 1
        self.kept.save(self.old)

    def delete(self) -> None:
        self.things.delete(self.thing)

    def delete_kept(self) -> None:
        self.kept.delete(self.old)

    def commit(self) -> None:
        with Things(self.table, clock=ManualClock()) as unit:
            unit.things.get("1").number = 1
            unit.kept.get("1").number = 1
            unit.things.add(Thing(resource_id="2", owner="o"))
            unit.commit()

    def get(self) -> object:
        return self.things.get("1")

    def get_many(self) -> object:
        return self.things.get_many(str(number) for number in range(1, 21))

    def query(self) -> object:
        return list(self.things.query(Thing.by_owner("o")))

    def state(self) -> list[tuple[str, int, int]]:
        """What is stored: each resource's id, version and number."""
        everything: list[Thing | Kept] = [*self.stored.scan(), *self.stored_kept.scan()]
        return sorted((f"{type(each).__name__}-{each.resource_id}", each.version, each.number) for each in everything)


UNTOUCHED = [("Kept-1", 1, 0), ("Thing-1", 1, 0)]
DONE: dict[str, list[tuple[str, int, int]]] = {
    "add": [*UNTOUCHED, ("Thing-2", 1, 0)],
    "add_kept": [("Kept-1", 1, 0), ("Kept-2", 1, 0), ("Thing-1", 1, 0)],
    "save": [("Kept-1", 1, 0), ("Thing-1", 2, 1)],
    "save_kept": [("Kept-1", 2, 1), ("Thing-1", 1, 0)],
    "delete": [("Kept-1", 1, 0)],
    "delete_kept": [("Thing-1", 1, 0)],
    "commit": [("Kept-1", 2, 1), ("Thing-1", 2, 1), ("Thing-2", 1, 0)],
}
CALL_OF: dict[str, Call] = {"get": "read", "get_many": "read_many", "query": "query"}
ON_REPOSITORY_READS = [
    (reading, fault)
    for reading, call in CALL_OF.items()
    for fault in Fault
    if call in fault.calls and fault is not Fault.DUPLICATE
]


def is_unknowable(write: str, fault: Fault) -> bool:
    """Whether nothing is left that could tell whose write it was: that of a plain resource that is deleted."""
    return write == "delete" and fault in LOST & AFTER


class FaultyRepositoryContract(Contract):
    @pytest.fixture
    def faulty(self, table: Table) -> MakeFaulty:
        """Makes the table under test faulty."""
        pytest.fail(f"{type(self).__name__} must provide the fixture `faulty`")

    @pytest.mark.parametrize("write", DONE)
    @pytest.mark.parametrize("fault", ON_WRITES, ids=str)
    def test_a_fault_comes_to_the_same_in_every_write(
        self, table: Table, faulty: MakeFaulty, write: str, fault: Fault
    ) -> None:
        scene = Scene(table, faulty(FaultSchedule.script(fault)))
        error = _outcome(getattr(scene, write))
        if fault is Fault.EXPIRED_CREDENTIALS:
            assert (error, scene.state()) == (AccessDeniedError, UNTOUCHED)
            return
        assert error is (CommitOutcomeUnknownError if is_unknowable(write, fault) else None)
        assert scene.state() == DONE[write]

    @pytest.mark.parametrize(("reading", "fault"), ON_REPOSITORY_READS, ids=str)
    def test_a_fault_that_stays_comes_to_the_same_in_every_read(
        self, table: Table, faulty: MakeFaulty, reading: str, fault: Fault
    ) -> None:
        scene = Scene(table, faulty(FaultSchedule.always(fault, calls=READS)))
        for number in range(3, 21):
            scene.stored.add(Thing(resource_id=str(number), owner="o"))
        denied = fault is Fault.EXPIRED_CREDENTIALS
        assert _outcome(getattr(scene, reading)) is (AccessDeniedError if denied else TableUnavailableError)


def _outcome(act: Callable[[], object]) -> type[SstRepoError] | None:
    try:
        act()
    except SstRepoError as error:
        return type(error)
    return None

"""One process of a storm: its own client behind its own proxy, commit after commit, each written down in the ledger."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from benchmarks.outcomes import FAULTS, carry_out
from benchmarks.storm.ledger import Conflict, Entry
from benchmarks.storm.models import Journal, Member, Note, Storm, name_of
from sst_repo import DynamoDBTable, Repository, Table, TableRepository
from sst_repo.errors import (
    AlreadyExistsError,
    ConflictError,
    NotFoundError,
    SstRepoError,
    UniqueViolationError,
)
from sst_repo.testing import Fault, FaultProxy, FaultSchedule
from sst_repo.testing.faults import Call

SHARED = 4
"""So many notes, and so many journals, are written by all processes."""

WEIGHTS = {
    "add note": 12,
    "add journal": 12,
    "save note": 12,
    "save journal": 12,
    "save shared note": 12,
    "save shared journal": 12,
    "unit of three": 14,
    "add member": 5,
    "rename member": 3,
    "race for handle": 4,
    "race to add journal": 3,
    "race to add note": 0.3,
    "race to delete": 3,
    "delete journal": 4,
    "delete note": 1,
}
OWNED = frozenset(
    {
        "add note",
        "add journal",
        "save note",
        "save journal",
        "add member",
        "rename member",
        "delete note",
        "delete journal",
    }
)
"""The kinds that write rows which no other process writes."""

SINGLE = frozenset(
    {
        "add note",
        "add journal",
        "save note",
        "save shared note",
        "race to add journal",
        "race to add note",
        "delete note",
    }
)
"""The kinds that write one row, and so are no transactions."""

UNKNOWABLE = {"delete note", "race to add note"}
"""The kinds whose outcome can stay unknown: a plain row that is gone, or was made again, does not tell who wrote it."""

KEPT = 40
"""So many rows of each kind a process goes on writing."""

T = TypeVar("T", Note, Journal, Member)


@dataclass(frozen=True, slots=True)
class Work:
    """What a process is to do. Sent to it, so it holds nothing but plain values.

    Attributes:
        endpoint_url: The DynamoDB behind the proxy.
        table: The table's name.
        process: The process's number.
        commits: How many commits to make.
        seed: Makes the choices and the faults repeatable.
        rate: The share of write requests that meet a fault.
        rule: Wraps the table, to plant another commit rule.
    """

    endpoint_url: str
    table: str
    process: int
    commits: int
    seed: int
    rate: float
    rule: Callable[[Table], Table] | None = None


@dataclass(slots=True)
class Done:
    """What a process has done."""

    entries: list[Entry]
    faults: Counter[Fault]


def work(task: Work) -> Done:
    """Make the commits of one process."""
    drawn = FaultSchedule.seeded(task.seed * 1_000 + task.process, task.rate, FAULTS)
    met: list[Fault] = []

    def noted(call: Call) -> Fault | None:
        fault = drawn.next(call)
        met.extend([fault] if fault else [])
        return fault

    with FaultProxy(task.endpoint_url, FaultSchedule(noted)) as proxy:
        table: Table = DynamoDBTable(task.table, proxy.client(read_timeout=3, attempts=4))
        worker = Worker(table if task.rule is None else task.rule(table), task.process, task.seed, met=met)
        entries = [worker.commit() for _ in range(task.commits)]
        proxy.deliver_late()
        return Done(entries, proxy.faults)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A commit that is about to be made: as `Entry`, and what makes it."""

    act: Callable[[], object]
    writes: tuple[str, ...] = ()
    removes: str | None = None


class Worker:
    """Makes commits of all kinds, one after the other.

    Args:
        table: Where.
        process: The process's number.
        seed: Makes the choices repeatable.
        met: The faults that were met so far; whoever draws them adds to it.
        begin: Is told what is about to be tried, as of unknown outcome.
    """

    def __init__(
        self,
        table: Table,
        process: int,
        seed: int,
        *,
        met: Sequence[Fault] = (),
        begin: Callable[[Entry], object] = lambda _: None,
    ) -> None:
        self.table = table
        self.met = met
        self.begin = begin
        self.process = process
        self.chance = random.Random(f"{seed}-{process}")
        self.notes = TableRepository(Note, table)
        self.journals = TableRepository(Journal, table)
        self.members = TableRepository(Member, table)
        self.own: dict[str, list[str]] = {"Note": [], "Journal": [], "Member": []}
        self.races = Counter[str]()
        self.made = 0

        self._kinds: dict[str, Callable[[str], Attempt | None]] = {
            "add note": lambda nonce: self._add(self.notes, Note(entries=[nonce])),
            "add journal": lambda nonce: self._add(self.journals, Journal(entries=[nonce])),
            "add member": lambda nonce: self._add(self.members, Member(entries=[nonce], handle=nonce)),
            "save note": lambda nonce: self._save(self.notes, self._any_own("Note"), nonce),
            "save journal": lambda nonce: self._save(self.journals, self._any_own("Journal"), nonce),
            "rename member": self._rename,
            "delete note": lambda _: self._delete(self.notes, self._any_own("Note")),
            "delete journal": lambda _: self._delete(self.journals, self._any_own("Journal")),
            "save shared note": lambda nonce: self._save(self.notes, self._any_shared(), nonce),
            "save shared journal": lambda nonce: self._save(self.journals, self._any_shared(), nonce),
            "unit of three": self._unit,
            "race to add journal": lambda nonce: self._add(
                self.journals, Journal(resource_id=f"race-{self._next('journal')}", entries=[nonce])
            ),
            "race to add note": lambda nonce: self._add(
                self.notes, Note(resource_id=f"race-{self._next('note')}", entries=[nonce])
            ),
            "race for handle": lambda nonce: self._add(
                self.members, Member(entries=[nonce], handle=f"handle-{self._next('handle')}")
            ),
            "race to delete": lambda _: self._delete(self.journals, f"target-{self._next('delete')}"),
        }

    def commit(self) -> Entry:
        """Make one commit, of a kind that can be made at this moment."""
        self.made += 1
        nonce = f"{self.process}-{self.made}"
        while True:
            (kind,) = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
            attempt = self._kinds[kind](nonce)
            if attempt is not None:
                entry = self._carry_out(nonce, kind, attempt)
                self._remember(entry)
                return entry

    # -- what is about to be done

    def _add(self, repository: Repository[T], resource: T) -> Attempt:
        return Attempt(lambda: repository.add(resource), writes=(name_of(resource),))

    def _save(self, repository: Repository[T], resource_id: str | None, nonce: str) -> Attempt | None:
        resource = None if resource_id is None else repository.find(resource_id)
        if resource is None:
            return None
        resource.entries.append(nonce)
        return Attempt(lambda: repository.save(resource), writes=(name_of(resource),))

    def _rename(self, nonce: str) -> Attempt | None:
        resource_id = self._any_own("Member")
        member = None if resource_id is None else self.members.find(resource_id)
        if member is None:
            return None
        member.entries.append(nonce)
        member.handle = nonce
        return Attempt(lambda: self.members.save(member), writes=(name_of(member),))

    def _delete(self, repository: Repository[T], resource_id: str | None) -> Attempt | None:
        resource = None if resource_id is None else repository.find(resource_id)
        if resource is None:
            return None
        return Attempt(lambda: repository.delete(resource), removes=name_of(resource))

    def _unit(self, nonce: str) -> Attempt:
        note_id, journal_id, added = self._any_shared(), self._any_shared(), Note(entries=[nonce])

        def act() -> None:
            with Storm(self.table) as unit:
                unit.notes.get(note_id).entries.append(nonce)
                unit.journals.get(journal_id).entries.append(nonce)
                unit.notes.add(added)
                unit.commit()

        return Attempt(act, (f"Note/{note_id}", f"Journal/{journal_id}", name_of(added)))

    # -- which rows

    def _any_shared(self) -> str:
        return f"shared-{self.chance.randrange(SHARED)}"

    def _any_own(self, kind: str) -> str | None:
        return self.chance.choice(self.own[kind]) if self.own[kind] else None

    def _next(self, race: str) -> int:
        """All processes run the same races, about at the same time."""
        self.races[race] += 1
        return self.races[race]

    def _remember(self, entry: Entry) -> None:
        """Go on with rows that are this process's own, but for those of which it does not know what they are."""
        for name in (*entry.writes, *filter(None, [entry.removes])):
            kind, _, resource_id = name.partition("/")
            own = self.own[kind]
            if resource_id in own and (entry.removes or entry.outcome == "unknown"):
                own.remove(resource_id)
            elif resource_id not in own and entry.owned and entry.outcome == "acknowledged" and entry.writes:
                own[:] = [*own, resource_id][-KEPT:]

    # -- doing it

    def _carry_out(self, nonce: str, kind: str, attempt: Attempt) -> Entry:
        before = len(self.met)
        entry = Entry(nonce, kind, attempt.writes, "unknown", removes=attempt.removes, owned=kind in OWNED)
        self.begin(entry)
        told = carry_out(attempt.act)
        return replace(
            entry,
            outcome=told.outcome,
            error=None if told.refusal is None else type(told.refusal).__name__,
            conflicts=_conflicts(told.refusal),
            holder=_holder(told.refusal),
            met=tuple(map(str, self.met[before:])),
            was_unknown=told.was_unknown,
        )


def _conflicts(refusal: SstRepoError | None) -> tuple[Conflict, ...]:
    match refusal:
        case ConflictError():
            told = [each for each in refusal.conflicts if each.field is None]
            return tuple(Conflict(f"{each.type}/{each.id}", each.expected, each.actual) for each in told)
        case AlreadyExistsError():
            return (Conflict(f"{refusal.type}/{refusal.id}", None, refusal.version),)
        case NotFoundError():
            return (Conflict(f"{refusal.type}/{refusal.id}", 1, None),)
        case _:
            return ()


def _holder(refusal: SstRepoError | None) -> str | None:
    match refusal:
        case UniqueViolationError():
            return f"{refusal.type}/{refusal.holder}"
        case ConflictError():
            return next((f"{each.type}/{each.id}" for each in refusal.conflicts if each.field is not None), None)
        case _:
            return None

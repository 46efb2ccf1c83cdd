"""One process of a storm: its own client behind its own proxy, commit after commit, each written down in the ledger."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from benchmarks.storm.ledger import Conflict, Entry, Outcome
from benchmarks.storm.models import Journal, Member, Note, Storm, name_of
from sst_repo import DynamoDBTable, Repository, Table, TableRepository
from sst_repo.errors import (
    AccessDeniedError,
    AlreadyExistsError,
    CommitOutcomeUnknownError,
    ConflictError,
    ContentionError,
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

UNKNOWABLE = {"delete note", "race to add note"}
"""The kinds whose outcome can stay unknown: a plain row that is gone, or was made again, does not tell who wrote it."""

FAULTS = {**dict.fromkeys(Fault, 1.0), Fault.HANG: 0.1, Fault.EXPIRED_CREDENTIALS: 0.03}
"""Rarer are a hang, which takes as long as the client waits for an answer, and the end of a session: a commit that
meets it behind a lost answer is not sent again, so that its outcome is unknown."""

KEPT = 40
"""So many rows of each kind a process goes on writing."""

RESENDINGS = 3
"""So often a commit whose outcome is not known is sent again, by whoever made it."""

REFUSALS = (
    AccessDeniedError,
    AlreadyExistsError,
    ConflictError,
    ContentionError,
    NotFoundError,
    UniqueViolationError,
)

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
        worker = Worker(table if task.rule is None else task.rule(table), task, met)
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
    """Makes commits of all kinds, one after the other."""

    def __init__(self, table: Table, task: Work, met: list[Fault]) -> None:
        self.table = table
        self.met = met
        self.process = task.process
        self.chance = random.Random(f"{task.seed}-{task.process}")
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
        refusal: SstRepoError | None = None
        outcome: Outcome = "acknowledged"
        was_unknown = False
        try:
            attempt.act()
        except CommitOutcomeUnknownError as unknown:
            was_unknown = True
            outcome, refusal = _settled(unknown)
        except REFUSALS as error:
            outcome, refusal = "refused", error
        return Entry(
            nonce=nonce,
            kind=kind,
            writes=attempt.writes,
            outcome=outcome,
            removes=attempt.removes,
            owned=kind in OWNED,
            error=None if refusal is None else type(refusal).__name__,
            conflicts=_conflicts(refusal),
            holder=_holder(refusal),
            met=tuple(map(str, self.met[before:])),
            was_unknown=was_unknown,
        )


def _settled(unknown: CommitOutcomeUnknownError) -> tuple[Outcome, SstRepoError | None]:
    """Send a commit again until its outcome is known, a few times."""
    for _ in range(RESENDINGS):
        try:
            unknown.resend()
        except CommitOutcomeUnknownError as again:
            unknown = again
        except REFUSALS as error:
            return "refused", error
        else:
            return "acknowledged", None
    return "unknown", None


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

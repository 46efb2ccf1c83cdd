"""THE versioning and conflict policy: what a write becomes, and what a refusal means. Pure; every write path uses it.

| intent | what was read | op on the latest row | ops on the history |
|---|---|---|---|
| Create | nothing | put version 1, if absent | |
| Create | a tombstone, or what the same unit deleted | put version n+1, if it is still that | put the old image |
| Update | version n, or a tombstone to bring back | put version n+1, if it is still that | put the old image |
| Remove | version n, versions kept | put tombstone n+1, if it is still that | put the old image |
| Remove | version n | delete, if it is still that | |
| Hold | anything, or nothing | check that it is still that | |
| Erase | anything, and its history | delete (or check), if it is still that | delete |

"Still that" compares version *and* write id. Only types that keep versions have tombstones and history. What becomes of
unique values is in `claims`.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TypeAlias, TypeGuard

from sst_repo.core import claims, layout, traces
from sst_repo.core.claims import Change, Move
from sst_repo.core.history import archive
from sst_repo.core.intents import Create, Derive, Derived, Erase, Hold, Intent, Lookup, Remove, Target, Update
from sst_repo.core.records import (
    Absent,
    Applied,
    Attributes,
    Check,
    Delete,
    Guard,
    Key,
    Matches,
    Op,
    Plan,
    Put,
    Record,
    Refused,
    Unknown,
)
from sst_repo.core.times import from_utc_text, utc_text
from sst_repo.core.traces import Fate, LookAt, Trace
from sst_repo.errors import (
    AlreadyExistsError,
    Conflict,
    ConflictError,
    CorruptRecordError,
    NotFoundError,
    SstRepoError,
    UniqueViolationError,
)

NEVER_STORED = "it was never stored (version 0): add() it"


@dataclass(frozen=True, slots=True)
class Step:
    """What an intent becomes: the op on the latest row first, then those on the history; and unique values on the move.

    Attributes:
        intent: The intent.
        ops: The ops on the resource's own rows.
        change: What it takes and gives up.
    """

    intent: Intent
    ops: tuple[Op, ...]
    change: Change

    @property
    def stored(self) -> Record | None:
        """The latest row once the step is applied; None if the step leaves none, or leaves it alone."""
        head = self.ops[0]
        return head.record if isinstance(head, Put) else None


@dataclass(frozen=True, slots=True)
class Commit:
    """The intents of one commit and the plan they make: the ops of each step, then those on guard rows."""

    steps: tuple[Step, ...]
    moves: tuple[Move, ...]
    plan: Plan


@dataclass(frozen=True, slots=True)
class Replan:
    """The refusal showed what the intents lacked: try again with these."""

    intents: tuple[Intent, ...]


Verdict: TypeAlias = Applied | Replan | LookAt | Unknown | SstRepoError
"""What a refusal means: a success after all, how to go on, where to look, that nobody can know, or the error."""


def plan(intents: Sequence[Intent], now: datetime, write_id: str, lookups: Sequence[Lookup] = ()) -> Commit:
    """Decide what intents become: one plan, whatever they are.

    Args:
        intents: What is to be done, one intent a resource.
        now: When.
        write_id: The id of the commit.
        lookups: The unique values that the writer had looked up, and found free.

    Raises:
        UniqueViolationError: Two of the resources want one value.
        UnstorableValueError: A value can't be part of a key.
        CorruptRecordError: A row that was read is not whole.
    """
    steps = tuple(_step(intent, utc_text(now), write_id) for intent in intents)
    moves = claims.moves([step.change for step in steps], lookups, write_id)
    ops = (*(op for step in steps for op in step.ops), *(move.op for move in moves))
    return Commit(steps, moves, Plan(ops, write_id))


def judge(
    commit: Commit,
    refused: Refused,
    *,
    ambiguous: bool = False,
    exact: bool = False,
    trace: Trace | None = None,
) -> Verdict:
    """Say what a refusal means: that it had been applied after all, how to go on, or the error to raise.

    Args:
        commit: What was refused.
        refused: What the table said.
        ambiguous: Whether an earlier sending of the plan may have been applied.
        exact: Whether the table takes single writes by token too, so that a refusal is definite (see `traces`).
        trace: What was found where an earlier judgement said to look.
    """
    if ambiguous and len(commit.plan.ops) == 1 and not exact and not isinstance(commit.plan.ops[0], Check):
        told_by_row = _told(commit, refused, trace)
        if isinstance(told_by_row, Applied | LookAt | Unknown):
            return told_by_row
    told = list(zip(commit.plan.ops, refused.reasons, strict=True))
    found = [reason.stored for _, reason in told if reason is not None]
    if any(row is not None and row.write_id == commit.plan.write_id for row in found):
        return Applied()
    faults = _faults(commit, refused)
    reasons = refused.reasons[len(told) - len(commit.moves) :]
    moved = [claims.fault(move, why.stored) for move, why in zip(commit.moves, reasons, strict=True) if why is not None]
    obstacles = [fault for fault in faults if not fault.is_no_obstacle]
    if obstacles or moved:
        return _error(obstacles, moved)
    graves = {fault.op.key: fault.stored for fault in faults}
    return Replan(tuple(_over(step.intent, graves) for step in commit.steps))


def intent(
    target: Target,
    base: Record | None,
    content: Attributes | None,
    *,
    added: bool = False,
    restored: bool = False,
    looked: bool = False,
    held: bool = False,
    derive: Derive | None = None,
) -> Intent | None:
    """Say what is to be done about one resource, whatever was done to it in between.

    Args:
        target: The resource.
        base: The row that was read; None for nothing, also where nothing was read.
        content: What the resource is to be; None if it is not to be.
        added: Whether it is there because it was added.
        restored: Whether an old version was restored: the next version is wanted, even if it is equal.
        looked: Whether the base was read, so that None means that there was nothing.
        held: Whether it must be as it was read even if it is not changed.
        derive: Derives its index attributes and unique values.

    Returns:
        The intent; None if there is nothing to do.
    """
    if content is not None and (added or base is None):
        return Create(target, content, base, looked, derive)
    if content is not None and base is not None and (restored or base.is_tombstone or content != content_of(base)):
        return Update(target, content, base, derive)
    if content is None and base is not None and not base.is_tombstone:
        return Remove(target, base)
    return Hold(target, base) if held else None


def stale(target: Target, expected: int, stored: Record | None, *, removing: bool) -> SstRepoError:
    """Say what it means that a resource built by hand from a version meets another row than that."""
    if removing and not is_alive(stored):
        return NotFoundError(target.type, target.id)
    return ConflictError([Conflict(target.type, target.id, expected, _visible_version(stored))])


def is_alive(row: Record | None) -> TypeGuard[Record]:
    """Tell whether a latest row is a resource: it exists and is no tombstone."""
    return row is not None and not row.is_tombstone


def content_of(row: Record) -> Attributes:
    """Return what a row stores for the domain: all but the system's attributes and the keys of indexes."""
    return {name: value for name, value in row.attributes.items() if not layout.is_reserved(name)}


def is_up_to_date(row: Record, derive: Derive | None) -> bool:
    """Tell whether a row has all that would be derived for it today: not so if its class has got an index since."""
    derived = _derived(derive, row.attributes)
    wanted = {claim.guard.pk for claim in derived.claims}
    return layout.slots(row.attributes) == derived.attributes and wanted == set(row.guards)


def _step(intent: Intent, now: str, write_id: str) -> Step:
    match intent:
        case Create(target, content, base, derive=derive) | Update(target, content, base, derive):
            system = _system(target, base, now, write_id)
            derived = _derived(derive, system)
            row = _row(target, content, derived, {**system, **_recent(target, base)})
            change = claims.change(target, base, derived.claims)
            return Step(intent, (Put(row, _still(base)), *_archived(target, base)), change)
        case Remove(target, base) if target.keeps_versions:
            grave = _tombstone(target, base, now, write_id)
            return Step(intent, (Put(grave, _still(base)), *_archived(target, base)), claims.change(target, base))
        case Remove(target, base):
            return Step(intent, (Delete(target.key, _still(base)),), claims.change(target, base))
        case Hold(target, base):
            return Step(intent, (Check(target.key, _still(base)),), Change(target))
        case Erase(target, base, history, wholly):
            head = (Delete if wholly else Check)(target.key, _still(base))
            change = claims.change(target, base) if wholly else Change(target)
            return Step(intent, (head, *(Delete(row.key, _still(row)) for row in history)), change)


def _derived(derive: Derive | None, system: Attributes) -> Derived:
    return Derived({}) if derive is None else derive(system)


def _row(target: Target, content: Attributes, derived: Derived, system: Attributes) -> Record:
    listed = {layout.LISTED: {"S": layout.listing_sort(system[layout.UPDATED]["S"], target.id)}}
    guards = layout.held(claim.guard.pk for claim in derived.claims)
    return Record(target.key, {**content, **derived.attributes, **system, **listed, **guards})


def _tombstone(target: Target, base: Record, now: str, write_id: str) -> Record:
    return Record(target.key, {**_system(target, base, now, write_id), layout.DELETED: {"BOOL": True}})


def _system(target: Target, base: Record | None, now: str, write_id: str) -> Attributes:
    """Number and stamp the row that follows `base`: every write is the next version."""
    return {
        layout.TYPE: {"S": target.listing_partition},
        layout.VERSION: {"N": str(1 if base is None else _version(base) + 1)},
        layout.WRITE_ID: {"S": write_id},
        layout.CREATED: {"S": now if base is None else _created(base)},
        layout.UPDATED: {"S": now},
    }


def _recent(target: Target, base: Record | None) -> Attributes:
    """Name the writes before, where no history does."""
    return {} if target.keeps_versions else traces.recent(base)


def _archived(target: Target, base: Record | None) -> tuple[Op, ...]:
    return (Put(archive(base), Absent()),) if target.keeps_versions and base is not None else ()


def _still(base: Record | None) -> Guard:
    return Absent() if base is None else Matches(_version(base), _write_id(base))


def _visible_version(row: Record | None) -> int | None:
    return None if row is None or row.is_tombstone else row.version


def _version(row: Record) -> int:
    if row.version is None:
        raise _unfit(row, "it has no version")
    return row.version


def _write_id(row: Record) -> str:
    if row.write_id is None:
        raise _unfit(row, "it has no write id")
    return row.write_id


def _created(row: Record) -> str:
    text: str = row.attributes.get(layout.CREATED, {}).get("S", "")
    try:
        from_utc_text(text)
    except ValueError as error:
        raise _unfit(row, "it does not say when it was created") from error
    return text


def _unfit(row: Record, reason: str) -> CorruptRecordError:
    type_name, resource_id = layout.type_and_id(row.key.pk)
    return CorruptRecordError(
        type_name, resource_id, f"{reason}, so that no write can start from it", version=row.version
    )


@dataclass(frozen=True, slots=True)
class _Fault:
    """An op that was refused, the intent behind it, what it found, and whether one had looked and found nothing."""

    intent: Intent
    op: Op
    stored: Record | None
    looked: bool

    @property
    def is_no_obstacle(self) -> bool:
        """Whether the place of a new resource is free, though not as was thought (deleted, or purged): only news."""
        return self._is_creation and not is_alive(self.stored)

    @property
    def is_taken(self) -> bool:
        return self._is_creation and not self.looked

    @property
    def is_missing(self) -> bool:
        return isinstance(self.intent, Remove) and not is_alive(self.stored)

    @property
    def _is_creation(self) -> bool:
        return isinstance(self.intent, Create) and not is_alive(self.intent.over)

    @property
    def conflict(self) -> Conflict:
        match self.intent:
            case (
                Create(target, _, base)
                | Update(target, _, base)
                | Remove(target, base)
                | Hold(target, base)
                | Erase(target, base)
            ):
                return Conflict(target.type, target.id, _visible_version(base), _visible_version(self.stored))


def _told(commit: Commit, refused: Refused, trace: Trace | None) -> Applied | LookAt | Unknown | None:
    """Say what became of a single write that may have been applied; None if it was not."""
    (reason,) = refused.reasons
    found = None if reason is None else reason.stored
    told = traces.fate(commit.steps[0].intent, commit.plan.ops[0], commit.plan.write_id, found, trace)
    match told:
        case LookAt():
            return told
        case Fate.APPLIED:
            return Applied()
        case Fate.UNKNOWN:
            return Unknown()
        case Fate.NOT_APPLIED:
            return None


def _faults(commit: Commit, refused: Refused) -> list[_Fault]:
    """Take the first fault of each step: where the latest row is another, the history row is there already, too."""
    reasons = iter(refused.reasons)
    values = {move.op.key.pk for move in commit.moves if move.looked}
    faults: list[_Fault] = []
    for step in commit.steps:
        own = zip(step.ops, islice(reasons, len(step.ops)), strict=True)
        told = [
            _Fault(step.intent, op, reason.stored, _had_looked(step.intent, reason.stored, values))
            for op, reason in own
            if reason is not None
        ]
        faults += told[:1]
    return faults


def _had_looked(intent: Intent, stored: Record | None, values: AbstractSet[str]) -> bool:
    """Tell whether the writer had looked for what is stored: by its id, or by one of its unique values."""
    by_id = isinstance(intent, Create) and intent.looked
    return by_id or (stored is not None and not values.isdisjoint(stored.guards))


def _over(intent: Intent, graves: Mapping[Key, Record | None]) -> Intent:
    key = intent.target.key
    return replace(intent, over=graves[key]) if isinstance(intent, Create) and key in graves else intent


def _error(
    faults: Sequence[_Fault], moved: Sequence[Conflict | UniqueViolationError | CorruptRecordError]
) -> SstRepoError:
    for fault in faults:
        if isinstance(fault.op, Put) and fault.op.key != fault.intent.target.key:
            target = fault.intent.target
            version = None if fault.stored is None else fault.stored.version
            reason = "a history row stands where the latest version would go; check the table"
            return CorruptRecordError(target.type, target.id, reason, version=version)
    conflicts = [fault.conflict for fault in faults]
    taken_since = [found for found in moved if isinstance(found, Conflict)]
    if faults and not taken_since:
        first = conflicts[0]
        if all(fault.is_taken for fault in faults):
            return AlreadyExistsError(first.type, first.id, first.actual)
        if all(fault.is_missing for fault in faults):
            return NotFoundError(first.type, first.id, hint="it was deleted in the meantime")
    errors = [found for found in moved if not isinstance(found, Conflict)]
    # Of several kinds of fault the conflict is told: a rerun may settle it, and then meets the others.
    return ConflictError([*conflicts, *taken_since]) if conflicts or taken_since else errors[0]

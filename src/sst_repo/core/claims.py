"""Unique values: who takes and who gives up which, as ops on their guard rows, and what a refusal means. Pure.

A guard row says who holds a value; the latest row of a resource lists the guard rows it holds. So what is given up
follows from what is stored alone, also when the class has changed since.

| the value | in the same commit | op on the guard row |
|---|---|---|
| is new to a resource | | put, if no other holds it |
| is new to a resource | another one gives it up | put, if none but that one holds it |
| is kept by its resource | | |
| is given up, or its resource is gone | nobody takes it | delete, if no other holds it |
| was looked up, and must still be free | nobody takes it or gives it up | check that there is none |
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sst_repo.core import layout
from sst_repo.core.intents import Claim, Lookup, Target
from sst_repo.core.records import Absent, Check, Delete, HeldByNoOther, Key, Op, Put, Record
from sst_repo.errors import Conflict, CorruptRecordError, UniqueViolationError


@dataclass(frozen=True, slots=True)
class Change:
    """What a write does to the values that a resource holds.

    Attributes:
        target: The resource.
        taken: The values it takes.
        released: The guard rows of those it gives up.
    """

    target: Target
    taken: tuple[Claim, ...] = ()
    released: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """An op on a guard row.

    Attributes:
        op: The op.
        claim: The value that is taken, or was looked up; None for one that is given up.
        giver: The id of the resource that gives the value up: it must be the holder.
        looked: Whether the value was looked up and nobody held it. Then a holder that is there by now is a conflict,
            which a rerun settles; else the value is taken, and that is that.
    """

    op: Op
    claim: Claim | None = None
    giver: str | None = None
    looked: bool = False


def change(target: Target, base: Record | None, claims: Sequence[Claim] = ()) -> Change:
    """Compare what a resource holds with what it is to hold.

    Args:
        target: The resource.
        base: Its latest row; None if there is none.
        claims: The values it is to hold; none if it is to be gone.
    """
    before = () if base is None else base.guards
    if not before and not claims:
        return Change(target)
    after = {claim.guard.pk for claim in claims}
    taken = tuple(claim for claim in claims if claim.guard.pk not in before)
    return Change(target, taken, tuple(layout.latest_key(pk) for pk in before if pk not in after))


def guard_row(key: Key, holder: str, write_id: str) -> Record:
    """Return the row that says who holds a value."""
    return Record(key, {layout.HOLDER: {"S": holder}, layout.WRITE_ID: {"S": write_id}})


def moves(changes: Sequence[Change], lookups: Iterable[Lookup], write_id: str) -> tuple[Move, ...]:
    """Decide what the changes of one commit become: one op a guard row.

    Raises:
        UniqueViolationError: Two resources of the commit take one value.
    """
    changes = [each for each in changes if each.taken or each.released]
    looked = {lookup.claim.guard: lookup for lookup in lookups}
    if not changes and not looked:
        return ()
    givers = {key: each.target.id for each in changes for key in each.released}
    takers: dict[Key, str] = {}
    made: list[Move] = []
    for each in changes:
        taker = each.target.id
        for claim in each.taken:
            if claim.guard in takers:
                raise UniqueViolationError(claim.type, claim.field, claim.value, takers[claim.guard])
            takers[claim.guard] = taker
            row = guard_row(claim.guard, taker, write_id)
            giver = givers.get(claim.guard)
            op = Put(row, HeldByNoOther(giver or taker))
            made.append(Move(op, claim, giver, looked=claim.guard in looked))
    made += [Move(Delete(key, HeldByNoOther(giver)), giver=giver) for key, giver in givers.items() if key not in takers]
    made += [
        Move(Check(key, Absent()), lookup.claim, looked=True)
        for key, lookup in looked.items()
        if lookup.held and key not in takers and key not in givers
    ]
    return tuple(made)


def fault(move: Move, stored: Record | None) -> Conflict | UniqueViolationError | CorruptRecordError:
    """Say what it means that a move was refused, where the rows of the resources themselves were not.

    Args:
        move: What was refused.
        stored: The guard row that stands there.
    """
    type_name, value = layout.type_and_value(move.op.key.pk)
    field = value.partition("#")[0]
    holder = None if stored is None else stored.holder
    if holder is None:
        return CorruptRecordError(type_name, field, "the guard row of a unique value does not say who holds it")
    claim = move.claim
    if claim is None or move.giver is not None:
        reason = f"it says that it holds a unique value of {field!r}, but {type_name} {holder!r} does; check the table"
        return CorruptRecordError(type_name, move.giver or "", reason)
    if move.looked:
        return Conflict(type_name, holder, expected=None, actual=None, field=claim.field, value=claim.value)
    return UniqueViolationError(type_name, claim.field, claim.value, holder)

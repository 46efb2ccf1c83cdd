"""Bugs planted in the rules about unique values, which no table could have: what `UniqueContract` is there to catch."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from sst_repo import repository, tracked_repository
from sst_repo.core import claims, policy
from sst_repo.core.claims import Change, Move
from sst_repo.core.identity import IdentityMap
from sst_repo.core.intents import Claim, Target
from sst_repo.core.records import HeldByNoOther, Key, Put, Record
from sst_repo.lookup import Found


def values_kept_by_what_is_gone(patch: pytest.MonkeyPatch) -> None:
    """What is deleted goes on holding its values."""

    def change(
        target: Target, base: Record | None, wanted: Sequence[Claim] = (), honest: Any = claims.change
    ) -> Change:
        return honest(target, base, wanted) if wanted else Change(target)

    patch.setattr(claims, "change", change)


def values_kept_by_what_has_changed(patch: pytest.MonkeyPatch) -> None:
    """What takes a new value goes on holding the old one."""

    def change(
        target: Target, base: Record | None, wanted: Sequence[Claim] = (), honest: Any = claims.change
    ) -> Change:
        found: Change = honest(target, base, wanted)
        return replace(found, released=()) if wanted else found

    patch.setattr(claims, "change", change)


def values_not_taken_by_what_comes_back(patch: pytest.MonkeyPatch) -> None:
    """What is restored, or added again, over a tombstone does not take its values."""

    def change(
        target: Target, base: Record | None, wanted: Sequence[Claim] = (), honest: Any = claims.change
    ) -> Change:
        return Change(target) if base is not None and base.is_tombstone else honest(target, base, wanted)

    patch.setattr(claims, "change", change)


def values_taken_from_anybody(patch: pytest.MonkeyPatch) -> None:
    """Whoever takes a value within a commit takes it from the giver, but nobody looks whether it holds it."""

    def moves(*given: Any, honest: Any = claims.moves) -> tuple[Move, ...]:
        made: tuple[Move, ...] = honest(*given)
        return tuple(
            replace(move, op=replace(move.op, guard=HeldByNoOther(move.op.record.holder or "")))
            if isinstance(move.op, Put)
            else move
            for move in made
        )

    patch.setattr(claims, "moves", moves)


def takers_not_compared(patch: pytest.MonkeyPatch) -> None:
    """Of two takers of one value in a commit the last one gets it."""

    def moves(changes: Sequence[Change], *others: Any, honest: Any = claims.moves) -> tuple[Move, ...]:
        last: dict[Key, Change] = {claim.guard: each for each in changes for claim in each.taken}
        kept = [
            replace(each, taken=tuple(claim for claim in each.taken if last[claim.guard] is each)) for each in changes
        ]
        made: tuple[Move, ...] = honest(kept, *others)
        return made

    patch.setattr(claims, "moves", moves)


def values_ignored_by_units(patch: pytest.MonkeyPatch) -> None:
    """Units of work write their resources without what is derived."""

    def intent(*given: Any, honest: Any = policy.intent, **named: Any) -> Any:
        return honest(*given, **{**named, "derive": None})

    patch.setattr(policy, "intent", intent)


def absences_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Units of work do not remember which values they have looked up in vain."""
    patch.setattr(IdentityMap, "lookups", lambda _, held: [])  # pyright: ignore[reportUnknownLambdaType]


def guards_believed(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether the resource that a guard row names says so too."""

    def look_up(reader: Any, claim: Claim, **_: Any) -> Found:
        guard = reader.table.read(claim.guard)
        if guard is None:
            return Found(None, is_free=True)
        return Found(reader.latest(reader.target(guard.holder)))

    patch.setattr(repository, "look_up", look_up)
    patch.setattr(tracked_repository, "look_up", look_up)


def nothing_adopted(patch: pytest.MonkeyPatch) -> None:
    """What is stored is taken to be up to date whatever its class has got since."""
    patch.setattr(policy, "is_up_to_date", lambda *_: True)  # pyright: ignore[reportUnknownLambdaType]

"""The model: why a commit is refused, if it is, and with which error; by ADR 2, 5 and 8."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sst_repo import (
    AlreadyExistsError,
    Conflict,
    ConflictError,
    NotFoundError,
    SstRepoError,
    UniqueViolationError,
)
from tests.model.truth import Change, Truth, Written, code_of, conflict, is_alive, visible

Value: TypeAlias = tuple[Any, str]
"""A kind, and a unique value of it."""


def refusal(truth: Truth, changes: Sequence[Change], lookups: Mapping[Value, bool]) -> SstRepoError | None:
    """Say why the commit is refused.

    Args:
        truth: What is stored.
        changes: What the commit does.
        lookups: Values that were looked up in vain, and whether they must still be free.
    """
    takers: dict[Value, str] = {}
    for change in changes:
        value = _taken(change)
        if value in takers:
            return _violation(value, takers[value])
        if value is not None:
            takers[value] = change.key[1]
    givers = {value: change.key[1] for change in changes if (value := _given(change)) is not None}
    faults = [change for change in changes if _is_stale(change, truth.latest(change.key))]
    looked = {value for value in takers if value in lookups}
    looked |= {value for value, held in lookups.items() if held and value not in takers and value not in givers}
    taken = {
        value: holder
        for value in [*takers, *(value for value in lookups if value in looked and value not in takers)]
        if (holder := truth.holder(*value)) not in {None, givers.get(value, takers.get(value))}
    }
    since = [
        _conflict(value, holder or "") for value, holder in taken.items() if value in looked and value not in givers
    ]
    if faults and not since:
        first = truth.latest(faults[0].key)
        kind, resource_id = faults[0].key
        if all(change.is_creation and not _had_looked(change, truth, looked) for change in faults):
            return AlreadyExistsError(kind.__name__, resource_id, visible(first))
        if all(change.act == "remove" and not is_alive(truth.latest(change.key)) for change in faults):
            return NotFoundError(kind.__name__, resource_id)
    conflicts = [conflict(each.key, visible(each.base), visible(truth.latest(each.key))) for each in faults]
    if conflicts or since:
        return ConflictError([*conflicts, *since])
    return next((_violation(value, holder or "") for value, holder in taken.items()), None)


def _taken(change: Change) -> Value | None:
    after = change.code_after
    return (change.key[0], after) if after is not None and after != change.code_before else None


def _given(change: Change) -> Value | None:
    before = change.code_before
    return (change.key[0], before) if before is not None and before != change.code_after else None


def _is_stale(change: Change, stored: Written | None) -> bool:
    # A deleted id may be added again, whatever was known of it.
    return is_alive(stored) if change.is_creation else stored is not change.base


def _had_looked(change: Change, truth: Truth, looked: set[Value]) -> bool:
    code = code_of(change.key, truth.latest(change.key))
    return change.looked or (code is not None and (change.key[0], code) in looked)


def _violation(value: Value, holder: str) -> UniqueViolationError:
    return UniqueViolationError(value[0].__name__, "code", value[1], holder)


def _conflict(value: Value, holder: str) -> Conflict:
    return Conflict(value[0].__name__, holder, None, None, "code", value[1])

"""How what a check found is mended: as intents for the policy, or ops on guard rows alone. Pure.

| what is wrong | mended by |
|---|---|
| index attributes, listing, list of guards | the resource is saved as it is: its next version |
| the same of a tombstone | it is deleted again: its next version |
| a guard row is missing, or does not say who wrote it | put, if the holder still is what was read |
| a guard row names who has not the value | deleted, if that one still is what was read |
"""

from collections.abc import Iterable
from typing import Final

from sst_repo.checks import Finding, FindingKind
from sst_repo.core import layout
from sst_repo.core.checking import Known, Rows, derived_or_none, holder_key, surely_lacks, truly_held
from sst_repo.core.claims import guard_row
from sst_repo.core.intents import Derived, Intent, Remove, Target, Update
from sst_repo.core.policy import content_of, is_alive
from sst_repo.core.records import Absent, Attributes, Check, Delete, HeldByNoOther, Matches, Op, Put, Record

_REWRITTEN: Final = frozenset(
    {FindingKind.INDEX_ATTRIBUTES, FindingKind.LISTING, FindingKind.GUARD_LIST, FindingKind.TOMBSTONE_INDEXED}
)
_DOUBTFUL: Final = frozenset({FindingKind.MALFORMED, FindingKind.HISTORY_MISSING, FindingKind.HISTORY_BEYOND})


def needs_rewrite(findings: Iterable[Finding]) -> bool:
    """Tell whether the latest row itself is to be mended; its missing guard rows then are put along with it."""
    return any(finding.kind in _REWRITTEN for finding in findings)


def may_rewrite(findings: Iterable[Finding]) -> bool:
    """Tell whether the version can be trusted: a next one would make a wrong one worse."""
    return not any(finding.kind in _DOUBTFUL for finding in findings)


def rewrite(rows: Rows, known: Known) -> Intent:
    """Return the write that gives the latest row what follows from its content: that of a save, or of a delete.

    Raises:
        CorruptRecordError, UnstorableValueError: From the write, when it is planned: the row can't be read.
    """
    type_name, resource_id = layout.type_and_id(rows.latest.key.pk)
    target = Target(type_name, resource_id, known.keeps_versions, known.shards)
    base = truly_held(rows)
    if base.is_tombstone:
        return Remove(target, base)

    def derive(system: Attributes) -> Derived:
        return known.derived(Record(base.key, {**base.attributes, **system}))

    return Update(target, content_of(base), base, derive)


def put_guards(rows: Rows, known: Known, findings: Iterable[Finding], write_id: str) -> tuple[Op, ...]:
    """Return the ops that put the guard rows which are missing; none if that is not sure to be right."""
    still = _still(rows.latest)
    _, resource_id = layout.type_and_id(rows.latest.key.pk)
    derived = derived_or_none(rows.latest, known)
    missing = [layout.latest_key(each.key[0]) for each in findings if each.kind is FindingKind.GUARD_MISSING]
    if still is None or derived is None or not missing:
        return ()
    return (still, *(Put(guard_row(key, resource_id, write_id), Absent()) for key in missing))


def mend_guard(guard: Record, holder: Record | None, known: Known | None, write_id: str) -> tuple[Op, ...]:
    """Return the ops that mend a guard row which is wrong; none if that is not sure to be right."""
    key = holder_key(guard)
    if key is None or guard.holder is None:
        return ()
    still = Check(key, Absent()) if holder is None else _still(holder)
    if still is None:
        return ()
    mine = HeldByNoOther(guard.holder)
    if surely_lacks(guard, holder, known):
        return (still, Delete(guard.key, mine))
    lists = is_alive(holder) and guard.key.pk in holder.guards
    return (still, Put(guard_row(guard.key, guard.holder, write_id), mine)) if lists else ()


def _still(row: Record) -> Op | None:
    if row.version is None or row.write_id is None:
        return None
    return Check(row.key, Matches(row.version, row.write_id))

"""What is wrong with stored rows: judged from the rows of one resource, or one guard row and its holder. Pure.

What a class must say is recomputed; what needs no class is judged without one. A message quotes no field.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from sst_repo.checks import Finding, FindingKind
from sst_repo.core import layout
from sst_repo.core.history import KEPT_PLAIN, unarchive
from sst_repo.core.intents import Derived
from sst_repo.core.limits import MAX_PARTITION_KEY_BYTES
from sst_repo.core.policy import is_alive
from sst_repo.core.records import Attributes, Key, Record
from sst_repo.core.times import from_utc_text
from sst_repo.errors import CorruptRecordError, UnstorableValueError

_GAPS_NAMED = 5


class Known(Protocol):
    """What a check must know of a class; its schema does."""

    @property
    def keeps_versions(self) -> bool:
        """Whether old versions are kept."""
        ...

    @property
    def shards(self) -> int:
        """How many partitions it is listed in."""
        ...

    def load(self, record: Record) -> object:
        """Read a row; raises `CorruptRecordError`."""
        ...

    def derived(self, row: Record) -> Derived:
        """Derive what the row should have; raises `CorruptRecordError`, `UnstorableValueError`."""
        ...


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of one resource.

    Attributes:
        latest: Its latest row.
        history: Its history, oldest first; empty where it is not looked at.
        guards: Those that exist of the guard rows that it lists or should list.
    """

    latest: Record
    history: tuple[Record, ...] = ()
    guards: Mapping[Key, Record] = field(default_factory=dict[Key, Record])


class RowKind(Enum):
    """What a row is by its key."""

    LATEST = auto()
    HISTORY = auto()
    GUARD = auto()
    FOREIGN = auto()


def kind_of(row: Record, types: Iterable[str]) -> RowKind:
    """Tell what a row is. A row of a given type is ours whatever it says; any other only with a system attribute."""
    pk, sk = row.key.pk, row.key.sk
    is_guard = layout.is_guard(pk)
    type_name, rest = layout.type_and_value(pk) if is_guard else layout.type_and_id(pk)
    marks = {layout.HOLDER} if is_guard else {layout.TYPE, layout.VERSION, layout.WRITE_ID}
    if not type_name or not rest or not (type_name in types or marks & set(row.attributes)):
        return RowKind.FOREIGN
    if sk == layout.LATEST:
        return RowKind.GUARD if is_guard else RowKind.LATEST
    return RowKind.HISTORY if not is_guard and layout.version_in(sk) is not None else RowKind.FOREIGN


def guards_of(latest: Record, known: Known | None) -> tuple[Key, ...]:
    """Return the keys of the guard rows that a resource lists, or should list, if they can be keys."""
    derived = derived_or_none(latest, known)
    wanted = {claim.guard.pk for claim in derived.claims} if derived is not None else set[str]()
    listed = (pk for pk in latest.guards if layout.is_guard(pk) and _fits(pk))
    return tuple(layout.latest_key(pk) for pk in sorted({*listed, *wanted}))


def holder_key(guard: Record) -> Key | None:
    """Return the key of the resource that a guard row names; None if it names none that can be."""
    type_name, _ = layout.type_and_value(guard.key.pk)
    pk = layout.partition_key(type_name, guard.holder or "")
    return layout.latest_key(pk) if guard.holder and _fits(pk) else None


def judge(rows: Rows, known: Known | None) -> tuple[Finding, ...]:
    """Say what is wrong with the rows of a resource.

    Args:
        rows: The rows.
        known: Its class; None if it was not given.
    """
    return (*_judge_latest(rows, known), *_judge_history(rows, known))


def judge_orphans(history: Sequence[Record]) -> tuple[Finding, ...]:
    """Say what is wrong with a history that no latest row stands for."""
    numbers = ", ".join(str(layout.version_in(row.key.sk)) for row in history[:_GAPS_NAMED])
    more = "" if len(history) <= _GAPS_NAMED else ", …"
    message = f"{len(history)} rows of the history ({numbers}{more}) belong to no latest row that keeps versions"
    return (_finding(FindingKind.HISTORY_ORPHANED, history[0].key, message),) if history else ()


def judge_guard(guard: Record, holder: Record | None, known: Known | None) -> tuple[Finding, ...]:
    """Say what is wrong with a guard row.

    Args:
        guard: The guard row.
        holder: The latest row of the resource that it names.
        known: Its class; None if it was not given.
    """
    type_name, _ = layout.type_and_value(guard.key.pk)
    key = (guard.key.pk, guard.key.sk)
    if holder_key(guard) is None:
        message = "the guard row does not say who holds the value"
        return (Finding(FindingKind.GUARD_MALFORMED, type_name, "", key, message),)
    holder_id = guard.holder or ""
    if not _may_hold(guard, holder, known):
        message = f"the guard row names {holder_id!r}, which does not {'exist' if holder is None else 'hold the value'}"
        return (Finding(FindingKind.GUARD_ORPHANED, type_name, holder_id, key, message),)
    if not guard.write_id:
        message = "the guard row does not say which commit wrote it"
        return (Finding(FindingKind.GUARD_MALFORMED, type_name, holder_id, key, message),)
    return ()


def surely_lacks(guard: Record, holder: Record | None, known: Known | None) -> bool:
    """Tell whether the named holder has not the value, beyond doubt: it is gone, or is read and has another."""
    if not is_alive(holder):
        return True
    return derived_or_none(holder, known) is not None and not _may_hold(guard, holder, known)


def truly_held(rows: Rows) -> Record:
    """Return the latest row as if it listed exactly those guard rows that name its resource.

    What a write takes and gives up then follows from the guard rows as they are.
    """
    _, resource_id = layout.type_and_id(rows.latest.key.pk)
    held = layout.held(key.pk for key, row in rows.guards.items() if row.holder == resource_id)
    rest = {name: value for name, value in rows.latest.attributes.items() if name != layout.GUARDS}
    return Record(rows.latest.key, {**rest, **held})


def _judge_latest(rows: Rows, known: Known | None) -> Iterator[Finding]:
    latest = rows.latest
    system = list(_judge_system(latest, latest.key))
    yield from system
    if latest.is_tombstone:
        if layout.of_any_version(latest.attributes) != latest.attributes:
            message = "the deleted resource still has a place in an index, in the listing, or holds unique values"
            yield _finding(FindingKind.TOMBSTONE_INDEXED, latest.key, message)
        return
    yield from _judge_guards(rows, known)
    if system:
        return
    yield from _judge_listing(latest, known)
    if known is not None:
        yield from _judge_derived(latest, known)


def _judge_listing(latest: Record, known: Known | None) -> Iterator[Finding]:
    type_name, resource_id = layout.type_and_id(latest.key.pk)
    updated = _text(latest.attributes, layout.UPDATED) or ""
    wrong = [
        name
        for name, expected in (
            (layout.LISTED, layout.listing_sort(updated, resource_id)),
            (layout.TYPE, layout.listing_partition(type_name, resource_id, known.shards) if known else None),
        )
        if expected is not None and _text(latest.attributes, name) != expected
    ]
    if wrong:
        yield _finding(FindingKind.LISTING, latest.key, f"{' and '.join(wrong)} are not what they should be")


def _judge_derived(latest: Record, known: Known) -> Iterator[Finding]:
    try:
        derived = known.derived(latest)
    except CorruptRecordError:
        message = "the latest row can't be read as its class; get() says why"
        yield _finding(FindingKind.UNREADABLE, latest.key, message)
        return
    except UnstorableValueError:
        message = "its class can't make index keys or unique values of it; save() says why"
        yield _finding(FindingKind.UNREADABLE, latest.key, message)
        return
    stored = layout.slots(latest.attributes)
    wrong = sorted(
        name for name in {**stored, **derived.attributes} if stored.get(name) != derived.attributes.get(name)
    )
    if wrong:
        message = f"{', '.join(wrong)}: not what the resource comes to"
        yield _finding(FindingKind.INDEX_ATTRIBUTES, latest.key, message)
    wanted = layout.held(claim.guard.pk for claim in derived.claims)
    if latest.attributes.get(layout.GUARDS) != wanted.get(layout.GUARDS):
        message = "the list of unique values it holds is not what the resource comes to"
        yield _finding(FindingKind.GUARD_LIST, latest.key, message)


def _judge_guards(rows: Rows, known: Known | None) -> Iterator[Finding]:
    _, resource_id = layout.type_and_id(rows.latest.key.pk)
    for key in guards_of(rows.latest, known):
        row = rows.guards.get(key)
        if row is None and key.pk in rows.latest.guards:
            yield _of_guard(FindingKind.GUARD_MISSING, key, resource_id, "a unique value it holds has no guard row")
        if row is not None and row.holder is not None and row.holder != resource_id:
            message = f"the guard row of its unique value names {row.holder!r}"
            yield _of_guard(FindingKind.GUARD_TAKEN, key, resource_id, message)


def _judge_history(rows: Rows, known: Known | None) -> Iterator[Finding]:
    latest = rows.latest
    # Whether a type that was not given keeps versions is told by its history alone.
    if not (known.keeps_versions if known is not None else rows.history):
        return
    numbered = [(number, row) for row in rows.history if (number := layout.version_in(row.key.sk)) is not None]
    if latest.version is not None:
        yield from _judge_numbers(latest, latest.version, [number for number, _ in numbered])
    written = {latest.write_id}
    for number, row in numbered:
        yield from _judge_version(number, row, known)
        if row.write_id is not None and row.write_id in written:
            message = f"version {number} has the write id of another version"
            yield _finding(FindingKind.IMAGE_MISMATCH, row.key, message)
        written.add(row.write_id)


def _judge_numbers(latest: Record, version: int, numbers: Sequence[int]) -> Iterator[Finding]:
    gaps = list(_gaps([number for number in numbers if number < version], version))
    if gaps and latest.is_tombstone and len(gaps) == 1 and gaps[0][0] == 1:
        message = f"it is deleted, and versions 1 to {gaps[0][1]} are gone: purge it again"
        yield _finding(FindingKind.PURGE_UNFINISHED, latest.key, message)
    elif gaps:
        named = ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in gaps[:_GAPS_NAMED])
        more = "" if len(gaps) <= _GAPS_NAMED else ", …"
        message = f"of {version} versions these have no row: {named}{more}"
        yield _finding(FindingKind.HISTORY_MISSING, latest.key, message)
    for number in numbers:
        if number >= version:
            message = f"the history has version {number}, but the latest version is {version}"
            key = layout.history_key(latest.key.pk, number)
            yield _finding(FindingKind.HISTORY_BEYOND, key, message)


def _judge_version(number: int, row: Record, known: Known | None) -> Iterator[Finding]:
    if layout.of_any_version(row.attributes) != row.attributes:
        message = f"version {number} has attributes of an index, of the listing or of unique values"
        yield _finding(FindingKind.HISTORY_INDEXED, row.key, message)
    try:
        image = unarchive(row)
    except ValueError:
        yield _finding(FindingKind.UNREADABLE, row.key, f"the image of version {number} can't be unpacked")
        return
    system = list(_judge_system(image, row.key))
    yield from system
    same = all(row.attributes.get(name) == image.attributes.get(name) for name in KEPT_PLAIN)
    if not same or (image.version is not None and image.version != number):
        message = f"the row and its image do not both say what the key says: version {number}"
        yield _finding(FindingKind.IMAGE_MISMATCH, row.key, message)
    elif not system and known is not None and not row.is_tombstone and not _is_readable(row, known):
        message = f"version {number} can't be read as its class; get_version() says why"
        yield _finding(FindingKind.UNREADABLE, row.key, message)


def _judge_system(row: Record, key: Key) -> Iterator[Finding]:
    type_name, _ = layout.type_and_id(key.pk)
    stored_type = _text(row.attributes, layout.TYPE)
    if stored_type is not None and layout.type_in_listing(stored_type) != type_name:
        yield _finding(FindingKind.WRONG_TYPE, key, f"{layout.TYPE} names another type than the key")
    sound = {
        layout.TYPE: stored_type is not None,
        layout.VERSION: row.version is not None,
        layout.WRITE_ID: bool(row.write_id),
        layout.CREATED: _time(row.attributes, layout.CREATED) is not None,
        layout.UPDATED: _time(row.attributes, layout.UPDATED) is not None,
    }
    wrong = [name for name, is_sound in sound.items() if not is_sound]
    if wrong:
        yield _finding(FindingKind.MALFORMED, key, f"{', '.join(wrong)}: missing, or no such value")


def _gaps(numbers: Sequence[int], end: int) -> Iterator[tuple[int, int]]:
    """Go through the runs of numbers from 1 to before `end` that are missing; `numbers` are in order."""
    due = 1
    for number in (*numbers, end):
        if number > due:
            yield due, number - 1
        due = number + 1


def _may_hold(guard: Record, holder: Record | None, known: Known | None) -> bool:
    if not is_alive(holder):
        return False
    derived = derived_or_none(holder, known)
    wanted = {claim.guard for claim in derived.claims} if derived is not None else set[Key]()
    # What a row lists in vain is told of the row, not of the guard.
    return guard.key.pk in holder.guards or guard.key in wanted


def derived_or_none(row: Record, known: Known | None) -> Derived | None:
    """Return what a living resource should have beside its content; None if that can't be told."""
    if known is None or row.is_tombstone:
        return None
    try:
        return known.derived(row)
    except (CorruptRecordError, UnstorableValueError):
        return None


def _is_readable(row: Record, known: Known) -> bool:
    try:
        known.load(row)
    except CorruptRecordError:
        return False
    return True


def _fits(pk: str) -> bool:
    return len(pk.encode()) <= MAX_PARTITION_KEY_BYTES


def _text(attributes: Attributes, name: str) -> str | None:
    text = attributes.get(name, {}).get("S")
    return text if isinstance(text, str) else None


def _time(attributes: Attributes, name: str) -> datetime | None:
    try:
        return from_utc_text(_text(attributes, name) or "")
    except ValueError:
        return None


def _finding(kind: FindingKind, key: Key, message: str) -> Finding:
    return Finding(kind, *layout.type_and_id(key.pk), (key.pk, key.sk), message)


def _of_guard(kind: FindingKind, key: Key, resource_id: str, message: str) -> Finding:
    type_name, _ = layout.type_and_value(key.pk)
    return Finding(kind, type_name, resource_id, (key.pk, key.sk), message)

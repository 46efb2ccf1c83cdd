"""What a storm of commits must leave behind: the ledger of what was tried, and the proof from what is stored. Pure.

Every commit has a nonce of its own, which it appends to the entries of each row it writes. So a row tells who wrote it,
in order: version n was written by the commit with the n-th nonce.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row that a refused commit was told to be another than it had seen.

    Attributes:
        row: The row.
        expected: The version the commit started from; None if it had seen nothing there.
        actual: The version it was told to be stored; None for none.
    """

    row: str
    expected: int | None
    actual: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """What one commit tried, and what it was told.

    Attributes:
        nonce: Its own, appended to every row it writes.
        kind: What it does.
        writes: The rows it appends to.
        outcome: What it was told in the end, resendings included.
        removes: The row it deletes.
        owned: Whether nobody else writes its rows, so that nothing can refuse it but faults.
        error: The type of the error that refused it.
        conflicts: What it was told to have changed.
        holder: The row that is said to hold its unique value.
        met: The faults that its attempts met, in order.
        was_unknown: Whether it was first told that its outcome is not known.
    """

    nonce: str
    kind: str
    writes: tuple[str, ...]
    outcome: Outcome
    removes: str | None = None
    owned: bool = False
    error: str | None = None
    conflicts: tuple[Conflict, ...] = ()
    holder: str | None = None
    met: tuple[str, ...] = ()
    was_unknown: bool = False

    def __str__(self) -> str:
        """Tell what it was told, and what it had been through."""
        met = f" after {', '.join(self.met)}" if self.met else ""
        return f"{self.nonce} ({self.kind}, {self.error or self.outcome}{met})"

    @property
    def is_conflict(self) -> bool:
        """Whether it was refused since somebody else is said to have written."""
        return self.outcome == "refused" and self.error in CONFLICTS


CONFLICTS = {"ConflictError", "AlreadyExistsError", "NotFoundError", "UniqueViolationError"}


@dataclass(frozen=True, slots=True)
class Row:
    """A stored row.

    Attributes:
        nonces: Its entries, of the last version that was alive.
        version: The version of that.
        alive: Whether it is there, not deleted.
        histories: The entries of every version that is kept, by version.
    """

    nonces: tuple[str, ...]
    version: int
    alive: bool = True
    histories: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Verdict:
    """The promises that were broken: which commits or rows, and how."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    refused_but_applied: list[str] = field(default_factory=list)
    phantom_conflicts: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether no promise was broken."""
        return not any((self.lost, self.twice, self.refused_but_applied, self.phantom_conflicts, self.torn))


def judge(entries: Sequence[Entry], rows: Mapping[str, Row]) -> Verdict:
    """Compare what commits were told with what is stored.

    Args:
        entries: All commits.
        rows: All rows that are stored; deleted ones as far as their history is kept.
    """
    verdict = Verdict()
    removers = _removers(entries)
    for entry in entries:
        found = [row for row in entry.writes if row in rows and entry.nonce in rows[row].nonces]
        checkable = [row for row in entry.writes if row in rows or row not in removers]
        if entry.outcome == "acknowledged":
            verdict.lost += [f"{entry} is not in {row}" for row in checkable if row not in found]
            if entry.removes is not None and _is_alive(rows, entry.removes):
                verdict.lost.append(f"{entry} removed {entry.removes}, which is there")
        elif 0 < len(found) < len(checkable):
            verdict.torn.append(f"{entry} is in {found} of {checkable}")
        if entry.outcome == "refused" and (found or _alone_removed(entry, rows, removers)):
            verdict.refused_but_applied.append(f"{entry} is in {found or entry.removes}")
        if entry.is_conflict:
            verdict.phantom_conflicts += _phantoms(entry, found, rows, removers)
    verdict.twice += _twice(entries, rows)
    return verdict


def _removers(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The commits that have, or may have, removed each row."""
    removers: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.removes is not None and entry.outcome != "refused":
            removers.setdefault(entry.removes, []).append(entry)
    return removers


def _is_alive(rows: Mapping[str, Row], row: str) -> bool:
    return row in rows and rows[row].alive


def _alone_removed(entry: Entry, rows: Mapping[str, Row], removers: Mapping[str, list[Entry]]) -> bool:
    """Whether a row is gone that nobody else has removed."""
    return entry.removes is not None and not _is_alive(rows, entry.removes) and entry.removes not in removers


def _phantoms(
    entry: Entry, found: Sequence[str], rows: Mapping[str, Row], removers: Mapping[str, list[Entry]]
) -> list[str]:
    if entry.owned:
        return [f"{entry}: nobody else writes there"]
    if found or _alone_removed(entry, rows, removers):
        return [f"{entry}: it had been applied itself"]
    if entry.holder in entry.writes:
        return [f"{entry}: it holds the value itself"]
    return [
        f"{entry}: nobody else wrote {conflict.row} after version {conflict.expected}"
        for conflict in entry.conflicts
        if conflict.row not in removers and not _was_written(rows.get(conflict.row), conflict.expected or 0)
    ]


def _was_written(row: Row | None, expected: int) -> bool:
    """Whether a version follows the one that was expected. The caller knows that it is not its own."""
    return row is not None and len(row.nonces) > expected


def _twice(entries: Iterable[Entry], rows: Mapping[str, Row]) -> list[str]:
    found: list[str] = []
    for name, row in rows.items():
        found += [f"{nonce} is {times} times in {name}" for nonce, times in Counter(row.nonces).items() if times > 1]
        if row.version != len(row.nonces):
            found.append(f"{name} has version {row.version} and {len(row.nonces)} entries")
        for version, nonces in row.histories.items():
            if nonces != row.nonces[:version]:
                found.append(f"version {version} of {name} has the entries of another")
    removed = Counter(entry.removes for entry in entries if entry.removes and entry.outcome == "acknowledged")
    found += [f"{name} was removed {times} times" for name, times in removed.items() if times > 1]
    return found

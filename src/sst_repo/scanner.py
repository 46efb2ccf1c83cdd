"""Carrying out a scan: several segments at once, one read ahead in each, in bounded memory."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

from sst_repo.core import cursors
from sst_repo.core.queries import Scan, Slice
from sst_repo.core.records import Record
from sst_repo.core.scanning import MAX_SEGMENTS, ScanState
from sst_repo.errors import CorruptRecordError, InvalidQueryError, raise_first
from sst_repo.parallel import MAX_CALLS, side_by_side
from sst_repo.scans import ScanProgress, ScanRun
from sst_repo.tables.base import Table

ItemT = TypeVar("ItemT")

_Read: TypeAlias = tuple[Scan, Slice]
"""What was asked for, and what it gave."""


@dataclass(slots=True)
class _Tally:
    """What one run has come across."""

    scanned: int = 0
    matched: int = 0
    consumed: float = 0.0
    skipped: list[CorruptRecordError] = field(default_factory=list[CorruptRecordError])


class TableScan(ScanRun[ItemT]):
    """A scan of a table.

    At most one read's rows (1 MB) are being handed out, and those of one read a segment, of at most `MAX_CALLS`
    segments, are ready or under way. A single segment is read in the consumer's own thread, and not ahead.

    Args:
        table: What is scanned.
        scan: What to ask for; segments and places are set here.
        listing: What tells the scan from others; its cursors are bound to it.
        load: Makes an item of a row, or None for a row that does not count. Its `CorruptRecordError`s are gathered.
        cursor: Where to go on; None to begin.
        progress: Is told after each read, when all it gave has been handed out, in the consumer's thread.

    Raises:
        InvalidQueryError: The number of segments is not from 1 to 1,000,000.
        InvalidCursorError: The cursor is mangled or another scan's.
    """

    def __init__(
        self,
        table: Table,
        scan: Scan,
        listing: Sequence[str],
        load: Callable[[Record], ItemT | None],
        *,
        cursor: str | None = None,
        progress: Callable[[ScanProgress], object] | None = None,
    ) -> None:
        """Make no call."""
        if not 1 <= scan.segments <= MAX_SEGMENTS:
            raise InvalidQueryError(f"a scan has 1 to {MAX_SEGMENTS} segments, not {scan.segments}")
        self._listing = listing
        self._secrets = table.cursor_secrets
        self._state = ScanState(scan.segments)
        if cursor is not None:
            self._state = ScanState.from_text(cursors.decode(cursor, listing, self._secrets), scan.segments)
        self._tally = _Tally()
        # None of these knows this object: so it ends with the last reference to it, in the thread that drops that.
        reads = _reads(table, scan, self._state)
        self._items = _items(reads, self._state, self._tally, load, progress)

    @property
    def cursor(self) -> str | None:
        """Where to go on; None once all is through."""
        return None if self._state.is_through else cursors.encode(self._state.text, self._listing, self._secrets)

    @property
    def skipped(self) -> tuple[CorruptRecordError, ...]:
        """What this run came across and could not read."""
        return tuple(self._tally.skipped)

    @property
    def scanned(self) -> int:
        """How many rows this run has read."""
        return self._tally.scanned

    @property
    def consumed(self) -> float:
        """How many read capacity units that took."""
        return self._tally.consumed

    def __next__(self) -> ItemT:
        """Return the next item.

        Raises:
            CorruptRecordError: Some rows can't be read; raised for the first of them after all other items.
        """
        return next(self._items)

    def close(self) -> None:
        """Stop."""
        self._items.close()


def _items(
    reads: Generator[_Read],
    state: ScanState,
    tally: _Tally,
    load: Callable[[Record], ItemT | None],
    progress: Callable[[ScanProgress], object] | None,
) -> Generator[ItemT]:
    with closing(reads):
        for scan, got in reads:
            tally.scanned += got.scanned
            tally.consumed += got.consumed
            for record in got.records:
                item = _loaded(record, load, tally)
                if item is not None:
                    state.passed(scan.segment, record)
                    tally.matched += 1
                    yield item
            state.read(scan.segment, got.more)
            if progress is not None:
                progress(ScanProgress(state.segments, state.finished, tally.scanned, tally.matched, tally.consumed))
    raise_first(tally.skipped)


def _loaded(record: Record, load: Callable[[Record], ItemT | None], tally: _Tally) -> ItemT | None:
    try:
        return load(record)
    except CorruptRecordError as error:
        tally.skipped.append(error)
        return None


def _reads(table: Table, scan: Scan, state: ScanState) -> Generator[_Read]:
    """Read all segments that are not finished; what each read gave, as it comes."""
    scans = (replace(scan, segment=segment, after=after) for segment, after in state.upcoming())
    return side_by_side(table.scan, scans, min(state.segments, MAX_CALLS), following=_following)


def _following(scan: Scan, got: Slice) -> Scan | None:
    """Return the next read of the segment; None at its end."""
    return None if got.more is None else replace(scan, after=got.more.key)

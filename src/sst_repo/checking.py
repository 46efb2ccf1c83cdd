"""`check`: walks over a table, says what is wrong with it, and mends what follows from the rest.

A finding of the walk is only a suspicion, since others write meanwhile. It is told once it is seen in what is settled:
see `readings`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Final

from sst_repo.checks import CheckReport, Finding, FindingKind
from sst_repo.clock import SYSTEM_CLOCK
from sst_repo.commit import Committer
from sst_repo.core import checking, layout
from sst_repo.core.checking import Known, RowKind, Rows
from sst_repo.core.queries import Scan
from sst_repo.core.records import Key, Record
from sst_repo.errors import InvalidQueryError
from sst_repo.ids import ULIDS
from sst_repo.mapping.schema import schema_of
from sst_repo.ports import Clock, IdFactory
from sst_repo.readings import Readings, UnsettledError
from sst_repo.repairing import Repairer
from sst_repo.resource import Resource
from sst_repo.scanner import TableScan
from sst_repo.scans import DEFAULT_SEGMENTS, ScanProgress
from sst_repo.tables.base import Table

_BATCH: Final = 100
_FINDINGS_KEPT: Final = 1000
_FOREIGN_KEPT: Final = 100


def check(
    table: Table,
    *types: type[Resource],
    repair: bool = False,
    segments: int = DEFAULT_SEGMENTS,
    progress: Callable[[ScanProgress], object] | None = None,
    clock: Clock = SYSTEM_CLOCK,
    ids: IdFactory = ULIDS,
) -> CheckReport:
    """Walk over a table and compare every row with what it should be; on request mend what follows from the rest.

    ```python
    report = check(table, Order, Customer)
    for finding in report.findings:
        print(finding.kind, finding.type, finding.id, finding.message)
    check(table, Order, Customer, repair=True)
    ```

    It may run while others write: what is told was so at one moment, and a repair is refused if what it rests on has
    changed since. It can be stopped anywhere, and repeated. Other resources are unaffected. A repair writes index and
    listing attributes, lists of unique values and their guard rows. A resource with a wrong latest row is saved as it
    is, by the rules of `save`: it gets a next version. That is not done where its history has gaps or goes beyond it,
    since then its version may be what is wrong. Content and history are never changed.

    Args:
        table: The table.
        *types: The classes of the resources. Rows of other types are judged in what needs no class: system
            attributes, history, the guard rows they list. Whether such a type keeps versions is told by its history.
        repair: Whether to mend.
        segments: How many segments of the table are read side by side, from 1 to 1,000,000.
        progress: Is told after each read of the walk; its `matched` counts rows of any kind.
        clock: Stamps what is mended.
        ids: Makes the ids of the commits that mend.

    Returns:
        What was found. Memory is bounded by one read a segment, and the longest history.

    Raises:
        InvalidQueryError: Two of the classes have one type name, or the number of segments is out of range.
        TableError: The table failed.

    Cost: the whole table is read once, by eventually consistent Scans. On top of it 1 consistent Query of the history
    of each resource of a type that keeps versions, or was not given; 1 BatchGetItem for the guard rows that 100 rows
    list, one for the holders that they name, and one for the latest rows of histories. What seems wrong is read at
    least twice more. A repair is one write call a resource or guard row.
    """
    known: dict[str, Known] = {}
    for model in types:
        if known.setdefault(model.__type_name__, schema_of(model)) is not schema_of(model):
            raise InvalidQueryError(f"two of the classes are stored as {model.__type_name__!r}; give one of them")
    run = _Check(table, known, Committer(table, clock, ids) if repair else None)
    scan = Scan(segments=segments)
    with TableScan(table, scan, ("check", str(segments)), lambda row: row, progress=progress) as rows:
        while batch := list(islice(rows, _BATCH)):
            run.judge(batch)
        return run.tally.report(rows.scanned, rows.consumed)


@dataclass(slots=True)
class _Tally:
    """What has been found so far."""

    rows: Counter[str] = field(default_factory=Counter[str])
    foreign_keys: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    unjudged: Counter[str] = field(default_factory=Counter[str])
    findings: list[Finding] = field(default_factory=list[Finding])
    counts: Counter[FindingKind] = field(default_factory=Counter[FindingKind])
    repaired: int = 0
    unsettled: int = 0

    def saw(self, row: Record, kind: RowKind, types: Iterable[str]) -> None:
        self.rows["TOMBSTONE" if kind is RowKind.LATEST and row.is_tombstone else kind.name] += 1
        if kind is RowKind.FOREIGN and len(self.foreign_keys) < _FOREIGN_KEPT:
            self.foreign_keys.append((row.key.pk, row.key.sk))
        type_name, _ = layout.type_and_id(row.key.pk)
        if kind is RowKind.LATEST and type_name not in types:
            self.unjudged[type_name] += 1

    def found(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.counts[finding.kind] += 1
            self.repaired += finding.repaired
            if len(self.findings) < _FINDINGS_KEPT:
                self.findings.append(finding)

    def report(self, scanned: int, consumed: float) -> CheckReport:
        return CheckReport(
            latest=self.rows["LATEST"],
            tombstones=self.rows["TOMBSTONE"],
            history=self.rows["HISTORY"],
            guards=self.rows["GUARD"],
            foreign=self.rows["FOREIGN"],
            foreign_keys=tuple(self.foreign_keys),
            unjudged=dict(self.unjudged),
            findings=tuple(self.findings),
            counts=dict(self.counts),
            repaired=self.repaired,
            unsettled=self.unsettled,
            scanned=scanned,
            consumed=consumed,
        )


class _Check:
    """One check under way."""

    def __init__(self, table: Table, known: Mapping[str, Known], committer: Committer | None) -> None:
        self._known = known
        self._readings = Readings(table, known)
        self._repairer = None if committer is None else Repairer(self._readings, committer)
        self.tally = _Tally()

    def judge(self, batch: Sequence[Record]) -> None:
        """Judge what the rows of a part of the walk stand for."""
        by_kind: dict[RowKind, list[Record]] = {kind: [] for kind in RowKind}
        for row in batch:
            kind = checking.kind_of(row, self._known)
            by_kind[kind].append(row)
            self.tally.saw(row, kind, self._known)
        self._judge_resources(by_kind[RowKind.LATEST])
        self._judge_histories(by_kind[RowKind.HISTORY])
        self._judge_guards(by_kind[RowKind.GUARD])

    def _judge_resources(self, latest: Sequence[Record]) -> None:
        wanted = {row.key: checking.guards_of(row, self._known.get(_type_of(row))) for row in latest}
        guards = self._readings.read({key for keys in wanted.values() for key in keys})
        for row in latest:
            known = self._known.get(_type_of(row))
            own = {key: guards[key] for key in wanted[row.key] if key in guards}
            if checking.judge(Rows(row, self._readings.history(row), own), known):
                self._tell(partial(self._confirmed, row.key, known))

    def _confirmed(self, key: Key, known: Known | None) -> tuple[Finding, ...]:
        rows = self._readings.rows(key)
        findings = () if rows is None else checking.judge(rows, known)
        if rows is None or not findings or self._repairer is None or known is None:
            return findings
        return self._repairer.resource(rows, known, findings)

    def _judge_histories(self, history: Sequence[Record]) -> None:
        keys = {layout.latest_key(row.key.pk) for row in history}
        found = self._readings.read(keys)
        seen = {row.key for row in history}
        for key in sorted(keys):
            if self._is_orphaned(key, found.get(key)):
                self._tell(partial(self._confirmed_orphans, key, seen))

    def _confirmed_orphans(self, key: Key, seen: AbstractSet[Key]) -> tuple[Finding, ...]:
        latest, history = self._readings.orphans(key)
        # A long history is in several batches: it is told of with its first row.
        is_first = bool(history) and history[0].key in seen
        return checking.judge_orphans(history) if is_first and self._is_orphaned(key, latest) else ()

    def _is_orphaned(self, key: Key, latest: Record | None) -> bool:
        known = self._known.get(layout.type_and_id(key.pk)[0])
        return latest is None or (known is not None and not known.keeps_versions)

    def _judge_guards(self, guards: Sequence[Record]) -> None:
        keys = {row.key: checking.holder_key(row) for row in guards}
        holders = self._readings.read({key for key in keys.values() if key is not None})
        for row in guards:
            known = self._known.get(layout.type_and_value(row.key.pk)[0])
            key = keys[row.key]
            if checking.judge_guard(row, None if key is None else holders.get(key), known):
                self._tell(partial(self._confirmed_guard, row.key, known))

    def _confirmed_guard(self, key: Key, known: Known | None) -> tuple[Finding, ...]:
        guard, holder = self._readings.guard(key)
        findings = () if guard is None else checking.judge_guard(guard, holder, known)
        if guard is None or not findings or self._repairer is None:
            return findings
        is_mended = self._repairer.guard(guard, holder, known)
        return tuple(replace(finding, repaired=is_mended) for finding in findings)

    def _tell(self, confirmed: Callable[[], tuple[Finding, ...]]) -> None:
        try:
            self.tally.found(confirmed())
        except UnsettledError:
            self.tally.unsettled += 1


def _type_of(row: Record) -> str:
    return layout.type_and_id(row.key.pk)[0]

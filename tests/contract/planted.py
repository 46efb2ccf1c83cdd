"""Tables with a bug planted in each: what the contracts are there to catch."""

import time
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from itertools import islice
from typing import Any

from sst_repo import InMemoryTable
from sst_repo.core.capacity import read_units
from sst_repo.core.layout import PRIMARY, index_entry
from sst_repo.core.limits import item_size
from sst_repo.core.queries import Query, Scan, Slice
from sst_repo.core.records import (
    Absent,
    Applied,
    Check,
    Delete,
    Guard,
    HeldByNoOther,
    Key,
    Matches,
    Op,
    Outcome,
    Plan,
    Put,
    Reason,
    Record,
    Refused,
)
from sst_repo.tables.memory.rows import StoredRow


class RewritesPlans(InMemoryTable):
    """Does each op under another guard than it should."""

    def transact(self, plan: Plan) -> Outcome:
        ops = tuple(replace(op, guard=self.guard(number, op)) for number, op in enumerate(plan.ops))
        return super().transact(replace(plan, ops=ops))

    def guard(self, number: int, op: Op) -> Guard:
        raise NotImplementedError

    def whatever_is_there(self, key: Key) -> Guard:
        """Return a guard that holds."""
        stored = self.read(key)
        if stored is not None and stored.holder is not None:
            return HeldByNoOther(stored.holder)
        return Absent() if stored is None else Matches(stored.version or 0, stored.write_id or "")


class BlindWrites(RewritesPlans):
    """Ignores all guards."""

    def guard(self, number: int, op: Op) -> Guard:
        return self.whatever_is_there(op.key)


class VersionOnlyGuards(RewritesPlans):
    """Compares the version, not the write id: a re-created row passes for the one that was read."""

    def guard(self, number: int, op: Op) -> Guard:
        stored = self.read(op.key)
        if isinstance(op.guard, Matches) and stored is not None and stored.version == op.guard.version:
            return self.whatever_is_there(op.key)
        return op.guard


class HoldersIgnored(RewritesPlans):
    """Does not look who holds a value."""

    def guard(self, number: int, op: Op) -> Guard:
        return self.whatever_is_there(op.key) if isinstance(op.guard, HeldByNoOther) else op.guard


class FirstGuardDropped(RewritesPlans):
    """Ignores the guard of the first op."""

    def guard(self, number: int, op: Op) -> Guard:
        return self.whatever_is_there(op.key) if number == 0 else op.guard


class LaterGuardsDropped(RewritesPlans):
    """Ignores the guards of all ops but the first."""

    def guard(self, number: int, op: Op) -> Guard:
        return self.whatever_is_there(op.key) if number > 0 else op.guard


class ChecksDropped(InMemoryTable):
    """Does not look at what only had to be checked."""

    def transact(self, plan: Plan) -> Outcome:
        writes = tuple(op for op in plan.ops if isinstance(op, Put | Delete))
        outcome = super().transact(replace(plan, ops=writes))
        if not isinstance(outcome, Refused):
            return outcome
        reasons = iter(outcome.reasons)
        return Refused(tuple(next(reasons) if isinstance(op, Put | Delete) else None for op in plan.ops))


class PartialApply(InMemoryTable):
    """Applies the ops that come before the one that is refused."""

    def transact(self, plan: Plan) -> Outcome:
        reasons: list[Reason | None] = []
        for op in plan.ops:
            outcome = super().transact(Plan((op,), plan.write_id))
            if isinstance(outcome, Refused):
                return Refused((*reasons, *outcome.reasons, *[None] * (len(plan.ops) - len(reasons) - 1)))
            reasons.append(None)
        return Applied()


class PhantomSuccess(InMemoryTable):
    """Says that a refused plan was applied."""

    def transact(self, plan: Plan) -> Outcome:
        super().transact(plan)
        return Applied()


class ReasonsReversed(InMemoryTable):
    """Gives the reasons in the order of something else than the ops."""

    def transact(self, plan: Plan) -> Outcome:
        outcome = super().transact(plan)
        return Refused(outcome.reasons[::-1]) if isinstance(outcome, Refused) else outcome


class ReasonsWithoutRows(InMemoryTable):
    """Does not say what it found."""

    def transact(self, plan: Plan) -> Outcome:
        outcome = super().transact(plan)
        if not isinstance(outcome, Refused):
            return outcome
        return Refused(tuple(None if reason is None else Reason(None) for reason in outcome.reasons))


class ForgetsTokens(InMemoryTable):
    """Decides anew on a transaction that is sent again."""

    def transact(self, plan: Plan) -> Outcome:
        self._tokens.clear()
        return super().transact(plan)


class UnlockedTransactions(InMemoryTable):
    """Lets others in between the look at the guards and the writes."""

    def transact(self, plan: Plan) -> Outcome:
        dry_run = super().transact(replace(plan, ops=tuple(_as_check(op) for op in plan.ops)))
        if isinstance(dry_run, Refused):
            return dry_run
        # Long enough for every thread that waits to have its look.
        time.sleep(0.002)
        with self._lock:
            for op in plan.ops:
                row = self._rows.get(op.key)
                if row is not None and isinstance(op, Put | Delete):
                    self._remove(op.key, row)
                if isinstance(op, Put):
                    self._insert(op.key, self._row(op.record))
        return Applied()


def _as_check(op: Op) -> Op:
    return Check(op.key, op.guard)


class LiveRows(InMemoryTable):
    """Keeps rows as objects; a subclass says which of its sides shares them with the caller."""

    shares_what_is_handed_in = False
    shares_what_is_handed_out = False

    def __init__(self) -> None:
        super().__init__()
        self._live: dict[Key, Record] = {}

    def transact(self, plan: Plan) -> Outcome:
        outcome = super().transact(plan)
        if isinstance(outcome, Applied):
            for op in plan.ops:
                if isinstance(op, Put):
                    self._live[op.key] = op.record if self.shares_what_is_handed_in else _copy(op.record)
                elif isinstance(op, Delete):
                    self._live.pop(op.key, None)
        return outcome

    def read(self, key: Key, *, consistent: bool = True) -> Record | None:
        record = self._live.get(key)
        return record if record is None or self.shares_what_is_handed_out else _copy(record)

    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> Mapping[Key, Record]:
        return {key: record for key in keys if (record := self.read(key)) is not None}


class KeepsWhatIsHandedIn(LiveRows):
    """Stores the caller's own mappings."""

    shares_what_is_handed_in = True


class HandsOutWhatIsKept(LiveRows):
    """Hands out the stored mappings themselves."""

    shares_what_is_handed_out = True


def _copy(record: Record) -> Record:
    return Record(record.key, deepcopy(dict(record.attributes)))


class StaleIndexEntries(InMemoryTable):
    """Leaves the index entries of overwritten and deleted rows where they were."""

    def _remove(self, key: Key, row: StoredRow) -> None:
        del self._rows[key]
        del self._entries[0][row.places[0] or ()]


class FullIndexes(InMemoryTable):
    """Takes rows into an index that lack its sort key."""

    def _places(self, record: Record) -> tuple[tuple[str, ...] | None, ...]:
        partitions = [record.attributes.get(index.partition, {}).get("S") for index in self._indexes]
        return tuple(
            place or (partition and (partition, "", record.key.pk, record.key.sk))
            for place, partition in zip(super()._places(record), [*partitions, None], strict=True)
        )


class NoLimit(InMemoryTable):
    """Ignores the limit of a query."""

    def query(self, query: Query) -> Slice:
        return super().query(replace(query, limit=None))


class OneTooMany(InMemoryTable):
    """Reads one row more than the limit."""

    def query(self, query: Query) -> Slice:
        return super().query(replace(query, limit=None if query.limit is None else query.limit + 1))


class ForgetsAfter(InMemoryTable):
    """Begins every page at the beginning."""

    def query(self, query: Query) -> Slice:
        return super().query(replace(query, after=None))


class AfterNeedsItsRow(InMemoryTable):
    """Finds nothing after a row that is gone."""

    def query(self, query: Query) -> Slice:
        if query.after is not None and self.read(query.after.key) is None:
            return Slice((), 0, 0, None)
        return super().query(query)


class AfterSkipsItsEquals(InMemoryTable):
    """Goes on after all rows of a sort key, not after the one row."""

    def query(self, query: Query) -> Slice:
        got = super().query(query)
        if query.after is None or query.index == PRIMARY:
            return got
        rest = tuple(row for row in got.records if row.attributes[query.index.sort]["S"] != query.after.sort)
        return replace(got, records=rest, count=len(rest) if got.records else got.count)


class EndsAtItsLimit(InMemoryTable):
    """Never says that there is more."""

    def query(self, query: Query) -> Slice:
        return replace(super().query(query), more=None)


class ExclusiveBounds(InMemoryTable):
    """Leaves out the row at the last sort key."""

    def query(self, query: Query) -> Slice:
        got = super().query(query)
        rest = tuple(
            row for row in got.records if query.last is None or (index_entry(row, query.index) or "")[1] != query.last
        )
        return replace(got, records=rest, count=len(rest) if got.records else got.count)


class Reorders(InMemoryTable):
    """Has an order of its own."""

    def order(self, sort: str) -> Any:
        raise NotImplementedError

    def query(self, query: Query) -> Slice:
        got = super().query(replace(query, limit=None))

        def place(row: Record) -> Any:
            return self.order((index_entry(row, query.index) or ("", ""))[1])

        rows = tuple(islice(sorted(got.records, key=place, reverse=query.descending), query.limit))
        return super().query(query) if query.count_only else replace(super().query(query), records=rows)


class Utf16Order(Reorders):
    """Sorts by UTF-16."""

    def order(self, sort: str) -> Any:
        return sort.encode("utf-16-be")


class CaselessOrder(Reorders):
    """Sorts without regard to case."""

    def order(self, sort: str) -> Any:
        return sort.casefold()


class ReadsWithoutEnd(InMemoryTable):
    """Ends no read at a megabyte."""

    def query(self, query: Query) -> Slice:
        got = super().query(query)
        while query.limit is None and got.more is not None:
            rest = super().query(replace(query, after=got.more))
            got = replace(rest, records=got.records + rest.records, count=got.count + rest.count)
        return got


class CutsTheRowAtTheMegabyte(InMemoryTable):
    """Reads up to a megabyte, but says that it also read the row after it."""

    def query(self, query: Query) -> Slice:
        got = super().query(query)
        if query.limit is not None or got.more is None:
            return got
        following = super().query(replace(query, after=got.more, limit=1))
        return replace(got, more=following.more)


class ChargesWhatItFinds(InMemoryTable):
    """Says what the rows it found would cost, not those it read."""

    def query(self, query: Query) -> Slice:
        got = super().query(query)
        return replace(got, consumed=read_units(sum(map(item_size, got.records)), consistent=query.consistent))


class SkipsASegment(InMemoryTable):
    """Finds nothing in the last of several segments."""

    def scan(self, scan: Scan) -> Slice:
        is_last = scan.segment == scan.segments - 1
        return Slice((), 0, 0, None) if is_last and scan.segments > 1 else super().scan(scan)


class SegmentsOverlap(InMemoryTable):
    """Finds the rows of the first segment in the second one, too."""

    def scan(self, scan: Scan) -> Slice:
        got = super().scan(scan)
        if scan.segment != 1 or got.more is not None:
            return got
        first = super().scan(replace(scan, segment=0, after=None, limit=None)).records
        return replace(got, records=got.records + first, count=got.count + len(first))


class ScanLosesARowWhenItGoesOn(InMemoryTable):
    """Goes on after the row that follows the one it is told."""

    def scan(self, scan: Scan) -> Slice:
        if scan.after is not None:
            following = super().scan(replace(scan, limit=1, filter=None)).more
            scan = scan if following is None else replace(scan, after=following.key)
        return super().scan(scan)


class ScanRepeatsARowWhenItGoesOn(InMemoryTable):
    """Goes on with the row that it was to go on after."""

    def scan(self, scan: Scan) -> Slice:
        got = super().scan(scan)
        again = None if scan.after is None else self.read(scan.after)
        if again is None or not got.records:
            return got
        return replace(got, records=(again, *got.records), count=got.count + 1)


class ScanNeedsTheRowItGoesOnAfter(InMemoryTable):
    """Finds nothing after a row that is gone."""

    def scan(self, scan: Scan) -> Slice:
        if scan.after is not None and self.read(scan.after) is None:
            return Slice((), 0, 0, None)
        return super().scan(scan)


class ScanFindsTheDeleted(InMemoryTable):
    """Finds tombstones, whatever the filter says."""

    def scan(self, scan: Scan) -> Slice:
        got = super().scan(replace(scan, filter=None))
        wanted = {record.key for record in super().scan(scan).records}
        found = tuple(record for record in got.records if record.key in wanted or record.is_tombstone)
        return replace(got, records=found, count=len(found))


class ScanMovesWhatIsWritten(InMemoryTable):
    """Has an overwritten row in a place of its version's."""

    def _places(self, record: Record) -> tuple[tuple[str, ...] | None, ...]:
        *others, scanned = super()._places(record)
        return (*others, (f"{record.version or 0:09x}", *(scanned or ())[1:]))


class ReadsAHundredOnly(InMemoryTable):
    """Reads the first hundred rows of many."""

    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> Mapping[Key, Record]:
        return super().read_many(list(keys)[:100])


class ChangesValues(InMemoryTable):
    """Stores other values than it was given."""

    def value(self, tag: str, content: Any) -> dict[str, Any]:
        raise NotImplementedError

    def _row(self, record: Record) -> StoredRow:
        changed = {name: self._changed(value) for name, value in record.attributes.items()}
        return super()._row(Record(record.key, changed))

    def _changed(self, value: Any) -> dict[str, Any]:
        ((tag, content),) = value.items()
        match tag:
            case "L":
                return {"L": [self._changed(element) for element in content]}
            case "M":
                return {"M": {name: self._changed(element) for name, element in content.items()}}
            case _:
                return self.value(tag, content)


class FloatNumbers(ChangesValues):
    """Keeps numbers as floats."""

    def value(self, tag: str, content: Any) -> dict[str, Any]:
        return {tag: format(float(content), "g") if tag == "N" and len(content) > 15 else content}


class EmptyTextIsNull(ChangesValues):
    """Keeps empty text as NULL."""

    def value(self, tag: str, content: Any) -> dict[str, Any]:
        return {"NULL": True} if content == "" else {tag: content}


class OldRowsComeBack(InMemoryTable):
    """Still has its rows when it is deleted and created again."""

    def delete(self) -> None:
        rows, entries, tokens = self._rows, self._entries, self._tokens
        super().delete()
        self._rows, self._entries, self._tokens = rows, entries, tokens


class AnswersWhenDeleted(InMemoryTable):
    """Behaves as an empty table after it was deleted."""

    def _check_existence(self) -> None:
        pass

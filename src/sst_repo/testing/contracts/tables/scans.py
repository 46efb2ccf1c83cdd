"""The contract of `Table.scan`: segments, places, and what a filter may ask for."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sst_repo.core.capacity import MAX_READ_BYTES
from sst_repo.core.expressions import compile_filter
from sst_repo.core.filters import And, BeginsWith, Compare, Exists, Not
from sst_repo.core.layout import LATEST
from sst_repo.core.queries import Position, Scan, Slice
from sst_repo.core.records import Applied, Delete, Key, Record
from sst_repo.errors import InvalidCursorError
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.base import Contract, requires
from sst_repo.testing.contracts.tables.rows import (
    at_once,
    is_nothing,
    overwrite,
    plan,
    put_all,
    row,
    sized,
    still,
)

each_number_of_segments = pytest.mark.parametrize("segments", [1, 4, 7])


def _filled(table: Table) -> list[Record]:
    """Put rows of many partitions, some with more than one."""
    rows = [row(f"Thing#{number}", sk, text={"S": "x"}) for number in range(20) for sk in (LATEST, "v#1", "v#2")]
    put_all(table, rows)
    return rows


def _slices(table: Table, scan: Scan) -> Iterator[Slice]:
    """Read a segment on until there is no more."""
    while True:
        got = table.scan(scan)
        yield got
        if got.more is None:
            return
        assert got.more != (scan.after and Position(scan.after.sk, scan.after)), "reading on does not get on"
        scan = replace(scan, after=got.more.key)


def _rows(table: Table, scan: Scan) -> list[Record]:
    return [record for got in _slices(table, scan) for record in got.records]


def _segments(segments: int) -> list[Scan]:
    return [Scan(segment, segments) for segment in range(segments)]


def _by_key(rows: list[Record]) -> list[Record]:
    return sorted(rows, key=lambda record: record.key)


class ScanContract(Contract):
    """Segments, places and filters of scans.

    Attributes:
        lacks: "megabyte", "capacity", "segments of start keys".
    """

    @requires("segments of start keys")
    def test_a_place_of_another_segment_is_refused(self, table: Table) -> None:
        _filled(table)
        key = Key("Thing#nowhere", LATEST)
        refused = 0
        for scan in _segments(4):
            try:
                table.scan(replace(scan, after=key))
            except InvalidCursorError:
                refused += 1
        assert refused == 3

    def test_an_empty_table_has_nothing_to_scan(self, table: Table) -> None:
        for scan in (Scan(), *_segments(4)):
            assert is_nothing(table.scan(scan))

    @each_number_of_segments
    def test_segments_have_each_row_once(self, table: Table, segments: int) -> None:
        rows = _filled(table)

        got = [record for scan in _segments(segments) for record in _rows(table, scan)]

        assert _by_key(got) == _by_key(rows)

    def test_segments_share_the_rows_out(self, table: Table) -> None:
        _filled(table)

        assert sum(bool(_rows(table, scan)) for scan in _segments(4)) > 1

    @each_number_of_segments
    @pytest.mark.parametrize("limit", [1, 3, 1000])
    def test_a_limit_bounds_what_one_read_looks_at(self, table: Table, segments: int, limit: int) -> None:
        rows = _filled(table)
        got: list[Record] = []
        for scan in _segments(segments):
            for part in _slices(table, replace(scan, limit=limit)):
                assert part.count == part.scanned == len(part.records) <= limit
                assert part.more is None or part.count == limit
                got += part.records

        assert _by_key(got) == _by_key(rows)

    @each_number_of_segments
    def test_a_scan_goes_on_after_any_row(self, table: Table, segments: int) -> None:
        _filled(table)
        for scan in _segments(segments):
            ordered = _rows(table, scan)
            for number, record in enumerate(ordered):
                assert list(table.scan(replace(scan, after=record.key)).records) == ordered[number + 1 :]

    def test_a_scan_goes_on_after_a_row_that_is_gone(self, table: Table) -> None:
        _filled(table)
        for scan in _segments(4):
            ordered = _rows(table, scan)
            for gone in ordered[1::3]:
                assert table.transact(plan(Delete(gone.key, still(gone)))) == Applied()

            for number, record in enumerate(ordered):
                rest = [other for at, other in enumerate(ordered) if at > number and at % 3 != 1]
                assert list(table.scan(replace(scan, after=record.key)).records) == rest

    def test_a_row_keeps_its_place_when_it_is_overwritten(self, table: Table) -> None:
        _filled(table)
        for scan in _segments(4):
            before = _rows(table, scan)
            for record in before[::2]:
                overwrite(table, record, row(record.key.pk, record.key.sk, version=2, text={"S": "another"}))

            assert [record.key for record in _rows(table, scan)] == [record.key for record in before]

    def test_more_says_where_the_read_stopped(self, table: Table) -> None:
        rows = {record.key for record in _filled(table)}
        got = table.scan(Scan(limit=5))

        assert got.more is not None
        assert got.more == Position(got.records[-1].key.sk, got.records[-1].key)
        assert got.more.key in rows

    # -- filters

    def test_what_a_filter_drops_is_read_all_the_same(self, table: Table) -> None:
        rows = _filled(table)
        scan = Scan(filter=compile_filter(Compare(("text",), "=", {"S": "another"})), limit=40)
        got = list(_slices(table, scan))

        assert sum(part.scanned for part in got) == len(rows)
        assert all(part.records == () and part.count == 0 for part in got)
        assert got[0].more is not None

    def test_a_filter_may_ask_for_the_key(self, table: Table) -> None:
        _filled(table)
        others = [row(pk, text={"S": "x"}) for pk in ("Thing", "Things#1", "thing#1", "#Thing#1", "Other#Thing#1")]
        put_all(table, [*others, row("Thing#gone", text={"S": "x"}, _d={"BOOL": True}), row("Thing#bare")])
        latest = And((BeginsWith(("pk",), {"S": "Thing#"}), Compare(("sk",), "=", {"S": LATEST})))
        wanted = compile_filter(And((latest, Not(Exists(("_d",))), Compare(("text",), "=", {"S": "x"}))))

        got = [record for scan in _segments(4) for record in _rows(table, replace(scan, filter=wanted))]

        assert sorted(record.key for record in got) == sorted(Key(f"Thing#{n}", LATEST) for n in range(20))

    def test_a_filter_without_values_is_one_too(self, table: Table) -> None:
        put_all(table, [row("Thing#1"), row("Thing#2", mark={"NULL": True})])

        got = _rows(table, Scan(filter=compile_filter(Exists(("mark",)))))

        assert [record.key.pk for record in got] == ["Thing#2"]

    # -- how far, and at what price

    @requires("megabyte")
    @pytest.mark.parametrize("filtered", [False, True], ids=["all", "filtered"])
    def test_a_scan_ends_after_the_row_that_makes_a_megabyte(
        self,
        table: Table,
        filtered: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        rows = [sized(row(f"Thing#{number}"), 200_000) for number in range(13)]
        put_all(table, rows)
        scan = Scan(filter=compile_filter(Exists(("nothing",))) if filtered else None)

        parts = list(_slices(table, scan))

        assert [part.scanned for part in parts] == [6, 6, 1]
        assert [part.count for part in parts] == ([0, 0, 0] if filtered else [6, 6, 1])
        assert parts[-1].more is None
        assert 6 * 200_000 > MAX_READ_BYTES > 5 * 200_000

    @requires("capacity")
    def test_a_scan_costs_what_it_reads(self, table: Table) -> None:
        put_all(table, [sized(row(f"Thing#{number}"), 4096) for number in range(6)])
        for scan in (Scan(), Scan(filter=compile_filter(Exists(("nothing",))))):
            assert table.scan(scan).consumed == 3
            assert table.scan(replace(scan, consistent=True)).consumed == 6
            assert table.scan(replace(scan, limit=2)).consumed == 1

    def test_a_consistent_scan_sees_the_last_write(self, table: Table) -> None:
        old = row("Thing#1")
        put_all(table, [old])
        new = row("Thing#1", version=2, write_id="second")
        overwrite(table, old, new)

        assert table.scan(Scan(consistent=True)).records == (new,)

    def test_segments_can_be_scanned_by_several_threads_at_once(self, table: Table) -> None:
        rows = _filled(table)

        got = at_once(lambda segment: _rows(table, Scan(segment, 8, limit=3)), threads=8)

        assert _by_key([record for part in got for record in part]) == _by_key(rows)

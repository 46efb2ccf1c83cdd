"""The contract of `Table.query`: order, bounds, pages and what is in an index."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sst_repo.core.layout import LISTING, PRIMARY, IndexKeys, gsi
from sst_repo.core.queries import Position, Query
from sst_repo.core.records import Absent, Applied, Attributes, Delete, Put, Record, Refused
from sst_repo.errors import TableError
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.contracts.tables.rows import (
    entry,
    is_nothing,
    overwrite,
    plan,
    put_all,
    records_of,
    row,
    slices,
    still,
)

# In the order of code points, which is UTF-8's. UTF-16 has the last two the other way round; without regard to case
# "B" would be between "a" and "c".
_SORTED = ("!", "B", "a", "a!", "aa", "a\u00e9", "c", "\u00e9", "\uff5e", "\U0001f600")

_BOUNDS: list[tuple[str | None, str | None, tuple[str, ...]]] = [
    ("a", None, _SORTED[2:]),
    ("C", None, _SORTED[2:]),
    (None, "aa", _SORTED[:5]),
    (None, "ab", _SORTED[:5]),
    ("a", "aa", _SORTED[2:5]),
    ("a", "a\U0010ffff", _SORTED[2:6]),
    ("a", "a", _SORTED[2:3]),
    ("\uff5e", "\U0001f600", _SORTED[-2:]),
    ("x", "z", ()),
]
"""The first and the last, and what is between them; None for no bound."""

_each_index = pytest.mark.parametrize("index", [PRIMARY, LISTING, gsi(1), gsi(2)], ids=lambda index: index.partition)
_each_secondary_index = pytest.mark.parametrize("index", [LISTING, gsi(1), gsi(2)], ids=lambda index: index.partition)
_each_direction = pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])


def _filled(table: Table, index: IndexKeys, sorts: Sequence[str] = _SORTED) -> list[Record]:
    """Put a row at each place of the partition "here", in an order that helps nobody; and one in each neighbour."""
    rows = [entry(index, "here", sort) for sort in sorts]
    neighbours = [entry(index, partition, "a", f"in {partition}") for partition in ("her", "here#", "herf", "Here")]
    put_all(table, [*rows[1::2], *neighbours, *rows[::2]])
    return rows


def _at(index: IndexKeys, record: Record) -> Position:
    """Return the row's place in the index."""
    return Position(record.key.sk if index == PRIMARY else record.attributes[index.sort]["S"], record.key)


class QueryContract(Contract):
    """Order, bounds, pages and what is in an index.

    Indexes are expected to follow the table at once, as they do in emulators.
    """

    # -- order and bounds

    @_each_index
    @_each_direction
    def test_a_partition_is_read_in_the_order_of_code_points(
        self, table: Table, index: IndexKeys, *, descending: bool
    ) -> None:
        rows = _filled(table, index)

        got = table.query(Query(index, "here", descending=descending))

        assert list(got.records) == (rows[::-1] if descending else rows)
        assert got.count == len(rows)
        assert got.more is None

    @_each_index
    def test_an_empty_partition_has_no_rows(self, table: Table, index: IndexKeys) -> None:
        assert is_nothing(table.query(Query(index, "here")))
        _filled(table, index)
        assert is_nothing(table.query(Query(index, "there")))
        assert is_nothing(table.query(Query(index, "here", first="a0", last="a1")))

    @_each_index
    @_each_direction
    def test_bounds_are_inclusive(self, table: Table, index: IndexKeys, *, descending: bool) -> None:
        _filled(table, index)
        for first, last, expected in _BOUNDS:
            query = Query(index, "here", first, last, descending=descending)

            got = [_at(index, record).sort for record in records_of(table, query)]

            assert got == list(expected[::-1] if descending else expected), (first, last)
            counted = table.query(replace(query, count_only=True))
            assert (counted.records, counted.count) == ((), len(expected)), (first, last)

    # -- pages

    @_each_index
    @_each_direction
    def test_reading_goes_on_after_any_position(self, table: Table, index: IndexKeys, *, descending: bool) -> None:
        rows = _filled(table, index)
        ordered = rows[::-1] if descending else rows

        for number, record in enumerate(ordered):
            query = Query(index, "here", descending=descending, after=_at(index, record))
            assert list(table.query(query).records) == ordered[number + 1 :]
            assert table.query(replace(query, count_only=True)).count == len(ordered) - number - 1

    @_each_index
    @_each_direction
    def test_reading_goes_on_after_a_row_that_is_gone(
        self, table: Table, index: IndexKeys, *, descending: bool
    ) -> None:
        rows = _filled(table, index)
        ordered = rows[::-1] if descending else rows
        page = table.query(Query(index, "here", descending=descending, limit=3))
        assert page.more == _at(index, ordered[2])
        assert table.transact(plan(Delete(ordered[2].key, still(ordered[2])))) == Applied()

        got = table.query(Query(index, "here", descending=descending, after=page.more, limit=3))

        assert list(got.records) == ordered[3:6]

    @_each_secondary_index
    @_each_direction
    def test_reading_goes_on_after_a_row_that_has_moved(
        self, table: Table, index: IndexKeys, *, descending: bool
    ) -> None:
        rows = _filled(table, index)
        ordered = rows[::-1] if descending else rows
        page = table.query(Query(index, "here", descending=descending, limit=3))
        moved = entry(index, "there", "a", _at(index, ordered[2]).sort)
        overwrite(table, ordered[2], moved)

        got = table.query(Query(index, "here", descending=descending, after=page.more, limit=3))

        assert list(got.records) == ordered[3:6]

    @_each_index
    @_each_direction
    def test_pages_of_any_size_have_each_row_once_and_in_order(
        self, table: Table, index: IndexKeys, *, descending: bool
    ) -> None:
        rows = _filled(table, index)
        for limit in (1, 3, len(rows) - 1, len(rows), len(rows) + 1):
            got = list(slices(table, Query(index, "here", descending=descending, limit=limit)))

            assert [record for part in got for record in part.records] == (rows[::-1] if descending else rows)
            assert all(part.count == len(part.records) <= limit for part in got)
            assert all(part.count == limit for part in got[:-1])

    @_each_index
    @_each_direction
    def test_a_limit_counts_from_the_position_and_within_the_bounds(
        self, table: Table, index: IndexKeys, *, descending: bool
    ) -> None:
        rows = _filled(table, index)
        inner = rows[2:8][::-1] if descending else rows[2:8]
        sorts = [_at(index, record).sort for record in rows]
        query = Query(index, "here", sorts[2], sorts[7], descending=descending, after=_at(index, inner[0]))

        assert list(table.query(replace(query, limit=3)).records) == inner[1:4]
        assert list(table.query(replace(query, limit=100)).records) == inner[1:]
        assert table.query(replace(query, limit=3, count_only=True)).count == 3
        assert table.query(replace(query, limit=3, count_only=True)).more == _at(index, inner[3])

    @_each_secondary_index
    @_each_direction
    def test_rows_at_one_place_of_an_index_page_completely(
        self, table: Table, index: IndexKeys, *, descending: bool
    ) -> None:
        rows = [entry(index, "here", sort, f"{sort} {number}") for sort in "abc" for number in range(4)]
        put_all(table, rows)
        query = Query(index, "here", descending=descending, limit=1)

        got = records_of(table, query)

        assert sorted(record.key for record in got) == sorted(record.key for record in rows)
        assert [_at(index, record).sort for record in got] == sorted("abc" * 4, reverse=descending)
        within = records_of(table, replace(query, first="b", last="b"))
        assert sorted(record.key for record in within) == sorted(record.key for record in rows[4:8])

    @pytest.mark.parametrize("index", [PRIMARY, gsi(1)], ids=lambda index: index.partition)
    @_each_direction
    def test_more_than_a_megabyte_is_read_completely(self, table: Table, index: IndexKeys, *, descending: bool) -> None:
        rows = [entry(index, "here", f"{number:02}") for number in range(10)]
        heavy = [Record(record.key, {**record.attributes, "text": {"S": "x" * 250_000}}) for record in rows]
        for record in heavy:
            put_all(table, [record])
        query = Query(index, "here", descending=descending)

        assert records_of(table, query) == (heavy[::-1] if descending else heavy)
        assert sum(part.count for part in slices(table, replace(query, count_only=True))) == 10
        assert len(table.query(replace(query, limit=3)).records) == 3

    def test_a_consistent_query_sees_the_last_write(self, table: Table) -> None:
        old = row("Thing#1", "v#1")
        put_all(table, [old])
        new = row("Thing#1", "v#1", version=2, write_id="second")
        overwrite(table, old, new)

        assert table.query(Query(PRIMARY, "Thing#1", consistent=True)).records == (new,)

    def test_an_index_the_table_does_not_have_is_an_error(self, table: Table) -> None:
        with pytest.raises(TableError):
            table.query(Query(gsi(99), "here"))

    # -- what is in an index

    @_each_secondary_index
    def test_a_row_without_a_key_of_an_index_is_not_in_it(self, table: Table, index: IndexKeys) -> None:
        listed = entry(index, "here", "a", "listed")
        without_sort = row("Thing#1", attributes={index.partition: {"S": "here"}})
        without_partition = row("Thing#2", attributes={index.sort: {"S": "a"}})
        put_all(table, [listed, without_sort, without_partition, row("Thing#3")])

        assert records_of(table, Query(index, "here")) == [listed]

    @_each_secondary_index
    def test_a_row_moves_in_an_index_when_it_is_overwritten(self, table: Table, index: IndexKeys) -> None:
        old = entry(index, "here", "b", "1")
        put_all(table, [old, entry(index, "here", "c", "2")])
        resorted = row("Thing#1", version=2, attributes={index.partition: {"S": "here"}, index.sort: {"S": "d"}})
        overwrite(table, old, resorted)
        assert [record.key.pk for record in records_of(table, Query(index, "here"))] == ["Thing#2", "Thing#1"]

        moved = row("Thing#1", version=3, attributes={index.partition: {"S": "there"}, index.sort: {"S": "d"}})
        overwrite(table, resorted, moved)

        assert [record.key.pk for record in records_of(table, Query(index, "here"))] == ["Thing#2"]
        assert records_of(table, Query(index, "there")) == [moved]

    @_each_secondary_index
    def test_what_an_index_gives_is_the_row_as_it_is_now(self, table: Table, index: IndexKeys) -> None:
        keys = {index.partition: {"S": "here"}, index.sort: {"S": "a"}}
        old = row("Thing#1", attributes=keys, name={"S": "old"}, gone={"BOOL": True})
        put_all(table, [old])
        new = row("Thing#1", version=2, attributes=keys, name={"S": "new"})
        overwrite(table, old, new)

        assert records_of(table, Query(index, "here")) == [new]

    @_each_secondary_index
    @pytest.mark.parametrize("missing", ["partition", "sort", "both"])
    def test_a_row_leaves_an_index_when_a_key_of_it_is_overwritten_away(
        self, table: Table, index: IndexKeys, missing: str
    ) -> None:
        old = entry(index, "here", "a", "1")
        put_all(table, [old])
        kept: dict[str, Attributes] = {
            "partition": {index.sort: {"S": "a"}},
            "sort": {index.partition: {"S": "here"}},
            "both": {},
        }
        overwrite(table, old, row("Thing#1", version=2, attributes=kept[missing]))

        assert records_of(table, Query(index, "here")) == []

    @_each_index
    def test_a_deleted_row_is_in_no_index(self, table: Table, index: IndexKeys) -> None:
        record = entry(index, "here", "a")
        put_all(table, [record])
        assert table.transact(plan(Delete(record.key, still(record)))) == Applied()

        assert is_nothing(table.query(Query(index, "here")))
        assert table.query(Query(index, "here", count_only=True)).count == 0

    @_each_secondary_index
    def test_a_refused_write_moves_nothing_in_an_index(self, table: Table, index: IndexKeys) -> None:
        record = entry(index, "here", "a", "1")
        put_all(table, [record])
        moved = row("Thing#1", version=2, attributes={index.partition: {"S": "there"}, index.sort: {"S": "a"}})

        assert isinstance(table.transact(plan(Put(moved, Absent()))), Refused)
        assert isinstance(
            table.transact(plan(Put(entry(index, "there", "b", "2"), Absent()), Put(moved, Absent()))), Refused
        )

        assert records_of(table, Query(index, "here")) == [record]
        assert records_of(table, Query(index, "there")) == []

    def test_a_row_is_in_each_index_it_has_keys_for(self, table: Table) -> None:
        indexes = [LISTING, gsi(1), gsi(2)]
        keys = {name: {"S": f"x{name}"} for index in indexes for name in (index.partition, index.sort)}
        record = row("Thing#1", attributes=keys)
        put_all(table, [record])

        for index in indexes:
            assert records_of(table, Query(index, f"x{index.partition}")) == [record]

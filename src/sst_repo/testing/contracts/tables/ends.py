"""The contract of how a read ends: at its limit, before the filter, at the end.

Sources: DynamoDB Developer Guide, "Paginating table query results" and "Filter expressions for the Query operation".
"""

from dataclasses import replace

import pytest

from sst_repo.core.expressions import compile_filter
from sst_repo.core.filters import Compare
from sst_repo.core.layout import PRIMARY, IndexKeys, gsi
from sst_repo.core.queries import Query, Scan
from sst_repo.core.records import Record
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.base import Contract, requires
from sst_repo.testing.contracts.tables.rows import entry, is_nothing, put_all

_each_index = pytest.mark.parametrize("index", [PRIMARY, gsi(1)], ids=lambda index: index.partition)


def _filled(table: Table, index: IndexKeys) -> list[Record]:
    """Put six rows into the partition "here"; the last two are marked."""
    rows = [entry(index, "here", str(number)) for number in range(6)]
    marked = [Record(row.key, {**row.attributes, "mark": {"BOOL": True}}) for row in rows[4:]]
    put_all(table, [*rows[:4], *marked])
    return [*rows[:4], *marked]


class EndContract(Contract):
    """How a read ends.

    Attributes:
        lacks: "more at the limit".
    """

    @requires("more at the limit")
    @_each_index
    def test_a_read_that_stops_at_its_limit_says_that_there_is_more_even_where_there_is_not(
        self, table: Table, index: IndexKeys
    ) -> None:
        rows = _filled(table, index)
        for descending in (False, True):
            query = Query(index, "here", limit=len(rows), descending=descending)
            got = table.query(query)

            assert got.more is not None
            assert got.more.key == rows[0 if descending else -1].key
            assert is_nothing(table.query(replace(query, after=got.more)))
            assert table.query(replace(query, limit=len(rows) + 1)).more is None

    @requires("more at the limit")
    def test_so_does_a_scan(self, table: Table) -> None:
        rows = _filled(table, PRIMARY)
        got = table.scan(Scan(limit=len(rows)))

        assert got.more is not None
        assert is_nothing(table.scan(Scan(limit=len(rows), after=got.more.key)))
        assert table.scan(Scan(limit=len(rows) + 1)).more is None

    @_each_index
    def test_a_limit_is_of_what_is_read_not_of_what_is_found(self, table: Table, index: IndexKeys) -> None:
        rows = _filled(table, index)
        query = Query(index, "here", limit=3, filter=compile_filter(Compare(("mark",), "=", {"BOOL": True})))

        first = table.query(query)
        assert (first.records, first.count, first.scanned) == ((), 0, 3)
        assert first.more is not None
        assert first.more.key == rows[2].key
        second = table.query(replace(query, after=first.more))
        assert (list(second.records), second.count, second.scanned) == (rows[4:], 2, 3)
        counted = table.query(replace(query, after=first.more, count_only=True))
        assert (counted.records, counted.count, counted.scanned) == ((), 2, 3)

"""The contract of how far one read goes, and of what it costs."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sst_repo.core.capacity import MAX_READ_BYTES
from sst_repo.core.expressions import compile_filter
from sst_repo.core.filters import Exists, Not
from sst_repo.core.layout import PRIMARY, IndexKeys, gsi
from sst_repo.core.queries import Query
from sst_repo.core.records import AttributeValue, Record
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.base import Contract, requires
from sst_repo.testing.contracts.tables.rows import entry, put_all, row, sized

_QUARTER = MAX_READ_BYTES // 4

_EXTENTS: dict[str, tuple[Sequence[int], int, bool]] = {
    "at a megabyte": ([_QUARTER] * 4 + [1000], 4, True),
    "at a megabyte and the end": ([_QUARTER] * 4, 4, False),
    "a byte before it": ([*[_QUARTER] * 3, _QUARTER - 1, 1000, 1000], 5, True),
    "a byte before it and the end": ([*[_QUARTER] * 3, _QUARTER - 1], 4, False),
    "a byte behind it": ([*[_QUARTER] * 3, _QUARTER + 1, 1000], 4, True),
    "a byte behind it and the end": ([*[_QUARTER] * 3, _QUARTER + 1], 4, False),
    "far behind it": ([*[_QUARTER] * 3, 200_000, 200_000, 1000], 5, True),
}
"""The sizes of rows, how many of them one read has, and whether there are more."""

_PRICES: dict[str, tuple[Sequence[int], float]] = {
    "a small row": ([100], 1),
    "a row of 4 KB": ([4096], 1),
    "a row of a byte more": ([4097], 2),
    "rows of 4 KB in all": ([1024] * 4, 1),
    "rows of a bit more": ([500] * 10, 2),
    "a large row": ([400_000], 98),
}
"""The sizes of rows, and the units for reading them consistently."""

_VALUES: dict[str, AttributeValue] = {
    "text": {"S": "a\u00e9\uff5e\U0001f600"},
    "zero": {"N": "0"},
    "an odd number of digits": {"N": "-123456789012345"},
    "an even number of digits": {"N": "1234"},
    "a fraction": {"N": "-123.4567"},
    "a small fraction": {"N": "0.00012"},
    "zeros at the end": {"N": "12000"},
    "38 digits out of step": {"N": "-1.2345678901234567890123456789012345678"},
    "38 digits": {"N": "12345678901234567890123456789012345678"},
    "binary": {"B": b"\x00\xff"},
    "true": {"BOOL": True},
    "null": {"NULL": True},
    "set of texts": {"SS": ["a", "\u00e9"]},
    "set of numbers": {"NS": ["-1", "100"]},
    "list": {"L": [{"S": "a"}, {"L": []}, {"N": "1"}]},
    "map": {"M": {"a": {"S": "a"}, "\u00e9": {"M": {}}, "n": {"NULL": True}}},
}

_NONE_OF_THEM = compile_filter(Not(Exists(("_v",))))


def _filled(table: Table, index: IndexKeys, partition: str, sizes: Sequence[int]) -> list[Record]:
    rows = [sized(entry(index, partition, f"{n:02}", f"{partition} {n}"), size) for n, size in enumerate(sizes)]
    put_all(table, rows)
    return rows


class CapacityContract(Contract):
    """Where one read ends, and what it costs.

    Attributes:
        lacks: "megabyte", "megabyte before the filter", "capacity", "capacity of nothing".
    """

    @requires("megabyte")
    @pytest.mark.parametrize("index", [PRIMARY, gsi(1)], ids=lambda index: index.partition)
    def test_a_read_ends_after_the_row_that_makes_a_megabyte(self, table: Table, index: IndexKeys) -> None:
        for name, (sizes, read, more) in _EXTENTS.items():
            rows = _filled(table, index, name, sizes)
            query = Query(index, name)

            got = table.query(query)
            counted = table.query(replace(query, count_only=True))

            assert list(got.records) == rows[:read], name
            assert (got.more is not None) == more, name
            assert (counted.count, counted.scanned, counted.more) == (got.count, got.scanned, got.more), name
            if got.more is not None:
                assert got.more.key == rows[read - 1].key, name
                assert list(table.query(replace(query, after=got.more)).records) == rows[read:], name

    @requires("megabyte")
    def test_a_read_backwards_ends_after_the_row_that_makes_a_megabyte(self, table: Table) -> None:
        for name, (sizes, read, more) in _EXTENTS.items():
            rows = _filled(table, PRIMARY, name, sizes[::-1])

            got = table.query(Query(PRIMARY, name, descending=True))

            assert list(got.records) == rows[::-1][:read], name
            assert (got.more is not None) == more, name

    @requires("megabyte")
    @requires("megabyte before the filter")
    def test_the_megabyte_is_of_what_is_read_not_of_what_is_found(self, table: Table) -> None:
        for name, (sizes, read, more) in _EXTENTS.items():
            _filled(table, PRIMARY, name, sizes)

            got = table.query(Query(PRIMARY, name, filter=_NONE_OF_THEM))

            assert (got.count, got.scanned, got.more is not None) == (0, read, more), name

    @requires("capacity")
    def test_a_read_costs_a_unit_for_each_4_kb_and_half_of_it_where_not_consistent(self, table: Table) -> None:
        for name, (sizes, units) in _PRICES.items():
            _filled(table, PRIMARY, name, sizes)
            query = Query(PRIMARY, name)

            assert table.query(replace(query, consistent=True)).consumed == units, name
            assert table.query(query).consumed == units / 2, name
            assert table.query(replace(query, count_only=True)).consumed == units / 2, name
            assert table.query(replace(query, filter=_NONE_OF_THEM)).consumed == units / 2, name

    @requires("capacity")
    def test_reading_an_index_costs_what_reading_the_rows_costs(self, table: Table) -> None:
        for name, (sizes, units) in _PRICES.items():
            _filled(table, gsi(1), name, sizes)

            assert table.query(Query(gsi(1), name)).consumed == units / 2, name

    @requires("capacity")
    def test_each_value_takes_as_many_bytes_as_it_is_counted_for(self, table: Table) -> None:
        for name, value in _VALUES.items():
            for size, units in ((4096, 1), (4097, 2)):
                put_all(table, [sized(row(f"{name} {size}", attributes={"value": value}), size)])

                assert table.query(Query(PRIMARY, f"{name} {size}", consistent=True)).consumed == units, name

    @requires("capacity")
    def test_a_read_with_a_limit_costs_the_rows_up_to_it(self, table: Table) -> None:
        _filled(table, PRIMARY, "here", [4096] * 5)

        assert table.query(Query(PRIMARY, "here", limit=3)).consumed == 1.5

    @requires("capacity")
    @requires("capacity of nothing")
    def test_finding_nothing_costs_as_much_as_finding_little(self, table: Table) -> None:
        assert table.query(Query(PRIMARY, "nowhere")).consumed == 0.5
        assert table.query(Query(PRIMARY, "nowhere", consistent=True)).consumed == 1

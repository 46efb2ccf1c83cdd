"""The contract of sizes: a table takes the largest of what the core lets through, and no key that is none.

What is larger is refused before any call: `core.limits`, `core.numbers` and the mapping. Sources: DynamoDB Developer
Guide, "Quotas" and "Global secondary indexes"; ScyllaDB Alternator's tests of index keys, which pass on AWS.
"""

from typing import Final

import pytest

from sst_repo.core.layout import PRIMARY, gsi
from sst_repo.core.limits import (
    MAX_ITEM_BYTES,
    MAX_PARTITION_KEY_BYTES,
    MAX_SORT_KEY_BYTES,
    MAX_TOKEN,
    attributes_size,
    item_size,
)
from sst_repo.core.queries import Query
from sst_repo.core.records import Absent, Applied, AttributeValue, Plan, Put, Record
from sst_repo.errors import TableError
from sst_repo.ids import ULIDS
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.base import Contract, requires
from sst_repo.testing.contracts.tables.rows import plan, put_all, records_of, row, sized

_MAX_NAME_BYTES: Final = 65_535
_LEVELS: Final = 31

_NO_KEYS: Final[dict[str, AttributeValue]] = {
    "a number": {"N": "1"},
    "a binary": {"B": b"x"},
    "null": {"NULL": True},
    "a set": {"SS": ["x"]},
    "empty": {"S": ""},
}


def _nested(levels: int) -> AttributeValue:
    return {"S": "bottom"} if levels == 0 else {"L": [_nested(levels - 1)]}


def _of_three_byte_characters(record: Record, size: int) -> Record:
    """Give a row so many bytes, most of them of characters that take three."""
    signs = (size - item_size(record)) // 3 - 100
    return sized(Record(record.key, {**record.attributes, "signs": {"S": "\u20ac" * signs}}), size)


class LimitContract(Contract):
    """The largest of what is let through, and keys of indexes.

    Attributes:
        lacks: "largest item", "types of index keys".
    """

    @requires("largest item")
    def test_an_item_of_400_kb_is_taken(self, table: Table) -> None:
        rows = [
            sized(row("Thing#1"), MAX_ITEM_BYTES),
            _of_three_byte_characters(row("Thing#2"), MAX_ITEM_BYTES),
            sized(row("Thing#3", attributes={"n": {"N": "-12.345"}, "deep": _nested(5)}), MAX_ITEM_BYTES),
        ]
        assert table.transact(plan(Put(rows[0], Absent()))) == Applied()
        put_all(table, rows[1:])

        for record in rows:
            assert item_size(record) == MAX_ITEM_BYTES
            assert table.read(record.key) == record

    def test_keys_of_2048_and_1024_bytes_are_taken(self, table: Table) -> None:
        partition, sort = "\u00e9" * (MAX_PARTITION_KEY_BYTES // 2), "\u20ac" * (MAX_SORT_KEY_BYTES // 3) + "x"
        record = row(partition, sort, {"gsi1pk": {"S": partition}, "gsi1sk": {"S": sort}})
        put_all(table, [record])

        assert table.read(record.key) == record
        assert records_of(table, Query(PRIMARY, partition, first=sort, last=sort)) == [record]
        assert records_of(table, Query(gsi(1), partition, first=sort, last=sort)) == [record]

    def test_a_name_of_65535_bytes_is_taken(self, table: Table) -> None:
        record = row(attributes={"n" * _MAX_NAME_BYTES: {"S": "x"}, "map": {"M": {"n" * _MAX_NAME_BYTES: {"S": "x"}}}})
        put_all(table, [record])

        assert table.read(record.key) == record

    def test_31_lists_within_each_other_are_taken(self, table: Table) -> None:
        record = row(attributes={"deep": _nested(_LEVELS)})
        put_all(table, [record])

        assert table.read(record.key) == record

    def test_a_token_of_36_characters_is_taken(self, table: Table) -> None:
        token = ULIDS.new_id().ljust(MAX_TOKEN, "x")
        rows = [row("Thing#1"), row("Thing#2")]

        assert table.transact(Plan(tuple(Put(record, Absent()) for record in rows), token)) == Applied()

    @requires("types of index keys")
    @pytest.mark.parametrize("name", ["_t", "_l", "gsi1pk", "gsi1sk"])
    def test_a_row_whose_index_key_is_no_text_is_refused(self, table: Table, name: str) -> None:
        other = row("Thing#2")
        for what, value in _NO_KEYS.items():
            record = row("Thing#1", attributes={name: value})
            with pytest.raises(TableError):
                table.transact(plan(Put(record, Absent())))
            with pytest.raises(TableError):
                table.transact(plan(Put(other, Absent()), Put(record, Absent())))

            assert table.read_many([record.key, other.key]) == {}, what

    def test_an_index_key_that_is_too_long_is_refused(self, table: Table) -> None:
        for name, most in (("gsi1pk", MAX_PARTITION_KEY_BYTES), ("gsi1sk", MAX_SORT_KEY_BYTES)):
            keys = {"gsi1pk": {"S": "x"}, "gsi1sk": {"S": "x"}, name: {"S": "x" * (most + 1)}}
            record = row("Thing#1", attributes=keys)
            with pytest.raises(TableError):
                table.transact(plan(Put(record, Absent())))

            assert table.read(record.key) is None, name
            assert attributes_size({"": keys[name]}) == most + 1

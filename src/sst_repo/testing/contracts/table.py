"""The contract of the driver port, `Table`: derive from `TableContract` to prove an adapter."""

from decimal import Decimal
from typing import Any

import pytest

from sst_repo.core.layout import LISTING, PRIMARY
from sst_repo.core.queries import Query, Scan
from sst_repo.core.records import Absent, Applied, AttributeValue, Key, Put, Reason, Record, Refused
from sst_repo.errors import TableError, TableNotFoundError
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.tables.capacity import CapacityContract
from sst_repo.testing.contracts.tables.conditions import ConditionContract
from sst_repo.testing.contracts.tables.ends import EndContract
from sst_repo.testing.contracts.tables.limits import LimitContract
from sst_repo.testing.contracts.tables.observing import ObservationContract
from sst_repo.testing.contracts.tables.plans import PlanContract
from sst_repo.testing.contracts.tables.queries import QueryContract
from sst_repo.testing.contracts.tables.rows import overwrite, plan, put_all, records_of, row
from sst_repo.testing.contracts.tables.scans import ScanContract


def _nested(levels: int) -> AttributeValue:
    return {"S": "bottom"} if levels == 0 else {"M": {"deeper": {"L": [_nested(levels - 2)]}}}


_VALUES: dict[str, AttributeValue] = {
    "text": {"S": "text"},
    "empty text": {"S": ""},
    "text of all planes": {"S": "a\u00e9\uff5e\U0001f600\u0000\n\"'\\"},
    "long text": {"S": "\u20ac" * 100_000},
    "zero": {"N": "0"},
    "negative number": {"N": "-1.5"},
    "38 digits": {"N": "12345678901234567890123456789012345678"},
    "38 digits of fraction": {"N": "-0.12345678901234567890123456789012345678"},
    "smallest number": {"N": format(Decimal("1E-130"), "f")},
    "largest number": {"N": format(Decimal("9.9999999999999999999999999999999999999E+125"), "f")},
    "large even number": {"N": format(Decimal("1E+30"), "f")},
    "true": {"BOOL": True},
    "false": {"BOOL": False},
    "null": {"NULL": True},
    "binary": {"B": bytes(range(256))},
    "empty binary": {"B": b""},
    "list": {"L": [{"S": "a"}, {"N": "1"}, {"NULL": True}, {"B": b"\x00"}, {"BOOL": False}]},
    "empty list": {"L": []},
    "map": {"M": {"S": {"S": "a"}, "N": {"N": "1"}, "a.b[0]": {"L": []}, "#x": {"M": {}}}},
    "empty map": {"M": {}},
    "set of texts": {"SS": ["", "a", "b", "\uff5e", "\U0001f600"]},
    "set of numbers": {"NS": ["-1", "0.5", "10", "9"]},
    "set of binaries": {"BS": [b"", b"\x00", b"\xff"]},
    "30 levels": _nested(30),
}


def _mutable(pk: str) -> Record:
    """Make a row of mappings and lists that can be changed in place, as a careless caller's might be."""
    return row(
        pk,
        _t={"S": "Thing"},
        _l={"S": pk},
        name={"S": "old"},
        tags={"SS": ["a", "b"]},
        tree={"M": {"list": {"L": [{"S": "a"}]}}},
    )


def _mutate(record: Record | None) -> None:
    """Change a row in place, at every level, as far as it lets itself be changed."""
    assert record is not None
    attributes: Any = record.attributes
    attributes["tree"]["M"]["list"]["L"].append({"S": "b"})
    attributes["tree"]["M"]["more"] = {"S": "x"}
    attributes["tags"]["SS"].append("c")
    attributes["name"]["S"] = "new"
    attributes["_l"]["S"] = "elsewhere"
    attributes["added"] = {"S": "x"}


class TableContract(
    PlanContract,
    QueryContract,
    ScanContract,
    ConditionContract,
    EndContract,
    LimitContract,
    CapacityContract,
    ObservationContract,
):
    """All that a `Table` must keep to."""

    # -- reading

    @pytest.mark.parametrize("consistent", [True, False])
    def test_a_row_is_read_as_it_was_put(self, table: Table, *, consistent: bool) -> None:
        record = row(name={"S": "x"})
        put_all(table, [record])

        assert table.read(record.key, consistent=consistent) == record
        assert table.read_many([record.key], consistent=consistent) == {record.key: record}

    @pytest.mark.parametrize("consistent", [True, False])
    def test_nothing_is_read_where_nothing_is(self, table: Table, *, consistent: bool) -> None:
        put_all(table, [row("Thing#1", "@")])

        for key in (Key("Thing#1", "v#1"), Key("Thing#2", "@"), Key("thing#1", "@")):
            assert table.read(key, consistent=consistent) is None
            assert table.read_many([key], consistent=consistent) == {}

    def test_the_latest_write_is_read(self, table: Table) -> None:
        old, new = row(name={"S": "old"}, gone={"S": "x"}), row(version=2, write_id="second", name={"S": "new"})
        put_all(table, [old])
        overwrite(table, old, new)

        assert table.read(new.key) == new
        assert table.read_many([new.key]) == {new.key: new}

    def test_reading_no_rows_gives_none(self, table: Table) -> None:
        assert table.read_many([]) == {}

    def test_any_number_of_rows_is_read_and_what_is_missing_is_left_out(self, table: Table) -> None:
        rows = [row(f"Thing#{number}") for number in range(230)]
        put_all(table, rows[::2])

        got = table.read_many(record.key for record in rows)

        assert got == {record.key: record for record in rows[::2]}

    def test_more_rows_than_fit_into_one_answer_are_all_read(self, table: Table) -> None:
        rows = [row(f"Thing#{number}", text={"S": "x" * 390_000}) for number in range(45)]
        for record in rows:
            put_all(table, [record])

        assert table.read_many([record.key for record in rows]) == {record.key: record for record in rows}

    @pytest.mark.parametrize("text", ["a b", "\u00e9\uff5e\U0001f600", "%#/\\'\"", "x" * 1000], ids=ascii)
    def test_any_text_can_be_a_key(self, table: Table, text: str) -> None:
        record = row(text, text)
        put_all(table, [record])

        assert table.read(record.key) == record
        assert records_of(table, Query(PRIMARY, text)) == [record]

    # -- values

    @pytest.mark.parametrize("value", _VALUES.values(), ids=[name.replace(" ", "-") for name in _VALUES])
    def test_a_value_comes_back_as_it_was_put(self, table: Table, value: AttributeValue) -> None:
        record = row(value=value, _t={"S": "Thing"}, _l={"S": "a"})
        assert table.transact(plan(Put(record, Absent()))) == Applied()

        assert table.read(record.key) == record
        assert table.read_many([record.key]) == {record.key: record}
        assert records_of(table, Query(LISTING, "Thing")) == [record]
        assert table.transact(plan(Put(record, Absent()))) == Refused((Reason(record),))
        assert table.transact(plan(Put(record, Absent()), Put(row("Thing#2"), Absent()))) == Refused(
            (Reason(record), None)
        )

    @pytest.mark.parametrize("name", ["name", "size", "a b", "#n", ":v", "\u00e9", "a.b", "x" * 200], ids=ascii)
    def test_any_text_can_be_the_name_of_an_attribute(self, table: Table, name: str) -> None:
        record = row(attributes={name: {"S": "x"}})
        put_all(table, [record])

        assert table.read(record.key) == record

    # -- isolation of what is stored

    def test_changing_what_was_handed_in_changes_nothing_that_is_stored(self, table: Table) -> None:
        single, many = _mutable("Thing#1"), _mutable("Thing#2")
        expected = [_mutable("Thing#1"), _mutable("Thing#2")]
        assert table.transact(plan(Put(single, Absent()))) == Applied()
        assert table.transact(plan(Put(many, Absent()), Put(row("Thing#3"), Absent()))) == Applied()

        _mutate(single)
        _mutate(many)

        assert [table.read(record.key) for record in expected] == expected
        assert records_of(table, Query(LISTING, "Thing")) == expected

    def test_changing_what_was_handed_out_changes_nothing_that_is_stored(self, table: Table) -> None:
        expected = _mutable("Thing#1")
        put_all(table, [_mutable("Thing#1")])
        refused = table.transact(plan(Put(row("Thing#1"), Absent())))
        assert isinstance(refused, Refused)
        handed_out = [
            table.read(expected.key),
            table.read_many([expected.key])[expected.key],
            records_of(table, Query(PRIMARY, "Thing#1"))[0],
            records_of(table, Query(LISTING, "Thing"))[0],
            table.scan(Scan()).records[0],
            *(reason.stored for reason in refused.reasons if reason is not None),
        ]

        for record in handed_out:
            assert record == expected
            _mutate(record)
            assert table.read(expected.key) == expected
            assert records_of(table, Query(LISTING, "Thing")) == [expected]

    def test_what_was_read_stays_as_it_was_when_the_row_is_written(self, table: Table) -> None:
        old = _mutable("Thing#1")
        put_all(table, [old])
        read, listed = table.read(old.key), records_of(table, Query(LISTING, "Thing"))
        overwrite(table, old, row("Thing#1", version=2, name={"S": "new"}))

        assert read == _mutable("Thing#1")
        assert listed == [_mutable("Thing#1")]

    # -- the table itself

    def test_a_table_exists_until_it_is_deleted(self, table: Table) -> None:
        assert table.exists()
        table.delete()
        assert not table.exists()

    def test_creating_a_table_that_exists_is_refused_unless_allowed(self, table: Table) -> None:
        put_all(table, [row()])
        with pytest.raises(TableError):
            table.create()
        table.create(if_not_exists=True)

        assert table.read(row().key) == row()

    def test_a_deleted_table_answers_nothing_but_that_it_is_not_there(self, table: Table) -> None:
        put_all(table, [row()])
        table.delete()

        with pytest.raises(TableNotFoundError):
            table.read(row().key)
        with pytest.raises(TableNotFoundError):
            table.read_many([row().key])
        with pytest.raises(TableNotFoundError):
            table.query(Query(LISTING, "Thing"))
        with pytest.raises(TableNotFoundError):
            table.scan(Scan())
        with pytest.raises(TableNotFoundError):
            table.transact(plan(Put(row(), Absent())))
        with pytest.raises(TableNotFoundError):
            table.transact(plan(Put(row(), Absent()), Put(row("Thing#2"), Absent())))
        with pytest.raises(TableNotFoundError):
            table.delete()

    def test_a_table_that_is_created_again_is_empty(self, table: Table) -> None:
        record = row(_t={"S": "Thing"}, _l={"S": "a"})
        put_all(table, [record])
        table.delete()
        table.create()

        assert table.exists()
        assert table.read(record.key) is None
        assert records_of(table, Query(LISTING, "Thing")) == []
        assert table.scan(Scan()).records == ()
        assert table.transact(plan(Put(record, Absent()))) == Applied()

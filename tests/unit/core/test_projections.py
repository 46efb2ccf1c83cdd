"""What indexes can be told to hold, and what becomes of entries whose rows have moved."""

from typing import Any

import pytest

from sst_repo import InMemoryTable
from sst_repo.core.descriptions import describe
from sst_repo.core.expressions import compile_filter
from sst_repo.core.filters import And, Exists, Not
from sst_repo.core.layout import LISTING, gsi
from sst_repo.core.projections import Projection, complete, projections_of
from sst_repo.core.queries import Query, Slice
from sst_repo.core.records import Key, Record
from sst_repo.tables.dynamodb.schema import create_table

BY_NUMBER = Query(gsi(1), "p")


def row(name: str, sort: str, **values: Any) -> Record:
    keys = {"gsi1pk": {"S": "p"}, "gsi1sk": {"S": sort}}
    return Record(Key(name, "@"), {**keys, **{field: {"S": value} for field, value in values.items()}})


def entries(*rows: Record) -> Slice:
    held = tuple(Projection().entry(each, gsi(1)) for each in rows)
    return Slice(held, len(held), len(held), None, 0.5)


def test_only_what_is_less_than_a_row_is_a_projection() -> None:
    chosen = projections_of({"listing": "keys", 1: "all", 2: ["status", "total"]}, gsis=2)

    assert chosen == {"listing": Projection(), "gsi2": Projection(frozenset({"status", "total"}))}
    assert projections_of(None, gsis=2) == {}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({3: "keys"}, "from 1 to 2"),
        ({0: "keys"}, "from 1 to 2"),
        ({"gsi1": "keys"}, "from 1 to 2"),
        ({1: "none"}, "names of fields"),
        ({1: []}, "names of fields"),
        ({1: [""]}, "names of fields"),
        ({1: ["_v"]}, "names of fields"),
        ({1: ["gsi2pk"]}, "names of fields"),
        ({1: [7]}, "names of fields"),
        ({1: [f"a{n}" for n in range(60)], 2: [f"a{n}" for n in range(41)]}, "not 101"),
    ],
)
def test_what_no_index_can_hold_is_refused(given: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        InMemoryTable(gsis=2, projections=given)


def test_a_hundred_fields_can_be_chosen() -> None:
    fifty = [f"a{n}" for n in range(50)]

    assert len(projections_of({1: fifty, 2: fifty}, gsis=2)) == 2


def test_an_entry_holds_the_keys_of_its_index_and_the_fields() -> None:
    record = row("a", "1", status="open", note="")

    assert Projection(frozenset({"status"})).entry(record, gsi(1)) == row("a", "1", status="open")
    assert Projection().entry(record, LISTING) == Record(Key("a", "@"), {})


def test_a_filter_is_asked_of_the_index_only_if_it_holds_all_that_it_looks_at() -> None:
    projection = Projection(frozenset({"address", "status"}))
    held = compile_filter(And((Exists(("address", "city", 0)), Not(Exists(("status",))))))
    not_held = compile_filter(And((Exists(("address", "city")), Not(Exists(("note",))))))

    for condition, count_only in ((held, True), (None, True)):
        query = Query(gsi(1), "p", filter=condition, count_only=count_only)
        assert projection.query(query) == query
        assert projection.suffices(query)
    query = Query(gsi(1), "p", filter=not_held, count_only=True)
    assert projection.query(query) == BY_NUMBER
    assert not projection.suffices(query)
    assert not projection.suffices(Query(gsi(1), "p", filter=held))


def test_rows_take_the_place_of_their_entries_in_order() -> None:
    first, second = row("a", "1", note="x"), row("b", "1", note="y")

    done = complete(BY_NUMBER, entries(second, first), {first.key: first, second.key: second})

    assert done == Slice((second, first), 2, 2, None, 2.5)


def test_what_has_moved_or_is_gone_is_left_out() -> None:
    stays, moved, gone = row("a", "1"), row("b", "2"), row("c", "3")
    elsewhere = Record(gone.key, {})

    done = complete(BY_NUMBER, entries(stays, moved, gone), {stays.key: stays, moved.key: row("b", "9")})
    assert (done.records, done.count, done.scanned, done.consumed) == ((stays,), 1, 3, 3.5)
    done = complete(BY_NUMBER, entries(gone), {gone.key: elsewhere})
    assert (done.records, done.count) == ((), 0)


def test_a_table_is_made_with_its_projections() -> None:
    request = create_table("shop", describe(2, projections_of({"listing": "keys", 2: ("total", "status")}, gsis=2)))

    assert {index["IndexName"]: index["Projection"] for index in request["GlobalSecondaryIndexes"]} == {
        "listing": {"ProjectionType": "KEYS_ONLY"},
        "gsi1": {"ProjectionType": "ALL"},
        "gsi2": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["status", "total"]},
    }


def test_a_table_has_as_many_general_indexes_as_told_or_those_with_the_numbers_told() -> None:
    names = {index.name for index in describe(2, {}).indexes}
    assert names == {"listing", "gsi1", "gsi2"}
    assert [index.name for index in describe((7, 3, 7), {}).indexes] == ["listing", "gsi3", "gsi7"]
    assert projections_of({3: "keys"}, gsis=(3, 7)) == {"gsi3": Projection()}
    with pytest.raises(ValueError, match="an index among 3, 7, not of 1"):
        InMemoryTable(gsis=(7, 3), projections={1: "keys"})

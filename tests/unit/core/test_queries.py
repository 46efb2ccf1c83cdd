"""What DynamoDB would refuse to read can't be asked of any table."""

from dataclasses import replace
from functools import partial

import pytest

from sst_repo.core.expressions import compile_filter
from sst_repo.core.filters import And, Compare, Exists, Filter, Not, Or, SizeIs
from sst_repo.core.layout import LISTING, PRIMARY, IndexKeys, gsi
from sst_repo.core.queries import Position, Query, Scan
from sst_repo.core.records import Key

HERE = Query(PRIMARY, "here", first="b", last="d")
OF_AN_INDEX = Query(gsi(1), "here", first="b", last="d")


def place(sort: str, pk: str = "here", sk: str | None = None) -> Position:
    return Position(sort, Key(pk, sort if sk is None else sk))


@pytest.mark.parametrize("limit", [0, -1])
def test_a_read_has_a_limit_of_at_least_one(limit: int) -> None:
    for read in (partial(replace, HERE), Scan):
        read(limit=1)
        with pytest.raises(ValueError, match="limit of at least 1"):
            read(limit=limit)


def test_no_index_but_the_tables_own_is_read_consistently() -> None:
    replace(HERE, consistent=True)

    with pytest.raises(ValueError, match="gsi1 can't be read consistently"):
        replace(OF_AN_INDEX, consistent=True)


def test_bounds_are_in_order() -> None:
    Query(PRIMARY, "here", first="b", last="b")

    with pytest.raises(ValueError, match="reversed"):
        Query(PRIMARY, "here", first="b", last="a")


@pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
@pytest.mark.parametrize(
    "query",
    [HERE, OF_AN_INDEX, replace(HERE, first=None), replace(OF_AN_INDEX, last=None)],
    ids=["table", "index", "from-the-beginning", "to-the-end"],
)
def test_reading_goes_on_within_the_bounds(query: Query, *, descending: bool) -> None:
    query = replace(query, descending=descending)
    for sort in "bcd":
        replace(query, after=place(sort))
    for sort, bound in (("a", query.first), ("e", query.last)):
        if bound is not None:
            with pytest.raises(ValueError, match="not within what is read"):
                replace(query, after=place(sort))


@pytest.mark.parametrize("after", [place("c", pk="there"), place("c", sk="d")], ids=["partition", "sort-key"])
def test_reading_goes_on_in_its_own_partition(after: Position) -> None:
    replace(OF_AN_INDEX, after=after)

    with pytest.raises(ValueError, match="not within what is read"):
        replace(HERE, after=after)


@pytest.mark.parametrize(
    "condition",
    [
        Exists(("{}",)),
        And((Exists(("a",)), Not(Compare(("{}", "a"), "=", {"N": "1"})))),
        Or((SizeIs(("{}", 0), "=", 1), Exists(("a",)))),
    ],
    ids=["alone", "among-others", "within"],
)
@pytest.mark.parametrize("index", [PRIMARY, LISTING, gsi(1)], ids=lambda index: index.partition)
def test_a_filter_does_not_ask_for_the_key_of_what_is_read(index: IndexKeys, condition: Filter) -> None:
    for name in ("pk", "sk", "_t", "_l", "gsi1pk", "gsi1sk"):
        wanted = compile_filter(_named(condition, name))
        if name in (index.partition, index.sort):
            with pytest.raises(ValueError, match="a filter can't ask for the key"):
                Query(index, "here", filter=wanted)
        else:
            Query(index, "here", filter=wanted)
        Scan(filter=wanted)


def test_a_filter_may_ask_within_an_attribute_for_a_name_like_that_of_a_key() -> None:
    Query(PRIMARY, "here", filter=compile_filter(Exists(("map", "pk"))))


def _named(condition: Filter, name: str) -> Filter:
    match condition:
        case And(filters) | Or(filters):
            return replace(condition, filters=tuple(_named(each, name) for each in filters))
        case Not(negated):
            return Not(_named(negated, name))
        case _:
            return replace(condition, path=tuple(name if step == "{}" else step for step in condition.path))

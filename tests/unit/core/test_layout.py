"""Where things stand in the table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core import layout
from sst_repo.core.layout import LISTING, PRIMARY, IndexKeys
from sst_repo.core.records import Key, Record

type_names = st.text(st.characters(exclude_characters="#", exclude_categories=["Cs"]), min_size=1)
ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(type_names, ids)
def test_a_partition_key_comes_apart_again(type_name: str, resource_id: str) -> None:
    assert layout.type_and_id(layout.partition_key(type_name, resource_id)) == (type_name, resource_id)


parts = st.sampled_from(["Order", "Orders", "#", "Order#x", "@", "v#000000000001", "x", "\0", "$"])
named = st.tuples(
    st.lists(parts, min_size=1, max_size=3).map("".join).filter(lambda name: "#" not in name) | type_names,
    st.lists(parts, min_size=1, max_size=3).map("".join) | ids,
)


@given(named, named)
def test_two_resources_share_no_partition(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (layout.partition_key(*one) == layout.partition_key(*other)) == (one == other)


@given(named, named, st.integers(1, 9))
def test_a_partition_of_a_listing_has_one_type(one: tuple[str, str], other: tuple[str, str], shards: int) -> None:
    first, second = (layout.listing_partition(*each, shards) for each in (one, other))

    assert (layout.type_in_listing(first), layout.type_in_listing(second)) == (one[0], other[0])
    assert first != second or one[0] == other[0]


@given(ids)
def test_the_id_comes_out_of_the_sort_key_of_the_listing(resource_id: str) -> None:
    text = layout.listing_sort("2026-01-31T12:00:00.000000Z", resource_id)

    assert text == f"2026-01-31T12:00:00.000000Z#{resource_id}"
    assert layout.id_in_listing_sort(text) == resource_id


def test_the_rows_of_a_resource() -> None:
    pk = layout.partition_key("Order", "o1")

    assert layout.latest_key(pk) == Key("Order#o1", "@")
    assert layout.history_key(pk, 7) == Key("Order#o1", "v#000000000007")


@given(type_names, ids, st.text(st.characters(exclude_characters="#"), min_size=1), ids)
def test_a_guard_shares_no_partition_with_a_resource(type_name: str, resource_id: str, field: str, text: str) -> None:
    guard = layout.guard_key(type_name, field, text)

    assert guard == Key(f"#{type_name}#{field}#{text}", "@")
    assert layout.type_and_value(guard.pk) == (type_name, f"{field}#{text}")
    assert layout.is_guard(guard.pk)
    assert not layout.is_guard(layout.partition_key(type_name, resource_id))


def test_the_guards_of_a_row_are_a_set_or_nothing() -> None:
    assert layout.held(["#b", "#a"]) == {"_q": {"SS": ["#a", "#b"]}}
    assert layout.held([]) == {}


@given(st.integers(0, layout.MAX_VERSION), st.integers(0, layout.MAX_VERSION))
def test_history_sorts_by_version_within_its_bounds_and_apart_from_the_latest(one: int, other: int) -> None:
    first, second = layout.history_key("p", one), layout.history_key("p", other)

    assert (first < second) == (one < other)
    assert layout.OLDEST <= first.sk <= layout.NEWEST
    assert not layout.OLDEST <= layout.LATEST <= layout.NEWEST


def test_the_indexes_of_a_table() -> None:
    assert layout.secondary_indexes(0) == (LISTING,)
    assert layout.secondary_indexes(2) == (
        IndexKeys("listing", "_t", "_l"),
        IndexKeys("gsi1", "gsi1pk", "gsi1sk"),
        IndexKeys("gsi2", "gsi2pk", "gsi2sk"),
    )


ROW = Record(
    Key("Order#o1", "@"),
    {
        "_t": {"S": "Order"},
        "_l": {"S": "now#o1"},
        "gsi1pk": {"S": "c1"},
        "gsi1sk": {"S": ""},
        "gsi2pk": {"S": "only half a key"},
        "gsi3pk": {"N": "1"},
        "gsi3sk": {"S": "not text"},
        "gsi12pk": {"S": "x"},
    },
)


@pytest.mark.parametrize(
    ("index", "entry"),
    [
        (PRIMARY, ("Order#o1", "@")),
        (LISTING, ("Order", "now#o1")),
        (layout.gsi(1), ("c1", "")),
        (layout.gsi(2), None),
        (layout.gsi(3), None),
        (layout.gsi(4), None),
    ],
)
def test_a_row_is_in_an_index_with_a_whole_key(index: IndexKeys, entry: tuple[str, str] | None) -> None:
    assert layout.index_entry(ROW, index) == entry


def test_only_what_the_latest_row_alone_has_is_left_out() -> None:
    others = {"_t": {"S": "Order"}, "gsi": {"S": ""}, "gsipk": {"S": ""}, "gsi1": {"S": ""}, "my_l": {"S": ""}}

    assert layout.of_any_version({**ROW.attributes, **layout.held(["#g"]), **others}) == others
    assert "_l" in ROW.attributes


def test_only_keys_of_declared_indexes_are_picked_out() -> None:
    slots = {"gsi1pk": {"S": "p"}, "gsi12sk": {"S": "s"}}

    assert layout.slots({**slots, "_l": {"S": "0"}, "gsi": {"S": ""}, "my_gsi1pk": {"S": ""}}) == slots

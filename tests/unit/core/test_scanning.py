"""The state of a scan: exact wherever it is written down and read again."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core.filters import Exists, satisfies
from sst_repo.core.queries import Position
from sst_repo.core.records import Key, Record
from sst_repo.core.scanning import ScanState, living
from sst_repo.errors import InvalidCursorError

keys = st.builds(Key, st.text(min_size=1, max_size=5), st.text(min_size=1, max_size=3))
tables = st.lists(st.lists(st.integers(0, 99), max_size=5), min_size=1, max_size=6)
"""The rows of each segment."""


def key(segment: int, place: int) -> Key:
    return Key(f"Thing#{segment}.{place}", "@")


class Model:
    """Some reads of some segments under way, as a scanner has them."""

    def __init__(self, table: list[list[int]], state: ScanState, rows_a_read: int, readers: int) -> None:
        self.table = table
        self.state = state
        self.rows_a_read = rows_a_read
        self.readers = readers

    def rows(self, choose: Any) -> Iterator[tuple[int, int]]:
        upcoming = self.state.upcoming()
        under_way = {segment: after for (segment, after), _ in zip(upcoming, range(self.readers), strict=False)}
        while under_way:
            segment = choose(sorted(under_way))
            after = under_way.pop(segment)
            places = range(len(self.table[segment]))
            begin = 0 if after is None else 1 + next(p for p in places if key(segment, p) == after)
            read = places[begin : begin + self.rows_a_read]
            more = Position("@", key(segment, read[-1])) if read and read[-1] + 1 < len(places) else None
            if more is not None:
                under_way[segment] = more.key
            else:
                under_way |= dict([begun] if (begun := next(upcoming, None)) else [])
            for place in read:
                self.state.passed(segment, Record(key(segment, place), {}))
                yield segment, place
            self.state.read(segment, more)


@given(st.data(), tables, st.integers(1, 3), st.integers(1, 4), st.integers(1, 4))
def test_a_scan_that_is_taken_up_again_anywhere_has_each_row_once(
    data: st.DataObject, table: list[list[int]], rows_a_read: int, readers: int, every: int
) -> None:
    state = ScanState(len(table))
    seen: list[tuple[int, int]] = []
    while not state.is_through:
        model = Model(table, state, rows_a_read, readers)
        for taken, row in enumerate(model.rows(lambda open_: data.draw(st.sampled_from(open_))), start=1):
            seen.append(row)
            if taken == every:
                break
        state = ScanState.from_text(state.text, len(table))

    assert sorted(seen) == [(segment, place) for segment, rows in enumerate(table) for place in range(len(rows))]
    assert state.finished == len(table)


@given(st.integers(1, 9), st.lists(st.tuples(keys, st.booleans()), max_size=20))
def test_a_state_comes_back_from_its_text(segments: int, steps: list[tuple[Key, bool]]) -> None:
    state = ScanState(segments)
    upcoming = state.upcoming()
    begun = next(upcoming, None)
    for at, ends in steps:
        if begun is None:
            break
        state.passed(begun[0], Record(at, {}))
        if ends:
            state.read(begun[0], None)
            begun = next(upcoming, None)
    again = ScanState.from_text(state.text, segments)

    assert again.text == state.text
    assert (again.finished, again.is_through) == (state.finished, state.is_through)
    assert list(again.upcoming()) == list(state.upcoming())


def test_a_state_is_as_small_as_what_is_read_at_once_however_many_segments_there_are() -> None:
    state = ScanState(1_000_000)
    for segment, _ in zip(range(500_000), state.upcoming(), strict=False):
        state.read(segment, None)

    assert len(state.text) < 100
    assert not state.is_through


def test_a_segment_has_not_begun_before_it_is_taken() -> None:
    state = ScanState(3)
    upcoming = state.upcoming()
    assert state.text == ScanState(3).text
    assert next(upcoming) == (0, None)
    assert list(ScanState.from_text(state.text, 3).upcoming()) == [(0, None), (1, None), (2, None)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[" * 100_000,
        "5",
        "null",
        "[]",
        "[1]",
        "[1,[],1]",
        '["1",[]]',
        "[true,[]]",
        "[1.0,[]]",
        "[-1,[]]",
        "[4,[]]",
        "[1,5]",
        "[1,[5]]",
        "[1,[[]]]",
        "[1,[[[]]]]",
        "[1,[[1]]]",
        "[1,[[-1]]]",
        "[0,[[0]]]",
        "[1,[[true]]]",
        '[1,[["0"]]]',
        '[1,[[0,"pk"]]]',
        '[1,[[0,"pk",null]]]',
        '[1,[[0,"pk","sk","more"]]]',
        '[1,[[0,"","sk"]]]',
        '[1,[[0,"pk",""]]]',
        '[1,[[0,5,"sk"]]]',
        json.dumps([1, [[0, "x" * 2049, "sk"]]]),
        json.dumps([1, [[0, "pk", "x" * 1025]]]),
        '[1,[[0,"\\ud800","sk"]]]',
        '{"a":1,"b":[]}',
    ],
)
def test_a_text_that_no_scan_of_three_segments_makes_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursorError, match="begin again without a cursor"):
        ScanState.from_text(text, 3)


def row(pk: str, sk: str = "@", **attributes: Any) -> dict[str, Any]:
    record = Record(Key(pk, sk), attributes)
    return {**record.key.attributes, **record.attributes}


@pytest.mark.parametrize(
    ("attributes", "is_wanted"),
    [
        (row("Order#1"), True),
        (row("Order#"), True),
        (row("Order##@"), True),
        (row("Order#1", total={"N": "1"}), True),
        (row("Order#1", "v#000000000001"), False),
        (row("Order#1", "@@"), False),
        (row("Order#1", _d={"BOOL": True}), False),
        (row("Order"), False),
        (row("Orders#1"), False),
        (row("order#1"), False),
        (row("#Order#email#x"), False),
        (row("Other#Order#1"), False),
    ],
)
def test_only_the_latest_rows_of_living_resources_of_the_type_are_wanted(
    attributes: dict[str, Any],
    is_wanted: bool,  # noqa: FBT001 - a parameter
) -> None:
    assert satisfies(living("Order", None), attributes) == is_wanted
    assert satisfies(living("Order", Exists(("total",))), attributes) == (is_wanted and "total" in attributes)

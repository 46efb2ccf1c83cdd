"""How far one read goes and what it costs."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core.capacity import MAX_READ_BYTES, reach, read_units

sizes_of_rows = st.lists(
    st.integers(1, 4096) | st.sampled_from((MAX_READ_BYTES // 4, MAX_READ_BYTES // 2, 409_600)), max_size=12
)
limits = st.none() | st.integers(1, 13)


@given(sizes_of_rows, limits)
def test_a_read_takes_the_first_rows_up_to_its_limit_or_a_megabyte(sizes: list[int], limit: int | None) -> None:
    got = reach(((size, number) for number, size in enumerate(sizes)), limit)

    assert got.rows == list(range(len(got.rows)))
    assert got.size == sum(sizes[: len(got.rows)])
    for before in range(len(got.rows)):
        assert sum(sizes[:before]) < MAX_READ_BYTES
        assert before != limit
    at_the_end = len(got.rows) == len(sizes)
    assert at_the_end or len(got.rows) == limit or got.size >= MAX_READ_BYTES


@given(sizes_of_rows, limits)
def test_only_a_read_that_stops_at_its_limit_may_promise_more_where_there_is_none(
    sizes: list[int], limit: int | None
) -> None:
    got = reach(((size, size) for size in sizes), limit)

    assert got.is_cut == (len(got.rows) == limit or len(got.rows) < len(sizes))


@given(sizes_of_rows)
def test_reads_that_follow_each_other_take_every_row_once(sizes: list[int]) -> None:
    rows = list(zip(sizes, range(len(sizes)), strict=True))
    taken: list[int] = []
    while (got := reach(rows[len(taken) :], None)).is_cut:
        assert got.rows
        taken += got.rows

    assert taken + got.rows == list(range(len(sizes)))


@pytest.mark.parametrize(
    ("size", "units"), [(0, 1), (1, 1), (4096, 1), (4097, 2), (5000, 2), (409_600, 100), (MAX_READ_BYTES, 256)]
)
def test_a_unit_is_4_kb_read_consistently_or_8_kb_that_are_not(size: int, units: float) -> None:
    assert read_units(size, consistent=True) == units
    assert read_units(size, consistent=False) == units / 2


@given(sizes_of_rows)
def test_more_rows_never_cost_less(sizes: list[int]) -> None:
    prices = [read_units(size, consistent=False) for size in accumulate(sizes, initial=0)]

    assert prices == sorted(prices)

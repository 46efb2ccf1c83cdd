"""Walks over merged partitions, forth and back, read like DynamoDB reads them."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core import cursors, layout
from sst_repo.core.paging import MAX_ROWS_A_READ, Reads, ResultT
from sst_repo.core.queries import Position, Query, Slice
from sst_repo.core.records import Key, Record
from sst_repo.core.selections import Place, Selection
from sst_repo.core.walking import Walked, page
from sst_repo.errors import InvalidCursorError


@dataclass
class Shards:
    """Rows numbered by their time, in partitions named "0", "1", …; a row holds whether it matches."""

    rows: dict[int, tuple[int, bool]]
    most: int
    queries: list[Query] = field(default_factory=list[Query])

    def query(self, query: Query) -> Slice:
        self.queries.append(query)
        numbers = [n for n, (shard, _) in sorted(self.rows.items()) if str(shard) == query.partition]
        numbers = [n for n in numbers if query.last is None or sort(n) <= query.last]
        if query.descending:
            numbers.reverse()
        if query.after is not None:
            after = query.after.sort
            numbers = [n for n in numbers if (sort(n) < after if query.descending else sort(n) > after)]
        room = min(self.most, query.limit or self.most)
        taken = numbers[:room]
        more = Position(sort(taken[-1]), key(taken[-1])) if len(taken) == room else None
        return Slice(tuple(self.record(n) for n in taken), len(taken), len(taken), more, consumed=0.5)

    def record(self, number: int) -> Record:
        shard, _ = self.rows[number]
        return Record(key(number), {"_t": {"S": str(shard)}, "_l": {"S": sort(number)}, "n": {"N": str(number)}})

    def load(self, record: Record) -> int | None:
        number = int(record.attributes["n"]["N"])
        return number if self.rows[number][1] else None

    def page(self, place: Place, limit: int, shards: int, *, descending: bool, reads: int | None) -> Walked[int]:
        selected = selection(shards, descending=descending)
        return self.run(page(selected, place, limit, self.load, reads))

    def run(self, reads: Reads[ResultT]) -> ResultT:
        try:
            query = next(reads)
            while True:
                query = reads.send(self.query(query))
        except StopIteration as done:
            result: ResultT = done.value
            return result


def sort(number: int) -> str:
    return layout.listing_sort(f"{number:04d}", f"id{number}")


def key(number: int) -> Key:
    return layout.latest_key(layout.partition_key("T", f"id{number}"))


def selection(shards: int, *, descending: bool) -> Selection:
    return Selection("T", tuple(Query(layout.LISTING, str(n), descending=descending) for n in range(shards)))


tables = st.integers(1, 4).flatmap(
    lambda shards: st.tuples(
        st.just(shards),
        st.lists(st.tuples(st.integers(0, shards - 1), st.booleans()), max_size=30).map(enumerate).map(dict),
    )
)
limits = st.integers(1, 7)
budgets = st.integers(1, 3) | st.none()


@given(tables, limits, st.integers(1, 6), st.booleans(), budgets)
def test_the_pages_of_a_walk_are_all_items_in_order(
    table: tuple[int, dict[int, tuple[int, bool]]],
    limit: int,
    most: int,
    descending: bool,  # noqa: FBT001 - drawn
    reads: int | None,
) -> None:
    shards, rows = table
    stored = Shards(rows, most)
    pages = walk(stored, limit, shards, descending=descending, reads=reads)
    expected = sorted((n for n, (_, matches) in rows.items() if matches), reverse=descending)

    assert [item for each in pages for item in each.items] == expected
    if reads is None:
        assert [len(each.items) for each in pages[:-1]] == [limit] * (len(pages) - 1)
        assert pages[-1].items or not expected
    assert sum(each.scanned for each in pages) >= len(rows)


@given(tables, limits, st.integers(1, 6), st.booleans(), budgets)
def test_the_way_back_from_the_end_is_all_items_again(
    table: tuple[int, dict[int, tuple[int, bool]]],
    limit: int,
    most: int,
    descending: bool,  # noqa: FBT001 - drawn
    reads: int | None,
) -> None:
    shards, rows = table
    stored = Shards(rows, most)
    *_, last = walk(stored, limit, shards, descending=descending, reads=reads)
    back = [last]
    while (place := back[0].previous) is not None:
        back.insert(0, stored.page(place, limit, shards, descending=descending, reads=reads))
    expected = sorted((n for n, (_, matches) in rows.items() if matches), reverse=descending)

    assert [item for each in back for item in each.items] == expected
    if reads is None:
        assert [len(each.items) for each in back[1:-1]] == [limit] * (len(back) - 2) or len(back) == 1


@given(tables, limits, st.integers(1, 6), st.booleans())
def test_forward_from_any_page_reached_backward_comes_the_next_item(
    table: tuple[int, dict[int, tuple[int, bool]]],
    limit: int,
    most: int,
    descending: bool,  # noqa: FBT001 - drawn
) -> None:
    shards, rows = table
    stored = Shards(rows, most)
    pages = walk(stored, limit, shards, descending=descending)
    for before, after in pairwise(pages):
        assert after.previous is not None
        back = stored.page(after.previous, limit, shards, descending=descending, reads=None)
        assert list(back.items) == list(before.items)
        assert back.following is not None
        again = stored.page(back.following, limit, shards, descending=descending, reads=None)
        assert list(again.items) == list(after.items)


@given(tables, limits, st.data())
def test_an_oldest_first_walk_ends_where_the_last_update_was_when_it_began(
    table: tuple[int, dict[int, tuple[int, bool]]], limit: int, data: st.DataObject
) -> None:
    shards, rows = table
    stored = Shards(dict(rows), most=50)
    seen: list[int] = []
    place: Place | None = Place()
    new = 1000
    while place is not None:
        got = stored.page(place, limit, shards, descending=False, reads=None)
        seen += got.items
        # What was read is written again, and with it something that was not.
        for number in [
            *got.items,
            *data.draw(st.sets(st.sampled_from(sorted(rows)), max_size=2) if rows else st.just([])),
        ]:
            if number in stored.rows:
                stored.rows[new] = stored.rows.pop(number)
                new += 1
        place = got.following

    assert len(seen) == len(set(seen))
    assert all(number < 1000 for number in seen)


def test_a_page_of_shards_asks_each_for_little_more_than_its_share() -> None:
    stored = Shards({n: (n * 7 % 4, True) for n in range(400)}, most=1000)
    got = stored.page(Place(), 20, 4, descending=True, reads=None)

    assert list(got.items) == list(range(399, 379, -1))
    assert 4 <= len(stored.queries) <= 6
    assert got.scanned <= 3 * 21


def test_rare_matches_among_shards_are_looked_for_in_larger_reads() -> None:
    stored = Shards({n: (n % 3, n % 1000 == 7) for n in range(3000)}, most=5000)
    got = stored.page(Place(), 5, 3, descending=False, reads=None)

    assert list(got.items) == [7, 1007, 2007]
    assert len(stored.queries) <= 3 * 8
    assert max(query.limit or 0 for query in stored.queries) <= MAX_ROWS_A_READ


def test_a_page_reads_as_many_rows_as_the_page_before_took_to_an_item() -> None:
    stored = Shards({n: (0, n % 17 == 0) for n in range(2000)}, most=5000)
    first = stored.page(Place(), 5, 1, descending=False, reads=None)
    assert first.following is not None
    stored.queries.clear()
    second = stored.page(first.following, 5, 1, descending=False, reads=None)

    assert 14 <= first.following.spacing <= 2 * 17
    assert len(stored.queries) <= 2
    assert list(second.items) == [17 * n for n in range(5, 10)]


def test_where_all_rows_are_items_no_more_are_read_than_are_shown_and_one() -> None:
    for shards in (1, 4):
        stored = Shards({n: (n * 7 % shards, True) for n in range(200)}, most=1000)
        pages = walk(stored, 20, shards, descending=True)
        assert {each.following.spacing for each in pages if each.following is not None} == {1}


def test_where_nothing_was_found_the_next_page_reads_on_in_large_reads() -> None:
    stored = Shards(dict.fromkeys(range(5000), (0, False)), most=5000)
    first = stored.page(Place(), 1, 1, descending=False, reads=4)
    assert first.following is not None
    stored.page(first.following, 1, 1, descending=False, reads=1)

    assert (first.following.spacing, stored.queries[-1].limit) == (170, 340)


def test_a_budget_counts_the_reads_of_each_shard() -> None:
    stored = Shards({n: (n % 3, False) for n in range(900)}, most=5)
    got = stored.page(Place(), 5, 3, descending=True, reads=2)

    assert (len(stored.queries), list(got.items), got.scanned) == (6, [], 27)
    assert got.following is not None


def test_what_reading_took_is_summed_up() -> None:
    stored = Shards(dict.fromkeys(range(10), (0, True)), most=3)
    got = stored.page(Place(), 7, 1, descending=True, reads=None)

    assert (got.scanned, got.consumed) == (8, 1.5)


@given(st.integers(0, 2026), st.booleans(), st.booleans(), st.integers(1, MAX_ROWS_A_READ))
def test_a_place_is_read_as_it_was_written(number: int, descending: bool, backward: bool, spacing: int) -> None:  # noqa: FBT001
    selected = selection(2, descending=descending)
    horizon = None if descending else "9999"
    for position in (None, Position(sort(number), key(number))):
        place = Place(position, backward, horizon, spacing)
        assert selected.place(selected.cursor(place, ()), ()) == place


@given(st.text(max_size=30))
def test_an_unsigned_place_that_was_made_up_is_in_the_listing_or_refused(text: str) -> None:
    query = Query(layout.gsi(1), "Order#c1#", first="b", last="d")
    selected = Selection("Order", (query,))
    try:
        place = selected.place(cursors.encode(text, selected._identity), ())
    except InvalidCursorError:
        return
    (asked,) = selected.at(place)
    assert (asked.index, asked.partition, asked.first, asked.last) == (query.index, "Order#c1#", "b", "d")
    assert place.position is None or "b" <= place.position.sort <= "d"


def test_an_unsigned_place_beyond_its_own_horizon_is_refused() -> None:
    selected = selection(1, descending=False)
    made_up = selected.cursor(Place(Position(sort(7), key(7)), horizon="0006"), ())

    with pytest.raises(InvalidCursorError):
        selected.place(made_up, ())


def test_a_walk_goes_on_where_the_last_rows_vanish_before_its_horizon_is_looked_for() -> None:
    class Vanishing(Shards):
        def query(self, query: Query) -> Slice:
            if query.descending:
                self.rows = {n: row for n, row in self.rows.items() if n < 3}
            return super().query(query)

    stored = Vanishing(dict.fromkeys(range(10), (0, True)), most=10)
    first, second = walk(stored, 5, 1, descending=False)

    assert first.items == [0, 1, 2, 3, 4]
    assert first.following is not None
    assert first.following.horizon == "0004"
    assert second.items == []


def walk(stored: Shards, limit: int, shards: int, *, descending: bool, reads: int | None = None) -> list[Walked[int]]:
    pages = [stored.page(Place(), limit, shards, descending=descending, reads=reads)]
    while (place := pages[-1].following) is not None:
        pages.append(stored.page(place, limit, shards, descending=descending, reads=reads))
    return pages

"""Pages are exact: driven with a fake partition that is read like DynamoDB reads one."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core import paging
from sst_repo.core.layout import LISTING
from sst_repo.core.paging import Filled, Reads, ResultT
from sst_repo.core.queries import Position, Query, Slice
from sst_repo.core.records import Key, Record
from sst_repo.errors import CorruptRecordError

QUERY = Query(LISTING, "Order")


def row(number: int, kind: str) -> Record:
    return Record(
        Key(f"Order#{number}", "@"),
        {"_t": {"S": "Order"}, "_l": {"S": f"Order#{number}"}, "kind": {"S": kind}, "n": {"N": str(number)}},
    )


def load(record: Record) -> int | None:
    number = int(record.attributes["n"]["N"])
    match record.attributes["kind"]["S"]:
        case "good":
            return number
        case "corrupt":
            raise CorruptRecordError("Order", str(number), "broken")
        case _:
            return None


@dataclass
class Partition:
    """A partition of rows, of which one read gives `most` at most."""

    kinds: list[str]
    most: int
    reads: int = 0
    limits: tuple[int | None, ...] = ()

    def query(self, query: Query) -> Slice:
        self.reads += 1
        self.limits += (query.limit,)
        start = 0 if query.after is None else int(query.after.key.pk.partition("#")[2]) + 1
        room = self.most if query.limit is None else min(self.most, query.limit)
        rows = [row(number, kind) for number, kind in enumerate(self.kinds)][start : start + room]
        # A read that stops for its limit or its size says "more" without looking whether there is any.
        more = position(rows[-1]) if len(rows) == room else None
        return Slice(() if query.count_only else tuple(rows), len(rows), len(rows), more)


def position(record: Record) -> Position:
    return Position(record.key.pk, record.key)


def fill(
    partition: Partition, limit: int | None, after: Position | None = None, reads: int | None = None
) -> Filled[int]:
    query = Query(LISTING, "Order", after=after)
    return run(paging.fill([query], limit, load, reads), partition)


def run(reads: Reads[ResultT], partition: Partition) -> ResultT:
    try:
        query = next(reads)
        while True:
            query = reads.send(partition.query(query))
    except StopIteration as done:
        result: ResultT = done.value
        return result


def walk(partition: Partition, limit: int | None, reads: int | None = None) -> list[Filled[int]]:
    pages = [fill(partition, limit, None, reads)]
    while pages[-1].more:
        assert pages[-1].resume is not None
        pages.append(fill(partition, limit, pages[-1].resume, reads))
    return pages


kinds = st.lists(st.sampled_from(["good", "good", "corrupt", "not counting"]), max_size=25)
page_limits = st.integers(1, 8)
sizes = st.integers(1, 9)


@given(kinds, page_limits | st.none(), sizes)
def test_the_pages_together_are_all_items_in_order(rows: list[str], limit: int | None, most: int) -> None:
    pages = walk(Partition(rows, most), limit)

    assert [item for page in pages for item in page.items] == [n for n, kind in enumerate(rows) if kind == "good"]


@given(kinds, page_limits, sizes)
def test_all_pages_but_the_last_are_full_and_the_last_is_empty_only_if_nothing_matches(
    rows: list[str], limit: int, most: int
) -> None:
    *full, last = walk(Partition(rows, most), limit)

    assert [len(page.items) for page in full] == [limit] * len(full)
    assert len(last.items) <= limit
    assert last.items or "good" not in rows


@given(kinds, page_limits | st.none(), sizes)
def test_every_bad_row_is_reported_once_in_a_walk(rows: list[str], limit: int | None, most: int) -> None:
    pages = walk(Partition(rows, most), limit)

    bad = [str(number) for number, kind in enumerate(rows) if kind == "corrupt"]
    assert [error.id for page in pages for error in page.skipped] == bad


@given(kinds, page_limits | st.none(), sizes)
def test_the_next_page_begins_behind_the_last_item(rows: list[str], limit: int | None, most: int) -> None:
    for page in walk(Partition(rows, most), limit)[:-1]:
        assert page.resume == position(row(page.items[-1], "good"))


@given(kinds, page_limits, sizes, st.integers(1, 3))
def test_a_budget_bounds_the_reads_of_a_page_and_loses_nothing(
    rows: list[str], limit: int, most: int, reads: int
) -> None:
    partition = Partition(rows, most)
    pages = walk(partition, limit, reads)

    assert [item for page in pages for item in page.items] == [n for n, kind in enumerate(rows) if kind == "good"]
    assert partition.reads <= reads * len(pages)
    bad = [str(number) for number, kind in enumerate(rows) if kind == "corrupt"]
    assert [error.id for page in pages for error in page.skipped] == bad


def test_a_page_that_runs_out_of_reads_is_short_and_says_where_to_go_on() -> None:
    partition = Partition(["good"] + ["not counting"] * 50, most=5)

    page = fill(partition, 3, reads=2)
    assert (page.items, page.more, page.resume, page.scanned) == ([0], True, position(row(8, "")), 9)


def test_rare_matches_are_looked_for_in_larger_reads() -> None:
    partition = Partition((["not counting"] * 16 + ["good"]) * 40, most=2000)
    page = fill(partition, 20)

    assert (len(page.items), page.more) == (20, True)
    assert partition.reads <= 8


@given(kinds, page_limits | st.none(), sizes)
def test_every_read_but_the_last_brings_rows(rows: list[str], limit: int | None, most: int) -> None:
    partition = Partition(rows, most)
    fill(partition, limit)

    assert partition.reads <= len(rows) + 1


@given(st.integers(0, 25), page_limits, sizes)
def test_good_rows_are_read_in_as_few_reads_as_the_server_allows(count: int, limit: int, most: int) -> None:
    partition = Partition(["good"] * count, most)
    fill(partition, limit)

    looked_at = min(count, limit + 1)
    needed = max(1, -(-looked_at // most))
    assert partition.reads <= needed + (looked_at % most == 0)


def test_a_page_is_one_read_that_looks_one_item_ahead() -> None:
    partition = Partition(["good"] * 50, most=100)

    page = fill(partition, 20)
    assert (page.items, page.skipped, page.more, page.scanned) == (list(range(20)), [], True, 21)
    assert (page.first, page.resume) == (position(row(0, "good")), position(row(19, "good")))
    assert partition.limits == (21,)


def test_a_long_run_of_bad_rows_is_passed_in_few_reads() -> None:
    partition = Partition(["good"] + ["corrupt"] * 500 + ["good"], most=100)

    assert fill(partition, 1).more
    assert partition.reads <= 13


def test_exactly_as_many_as_the_limit_is_the_last_page() -> None:
    partition = Partition(["good"] * 20, most=100)

    page = fill(partition, 20)
    assert (page.items, page.skipped, page.more, page.scanned) == (list(range(20)), [], False, 20)
    assert (page.first, page.resume) == (position(row(0, "good")), None)
    assert partition.limits == (21,)


def test_without_a_limit_everything_is_read() -> None:
    partition = Partition(["good", "corrupt", "good"], most=2)

    page = fill(partition, None)
    assert (page.items, page.more) == ([0, 2], False)
    assert partition.limits == (None, None)


@pytest.mark.parametrize(
    ("rows", "more", "skipped"),
    [
        ([], False, []),
        (["good"], True, []),
        (["not counting"], False, []),
        (["corrupt"], False, ["0"]),
        (["corrupt", "good"], True, []),
    ],
)
def test_a_page_without_room_tells_whether_something_follows(rows: list[str], more: bool, skipped: list[str]) -> None:  # noqa: FBT001
    page = fill(Partition(rows, most=10), 0)

    assert (page.items, page.more, [error.id for error in page.skipped]) == ([], more, skipped)


def test_an_error_of_another_kind_is_not_gathered() -> None:
    def fail(_: Record) -> int:
        raise LookupError

    with pytest.raises(LookupError):
        run(paging.fill([QUERY], 5, fail), Partition(["good"], most=10))


@given(st.integers(0, 30), sizes)
def test_a_count_is_that_of_all_rows(count: int, most: int) -> None:
    partition = Partition(["good"] * count, most)

    assert run(paging.count([QUERY]), partition) == count
    assert partition.reads == count // most + 1
    assert set(partition.limits) == {None}


def test_a_count_transfers_no_rows() -> None:
    reads = paging.count([QUERY])

    assert next(reads).count_only

"""Walks: every page exact, forth and back, whatever is written meanwhile."""

from functools import partial
from math import ceil

import pytest

from sst_repo.conditions import F
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.accesses.base import (
    EVERY_READ_IT_TAKES,
    WAYS,
    AccessFixtures,
    Read,
    Sale,
    every_way,
    fill,
    numbers,
    walk,
)

ROWS = 23


class PagingContract(AccessFixtures):
    """Exact pages by every way to read."""

    @pytest.fixture
    def repository(self, table: Table, way: str) -> Repository[Sale]:
        """The repository that the way reads."""
        return TableRepository(WAYS[way][0], table, clock=ManualClock())

    @pytest.fixture
    def stored(self, repository: Repository[Sale], way: str) -> list[Sale]:
        """What is stored: sales, in the order in which the way reads them."""
        model, descending, _ = WAYS[way]
        sales = fill(repository, ROWS, model)
        return sales[::-1] if descending else sales

    @pytest.fixture
    def read(self, repository: Repository[Sale], way: str, stored: list[Sale]) -> Read:  # noqa: ARG002 - is read
        """What reads a page of what is stored."""
        return WAYS[way][2](repository)

    @every_way
    @pytest.mark.parametrize("limit", [1, 4, ROWS - 1, ROWS, ROWS + 1])
    def test_pages_are_full_and_the_last_one_knows_it(self, stored: list[Sale], read: Read, limit: int) -> None:
        pages = walk(read, limit=limit)

        assert numbers(pages) == [sale.number for sale in stored]
        assert len(pages) == ceil(ROWS / limit)
        assert pages[0].previous is None

    @every_way
    @pytest.mark.parametrize("limit", [1, 4, ROWS - 1])
    def test_the_way_back_has_the_same_pages(self, read: Read, limit: int) -> None:
        pages = walk(read, limit=limit)
        page = pages.pop()
        for before in reversed(pages):
            page = read(limit=limit, cursor=page.previous)
            assert list(page) == list(before)
            assert page.has_more
        assert page.previous is None

    @every_way
    def test_a_page_reached_backward_leads_forward_again(self, read: Read) -> None:
        first, second, third, *_ = walk(read, limit=4)
        back = read(limit=4, cursor=third.previous)

        assert list(read(limit=4, cursor=back.cursor)) == list(third)
        assert list(read(limit=4, cursor=back.previous)) == list(first)
        assert list(back) == list(second)

    @every_way
    def test_the_way_back_is_exact_under_filters(self, stored: list[Sale], read: Read) -> None:
        def third(sale: Sale) -> bool:
            return sale.number % 3 == 0

        filtered = partial(read, where=F.number >= 3, predicate=third, reads=EVERY_READ_IT_TAKES)
        expected = [sale.number for sale in stored if sale.number >= 3 and third(sale)]
        pages = walk(filtered, limit=2)
        page = pages.pop()
        back = [page]
        while page.previous is not None:
            page = filtered(limit=2, cursor=page.previous)
            back.insert(0, page)

        assert numbers(pages + back[-1:]) == numbers(back) == expected
        assert [len(page) for page in back] == [len(page) for page in [*pages, back[-1]]]

    @every_way
    def test_a_budget_makes_short_pages_and_loses_nothing_either_way(self, stored: list[Sale], read: Read) -> None:
        rare = partial(read, where=F.number.is_in([2, 20]), limit=1, reads=1)
        expected = [sale.number for sale in stored if sale.number in {2, 20}]
        pages = walk(rare)
        page = pages[-1]
        back = [page]
        while page.previous is not None:
            page = rare(cursor=page.previous)
            back.insert(0, page)

        assert numbers(pages) == expected
        assert numbers(back) == expected
        assert len(pages) >= len(expected)

    @every_way
    def test_a_page_reached_backward_knows_that_what_followed_is_gone(
        self, read: Read, repository: Repository[Sale]
    ) -> None:
        pages = walk(read, limit=20)
        for sale in pages[1]:
            repository.delete(sale)
        back = read(limit=20, cursor=pages[1].previous)

        assert list(back) == list(pages[0])
        assert not back.has_more

    @every_way
    def test_back_from_a_page_of_which_all_is_gone_comes_what_was_before_it(
        self, stored: list[Sale], read: Read, repository: Repository[Sale]
    ) -> None:
        first, second = read(limit=4), read(limit=4, cursor=(cursor := read(limit=4).cursor))
        for sale in stored[4:]:
            repository.delete(sale)
        empty = read(limit=4, cursor=cursor)

        assert (list(empty), empty.has_more) == ([], False)
        assert list(read(limit=4, cursor=empty.previous)) == list(first)
        assert len(second) == 4

    @every_way
    def test_back_to_where_all_is_gone_leads_forward_again(
        self, stored: list[Sale], read: Read, repository: Repository[Sale]
    ) -> None:
        second = read(limit=4, cursor=read(limit=4).cursor)
        for sale in stored[:4]:
            repository.delete(sale)
        empty = read(limit=4, cursor=second.previous)

        assert (list(empty), empty.previous) == ([], None)
        assert list(read(limit=4, cursor=empty.cursor)) == list(second)

    @every_way
    def test_what_is_deleted_and_updated_during_a_walk_disturbs_nothing_else(
        self, stored: list[Sale], read: Read, repository: Repository[Sale]
    ) -> None:
        touched: set[int] = set()
        seen = numbers([page := read(limit=4)])
        while page.has_more:
            place = [sale.number for sale in stored].index(seen[-1])
            for other, delete in ((place, True), (place - 1, False), (place + 2, True), (place + 3, False)):
                if other < len(stored) and (sale := repository.find(stored[other].resource_id)) is not None:
                    sale.status = "paid"
                    (repository.delete if delete else repository.save)(sale)
                    touched.add(sale.number)
            page = read(limit=4, cursor=page.cursor)
            seen += numbers([page])

        assert len(seen) == len(set(seen))
        assert [number for number in seen if number not in touched] == [
            sale.number for sale in stored if sale.number not in touched
        ]

    @every_way
    def test_a_walk_that_writes_what_it_reads_comes_to_an_end(
        self, stored: list[Sale], read: Read, repository: Repository[Sale]
    ) -> None:
        seen: list[int] = []
        cursor: str | None = None
        for _ in range(ROWS):
            page = read(limit=3, cursor=cursor)
            for sale in page:
                seen.append(sale.number)
                sale.status = "paid"
                repository.save(sale)
            cursor = page.cursor
            if cursor is None:
                break

        assert (seen, cursor) == ([sale.number for sale in stored], None)

    @every_way
    def test_a_page_says_how_many_rows_it_took(self, read: Read) -> None:
        assert read(limit=ROWS).scanned == ROWS
        assert read(limit=ROWS, where=F.number < 0).scanned == ROWS
        assert ROWS > read(limit=4).scanned > 4

    @every_way
    @pytest.mark.parametrize("limit", [4, ROWS])
    def test_pages_that_take_several_megabytes_are_exact_both_ways(
        self, repository: Repository[Sale], way: str, limit: int
    ) -> None:
        model, descending, reading = WAYS[way]
        # 23 rows of 110 KB: a Query ends after 1 MB, wherever that is.
        fill(repository, ROWS, model, note="x" * 110_000)
        rare = partial(reading(repository), where=F.number.is_in([1, 2, 3, 12, 13, 20]), limit=limit)
        expected = sorted([1, 2, 3, 12, 13, 20], reverse=descending)
        for read, numbers_expected in (
            (partial(reading(repository), limit=limit), sorted(range(ROWS), reverse=descending)),
            (partial(rare, reads=EVERY_READ_IT_TAKES), expected),
            (partial(rare, reads=1), expected),
        ):
            pages = walk(read)
            assert numbers(pages) == numbers_expected
            back = pages[-1:]
            while (cursor := back[0].previous) is not None:
                back.insert(0, read(cursor=cursor))
            assert numbers(back) == numbers_expected

    @pytest.mark.parametrize("limit", [1, 4, ROWS])
    def test_rows_at_one_place_of_an_index_come_once_each_both_ways(self, sales: Repository[Sale], limit: int) -> None:
        fill(sales, ROWS, Sale)
        for descending in (False, True):
            read = partial(sales.query, Sale.by_status("c"), limit=limit, descending=descending)
            pages = walk(read)
            assert sorted(numbers(pages)) == [*range(ROWS)]
            assert len(pages) == ceil(ROWS / limit)
            page = pages[-1]
            for before in pages[-2::-1]:
                page = read(cursor=page.previous)
                assert numbers([page]) == numbers([before])

"""`list`, `iterate` and `count`: exact pages by last update."""

from collections.abc import Callable

import pytest

from sst_repo.errors import InvalidCursorError, InvalidQueryError
from sst_repo.pages import Page
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.base import requires
from sst_repo.testing.contracts.models import Kept, Plain, Sample
from sst_repo.testing.contracts.repositories.base import RepositoryFixtures, titles
from sst_repo.testing.contracts.stored import STRANGE_IDS
from sst_repo.testing.wrappers import CountingTable

either_way = pytest.mark.parametrize("newest_first", [True, False], ids=["newest first", "oldest first"])


def fill(repository: Repository[Sample], model: type[Sample], number: int) -> list[str]:
    """Add resources named by numbers, and return their titles in the order of their last update."""
    samples = [repository.add(model(title=str(n))) for n in range(number)]
    # The order of the updates is not the order of the ids.
    for sample in samples[::2]:
        sample.tags.append("updated")
        repository.save(sample)
    return titles(samples[1::2] + samples[::2])


def pages(repository: Repository[Sample], limit: int, *, newest_first: bool = True) -> list[Page[Sample]]:
    """Follow the cursors from the first page to the last."""
    page = repository.list(limit=limit, newest_first=newest_first)
    found = [page]
    while page.has_more:
        page = repository.list(limit=limit, cursor=page.cursor, newest_first=newest_first)
        found.append(page)
    return found


MANGLINGS: dict[str, Callable[[str], str]] = {
    "truncated": lambda cursor: cursor[:-3],
    "cut in front": lambda cursor: cursor[4:],
    "extended": lambda cursor: cursor + "AAAA",
    "padded": lambda cursor: cursor + "=",
    "with white space": lambda cursor: cursor + "\n",
    "one letter other": lambda cursor: cursor[:20] + ("A" if cursor[20] != "A" else "B") + cursor[21:],
    "last letter other": lambda cursor: cursor[:-1] + ("A" if cursor[-1] != "A" else "B"),
    "upper case": lambda cursor: cursor.upper(),
    "no cursor at all": lambda _: "!?",
    "empty": lambda _: "",
    "not ASCII": lambda cursor: cursor + "é",
}
"""What becomes of cursors on their way through the world."""


class ListingContract(RepositoryFixtures):
    """What listings promise."""

    def test_an_empty_list_is_one_empty_page(self, repository: Repository[Sample]) -> None:
        page = repository.list()
        assert list(page) == []
        assert (page.has_more, page.cursor, page.skipped) == (False, None, ())
        assert list(repository.iterate()) == []
        assert repository.count() == 0

    @either_way
    def test_the_list_is_in_the_order_of_the_last_update(
        self,
        repository: Repository[Sample],
        model: type[Sample],
        newest_first: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        expected = fill(repository, model, 7)
        if newest_first:
            expected.reverse()
        page = repository.list(newest_first=newest_first)
        assert titles(page) == expected
        assert not page.has_more
        assert titles(list(repository.iterate(newest_first=newest_first))) == expected

    def test_the_newest_come_first_unless_told_otherwise(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        fill(repository, model, 3)
        assert list(repository.list()) == list(repository.list(newest_first=True))
        assert list(repository.iterate()) == list(repository.iterate(newest_first=True))

    def test_what_the_list_shows_is_what_one_gets(self, repository: Repository[Sample], model: type[Sample]) -> None:
        fill(repository, model, 3)
        for sample in repository.list():
            assert sample == repository.get(sample.resource_id)

    def test_what_the_list_shows_can_be_saved_and_deleted(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        fill(repository, model, 2)
        first, second = repository.list()
        first.title = "changed"
        repository.save(first)
        repository.delete(second)
        assert titles(repository.list()) == ["changed"]

    @either_way
    @pytest.mark.parametrize("limit", [1, 2, 6, 7, 8])
    def test_pages_are_exact(
        self,
        repository: Repository[Sample],
        model: type[Sample],
        limit: int,
        newest_first: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        expected = fill(repository, model, 7)
        if newest_first:
            expected.reverse()
        found = pages(repository, limit, newest_first=newest_first)
        assert [titles(page) for page in found] == [expected[at : at + limit] for at in range(0, 7, limit)]

    def test_a_page_holds_20_unless_told_otherwise(self, repository: Repository[Sample], model: type[Sample]) -> None:
        for number in range(21):
            repository.add(model(title=str(number)))
        page = repository.list()
        assert len(page) == 20
        assert page.has_more
        assert titles(repository.list(cursor=page.cursor)) == ["0"]

    def test_the_limit_may_change_from_page_to_page(self, repository: Repository[Sample], model: type[Sample]) -> None:
        expected = fill(repository, model, 7)
        first = repository.list(limit=2, newest_first=False)
        second = repository.list(limit=4, cursor=first.cursor, newest_first=False)
        third = repository.list(limit=1, cursor=second.cursor, newest_first=False)
        assert titles([*first, *second, *third]) == expected
        assert not third.has_more

    def test_a_cursor_can_be_used_again(self, repository: Repository[Sample], model: type[Sample]) -> None:
        fill(repository, model, 5)
        cursor = repository.list(limit=2).cursor
        assert list(repository.list(limit=2, cursor=cursor)) == list(repository.list(limit=2, cursor=cursor))

    def test_a_cursor_is_good_for_another_repository_of_the_type(
        self, repository: Repository[Sample], somebody: Repository[Sample], model: type[Sample]
    ) -> None:
        expected = fill(repository, model, 3)
        cursor = repository.list(limit=1, newest_first=False).cursor
        assert titles(somebody.list(cursor=cursor, newest_first=False)) == expected[1:]

    @pytest.mark.parametrize("limit", [1, 5])
    def test_any_id_can_be_where_a_page_ends(
        self, repository: Repository[Sample], model: type[Sample], limit: int
    ) -> None:
        for resource_id in STRANGE_IDS:
            repository.add(model(resource_id=resource_id, title=resource_id))
        found = [title for page in pages(repository, limit, newest_first=False) for title in titles(page)]
        assert found == list(STRANGE_IDS)

    @either_way
    def test_the_next_page_is_exact_when_rows_are_deleted_in_between(
        self,
        repository: Repository[Sample],
        model: type[Sample],
        newest_first: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        fill(repository, model, 9)
        everything = list(repository.iterate(newest_first=newest_first))
        page = repository.list(limit=3, newest_first=newest_first)
        # The row that the cursor stands on, one before it and one after it.
        for gone in (everything[2], everything[1], everything[4]):
            repository.delete(gone)
        rest = repository.list(limit=9, cursor=page.cursor, newest_first=newest_first)
        assert titles(rest) == titles([everything[3], *everything[5:]])

    def test_the_next_page_is_exact_when_rows_are_updated_in_between(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        fill(repository, model, 6)
        everything = list(repository.iterate())
        page = repository.list(limit=3)
        # An updated row moves in front, where this listing has been already.
        seen = page[2]
        seen.tags.append("moved")
        repository.save(seen)
        rest = repository.list(limit=3, cursor=page.cursor)
        assert titles(rest) == titles(everything[3:])
        assert titles(repository.list(limit=1)) == [seen.title]

    def test_rows_that_are_updated_in_between_leave_an_oldest_first_walk(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        fill(repository, model, 6)
        everything = list(repository.iterate(newest_first=False))
        page = repository.list(limit=3, newest_first=False)
        # A walk that ran after them would never end where each reader writes what it reads.
        for updated in (everything[1], everything[4]):
            updated.tags.append("moved")
            repository.save(updated)
        rest = repository.list(limit=3, cursor=page.cursor, newest_first=False)
        assert titles(rest) == titles([everything[3], everything[5]])
        assert not rest.has_more

    def test_the_last_page_that_was_deleted_in_between_is_an_empty_one(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        fill(repository, model, 4)
        page = repository.list(limit=2)
        for sample in list(repository.iterate())[2:]:
            repository.delete(sample)
        rest = repository.list(cursor=page.cursor)
        assert list(rest) == []
        assert not rest.has_more

    def test_what_is_saved_and_what_is_restored_is_listed_once(self, kept: Repository[Kept]) -> None:
        sample = kept.add(Kept(title="first"))
        sample.title = "second"
        kept.save(sample)
        kept.delete(sample)
        assert list(kept.list()) == []
        restored = kept.restore(sample.resource_id, 1)
        assert list(kept.list()) == [restored]
        assert kept.count() == 1

    @pytest.mark.parametrize("limit", [0, -1])
    def test_a_limit_below_1_is_an_invalid_query_before_any_call(
        self, table: Table, model: type[Sample], limit: int
    ) -> None:
        counting = CountingTable(table)
        with pytest.raises(InvalidQueryError):
            TableRepository(model, counting).list(limit=limit)
        assert not counting.calls

    def test_a_mangled_cursor_is_refused_before_any_call(
        self, table: Table, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        fill(repository, model, 3)
        cursor = repository.list(limit=1).cursor
        assert cursor is not None
        counting = CountingTable(table)
        watched: Repository[Sample] = TableRepository(model, counting)
        taken: list[str] = []
        for name, mangle in MANGLINGS.items():
            try:
                watched.list(cursor=mangle(cursor))
            except InvalidCursorError:
                continue
            taken.append(name)
        assert taken == []
        assert not counting.calls

    def test_a_cursor_of_the_other_direction_is_refused(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        fill(repository, model, 3)
        for newest_first in (True, False):
            cursor = repository.list(limit=1, newest_first=newest_first).cursor
            with pytest.raises(InvalidCursorError):
                repository.list(cursor=cursor, newest_first=not newest_first)

    def test_a_cursor_of_another_type_is_refused(self, plain: Repository[Plain], kept: Repository[Kept]) -> None:
        for number in range(2):
            plain.add(Plain(title=str(number)))
            kept.add(Kept(title=str(number)))
        with pytest.raises(InvalidCursorError):
            kept.list(cursor=plain.list(limit=1).cursor)
        with pytest.raises(InvalidCursorError):
            plain.list(cursor=kept.list(limit=1).cursor)

    def test_a_cursor_of_versions_is_no_cursor_of_the_list(self, kept: Repository[Kept]) -> None:
        sample = kept.add(Kept(title="first"))
        sample.title = "second"
        kept.save(sample)
        cursor = kept.versions(sample.resource_id, limit=1).cursor
        assert cursor is not None
        with pytest.raises(InvalidCursorError):
            kept.list(cursor=cursor)

    def test_iterate_goes_through_more_than_one_read(self, plain: Repository[Plain]) -> None:
        for number in range(105):
            plain.add(Plain(title=str(number)))
        assert titles(list(plain.iterate())) == [str(number) for number in reversed(range(105))]
        assert plain.count() == 105

    @requires("whole rows")
    def test_iterate_reads_as_it_goes(self, table: Table, repository: Repository[Sample], model: type[Sample]) -> None:
        fill(repository, model, 3)
        counting = CountingTable(table)
        samples = TableRepository(model, counting).iterate()
        assert not counting.calls
        next(samples)
        assert dict(counting.calls) == {"query": 1}

    def test_pages_beyond_one_read_are_exact(self, plain: Repository[Plain]) -> None:
        # A Query ends after 1 MB, wherever that is.
        body = "x" * 90_000
        for number in range(25):
            plain.add(Plain(title=str(number), body=body))
        page = plain.list(limit=24)
        assert titles(page) == [str(number) for number in range(24, 0, -1)]
        assert titles(plain.list(limit=24, cursor=page.cursor)) == ["0"]
        assert plain.count() == 25

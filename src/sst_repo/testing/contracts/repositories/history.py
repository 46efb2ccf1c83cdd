"""`versions`, `get_version`, `restore`, and adding again what was deleted."""

import pytest

from sst_repo.errors import InvalidCursorError, InvalidQueryError, NotFoundError
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.models import Kept, Plain
from sst_repo.testing.contracts.repositories.base import RepositoryFixtures, titles
from sst_repo.testing.contracts.stored import noise, stored_row
from sst_repo.testing.wrappers import CountingTable


def write(kept: Repository[Kept], number: int, resource_id: str = "storied") -> list[Kept]:
    """Store so many versions of a resource; return them as they were, oldest first."""
    sample = kept.add(Kept(resource_id=resource_id, title="version 1", tags=["1"]))
    written = [sample.model_copy(deep=True)]
    for version in range(2, number + 1):
        sample.title = f"version {version}"
        sample.tags.append(str(version))
        kept.save(sample)
        written.append(sample.model_copy(deep=True))
    return written


class HistoryContract(RepositoryFixtures):
    """What versions promise."""

    def test_every_version_is_as_it_was_saved_newest_first(self, kept: Repository[Kept]) -> None:
        written = write(kept, 5)
        page = kept.versions("storied")
        assert list(page) == written[::-1]
        assert [sample.version for sample in page] == [5, 4, 3, 2, 1]
        assert [sample.updated_at for sample in page] == [sample.updated_at for sample in written[::-1]]
        assert len({sample.created_at for sample in page}) == 1
        assert not page.has_more
        for sample in written:
            assert kept.get_version("storied", sample.version) == sample

    def test_a_new_resource_has_one_version(self, kept: Repository[Kept], plain: Repository[Plain]) -> None:
        one = kept.add(Kept(title="only"))
        two = plain.add(Plain(title="only"))
        assert list(kept.versions(one.resource_id)) == [one]
        assert list(plain.versions(two.resource_id)) == [two]
        assert kept.get_version(one.resource_id, 1) == one
        assert plain.get_version(two.resource_id, 1) == two

    @pytest.mark.parametrize("limit", [1, 2, 4, 5, 6])
    def test_pages_of_versions_are_exact(self, kept: Repository[Kept], limit: int) -> None:
        expected = write(kept, 5)[::-1]
        found: list[list[Kept]] = []
        cursor: str | None = None
        while cursor is not None or not found:
            page = kept.versions("storied", limit=limit, cursor=cursor)
            found.append(list(page))
            cursor = page.cursor
        assert found == [expected[at : at + limit] for at in range(0, 5, limit)]

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_pages_of_versions_are_exact_across_deletions(self, kept: Repository[Kept], limit: int) -> None:
        write(kept, 2)
        kept.delete(kept.get("storied"))
        kept.restore("storied", 1)
        kept.delete(kept.get("storied"))
        expected = [4, 2, 1]
        found: list[list[int]] = []
        cursor: str | None = None
        while cursor is not None or not found:
            page = kept.versions("storied", limit=limit, cursor=cursor)
            found.append([sample.version for sample in page])
            cursor = page.cursor
        assert found == [expected[at : at + limit] for at in range(0, 3, limit)]

    def test_a_cursor_of_versions_stays_exact_when_more_are_written(self, kept: Repository[Kept]) -> None:
        written = write(kept, 4)
        page = kept.versions("storied", limit=2)
        sample = kept.get("storied")
        sample.title = "version 5"
        kept.save(sample)
        assert list(kept.versions("storied", cursor=page.cursor)) == written[1::-1]

    def test_a_long_history_of_large_versions_is_told_whole(self, kept: Repository[Kept]) -> None:
        # 60 images of 30 KB that hardly compress: a Query can't give them in one answer.
        sample = kept.add(Kept(resource_id="long", title="1"))
        for version in range(2, 121):
            sample.title = str(version)
            sample.body = noise(30_000, seed=version) if version % 2 else ""
            kept.save(sample)
        page = kept.versions("long")
        assert titles(page) == [str(version) for version in range(120, 0, -1)]
        assert not page.has_more
        assert all(old.body == (noise(30_000, old.version) if old.version % 2 else "") for old in page[:-1])
        first = kept.versions("long", limit=110)
        assert titles(first) == [str(version) for version in range(120, 10, -1)]
        assert titles(kept.versions("long", cursor=first.cursor)) == [str(version) for version in range(10, 0, -1)]

    @pytest.mark.parametrize("version", [0, -1, 3, 4, 10**12, 10**30])
    def test_a_version_that_is_not_there_is_not_found(self, kept: Repository[Kept], version: int) -> None:
        write(kept, 2)
        for look in (kept.get_version, kept.restore):
            with pytest.raises(NotFoundError) as missing:
                look("storied", version)
            assert (missing.value.type, missing.value.id, missing.value.version) == ("Kept", "storied", version)
        assert kept.get("storied").version == 2

    def test_a_deletion_is_no_version_one_can_get(self, kept: Repository[Kept]) -> None:
        write(kept, 2)
        kept.delete(kept.get("storied"))
        assert [sample.version for sample in kept.versions("storied")] == [2, 1]
        for look in (kept.get_version, kept.restore):
            with pytest.raises(NotFoundError) as missing:
                look("storied", 3)
            assert missing.value.version == 3
        kept.restore("storied", 1)
        with pytest.raises(NotFoundError):
            kept.get_version("storied", 3)

    def test_an_unknown_id_has_no_versions(self, kept: Repository[Kept], plain: Repository[Plain]) -> None:
        for repository in (kept, plain):
            with pytest.raises(NotFoundError) as missing:
                repository.versions("nobody")
            assert missing.value.id == "nobody"
            for look in (repository.get_version, repository.restore):
                with pytest.raises(NotFoundError) as missing_version:
                    look("nobody", 1)
                assert missing_version.value.version == 1

    def test_a_limit_below_1_is_an_invalid_query(self, kept: Repository[Kept]) -> None:
        write(kept, 1)
        with pytest.raises(InvalidQueryError):
            kept.versions("storied", limit=0)

    def test_a_cursor_of_other_versions_is_refused(self, kept: Repository[Kept]) -> None:
        write(kept, 3)
        write(kept, 3, "other")
        foreign = [kept.versions("other", limit=1).cursor, kept.list(limit=1).cursor, "", "mangled"]
        for cursor in foreign:
            assert cursor is not None
            with pytest.raises(InvalidCursorError):
                kept.versions("storied", cursor=cursor)

    def test_old_versions_do_not_show_in_the_list(self, kept: Repository[Kept]) -> None:
        write(kept, 4)
        assert titles(kept.list()) == ["version 4"]
        assert kept.count() == 1

    def test_an_old_version_is_stale(self, kept: Repository[Kept]) -> None:
        write(kept, 2)
        old = kept.get_version("storied", 1)
        assert old.version == 1
        restored = kept.restore("storied", 1)
        assert restored.version == 3

    def test_restore_makes_the_next_version_with_the_old_content(
        self, kept: Repository[Kept], clock: ManualClock
    ) -> None:
        written = write(kept, 3)
        before = clock.time
        restored = kept.restore("storied", 1)
        assert (restored.title, restored.tags, restored.version) == ("version 1", ["1"], 4)
        assert restored.created_at == written[0].created_at
        assert restored.updated_at >= before
        assert kept.get("storied") == restored
        assert list(kept.versions("storied")) == [restored, *written[::-1]]

    def test_restoring_the_latest_version_makes_the_next_one(self, kept: Repository[Kept]) -> None:
        write(kept, 1)
        assert kept.restore("storied", 1).version == 2
        assert len(kept.versions("storied")) == 2

    def test_what_was_restored_can_be_saved(self, kept: Repository[Kept]) -> None:
        write(kept, 2)
        restored = kept.restore("storied", 1)
        restored.title = "version 4"
        kept.save(restored)
        assert kept.get("storied") == restored
        assert restored.version == 4

    def test_restore_brings_back_what_was_deleted(self, kept: Repository[Kept]) -> None:
        written = write(kept, 2)
        kept.delete(kept.get("storied"))
        restored = kept.restore("storied", 2)
        assert (restored.title, restored.version) == ("version 2", 4)
        assert kept.get("storied") == restored
        assert list(kept.list()) == [restored]
        assert list(kept.versions("storied")) == [restored, *written[::-1]]

    def test_adding_again_what_was_deleted_continues_the_numbers_and_the_history(self, kept: Repository[Kept]) -> None:
        written = write(kept, 2)
        kept.delete(kept.get("storied"))
        again = Kept(resource_id="storied", title="second life")
        assert kept.add(again) is again
        assert again.version > 3
        assert kept.get("storied") == again
        assert list(kept.versions("storied")) == [again, *written[::-1]]
        again.title = "second life, changed"
        before = again.version
        kept.save(again)
        assert again.version == before + 1
        assert len(kept.versions("storied")) == 4

    def test_the_deleted_object_itself_can_be_added_again(self, kept: Repository[Kept]) -> None:
        sample = kept.add(Kept(title="again"))
        kept.delete(sample)
        assert kept.add(sample) is sample
        assert sample.version == 3
        assert kept.get(sample.resource_id) == sample

    def test_many_lives_have_one_history(self, kept: Repository[Kept]) -> None:
        for life in range(5):
            kept.delete(kept.add(Kept(resource_id="cat", title=f"life {life}")))
        assert titles(kept.versions("cat")) == [f"life {life}" for life in (4, 3, 2, 1, 0)]
        assert not kept.exists("cat")

    def test_a_compressible_version_takes_little_room(self, table: Table, kept: Repository[Kept]) -> None:
        sample = kept.add(Kept(title="wordy", body="again and again " * 2000))
        sample.title = "less wordy"
        kept.save(sample)
        old = stored_row(table, Kept, sample.resource_id, version=1)
        assert sum(len(str(value)) for value in old.attributes.values()) < 3000
        assert kept.get_version(sample.resource_id, 1).body == "again and again " * 2000

    def test_versions_of_a_page_are_not_read_beyond_it(self, table: Table, kept: Repository[Kept]) -> None:
        write(kept, 5)
        counting = CountingTable(table)
        watched = TableRepository(Kept, counting)
        watched.versions("storied", limit=2)
        assert dict(counting.calls) == {"read": 1, "query": 1}
        counting.reset()
        watched.get_version("storied", 2)
        assert dict(counting.calls) == {"read_many": 1}
        counting.reset()
        watched.restore("storied", 2)
        assert dict(counting.calls) == {"read_many": 1, "transact": 1}

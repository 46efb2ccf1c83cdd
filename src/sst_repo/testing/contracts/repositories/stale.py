"""No stale copy ever wins: not an old one, not one of what was deleted, not one of what was made again."""

from collections.abc import Callable

import pytest

from sst_repo.errors import ConflictError
from sst_repo.ports import Repository
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.models import Kept, Sample
from sst_repo.testing.contracts.repositories.base import RepositoryFixtures
from sst_repo.testing.contracts.repositories.saving import each_copier, rebuilt
from sst_repo.testing.contracts.stored import stored_row


def refused(write: Callable[[Sample], object], sample: Sample) -> tuple[int | None, int | None]:
    """Let a write be refused, see that the object is as it was, and return what was expected and what was found."""
    before = sample.model_copy(deep=True)
    with pytest.raises(ConflictError) as error:
        write(sample)
    assert sample == before
    (conflict,) = error.value.conflicts
    assert (conflict.type, conflict.id) == (type(sample).__name__, sample.resource_id)
    return conflict.expected, conflict.actual


class StaleContract(RepositoryFixtures):
    """What stale copies meet."""

    def test_saving_an_old_version_is_refused(
        self, table: Table, repository: Repository[Sample], somebody: Repository[Sample], model: type[Sample]
    ) -> None:
        mine = repository.add(model(title="first"))
        theirs = somebody.get(mine.resource_id)
        theirs.title = "theirs"
        somebody.save(theirs)
        theirs.title = "theirs again"
        somebody.save(theirs)
        stored = stored_row(table, model, mine.resource_id)
        mine.title = "mine"
        assert refused(repository.save, mine) == (1, 3)
        assert refused(repository.save, mine) == (1, 3)
        assert stored_row(table, model, mine.resource_id) == stored

    def test_deleting_an_old_version_is_refused(
        self, table: Table, repository: Repository[Sample], somebody: Repository[Sample], model: type[Sample]
    ) -> None:
        mine = repository.add(model(title="first"))
        theirs = somebody.get(mine.resource_id)
        theirs.title = "theirs"
        somebody.save(theirs)
        stored = stored_row(table, model, mine.resource_id)
        assert refused(repository.delete, mine) == (1, 2)
        assert refused(repository.delete, rebuilt(mine)) == (1, 2)
        assert stored_row(table, model, mine.resource_id) == stored

    @each_copier
    def test_a_copy_of_an_old_version_is_refused(
        self, repository: Repository[Sample], model: type[Sample], copier: Callable[[Sample], Sample]
    ) -> None:
        sample = repository.add(model(title="first"))
        old = copier(sample)
        sample.title = "second"
        repository.save(sample)
        old.title = "old"
        assert refused(repository.save, old) == (1, 2)
        assert repository.get(sample.resource_id) == sample

    def test_the_loser_wins_once_it_starts_from_the_latest(
        self, repository: Repository[Sample], somebody: Repository[Sample], model: type[Sample]
    ) -> None:
        mine = repository.add(model(title="first"))
        theirs = somebody.get(mine.resource_id)
        theirs.title = "theirs"
        somebody.save(theirs)
        mine.title = "mine"
        assert refused(repository.save, mine) == (1, 2)
        again = repository.get(mine.resource_id)
        again.title = "mine"
        assert repository.save(again).version == 3

    def test_saving_does_not_bring_back_what_was_deleted(
        self, repository: Repository[Sample], somebody: Repository[Sample], model: type[Sample]
    ) -> None:
        mine = repository.add(model(title="first"))
        somebody.delete(somebody.get(mine.resource_id))
        mine.title = "mine"
        assert refused(repository.save, mine) == (1, None)
        assert refused(repository.save, rebuilt(mine)) == (1, None)
        assert not repository.exists(mine.resource_id)
        assert repository.count() == 0

    def test_saving_does_not_bring_back_what_was_purged(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = repository.add(model(title="first"))
        repository.purge(sample.resource_id)
        sample.title = "mine"
        assert refused(repository.save, sample) == (1, None)
        assert not repository.exists(sample.resource_id)

    def test_the_mark_of_a_deletion_is_no_version_to_save_from(self, kept: Repository[Kept]) -> None:
        sample = kept.add(Kept(title="first"))
        kept.delete(sample)
        by_hand = Kept(resource_id=sample.resource_id, version=2, title="by hand")
        assert refused(lambda _: kept.save(by_hand), by_hand) == (2, None)
        assert not kept.exists(sample.resource_id)

    @each_copier
    def test_a_copy_of_what_was_deleted_and_made_again_is_refused_at_the_same_version(
        self,
        table: Table,
        repository: Repository[Sample],
        model: type[Sample],
        copier: Callable[[Sample], Sample],
    ) -> None:
        # The version number is the same again: only the write id tells the two apart.
        first = repository.add(model(resource_id="phoenix", title="first life"))
        old = copier(first)
        repository.purge("phoenix")
        second = repository.add(model(resource_id="phoenix", title="second life"))
        assert second.version == old.version == 1
        stored = stored_row(table, model, "phoenix")
        old.title = "ghost"
        assert refused(repository.save, old) == (1, 1)
        assert refused(repository.delete, old) == (1, 1)
        assert stored_row(table, model, "phoenix") == stored
        assert repository.get("phoenix") == second

    def test_an_old_copy_of_what_was_deleted_and_added_again_is_refused(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        old = repository.add(model(resource_id="phoenix", title="first life"))
        repository.delete(repository.get("phoenix"))
        second = repository.add(model(resource_id="phoenix", title="second life"))
        old.title = "ghost"
        assert refused(repository.save, old) == (1, second.version)
        assert refused(repository.delete, old) == (1, second.version)
        assert repository.get("phoenix") == second

    def test_an_old_copy_of_what_was_restored_is_refused(self, kept: Repository[Kept]) -> None:
        old = kept.add(Kept(title="first"))
        kept.delete(kept.get(old.resource_id))
        restored = kept.restore(old.resource_id, 1)
        old.title = "ghost"
        assert refused(lambda _: kept.save(old), old) == (1, 3)
        assert kept.get(old.resource_id) == restored

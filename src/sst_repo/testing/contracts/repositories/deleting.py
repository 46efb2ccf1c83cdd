"""`delete`: gone, and gone only once."""

import pytest

from sst_repo.errors import NotFoundError
from sst_repo.ports import Repository
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.base import requires
from sst_repo.testing.contracts.models import Kept, Plain, Sample
from sst_repo.testing.contracts.repositories.base import RepositoryFixtures, titles
from sst_repo.testing.contracts.repositories.saving import rebuilt
from sst_repo.testing.contracts.stored import latest_row
from sst_repo.testing.contracts.threads import together


class DeletingContract(RepositoryFixtures):
    """What `delete` promises."""

    def test_what_was_deleted_is_gone(self, repository: Repository[Sample], model: type[Sample]) -> None:
        gone, stays = (repository.add(model(title=title)) for title in ("gone", "stays"))
        repository.delete(gone)
        assert repository.find(gone.resource_id) is None
        assert not repository.exists(gone.resource_id)
        with pytest.raises(NotFoundError):
            repository.get(gone.resource_id)
        assert repository.get_many([gone.resource_id, stays.resource_id]) == {stays.resource_id: stays}
        assert titles(repository.list()) == titles(list(repository.iterate())) == ["stays"]
        assert repository.count() == 1

    def test_delete_leaves_the_object_as_it_was(self, repository: Repository[Sample], model: type[Sample]) -> None:
        sample = repository.add(model(title="gone"))
        before = sample.model_copy(deep=True)
        repository.delete(sample)
        assert sample == before

    def test_deleting_twice_is_not_found(self, repository: Repository[Sample], model: type[Sample]) -> None:
        sample = repository.add(model(title="gone"))
        repository.delete(sample)
        for again in (sample, rebuilt(sample)):
            with pytest.raises(NotFoundError) as refused:
                repository.delete(again)
            assert (refused.value.type, refused.value.id) == (model.__name__, sample.resource_id)

    def test_deleting_what_was_never_added_is_not_found(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        with pytest.raises(NotFoundError):
            repository.delete(model(title="never added"))
        with pytest.raises(NotFoundError):
            repository.delete(model(title="never added", version=3))

    def test_deleting_version_0_does_not_delete_what_is_stored_under_the_id(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        repository.add(model(resource_id="taken", title="stays"))
        with pytest.raises(NotFoundError):
            repository.delete(model(resource_id="taken", title="never added"))
        assert repository.exists("taken")

    def test_one_built_by_hand_from_id_and_version_can_be_deleted(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = repository.add(model(title="gone"))
        repository.delete(model(resource_id=sample.resource_id, version=1, title="by hand"))
        assert not repository.exists(sample.resource_id)

    def test_changes_that_were_not_saved_do_not_keep_it_from_being_deleted(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = repository.add(model(title="gone"))
        sample.title = "changed"
        sample.facts["bad"] = float("nan")
        repository.delete(sample)
        assert not repository.exists(sample.resource_id)

    def test_a_deleted_plain_resource_leaves_nothing(self, table: Table, plain: Repository[Plain]) -> None:
        sample = plain.add(Plain(title="gone"))
        plain.delete(sample)
        assert latest_row(table, Plain, sample.resource_id) is None
        with pytest.raises(NotFoundError):
            plain.versions(sample.resource_id)

    def test_a_deleted_plain_resource_can_be_added_again(self, plain: Repository[Plain]) -> None:
        sample = plain.add(Plain(title="again"))
        plain.delete(sample)
        assert plain.add(sample) is sample
        assert sample.version == 1
        assert plain.get(sample.resource_id) == sample

    def test_a_deleted_kept_resource_still_tells_its_story(self, kept: Repository[Kept]) -> None:
        sample = kept.add(Kept(title="first"))
        first = kept.get(sample.resource_id)
        sample.title = "second"
        kept.save(sample)
        kept.delete(sample)
        assert list(kept.versions(sample.resource_id)) == [sample, first]
        assert kept.get_version(sample.resource_id, 1) == first
        assert kept.get_version(sample.resource_id, 2) == sample

    @requires("threads")
    def test_of_eight_threads_that_delete_one_resource_one_wins(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = repository.add(model(title="gone"))
        outcomes = together(lambda _: repository.delete(sample), 8)
        assert sum(outcome is None for outcome in outcomes) == 1
        assert sum(isinstance(outcome, NotFoundError) for outcome in outcomes) == 7
        assert not repository.exists(sample.resource_id)

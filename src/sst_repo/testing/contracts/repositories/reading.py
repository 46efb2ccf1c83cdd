"""`get`, `find`, `exists`, `get_many`."""

import pytest

from sst_repo.errors import NotFoundError
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.models import Kept, Plain, Sample
from sst_repo.testing.contracts.repositories.base import RepositoryFixtures
from sst_repo.testing.contracts.stored import IMPOSSIBLE_IDS
from sst_repo.testing.wrappers import CountingTable


class ReadingContract(RepositoryFixtures):
    """What reading by id promises."""

    @pytest.mark.parametrize("consistent", [True, False])
    def test_what_is_there_is_found(
        self,
        repository: Repository[Sample],
        model: type[Sample],
        consistent: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        sample = repository.add(model(title="there"))
        assert repository.get(sample.resource_id, consistent=consistent) == sample
        assert repository.find(sample.resource_id, consistent=consistent) == sample
        assert repository.exists(sample.resource_id, consistent=consistent)
        found = repository.get_many([sample.resource_id], consistent=consistent)
        assert found == {sample.resource_id: sample}

    @pytest.mark.parametrize("resource_id", ["nobody", *IMPOSSIBLE_IDS])
    def test_what_is_not_there_is_not_found(
        self, repository: Repository[Sample], model: type[Sample], resource_id: str
    ) -> None:
        with pytest.raises(NotFoundError) as missing:
            repository.get(resource_id)
        error = missing.value
        assert isinstance(error, LookupError)
        assert (error.type, error.id, error.version) == (model.__name__, resource_id, None)
        assert repository.find(resource_id) is None
        assert not repository.exists(resource_id)
        assert repository.get_many([resource_id]) == {}

    def test_each_read_gives_an_object_of_its_own(self, repository: Repository[Sample], model: type[Sample]) -> None:
        sample = repository.add(model(title="there", tags=["a"]))
        one, two = repository.get(sample.resource_id), repository.get(sample.resource_id)
        assert one == two
        assert one is not two
        one.tags.append("b")
        assert two.tags == ["a"]

    def test_a_type_does_not_see_the_others_resources(self, plain: Repository[Plain], kept: Repository[Kept]) -> None:
        sample = plain.add(Plain(title="plain"))
        assert kept.find(sample.resource_id) is None
        assert not kept.exists(sample.resource_id)
        assert kept.get_many([sample.resource_id]) == {}
        assert list(kept.list()) == []
        assert kept.count() == 0
        with pytest.raises(NotFoundError):
            kept.versions(sample.resource_id)
        kept.purge(sample.resource_id)
        assert plain.exists(sample.resource_id)

    def test_get_many_gives_those_that_exist_once_and_in_the_order_asked_for(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        samples = {name: repository.add(model(resource_id=name, title=name)) for name in "abcde"}
        repository.delete(samples["b"])
        found = repository.get_many(["d", "nobody", "a", *IMPOSSIBLE_IDS, "d", "b", "e", "a"])
        assert list(found) == ["d", "a", "e"]
        assert found == {name: samples[name] for name in "dae"}

    def test_get_many_takes_any_number_of_ids(self, plain: Repository[Plain]) -> None:
        there = [plain.add(Plain(title=str(number))).resource_id for number in range(130)]
        asked = [name for resource_id in there for name in (resource_id, f"not {resource_id}")]
        found = plain.get_many(iter(asked))
        assert list(found) == there
        assert [sample.title for sample in found.values()] == [str(number) for number in range(130)]

    def test_get_many_reads_an_id_once_however_often_it_is_asked_for(self, plain: Repository[Plain]) -> None:
        sample = plain.add(Plain(title="there"))

        assert plain.get_many([sample.resource_id, "none", sample.resource_id, "none"]) == {sample.resource_id: sample}

    def test_get_many_of_nothing_is_nothing(self, table: Table, model: type[Sample]) -> None:
        assert TableRepository(model, table).get_many([]) == {}

    def test_one_read_is_one_call(self, table: Table, repository: Repository[Sample], model: type[Sample]) -> None:
        sample = repository.add(model(title="there"))
        counting = CountingTable(table)
        watched: Repository[Sample] = TableRepository(model, counting)
        watched.get(sample.resource_id)
        watched.find(sample.resource_id)
        watched.exists(sample.resource_id)
        assert dict(counting.calls) == {"read": 3}
        counting.reset()
        watched.get_many([sample.resource_id, "nobody"])
        assert dict(counting.calls) == {"read_many": 1}

    @pytest.mark.parametrize("resource_id", IMPOSSIBLE_IDS)
    def test_no_call_is_made_for_an_id_that_no_row_can_have(
        self, table: Table, model: type[Sample], resource_id: str
    ) -> None:
        counting = CountingTable(table)
        watched: Repository[Sample] = TableRepository(model, counting)
        assert watched.find(resource_id) is None
        assert not watched.exists(resource_id)
        watched.purge(resource_id)
        for look in (watched.get, watched.versions):
            with pytest.raises(NotFoundError):
                look(resource_id)
        for look_at in (watched.get_version, watched.restore):
            with pytest.raises(NotFoundError) as missing:
                look_at(resource_id, 1)
            assert missing.value.version == 1
        assert not counting.calls

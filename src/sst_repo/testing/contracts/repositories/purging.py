"""`purge`: erased with all that was, also when it is interrupted."""

import pytest

from sst_repo.core import layout
from sst_repo.core.queries import Query
from sst_repo.errors import NotFoundError, TableNotFoundError
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.models import Kept, Plain, Sample
from sst_repo.testing.contracts.repositories.base import RepositoryFixtures
from sst_repo.testing.contracts.repositories.history import write
from sst_repo.testing.contracts.stored import in_few_calls, noise
from sst_repo.testing.wrappers import CountingTable, ScriptedTable, applied, failing


def rows_left(table: Table, resource_id: str) -> int:
    """Count the rows of a kept resource."""
    return table.query(Query(layout.PRIMARY, layout.partition_key("Kept", resource_id), consistent=True)).count


def write_many(table: Table, number: int) -> None:
    """Store so many versions of a kept resource, as `write` does."""
    with in_few_calls(table) as memory:
        write(TableRepository(Kept, memory), number)


class PurgingContract(RepositoryFixtures):
    """What `purge` promises."""

    def test_purge_erases_the_resource(self, repository: Repository[Sample], model: type[Sample]) -> None:
        sample = repository.add(model(title="gone"))
        stays = repository.add(model(title="stays"))
        repository.purge(sample.resource_id)
        assert not repository.exists(sample.resource_id)
        assert list(repository.list()) == [stays]
        with pytest.raises(NotFoundError):
            repository.versions(sample.resource_id)

    def test_purge_erases_all_versions(self, table: Table, kept: Repository[Kept]) -> None:
        write(kept, 4)
        kept.purge("storied")
        assert rows_left(table, "storied") == 0
        for version in range(1, 6):
            with pytest.raises(NotFoundError):
                kept.get_version("storied", version)

    def test_purge_erases_what_was_deleted_before(self, table: Table, kept: Repository[Kept]) -> None:
        write(kept, 2)
        kept.delete(kept.get("storied"))
        kept.purge("storied")
        assert rows_left(table, "storied") == 0
        with pytest.raises(NotFoundError):
            kept.versions("storied")

    def test_what_was_never_there_is_no_error(self, repository: Repository[Sample], model: type[Sample]) -> None:
        repository.purge("nobody")
        sample = repository.add(model(title="gone"))
        repository.purge(sample.resource_id)
        repository.purge(sample.resource_id)

    def test_after_a_purge_the_versions_begin_at_1(self, repository: Repository[Sample], model: type[Sample]) -> None:
        sample = repository.add(model(resource_id="again", title="first life"))
        sample.title = "changed"
        repository.save(sample)
        repository.purge("again")
        again = repository.add(model(resource_id="again", title="second life"))
        assert again.version == 1
        assert list(repository.versions("again")) == [again]

    def test_what_fits_into_one_call_is_erased_in_one(self, table: Table) -> None:
        write_many(table, 100)
        counting = CountingTable(table)
        TableRepository(Kept, counting).purge("storied")
        assert counting.calls["transact"] == 1
        assert rows_left(table, "storied") == 0

    def test_a_history_over_100_rows_is_erased_in_several_calls(self, table: Table, kept: Repository[Kept]) -> None:
        write_many(table, 102)
        counting = CountingTable(table)
        TableRepository(Kept, counting).purge("storied")
        assert counting.calls["transact"] > 1
        assert all(len(plan.ops) <= 100 for plan in counting.plans)
        assert rows_left(table, "storied") == 0
        assert kept.add(Kept(resource_id="storied", title="second life")).version == 1

    def test_a_history_over_4_mb_is_erased(self, table: Table, kept: Repository[Kept]) -> None:
        sample = kept.add(Kept(resource_id="storied", title="0", body=noise(390_000)))
        for version in range(1, 13):
            sample.title = str(version)
            kept.save(sample)
        kept.purge("storied")
        assert rows_left(table, "storied") == 0

    @pytest.mark.parametrize("calls", [0, 1, 2])
    def test_an_interrupted_purge_is_invisible_and_can_be_repeated(
        self, table: Table, kept: Repository[Kept], calls: int
    ) -> None:
        write_many(table, 102)
        broken = ScriptedTable(table, *[applied] * calls, failing(TableNotFoundError("scripted outage")))
        with pytest.raises(TableNotFoundError):
            TableRepository(Kept, broken).purge("storied")
        assert rows_left(table, "storied") > 0
        assert kept.exists("storied") == (calls == 0)
        assert kept.count() == (calls == 0)
        kept.purge("storied")
        assert rows_left(table, "storied") == 0
        assert kept.add(Kept(resource_id="storied", title="second life")).version == 1

    def test_purge_does_not_touch_others(self, plain: Repository[Plain], kept: Repository[Kept]) -> None:
        samples = [kept.add(Kept(resource_id=name, title=name)) for name in ("a", "a#b", "a#", "ab")]
        other = plain.add(Plain(resource_id="a", title="a"))
        kept.purge("a")
        assert kept.get_many(["a", "a#b", "a#", "ab"]) == {sample.resource_id: sample for sample in samples[1:]}
        assert plain.get("a") == other

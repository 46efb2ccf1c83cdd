"""`add_many`: what became of each, whatever became of the others."""

from collections.abc import Iterator

import pytest

from sst_repo.additions import AddProgress
from sst_repo.core.retry import SENDING
from sst_repo.errors import (
    AccessDeniedError,
    CommitOutcomeUnknownError,
    ContentionError,
    InvalidQueryError,
    UnstorableValueError,
)
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import requires
from sst_repo.testing.contracts.models import Sample
from sst_repo.testing.contracts.repositories.base import RepositoryFixtures, titles
from sst_repo.testing.wrappers import CountingTable, ScriptedTable, applied, contended, failing, lost_request


class AddingManyContract(RepositoryFixtures):
    """What `add_many` promises."""

    def test_each_resource_is_added_by_a_write_of_its_own(
        self, table: Table, model: type[Sample], clock: ManualClock
    ) -> None:
        counting = CountingTable(table)
        repository: Repository[Sample] = TableRepository(model, counting, clock=clock)
        samples = [model(title=str(number)) for number in range(12)]
        report = repository.add_many(samples, workers=1)
        assert report.is_complete
        assert [id(added) for added in report.added] == [id(sample) for sample in samples]
        assert {added.version for added in report.added} == {1}
        assert counting.calls == {"transact": 12}
        assert repository.get_many([sample.resource_id for sample in samples]) == {
            sample.resource_id: sample for sample in samples
        }

    @requires("threads")
    def test_several_at_once_come_to_the_same(self, repository: Repository[Sample], model: type[Sample]) -> None:
        samples = [model(title=str(number)) for number in range(40)]
        report = repository.add_many(samples, workers=8)
        assert report.is_complete
        assert titles(report.added) == [str(number) for number in range(40)]
        assert repository.count() == 40

    def test_what_exists_already_is_named_and_left_alone(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        stored = repository.add(model(resource_id="2", title="stored"))
        samples = [model(resource_id=str(number), title="new") for number in range(4)]
        report = repository.add_many(samples, workers=1)
        assert [added.resource_id for added in report.added] == ["0", "1", "3"]
        assert report.existing == (samples[2],)
        assert report.failed == ()
        assert not report.is_complete
        assert samples[2].version == 0
        assert repository.get("2") == stored

    def test_to_add_all_once_more_adds_nothing(self, repository: Repository[Sample], model: type[Sample]) -> None:
        def samples() -> Iterator[Sample]:
            return (model(resource_id=str(number), title="new") for number in range(5))

        repository.add_many(samples(), workers=1)
        again = repository.add_many(samples(), workers=1)
        assert (len(again.added), len(again.existing), len(again.failed)) == (0, 5, 0)
        assert repository.get("0").version == 1

    def test_what_fails_is_named_with_its_error_and_hinders_no_other(
        self, table: Table, model: type[Sample], clock: ManualClock
    ) -> None:
        busy = [contended] * SENDING.attempts
        lost = [lost_request] * SENDING.attempts
        scripted = ScriptedTable(table, applied, *busy, *lost)
        repository: Repository[Sample] = TableRepository(model, scripted, clock=clock)
        unstorable = model(title="unstorable", facts={"what": object()})
        samples = [model(title="first"), model(title="busy"), model(title="lost"), unstorable, model(title="last")]
        report = repository.add_many(samples, workers=1)
        assert titles(report.added) == ["first", "last"]
        assert [(failed.resource.title, type(failed.error)) for failed in report.failed] == [
            ("busy", ContentionError),
            ("lost", CommitOutcomeUnknownError),
            ("unstorable", UnstorableValueError),
        ]
        assert {failed.resource.version for failed in report.failed} == {0}

    def test_what_stayed_unknown_can_be_resent(self, table: Table, model: type[Sample], clock: ManualClock) -> None:
        scripted = ScriptedTable(table, *[lost_request] * SENDING.attempts)
        repository: Repository[Sample] = TableRepository(model, scripted, clock=clock)
        (failed,) = repository.add_many([model(title="lost")], workers=1).failed
        assert isinstance(failed.error, CommitOutcomeUnknownError)
        assert failed.error.resend() is failed.resource
        assert repository.get(failed.resource.resource_id) == failed.resource

    def test_once_the_table_fails_nothing_further_is_sent(
        self, table: Table, model: type[Sample], clock: ManualClock
    ) -> None:
        denied = AccessDeniedError("no")
        scripted = ScriptedTable(table, applied, failing(denied))
        repository: Repository[Sample] = TableRepository(model, scripted, clock=clock)
        report = repository.add_many([model(title=str(number)) for number in range(5)], workers=1)
        assert titles(report.added) == ["0"]
        assert [failed.error for failed in report.failed] == [denied] * 4
        assert scripted.calls == {"transact": 2}

    def test_progress_is_told_after_each_one(self, repository: Repository[Sample], model: type[Sample]) -> None:
        repository.add(model(resource_id="1", title="stored"))
        told: list[AddProgress] = []
        samples = [model(resource_id=str(number), title="new") for number in range(3)]
        repository.add_many(samples, workers=1, progress=told.append)
        assert told == [AddProgress(1, 0, 0), AddProgress(1, 1, 0), AddProgress(2, 1, 0)]
        assert [progress.done for progress in told] == [1, 2, 3]

    @pytest.mark.parametrize("workers", [0, -1])
    def test_without_workers_nothing_is_added(
        self, repository: Repository[Sample], model: type[Sample], workers: int
    ) -> None:
        with pytest.raises(InvalidQueryError, match="1 worker or more"):
            repository.add_many([model(title="new")], workers=workers)
        assert repository.count() == 0

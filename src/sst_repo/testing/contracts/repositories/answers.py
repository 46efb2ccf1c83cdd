"""Lost answers: a commit is sent again until it is known what became of it, and what can't be known is said."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from sst_repo.core.traces import KEPT
from sst_repo.errors import (
    AccessDeniedError,
    AlreadyExistsError,
    CommitOutcomeUnknownError,
    ConflictError,
    NotFoundError,
    TableUnavailableError,
)
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import requires
from sst_repo.testing.contracts.models import Kept, Plain, Sample, SampleUnitOfWork
from sst_repo.testing.contracts.repositories.base import RepositoryFixtures
from sst_repo.testing.wrappers import (
    ScriptedTable,
    WriteStep,
    contended,
    failing,
    lost_reply,
    lost_request,
    preceded_by,
)

_FOR_GOOD = 10
"""How often an answer is lost before a commit is given up."""

_either = pytest.mark.parametrize("loss", [lost_reply, lost_request])


def _retitle(repository: Repository[Sample], sample: Sample) -> None:
    repository.save(sample.model_copy(update={"title": "theirs"}))


def _often(repository: Repository[Any], sample: Sample, times: int) -> None:
    theirs = repository.get(sample.resource_id)
    for number in range(times):
        theirs.title = f"theirs {number}"
        repository.save(theirs)


class AnswersContract(RepositoryFixtures):
    """What commits promise where answers are lost."""

    @_either
    def test_a_write_whose_answer_is_lost_is_sent_again_and_succeeds(
        self, table: Table, repository: Repository[Sample], model: type[Sample], loss: WriteStep
    ) -> None:
        lossy = ScriptedTable(table, loss, loss)
        mine: Repository[Sample] = TableRepository(model, lossy, clock=ManualClock())
        sample = mine.add(model(title="first"))
        assert sample.version == 1
        assert len(lossy.plans) == 3
        assert all(plan is lossy.plans[0] for plan in lossy.plans)
        lossy.script(loss)
        sample.title = "second"
        mine.save(sample)
        assert repository.get(sample.resource_id) == sample
        assert sample.version == 2

    def test_a_write_that_was_applied_and_then_written_over_succeeds(
        self, table: Table, plain: Repository[Plain]
    ) -> None:
        sample = plain.add(Plain(title="first"))
        lossy = ScriptedTable(table, lost_reply, preceded_by(lambda: _often(plain, sample, 3)))
        sample.title = "mine"
        TableRepository(Plain, lossy, clock=ManualClock()).save(sample)
        assert sample.version == 2
        assert plain.get(sample.resource_id).version == 5

    @requires("tokens")
    def test_a_transaction_that_was_applied_and_then_written_over_succeeds(
        self, table: Table, kept: Repository[Kept]
    ) -> None:
        sample = kept.add(Kept(title="first"))
        lossy = ScriptedTable(table, lost_reply, preceded_by(lambda: _often(kept, sample, 3)))
        sample.title = "mine"
        TableRepository(Kept, lossy, clock=ManualClock()).save(sample)
        assert sample.version == 2
        assert kept.get(sample.resource_id).version == 5

    def test_an_add_that_was_applied_and_then_written_over_succeeds(
        self, table: Table, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = model(title="first")
        lossy = ScriptedTable(table, lost_reply, preceded_by(lambda: _often(repository, sample, 2)))
        TableRepository(model, lossy, clock=ManualClock()).add(sample)
        assert sample.version == 1
        assert repository.get(sample.resource_id).version == 3

    def test_a_write_that_was_lost_before_somebody_else_wrote_is_a_conflict(
        self, table: Table, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = repository.add(model(title="first"))
        lossy = ScriptedTable(table, lost_request, preceded_by(lambda: _often(repository, sample, 3)))
        sample.title = "mine"
        with pytest.raises(ConflictError) as refused:
            TableRepository(model, lossy, clock=ManualClock()).save(sample)
        assert refused.value.conflicts[0].actual == 4
        assert sample.version == 1

    @_either
    def test_a_write_of_which_no_trace_is_left_is_not_guessed_at(
        self, table: Table, plain: Repository[Plain], loss: WriteStep
    ) -> None:
        sample = plain.add(Plain(title="first"))
        lossy = ScriptedTable(table, loss, preceded_by(lambda: _often(plain, sample, KEPT + 2)))
        sample.title = "mine"
        with pytest.raises(CommitOutcomeUnknownError):
            TableRepository(Plain, lossy, clock=ManualClock()).save(sample)
        assert sample.version == 1

    def test_a_history_tells_of_any_number_of_writes(self, table: Table, kept: Repository[Kept]) -> None:
        sample = Kept(title="mine")
        lossy = ScriptedTable(table, lost_reply, preceded_by(lambda: _often(kept, sample, KEPT + 2)))
        TableRepository(Kept, lossy, clock=ManualClock()).add(sample)
        assert sample.version == 1

    def test_a_deletion_whose_reply_is_lost_leaves_a_grave_that_tells(
        self, table: Table, kept: Repository[Kept]
    ) -> None:
        sample = kept.add(Kept(title="first"))
        TableRepository(Kept, ScriptedTable(table, lost_reply), clock=ManualClock()).delete(sample)
        assert not kept.exists(sample.resource_id)

    def test_a_deletion_that_leaves_nothing_is_not_known(self, table: Table, plain: Repository[Plain]) -> None:
        sample = plain.add(Plain(title="first"))
        with pytest.raises(CommitOutcomeUnknownError):
            TableRepository(Plain, ScriptedTable(table, lost_reply), clock=ManualClock()).delete(sample)
        assert not plain.exists(sample.resource_id)

    def test_a_deletion_that_was_lost_before_somebody_else_wrote_is_a_conflict(
        self, table: Table, plain: Repository[Plain]
    ) -> None:
        sample = plain.add(Plain(title="first"))
        lossy = ScriptedTable(table, lost_request, preceded_by(lambda: _often(plain, sample, 1)))
        with pytest.raises(ConflictError):
            TableRepository(Plain, lossy, clock=ManualClock()).delete(sample)
        assert plain.get(sample.resource_id).version == 2

    def test_a_purge_whose_reply_is_lost_is_done(self, table: Table, plain: Repository[Plain]) -> None:
        sample = plain.add(Plain(title="first"))
        TableRepository(Plain, ScriptedTable(table, lost_reply), clock=ManualClock()).purge(sample.resource_id)
        assert not plain.exists(sample.resource_id)

    def test_of_a_busy_table_after_a_lost_answer_it_is_not_said_that_nothing_was_written(
        self, table: Table, model: type[Sample]
    ) -> None:
        lossy = ScriptedTable(table, lost_reply, *[contended] * 50)
        with pytest.raises(CommitOutcomeUnknownError) as unknown:
            TableRepository(model, lossy, clock=ManualClock()).add(model(title="first"))
        assert "loss of the reply" in str(unknown.value.__cause__)

    def test_an_outage_after_a_lost_answer_is_outlasted(self, table: Table, model: type[Sample]) -> None:
        lossy = ScriptedTable(table, lost_reply, *[failing(TableUnavailableError("scripted outage"))] * 3)
        assert TableRepository(model, lossy, clock=ManualClock()).add(model(title="first")).version == 1

    def test_what_fails_for_good_after_a_lost_answer_is_not_tried_again(
        self, table: Table, model: type[Sample]
    ) -> None:
        lossy = ScriptedTable(table, lost_reply, failing(AccessDeniedError("scripted expiry")))
        with pytest.raises(CommitOutcomeUnknownError) as unknown:
            TableRepository(model, lossy, clock=ManualClock()).add(model(title="first"))
        assert len(lossy.plans) == 2
        unknown.value.resend()

    # -- exact writes

    @requires("tokens")
    def test_with_exact_writes_a_deletion_whose_reply_is_lost_is_done(
        self, table: Table, plain: Repository[Plain]
    ) -> None:
        table.exact_writes = True
        sample = plain.add(Plain(title="first"))
        TableRepository(Plain, ScriptedTable(table, lost_reply), clock=ManualClock()).delete(sample)
        assert not plain.exists(sample.resource_id)

    @requires("tokens")
    def test_with_exact_writes_a_write_that_left_no_trace_is_known(
        self, table: Table, plain: Repository[Plain]
    ) -> None:
        table.exact_writes = True
        applied, refused = (plain.add(Plain(title="first")) for _ in range(2))
        for sample, loss in ((applied, lost_reply), (refused, lost_request)):
            lossy = ScriptedTable(table, loss, preceded_by(partial(_often, plain, sample.model_copy(), KEPT + 2)))
            sample.title = "mine"
            mine = TableRepository(Plain, lossy, clock=ManualClock())
            if loss is lost_reply:
                assert mine.save(sample).version == 2
            else:
                with pytest.raises(ConflictError):
                    mine.save(sample)

    def test_with_exact_writes_a_conflict_is_a_conflict(
        self, table: Table, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        table.exact_writes = True
        sample = repository.add(model(title="first"))
        theirs = repository.get(sample.resource_id)
        _retitle(repository, theirs)
        sample.title = "mine"
        with pytest.raises(ConflictError):
            repository.save(sample)
        with pytest.raises(AlreadyExistsError):
            repository.add(model(resource_id=sample.resource_id, title="again"))

    # -- resend

    @_either
    def test_resend_completes_an_add_and_a_save(
        self, table: Table, repository: Repository[Sample], model: type[Sample], loss: WriteStep
    ) -> None:
        lossy = ScriptedTable(table, *[loss] * _FOR_GOOD)
        mine: Repository[Sample] = TableRepository(model, lossy, clock=ManualClock())
        sample = model(title="first")
        for version in (1, 2):
            write = mine.add if version == 1 else mine.save
            with pytest.raises(CommitOutcomeUnknownError) as unknown:
                write(sample)
            assert sample.version == version - 1
            unknown.value.resend()
            assert sample.version == version
            assert repository.get(sample.resource_id) == sample
            sample.title = "second"
            lossy.script(*[loss] * _FOR_GOOD)

    def test_resend_completes_a_deletion(
        self, table: Table, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = repository.add(model(title="first"))
        lossy = ScriptedTable(table, *[lost_request] * _FOR_GOOD)
        with pytest.raises(CommitOutcomeUnknownError) as unknown:
            TableRepository(model, lossy, clock=ManualClock()).delete(sample)
        unknown.value.resend()
        assert not repository.exists(sample.resource_id)

    @_either
    def test_resend_completes_a_unit(self, table: Table, plain: Repository[Plain], loss: WriteStep) -> None:
        old = plain.add(Plain(resource_id="old", title="first"))
        lossy = ScriptedTable(table, *[loss] * _FOR_GOOD)
        with SampleUnitOfWork(lossy, clock=ManualClock()) as unit:
            changed, new = unit.plain.get("old"), unit.kept.add(Kept(title="new"))
            changed.title = "second"
            with pytest.raises(CommitOutcomeUnknownError) as unknown:
                unit.commit()
            assert (changed.version, new.version, unit.is_committed) == (old.version, 0, False)
            unknown.value.resend()
            assert (changed.version, new.version, unit.is_committed) == (2, 1, True)
        assert plain.get("old") == changed

    def test_resend_tells_a_conflict(self, table: Table, repository: Repository[Sample], model: type[Sample]) -> None:
        sample = repository.add(model(title="first"))
        theirs = repository.get(sample.resource_id)
        lossy = ScriptedTable(table, *[lost_request] * _FOR_GOOD)
        sample.title = "mine"
        with pytest.raises(CommitOutcomeUnknownError) as unknown:
            TableRepository(model, lossy, clock=ManualClock()).save(sample)
        _retitle(repository, theirs)
        with pytest.raises(ConflictError):
            unknown.value.resend()
        assert sample.version == 1

    def test_resend_that_is_lost_too_can_be_repeated_by_its_own_error(self, table: Table, model: type[Sample]) -> None:
        lossy = ScriptedTable(table, *[lost_request] * (2 * _FOR_GOOD))
        sample = model(title="first")
        with pytest.raises(CommitOutcomeUnknownError) as unknown:
            TableRepository(model, lossy, clock=ManualClock()).add(sample)
        with pytest.raises(CommitOutcomeUnknownError) as again:
            unknown.value.resend()
        with pytest.raises(CommitOutcomeUnknownError, match="can't be sent again"):
            unknown.value.resend()
        again.value.resend()
        assert sample.version == 1

    def test_resend_comes_too_late_before_the_token_is_forgotten(self, table: Table, model: type[Sample]) -> None:
        clock = ManualClock()
        lossy = ScriptedTable(table, *[lost_request] * _FOR_GOOD)
        with pytest.raises(CommitOutcomeUnknownError) as unknown:
            TableRepository(model, lossy, clock=clock).add(model(title="first"))
        clock.advance(timedelta(minutes=8))
        with pytest.raises(CommitOutcomeUnknownError, match="too late"):
            unknown.value.resend()
        assert len(lossy.plans) == _FOR_GOOD

    def test_a_lost_deletion_of_what_is_gone_by_now_is_not_known(self, table: Table, plain: Repository[Plain]) -> None:
        sample = plain.add(Plain(title="first"))
        theirs = plain.get(sample.resource_id)
        lossy = ScriptedTable(table, lost_request, preceded_by(lambda: plain.delete(theirs)))
        with pytest.raises(CommitOutcomeUnknownError) as unknown:
            TableRepository(Plain, lossy, clock=ManualClock()).delete(sample)
        with pytest.raises(CommitOutcomeUnknownError):
            unknown.value.resend()
        with pytest.raises(NotFoundError):
            plain.get(sample.resource_id)

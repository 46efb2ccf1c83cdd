"""Whatever is lost between the repository and the table: a write is applied once, and nobody is told what is not so."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from sst_repo.core.records import Outcome, Plan
from sst_repo.core.retry import SENDING
from sst_repo.errors import (
    AccessDeniedError,
    AlreadyExistsError,
    CommitOutcomeUnknownError,
    ConflictError,
    ContentionError,
    NotFoundError,
    TableUnavailableError,
)
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import requires
from sst_repo.testing.contracts.models import Kept, Plain, Sample
from sst_repo.testing.contracts.repositories.base import RepositoryFixtures
from sst_repo.testing.contracts.stored import stored_row
from sst_repo.testing.wrappers import (
    ScriptedTable,
    WriteStep,
    contended,
    failing,
    lost_reply,
    lost_request,
)

SampleT = TypeVar("SampleT", bound=Sample)

AT_A_LOSS = SENDING.attempts
"""So many lost answers in a row are too many."""

each_loss = pytest.mark.parametrize("loss", [lost_request, lost_reply])


def lost_and_then(action: Callable[[], object]) -> WriteStep:
    """Lose the reply; and before the plan is sent again, something else happens."""

    def step(table: Table, plan: Plan) -> Outcome:
        outcome = lost_reply(table, plan)
        action()
        return outcome

    return step


def never_sent_and_then(action: Callable[[], object]) -> WriteStep:
    """Lose the request; and before the plan is sent again, something else happens."""

    def step(table: Table, plan: Plan) -> Outcome:
        action()
        return lost_request(table, plan)

    return step


def retitle(repository: Repository[SampleT], resource_id: str, *titles: str) -> None:
    """Write a resource, as somebody else does."""
    for title in titles:
        theirs = repository.get(resource_id)
        theirs.title = title
        repository.save(theirs)


def save_what_is_overwritten_before_it_is_known(table: Table, model: type[Sample], clock: ManualClock) -> None:
    """Save; and before the lost reply is made up for, have others overwrite it as often as a row remembers."""
    somebody: Repository[Sample] = TableRepository(model, table)
    sample = somebody.add(model(title="first"))
    theirs = [f"theirs {number}" for number in range(8)]
    step = lost_and_then(lambda: retitle(somebody, sample.resource_id, *theirs))
    mine: Repository[Sample] = TableRepository(model, ScriptedTable(table, step), clock=clock)
    sample.title = "mine"
    mine.save(sample)
    assert sample.version == 2
    assert somebody.get(sample.resource_id).version == 10


class LostAnswersContract(RepositoryFixtures):
    """What becomes of writes when answers are lost."""

    @each_loss
    def test_a_write_whose_answer_is_lost_is_sent_again_and_applied_once(
        self, table: Table, somebody: Repository[Sample], model: type[Sample], clock: ManualClock, loss: WriteStep
    ) -> None:
        scripted = ScriptedTable(table, loss, loss)
        mine: Repository[Sample] = TableRepository(model, scripted, clock=clock)
        sample = mine.add(model(title="first"))
        assert sample.version == 1
        assert len(scripted.plans) == 3
        assert len({id(plan) for plan in scripted.plans}) == 1
        assert len(clock.sleeps) == 2

        scripted.follow(loss)
        sample.title = "second"
        mine.save(sample)
        assert sample.version == 2
        assert somebody.get(sample.resource_id) == sample
        assert [version.version for version in somebody.versions(sample.resource_id)] == (
            [2, 1] if model is Kept else [2]
        )

    @each_loss
    def test_a_lost_answer_between_refusals_for_being_busy_is_not_forgotten(
        self, table: Table, model: type[Sample], clock: ManualClock, loss: WriteStep
    ) -> None:
        scripted = ScriptedTable(table, contended, loss, contended)
        sample = TableRepository(model, scripted, clock=clock).add(model(title="first"))
        assert sample.version == 1
        assert len(scripted.plans) == 4

        scripted.follow(loss, *[contended] * AT_A_LOSS)
        sample.title = "second"
        with pytest.raises(CommitOutcomeUnknownError):
            TableRepository(model, scripted, clock=clock).save(sample)
        assert sample.version == 1

    def test_a_plain_save_that_was_applied_and_then_overwritten_is_a_success(
        self, table: Table, clock: ManualClock
    ) -> None:
        save_what_is_overwritten_before_it_is_known(table, Plain, clock)

    @requires("tokens")
    def test_a_save_of_what_is_kept_that_was_applied_and_then_overwritten_is_a_success(
        self, table: Table, clock: ManualClock
    ) -> None:
        save_what_is_overwritten_before_it_is_known(table, Kept, clock)

    def test_a_save_that_was_never_applied_and_came_too_late_is_a_conflict(
        self, table: Table, somebody: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        sample = somebody.add(model(title="first"))
        step = never_sent_and_then(lambda: retitle(somebody, sample.resource_id, "theirs", "theirs again"))
        mine: Repository[Sample] = TableRepository(model, ScriptedTable(table, step), clock=clock)
        sample.title = "mine"
        with pytest.raises(ConflictError) as refused:
            mine.save(sample)
        (conflict,) = refused.value.conflicts
        assert (conflict.expected, conflict.actual) == (1, 3)
        assert sample.version == 1
        assert somebody.get(sample.resource_id).title == "theirs again"

    def test_an_add_that_was_applied_and_then_overwritten_is_a_success(
        self, table: Table, somebody: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        step = lost_and_then(lambda: retitle(somebody, "x", "theirs", "theirs again"))
        mine: Repository[Sample] = TableRepository(model, ScriptedTable(table, step), clock=clock)
        sample = mine.add(model(resource_id="x", title="mine"))
        assert sample.version == 1
        assert somebody.get("x").version == 3

    def test_an_add_of_what_is_kept_that_was_never_applied_finds_its_id_taken(
        self, table: Table, clock: ManualClock
    ) -> None:
        somebody = TableRepository(Kept, table)

        def theirs() -> None:
            retitle(somebody, somebody.add(Kept(resource_id="x", title="theirs")).resource_id, "theirs again")

        mine = TableRepository(Kept, ScriptedTable(table, never_sent_and_then(theirs)), clock=clock)
        with pytest.raises(AlreadyExistsError):
            mine.add(Kept(resource_id="x", title="mine"))
        assert somebody.get("x").title == "theirs again"

    def test_an_add_of_what_is_kept_that_was_applied_and_then_deleted_is_a_success(
        self, table: Table, clock: ManualClock
    ) -> None:
        somebody = TableRepository(Kept, table)
        step = lost_and_then(lambda: somebody.delete(somebody.get("x")))
        sample = TableRepository(Kept, ScriptedTable(table, step), clock=clock).add(Kept(resource_id="x", title="mine"))
        assert sample.version == 1
        assert not somebody.exists("x")

    @each_loss
    def test_a_delete_of_what_is_kept_is_known(self, table: Table, clock: ManualClock, loss: WriteStep) -> None:
        somebody = TableRepository(Kept, table)
        sample = somebody.add(Kept(title="first"))
        TableRepository(Kept, ScriptedTable(table, loss), clock=clock).delete(sample)
        assert not somebody.exists(sample.resource_id)

    def test_a_delete_of_a_plain_resource_that_was_never_applied_is_sent_again(
        self, table: Table, clock: ManualClock
    ) -> None:
        somebody = TableRepository(Plain, table)
        sample = somebody.add(Plain(title="first"))
        TableRepository(Plain, ScriptedTable(table, lost_request), clock=clock).delete(sample)
        assert not somebody.exists(sample.resource_id)

    def test_who_deleted_a_plain_resource_can_not_be_known_when_the_answer_was_lost(
        self, table: Table, clock: ManualClock
    ) -> None:
        somebody = TableRepository(Plain, table)
        sample = somebody.add(Plain(title="first"))
        mine = TableRepository(Plain, ScriptedTable(table, lost_reply), clock=clock)
        with pytest.raises(CommitOutcomeUnknownError) as unknown:
            mine.delete(sample)
        assert isinstance(unknown.value.__cause__, RuntimeError)
        with pytest.raises(CommitOutcomeUnknownError):
            unknown.value.resend()

    @requires("tokens")
    def test_with_exact_writes_it_can(self, table: Table, clock: ManualClock) -> None:
        somebody = TableRepository(Plain, table)
        sample = somebody.add(Plain(title="first"))
        table.exact_writes = True
        scripted = ScriptedTable(table, lost_reply)
        TableRepository(Plain, scripted, clock=clock).delete(sample)
        assert len(scripted.plans) == 2
        with pytest.raises(NotFoundError):
            TableRepository(Plain, ScriptedTable(table, lost_request), clock=clock).delete(sample)

    @requires("tokens")
    def test_with_exact_writes_what_is_sent_again_does_not_come_back(self, table: Table, clock: ManualClock) -> None:
        somebody = TableRepository(Plain, table)
        table.exact_writes = True
        step = lost_and_then(lambda: somebody.delete(somebody.get("x")))
        sample = TableRepository(Plain, ScriptedTable(table, step), clock=clock).add(Plain(resource_id="x", title="a"))
        assert sample.version == 1
        assert not somebody.exists("x")

    def test_a_plain_save_whose_row_somebody_made_anew_can_not_be_known(self, table: Table, clock: ManualClock) -> None:
        somebody = TableRepository(Plain, table)
        sample = somebody.add(Plain(resource_id="x", title="first"))

        def anew() -> None:
            somebody.delete(somebody.get("x"))
            somebody.add(Plain(resource_id="x", title="theirs"))

        mine = TableRepository(Plain, ScriptedTable(table, lost_and_then(anew)), clock=clock)
        sample.title = "mine"
        with pytest.raises(CommitOutcomeUnknownError):
            mine.save(sample)
        assert somebody.get("x").title == "theirs"

    @each_loss
    def test_an_outcome_that_stays_unknown_leaves_the_object_alone_and_can_be_resent(
        self, table: Table, somebody: Repository[Sample], model: type[Sample], clock: ManualClock, loss: WriteStep
    ) -> None:
        scripted = ScriptedTable(table, *[loss] * AT_A_LOSS)
        mine: Repository[Sample] = TableRepository(model, scripted, clock=clock)
        sample = model(title="first")
        before = sample.model_copy(deep=True)
        with pytest.raises(CommitOutcomeUnknownError) as unknown:
            mine.add(sample)
        assert sample == before
        assert len(scripted.plans) == AT_A_LOSS

        assert unknown.value.resend() is sample
        assert sample.version == 1
        assert len({id(plan) for plan in scripted.plans}) == 1
        sample.title = "second"
        mine.save(sample)
        assert somebody.get(sample.resource_id) == sample

        scripted.follow(*[loss] * AT_A_LOSS)
        sample.title = "third"
        with pytest.raises(CommitOutcomeUnknownError) as unknown:
            mine.save(sample)
        assert sample.version == 2
        assert unknown.value.resend() is sample
        assert sample.version == 3
        assert somebody.get(sample.resource_id) == sample

        sample.title = "fourth"
        mine.save(sample)
        sent = len(scripted.plans)
        assert unknown.value.resend() is sample
        assert sample.version == 4
        assert len(scripted.plans) == sent

    def test_what_is_resent_and_refused_is_told_as_ever(
        self, table: Table, somebody: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        sample = somebody.add(model(title="first"))
        mine: Repository[Sample] = TableRepository(
            model, ScriptedTable(table, *[lost_request] * AT_A_LOSS), clock=clock
        )
        sample.title = "mine"
        with pytest.raises(CommitOutcomeUnknownError) as unknown:
            mine.save(sample)
        retitle(somebody, sample.resource_id, "theirs")
        with pytest.raises(ConflictError) as refused:
            unknown.value.resend()
        with pytest.raises(ConflictError) as again:
            unknown.value.resend()
        assert again.value is refused.value
        assert sample.version == 1
        assert stored_row(table, model, sample.resource_id).version == 2

    def test_what_can_not_be_sent_is_tried_again_and_then_raised(
        self, table: Table, somebody: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        down = TableUnavailableError("scripted")
        sample = TableRepository(model, ScriptedTable(table, failing(down)), clock=clock).add(model(title="first"))
        assert somebody.get(sample.resource_id) == sample

        sample.title = "second"
        scripted = ScriptedTable(table, *[failing(down)] * AT_A_LOSS)
        with pytest.raises(TableUnavailableError) as raised:
            TableRepository(model, scripted, clock=clock).save(sample)
        assert raised.value is down
        assert sample.version == 1

    def test_what_would_not_help_is_raised_at_once(self, table: Table, model: type[Sample], clock: ManualClock) -> None:
        denied = AccessDeniedError("scripted")
        scripted = ScriptedTable(table, failing(denied))
        with pytest.raises(AccessDeniedError) as raised:
            TableRepository(model, scripted, clock=clock).add(model(title="first"))
        assert raised.value is denied
        assert clock.sleeps == []

    @each_loss
    def test_a_table_that_fails_for_good_after_a_lost_answer_leaves_the_outcome_unknown(
        self, table: Table, model: type[Sample], clock: ManualClock, loss: WriteStep
    ) -> None:
        denied = AccessDeniedError("scripted")
        scripted = ScriptedTable(table, loss, *[failing(denied)] * AT_A_LOSS)
        sample = model(title="first")
        with pytest.raises(CommitOutcomeUnknownError) as unknown:
            TableRepository(model, scripted, clock=clock).add(sample)
        assert unknown.value.__cause__ is denied
        assert len(scripted.plans) == AT_A_LOSS
        assert unknown.value.resend() is sample

    def test_a_table_that_stays_busy_has_written_nothing(
        self, table: Table, somebody: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        scripted = ScriptedTable(table, *[contended] * AT_A_LOSS)
        sample = model(title="first")
        with pytest.raises(ContentionError):
            TableRepository(model, scripted, clock=clock).add(sample)
        assert sample.version == 0
        assert not somebody.exists(sample.resource_id)

    @each_loss
    def test_a_purge_whose_answer_is_lost_is_done(
        self, table: Table, somebody: Repository[Sample], model: type[Sample], clock: ManualClock, loss: WriteStep
    ) -> None:
        sample = somebody.add(model(title="first"))
        TableRepository(model, ScriptedTable(table, loss), clock=clock).purge(sample.resource_id)
        assert not somebody.exists(sample.resource_id)
        with pytest.raises(NotFoundError):
            somebody.versions(sample.resource_id)

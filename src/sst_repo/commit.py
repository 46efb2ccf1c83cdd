"""Carrying one commit to the table: the only loop around `Table.transact`.

A plan is sent, the same each time, until the answer is definite: after waits of full jitter where the table was too
busy or the answer was lost. That it was lost is remembered: what a refusal means then is another question (`traces`).
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sst_repo.clock import SYSTEM_CLOCK
from sst_repo.core import limits, policy
from sst_repo.core.intents import Intent, Lookup
from sst_repo.core.policy import Commit, Replan
from sst_repo.core.records import Applied, Outcome, Plan, Refused, Unknown
from sst_repo.core.retry import CONTENTION, LOST, RESENDABLE_SECONDS
from sst_repo.core.traces import LookAt, Trace
from sst_repo.errors import CommitOutcomeUnknownError, ContentionError, SstRepoError, TableError, TableUnavailableError
from sst_repo.ids import ULIDS
from sst_repo.ports import Clock, IdFactory
from sst_repo.tables.base import Table


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A commit on its way: what it is, when it was planned, what it had looked up, what to do once it is applied."""

    commit: Commit
    planned: datetime
    lookups: Sequence[Lookup]
    settle: Callable[[Commit], object]


@dataclass(frozen=True, slots=True)
class _Answer:
    """The last answer to a plan, whether an earlier sending may have been applied unseen, and why nobody saw."""

    outcome: Applied | Refused | Unknown
    ambiguous: bool
    lost: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Committer:
    """Commits intents to a table, stamped by a clock and an id factory."""

    table: Table
    clock: Clock = SYSTEM_CLOCK
    ids: IdFactory = ULIDS

    def commit(
        self,
        intents: Sequence[Intent],
        lookups: Sequence[Lookup] = (),
        settle: Callable[[Commit], object] = lambda _: None,
    ) -> Commit:
        """Apply the intents, all or nothing, and return what they became.

        Args:
            intents: What is to be done, one intent a resource.
            lookups: The unique values that were looked up, and found free.
            settle: Is given what they became, once it is known that they were applied: here, or in the `resend()` of
                the error.

        Raises:
            CommitError, AlreadyExistsError, NotFoundError: Nothing was applied (`CommitOutcomeUnknownError`: it is
                not known). Limits are checked before any call.
            TableError: Nothing was applied, and sending it again would not help.

        Cost: 1 write call, and 1 more each time that the table is too busy or the answer is lost (at most 9). After a
        lost answer, 1 read where only the history can tell.
        """
        return self._carry(self._attempt(intents, lookups, settle))

    def _attempt(
        self, intents: Sequence[Intent], lookups: Sequence[Lookup], settle: Callable[[Commit], object]
    ) -> _Attempt:
        planned = self.clock.now()
        commit = policy.plan(intents, planned, self.ids.new_id(), lookups)
        limits.check(commit.plan)
        return _Attempt(commit, planned, lookups, settle)

    def _carry(self, attempt: _Attempt, *, ambiguous: bool = False) -> Commit:
        while True:
            match self._verdict(attempt, self._send(attempt, ambiguous=ambiguous)):
                case Applied():
                    attempt.settle(attempt.commit)
                    return attempt.commit
                case Replan(intents):
                    # It is known that nothing was applied: this is another plan, of which no answer was lost.
                    attempt, ambiguous = self._attempt(intents, attempt.lookups, attempt.settle), False
                case Unknown(cause):
                    raise self._unknown(attempt) from cause
                case error:
                    raise error

    def _verdict(self, attempt: _Attempt, answer: _Answer) -> Applied | Replan | Unknown | SstRepoError:
        if not isinstance(answer.outcome, Refused):
            return answer.outcome
        judge = partial(
            policy.judge,
            attempt.commit,
            answer.outcome,
            ambiguous=answer.ambiguous,
            exact=self.table.exact_writes,
        )
        verdict = judge()
        if isinstance(verdict, LookAt):
            try:
                verdict = judge(trace=Trace(self.table.read(verdict.key)))
            except TableError as error:
                return Unknown(error)
        return Unknown(answer.lost) if isinstance(verdict, Unknown | LookAt) else verdict

    def _send(self, attempt: _Attempt, *, ambiguous: bool) -> _Answer:
        """Send a plan until the answer is definite, or patience is over.

        Raises:
            ContentionError: It stayed too busy; nothing was applied.
            TableError: Nothing was applied.
        """
        began = attempt.planned if not ambiguous else self.clock.now()
        failures = 0
        lost: BaseException | None = None
        while True:
            outcome = self._transact(attempt.commit.plan, ambiguous=ambiguous)
            if isinstance(outcome, Applied | Refused):
                return _Answer(outcome, ambiguous, lost)
            failures += 1
            if isinstance(outcome, Unknown):
                ambiguous, lost = True, outcome.cause
            wait = self._wait(failures, began, ambiguous=ambiguous, cause=outcome.cause)
            if wait is None and ambiguous:
                return _Answer(Unknown(lost or outcome.cause), ambiguous)
            if wait is None:
                raise ContentionError(
                    f"nothing was written: the table was too busy, {failures} times in a row"
                ) from outcome.cause
            self.clock.sleep(wait)

    def _transact(self, plan: Plan, *, ambiguous: bool) -> Outcome:
        """Send a plan once. What fails this time says nothing of a sending before."""
        try:
            return self.table.transact(plan)
        except TableError as error:
            if not ambiguous:
                raise
            return Unknown(error)

    def _wait(self, failures: int, began: datetime, *, ambiguous: bool, cause: BaseException | None) -> float | None:
        if isinstance(cause, TableError) and not isinstance(cause, TableUnavailableError):
            return None
        elapsed = (self.clock.now() - began).total_seconds()
        chance = random.random()  # noqa: S311 - jitter, not a secret
        return (LOST if ambiguous else CONTENTION).wait(failures, chance, elapsed)

    def _unknown(self, attempt: _Attempt) -> CommitOutcomeUnknownError:
        return CommitOutcomeUnknownError(
            "the answer to the commit was lost; it was applied or not. Call resend() on this error to find out, or "
            "load the resources to see",
            partial(self._resend, attempt),
        )

    def _resend(self, attempt: _Attempt) -> None:
        if (self.clock.now() - attempt.planned).total_seconds() > RESENDABLE_SECONDS:
            raise CommitOutcomeUnknownError(
                f"it is too late to send the commit again: it was made over {RESENDABLE_SECONDS:.0f} seconds ago. "
                "Load the resources to see"
            )
        self._carry(attempt, ambiguous=True)

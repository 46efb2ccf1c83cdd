"""Carrying one commit to the table: the only loop around `Table.transact`."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sst_repo.clock import SYSTEM_CLOCK
from sst_repo.core import doubts, limits, policy
from sst_repo.core.doubts import Doubt
from sst_repo.core.intents import Intent, Lookup
from sst_repo.core.policy import Commit, Replan
from sst_repo.core.records import Applied, Contended, Outcome, Plan, Refused, Unknown
from sst_repo.core.retry import RESEND_WITHIN, SENDING
from sst_repo.errors import CommitOutcomeUnknownError, ContentionError, SstRepoError, TableError, TableUnavailableError
from sst_repo.ids import ULIDS
from sst_repo.ports import Clock, IdFactory
from sst_repo.tables.base import Table

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Committer:
    """Commits intents to a table, stamped by a clock and an id factory.

    Attributes:
        table: The table.
        clock: Stamps what is written, and waits before a commit is sent again.
        ids: Makes the ids of commits.
        monotonic: Seconds that only go up; measures how long a commit may be sent again.
    """

    table: Table
    clock: Clock = SYSTEM_CLOCK
    ids: IdFactory = ULIDS
    monotonic: Callable[[], float] = time.monotonic

    def commit(self, intents: Sequence[Intent], lookups: Sequence[Lookup] = (), *, then: Callable[[Commit], R]) -> R:
        """Apply the intents, all or nothing, and go on with what they became.

        Args:
            intents: What is to be done, one intent a resource.
            lookups: The unique values that were looked up, and found free.
            then: What is to be done once they are applied: also when that shows only at a `resend()`.

        Raises:
            CommitError, AlreadyExistsError, NotFoundError: Nothing was applied (`CommitOutcomeUnknownError`: it is
                not known). Limits are checked before any call.
        """
        return self._carry(self._planned(intents, lookups), lookups, then)

    def send(self, plan: Plan) -> Applied | Refused | Unknown:
        """Send a plan as it is until the answer is definite, or for as long as it makes sense.

        Raises:
            ContentionError, TableError: It was not applied.
        """
        return _Sending(self, plan, lost=False).outcome()

    def _planned(self, intents: Sequence[Intent], lookups: Sequence[Lookup]) -> Commit:
        commit = policy.plan(intents, self.clock.now(), self.ids.new_id(), lookups)
        limits.check(commit.plan)
        return commit

    def _carry(
        self, commit: Commit, lookups: Sequence[Lookup], then: Callable[[Commit], R], *, began: float | None = None
    ) -> R:
        """Carry a commit to its end. `began` says when it was first sent, if it was and the answer was lost."""
        while True:
            start = self.monotonic() if began is None else began
            verdict = self._verdict(commit, _Sending(self, commit.plan, lost=began is not None))
            match verdict:
                case Applied():
                    return then(commit)
                case Replan(intents):
                    commit, began = self._planned(intents, lookups), None
                case Unknown(cause):
                    again = partial(self._resend, commit, lookups, then, start)
                    raise CommitOutcomeUnknownError(
                        "the answers to the commit were lost: it was applied or not. resend() it, or load the "
                        "resources to see; don't just do the work again",
                        again,
                    ) from cause
                case error:
                    raise error

    def _resend(self, commit: Commit, lookups: Sequence[Lookup], then: Callable[[Commit], R], began: float) -> R:
        if self.monotonic() - began > RESEND_WITHIN:
            raise CommitOutcomeUnknownError(
                f"it is too late to send the commit again, more than {RESEND_WITHIN:.0f} seconds after the first time; "
                "load the resources to see"
            )
        return self._carry(commit, lookups, then, began=began)

    def _verdict(self, commit: Commit, sending: "_Sending") -> Applied | Replan | Unknown | SstRepoError:
        answer = sending.outcome()
        if isinstance(answer, Refused) and sending.lost:
            answer = self._weighed(commit, answer, sending.cause)
        return policy.judge(commit, answer) if isinstance(answer, Refused) else answer

    def _weighed(self, commit: Commit, refused: Refused, cause: BaseException | None) -> Applied | Refused | Unknown:
        verdict = doubts.weigh(commit, refused, by_token=self.table.goes_by_token(commit.plan))
        if isinstance(verdict, Doubt) and verdict.key is not None:
            try:
                verdict = doubts.resolve(commit, refused, self.table.read(verdict.key))
            except TableError as error:
                return Unknown(error)
        return Unknown(cause) if isinstance(verdict, Doubt) else verdict


@dataclass(slots=True)
class _Sending:
    """The sendings of one plan, which is the same every time.

    Attributes:
        committer: Whose plan it is.
        plan: The plan.
        lost: Whether the answer to one of them was lost.
        cause: Why the last one that was lost was.
    """

    committer: Committer
    plan: Plan
    lost: bool
    cause: BaseException | None = None

    def outcome(self) -> Applied | Refused | Unknown:
        """Send the plan until the answer is definite, or for as long as it makes sense.

        Raises:
            ContentionError, TableError: It was not applied.
        """
        began = self.committer.monotonic()
        failures = 0
        while True:
            answer = self._answer()
            if isinstance(answer, Applied | Refused):
                return answer
            failures += 1
            elapsed = self.committer.monotonic() - began
            wait = SENDING.wait(failures, random.random(), elapsed)  # noqa: S311 - jitter, not a secret
            if wait is None:
                return self._given_up(answer, failures)
            self.committer.clock.sleep(wait)

    def _answer(self) -> Outcome:
        try:
            answer = self.committer.table.transact(self.plan)
        except TableError as error:
            # What could not even be sent may be sent again, like what a busy table would not take. An answer that is
            # lost is worth every try; but then the error is no longer that nothing was written.
            if self.lost or isinstance(error, TableUnavailableError):
                return Contended(error)
            raise
        if isinstance(answer, Unknown):
            self.lost, self.cause = True, answer.cause
        return answer

    def _given_up(self, answer: Contended | Unknown, failures: int) -> Unknown:
        if self.lost:
            return Unknown(answer.cause)
        if isinstance(answer.cause, TableError):
            raise answer.cause
        raise ContentionError(
            f"nothing was written: the table was too busy, {failures} times in a row",
        ) from answer.cause

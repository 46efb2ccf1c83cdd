"""Carrying one commit to the table: the only loop around `Table.transact`."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from sst_repo.clock import SYSTEM_CLOCK
from sst_repo.core import limits, policy
from sst_repo.core.intents import Intent, Lookup
from sst_repo.core.policy import Commit, Replan
from sst_repo.core.records import Applied, Contended, Outcome, Plan, Refused, Unknown
from sst_repo.core.retry import CONTENTION
from sst_repo.errors import CommitOutcomeUnknownError, ContentionError
from sst_repo.ids import ULIDS
from sst_repo.ports import Clock, IdFactory
from sst_repo.tables.base import Table


@dataclass(frozen=True, slots=True)
class Committer:
    """Commits intents to a table, stamped by a clock and an id factory."""

    table: Table
    clock: Clock = SYSTEM_CLOCK
    ids: IdFactory = ULIDS

    def commit(self, intents: Sequence[Intent], lookups: Sequence[Lookup] = ()) -> Commit:
        """Apply the intents, all or nothing, and return what they became.

        Args:
            intents: What is to be done, one intent a resource.
            lookups: The unique values that were looked up, and found free.

        Raises:
            CommitError, AlreadyExistsError, NotFoundError: Nothing was applied (`CommitOutcomeUnknownError`: it is
                not known). Limits are checked before any call.
        """
        while True:
            commit = policy.plan(intents, self.clock.now(), self.ids.new_id(), lookups)
            limits.check(commit.plan)
            outcome = self.send(commit.plan)
            verdict = policy.judge(commit, outcome) if isinstance(outcome, Refused) else outcome
            match verdict:
                case Applied():
                    return commit
                case Replan(intents):
                    continue
                case error:
                    raise error

    def send(self, plan: Plan) -> Applied | Refused:
        """Send a plan until the table is not too busy to decide on it.

        Raises:
            ContentionError: It stayed too busy; nothing was applied.
            CommitOutcomeUnknownError: The answer was lost.
        """
        failures = 0
        while True:
            outcome: Outcome = self.table.transact(plan)
            match outcome:
                case Applied() | Refused():
                    return outcome
                case Unknown(cause):
                    raise CommitOutcomeUnknownError(
                        "the answer to the commit was lost; it was applied or not. Load the resources to see",
                    ) from cause
                case Contended(cause):
                    failures += 1
                    wait = CONTENTION.wait(failures, random.random())  # noqa: S311 - jitter, not a secret
                    if wait is None:
                        raise ContentionError(
                            f"nothing was written: the table was too busy, {failures} times in a row",
                        ) from cause
                    self.clock.sleep(wait)

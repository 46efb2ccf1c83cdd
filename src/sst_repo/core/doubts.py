"""What a refusal means after the answer to an earlier sending of the same plan was lost. Pure.

The plan may have been applied then, and be refused now since it is in its own way, or since somebody has written over
it. What stands there tells most of it:

| the plan | what stands there | so the plan |
|---|---|---|
| any | a row with the id of this write | was applied |
| went by token | anything else | was not applied: DynamoDB would have answered success again |
| puts the first version of a kept resource | another version of that number | was not applied |
| | a later version | was applied if that number in the history has the id of this write, else not |
| puts a plain resource | a row that has the id of this write among its last ones | was applied |
| puts or deletes a plain resource | a row that has the id it started from among its last ones | was not applied |
| erases | nothing | was applied |
| any | anything else: nothing, or the row of another life | can't be known |

DynamoDB remembers the token of a successful transaction for 10 minutes, and nothing of other writes: Developer Guide,
"Amazon DynamoDB Transactions: How it works", idempotency.
"""

from dataclasses import dataclass

from sst_repo.core import layout
from sst_repo.core.intents import Erase
from sst_repo.core.policy import Commit
from sst_repo.core.records import Applied, Delete, Key, Matches, Put, Record, Refused


@dataclass(frozen=True, slots=True)
class Doubt:
    """The refusal does not tell whether the plan was applied.

    Attributes:
        key: The row of the history that would tell; None if nothing would.
    """

    key: Key | None = None


def weigh(commit: Commit, refused: Refused, *, by_token: bool) -> Applied | Refused | Doubt:
    """Say what the refusal means, by the table above.

    Args:
        commit: What was sent.
        refused: The answer to the last sending.
        by_token: Whether the plan goes as a transaction with a token.
    """
    if refused.shows(commit.plan.write_id):
        return Applied()
    match commit.plan.ops, refused.reasons:
        case ((Put() | Delete()) as op,), (reason,) if not by_token and reason is not None:
            (step,) = commit.steps
            if reason.stored is None:
                return Applied() if isinstance(step.intent, Erase) else Doubt()
            if isinstance(op, Put) and step.intent.target.keeps_versions:
                return _by_number(op, refused, reason.stored)
            return _by_recent_writes(op, commit.plan.write_id, refused, reason.stored)
        case _:
            return refused


def resolve(commit: Commit, refused: Refused, row: Record | None) -> Applied | Refused | Doubt:
    """Say what the refusal means, given the row of the history that a doubt has named."""
    if row is None:
        return Doubt()
    return Applied() if row.write_id == commit.plan.write_id else refused


def _by_number(op: Put, refused: Refused, stored: Record) -> Refused | Doubt:
    ours, theirs = op.record.version, stored.version
    if ours is None or theirs is None or theirs < ours:
        return Doubt()
    return refused if theirs == ours else Doubt(layout.history_key(op.key.pk, ours))


def _by_recent_writes(op: Put | Delete, write_id: str, refused: Refused, stored: Record) -> Applied | Refused | Doubt:
    if layout.is_recent(stored, write_id):
        return Applied()
    if isinstance(op.guard, Matches) and layout.is_recent(stored, op.guard.write_id):
        return refused
    return Doubt()

"""What whoever makes a commit is told in the end: the words of all ledgers, and how to get there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sst_repo.errors import (
    AccessDeniedError,
    AlreadyExistsError,
    CommitOutcomeUnknownError,
    ConflictError,
    ContentionError,
    NotFoundError,
    SstRepoError,
    UniqueViolationError,
)
from sst_repo.testing import Fault

Outcome: TypeAlias = Literal["acknowledged", "refused", "unknown"]

FAULTS = {**dict.fromkeys(Fault, 1.0), Fault.HANG: 0.1, Fault.EXPIRED_CREDENTIALS: 0.03}
"""How often each fault is met, in relation to the others. Rarer are a hang, which takes as long as the client waits for
an answer, and the end of a session: a commit that meets it behind a lost answer is not sent again, so that its outcome
is unknown."""

RESENDINGS = 3
"""So often a commit whose outcome is not known is sent again, by whoever made it."""

REFUSALS = (
    AccessDeniedError,
    AlreadyExistsError,
    ConflictError,
    ContentionError,
    NotFoundError,
    UniqueViolationError,
)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a commit, as far as its maker knows.

    Attributes:
        outcome: What it was told in the end, resendings included.
        refusal: The error that refused it.
        was_unknown: Whether it was first told that its outcome is not known.
    """

    outcome: Outcome
    refusal: SstRepoError | None = None
    was_unknown: bool = False


def carry_out(act: Callable[[], object]) -> Told:
    """Make a commit; if its outcome is not known, send it again a few times."""
    try:
        act()
    except CommitOutcomeUnknownError as unknown:
        return _settled(unknown)
    except REFUSALS as error:
        return Told("refused", error)
    return Told("acknowledged")


def _settled(unknown: CommitOutcomeUnknownError) -> Told:
    for _ in range(RESENDINGS):
        try:
            unknown.resend()
        except CommitOutcomeUnknownError as again:
            unknown = again
        except REFUSALS as error:
            return Told("refused", error, was_unknown=True)
        else:
            return Told("acknowledged", was_unknown=True)
    return Told("unknown", was_unknown=True)

"""Bugs planted in what becomes of lost answers: what `AnswersContract` is there to catch."""

from typing import Any

import pytest

from sst_repo import commit
from sst_repo.core import policy, traces
from sst_repo.core.traces import Fate


def lost_answers_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A refusal behind a lost answer is taken for the answer."""

    def judge(*given: Any, honest: Any = policy.judge, **_: Any) -> Any:
        return honest(*given)

    patch.setattr(policy, "judge", judge)


def no_traces_left(patch: pytest.MonkeyPatch) -> None:
    """Rows do not name the writes before them."""
    patch.setattr(traces, "recent", lambda _: {})  # pyright: ignore[reportUnknownLambdaType]


def unknown_taken_for_not_applied(patch: pytest.MonkeyPatch) -> None:
    """What can't be known is taken for what did not happen."""

    def fate(*given: Any, honest: Any = traces.fate) -> Any:
        told = honest(*given)
        return Fate.NOT_APPLIED if told is Fate.UNKNOWN else told

    patch.setattr(traces, "fate", fate)


def resent_for_ever(patch: pytest.MonkeyPatch) -> None:
    """A plan is sent again however long ago it was made."""
    patch.setattr(commit, "RESENDABLE_SECONDS", 1e9)

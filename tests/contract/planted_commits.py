"""Bugs planted in the commit rule, which no table could have: what `LostAnswersContract` is there to catch."""

from dataclasses import replace
from typing import Any

import pytest

from sst_repo import commit
from sst_repo.core import doubts, layout
from sst_repo.core.doubts import Doubt
from sst_repo.core.records import Applied, Outcome, Refused, Unknown
from sst_repo.core.retry import SENDING
from sst_repo.ids import ULIDS


def refusals_taken_at_face_value(patch: pytest.MonkeyPatch) -> None:
    """What is refused was never applied, whatever answers were lost before."""
    patch.setattr(doubts, "weigh", lambda _, refused, **__: refused)


def refusals_of_ones_own_overlooked(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whose row is in the way."""
    patch.setattr(Refused, "shows", lambda *_: False)


def doubts_given_the_benefit(patch: pytest.MonkeyPatch) -> None:
    """What can't be known was applied."""

    def weigh(*given: Any, honest: Any = doubts.weigh, **more: Any) -> object:
        verdict = honest(*given, **more)
        return Applied() if isinstance(verdict, Doubt) else verdict

    patch.setattr(doubts, "weigh", weigh)


def histories_not_asked(patch: pytest.MonkeyPatch) -> None:
    """What the history would tell stays unknown."""

    def weigh(*given: Any, honest: Any = doubts.weigh, **more: Any) -> object:
        verdict = honest(*given, **more)
        return Doubt() if isinstance(verdict, Doubt) else verdict

    patch.setattr(doubts, "weigh", weigh)


def recent_writes_not_kept(patch: pytest.MonkeyPatch) -> None:
    """A plain row forgets the writes before its last one."""
    patch.setattr(layout, "recent_writes", lambda _: {})


def one_recent_write_kept(patch: pytest.MonkeyPatch) -> None:
    """A plain row remembers one write before its last one."""
    patch.setattr(layout, "_RECENT_WRITES", 1)


def doubts_suppressed(patch: pytest.MonkeyPatch) -> None:
    """What can't be known was not applied."""

    def weigh(sent: Any, refused: Refused, honest: Any = doubts.weigh, **more: Any) -> object:
        verdict = honest(sent, refused, **more)
        return refused if verdict == Doubt() else verdict

    patch.setattr(doubts, "weigh", weigh)


def lost_answers_not_sent_again(patch: pytest.MonkeyPatch) -> None:
    """The first answer that is lost is the last."""
    patch.setattr(commit, "SENDING", replace(SENDING, attempts=1))


def lost_answers_forgotten(patch: pytest.MonkeyPatch) -> None:
    """An answer that was lost is taken for one that the table was busy."""

    def outcome(self: Any, honest: Any = commit._Sending.outcome) -> Outcome:
        found: Outcome = honest(self)
        self.lost = False
        return found

    patch.setattr(commit._Sending, "outcome", outcome)


def plans_made_anew(patch: pytest.MonkeyPatch) -> None:
    """Each sending has a write id, and a token, of its own."""

    def answer(self: Any, honest: Any = commit._Sending._answer) -> Outcome:
        self.plan = replace(self.plan, write_id=ULIDS.new_id())
        found: Outcome = honest(self)
        return found

    patch.setattr(commit._Sending, "_answer", answer)


def successes_not_settled_by_resending(patch: pytest.MonkeyPatch) -> None:
    """What is resent is written, and that is that."""

    def resend(self: Any, sent: Any, lookups: Any, then: Any, began: float) -> None:
        self._carry(sent, lookups, lambda _: None, began=began)

    patch.setattr(commit.Committer, "_resend", resend)


def unknown_outcomes_that_settle(patch: pytest.MonkeyPatch) -> None:
    """An outcome that is not known is told as a success."""

    def outcome(self: Any, honest: Any = commit._Sending.outcome) -> Outcome:
        found: Outcome = honest(self)
        return Applied() if isinstance(found, Unknown) else found

    patch.setattr(commit._Sending, "outcome", outcome)

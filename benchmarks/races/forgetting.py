"""Telling what was lost from what DynamoDB Local forgets when it is killed. Pure.

On disk it loses transactions that it acknowledged at the last moment; single writes it keeps. That is the emulator's
doing, not the library's: what such a transaction was told counts as if nobody knew, and so does the refusal of a commit
that was under way meanwhile. Both are counted apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.storm.ledger import Entry, Row, Verdict
from benchmarks.storm.ledger import judge as judge_ledger
from benchmarks.storm.worker import SINGLE

FORGETS_SECONDS = 0.015
"""What was acknowledged within so many seconds before the kill may be forgotten. As measured."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What a writer noted of a commit.

    Attributes:
        since: When it was begun, in seconds of the machine's monotonic clock, which all its processes share.
        at: When this was noted, likewise.
        entry: What is about to be tried, as of unknown outcome; or what it was told.
    """

    since: float
    at: float
    entry: Entry


@dataclass(frozen=True, slots=True)
class Outage:
    """The seconds of the same clock between which the server was down."""

    begin: float
    end: float

    def may_forget(self, note: Noted) -> bool:
        """Whether a transaction was acknowledged so late that it may be forgotten."""
        late = self.begin - FORGETS_SECONDS <= note.at <= self.end
        return late and note.entry.outcome == "acknowledged" and note.entry.kind not in SINGLE

    def may_mislead(self, note: Noted) -> bool:
        """Whether a commit may have been refused for what was forgotten, or because its own success was."""
        under_way = note.since <= self.end and note.at >= self.begin - FORGETS_SECONDS
        return under_way and note.entry.outcome == "refused"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with what is stored, and what is not.

    Attributes:
        verdict: What is wrong, the server's forgetting aside.
        forgotten: The acknowledged transactions that the server forgot.
        misled: The refusals that are wrong by its forgetting.
    """

    verdict: Verdict
    forgotten: Sequence[str]
    misled: Sequence[str]


def judge(notes: Sequence[Noted], outages: Sequence[Outage], rows: Mapping[str, Row]) -> Judgement:
    """Judge the ledger twice: as it was told, and as if nobody knew what the server may have forgotten.

    Args:
        notes: The last note of each commit.
        outages: When the server was down, each time because it was killed.
        rows: All rows that are stored, as for the ledger.
    """
    forgettable = [note.entry for note in notes if any(outage.may_forget(note) for outage in outages)]
    misleading = [note.entry for note in notes if any(outage.may_mislead(note) for outage in outages)]
    excused = {entry.nonce for entry in (*forgettable, *misleading)}
    told = judge_ledger([note.entry for note in notes], rows)
    verdict = judge_ledger([_as_unknown(note.entry, excused) for note in notes], rows)
    lost = set(told.lost) - set(verdict.lost)
    misled = {*told.refused_but_applied, *told.phantom_conflicts}
    return Judgement(
        verdict,
        forgotten=[str(entry) for entry in forgettable if any(each.startswith(str(entry)) for each in lost)],
        misled=sorted(misled - {*verdict.refused_but_applied, *verdict.phantom_conflicts}),
    )


def _as_unknown(entry: Entry, excused: set[str]) -> Entry:
    if entry.nonce not in excused:
        return entry
    return replace(entry, outcome="unknown", error=None, conflicts=(), holder=None)

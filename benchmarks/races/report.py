"""What came of each race: its figures, and its promises with what broke them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.figures import lay_out, tell_broken
from benchmarks.outcomes import Outcome
from benchmarks.races.appends import Appends
from benchmarks.races.bank import ACCOUNTS, OPENING, Trading
from benchmarks.races.history import Anomaly
from benchmarks.races.kills import Killed
from benchmarks.storm.worker import SINGLE

Figures = list[tuple[str, object]]


@dataclass(frozen=True, slots=True)
class Report:
    """A race to be told.

    Attributes:
        figures: What happened.
        promises: What must not happen, and where it did.
    """

    figures: Figures
    promises: Sequence[tuple[str, Sequence[str]]]

    @property
    def broken(self) -> list[str]:
        """Each promise that was broken, with examples."""
        return tell_broken(*self.promises)

    def table(self, seconds: float) -> str:
        """Lay everything out as a table."""
        counted = [(name, len(found)) for name, found in self.promises]
        return lay_out([*self.figures, *counted, ("seconds", round(seconds))])


def report_appends(done: Appends) -> Report:
    found: dict[Anomaly, list[str]] = {anomaly: [] for anomaly in Anomaly}
    for finding in done.findings:
        found[finding.anomaly].append(finding.shown_by)
    return Report(
        [
            ("transactions", len(done.transactions)),
            *_outcomes(transaction.outcome for transaction in done.transactions),
            ("faults", done.faults.total()),
        ],
        list(found.items()),
    )


def report_bank(done: Trading) -> Report:
    total = OPENING * len(ACCOUNTS)
    return Report(
        [
            ("transfers", len(done.transfers)),
            *_outcomes(transfer.outcome for transfer in done.transfers),
            ("faults", done.faults.total()),
            ("audits", len(done.audits)),
            *_outcomes(audit.outcome for audit in done.audits),
            ("wrong sums whose commit was refused", sum(x != total for each in done.audits for x in each.refused)),
        ],
        [
            ("wrong sums that were committed", done.verdict.torn_audits),
            ("acknowledged transfers lost", done.verdict.lost),
            ("accounts that don't match their payments", done.verdict.torn),
            ("refused, but applied", done.verdict.refused_but_applied),
            ("phantom conflicts", done.verdict.phantom_conflicts),
        ],
    )


def report_kills(done: Killed) -> Report:
    entries = [note.entry for note in done.notes]
    judgement, verdict = done.judgement, done.judgement.verdict
    acknowledged = Counter(entry.kind in SINGLE for entry in entries if entry.outcome == "acknowledged")
    return Report(
        [
            ("times the server was killed", len(done.outages)),
            ("writers killed", done.writers),
            ("  in the middle of a commit", done.cut_short),
            ("commits", len(entries)),
            *_outcomes(entry.outcome for entry in entries),
            ("acknowledged single writes", acknowledged[True]),
            ("acknowledged transactions", acknowledged[False]),
            ("  that the server forgot when it was killed", len(judgement.forgotten)),
            ("refusals that follow from that", len(judgement.misled)),
        ],
        [
            ("acknowledged writes lost", verdict.lost),
            ("applied in part", verdict.torn),
            ("rows that don't fit together", done.misfits),
            ("applied twice", verdict.twice),
            ("refused, but applied", verdict.refused_but_applied),
            ("phantom conflicts", verdict.phantom_conflicts),
        ],
    )


def _outcomes(outcomes: Iterable[Outcome]) -> Figures:
    counted = Counter(outcomes)
    return [(f"  {outcome}", counted[outcome]) for outcome in ("acknowledged", "refused", "unknown")]

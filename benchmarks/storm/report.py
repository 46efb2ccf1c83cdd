"""A storm in figures."""

from collections import Counter

from benchmarks.figures import lay_out, tell_broken
from benchmarks.storm.run import Report

UNKNOWN_AT_MOST = 0.015
"""The share of the faulted commits whose outcome may stay unknown to the commit itself."""


def unknown_share(report: Report) -> float:
    faulted = sum(bool(entry.met) for entry in report.entries)
    return sum(entry.was_unknown for entry in report.entries) / max(1, faulted)


def broken(report: Report, unknown_at_most: float = UNKNOWN_AT_MOST) -> list[str]:
    """Tell each promise that was broken, with examples."""
    verdict = report.verdict
    told = tell_broken(
        ("acknowledged writes lost", verdict.lost),
        ("applied twice", verdict.twice),
        ("refused, but applied", verdict.refused_but_applied),
        ("phantom conflicts", verdict.phantom_conflicts),
        ("applied in part", verdict.torn),
    )
    share = unknown_share(report)
    if share > unknown_at_most:
        told.append(f"BROKEN: unknown: {share:.2%} of the faulted commits, at most {unknown_at_most:.1%}")
    return told


def table_of(report: Report) -> str:
    """Lay a storm out as a table."""
    entries, verdict = report.entries, report.verdict
    refused = Counter(str(entry.error) for entry in entries if entry.outcome == "refused")
    unknown = [entry for entry in entries if entry.was_unknown]
    kinds = Counter(entry.kind for entry in unknown)
    figures: list[tuple[str, object]] = [
        ("commits", len(entries)),
        ("processes", report.processes),
        ("faults", report.faults.total()),
        *((f"  {fault}", times) for fault, times in sorted(report.faults.items(), key=lambda pair: str(pair[0]))),
        ("commits that met a fault", sum(bool(entry.met) for entry in entries)),
        ("acknowledged", sum(entry.outcome == "acknowledged" for entry in entries)),
        ("refused", refused.total()),
        *((f"  {error}", times) for error, times in sorted(refused.items())),
        ("acknowledged writes lost", len(verdict.lost)),
        ("applied twice", len(verdict.twice)),
        ("applied in part", len(verdict.torn)),
        ("refused, but applied", len(verdict.refused_but_applied)),
        ("phantom conflicts", len(verdict.phantom_conflicts)),
        ("unknown", f"{len(unknown)} ({unknown_share(report):.2%} of those that met a fault)"),
        *((f"  {kind}", times) for kind, times in sorted(kinds.items())),
        ("  settled by resend()", sum(entry.outcome != "unknown" for entry in unknown)),
        ("seconds", round(report.seconds)),
    ]
    return lay_out(figures)

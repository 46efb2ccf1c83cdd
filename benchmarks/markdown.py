"""Figures as Markdown tables."""

from collections.abc import Iterable, Sequence

DASH = "–"  # noqa: RUF001 - as the tables of the docs have it


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay rows out; all columns but the first are aligned to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *rows)) + "\n"


def number(value: float | None) -> str:
    """Show three digits that count, a dash for what there is not."""
    if value is None:
        return DASH
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:.2f}"


def ratio(value: float | None) -> str:
    """Show a ratio as the goals are written: .25, 1.07."""
    return DASH if value is None else f"{value:.2f}".removeprefix("0")


def verdict(value: float | None, goal: float, *, at_most: bool) -> str:
    """Tell whether a figure reaches its goal, and by which factor it misses it."""
    if value is None:
        return DASH
    reached = value <= goal if at_most else value >= goal
    missed_by = value / goal if at_most else goal / value
    return "reached" if reached else f"missed by {missed_by:.2f}x"

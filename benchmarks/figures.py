"""How a run is told: its figures in a table, and each promise that it broke."""

from collections.abc import Sequence

SHOWN = 5
"""So many examples of a broken promise are told."""


def lay_out(figures: Sequence[tuple[str, object]]) -> str:
    """Lay figures out as a table, one a line."""
    width = max(len(name) for name, _ in figures) + 2
    return "\n".join(f"{name:{width}}{value!s:>12}" for name, value in figures)


def tell_broken(*promises: tuple[str, Sequence[object]]) -> list[str]:
    """Tell each promise that was broken, with examples.

    Args:
        *promises: What each is called, and what broke it.
    """
    return [f"BROKEN: {name}: {len(found)}: {'; '.join(map(str, found[:SHOWN]))}" for name, found in promises if found]

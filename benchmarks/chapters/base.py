"""What a chapter is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Options:
    """How thoroughly is measured.

    Attributes:
        rounds: How often each measurement is taken.
        full: Whether what takes long is measured too.
    """

    rounds: int = 7
    full: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """What a chapter tells.

    Attributes:
        text: Its tables, as Markdown.
        raw: All figures behind them, for JSON.
        plots: Drawings by the name of their file.
        most_rounds: It takes so many rounds at most; None where it takes as many as are asked for.
    """

    text: str
    raw: Mapping[str, Any]
    plots: Mapping[str, str] = field(default_factory=dict)
    most_rounds: int | None = None

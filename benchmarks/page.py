"""The page of figures: prose written by hand, and between markers what the chapters tell."""

import json
import os
import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.chapters.base import Chapter

DOCS: Final = Path(__file__).parents[1] / "docs"
RESULTS: Final = Path(__file__).parent / "results"


class MarkerMissingError(ValueError):
    """The page has no place for a chapter."""


def placed(page: str, chapter: str, text: str) -> str:
    """Return the page with a chapter's text in its place.

    Raises:
        MarkerMissingError: It has none.
    """
    begin, end = f"<!-- begin {chapter} -->", f"<!-- end {chapter} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(page):
        raise MarkerMissingError(f"the page has no {begin} … {end}")
    return pattern.sub(lambda _: f"{begin}\n{text.strip()}\n{end}", page)


def circumstances(rounds: int) -> str:
    """Tell of what the figures are."""
    taken = "1 round" if rounds == 1 else f"{rounds} rounds"
    libraries = ", ".join(f"{name} {version(name)}" for name in ("boto3", "pydantic"))
    return f"*Python {platform.python_version()}, {libraries}, {os.cpu_count()} CPUs, {taken}.*"


def write(name: str, chapter: Chapter, rounds: int, docs: Path = DOCS, results: Path = RESULTS) -> None:
    """Put a chapter into the page, its plots beside it, and its figures into a file."""
    page = docs / "performance.md"
    taken = min(rounds, chapter.most_rounds or rounds)
    page.write_text(placed(page.read_text(), name, f"{circumstances(taken)}\n\n{chapter.text}"))
    plots = docs / "plots"
    plots.mkdir(exist_ok=True)
    for file, plot in chapter.plots.items():
        (plots / file).write_text(plot)
    results.mkdir(exist_ok=True)
    (results / f"{name}.json").write_text(json.dumps(chapter.raw, indent=1) + "\n")

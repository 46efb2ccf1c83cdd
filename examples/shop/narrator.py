"""Prints the story, and sees to it that it is true."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from examples.shop.history import Revision

WIDTH = 100

E = TypeVar("E", bound=Exception)


class UntrueStoryError(Exception):
    """The shop is not as the story has it."""


class Narrator:
    def __init__(self) -> None:
        self._chapters = 0
        self.facts = 0
        self.refusals = Counter[str]()

    def chapter(self, title: str) -> None:
        self._chapters += 1
        heading = f"{self._chapters}. {title}"
        print(f"\n{heading}\n{'-' * len(heading)}")

    def say(self, text: str) -> None:
        print(textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="  "))

    def fact(self, claim: str, found: object, *, expected: object) -> None:
        """Print a claim about what was found, if it is what the story expects.

        Raises:
            UntrueStoryError: It is not.
        """
        told = claim.format(found)
        if found != expected:
            raise UntrueStoryError(f"{told} (expected: {expected!r})")
        self.facts += 1
        print(f"  [ok] {told}")

    @contextmanager
    def refused(self, kind: type[E]) -> Iterator[list[E]]:
        """Print the error that the block must end with; it is the one element of the list, afterwards.

        Raises:
            UntrueStoryError: There was none.
        """
        errors: list[E] = []
        try:
            yield errors
        except kind as error:
            errors.append(error)
        if not errors:
            raise UntrueStoryError(f"no {kind.__name__} was raised")
        self.refusals[kind.__name__] += 1
        self.say(f"refused: {kind.__name__}: {errors[0]}")

    def table(self, rows: Iterable[Sequence[object]]) -> None:
        cells = [[str(cell) for cell in row] for row in rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for row in cells:
            print("    " + "  ".join(map(str.ljust, row, widths)).rstrip())

    def timeline(self, revisions: Iterable[Revision]) -> None:
        rows = [("version", "at", "what happened")]
        for revision in revisions:
            first, *others = _told(revision)
            at = "" if revision.at is None else f"{revision.at:%H:%M}"
            rows += [(str(revision.version), at, first), *(("", "", other) for other in others)]
        self.table(rows)


def _told(revision: Revision) -> list[str]:
    if revision.order is None:
        return ["deleted"]
    if revision.version > 1:
        return list(map(str, revision.changes)) or ["brought back as it was"]
    lines = ", ".join(f"{line.quantity} x {line.sku}" for line in revision.order.lines)
    return [f"placed: {lines}, {revision.order.total:.2f} in all"]

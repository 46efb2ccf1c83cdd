"""Progress bars, with the rate and an estimate; none where nobody looks."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from sst_repo.cli.session import Session


class _Rate(ProgressColumn):
    """How many things a second, as counted by the task's field `done`."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        """Show it, once it can be told."""
        done: int = task.fields.get("done", 0)
        seconds = task.elapsed or 0
        return Text(f"{done / seconds:,.0f} {self._unit}/s" if done and seconds else "", style="dim")


class Meter:
    """How far something has got.

    Attributes:
        done: How many things are done in this run.
    """

    def __init__(self, show: Callable[[float, int], object]) -> None:
        self._show = show
        self.done = 0

    def tell(self, place: float, done: int) -> None:
        """Say how far it has got.

        Args:
            place: In what the total is in.
            done: How many things are done in this run.
        """
        self.done = done
        self._show(place, done)


@contextmanager
def meter(session: Session, total: int | None, unit: str, *, begin: int = 0) -> Generator[Meter]:
    """Show a progress bar on the terminal, if there is one.

    Args:
        session: Whose.
        total: Where it ends; None if that is not known.
        unit: What is counted.
        begin: Where it begins.
    """
    if not session.err.is_terminal:
        yield Meter(_show_nothing)
        return
    columns: list[ProgressColumn] = [
        SpinnerColumn(),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[done]:,} {task.fields[unit]}"),
        _Rate(unit),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    ]
    with Progress(*columns, console=session.err) as progress:
        task = progress.add_task("", total=total, completed=begin, done=0, unit=unit)

        def show(place: float, done: int) -> None:
            progress.update(task, completed=place, done=done)

        yield Meter(show)


def _show_nothing(place: float, done: int) -> None:
    """Leave it at that: nobody looks."""

"""A clock that stands still unless told otherwise: tests that depend on time neither wait nor flicker."""

import threading
from datetime import UTC, datetime, timedelta

from sst_repo.ports import Clock

START = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
"""Where a manual clock begins unless told otherwise: long before any real one."""


class ManualClock(Clock):
    """A clock whose time passes by `sleep`, by `advance`, and by a tick each time it is asked.

    The tick gives every write an instant of its own, so that listings by last update have a definite order.

    Args:
        start: The first instant it tells.
        tick: How much time passes whenever it is asked; `timedelta(0)` for none.

    Attributes:
        sleeps: The seconds of each `sleep`, in order.
    """

    def __init__(self, start: datetime = START, *, tick: timedelta = timedelta(milliseconds=1)) -> None:
        """Stand at the start."""
        self._time = start
        self._tick = tick
        self._lock = threading.Lock()
        self.sleeps: list[float] = []

    @property
    def time(self) -> datetime:
        """What `now` will tell next; looking at it lets no time pass."""
        return self._time

    def now(self) -> datetime:
        """Tell the time, and tick."""
        with self._lock:
            told = self._time
            self._time += self._tick
        return told

    def sleep(self, seconds: float) -> None:
        """Let the seconds pass at once."""
        with self._lock:
            self.sleeps.append(seconds)
            self._time += timedelta(seconds=seconds)

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        with self._lock:
            self._time += by

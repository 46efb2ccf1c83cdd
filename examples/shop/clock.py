"""The demo's clock, so that its story is the same every time. A shop in earnest keeps the machine's."""

from datetime import UTC, datetime, timedelta

from sst_repo import Clock


class WorkingDay(Clock):
    """Every look at it is a minute later than the one before. Nobody sleeps by it."""

    def __init__(self) -> None:
        self._time = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self._time += timedelta(minutes=1)
        return self._time

    def sleep(self, seconds: float) -> None:
        """Let no time pass: how long a retry waits is a matter of chance."""

"""Where the times and ids come from that writes are stamped with."""

from abc import ABC, abstractmethod
from datetime import datetime


class Clock(ABC):
    """Tells the time and lets it pass. Inject another to test what depends on time."""

    @abstractmethod
    def now(self) -> datetime:
        """Return the present time, aware."""

    @abstractmethod
    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""


class IdFactory(ABC):
    """Makes the ids of commits. Inject another to make them foreseeable."""

    @abstractmethod
    def new_id(self) -> str:
        """Return an id never returned before, of 1 to 36 characters: a commit with any other is a `ValueError`."""

"""Requests that arrive behind later ones."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Held(Generic[T]):
    request: T
    overtaken_by: int


class Late(Generic[T]):
    """Holds requests back until others have overtaken them. Counted by requests, so that it is the same in every run.

    Args:
        overtaken_by: How many requests pass before one that was held is delivered.
        deliver: Delivers a request; nobody waits for the answer.
    """

    def __init__(self, overtaken_by: int, deliver: Callable[[T], object]) -> None:
        if overtaken_by < 0:
            raise ValueError(f"no request is overtaken by {overtaken_by} others; use 0 or more")
        self._overtaken_by = overtaken_by
        self._deliver = deliver
        self._held: list[_Held[T]] = []
        self._lock = threading.Lock()

    def hold(self, request: T) -> None:
        """Hold a request back."""
        with self._lock:
            self._held.append(_Held(request, self._overtaken_by))

    @contextmanager
    def passing(self) -> Generator[None, None, None]:
        """Let a request pass: deliver what is due before it, and what it was the last to overtake behind it."""
        self._release(self._due(lambda held: held.overtaken_by == 0))
        with self._lock:
            overtaken = list(self._held)
        try:
            yield
        finally:
            with self._lock:
                for held in overtaken:
                    held.overtaken_by -= 1
            self._release(self._due(lambda held: held in overtaken and held.overtaken_by <= 0))

    def deliver_all(self) -> None:
        """Deliver all that is held."""
        self._release(self._due(lambda _: True))

    def _due(self, is_due: Callable[[_Held[T]], bool]) -> list[_Held[T]]:
        with self._lock:
            due = [held for held in self._held if is_due(held)]
            self._held = [held for held in self._held if held not in due]
        return due

    def _release(self, due: list[_Held[T]]) -> None:
        for held in due:
            self._deliver(held.request)

"""Identifiers: ULIDs, in order within a process."""

import secrets
import threading
import time

import ulid

from sst_repo.ports import IdFactory

_RANDOM_BITS = 80
_STEP_BITS = 40


class UlidFactory(IdFactory):
    """Makes ULIDs, each greater than the one before, whatever threads and the clock do.

    Within one millisecond, or when the clock steps back, the last id is raised by a random step: not by one, so that
    two processes forked from this one do not go on with the same ids.
    """

    def __init__(self) -> None:
        """Start with no id made."""
        self._lock = threading.Lock()
        self._last = 0

    def new_id(self) -> str:
        """Return a new ULID: 26 characters of Crockford's Base32."""
        with self._lock:
            fresh = (time.time_ns() // 1_000_000 << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
            if fresh >> _RANDOM_BITS <= self._last >> _RANDOM_BITS:
                fresh = self._last + 1 + secrets.randbits(_STEP_BITS)
            self._last = fresh
        return str(ulid.from_int(fresh))


ULIDS = UlidFactory()
"""The process's own factory."""

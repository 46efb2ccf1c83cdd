"""Reading all that a judgement rests on while others write: again, until two readings in a row are equal.

A write of a resource changes its latest row, so equal readings show what was there at one moment in between.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from sst_repo.core import checking, layout
from sst_repo.core.checking import Known, Rows
from sst_repo.core.records import Key, Record
from sst_repo.reader import history_of
from sst_repo.tables.base import Table

R = TypeVar("R")

_ATTEMPTS: Final = 6


class UnsettledError(Exception):
    """It is written too often: no two readings were equal."""


@dataclass(frozen=True, slots=True)
class Readings:
    """Reads what belongs together; all reads are consistent.

    Attributes:
        table: What is read.
        known: The classes that were given, by type name.
    """

    table: Table
    known: Mapping[str, Known]

    def read(self, keys: Iterable[Key]) -> Mapping[Key, Record]:
        """Return the rows that exist, by at most one batch; no call for no keys."""
        keys = list(keys)
        return self.table.read_many(keys) if keys else {}

    def history(self, latest: Record) -> tuple[Record, ...]:
        """Return the history of a resource; none if its type is known to keep no versions."""
        known = self.known.get(layout.type_and_id(latest.key.pk)[0])
        return history_of(self.table, latest.key.pk) if known is None or known.keeps_versions else ()

    def rows(self, key: Key) -> Rows | None:
        """Return all rows of a resource, settled; None if it is gone.

        Raises:
            UnsettledError: It is written too often.
        """
        return _settled(lambda: self._rows(key))

    def orphans(self, key: Key) -> tuple[Record | None, tuple[Record, ...]]:
        """Return the latest row under a key, and the history beside it whatever its type, settled.

        Raises:
            UnsettledError: They are written too often.
        """
        return _settled(lambda: (self.table.read(key), history_of(self.table, key.pk)))

    def guard(self, key: Key) -> tuple[Record | None, Record | None]:
        """Return a guard row and the latest row of the holder it names, settled.

        Raises:
            UnsettledError: They are written too often.
        """
        return _settled(lambda: self._guard_and_holder(key))

    def _rows(self, key: Key) -> Rows | None:
        latest = self.table.read(key)
        if latest is None:
            return None
        known = self.known.get(layout.type_and_id(key.pk)[0])
        guards = self.read(checking.guards_of(latest, known))
        return Rows(latest, self.history(latest), guards)

    def _guard_and_holder(self, key: Key) -> tuple[Record | None, Record | None]:
        guard = self.table.read(key)
        holder = None if guard is None else checking.holder_key(guard)
        return guard, None if holder is None else self.table.read(holder)


def _settled(read: Callable[[], R]) -> R:
    before = read()
    for _ in range(_ATTEMPTS):
        after = read()
        if after == before:
            return after
        before = after
    raise UnsettledError

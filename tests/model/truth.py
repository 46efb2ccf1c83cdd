"""The model: what is stored, in plain Python, by the documented rules; it knows nothing of how the library does it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sst_repo import Conflict, NotFoundError
from tests.model.resources import CONSTRAINED, KEEPING, Content, Told

Key: TypeAlias = tuple[Any, str]
"""A kind and an id."""


@dataclass(frozen=True, eq=False)
class Written:
    """One version; there are no two equal ones, also after an id was purged and added again."""

    version: int
    content: Content | None
    created: datetime
    updated: datetime


@dataclass(frozen=True)
class Change:
    """What a commit does to one resource, or insists on."""

    key: Key
    act: Literal["create", "update", "remove", "hold"]
    base: Written | None
    content: Content | None = None
    looked: bool = False

    @property
    def is_creation(self) -> bool:
        return self.act == "create" and not is_alive(self.base)

    @property
    def code_before(self) -> str | None:
        return code_of(self.key, self.base)

    @property
    def code_after(self) -> str | None:
        if self.act == "hold":
            return self.code_before
        return None if self.content is None or self.key[0] not in CONSTRAINED else self.content["code"]


def is_alive(written: Written | None) -> bool:
    return written is not None and written.content is not None


def code_of(key: Key, written: Written | None) -> str | None:
    if key[0] not in CONSTRAINED or written is None or written.content is None:
        return None
    code: str | None = written.content["code"]
    return code


def visible(written: Written | None) -> int | None:
    return written.version if written is not None and is_alive(written) else None


def told(key: Key, written: Written | None) -> Told | None:
    if written is None or written.content is None:
        return None
    return (key[1], written.version, written.created, written.updated, written.content)


def conflict(key: Key, expected: int | None, actual: int | None) -> Conflict:
    return Conflict(key[0].__name__, key[1], expected, actual)


@dataclass
class Truth:
    """All that is stored: the versions of each resource, oldest first; only the latest where none are kept."""

    rows: dict[Key, list[Written]] = field(default_factory=dict)

    def latest(self, key: Key) -> Written | None:
        return self.rows[key][-1] if key in self.rows else None

    def told(self, key: Key) -> Told | None:
        return told(key, self.latest(key))

    def living(self, kind: Any) -> Iterator[tuple[Key, Written]]:
        for key, versions in self.rows.items():
            if key[0] is kind and is_alive(versions[-1]):
                yield key, versions[-1]

    def holder(self, kind: Any, code: str) -> str | None:
        return next((key[1] for key, written in self.living(kind) if code_of(key, written) == code), None)

    def listed(self, kind: Any) -> list[tuple[datetime, str]]:
        """Places in the listing, oldest first."""
        return sorted((written.updated, key[1]) for key, written in self.living(kind))

    def version(self, key: Key, number: int) -> Written:
        for written in self.rows.get(key, ()):
            if written.version == number and is_alive(written):
                return written
        raise NotFoundError(key[0].__name__, key[1], number)

    def versions(self, key: Key) -> list[Told]:
        if key not in self.rows:
            raise NotFoundError(key[0].__name__, key[1])
        return [each for written in reversed(self.rows[key]) if (each := told(key, written)) is not None]

    def apply(self, changes: Iterable[Change], now: datetime) -> None:
        for change in changes:
            if change.act != "hold":
                self._write(change, now)

    def purge(self, key: Key) -> None:
        self.rows.pop(key, None)

    def _write(self, change: Change, now: datetime) -> None:
        before = self.rows.get(change.key, [])
        keeps = change.key[0] in KEEPING
        if change.act == "remove" and not keeps:
            del self.rows[change.key]
            return
        version, created = (before[-1].version + 1, before[-1].created) if before else (1, now)
        written = Written(version, None if change.content is None else dict(change.content), created, now)
        self.rows[change.key] = [*(before if keeps else ()), written]

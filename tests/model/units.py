"""The model: what a unit of work has read, and what it is to write."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sst_repo import AlreadyExistsError
from tests.model.refusals import Value
from tests.model.resources import Content
from tests.model.truth import Change, Key, Truth, Written


@dataclass
class Known:
    """What a unit knows of one resource."""

    base: Written | None
    content: Content | None
    read: bool = False
    added: bool = False
    restored: bool = False
    guarded: bool = False


@dataclass
class ModelUnit:
    """A unit of work."""

    truth: Truth
    is_serializable: bool
    known: dict[Key, Known] = field(default_factory=dict)
    unheld: dict[Value, bool] = field(default_factory=dict)

    def find(self, key: Key) -> Known:
        if key not in self.known:
            latest = self.truth.latest(key)
            content = None if latest is None or latest.content is None else dict(latest.content)
            self.known[key] = Known(latest, content, read=True)
        return self.known[key]

    def find_by(self, kind: Any, code: str) -> str | None:
        for key, known in self.known.items():
            if key[0] is kind and known.content is not None and known.content["code"] == code:
                return key[1]
        holder = None if (kind, code) in self.unheld else self.truth.holder(kind, code)
        if holder is not None and (kind, holder) not in self.known:
            self.find((kind, holder))
            return holder
        self.unheld.setdefault((kind, code), holder is None)
        return None

    def add(self, key: Key, content: Content) -> None:
        known = self.known.setdefault(key, Known(None, None))
        if known.content is not None:
            version = None if known.added or known.base is None else known.base.version
            raise AlreadyExistsError(key[0].__name__, key[1], version)
        known.content, known.added = dict(content), True

    def delete(self, key: Key) -> None:
        self.known[key].content, self.known[key].added = None, False

    def restore(self, key: Key, number: int) -> Content:
        old = self.truth.version(key, number)
        known = self.find(key)
        known.content, known.restored = dict(old.content or {}), True
        return known.content

    @property
    def changes(self) -> list[Change]:
        return list(self._changes())

    @property
    def lookups(self) -> dict[Value, bool]:
        return {value: free and self.is_serializable for value, free in self.unheld.items()}

    @property
    def reads(self) -> list[tuple[Key, Written | None]]:
        """What the unit has read of the table, what was not there included."""
        return [(key, known.base) for key, known in self.known.items() if known.read]

    def _changes(self) -> Iterator[Change]:
        for key, known in self.known.items():
            base, content = known.base, known.content
            before = None if base is None else base.content
            if content is not None and (known.added or base is None):
                yield Change(key, "create", base, content, looked=known.read)
            elif content is not None and (known.restored or content != before):
                yield Change(key, "update", base, content)
            elif content is None and before is not None:
                yield Change(key, "remove", base)
            elif known.guarded or (self.is_serializable and known.read):
                yield Change(key, "hold", base)

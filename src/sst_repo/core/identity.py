"""The identity map: what a unit of work has read or been given, one entry a resource."""

from collections.abc import Iterator
from dataclasses import dataclass

from sst_repo.core.policy import Target
from sst_repo.core.records import Key, Record
from sst_repo.errors import AlreadyExistsError, Conflict, ConflictError, NotFoundError


@dataclass(slots=True)
class Tracked:
    """One resource in a unit.

    Attributes:
        target: Which it is.
        base: The row that was read; None for nothing, also where nothing was read.
        resource: The object that stands for it; None if there is none (any more).
        read: Whether the table was looked at.
        added: Whether the object is there because it was added.
        guarded: Whether it must be as it was read, even if it is not changed.
    """

    target: Target
    base: Record | None
    resource: object | None
    read: bool = False
    added: bool = False
    guarded: bool = False

    @property
    def version(self) -> int:
        """The version the object has; 0 before it is stored."""
        return 0 if self.base is None or self.added else self.base.version or 0


class IdentityMap:
    """Every resource a unit knows, in the order it learned of them."""

    def __init__(self) -> None:
        """Know nothing."""
        self._tracked: dict[Key, Tracked] = {}

    def __iter__(self) -> Iterator[Tracked]:
        """Go through what is known."""
        return iter(self._tracked.values())

    def get(self, target: Target) -> Tracked | None:
        """Return what is known of a resource; None if nothing is."""
        return self._tracked.get(target.key)

    def learn(self, target: Target, base: Record | None, resource: object | None, *, read: bool) -> Tracked:
        """Take in a resource that was read, or given with its image; None for one that is not there."""
        tracked = self._tracked[target.key] = Tracked(target, base, resource, read=read)
        return tracked

    def add(self, target: Target, resource: object) -> None:
        """Take in a new resource.

        Raises:
            AlreadyExistsError: The unit knows one under that id.
        """
        tracked = self._tracked.setdefault(target.key, Tracked(target, None, None))
        if tracked.resource is not None:
            raise AlreadyExistsError(target.type, target.id, tracked.version or None)
        tracked.resource = resource
        tracked.added = True

    def replace(self, tracked: Tracked, resource: object, version: int) -> None:
        """Let another object stand for a known resource.

        Raises:
            ConflictError: It does not start from the version that is known.
        """
        self._insist(tracked, version)
        tracked.resource = resource

    def remove(self, tracked: Tracked, version: int) -> None:
        """Let a known resource be gone.

        Raises:
            NotFoundError: It is gone already.
            ConflictError: It does not start from the version that is known.
        """
        if tracked.resource is None:
            raise NotFoundError(tracked.target.type, tracked.target.id, hint="it is deleted in this unit of work")
        self._insist(tracked, version)
        tracked.resource = None
        tracked.added = False

    @staticmethod
    def _insist(tracked: Tracked, version: int) -> None:
        known = None if tracked.resource is None else tracked.version
        if version != known:
            target = tracked.target
            raise ConflictError([Conflict(target.type, target.id, expected=version, actual=known)])

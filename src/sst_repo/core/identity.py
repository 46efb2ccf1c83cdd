"""The identity map: what a unit of work has read or been given, one entry a resource."""

from collections.abc import Iterator
from dataclasses import dataclass

from sst_repo.core import policy
from sst_repo.core.intents import Claim, Lookup, Target
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
        restored: Whether it was given the content of an old version.
        guarded: Whether it must be as it was read, even if it is not changed.
    """

    target: Target
    base: Record | None
    resource: object | None
    read: bool = False
    added: bool = False
    restored: bool = False
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
        self._unheld: dict[Claim, bool] = {}

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

    def looked_up(self, claim: Claim) -> bool:
        """Tell whether a unique value was looked up in the table, and nobody was found to hold it."""
        return claim in self._unheld

    def note(self, claim: Claim, *, free: bool) -> None:
        """Take note that nobody was found to hold a unique value; `free` if nobody at all does."""
        self._unheld[claim] = free

    def lookups(self, *, held: bool) -> list[Lookup]:
        """Return the unique values that nobody was found to hold; with `held`, what was free must still be."""
        return [Lookup(claim, held and free) for claim, free in self._unheld.items()]

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

    def replace(self, tracked: Tracked, resource: object, version: int, image: Record | None) -> None:
        """Let another object stand for a known resource.

        Raises:
            NotFoundError, ConflictError: As for `check`.
        """
        self.check(tracked, resource, version, image)
        tracked.resource = resource

    def remove(self, tracked: Tracked, resource: object, version: int, image: Record | None) -> None:
        """Let a known resource be gone.

        Raises:
            NotFoundError: It is gone already; else as for `check`.
            ConflictError: As for `check`.
        """
        if tracked.resource is None:
            raise NotFoundError(tracked.target.type, tracked.target.id, hint="this unit of work has none")
        self.check(tracked, resource, version, image)
        tracked.resource = None
        tracked.added = False

    @staticmethod
    def check(tracked: Tracked, resource: object, version: int, image: Record | None) -> None:
        """Make sure that an object starts from what is known of its resource.

        Args:
            tracked: What is known.
            resource: The object.
            version: Its version.
            image: The row it remembers; None if it was built by hand.

        Raises:
            NotFoundError: It was never stored.
            ConflictError: It starts from another version, or from one of a former life.
        """
        if tracked.resource is resource:
            return
        target = tracked.target
        if version == 0 and not tracked.added:
            raise NotFoundError(target.type, target.id, hint=policy.NEVER_STORED)
        known = None if tracked.resource is None else tracked.version
        base = tracked.base
        # The version alone would let a stale copy win after a delete and re-create.
        same_life = image is None or base is None or image.write_id == base.write_id
        if version != known or not same_life:
            raise ConflictError([Conflict(target.type, target.id, expected=version, actual=known)])

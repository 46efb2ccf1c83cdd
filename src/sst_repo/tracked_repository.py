"""The repositories of a unit of work: they read from the table and keep changes to themselves."""

from collections.abc import Callable, Iterable
from typing import NoReturn, TypeVar, cast

from sst_repo.core.identity import IdentityMap, Tracked
from sst_repo.core.intents import Claim, Target
from sst_repo.core.policy import is_alive
from sst_repo.core.records import Attributes, Record
from sst_repo.errors import NotFoundError, UnitOfWorkStateError, UnstorableValueError
from sst_repo.lookup import look_up
from sst_repo.mapping.schema import Schema
from sst_repo.reader import Reader, load_each
from sst_repo.reading_repository import ReadingRepository
from sst_repo.resource import SYSTEM_FIELDS, Resource

T = TypeVar("T", bound=Resource)


class TrackedRepository(ReadingRepository[T]):
    """The resources of one type, as a unit of work sees and changes them.

    Args:
        reader: Reads the resources.
        identity: What the unit knows.
        check: Raises `UnitOfWorkStateError` if the unit can't be used.
    """

    def __init__(self, reader: Reader[T], identity: IdentityMap, check: Callable[[], None]) -> None:
        """Make no call."""
        super().__init__(reader)
        self._map = identity
        self._check_unit = check

    @property
    def schema(self) -> Schema[T]:
        """The mapping of the type."""
        return self._schema

    def add(self, resource: T) -> T:
        """Have a new resource stored by the commit."""
        self._check()
        self._map.add(self.schema.target(resource.resource_id), resource)
        return resource

    def find(self, resource_id: str, *, consistent: bool = True) -> T | None:
        """Return the resource, or None where `get` raises `NotFoundError`."""
        self._check()
        target = self._reader.find_target(resource_id)
        if target is None:
            return None
        tracked = self._map.get(target)
        return self._object(tracked or self._learn(target, self._reader.latest(target, consistent=consistent)))

    def find_by(self, field: str | tuple[str, ...], value: object) -> T | None:
        """Return the resource that has a unique value as the unit sees it, or None where `get_by` raises."""
        self._check()
        claim = self.schema.claim_on(field, value)
        mine = next((tracked for tracked in self._map if self._has(tracked, claim)), None)
        if mine is not None:
            return self._object(mine)
        if self._map.looked_up(claim):
            return None
        # A holder that the unit knows has another value here, or is deleted; else it would have been found above.
        found = look_up(self._reader, claim, is_known=lambda target: self._map.get(target) is not None)
        if found.row is None:
            self._map.note(claim, free=found.is_free)
            return None
        return self._handed_out(self.schema.load(found.row))

    def exists(self, resource_id: str, *, consistent: bool = True) -> bool:
        """Tell whether `get` would find something; it is read, and tracked, for that."""
        return self.find(resource_id, consistent=consistent) is not None

    def get_many(self, resource_ids: Iterable[str], *, consistent: bool = True) -> dict[str, T]:
        """Return those that exist, by id; only those that the unit does not know yet are read."""
        self._check()
        targets = [target for target in map(self._reader.find_target, dict.fromkeys(resource_ids)) if target]
        unknown = [target for target in targets if self._map.get(target) is None]
        rows = self._reader.latest_many(unknown, consistent=consistent) if unknown else {}
        by_id = {target.id: target for target in targets}

        def load(resource_id: str, row: Record | None) -> T | None:
            target = by_id[resource_id]
            return self._object(self._map.get(target) or self._learn(target, row))

        return load_each({target.id: rows.get(target.id) for target in targets}, load)

    def save(self, resource: T) -> T:
        """Have a resource stored that came from elsewhere. What the unit handed out itself needs no save."""
        self._check()
        self.track(resource)
        return resource

    def delete(self, resource: T) -> None:
        """Have the resource deleted by the commit."""
        self._check()
        tracked = self._known(resource)
        if tracked is None:
            target = self.schema.target(resource.resource_id)
            tracked = self._map.learn(target, self._reader.base(resource, removing=True), resource, read=False)
        self._map.remove(tracked, resource, resource.version, self.schema.base(resource))

    def restore(self, resource_id: str, version: int) -> T:
        """Give the resource the content of an old version; the commit stores it."""
        self._check()
        target = self._reader.target(resource_id, version)
        latest, row = self._reader.version(target, version)
        old = self.schema.load(row)
        tracked = self._map.get(target) or self._learn(target, latest)
        tracked.restored = True
        if tracked.resource is None:
            tracked.resource = old
            return old
        resource = cast("T", tracked.resource)
        _take_over(resource, old)
        return resource

    def purge(self, resource_id: str) -> None:
        """Refuse: erasing takes several calls, so that it can't be part of a unit.

        Raises:
            UnitOfWorkStateError: Always.
        """
        self._check()
        raise UnitOfWorkStateError(
            f"purge of {self.schema.type_name} {resource_id!r} can't be part of a unit of work; "
            "use a repository that stands alone",
        )

    def add_many(self, *_: object, **__: object) -> NoReturn:
        """Refuse: a unit has one commit, and what it can't hold would show only then.

        Raises:
            UnitOfWorkStateError: Always.
        """
        self._check()
        raise UnitOfWorkStateError(
            f"add_many makes a commit of each {self.schema.type_name}, so that it can't be part of a unit of work; "
            "use a repository that stands alone, or add() each",
        )

    def scan(self, **_: object) -> NoReturn:
        """Refuse: a unit keeps all that it reads, and a scan reads without bound.

        Raises:
            UnitOfWorkStateError: Always.
        """
        self._check()
        raise UnitOfWorkStateError(
            f"a scan of {self.schema.type_name} can't be part of a unit of work, which would keep all that it reads; "
            "use a repository that stands alone, and a unit for each resource or a few",
        )

    def track(self, resource: T) -> Tracked:
        """Make a resource from elsewhere part of the unit, or find it there.

        Raises:
            NotFoundError: It was never stored, or is gone.
            ConflictError: The unit, or the table, knows another version of it.
        """
        tracked = self._known(resource)
        if tracked is None:
            target = self.schema.target(resource.resource_id)
            return self._map.learn(target, self._reader.base(resource), resource, read=False)
        if tracked.resource is not resource:
            self._map.replace(tracked, resource, resource.version, self.schema.base(resource))
        return tracked

    def guard(self, resource: T) -> None:
        """Insist on a resource; one from elsewhere becomes part of the unit, but never stands for one that is.

        Raises:
            NotFoundError: It is deleted in this unit, or was never stored.
            ConflictError: The unit, or the table, knows another version of it.
        """
        tracked = self._known(resource)
        if tracked is None:
            tracked = self.track(resource)
        elif tracked.resource is None and is_alive(tracked.base):
            raise NotFoundError(tracked.target.type, tracked.target.id, hint="it is deleted in this unit of work")
        else:
            self._map.check(tracked, resource, resource.version, self.schema.base(resource))
        tracked.guarded = True

    def content(self, tracked: Tracked) -> Attributes:
        """Return what is to be stored of a tracked resource that is not deleted."""
        content, _ = self._reader.content(cast("T", tracked.resource), tracked.base)
        return content

    def _known(self, resource: T) -> Tracked | None:
        return self._map.get(self.schema.target(resource.resource_id))

    def _has(self, tracked: Tracked, claim: Claim) -> bool:
        if tracked.resource is None or tracked.target.type != claim.type:
            return False
        try:
            return claim in self.schema.claims(cast("T", tracked.resource))
        except UnstorableValueError:
            # What can't be stored as it is holds nothing; the commit will say so.
            return False

    def _learn(self, target: Target, row: Record | None) -> Tracked:
        return self._map.learn(target, row, self._reader.load(row), read=True)

    def _check(self) -> None:
        self._check_unit()

    def _listed(self, row: Record) -> T | None:
        resource = self.schema.load_living(row)
        tracked = None if resource is None else self._known(resource)
        return resource if tracked is None else self._object(tracked)

    def _handed_out(self, resource: T) -> T:
        if self._known(resource) is None:
            target = self.schema.target(resource.resource_id)
            self._map.learn(target, self.schema.base(resource), resource, read=True)
        return resource

    @staticmethod
    def _object(tracked: Tracked) -> T | None:
        return cast("T | None", tracked.resource)


def _take_over(resource: Resource, old: Resource) -> None:
    """Give a resource the domain's part of another one, in a frozen model too."""
    fields = {name: value for name, value in old.__dict__.items() if name not in SYSTEM_FIELDS}
    vars(resource).update(fields)
    resource.__pydantic_fields_set__.update(fields)
    object.__setattr__(resource, "__pydantic_extra__", old.__pydantic_extra__)

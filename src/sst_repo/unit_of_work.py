"""The unit of work: what a service reads and changes together, committed in one call."""

import inspect
import random
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import partial
from types import TracebackType
from typing import Any, ClassVar, Literal, Self, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

from sst_repo.clock import SYSTEM_CLOCK
from sst_repo.commit import Committer
from sst_repo.consumption import Consumed
from sst_repo.core import policy
from sst_repo.core.identity import IdentityMap, Tracked
from sst_repo.core.intents import Create, Intent, Update
from sst_repo.core.policy import Commit
from sst_repo.core.retry import Backoff
from sst_repo.errors import ConflictError, ContentionError, ModelError, UnitOfWorkStateError
from sst_repo.ids import ULIDS
from sst_repo.mapping.schema import Schema, schema_of
from sst_repo.metered import MeteredTable
from sst_repo.ports import Clock, IdFactory, Repository
from sst_repo.reader import Reader
from sst_repo.resource import Resource
from sst_repo.tables.base import Table
from sst_repo.tracked_repository import TrackedRepository

R = TypeVar("R")

Isolation: TypeAlias = Literal["optimistic", "serializable"]


class _State(Enum):
    NEW = "it has not been entered: use it in a `with` block"
    ACTIVE = "it is active"
    COMMITTED = "it is committed; begin another one"
    ENDED = "its `with` block has ended; begin another one"
    FAILED = "its commit did not succeed; begin another one"


class UnitOfWork:
    """Reads and changes that succeed or fail together.

    Derive from it and annotate the repositories it has:

    ```python
    class ShopUnitOfWork(UnitOfWork):
        orders: Repository[Order]
        customers: Repository[Customer]

    with ShopUnitOfWork(table) as uow:
        order = uow.orders.get(order_id)
        order.status = "paid"
        uow.commit()
    ```

    Within a unit an id is always the same object, and a changed object needs no `save`. Nothing is written before
    `commit()`, which makes one write call: a conditional put or delete for one change without history, else one
    TransactWriteItems. A unit is used once, in one `with` block, by one thread. Listings show what is stored, not
    what the unit is about to write.

    Args:
        table: Where everything lives.
        isolation: "optimistic": what is written must still be as it was read. "serializable": so must everything
            that was read, what was not there included; each such resource is one of the 100 actions of a commit.
        clock: Stamps what is written.
        ids: Makes the id of the commit.
    """

    _own_models: ClassVar[dict[str, type[Resource]] | None] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Find the annotated repositories."""
        super().__init_subclass__(**kwargs)
        try:
            cls._own_models = _own_models(cls, _scope_of_definition())
        except NameError:
            # A class that is defined further down: look again when the first unit is made.
            cls._own_models = None

    def __init__(
        self,
        table: Table,
        *,
        isolation: Isolation = "optimistic",
        clock: Clock = SYSTEM_CLOCK,
        ids: IdFactory = ULIDS,
    ) -> None:
        """Make no call."""
        if isolation not in get_args(Isolation):
            raise ValueError(f"isolation is one of {get_args(Isolation)}, not {isolation!r}")
        self._state = _State.NEW
        self._thread = threading.get_ident()
        self._serializable = isolation == "serializable"
        self._table = MeteredTable(table)
        self._committer = Committer(self._table, clock, ids)
        self._map = IdentityMap()
        self._repositories: dict[str, TrackedRepository[Any]] = {}
        for name, model in self._models().items():
            schema = schema_of(model)
            other = self._repositories.get(schema.type_name)
            if other is not None and other.schema is not schema:
                raise ModelError(
                    f"{type(self).__qualname__} has two classes that are stored as {schema.type_name!r}; "
                    "give one of them another type_name",
                )
            repository = TrackedRepository(Reader(schema, self._table), self._map, self._check)
            self._repositories[schema.type_name] = repository
            setattr(self, name, repository)

    def __enter__(self) -> Self:
        """Begin."""
        self._check(_State.NEW)
        self._state = _State.ACTIVE
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End. What was not committed is not written."""
        if self._state is _State.ACTIVE:
            self._state = _State.ENDED

    @property
    def is_committed(self) -> bool:
        """Whether the commit has succeeded."""
        return self._state is _State.COMMITTED

    @property
    def consumed(self) -> Consumed:
        """What the unit's calls have consumed so far, its commit and every time that it was sent included.

        In memory by DynamoDB's published rules; on DynamoDB as it says. A write that is refused is charged, which
        DynamoDB does not tell: it is counted by the rules.
        """
        return self._table.totals.consumed

    def guard(self, resource: Resource) -> None:
        """Have the commit fail unless this resource is still as it was read, even if it is not changed.

        A resource from elsewhere becomes part of the unit by this, as by `save`.

        Raises:
            NotFoundError: It is deleted in this unit, or was never stored.
            ConflictError: The unit knows another version of it.
        """
        self._check()
        self._repository_of(resource).guard(resource)

    def commit(self) -> None:
        """Write everything, all or nothing, in one call; none if there is nothing to write or to insist on.

        On success the objects are up to date and the unit is done. On failure the objects are as they were, and the
        unit is done too: begin another one, from the latest state.

        Raises:
            ConflictError: Something was not as it was read; that a unique value was free (`find_by`) included.
            AlreadyExistsError: The id of an added resource is taken.
            UniqueViolationError: Another resource has a value that must be unique.
            NotFoundError: What was to be deleted is gone already.
            TransactionTooLargeError, ItemTooLargeError: Refused before any call.
            UnstorableValueError: Refused before any call.
            ContentionError: The table stayed too busy.
            CommitOutcomeUnknownError: The answers were lost. The objects are as they were until its `resend()` has
                told; it may commit the unit.
        """
        self._check()
        # Whatever goes wrong from here on, the unit can't be used again.
        self._state = _State.FAILED
        planned = [(tracked, intent) for tracked in self._map if (intent := self._intent(tracked)) is not None]
        lookups = self._map.lookups(held=self._serializable)
        if planned or any(lookup.held for lookup in lookups):
            wanted = [tracked for tracked, _ in planned]
            self._committer.commit([intent for _, intent in planned], lookups, then=partial(self._settle, wanted))
        else:
            self._state = _State.COMMITTED

    @classmethod
    def run(
        cls,
        table: Table,
        work: Callable[[Self], R],
        *,
        attempts: int = 5,
        isolation: Isolation = "optimistic",
        clock: Clock = SYSTEM_CLOCK,
        ids: IdFactory = ULIDS,
        chance: Callable[[], float] = random.random,
    ) -> R:
        """Do some work in a unit and commit it; on a conflict, do it again in a fresh one.

        Args:
            table: Where everything lives.
            work: Is given the unit; reads, changes, and returns a result. It may commit itself. It may be called
                several times, so it should change nothing outside the unit.
            attempts: How often to try in all.
            isolation: As for the unit.
            clock: Stamps what is written, and waits between the attempts.
            ids: Makes the ids of commits.
            chance: Makes the waits random, from 0 to 1 (full jitter).

        Returns:
            What the work returned, in the attempt that was committed.

        Raises:
            ConflictError, ContentionError: So did the last attempt.
            SstRepoError: As for `commit`; anything but a conflict is raised at once, an unknown outcome above all.
        """
        backoff = Backoff(attempts)
        failures = 0
        while True:
            unit = cls(table, isolation=isolation, clock=clock, ids=ids)
            try:
                with unit:
                    result = work(unit)
                    if not unit.is_committed:
                        unit.commit()
                    return result
            except (ConflictError, ContentionError):
                failures += 1
                # A conflict that the work met after its own commit is none of the unit's.
                wait = None if unit.is_committed else backoff.wait(failures, chance())
                if wait is None:
                    raise
                clock.sleep(wait)

    def _settle(self, wanted: Sequence[Tracked], commit: Commit) -> None:
        for tracked, step in zip(wanted, commit.steps, strict=True):
            if tracked.resource is not None:
                self._schema(tracked).settle(tracked.resource, step.stored)
        self._state = _State.COMMITTED

    def _intent(self, tracked: Tracked) -> Intent | None:
        repository = self._repositories[tracked.target.type]
        content = None if tracked.resource is None else repository.content(tracked)
        held = tracked.guarded or (self._serializable and tracked.read)
        intent = policy.intent(
            tracked.target,
            tracked.base,
            content,
            added=tracked.added,
            restored=tracked.restored,
            looked=tracked.read,
            held=held,
            derive=None if content is None else repository.schema.derive(tracked.resource),
        )
        if isinstance(intent, Create | Update):
            repository.schema.prove(tracked.resource, intent.content)
        return intent

    def _schema(self, tracked: Tracked) -> Schema[Any]:
        return self._repositories[tracked.target.type].schema

    def _repository_of(self, resource: Resource) -> TrackedRepository[Any]:
        repository = self._repositories.get(type(resource).__type_name__)
        if repository is None:
            raise UnitOfWorkStateError(f"{type(self).__name__} has no repository of {type(resource).__name__}")
        return repository

    def _check(self, expected: _State = _State.ACTIVE) -> None:
        if self._thread != threading.get_ident():
            raise UnitOfWorkStateError(f"{type(self).__name__} belongs to the thread that made it; use one per thread")
        if self._state is not expected:
            raise UnitOfWorkStateError(f"{type(self).__name__} can't be used: {self._state.value}")

    @classmethod
    def _models(cls) -> dict[str, type[Resource]]:
        models: dict[str, type[Resource]] = {}
        for base in reversed(cls.__mro__):
            if issubclass(base, UnitOfWork):
                models |= base._own_models_at_last()  # noqa: SLF001 - of the same hierarchy
        return models

    @classmethod
    def _own_models_at_last(cls) -> dict[str, type[Resource]]:
        if cls._own_models is None:
            try:
                cls._own_models = _own_models(cls, {})
            except NameError as error:
                raise ModelError(f"{cls.__qualname__}: an annotation names something unknown: {error}") from error
        return cls._own_models


def _own_models(cls: type, scope: Mapping[str, object]) -> dict[str, type[Resource]]:
    """Read the annotations of a class and of its bases that are no units; those that are have read theirs."""
    hints: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if base is cls or not issubclass(base, UnitOfWork):
            own = {"__annotations__": inspect.get_annotations(base), "__module__": base.__module__}
            hints |= get_type_hints(type(base.__name__, (), own), localns=scope)
    return {name: get_args(hint)[0] for name, hint in hints.items() if get_origin(hint) is Repository}


def _scope_of_definition() -> Mapping[str, object]:
    """Return the names where a class is being defined: its annotations may name local classes, as pydantic's may."""
    frame = sys._getframe(2)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    # Metaclasses such as ABCMeta, and subclasses with a hook of their own, stand in between.
    while frame.f_back is not None and frame.f_code.co_name in {"__new__", "__init_subclass__"}:
        frame = frame.f_back
    return frame.f_locals

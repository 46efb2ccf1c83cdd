"""Writes what the source has as resources of sst_repo, version by version, at the times they were written then."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from examples.migrate_simplesingletable.source import History, OldResource, OldT, Source
from sst_repo import Clock, NotFoundError, Repository, Resource, SstRepoError, Table, TableRepository
from sst_repo.clock import SYSTEM_CLOCK

NewT = TypeVar("NewT", bound=Resource)


def content_of(was: OldResource, *, leaving_out: Collection[str] = ()) -> dict[str, Any]:
    """Return the id and the fields of an old resource, to make a new one of."""
    return was.model_dump(exclude={"version", "created_at", "updated_at", *leaving_out})


@dataclass(frozen=True)
class Move(Generic[OldT, NewT]):
    """Which class becomes which, and how."""

    old: type[OldT]
    new: type[NewT]
    convert: Callable[[OldT], NewT]


@dataclass
class Report:
    """What a run has done. The lists name resources as "type id".

    Attributes:
        complete: How many resources are in the new table as they are in the old one.
        written: How many versions this run has written; none if there was nothing left to do.
        shortened: Those of which the old table has no longer all versions, so that the new table's begin at 1 again.
        differing: Those that were left alone, since the new table has something else: they were written there, or
            changed in the old table after they were moved.
        failed: Those that could not be moved (wholly), each with the reason.
        others: How many partitions the old table has of types that were not to be moved.
    """

    complete: int = 0
    written: int = 0
    shortened: list[str] = field(default_factory=list[str])
    differing: list[str] = field(default_factory=list[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])
    others: Counter[str] = field(default_factory=Counter[str])

    @property
    def ok(self) -> bool:
        return not self.differing and not self.failed

    def __str__(self) -> str:
        lines = [f"{self.complete} resources are moved; {self.written} versions were written in this run"]
        lines += [f"  shortened: {name}" for name in self.shortened]
        lines += [f"  differing, left alone: {name}" for name in self.differing]
        lines += [f"  failed: {name}: {reason}" for name, reason in self.failed.items()]
        lines += [f"  not to be moved: {number} of {kind}" for kind, number in self.others.items()]
        return "\n".join(lines)


def migrate(source: Source, table: Table, moves: Iterable[Move[Any, Any]], *, replace: bool = False) -> Report:
    """Move all resources of some classes. A run that was interrupted, or has to be done again, does no harm.

    Args:
        source: The old table. It is only read.
        table: The new table.
        moves: The classes.
        replace: Whether what differs and has no history is to be made what the old table has; only as long as nobody
            else writes to the new one.

    Cost: A scan of the old table and a query for each resource; in the new table a read for each resource and a write
    for each version.
    """
    classes = {move.old: move for move in moves}
    inventory = source.inventory(classes)
    report = Report(others=inventory.others)
    for old, resource_ids in inventory.ids.items():
        mover = Mover(classes[old], table, report, replace=replace)
        for resource_id in resource_ids:
            mover.move(source, resource_id)
    return report


@dataclass(frozen=True)
class Step(Generic[NewT]):
    """A version to be: what it holds, and when it was written. None is a deletion."""

    content: NewT | None
    at: datetime


class WrittenThen(Clock):
    """Tells the time at which what is being written was written in the old table."""

    def __init__(self) -> None:
        self.time: datetime | None = None

    def now(self) -> datetime:
        if self.time is None:
            raise RuntimeError("nothing is being written")
        return self.time

    def sleep(self, seconds: float) -> None:
        SYSTEM_CLOCK.sleep(seconds)


class Mover(Generic[OldT, NewT]):
    def __init__(self, move: Move[OldT, NewT], table: Table, report: Report, *, replace: bool) -> None:
        self._move = move
        self._clock = WrittenThen()
        self._repository: Repository[NewT] = TableRepository(move.new, table, clock=self._clock)
        self._report = report
        self._replace = replace

    def move(self, source: Source, resource_id: str) -> None:
        name = f"{self._move.new.__name__} {resource_id}"
        try:
            history = source.history(self._move.old, resource_id)
            if not history.versions:
                return
            steps = self._steps(history)
            if not self._bring_up_to(steps, resource_id):
                self._report.differing.append(name)
                return
        except (SstRepoError, ValidationError) as error:
            self._report.failed[name] = str(error)
            return
        self._report.complete += 1
        if history.first_version > 1:
            self._report.shortened.append(name)

    def _steps(self, history: History[OldT]) -> list[Step[NewT]]:
        """Return the versions to be, oldest first.

        The first is written at the time of creation, which all later ones inherit. Where the only one is of another
        time it is written once more, at that.
        """
        first, latest = history.versions[0], history.versions[-1]
        times = [first.created_at, *(was.updated_at for was in history.versions[1:])]
        steps = [Step(self._move.convert(was), at) for was, at in zip(history.versions, times, strict=True)]
        if times[-1] != latest.updated_at:
            steps.append(Step(self._move.convert(latest), latest.updated_at))
        if history.deleted:
            steps.append(Step(None, latest.updated_at))
        return steps

    def _bring_up_to(self, steps: list[Step[NewT]], resource_id: str) -> bool:
        """Write the versions that are not there yet; return False if those that are there are others."""
        stored, done = self._stored(resource_id)
        if done > len(steps) or (done and not self._is(stored, steps[done - 1])):
            if not (self._replace and stored is not None and not stored.__keeps_versions__):
                return False
            self._write(steps[-1], stored, resource_id)
            return True
        for step in steps[done:]:
            stored = self._write(step, stored, resource_id)
        return True

    def _stored(self, resource_id: str) -> tuple[NewT | None, int]:
        """Return what is stored, and how many versions there are of it; a deletion is one."""
        stored = self._repository.find(resource_id)
        if stored is not None:
            return stored, stored.version
        try:
            (latest,) = self._repository.versions(resource_id, limit=1)
        except NotFoundError:
            return None, 0
        return None, latest.version + 1

    def _is(self, stored: NewT | None, step: Step[NewT]) -> bool:
        if stored is None or step.content is None:
            return stored is step.content
        return stored.updated_at == step.at and _same(stored, step.content)

    def _write(self, step: Step[NewT], stored: NewT | None, resource_id: str) -> NewT | None:
        self._clock.time = step.at
        written = self._written(step, stored, resource_id)
        self._report.written += 1
        return written

    def _written(self, step: Step[NewT], stored: NewT | None, resource_id: str) -> NewT | None:
        if step.content is None:
            if stored is not None:
                self._repository.delete(stored)
            return None
        if stored is None:
            return self._repository.add(step.content)
        if _same(stored, step.content):
            # `save` writes nothing if nothing changed. That the old table has a version of it is to be kept.
            return self._repository.restore(resource_id, stored.version)
        for name in _own_fields(step.content):
            setattr(stored, name, getattr(step.content, name))
        return self._repository.save(stored)


def _own_fields(resource: Resource) -> list[str]:
    return [name for name in type(resource).model_fields if name not in Resource.model_fields]


def _same(one: Resource, other: Resource) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _own_fields(one))

"""Carrying out `add_many`: each resource is a commit of its own, several under way at once."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from sst_repo.additions import AddProgress, AddReport, FailedAdd
from sst_repo.errors import AlreadyExistsError, InvalidQueryError, SstRepoError, TableError
from sst_repo.parallel import side_by_side
from sst_repo.resource import Resource

T = TypeVar("T", bound=Resource)
R = TypeVar("R")


def add_each(
    add: Callable[[T], object],
    resources: Iterable[T],
    workers: int,
    progress: Callable[[AddProgress], object] | None,
) -> AddReport[T]:
    """Add resources side by side, and tell what became of each.

    Args:
        add: Adds one; called by several threads.
        resources: What is added; gone through in the caller's thread, as far as others are done.
        workers: How many are under way at once.
        progress: Is told after each one, in the caller's thread.

    Raises:
        InvalidQueryError: There are no workers.
    """
    if workers < 1:
        raise InvalidQueryError(f"add_many takes 1 worker or more, not {workers}")
    broken: list[TableError] = []

    def attempt(numbered: tuple[int, T]) -> SstRepoError | None:
        # A table that fails by itself fails for all: nobody waits for as many time-outs as there are resources.
        if broken:
            return broken[0]
        try:
            add(numbered[1])
        except SstRepoError as error:
            if isinstance(error, TableError):
                broken.append(error)
            return error
        return None

    added: dict[int, T] = {}
    existing: dict[int, T] = {}
    failed: dict[int, FailedAdd[T]] = {}
    for (number, resource), error in side_by_side(attempt, enumerate(resources), workers):
        match error:
            case None:
                added[number] = resource
            case AlreadyExistsError():
                existing[number] = resource
            case _:
                failed[number] = FailedAdd(resource, error)
        if progress is not None:
            progress(AddProgress(len(added), len(existing), len(failed)))
    return AddReport(_in_order(added), _in_order(existing), _in_order(failed))


def _in_order(numbered: Mapping[int, R]) -> tuple[R, ...]:
    return tuple(numbered[number] for number in sorted(numbered))

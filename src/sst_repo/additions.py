"""What `add_many` tells: how far it has got, and what became of each resource."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from sst_repo.errors import SstRepoError
    from sst_repo.resource import Resource

T = TypeVar("T", bound="Resource")


@dataclass(frozen=True, slots=True)
class AddProgress:
    """How far `add_many` has got.

    Attributes:
        added: How many resources are stored.
        existing: How many have an id that was taken.
        failed: How many could not be added for another reason.
    """

    added: int
    existing: int
    failed: int

    @property
    def done(self) -> int:
        """How many resources it is through with."""
        return self.added + self.existing + self.failed


@dataclass(frozen=True, slots=True)
class FailedAdd(Generic[T]):
    """A resource that could not be added.

    Attributes:
        resource: It, as it was.
        error: What `add` would have raised; a `CommitOutcomeUnknownError` can be resent.
    """

    resource: T
    error: "SstRepoError"


@dataclass(frozen=True, slots=True)
class AddReport(Generic[T]):
    """What became of the resources given to `add_many`; each is in one of these, in the order they were given.

    Attributes:
        added: The objects given, now at version 1 (a later one under the id of a deleted versioned resource).
        existing: Those whose id is taken, as they were. What is stored under it was not touched, nor looked at.
        failed: The others, each with its error.
    """

    added: tuple[T, ...]
    existing: tuple[T, ...]
    failed: tuple[FailedAdd[T], ...]

    @property
    def is_complete(self) -> bool:
        """Whether all resources are stored: none failed, and none under an id that was taken before."""
        return not self.existing and not self.failed

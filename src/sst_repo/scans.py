"""`ScanRun`: what a scan of all resources of a type is handed out in."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

if TYPE_CHECKING:
    from sst_repo.errors import CorruptRecordError

ItemT_co = TypeVar("ItemT_co", covariant=True)

DEFAULT_SEGMENTS = 4
"""Into how many segments a scan parts the table unless told otherwise."""


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far a scan has got, after one of its reads.

    Attributes:
        segments: How many segments there are.
        finished: How many of them are finished, those of earlier runs included.
        scanned: How many rows this run has read, of whatever type or version.
        matched: How many resources it has handed out.
        consumed: How many read capacity units that took.
    """

    segments: int
    finished: int
    scanned: int
    matched: int
    consumed: float


class ScanRun(Iterator[ItemT_co]):
    """A scan under way: an iterator of resources, in no promised order.

    It reads as it goes; what it reads ahead is bounded. It ends by itself when it is through, or fails; who stops
    before closes it, best by a `with` block. It belongs to one thread at a time.

    ```python
    with orders.scan(segments=8, cursor=load_checkpoint()) as run:
        for order in run:
            work_on(order)
            save_checkpoint(run.cursor)
    ```
    """

    @property
    @abstractmethod
    def cursor(self) -> str | None:
        """Where to go on, exactly after the last resource that was handed out; None once all is through.

        Give it to the same scan (type, number of segments, filters), in another process if you like. It is also
        there after an error.
        """

    @property
    @abstractmethod
    def skipped(self) -> "tuple[CorruptRecordError, ...]":
        """The stored rows this run came across that can't be read, as errors that name them."""

    @property
    @abstractmethod
    def scanned(self) -> int:
        """How many rows this run has read, of whatever type or version; what was read ahead is not counted yet."""

    @property
    @abstractmethod
    def consumed(self) -> float:
        """How many read capacity units that took."""

    @abstractmethod
    def close(self) -> None:
        """Stop: wait until reads that are under way have ended, and leave no thread behind. Harmless if repeated."""

    def __enter__(self) -> Self:
        """Close it at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

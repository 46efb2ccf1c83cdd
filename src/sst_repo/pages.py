"""`Page`: what a listing is handed out in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar, overload

if TYPE_CHECKING:
    from sst_repo.errors import CorruptRecordError
    from sst_repo.resource import Resource

ItemT = TypeVar("ItemT")
ItemT_co = TypeVar("ItemT_co", covariant=True)
ResourceT = TypeVar("ResourceT", bound="Resource")

DEFAULT_LIMIT = 20
"""How many resources a page holds unless told otherwise."""

DEFAULT_READS = 10
"""How many reads a filtered page may take unless told otherwise."""


class Page(Sequence[ItemT_co]):
    """One page of a listing: a sequence of what matched, and where to go on.

    Attributes:
        cursor: Give it to the same call to get the next page; None on the last page.
        previous: Give it to the same call as its cursor to get the page before, in the same order; None on the first
            page. What was before may be gone by then.
        skipped: The stored rows among these that can't be read, as errors that name them.
        scanned: How many rows were read for the page, those that were filtered out included.
        consumed: How many read capacity units that took.
    """

    __slots__ = ("_items", "consumed", "cursor", "previous", "scanned", "skipped")

    def __init__(
        self,
        items: Iterable[ItemT_co],
        cursor: str | None = None,
        skipped: Iterable["CorruptRecordError"] = (),
        scanned: int = 0,
        consumed: float = 0.0,
        previous: str | None = None,
    ) -> None:
        """Hold the items of the page."""
        self._items = tuple(items)
        self.cursor = cursor
        self.previous = previous
        self.skipped = tuple(skipped)
        self.scanned = scanned
        self.consumed = consumed

    @property
    def has_more(self) -> bool:
        """Whether there is a next page; exact, so that the next page is not empty (but see `reads` of `list`)."""
        return self.cursor is not None

    def __len__(self) -> int:
        """Count the items of this page."""
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> ItemT_co: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ItemT_co, ...]: ...
    def __getitem__(self, index: int | slice) -> "ItemT_co | tuple[ItemT_co, ...]":
        """Return an item, or several as a tuple."""
        return self._items[index]

    def map(self, change: Callable[[ItemT_co], ItemT]) -> "Page[ItemT]":
        """Return the same page with each item changed."""
        items = map(change, self._items)
        return Page(items, self.cursor, self.skipped, self.scanned, self.consumed, self.previous)

    def __repr__(self) -> str:
        """Show the items and whether there are more."""
        return f"Page({list(self._items)!r}, has_more={self.has_more})"


class CollectionPage(Page["Resource"]):
    """A page of an item collection: resources of several classes, each class together, in the order of its sort key.

    ```python
    page = table.collection("customer", "c1")
    page[Order]                     # the orders on the page, as a tuple
    for model, group in page.groups.items(): ...
    ```
    """

    __slots__ = ()

    @classmethod
    def of(cls, page: "Page[Resource]") -> "CollectionPage":
        """Return a page of resources as one of a collection."""
        return cls(page, page.cursor, page.skipped, page.scanned, page.consumed, page.previous)

    @property
    def groups(self) -> "Mapping[type[Resource], tuple[Resource, ...]]":
        """The resources by class, in the order in which the classes come."""
        groups: dict[type[Resource], list[Resource]] = {}
        for resource in self:
            groups.setdefault(type(resource), []).append(resource)
        return MappingProxyType({model: tuple(group) for model, group in groups.items()})

    @overload
    def __getitem__(self, index: int) -> "Resource": ...
    @overload
    def __getitem__(self, index: slice) -> "tuple[Resource, ...]": ...
    @overload
    def __getitem__(self, index: type[ResourceT]) -> tuple[ResourceT, ...]: ...
    def __getitem__(self, index: int | slice | type[ResourceT]) -> "Resource | tuple[Resource, ...]":
        """Return a resource, several as a tuple, or all of a class."""
        if isinstance(index, type):
            return tuple(resource for resource in self if isinstance(resource, index))
        return super().__getitem__(index)

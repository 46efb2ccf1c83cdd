"""What a commit is to do, resource by resource; `policy` decides what it becomes. Pure data."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sst_repo.core import layout
from sst_repo.core.records import Attributes, Key, Record


@dataclass(frozen=True, slots=True)
class Target:
    """The resource an intent is about.

    Attributes:
        type: The name of its type.
        id: Its id.
        keeps_versions: Whether its old versions are kept.
        shards: How many partitions its type is listed in.
    """

    type: str
    id: str
    keeps_versions: bool
    shards: int = 1

    @property
    def pk(self) -> str:
        """The pk of all its rows."""
        return layout.partition_key(self.type, self.id)

    @property
    def key(self) -> Key:
        """The key of its latest row."""
        return layout.latest_key(self.pk)

    @property
    def listing_partition(self) -> str:
        """The partition of the listing it is in."""
        return layout.listing_partition(self.type, self.id, self.shards)


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that no other resource of the type may have.

    Attributes:
        type: The type name.
        field: The unique field; those of several joined by commas.
        text: The key text of the value: equal values have equal texts.
        value: The value itself, for messages; of several fields, a tuple.
    """

    type: str
    field: str
    text: str
    value: object = dataclasses.field(compare=False)

    @property
    def guard(self) -> Key:
        """The key of the row that says who holds the value."""
        return layout.guard_key(self.type, self.field, self.text)


@dataclass(frozen=True, slots=True)
class Lookup:
    """A unique value that was looked up, and that nobody was found to hold.

    Attributes:
        claim: The value.
        held: Whether it must still be so at the commit, even if the commit does not take the value.
    """

    claim: Claim
    held: bool


@dataclass(frozen=True, slots=True)
class Derived:
    """What a write stores of a resource beside its content.

    Attributes:
        attributes: Its attributes in declared indexes.
        claims: Its unique values.
    """

    attributes: Attributes
    claims: tuple[Claim, ...] = ()


Derive: TypeAlias = Callable[[Attributes], Derived]
"""Derives what a write stores beside the content, given the system attributes that the write will stamp: whatever path
a write takes, it is derived anew."""


@dataclass(frozen=True, slots=True)
class Create:
    """Store what was not there.

    Attributes:
        target: The resource.
        content: What is stored of it.
        derive: Derives its index attributes and unique values; None if its type has none.
        over: The row that stood there: a tombstone, or what the same unit deleted.
        looked: Whether the writer had looked and found none. Then another one that is there by now is a conflict,
            which a rerun settles; else the id is taken, and that is that.
    """

    target: Target
    content: Attributes
    over: Record | None = None
    looked: bool = False
    derive: Derive | None = dataclasses.field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Update:
    """Store new content in place of `base`; a tombstone as base is brought back. `derive` as for `Create`."""

    target: Target
    content: Attributes
    base: Record
    derive: Derive | None = dataclasses.field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete what was loaded as `base`."""

    target: Target
    base: Record


@dataclass(frozen=True, slots=True)
class Hold:
    """Change nothing, but insist that what was read as `base` (None: nothing) is still so."""

    target: Target
    base: Record | None


@dataclass(frozen=True, slots=True)
class Erase:
    """Delete rows of the history; with `wholly` the latest row too, else it must stay what was read."""

    target: Target
    base: Record
    history: tuple[Record, ...]
    wholly: bool


Intent: TypeAlias = Create | Update | Remove | Hold | Erase

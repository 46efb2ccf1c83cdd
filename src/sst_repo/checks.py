"""What a check of a table tells: `CheckReport`, `Finding`, `FindingKind`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class FindingKind(Enum):
    """What can be wrong with the stored rows: what it means, and what mends it.

    "Mended" is what `check(..., repair=True)` does. All else needs somebody who knows what the data should be.
    """

    MALFORMED = "malformed"
    """The type, version, write id or times of a row are missing, or no such values. The resource can't be written, or
    not be read. Put the row back from a backup."""

    WRONG_TYPE = "wrong type"
    """A row says that it is of another type than its key. It can't be read. Put the row back from a backup."""

    UNREADABLE = "unreadable"
    """A row can't be read as its class, or an image in the history can't be unpacked; `get` or `get_version` says why.
    Change the class so that it can, or put the row back from a backup."""

    IMAGE_MISMATCH = "image mismatch"
    """A row of the history is not of the version in its key, its image tells otherwise than the row, or two versions
    have one write id. `get_version` gives the wrong one. Put the row back from a backup."""

    HISTORY_MISSING = "history missing"
    """Versions between the first and the latest have no row. They are lost; put them back from a backup."""

    HISTORY_BEYOND = "history beyond"
    """A row of the history has the latest version's number, or a higher one. The resource can't be written once it
    gets there. Delete the row, or put the right latest row back."""

    HISTORY_INDEXED = "history indexed"
    """A row of the history has attributes that only a latest row has: indexes may show an old version. Take the
    attributes away."""

    HISTORY_ORPHANED = "history orphaned"
    """There is a history, but no latest row, or a type that keeps no versions. It is never read, and is in the way of
    a resource of that id. Put the latest row back from a backup, or delete the rows."""

    PURGE_UNFINISHED = "purge unfinished"
    """Of a deleted resource the oldest versions are missing: a purge is under way, or was interrupted. `purge` it
    again."""

    INDEX_ATTRIBUTES = "index attributes"
    """The keys in the indexes are not those that follow from the resource: queries miss it, or find it where it is
    not. That is also so after the class has changed. Mended: it is saved, as its next version."""

    LISTING = "listing"
    """The keys in the listing are wrong: `list` misses the resource, or shows it in another place. Mended: it is
    saved, as its next version."""

    TOMBSTONE_INDEXED = "tombstone indexed"
    """A deleted resource is still in an index or in the listing, or holds unique values. Mended: it is deleted again,
    as its next version."""

    GUARD_LIST = "guard list"
    """What a row says of the unique values it holds does not follow from the resource. That is also so after the
    class has changed. Mended: it is saved, as its next version, unless another one has the value."""

    GUARD_MISSING = "guard missing"
    """A unique value has no guard row: a second resource could get it, and `get_by` does not find the first. Mended:
    the guard row is put, and the resource stays as it is."""

    GUARD_TAKEN = "guard taken"
    """The guard row of a unique value names another resource: two have the value. Give one of
    them another value. Mended only where the one that is named has not the value."""

    GUARD_ORPHANED = "guard orphaned"
    """A guard row names a resource that does not exist, or has not the value: nobody can get the value. Mended: the
    guard row is deleted, if the class of the holder is known or there is no holder."""

    GUARD_MALFORMED = "guard malformed"
    """A guard row does not say who holds the value, or which commit wrote it. Mended where it says who; else delete
    the row, and check again with `repair`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with a stored row.

    Attributes:
        kind: What.
        type: The type name.
        id: The id of the resource; of a guard row, its holder's, or "" where it names none.
        key: The row's `pk` and `sk`. That of a guard row has the unique value in it, so it is left out of the `repr`.
        message: What is wrong in words. It quotes no field.
        repaired: Whether it has been mended.
    """

    kind: FindingKind
    type: str
    id: str
    key: tuple[str, str] = field(repr=False)
    message: str
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check has found.

    Attributes:
        latest: How many latest rows of living resources there are.
        tombstones: How many of deleted ones.
        history: How many rows of the history.
        guards: How many guard rows of unique values.
        foreign: How many rows that are not the library's. They are left alone.
        foreign_keys: The `pk` and `sk` of the first 100 of them.
        unjudged: By type name, the latest rows of classes that were not given: only what needs no class was judged.
        findings: The first 1,000 findings, in no promised order.
        counts: How often each kind was found, beyond the first 1,000 too.
        repaired: How many findings were mended.
        unsettled: How many resources and guard rows seemed wrong, but were written too often to be sure. Check again.
        scanned: How many rows the walk read.
        consumed: How many read capacity units the walk took; reads of single rows and histories come on top.
    """

    latest: int
    tombstones: int
    history: int
    guards: int
    foreign: int
    foreign_keys: tuple[tuple[str, str], ...]
    unjudged: Mapping[str, int]
    findings: tuple[Finding, ...]
    counts: Mapping[FindingKind, int]
    repaired: int
    unsettled: int
    scanned: int
    consumed: float

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong, or nothing any more: all that was found is mended, and nothing is unsettled."""
        return sum(self.counts.values()) == self.repaired and not self.unsettled

"""The versions of an order, told as what changed in each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from examples.shop.domain import Order
from sst_repo import Resource

# The fields that are the shop's own: every resource has the others, and each write changes them.
FIELDS = [name for name in Order.model_fields if name not in Resource.model_fields]


@dataclass(frozen=True)
class Change:
    field: str
    before: object
    after: object

    def __str__(self) -> str:
        return f"{self.field}: {self.before!r} -> {self.after!r}"


@dataclass(frozen=True)
class Revision:
    """One version of an order. `order` is None where the version is a deletion."""

    version: int
    order: Order | None
    changes: tuple[Change, ...] = ()

    @property
    def at(self) -> datetime | None:
        return None if self.order is None else self.order.updated_at


def revisions(newest_first: Iterable[Order], *, deleted: bool) -> list[Revision]:
    """Tell the versions oldest first. A deletion counts as a version, but there is nothing to show for it."""
    versions = list(newest_first)[::-1]
    told = [Revision(order.version, order) for order in versions[:1]]
    for before, after in pairwise(versions):
        if after.version > before.version + 1:
            told.append(Revision(before.version + 1, None))
        told.append(Revision(after.version, after, changes(before, after)))
    if deleted and versions:
        told.append(Revision(versions[-1].version + 1, None))
    return told


def changes(before: Order, after: Order) -> tuple[Change, ...]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in FIELDS)
    return tuple(Change(name, old, new) for name, old, new in pairs if old != new)

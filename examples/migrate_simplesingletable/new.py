"""The models as they are to be, on sst_repo; and how those that were become these.

What was a `db_get_gsi…` method is an `Index`, or `Unique` where an index served to find the one that has a value.
"""

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, Field

from examples.migrate_simplesingletable import old
from examples.migrate_simplesingletable.migration import Move, content_of
from sst_repo import Index, Resource, Unique, VersionedResource


class Clause(BaseModel):
    heading: str
    text: str


class Author(Resource):
    name: str
    email: str
    stars: Decimal | None = None
    tags: set[str] = Field(default_factory=set)
    by_email = Unique("email")


class Contract(VersionedResource):
    title: str
    author_id: str
    fee: Decimal
    due_at: datetime
    clauses: list[Clause]
    scan: bytes | None = None
    by_author = Index(gsi=1, partition="author_id", sort="due_at")


class Minutes(VersionedResource):
    text: str


def author(was: old.Author) -> Author:
    """A field that has another name and type now."""
    stars = None if was.rating is None else Decimal(str(was.rating))
    return Author(**content_of(was, leaving_out={"rating"}), stars=stars)


def contract(was: old.Contract) -> Contract:
    return Contract(**content_of(was))


def minutes(was: old.Minutes) -> Minutes:
    return Minutes(**content_of(was))


MOVES = (Move(old.Author, Author, author), Move(old.Contract, Contract, contract), Move(old.Minutes, Minutes, minutes))

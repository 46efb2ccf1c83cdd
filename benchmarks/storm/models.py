"""What a storm writes: one resource of each kind, and a unit of all of them."""

from sst_repo import Repository, Resource, Unique, UnitOfWork, VersionedResource


class Note(Resource):
    """A plain resource."""

    entries: list[str]


class Journal(VersionedResource):
    """A resource of which every version is kept."""

    entries: list[str]


class Member(Resource):
    """A resource with a value that no other has."""

    entries: list[str]
    handle: str
    by_handle = Unique("handle")


class Storm(UnitOfWork):
    notes: Repository[Note]
    journals: Repository[Journal]
    members: Repository[Member]


def name_of(resource: Resource) -> str:
    """How the ledger calls a resource."""
    return f"{type(resource).__name__}/{resource.resource_id}"

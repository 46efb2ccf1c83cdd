"""The resources that the machine writes: each kind has other things to go wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from sst_repo import Index, Repository, Resource, Unique, UnitOfWork, VersionedResource
from sst_repo.ports import Clock


class Note(Resource):
    owner: str | None = None
    size: int = 0
    code: str | None = None


class Draft(VersionedResource):
    owner: str | None = None
    size: int = 0
    code: str | None = None


class Account(Resource):
    owner: str | None = None
    size: int = 0
    code: str | None = None
    by_owner = Index(gsi=1, partition="owner", sort="size", when=lambda account: account.size != 0)
    by_size = Index(gsi=2, partition="size", sort=("version", "updated_at"))
    by_code = Unique("code")


class Asset(VersionedResource):
    owner: str | None = None
    size: int = 0
    code: str | None = None
    by_owner = Index(gsi=1, partition="owner", sort="size", when=lambda asset: asset.size != 0)
    by_size = Index(gsi=2, partition="size", sort=("version", "updated_at"))
    by_code = Unique("code")


class Everything(UnitOfWork):
    notes: Repository[Note]
    drafts: Repository[Draft]
    accounts: Repository[Account]
    assets: Repository[Asset]

    def of(self, kind: Any) -> Repository[Any]:
        of: dict[Any, Repository[Any]] = {
            Note: self.notes,
            Draft: self.drafts,
            Account: self.accounts,
            Asset: self.assets,
        }
        return of[kind]


KINDS: tuple[Any, ...] = (Note, Draft, Account, Asset)
KEEPING: tuple[Any, ...] = (Draft, Asset)
CONSTRAINED: tuple[Any, ...] = (Account, Asset)
IDS = ("1", "2")
OWNERS = (None, "", "a", "b")
SIZES = (-10, 0, 2, 10)
CODES = (None, "", "x", "y")

Content: TypeAlias = dict[str, Any]
"""The domain's fields of a resource, by name."""

Told: TypeAlias = tuple[Any, ...]
"""All that a resource tells: id, version, both times, content."""


class ClientClock(Clock):
    """The clock of one client: it stands still but when the machine moves it, also backward."""

    def __init__(self, time: datetime) -> None:
        self.time = time

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        """Let no time pass, so that both tables are stamped alike however long a client waits."""


def clients() -> list[ClientClock]:
    """Three clients: the clock of one is an hour behind, that of another an hour ahead."""
    noon = datetime(2001, 2, 3, 12, tzinfo=UTC)
    return [ClientClock(noon + timedelta(hours=hours)) for hours in (0, -1, 1)]


def content_of(resource: Any) -> Content:
    return {"owner": resource.owner, "size": resource.size, "code": resource.code}


def told(resource: Any) -> Told | None:
    if resource is None:
        return None
    stamps = (resource.created_at, resource.updated_at)
    return (resource.resource_id, resource.version, *stamps, content_of(resource))

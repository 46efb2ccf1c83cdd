"""What the parts of `UniqueContract` share."""

from typing import Any, cast

import pytest

from sst_repo.mapping.schema import schema_of
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.resource import Resource, VersionedResource
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.wrappers import CountingTable
from sst_repo.uniques import Unique
from sst_repo.unit_of_work import UnitOfWork


class Member(Resource):
    """What both kinds of resource have in common: a unique value, and one that is made of two."""

    email: str | None = None
    room: str | None = None
    seat: int | None = None
    note: str = ""
    by_email = Unique("email")
    by_seat = Unique("room", "seat")


class PlainMember(Member):
    """A resource of which the latest version is stored."""


class KeptMember(Member, VersionedResource):
    """A resource of which every version is kept."""


class MemberUnitOfWork(UnitOfWork):
    """A unit with a repository of each kind."""

    plain: Repository[PlainMember]
    kept: Repository[KeptMember]


class MemberFixtures(Contract):
    """Members on the table: what asks for `model` or `members` runs with history and without."""

    @pytest.fixture
    def clock(self) -> ManualClock:
        """The clock of all units and repositories here."""
        return ManualClock()

    @pytest.fixture(params=[PlainMember, KeptMember], ids=["plain", "kept"])
    def model(self, request: pytest.FixtureRequest) -> type[Member]:
        """A class of which versions are kept, or are not."""
        model: type[Member] = request.param
        return model

    @pytest.fixture
    def counting(self, table: Table) -> CountingTable:
        """The table of the repository and the units under test, which counts."""
        return CountingTable(table)

    @pytest.fixture
    def members(self, counting: CountingTable, model: type[Member], clock: ManualClock) -> Repository[Member]:
        """The repository under test."""
        return TableRepository(model, counting, clock=clock)

    @pytest.fixture
    def somebody(self, table: Table, model: type[Member], clock: ManualClock) -> Repository[Member]:
        """Somebody else's repository of the same resources."""
        return TableRepository(model, table, clock=clock)

    @pytest.fixture
    def kept(self, table: Table, clock: ManualClock) -> Repository[KeptMember]:
        """Stored members of which versions are kept."""
        return TableRepository(KeptMember, table, clock=clock)

    @pytest.fixture
    def unit(self, counting: CountingTable, clock: ManualClock) -> MemberUnitOfWork:
        """A unit that has not been entered."""
        return MemberUnitOfWork(counting, clock=clock)

    @pytest.fixture
    def serializable(self, counting: CountingTable, clock: ManualClock) -> MemberUnitOfWork:
        """A unit that insists on all it has read; it has not been entered."""
        return MemberUnitOfWork(counting, isolation="serializable", clock=clock)


def of(unit: MemberUnitOfWork, model: type[Member]) -> Repository[Member]:
    """Return the unit's repository of a class."""
    return cast("Repository[Member]", unit.plain if model is PlainMember else unit.kept)


def holder(table: Table, model: type[Resource], value: Any, field: str | tuple[str, ...] = "email") -> str | None:  # noqa: ANN401 - of any type
    """Return the id that the guard row of a value names; None if there is none."""
    guard = table.read(schema_of(model).claim_on(field, value).guard)
    return None if guard is None else guard.holder

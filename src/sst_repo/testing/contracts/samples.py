"""What the contracts of repositories and of units of work begin with."""

import pytest

from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.contracts.models import Kept, Plain, Sample


class SampleFixtures(Contract):
    """Samples on the table: what asks for `model` runs with history and without."""

    @pytest.fixture
    def clock(self) -> ManualClock:
        """The clock of all units and repositories here."""
        return ManualClock()

    @pytest.fixture(params=[Plain, Kept], ids=["plain", "kept"])
    def model(self, request: pytest.FixtureRequest) -> type[Sample]:
        """A class of which versions are kept, or are not."""
        model: type[Sample] = request.param
        return model

    @pytest.fixture
    def plain(self, table: Table, clock: ManualClock) -> Repository[Plain]:
        """Stored resources of which versions are not kept."""
        return TableRepository(Plain, table, clock=clock)

    @pytest.fixture
    def kept(self, table: Table, clock: ManualClock) -> Repository[Kept]:
        """Stored resources of which versions are kept."""
        return TableRepository(Kept, table, clock=clock)

"""What the parts of `RepositoryContract` share."""

from collections.abc import Sequence

import pytest

from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.contracts.models import Kept, Plain, Sample


class RepositoryFixtures(Contract):
    """Repositories on the table: what asks for `model` or `repository` runs with history and without."""

    @pytest.fixture
    def clock(self) -> ManualClock:
        """The clock of all repositories here."""
        return ManualClock()

    @pytest.fixture(params=[Plain, Kept], ids=["plain", "kept"])
    def model(self, request: pytest.FixtureRequest) -> type[Sample]:
        """A class of which versions are kept, or are not."""
        model: type[Sample] = request.param
        return model

    @pytest.fixture
    def repository(self, table: Table, model: type[Sample], clock: ManualClock) -> Repository[Sample]:
        """The repository under test."""
        return TableRepository(model, table, clock=clock)

    @pytest.fixture
    def somebody(self, table: Table, model: type[Sample], clock: ManualClock) -> Repository[Sample]:
        """Somebody else's repository of the same resources."""
        return TableRepository(model, table, clock=clock)

    @pytest.fixture
    def kept(self, table: Table, clock: ManualClock) -> Repository[Kept]:
        """A repository that keeps versions."""
        return TableRepository(Kept, table, clock=clock)

    @pytest.fixture
    def plain(self, table: Table, clock: ManualClock) -> Repository[Plain]:
        """A repository that does not."""
        return TableRepository(Plain, table, clock=clock)


def titles(samples: Sequence[Sample]) -> list[str]:
    """Return what tells samples apart."""
    return [sample.title for sample in samples]

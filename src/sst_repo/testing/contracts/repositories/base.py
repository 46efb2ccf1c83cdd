"""What the parts of `RepositoryContract` share."""

from collections.abc import Sequence

import pytest

from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.models import Sample
from sst_repo.testing.contracts.samples import SampleFixtures


class RepositoryFixtures(SampleFixtures):
    """Repositories on the table: what asks for `model` or `repository` runs with history and without."""

    @pytest.fixture
    def repository(self, table: Table, model: type[Sample], clock: ManualClock) -> Repository[Sample]:
        """The repository under test."""
        return TableRepository(model, table, clock=clock)

    @pytest.fixture
    def somebody(self, table: Table, model: type[Sample], clock: ManualClock) -> Repository[Sample]:
        """Somebody else's repository of the same resources."""
        return TableRepository(model, table, clock=clock)


def titles(samples: Sequence[Sample]) -> list[str]:
    """Return what tells samples apart."""
    return [sample.title for sample in samples]

"""What each fault comes to, in memory."""

import pytest

from sst_repo import InMemoryTable
from sst_repo.testing import FaultyTable
from tests.contract.faults import FaultContract, MakeFaulty
from tests.contract.faulty_repositories import FaultyRepositoryContract
from tests.contract.tables import OnMemory


class OnFaultyMemory(OnMemory):
    @pytest.fixture
    def faulty(self, table: InMemoryTable) -> MakeFaulty:
        return lambda schedule: FaultyTable(table, schedule)


class TestFaults(OnFaultyMemory, FaultContract):
    pass


class TestFaultyRepositories(OnFaultyMemory, FaultyRepositoryContract):
    pass

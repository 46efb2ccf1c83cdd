"""What each fault comes to, in memory."""

import pytest

from sst_repo import InMemoryTable
from sst_repo.testing import FaultyTable
from tests.contract.faults import FaultContract, MakeFaulty
from tests.contract.tables import OnMemory


class TestFaults(OnMemory, FaultContract):
    @pytest.fixture
    def faulty(self, table: InMemoryTable) -> MakeFaulty:
        return lambda schedule: FaultyTable(table, schedule)

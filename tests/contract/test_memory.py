"""The contracts, in memory."""

from sst_repo.testing.contracts.table import TableContract
from sst_repo.testing.contracts.values import ValueContract
from tests.contract.tables import OnMemory


class TestTable(OnMemory, TableContract):
    pass


class TestValues(OnMemory, ValueContract):
    examples = 100

"""The contracts, on moto."""

from sst_repo.testing.contracts.table import TableContract
from sst_repo.testing.contracts.values import ValueContract
from tests.contract.tables import OnMoto


class TestTable(OnMoto, TableContract):
    pass


class TestValues(OnMoto, ValueContract):
    pass

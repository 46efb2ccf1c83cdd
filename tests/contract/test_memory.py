"""The contracts, in memory."""

from sst_repo.testing.contracts.access import AccessContract
from sst_repo.testing.contracts.check import CheckContract
from sst_repo.testing.contracts.projection import ProjectionContract
from sst_repo.testing.contracts.repository import RepositoryContract
from sst_repo.testing.contracts.table import TableContract
from sst_repo.testing.contracts.unique import UniqueContract
from sst_repo.testing.contracts.unit_of_work import UnitOfWorkContract
from sst_repo.testing.contracts.values import ValueContract
from tests.contract.tables import OnMemory


class TestTable(OnMemory, TableContract):
    pass


class TestRepository(OnMemory, RepositoryContract):
    pass


class TestUnitOfWork(OnMemory, UnitOfWorkContract):
    pass


class TestUnique(OnMemory, UniqueContract):
    pass


class TestAccess(OnMemory, AccessContract):
    pass


class TestValues(OnMemory, ValueContract):
    examples = 100


class TestCheck(OnMemory, CheckContract):
    pass


class TestProjection(OnMemory, ProjectionContract):
    projections = ProjectionContract.projections

"""The contracts, on moto."""

import pytest

from sst_repo.testing.contracts.access import AccessContract
from sst_repo.testing.contracts.check import CheckContract
from sst_repo.testing.contracts.projection import ProjectionContract
from sst_repo.testing.contracts.repository import RepositoryContract
from sst_repo.testing.contracts.table import TableContract
from sst_repo.testing.contracts.unique import UniqueContract
from sst_repo.testing.contracts.unit_of_work import UnitOfWorkContract
from sst_repo.testing.contracts.values import ValueContract
from tests.contract.tables import OnMoto

pytestmark = pytest.mark.no_cover


class TestTable(OnMoto, TableContract):
    pass


class TestTableDirectly(OnMoto, TableContract):
    """On moto, which listens, the other two transports are one."""

    transport = "direct"


class TestRepository(OnMoto, RepositoryContract):
    pass


class TestUnitOfWork(OnMoto, UnitOfWorkContract):
    pass


class TestUnique(OnMoto, UniqueContract):
    pass


class TestAccess(OnMoto, AccessContract):
    rows = 40


class TestValues(OnMoto, ValueContract):
    pass


class TestCheck(OnMoto, CheckContract):
    pass


class TestProjection(OnMoto, ProjectionContract):
    projections = ProjectionContract.projections

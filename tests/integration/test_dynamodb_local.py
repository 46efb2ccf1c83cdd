"""The contracts, on DynamoDB Local: most of them beside a table in memory, which must consume the same."""

import pytest

from sst_repo.testing.contracts.access import AccessContract
from sst_repo.testing.contracts.check import CheckContract
from sst_repo.testing.contracts.projection import ProjectionContract
from sst_repo.testing.contracts.repository import RepositoryContract
from sst_repo.testing.contracts.table import TableContract
from sst_repo.testing.contracts.unique import UniqueContract
from sst_repo.testing.contracts.unit_of_work import UnitOfWorkContract
from sst_repo.testing.contracts.values import ValueContract
from tests.contract.tables import OnDynamoDBLocal
from tests.contract.twins import OnTwins

pytestmark = pytest.mark.integration


class TestTable(OnDynamoDBLocal, TableContract):
    pass


class TestTableBesideMemory(OnTwins, TableContract):
    pass


class TestTableThroughBotocore(OnDynamoDBLocal, TableContract):
    transport = "botocore"


class TestTableDirectly(OnDynamoDBLocal, TableContract):
    transport = "direct"


class TestRepository(OnTwins, RepositoryContract):
    pass


class TestUnitOfWork(OnTwins, UnitOfWorkContract):
    pass


class TestUnique(OnTwins, UniqueContract):
    pass


class TestAccess(OnTwins, AccessContract):
    pass


class TestValues(OnDynamoDBLocal, ValueContract):
    pass


class TestCheck(OnDynamoDBLocal, CheckContract):
    pass


class TestProjection(OnTwins, ProjectionContract):
    projections = ProjectionContract.projections

"""The contracts, on DynamoDB Local."""

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

pytestmark = pytest.mark.integration


class TestTable(OnDynamoDBLocal, TableContract):
    pass


class TestTableThroughBotocore(OnDynamoDBLocal, TableContract):
    transport = "botocore"


class TestTableDirectly(OnDynamoDBLocal, TableContract):
    transport = "direct"


class TestRepository(OnDynamoDBLocal, RepositoryContract):
    pass


class TestUnitOfWork(OnDynamoDBLocal, UnitOfWorkContract):
    pass


class TestUnique(OnDynamoDBLocal, UniqueContract):
    pass


class TestAccess(OnDynamoDBLocal, AccessContract):
    pass


class TestValues(OnDynamoDBLocal, ValueContract):
    pass


class TestCheck(OnDynamoDBLocal, CheckContract):
    pass


class TestProjection(OnDynamoDBLocal, ProjectionContract):
    projections = ProjectionContract.projections

"""The contracts, on DynamoDB Local."""

import pytest

from sst_repo.testing.contracts.table import TableContract
from sst_repo.testing.contracts.values import ValueContract
from tests.contract.tables import OnDynamoDBLocal

pytestmark = pytest.mark.integration


class TestTable(OnDynamoDBLocal, TableContract):
    pass


class TestValues(OnDynamoDBLocal, ValueContract):
    pass

"""What each operation costs, on DynamoDB Local."""

import pytest

from tests.contract.calls import CallContract
from tests.contract.tables import OnDynamoDBLocal

pytestmark = pytest.mark.integration


class TestCalls(OnDynamoDBLocal, CallContract):
    pass

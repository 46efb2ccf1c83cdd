"""Hostile conditions, on DynamoDB Local."""

import pytest

from tests.contract.hostile_conditions import HostileConditionContract
from tests.contract.tables import OnDynamoDBLocal

pytestmark = pytest.mark.integration


class TestHostileConditions(OnDynamoDBLocal, HostileConditionContract):
    examples = 200

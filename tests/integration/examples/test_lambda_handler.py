"""The Lambda handlers on a shop on DynamoDB Local."""

import pytest

from tests.lambda_scenarios import LambdaScenarios

pytestmark = pytest.mark.integration


class TestTheHandlersOnDynamoDBLocal(LambdaScenarios):
    pass

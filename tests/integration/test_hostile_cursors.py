"""Forged cursors, on DynamoDB Local: what passes for a place here must pass for one there."""

import pytest

from tests.contract.hostile_cursors import ForgedCursorContract
from tests.contract.tables import OnDynamoDBLocal

pytestmark = pytest.mark.integration


class TestForgedCursors(OnDynamoDBLocal, ForgedCursorContract):
    forgeries = 1_000

"""A client of DynamoDB Local; coverage is not measured there."""

from typing import TYPE_CHECKING

import pytest

from sst_repo.testing.dynamodb_local import DynamoDBLocal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="session")
def local_client(dynamodb_local: DynamoDBLocal) -> "DynamoDBClient":
    """A client of the session's DynamoDB Local."""
    return dynamodb_local.client()


@pytest.fixture(autouse=True)
def unmeasured(no_cover: None) -> None:
    """Measure no coverage: it makes the client twice as slow, and what runs here is measured on moto and in memory."""

"""A DynamoDB Local for tests: found, or started and stopped, with or without Docker.

with DynamoDBLocal.launch() as local:
    table = DynamoDBTable("shop", client=local.client())
"""

from sst_repo.testing.dynamodb_local.launcher import (
    ENDPOINT_VARIABLE,
    DynamoDBLocal,
    DynamoDBLocalUnavailable,
)

__all__ = ["ENDPOINT_VARIABLE", "DynamoDBLocal", "DynamoDBLocalUnavailable"]

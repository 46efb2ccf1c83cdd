"""Fixtures for tests on a real server; a conftest has them by `pytest_plugins = ["sst_repo.testing.fixtures"]`."""

import os
from collections.abc import Iterator

import pytest

from sst_repo.testing.dynamodb_local import DynamoDBLocal, DynamoDBLocalUnavailable

WITHOUT_VARIABLE = "SST_REPO_NO_DYNAMODB_LOCAL"


@pytest.fixture(scope="session")
def dynamodb_local() -> Iterator[DynamoDBLocal]:
    """A DynamoDB Local for the session; under pytest-xdist each worker has its own, from its first use on.

    Where none can be had the tests that ask for it fail, so that nobody takes them for passed. With
    `SST_REPO_NO_DYNAMODB_LOCAL=1` in the environment none is looked for, and they are skipped.
    """
    if os.environ.get(WITHOUT_VARIABLE) == "1":
        pytest.skip(f"{WITHOUT_VARIABLE}=1 is set")
    try:
        local = DynamoDBLocal.launch()
    except DynamoDBLocalUnavailable as error:
        pytest.fail(f"{error}\nOr set {WITHOUT_VARIABLE}=1 to skip these tests.", pytrace=False)
    with local:
        yield local

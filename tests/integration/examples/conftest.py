"""The shop on DynamoDB Local, as an environment says."""

from collections.abc import Iterator

import pytest

from examples.shop.container import ShopContainer
from examples.shop.environment import shop_of_environment
from sst_repo.testing import DynamoDBLocal
from sst_repo.testing.empty_tables import EmptyTables


@pytest.fixture
def shop_environment(
    dynamodb_local: DynamoDBLocal, dynamodb_tables: EmptyTables, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    with dynamodb_tables.one() as table:
        for name, value in {
            "SHOP_BACKEND": "dynamodb",
            "SHOP_TABLE": table.name,
            "SHOP_ENDPOINT_URL": dynamodb_local.endpoint_url,
            "SHOP_CURSOR_SECRET": "shared",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": "eu-central-1",
        }.items():
            monkeypatch.setenv(name, value)
        yield


@pytest.fixture
def shop(shop_environment: None) -> ShopContainer:
    return shop_of_environment()

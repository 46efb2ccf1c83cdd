"""Where the shop lives is for the environment to say."""

import pytest

from examples.shop.environment import shop_of_environment
from sst_repo import DynamoDBTable, InMemoryTable


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BACKEND", "TABLE", "ENDPOINT_URL", "CURSOR_SECRET"):
        monkeypatch.delenv(f"SHOP_{name}", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")


def test_it_lives_in_memory_unless_told_otherwise() -> None:
    assert isinstance(shop_of_environment().table(), InMemoryTable)


def test_in_memory_its_cursors_are_signed_with_a_secret_of_its_own() -> None:
    one, other = shop_of_environment().table(), shop_of_environment().table()

    assert one.cursor_secrets
    assert one.cursor_secrets != other.cursor_secrets


def test_it_lives_on_dynamodb_if_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_BACKEND", "dynamodb")
    monkeypatch.setenv("SHOP_TABLE", "orders-of-tomorrow")
    monkeypatch.setenv("SHOP_CURSOR_SECRET", "shared")

    table = shop_of_environment().table()

    assert isinstance(table, DynamoDBTable)
    assert table.name == "orders-of-tomorrow"


def test_on_dynamodb_it_needs_a_secret_that_all_its_processes_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_BACKEND", "dynamodb")

    with pytest.raises(KeyError, match="SHOP_CURSOR_SECRET"):
        shop_of_environment()

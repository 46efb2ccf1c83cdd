"""Keys that the server leaves unprocessed are asked for again, with waits, and not for ever."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from sst_repo import DynamoDBTable, Resource, TableRepository
from sst_repo.core.records import Key
from sst_repo.core.retry import UNPROCESSED
from sst_repo.errors import TableUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS = [Key(f"Order#o{number}", "@") for number in range(1, 15)]


class Order(Resource):
    note: str = ""


@pytest.fixture
def client() -> "DynamoDBClient":
    return boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 - none
    )


@pytest.fixture
def stubber(client: "DynamoDBClient") -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def asked(keys: list[Key]) -> dict[str, Any]:
    return {"RequestItems": {"orders": {"Keys": [key.attributes for key in keys], "ConsistentRead": True}}}


def answer(stubber: Stubber, of: list[Key], processed: int) -> list[Key]:
    """Answer a request for keys with the first few, and return what is left."""
    left = of[processed:]
    items = [{**key.attributes, "_v": {"N": "1"}} for key in of[:processed]]
    response = {"Responses": {"orders": items}, "UnprocessedKeys": asked(left)["RequestItems"] if left else {}}
    stubber.add_response("batch_get_item", response, asked(of))
    return left


def test_what_is_left_is_asked_for_again_after_a_wait(client: "DynamoDBClient", stubber: Stubber) -> None:
    waits: list[float] = []
    answer(stubber, answer(stubber, answer(stubber, KEYS, 5), 0), 9)

    rows = DynamoDBTable("orders", client, sleep=waits.append).read_many(KEYS)

    assert list(rows) == KEYS
    assert len(waits) == 2
    assert 0 <= waits[0] <= UNPROCESSED.first
    assert 0 <= waits[1] <= 2 * UNPROCESSED.first


def test_what_is_left_over_at_last_is_named(client: "DynamoDBClient", stubber: Stubber) -> None:
    waits: list[float] = []
    left = answer(stubber, KEYS, 2)
    for _ in range(UNPROCESSED.attempts - 1):
        answer(stubber, left, 0)
    repository = TableRepository(Order, DynamoDBTable("orders", client, sleep=waits.append))

    with pytest.raises(
        TableUnavailableError, match=r"Order o3, .*, Order o12 and 2 more; ask for them again"
    ) as failed:
        repository.get_many(f"o{number}" for number in range(1, 15))

    assert failed.value.unprocessed == tuple(f"Order o{number}" for number in range(3, 15))
    assert len(waits) == UNPROCESSED.attempts - 1


def test_with_exact_writes_one_row_goes_by_token(client: "DynamoDBClient", stubber: Stubber) -> None:
    repository = TableRepository(Order, DynamoDBTable("orders", client, exact_writes=True))
    stubber.add_response("transact_write_items", {})
    stubber.add_response("transact_write_items", {})

    repository.delete(repository.add(Order()))

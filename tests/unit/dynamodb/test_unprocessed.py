"""Keys that a batch is answered without are asked for again, and what is left over is named."""

import pickle
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from sst_repo.core.records import Key
from sst_repo.errors import TableUnavailableError
from sst_repo.tables.dynamodb import DynamoDBTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS = [Key(f"Order#o{number}", "@") for number in range(101)]


@pytest.fixture(scope="module")
def client() -> "DynamoDBClient":
    return boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 - none
    )


def answer(found: list[Key], left: list[Key]) -> dict[str, Any]:
    unprocessed = {"shop": {"Keys": [key.attributes for key in left], "ConsistentRead": True}} if left else {}
    return {"Responses": {"shop": [dict(key.attributes) for key in found]}, "UnprocessedKeys": unprocessed}


def test_what_an_answer_leaves_out_is_asked_for_again_after_a_wait(client: "DynamoDBClient") -> None:
    sleeps: list[float] = []
    with Stubber(client) as stubber:
        for found, left in ((KEYS[:1], KEYS[1:3]), (KEYS[1:2], KEYS[2:3]), (KEYS[2:3], [])):
            asked = {"shop": {"Keys": [key.attributes for key in (*found, *left)], "ConsistentRead": True}}
            stubber.add_response("batch_get_item", answer(found, left), {"RequestItems": asked})
        rows = DynamoDBTable("shop", client, sleep=sleeps.append).read_many(KEYS[:3])
        stubber.assert_no_pending_responses()

    assert list(rows) == KEYS[:3]
    assert len(sleeps) == 2
    assert all(0 <= wait <= 0.05 for wait in sleeps)


def test_what_stays_unprocessed_is_named_with_what_was_not_asked_for_any_more(client: "DynamoDBClient") -> None:
    sleeps: list[float] = []
    with Stubber(client) as stubber:
        stubber.add_response("batch_get_item", answer(KEYS[:93], KEYS[93:100]))
        for _ in range(9):
            stubber.add_response("batch_get_item", answer([], KEYS[93:100]))
        with pytest.raises(TableUnavailableError, match=r"too busy to read Order#o93 @, .* and 3 more, 10") as caught:
            DynamoDBTable("shop", client, sleep=sleeps.append).read_many(KEYS)
        stubber.assert_no_pending_responses()

    assert caught.value.unprocessed == tuple((key.pk, key.sk) for key in KEYS[93:])
    assert set(caught.value.found) == {(key.pk, key.sk) for key in KEYS[:93]}
    assert len(sleeps) == 9
    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert vars(copied) == vars(caught.value)


def test_an_error_of_another_kind_names_no_keys() -> None:
    error = TableUnavailableError("the server gave no answer")

    assert (error.unprocessed, dict(error.found)) == ((), {})

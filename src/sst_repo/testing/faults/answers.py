"""What the proxy says on DynamoDB's behalf. Pure.

Sources: DynamoDB Developer Guide, "Error handling" and "Transaction conflict handling"; the error bodies as captured
from the service.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

_SERVICE = "com.amazonaws.dynamodb.v20120810#"
_COMMON = "com.amazon.coral.service#"

_CONTENT_TYPE = "application/x-amz-json-1.0"
_CHECKSUM = "x-amz-crc32"

_EXPIRED = "The security token included in the request is expired"
_BUSY_ITEM = "Transaction is ongoing for the item"
_THROTTLED = (
    "The level of configured provisioned throughput for the table was exceeded. "
    "Consider increasing your provisioning level with the UpdateTable API."
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer.

    Attributes:
        status: The HTTP status.
        headers: By name, in small letters; the length of the body is not among them.
        body: What follows.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


def throttled() -> Reply:
    """Refuse for want of capacity."""
    return _error(400, _SERVICE + "ProvisionedThroughputExceededException", message=_THROTTLED)


def conflict(operation: str, request: bytes) -> Reply:
    """Refuse a write since another transaction is at work on an item: the first one, where there are several.

    A transaction is told so in its cancellation reasons, a single write by an exception of its own.
    """
    if operation != "TransactWriteItems":
        return _error(400, _SERVICE + "TransactionConflictException", message=_BUSY_ITEM)
    others = len(json.loads(request)["TransactItems"]) - 1
    codes = ["TransactionConflict", *["None"] * others]
    return _error(
        400,
        _SERVICE + "TransactionCanceledException",
        Message=f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(codes)}]",
        CancellationReasons=[
            {"Code": "TransactionConflict", "Message": _BUSY_ITEM},
            *[{"Code": "None"} for _ in range(others)],
        ],
    )


def expired() -> Reply:
    """Refuse credentials that are no longer valid."""
    return _error(400, _COMMON + "ExpiredTokenException", message=_EXPIRED)


def failure() -> Reply:
    """Fail."""
    return _error(500, _SERVICE + "InternalServerError", message="The request processing has failed")


def with_wrong_checksum(reply: Reply) -> Reply:
    """Give an answer a checksum that its body does not have."""
    wrong = crc32(reply.body) ^ 1
    return replace(reply, headers={**reply.headers, _CHECKSUM: str(wrong)})


def first_key_of_batch(request: bytes) -> tuple[bytes, dict[str, Any]]:
    """Split a BatchGetItem.

    Returns:
        The request for nothing but the first key, and what is then left unprocessed.
    """
    asked = json.loads(request)
    table, keys_and_options = next(iter(asked["RequestItems"].items()))
    first, *others = keys_and_options["Keys"]
    left: dict[str, Any] = {name: wanted for name, wanted in asked["RequestItems"].items() if name != table}
    if others:
        left = {table: {**keys_and_options, "Keys": others}, **left}
    return json.dumps({**asked, "RequestItems": {table: {**keys_and_options, "Keys": [first]}}}).encode(), left


def with_unprocessed(reply: Reply, left: Mapping[str, Any]) -> Reply:
    """Add keys that were not read to the answer to a BatchGetItem."""
    if reply.status != 200:
        return reply
    answer = json.loads(reply.body)
    return _reply(reply.status, {**answer, "UnprocessedKeys": {**answer.get("UnprocessedKeys", {}), **left}})


def _error(status: int, kind: str, **fields: object) -> Reply:
    return _reply(status, {"__type": kind, **fields})


def _reply(status: int, content: Mapping[str, object]) -> Reply:
    body = json.dumps(content).encode()
    return Reply(status, {"content-type": _CONTENT_TYPE, _CHECKSUM: str(crc32(body))}, body)

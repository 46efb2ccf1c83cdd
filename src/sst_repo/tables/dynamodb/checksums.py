"""Answers that were damaged on their way are no answers.

DynamoDB sends the CRC-32 of each body. botocore compares it only while it may try again: the answer to its last attempt
it believes, and over a body that ends too early it trips. Source: botocore's `retries.special.RetryDDBChecksumError`.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zlib import crc32

from botocore.exceptions import BotoCoreError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HEADER = "x-amz-crc32"
_DAMAGED = "SstRepoDamagedAnswer"


class DamagedAnswerError(BotoCoreError):
    """The answer does not match its checksum, or ends too early: what was done can't be told from it."""

    fmt = "the answer was damaged on its way"


def verify(client: "DynamoDBClient") -> None:
    """Have a client raise `DamagedAnswerError` for a damaged answer, once it has tried as often as it may."""
    events = client.meta.events
    events.register("before-parse.dynamodb", _mark, unique_id="sst-repo-mark-damaged-answer")
    events.register("after-call.dynamodb", _refuse, unique_id="sst-repo-refuse-damaged-answer")


def is_marked(customized_response_dict: Mapping[str, Any]) -> bool:
    """Tell whether an answer that is about to be parsed was found to be damaged."""
    return _DAMAGED in customized_response_dict


def is_whole(body: bytes, checksum: str | None) -> bool:
    """Tell whether a body is what was sent: by its checksum, or if there is none, by whether it is JSON at all."""
    if checksum is not None:
        return str(crc32(body)) == checksum
    try:
        json.loads(body or b"{}")
    except ValueError:
        return False
    return True


def _mark(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object) -> None:
    """Keep a damaged body from the parser, so that botocore comes to decide whether to try again."""
    body: bytes = response_dict["body"]
    if not is_whole(body, response_dict["headers"].get(HEADER)):
        response_dict["body"] = b"{}"
        customized_response_dict[_DAMAGED] = True


def _refuse(parsed: Mapping[str, Any], **_: object) -> None:
    if is_marked(parsed):
        raise DamagedAnswerError

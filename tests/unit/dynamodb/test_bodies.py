"""Bodies are DynamoDB JSON: binaries are Base64 in it, and bytes everywhere else."""

from typing import Any

import pytest

from sst_repo.tables.dynamodb import bodies
from sst_repo.tables.dynamodb.checksums import DamagedAnswerError

CONTENT: dict[str, Any] = {
    "Item": {
        "B": {"S": "an attribute that is called so"},
        "BS": {"L": [{"B": b""}, {"BS": [b"\x00", b"\xff\xfe"]}, {"SS": ["AP8="]}]},
        "deep": {"M": {"B": {"B": b"\x00\xff"}, "Ångström": {"N": "1.5"}}},
    },
    "Count": 1,
}


def test_what_is_encoded_comes_back() -> None:
    assert bodies.decode(bodies.encode(CONTENT)) == CONTENT


def test_binaries_are_base64() -> None:
    assert bodies.encode({"B": b"\x00\xff"}) == b'{"B": "AP8="}'


def test_no_body_says_nothing() -> None:
    assert bodies.decode(b"") == {}


@pytest.mark.parametrize("body", [b"<html>", b'{"Item', b"[]", b'"text"', b"\xff"])
def test_what_is_no_json_object_was_damaged(body: bytes) -> None:
    with pytest.raises(DamagedAnswerError):
        bodies.decode(body)


def test_what_json_can_not_say_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="set"):
        bodies.encode({"SS": {"a"}})

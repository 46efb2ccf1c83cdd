"""Bodies: what is asked and answered, as DynamoDB JSON. Pure.

In the texts between the table and its transport binaries are Base64; everywhere else they are bytes.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from sst_repo.core.wire import to_base64
from sst_repo.tables.dynamodb.checksums import DamagedAnswerError


def encode(content: Mapping[str, Any]) -> bytes:
    """Return parameters, or what a client answered, as a body."""
    return json.dumps(content, default=to_base64).encode()


def decode(body: bytes) -> dict[str, Any]:
    """Return what a body says.

    Raises:
        DamagedAnswerError: It is no JSON object.
    """
    try:
        content = json.loads(body or b"{}", object_hook=_with_binaries)
    except ValueError as error:
        raise DamagedAnswerError from error
    if not isinstance(content, dict):
        raise DamagedAnswerError
    return content  # pyright: ignore[reportUnknownVariableType] - what JSON says


def _with_binaries(content: dict[str, Any]) -> dict[str, Any]:
    # An attribute that is called so holds an attribute value, never text.
    match content:
        case {"B": str(text)}:
            return {"B": b64decode(text)}
        case {"BS": [str(), *_] as texts}:
            return {"BS": [b64decode(text) for text in texts]}
        case _:
            return content

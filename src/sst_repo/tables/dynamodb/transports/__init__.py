"""The ways to DynamoDB, each from a body to a body."""

from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

from sst_repo.tables.dynamodb.transports.base import Transport, TransportName
from sst_repo.tables.dynamodb.transports.direct import DirectTransport
from sst_repo.tables.dynamodb.transports.short_cut import ShortCutTransport
from sst_repo.tables.dynamodb.transports.through_client import ClientTransport

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["Transport", "TransportName", "transport_of"]


_NAMES = get_args(TransportName)


def transport_of(client: "DynamoDBClient", name: TransportName, *, sleep: Callable[[float], object]) -> Transport:
    """Return the transport of that name on a client.

    Args:
        client: The client; its handlers for damaged answers and for single attempts must be there already.
        name: `"auto"`, `"botocore"` or `"direct"`.
        sleep: Waits for so many seconds, before something is sent again; botocore has a sleep of its own.

    Raises:
        ValueError: There is none of that name, or the client has settings that it can't follow.
    """
    if name not in _NAMES:
        raise ValueError(f"the transport is one of {_NAMES}, not {name!r}")
    match name:
        case "botocore":
            return ClientTransport(client)
        case "direct":
            return DirectTransport(client, sleep=sleep)
        case _:
            return ShortCutTransport(client)

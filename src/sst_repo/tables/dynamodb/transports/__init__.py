"""The ways to DynamoDB, each from a body to a body."""

from typing import TYPE_CHECKING, get_args

from sst_repo.tables.dynamodb.transports.base import Transport, TransportName
from sst_repo.tables.dynamodb.transports.short_cut import ShortCutTransport
from sst_repo.tables.dynamodb.transports.through_client import ClientTransport

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["Transport", "TransportName", "transport_of"]


_NAMES = get_args(TransportName)


def transport_of(client: "DynamoDBClient", name: TransportName) -> Transport:
    """Return the transport of that name on a client.

    Raises:
        ValueError: There is none of that name.
    """
    if name not in _NAMES:
        raise ValueError(f"the transport is one of {_NAMES}, not {name!r}")
    match name:
        case "botocore":
            return ClientTransport(client)
        case _:
            return ShortCutTransport(client)

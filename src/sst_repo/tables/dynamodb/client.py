"""A client where none is given."""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def client_of_environment(
    *, endpoint_url: str | None = None, region: str | None = None, profile: str | None = None
) -> "DynamoDBClient":
    """Make a client with what the environment says, but for what is given.

    A process that has boto3 gets one of its default session, set up as it may be, unless it is to be another profile's.
    Else botocore makes it, which makes boto3's clients, too: a process that works with nothing but a table need not
    wait for what boto3 brings along.
    """
    if "boto3" in sys.modules and profile is None:
        import boto3  # noqa: PLC0415

        return boto3.client(  # pyright: ignore[reportUnknownMemberType] - those of other services are
            "dynamodb",
            endpoint_url=endpoint_url,
            region_name=region,
        )
    # Only here: who brings a client has made a session already.
    from botocore.session import Session  # noqa: PLC0415

    session: Any = Session(profile=profile)
    made: DynamoDBClient = session.create_client("dynamodb", endpoint_url=endpoint_url, region_name=region)
    return made

"""A client where none is given."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def client_of_environment(*, endpoint_url: str | None = None, region: str | None = None) -> "DynamoDBClient":
    """Make a boto3 client with what the environment says, but for what is given."""
    # Only here: who brings a client does not pay for importing boto3's sessions and loaders.
    import boto3  # noqa: PLC0415

    return boto3.client(  # pyright: ignore[reportUnknownMemberType] - those of other services are
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name=region,
    )

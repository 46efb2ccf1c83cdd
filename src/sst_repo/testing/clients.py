"""Clients for servers that check no signatures."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def client_of(endpoint_url: str, *, read_timeout: float = 30, attempts: int = 2) -> "DynamoDBClient":
    """Make a boto3 client with credentials and a region that mean nothing.

    Args:
        endpoint_url: Where the server answers.
        read_timeout: Seconds to wait for an answer.
        attempts: How often the SDK tries in all. The second attempt is for kept connections that the server closed
            when idle.
    """
    import boto3.session  # noqa: PLC0415 - so that importing the fixtures costs nothing where none is used
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=2,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=50,
        # Set, though to none: else a proxy in the environment would be asked for 127.0.0.1.
        proxies={},
    )
    return boto3.session.Session().client(  # pyright: ignore[reportUnknownMemberType] - of other services
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - opens nothing
        config=config,
    )

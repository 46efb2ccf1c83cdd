"""Clients and tables as all peers are given them: what boto3 makes where nobody tunes anything."""

import os
from itertools import count
from typing import Any

import boto3
from botocore.config import Config

REGION = "us-east-1"
ACCESS_KEY = "AKIDEXAMPLE000000000"
SECRET_KEY = "means nothing"  # noqa: S105 - opens nothing

_numbers = count()


def settle_environment() -> None:
    """Have libraries that make their own clients find the same there, and no proxy."""
    os.environ.update(
        AWS_ACCESS_KEY_ID=ACCESS_KEY,
        AWS_SECRET_ACCESS_KEY=SECRET_KEY,
        AWS_DEFAULT_REGION=REGION,
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        NO_PROXY="127.0.0.1,localhost",
    )


def client(url: str, *, connections: int = 10) -> Any:
    """Make a boto3 client, with boto3's own defaults."""
    config = Config(max_pool_connections=connections, proxies={})
    return boto3.session.Session().client(
        "dynamodb",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=config,
    )


def new_name() -> str:
    """Return a name that no table has."""
    return f"bench-{os.getpid()}-{next(_numbers)}"


def new_table(url: str, partition: str = "pk", sort: str | None = "sk", **indexes: tuple[str, str]) -> str:
    """Make a table of one's own, and return its name.

    Args:
        url: Where.
        partition: Its partition key.
        sort: Its sort key.
        **indexes: The partition and sort key of each index.
    """
    name = new_name()
    keys = [name for name in (partition, sort) if name is not None]
    attributes = dict.fromkeys([*keys, *(key for pair in indexes.values() for key in pair)])
    request: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _schema(*keys),
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in attributes],
    }
    if indexes:
        request["GlobalSecondaryIndexes"] = [
            {"IndexName": index, "KeySchema": _schema(*pair), "Projection": {"ProjectionType": "ALL"}}
            for index, pair in indexes.items()
        ]
    client(url).create_table(**request)
    return name


def _schema(*keys: str) -> list[dict[str, str]]:
    return [{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)]

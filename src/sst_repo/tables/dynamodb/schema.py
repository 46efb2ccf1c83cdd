"""The table as DynamoDB is told to make it."""

from typing import Any

from sst_repo.core.layout import PRIMARY, IndexKeys, secondary_indexes


def create_table(table: str, gsis: int) -> dict[str, Any]:
    """Build a CreateTable: on-demand billing, the listing index and `gsis` general ones, all projecting everything."""
    indexes = secondary_indexes(gsis)
    names = [name for index in (PRIMARY, *indexes) for name in (index.partition, index.sort)]
    return {
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _key_schema(PRIMARY),
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in dict.fromkeys(names)],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": index.name,
                "KeySchema": _key_schema(index),
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in indexes
        ],
    }


def _key_schema(index: IndexKeys) -> list[dict[str, str]]:
    return [
        {"AttributeName": index.partition, "KeyType": "HASH"},
        {"AttributeName": index.sort, "KeyType": "RANGE"},
    ]

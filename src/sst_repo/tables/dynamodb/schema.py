"""The table as DynamoDB is told to make it."""

from collections.abc import Mapping
from typing import Any

from sst_repo.core.layout import PRIMARY, IndexKeys, secondary_indexes
from sst_repo.core.projections import Projection


def create_table(table: str, gsis: int, projections: Mapping[str, Projection]) -> dict[str, Any]:
    """Build a CreateTable: on-demand billing, the listing index and `gsis` general ones.

    Args:
        table: The table's name.
        gsis: How many general indexes it gets.
        projections: What indexes hold less than whole rows, by their names.
    """
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
                "Projection": _projection(projections.get(str(index.name))),
            }
            for index in indexes
        ],
    }


def _projection(projection: Projection | None) -> dict[str, Any]:
    if projection is None:
        return {"ProjectionType": "ALL"}
    if not projection.fields:
        return {"ProjectionType": "KEYS_ONLY"}
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": sorted(projection.fields)}


def _key_schema(index: IndexKeys) -> list[dict[str, str]]:
    return [
        {"AttributeName": index.partition, "KeyType": "HASH"},
        {"AttributeName": index.sort, "KeyType": "RANGE"},
    ]

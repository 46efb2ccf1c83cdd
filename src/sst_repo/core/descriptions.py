"""What a table is made with: its keys, its indexes and what these hold. Adapters and templates are written from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sst_repo.core.layout import PRIMARY, Gsis, IndexKeys, secondary_indexes
from sst_repo.core.projections import Projection

BILLING_MODE: Final = "PAY_PER_REQUEST"
"""On demand: a table without traffic costs nothing but its storage, and nothing has to be foreseen."""

KEY_TYPE: Final = "S"
"""All parts of keys are text."""

Properties: TypeAlias = dict[str, Any]
"""In the words of DynamoDB's API, which are those of CloudFormation, too."""


@dataclass(frozen=True, slots=True)
class TableDescription:
    """A table without its name.

    Attributes:
        indexes: The secondary indexes.
        projections: What indexes hold less than whole rows, by their names.
    """

    indexes: tuple[IndexKeys, ...]
    projections: Mapping[str, Projection]

    @property
    def key_attributes(self) -> tuple[str, ...]:
        """The names of all attributes that are part of a key."""
        names = [name for index in (PRIMARY, *self.indexes) for name in (index.partition, index.sort)]
        return tuple(dict.fromkeys(names))

    def projection(self, index: IndexKeys) -> Projection | None:
        """Return what an index holds; None for whole rows."""
        return self.projections.get(str(index.name))

    @property
    def properties(self) -> Properties:
        """All that CreateTable is told, but for the name."""
        return {
            "BillingMode": BILLING_MODE,
            "KeySchema": _key_schema(PRIMARY),
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": KEY_TYPE} for name in self.key_attributes
            ],
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": index.name,
                    "KeySchema": _key_schema(index),
                    "Projection": _projection(self.projection(index)),
                }
                for index in self.indexes
            ],
        }


def describe(gsis: Gsis, projections: Mapping[str, Projection]) -> TableDescription:
    """Describe a table with the listing index and general ones.

    Args:
        gsis: How many general indexes it gets, or which.
        projections: What indexes hold less than whole rows, by their names.
    """
    return TableDescription(secondary_indexes(gsis), projections)


def _projection(projection: Projection | None) -> Properties:
    if projection is None:
        return {"ProjectionType": "ALL"}
    if not projection.fields:
        return {"ProjectionType": "KEYS_ONLY"}
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": sorted(projection.fields)}


def _key_schema(index: IndexKeys) -> list[Properties]:
    return [
        {"AttributeName": index.partition, "KeyType": "HASH"},
        {"AttributeName": index.sort, "KeyType": "RANGE"},
    ]

"""The table as DynamoDB is told to make it."""

from typing import Any

from sst_repo.core.descriptions import TableDescription


def create_table(table: str, description: TableDescription) -> dict[str, Any]:
    """Build a CreateTable.

    Args:
        table: The table's name.
        description: What it is made with.
    """
    return {"TableName": table, **description.properties}

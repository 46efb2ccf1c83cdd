"""The operations that a table sends, and the least that a client wants to hear of each.

The parameters only get a call going where the body is put in later. They name the table, since endpoints can depend
on whose table it is, and tracing tools show it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation.

    Attributes:
        name: As DynamoDB calls it.
        method: As the client calls it.
        least: Makes the fewest parameters that botocore takes, for a table.
    """

    name: str
    method: str
    least: Callable[[str], dict[str, Any]]


def _of_key(table: str) -> dict[str, Any]:
    return {"TableName": table, "Key": {}}


def _of_item(table: str) -> dict[str, Any]:
    return {"TableName": table, "Item": {}}


def _of_table(table: str) -> dict[str, Any]:
    return {"TableName": table}


def _of_keys(table: str) -> dict[str, Any]:
    return {"RequestItems": {table: {"Keys": [{}]}}}


def _of_actions(table: str) -> dict[str, Any]:
    return {"TransactItems": [{"Put": _of_item(table)}]}


OPERATIONS: Mapping[str, Operation] = {
    operation.name: operation
    for operation in (
        Operation("GetItem", "get_item", _of_key),
        Operation("BatchGetItem", "batch_get_item", _of_keys),
        Operation("Query", "query", _of_table),
        Operation("Scan", "scan", _of_table),
        Operation("PutItem", "put_item", _of_item),
        Operation("DeleteItem", "delete_item", _of_key),
        Operation("TransactWriteItems", "transact_write_items", _of_actions),
    )
}

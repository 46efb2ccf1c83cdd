"""What is sent: records, plans and queries as the parameters of client calls. Pure."""

from collections.abc import Iterable
from typing import Any

from sst_repo.core.layout import PRIMARY, IndexKeys
from sst_repo.core.queries import Position, Query
from sst_repo.core.records import Check, Delete, Key, Op, Plan, Put, Record
from sst_repo.tables.dynamodb.expressions import guard_expression, key_condition

KEYS_A_BATCH = 100

_ECHO = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def key_item(key: Key) -> dict[str, Any]:
    """Return a primary key as attributes."""
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def item(record: Record) -> dict[str, Any]:
    """Return a record as an item."""
    return {**key_item(record.key), **record.attributes}


def get_item(table: str, key: Key, *, consistent: bool) -> dict[str, Any]:
    """Build a GetItem."""
    return {"TableName": table, "Key": key_item(key), "ConsistentRead": consistent}


def batch_get_item(table: str, keys: Iterable[Key], *, consistent: bool) -> dict[str, Any]:
    """Build a BatchGetItem of at most 100 keys."""
    return {"RequestItems": {table: {"Keys": [key_item(key) for key in keys], "ConsistentRead": consistent}}}


def query(table: str, query: Query) -> dict[str, Any]:
    """Build a Query."""
    request: dict[str, Any] = {
        "TableName": table,
        **key_condition(query),
        "ScanIndexForward": not query.descending,
        "ReturnConsumedCapacity": "TOTAL",
    }
    if query.filter is not None:
        request["FilterExpression"] = query.filter.text
        request["ExpressionAttributeNames"] |= query.filter.names
        request["ExpressionAttributeValues"] |= query.filter.values
    if query.index.name is not None:
        request["IndexName"] = query.index.name
    if query.consistent:
        request["ConsistentRead"] = True
    if query.limit is not None:
        request["Limit"] = query.limit
    if query.count_only:
        request["Select"] = "COUNT"
    if query.after is not None:
        request["ExclusiveStartKey"] = _start_key(query.index, query.partition, query.after)
    return request


def single_write(table: str, op: Put | Delete) -> dict[str, Any]:
    """Build a conditional PutItem or DeleteItem: half the price of a transaction of one."""
    return {"TableName": table, **_subject(op), **guard_expression(op.guard), **_ECHO}


def transact_write_items(table: str, plan: Plan) -> dict[str, Any]:
    """Build a TransactWriteItems."""
    actions = [
        {_action(op): {"TableName": table, **_subject(op), **guard_expression(op.guard), **_ECHO}} for op in plan.ops
    ]
    return {"TransactItems": actions, "ClientRequestToken": plan.token}


def _subject(op: Op) -> dict[str, Any]:
    return {"Item": item(op.record)} if isinstance(op, Put) else {"Key": key_item(op.key)}


def _action(op: Op) -> str:
    match op:
        case Put():
            return "Put"
        case Delete():
            return "Delete"
        case Check():
            return "ConditionCheck"


def _start_key(index: IndexKeys, partition: str, after: Position) -> dict[str, Any]:
    if index == PRIMARY:
        return key_item(after.key)
    return {**key_item(after.key), index.partition: {"S": partition}, index.sort: {"S": after.sort}}

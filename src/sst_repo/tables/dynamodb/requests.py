"""What is sent: records, plans and queries as the parameters of client calls. Pure."""

from collections.abc import Iterable
from typing import Any

from sst_repo.core.layout import PRIMARY, IndexKeys
from sst_repo.core.queries import Position, Query, Scan
from sst_repo.core.records import Attributes, Check, Delete, Key, Op, Plan, Put, Record
from sst_repo.tables.dynamodb.expressions import guard_expression, key_condition

KEYS_A_BATCH = 100

_ECHO = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def item(record: Record) -> dict[str, Any]:
    """Return a record as an item."""
    return {**record.key.attributes, **record.attributes}


def get_item(table: str, key: Key, *, consistent: bool) -> dict[str, Any]:
    """Build a GetItem."""
    return {"TableName": table, "Key": key.attributes, "ConsistentRead": consistent}


def batch_get_item(table: str, keys: Iterable[Key], *, consistent: bool) -> dict[str, Any]:
    """Build a BatchGetItem of at most 100 keys."""
    return {"RequestItems": {table: {"Keys": [key.attributes for key in keys], "ConsistentRead": consistent}}}


def query(table: str, query: Query) -> dict[str, Any]:
    """Build a Query."""
    request: dict[str, Any] = {
        "TableName": table,
        **key_condition(query),
        "ScanIndexForward": not query.descending,
    }
    if query.index.name is not None:
        request["IndexName"] = query.index.name
    if query.count_only:
        request["Select"] = "COUNT"
    if query.after is not None:
        request["ExclusiveStartKey"] = _start_key(query.index, query.partition, query.after)
    return _with_options(request, query)


def scan(table: str, scan: Scan) -> dict[str, Any]:
    """Build a Scan of the table itself."""
    request: dict[str, Any] = {"TableName": table, "Segment": scan.segment, "TotalSegments": scan.segments}
    if scan.after is not None:
        request["ExclusiveStartKey"] = scan.after.attributes
    return _with_options(request, scan)


def single_write(table: str, op: Put | Delete) -> dict[str, Any]:
    """Build a conditional PutItem or DeleteItem: half the price of a transaction of one."""
    return {"TableName": table, **_subject(op), **guard_expression(op.guard), **_ECHO}


def transact_write_items(table: str, plan: Plan) -> dict[str, Any]:
    """Build a TransactWriteItems."""
    actions = [
        {_action(op): {"TableName": table, **_subject(op), **guard_expression(op.guard), **_ECHO}} for op in plan.ops
    ]
    return {"TransactItems": actions, "ClientRequestToken": plan.token}


def _with_options(request: dict[str, Any], read: Query | Scan) -> dict[str, Any]:
    """Add what both kinds of read may ask for."""
    request["ReturnConsumedCapacity"] = "TOTAL"
    if read.filter is not None:
        request["FilterExpression"] = read.filter.text
        placeholders = (
            ("ExpressionAttributeNames", read.filter.names),
            ("ExpressionAttributeValues", read.filter.values),
        )
        for name, added in placeholders:
            # Without any, the parameter must not be there.
            if added:
                request[name] = {**request.get(name, {}), **added}
    if read.consistent:
        request["ConsistentRead"] = True
    if read.limit is not None:
        request["Limit"] = read.limit
    return request


def _subject(op: Op) -> dict[str, Any]:
    return {"Item": item(op.record)} if isinstance(op, Put) else {"Key": op.key.attributes}


def _action(op: Op) -> str:
    match op:
        case Put():
            return "Put"
        case Delete():
            return "Delete"
        case Check():
            return "ConditionCheck"


def _start_key(index: IndexKeys, partition: str, after: Position) -> Attributes:
    if index == PRIMARY:
        return after.key.attributes
    return {**after.key.attributes, index.partition: {"S": partition}, index.sort: {"S": after.sort}}

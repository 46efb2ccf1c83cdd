"""What is sent: records, plans and queries as the bodies of requests. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from sst_repo.core.layout import PRIMARY, IndexKeys
from sst_repo.core.queries import Position, Query, Scan
from sst_repo.core.records import Attributes, Check, Delete, Key, Op, Plan, Put
from sst_repo.core.wire import encode
from sst_repo.tables.dynamodb.expressions import guard_expression

_NOTHING: Mapping[str, str] = {}
_ECHO = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def get_item(table: str, key: Key, *, consistent: bool, metered: bool = False) -> bytes:
    """Build a GetItem.

    Args:
        table: The table's name.
        key: The row.
        consistent: Whether to see all that was written before.
        metered: Whether the answer is to say what it took; likewise below.
    """
    return encode({"TableName": table, "Key": key.attributes, "ConsistentRead": consistent, **_meter(metered)})


def batch_get_item(table: str, keys: Iterable[Key], *, consistent: bool, metered: bool = False) -> bytes:
    """Build a BatchGetItem of at most 100 keys."""
    wanted = {table: {"Keys": [key.attributes for key in keys], "ConsistentRead": consistent}}
    return again(wanted, metered=metered)


def again(unprocessed: Mapping[str, Any], *, metered: bool = False) -> bytes:
    """Build a BatchGetItem of what another one has left over."""
    return encode({"RequestItems": unprocessed, **_meter(metered)})


def query(table: str, query: Query) -> bytes:
    """Build a Query."""
    condition = query.key_condition
    request: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": condition.text,
        "ExpressionAttributeNames": condition.names,
        "ExpressionAttributeValues": condition.values,
        "ScanIndexForward": not query.descending,
    }
    if query.index.name is not None:
        request["IndexName"] = query.index.name
    if query.count_only:
        request["Select"] = "COUNT"
    if query.after is not None:
        request["ExclusiveStartKey"] = _start_key(query.index, query.partition, query.after)
    return _with_options(request, query)


def scan(table: str, scan: Scan) -> bytes:
    """Build a Scan of the table itself."""
    request: dict[str, Any] = {"TableName": table, "Segment": scan.segment, "TotalSegments": scan.segments}
    if scan.after is not None:
        request["ExclusiveStartKey"] = scan.after.attributes
    return _with_options(request, scan)


def single_write(table: str, op: Put | Delete, *, metered: bool = False) -> bytes:
    """Build a conditional PutItem or DeleteItem: half the price of a transaction of one."""
    return _guarded(table, op, _meter(metered, "INDEXES"))


def transact_write_items(table: str, plan: Plan, *, metered: bool = False) -> bytes:
    """Build a TransactWriteItems."""
    actions = b",".join(b'{"%b":%b}' % (_action(op), _guarded(table, op)) for op in plan.ops)
    request = {"ClientRequestToken": plan.token, **_meter(metered, "INDEXES")}
    return _with_member(request, b"TransactItems", b"[%b]" % actions)


def _with_options(request: dict[str, Any], read: Query | Scan) -> bytes:
    """Build a read, with what both kinds of it may ask for."""
    request |= _meter(metered=True)
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
    return encode(request)


def _meter(metered: bool, level: str = "TOTAL") -> dict[str, str]:  # noqa: FBT001 - what it is all about
    return {"ReturnConsumedCapacity": level} if metered else {}


def _guarded(table: str, op: Op, options: Mapping[str, str] = _NOTHING) -> bytes:
    request = {"TableName": table, **guard_expression(op.guard), **_ECHO, **options}
    if isinstance(op, Put):
        return _with_member(request, b"Item", op.record.json)
    return encode({**request, "Key": op.key.attributes})


def _with_member(request: Mapping[str, Any], name: bytes, content: bytes) -> bytes:
    """Build an object with a member more, which is in JSON already."""
    return b'{"%b":%b,%b' % (name, content, encode(request)[1:])


def _action(op: Op) -> bytes:
    match op:
        case Put():
            return b"Put"
        case Delete():
            return b"Delete"
        case Check():
            return b"ConditionCheck"


def _start_key(index: IndexKeys, partition: str, after: Position) -> Attributes:
    if index == PRIMARY:
        return after.key.attributes
    return {**after.key.attributes, index.partition: {"S": partition}, index.sort: {"S": after.sort}}

"""Guards and key conditions as DynamoDB expressions: placeholders only. Filters are `core.expressions`."""

from typing import Any

from sst_repo.core.layout import HOLDER, VERSION, WRITE_ID
from sst_repo.core.queries import Query
from sst_repo.core.records import Absent, Guard, HeldByNoOther, Matches


def guard_expression(guard: Guard) -> dict[str, Any]:
    """Compile `core.records.holds` to the parameters of a conditional write."""
    match guard:
        case Absent():
            return {
                "ConditionExpression": "attribute_not_exists(#pk)",
                "ExpressionAttributeNames": {"#pk": "pk"},
            }
        case HeldByNoOther(holder):
            return {
                "ConditionExpression": "attribute_not_exists(#pk) OR #h = :h",
                "ExpressionAttributeNames": {"#pk": "pk", "#h": HOLDER},
                "ExpressionAttributeValues": {":h": {"S": holder}},
            }
        case Matches(version, write_id):
            return {
                "ConditionExpression": "#v = :v AND #w = :w",
                "ExpressionAttributeNames": {"#v": VERSION, "#w": WRITE_ID},
                "ExpressionAttributeValues": {":v": {"N": str(version)}, ":w": {"S": write_id}},
            }


def key_condition(query: Query) -> dict[str, Any]:
    """Compile the partition and the bounds of a query."""
    names = {"#p": query.index.partition}
    values = {":p": {"S": query.partition}}
    bounds = {":first": query.first, ":last": query.last}
    values |= {name: {"S": bound} for name, bound in bounds.items() if bound is not None}
    match query.first, query.last:
        case None, None:
            condition = ""
        case _, None:
            condition = " AND #s >= :first"
        case None, _:
            condition = " AND #s <= :last"
        case _:
            condition = " AND #s BETWEEN :first AND :last"
    if condition:
        names["#s"] = query.index.sort
    return {
        "KeyConditionExpression": "#p = :p" + condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }

"""Guards as DynamoDB expressions: placeholders only. Filters and key conditions are `core.expressions`."""

from typing import Any

from sst_repo.core.layout import HOLDER, VERSION, WRITE_ID
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

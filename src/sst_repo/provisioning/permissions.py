"""Who may do what: the operations that the library calls, by role, on the table and on its indexes.

| | reader | writer | admin |
|---|---|---|---|
| GetItem, BatchGetItem, Scan on the table; Query on it and on its indexes | yes | yes | yes |
| PutItem, DeleteItem, ConditionCheckItem on the table | | yes | yes |
| the table itself: make, describe, delete it; expiry and backups | | | yes |

A transaction needs the permission for each of its actions; there is none for TransactWriteItems itself. A writer reads,
too: what it changes.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB"; DynamoDB
Developer Guide, "IAM and transactions".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from sst_repo.core import layout
from sst_repo.mapping.indexes import indexes_of
from sst_repo.resource import Resource

Role: TypeAlias = Literal["reader", "writer", "admin"]

VERSION: Final = "2012-10-17"
"""The version of the language that policies are written in."""


@dataclass(frozen=True, slots=True)
class Permission:
    """What somebody may do.

    Attributes:
        name: What it is called in a policy.
        actions: The actions of IAM.
        on_indexes: Whether they are allowed on the table's indexes as well.
    """

    name: str
    actions: tuple[str, ...]
    on_indexes: bool = False


def _actions(*operations: str) -> tuple[str, ...]:
    return tuple(f"dynamodb:{operation}" for operation in operations)


_READING: Final = (
    Permission("ReadRows", _actions("BatchGetItem", "GetItem", "Scan")),
    Permission("QueryRows", _actions("Query"), on_indexes=True),
)
_WRITING: Final = (Permission("WriteRows", _actions("ConditionCheckItem", "DeleteItem", "PutItem")),)
_MANAGING: Final = (
    Permission(
        "ManageTable",
        _actions(
            "CreateTable",
            "DeleteTable",
            "DescribeContinuousBackups",
            "DescribeTable",
            "DescribeTimeToLive",
            "UpdateContinuousBackups",
            "UpdateTimeToLive",
        ),
    ),
)

PERMISSIONS: Final[dict[Role, tuple[Permission, ...]]] = {
    "reader": _READING,
    "writer": _READING + _WRITING,
    "admin": _READING + _WRITING + _MANAGING,
}

PURPOSES: Final[dict[Role, str]] = {
    "reader": "Reads resources, lists, queries and scans them.",
    "writer": "Does what a reader does, and writes.",
    "admin": "Does what a writer does, and makes and deletes the table.",
}


def policy(models: Iterable[type[Resource]], role: Role, *, table_arn: str) -> dict[str, Any]:
    """Return an IAM policy document: least privilege, by role.

    Args:
        models: The classes whose resources live in the table.
        role: `"reader"`, `"writer"` or `"admin"`.
        table_arn: The table's ARN, `arn:aws:dynamodb:<region>:<account>:table/<name>`.
    """
    used = {codec.keys.name for model in models for codec in indexes_of(model)}
    indexes = [f"{table_arn}/index/{name}" for name in (layout.LISTING.name, *sorted(map(str, used)))]
    return document(role, table_arn, indexes)


def document(role: Role, table: object, indexes: Iterable[object]) -> dict[str, Any]:
    """Return a policy document about a table and its indexes, however these are named."""
    return {
        "Version": VERSION,
        "Statement": [
            {
                "Sid": permission.name,
                "Effect": "Allow",
                "Action": list(permission.actions),
                "Resource": [table, *indexes] if permission.on_indexes else [table],
            }
            for permission in PERMISSIONS[role]
        ],
    }

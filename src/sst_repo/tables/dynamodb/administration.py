"""What operations want of a DynamoDB table: how it is set up, and how large it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sst_repo.core.layout import DEFAULT_GSIS, Gsis
from sst_repo.core.projections import ProjectionChoice, ProjectionChoices
from sst_repo.tables.dynamodb.client import client_of_environment
from sst_repo.tables.dynamodb.reasons import is_unknown_operation, translating
from sst_repo.tables.dynamodb.table import DynamoDBTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class IndexState:
    """An index as it is.

    Attributes:
        name: Its name.
        partition: The attribute of its partition key.
        sort: The attribute of its sort key; "" if it has none.
        projection: What it holds: `"all"` of a row, `"keys"`, or the names of fields.
        status: `"ACTIVE"` once it can be used.
        rows: How many rows are in it, as DynamoDB counted them within the last six hours.
        bytes: How large they are.
    """

    name: str
    partition: str
    sort: str
    projection: Literal["all", "keys"] | tuple[str, ...]
    status: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class TableState:
    """A table as it is.

    Attributes:
        name: Its name.
        arn: Its ARN.
        status: `"ACTIVE"` once it can be used.
        created_at: When it was made.
        billing: `"PAY_PER_REQUEST"` or `"PROVISIONED"`.
        rows: How many rows are in it, as DynamoDB counted them within the last six hours.
        bytes: How large they are.
        indexes: Its indexes.
        ttl: The attribute by which rows expire; "" if they don't, None if it can't be told.
        point_in_time_recovery: Whether it can be restored to any second; None if it can't be told.
    """

    name: str
    arn: str
    status: str
    created_at: datetime
    billing: str
    rows: int
    bytes: int
    indexes: tuple[IndexState, ...]
    ttl: str | None = None
    point_in_time_recovery: bool | None = None

    @property
    def gsis(self) -> tuple[int, ...]:
        """The numbers of its general indexes."""
        names = (index.name.removeprefix("gsi") for index in self.indexes)
        return tuple(sorted(int(name) for name in names if name.isdecimal()))

    @property
    def projections(self) -> ProjectionChoices:
        """What its indexes hold, as `DynamoDBTable` takes it."""
        by_name = {index.name: index.projection for index in self.indexes}
        chosen: dict[int | Literal["listing"], ProjectionChoice] = {
            number: by_name[f"gsi{number}"] for number in self.gsis
        }
        if "listing" in by_name:
            chosen["listing"] = by_name["listing"]
        return chosen


@translating
def connect(
    name: str,
    *,
    gsis: Gsis = DEFAULT_GSIS,
    projections: ProjectionChoices | None = None,
    endpoint_url: str | None = None,
    region: str | None = None,
    profile: str | None = None,
) -> DynamoDBTable:
    """Return a table through a client of the environment, but for what is given. Makes no call.

    Raises:
        TableError: The settings of AWS are incomplete or wrong.
        ValueError: The endpoint is no URL, or the projections are none.
    """
    client = client_of_environment(endpoint_url=endpoint_url, region=region, profile=profile)
    return DynamoDBTable(name, client, gsis=gsis, projections=projections)


@translating
def state_of(table: DynamoDBTable) -> TableState:
    """Describe the table, without what only its owner may see. 1 DescribeTable."""
    answer: Any = table.client.describe_table(TableName=table.name)
    found: Mapping[str, Any] = answer["Table"]
    return TableState(
        name=found["TableName"],
        arn=found["TableArn"],
        status=found["TableStatus"],
        created_at=found["CreationDateTime"],
        billing=found.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        rows=found["ItemCount"],
        bytes=found["TableSizeBytes"],
        indexes=tuple(map(_index, found.get("GlobalSecondaryIndexes", ()))),
    )


def expiry_of(table: DynamoDBTable) -> str | None:
    """Return the attribute by which rows expire; "" if they don't, None where the server knows no expiry.

    1 DescribeTimeToLive.
    """
    answer = _asked(table.client, "describe_time_to_live", table.name)
    if answer is None:
        return None
    said = answer["TimeToLiveDescription"]
    enabled = said.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}
    return str(said.get("AttributeName", "")) if enabled else ""


def is_recoverable(table: DynamoDBTable) -> bool | None:
    """Tell whether the table can be restored to any second; None where the server knows no backups.

    1 DescribeContinuousBackups.
    """
    answer = _asked(table.client, "describe_continuous_backups", table.name)
    if answer is None:
        return None
    said = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    return bool(said.get("PointInTimeRecoveryStatus") == "ENABLED")


@translating
def let_expire(table: DynamoDBTable, attribute: str) -> None:
    """Have DynamoDB delete rows once the time in an attribute has come. 1 UpdateTimeToLive."""
    table.client.update_time_to_live(
        TableName=table.name, TimeToLiveSpecification={"AttributeName": attribute, "Enabled": True}
    )


@translating
def make_recoverable(table: DynamoDBTable) -> None:
    """Have DynamoDB keep what it takes to restore the table to any second. 1 UpdateContinuousBackups."""
    table.client.update_continuous_backups(
        TableName=table.name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )


@translating
def _asked(client: "DynamoDBClient", method: str, table: str) -> Mapping[str, Any] | None:
    try:
        answer: Mapping[str, Any] = getattr(client, method)(TableName=table)
    except client.exceptions.ClientError as error:
        if is_unknown_operation(error):
            return None
        raise
    return answer


def _index(found: Mapping[str, Any]) -> IndexState:
    keys = {key["KeyType"]: key["AttributeName"] for key in found["KeySchema"]}
    return IndexState(
        name=found["IndexName"],
        partition=keys["HASH"],
        sort=keys.get("RANGE", ""),
        projection=_projection(found["Projection"]),
        status=found.get("IndexStatus", "ACTIVE"),
        rows=found.get("ItemCount", 0),
        bytes=found.get("IndexSizeBytes", 0),
    )


def _projection(found: Mapping[str, Any]) -> Literal["all", "keys"] | tuple[str, ...]:
    match found["ProjectionType"]:
        case "ALL":
            return "all"
        case "KEYS_ONLY":
            return "keys"
        case _:
            fields: Sequence[str] = found.get("NonKeyAttributes", ())
            return tuple(sorted(fields))

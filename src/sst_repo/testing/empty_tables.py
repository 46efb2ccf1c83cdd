"""Empty tables on a server, for one test after the other."""

from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sst_repo.ids import ULIDS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from sst_repo.tables.dynamodb import DynamoDBTable

_KEYS_A_CALL = 25
"""So many rows a BatchWriteItem deletes at most."""

_ROWS_TO_DELETE = 4 * _KEYS_A_CALL
"""A table with more rows is deleted faster than emptied."""


class EmptyTables:
    """Lends empty tables on one server, each to one borrower at a time; one that comes back is emptied and lent again.

    To make one for each test takes longer than most tests: five calls, and on DynamoDB Local ever more time, since it
    gets slower with each table that there was: a thousand deleted ones make it four times as slow.

    Args:
        client: A client of the server.
    """

    def __init__(self, client: "DynamoDBClient") -> None:
        """Make no call."""
        self._client = client
        self._spare: defaultdict[str, list[str]] = defaultdict(list)

    @contextmanager
    def one(self, **options: Any) -> Generator["DynamoDBTable"]:
        """Lend a table that is empty and used by nobody else.

        Args:
            options: The options of `DynamoDBTable`, such as `gsis` and `projections`.

        Cost: 5 calls for a new table, 2 for one that was lent before.
        """
        from sst_repo.tables.dynamodb import DynamoDBTable  # noqa: PLC0415 - who tests in memory needs no botocore

        spare = self._spare[repr((options.get("gsis"), options.get("projections")))]
        name = spare.pop() if spare else None
        table = DynamoDBTable(name or f"test-{ULIDS.new_id()}", self._client, **options)
        if name is None:
            table.create()
        yield table
        if self._emptied(table.name):
            spare.append(table.name)

    def _emptied(self, name: str) -> bool:
        """Empty the table and return True; delete it if that would take longer, unless it is deleted already."""
        try:
            # Whole rows: of some numbers moto can't project away the attributes.
            read = self._client.scan(TableName=name, Limit=_ROWS_TO_DELETE)
        except self._client.exceptions.ResourceNotFoundException:
            return False
        if "LastEvaluatedKey" in read:
            self._client.delete_table(TableName=name)
            return False
        keys = [{"pk": row["pk"], "sk": row["sk"]} for row in read["Items"]]
        for begin in range(0, len(keys), _KEYS_A_CALL):
            deletions: Any = [{"DeleteRequest": {"Key": key}} for key in keys[begin : begin + _KEYS_A_CALL]]
            self._client.batch_write_item(RequestItems={name: deletions})
        return True

"""The tables that the contracts run on: derive from one of these and a contract."""

from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from sst_repo import DynamoDBTable, InMemoryTable
from sst_repo.core.projections import ProjectionChoices
from sst_repo.ids import ULIDS
from sst_repo.tables.dynamodb.transports import TransportName
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.emulators import DYNAMODB_LOCAL_LACKS, MOTO_LACKS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS_A_CALL = 25
"""So many rows a BatchWriteItem deletes at most."""

ROWS_TO_DELETE = 4 * KEYS_A_CALL
"""A table with more rows is deleted faster than emptied."""

WHOLE_ROWS: ProjectionChoices = {}


class OnMemory(Contract):
    projections: ClassVar[ProjectionChoices] = WHOLE_ROWS

    @pytest.fixture
    def table(self) -> InMemoryTable:
        table = InMemoryTable(projections=self.projections)
        table.create()
        return table


class OnMoto(Contract):
    projections: ClassVar[ProjectionChoices] = WHOLE_ROWS
    transport: ClassVar[TransportName] = "auto"
    lacks = MOTO_LACKS

    @pytest.fixture
    def table(self, moto_tables: "EmptyTables") -> Iterator[DynamoDBTable]:
        with moto_tables.one(self.projections, self.transport) as table:
            yield table


class OnDynamoDBLocal(Contract):
    projections: ClassVar[ProjectionChoices] = WHOLE_ROWS
    transport: ClassVar[TransportName] = "auto"
    lacks = DYNAMODB_LOCAL_LACKS

    @pytest.fixture
    def table(self, local_tables: "EmptyTables") -> Iterator[DynamoDBTable]:
        with local_tables.one(self.projections, self.transport) as table:
            yield table


class EmptyTables:
    """Empty tables on one server, each of which is emptied and given out again.

    To make one for each test takes longer than most tests: five calls, and on DynamoDB Local ever more time, since it
    gets slower with each table that there was: a thousand deleted ones make it four times as slow.
    """

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client
        self._spare: defaultdict[str, list[str]] = defaultdict(list)

    @contextmanager
    def one(
        self, projections: ProjectionChoices = WHOLE_ROWS, transport: TransportName = "auto"
    ) -> Generator[DynamoDBTable]:
        """Lend a table that is empty and used by nobody else, with indexes that hold what is said."""
        spare = self._spare[repr(projections)]
        name = spare.pop() if spare else None
        table = DynamoDBTable(
            name or f"test-{ULIDS.new_id()}", client=self._client, projections=projections, transport=transport
        )
        if name is None:
            table.create()
        yield table
        if self._emptied(table.name):
            spare.append(table.name)

    def _emptied(self, name: str) -> bool:
        """Empty the table and return True; delete it if that would take longer, unless it is deleted already."""
        try:
            # Whole rows: of some numbers moto can't project away the attributes.
            read = self._client.scan(TableName=name, Limit=ROWS_TO_DELETE)
        except self._client.exceptions.ResourceNotFoundException:
            return False
        if "LastEvaluatedKey" in read:
            self._client.delete_table(TableName=name)
            return False
        keys = [{"pk": row["pk"], "sk": row["sk"]} for row in read["Items"]]
        for begin in range(0, len(keys), KEYS_A_CALL):
            deletions: Any = [{"DeleteRequest": {"Key": key}} for key in keys[begin : begin + KEYS_A_CALL]]
            self._client.batch_write_item(RequestItems={name: deletions})
        return True

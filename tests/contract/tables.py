"""The tables that the contracts run on: derive from one of these and a contract."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from sst_repo import DynamoDBTable, InMemoryTable
from sst_repo.ids import ULIDS
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.emulators import DYNAMODB_LOCAL_LACKS, MOTO_LACKS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS_A_CALL = 25
"""So many rows a BatchWriteItem deletes at most."""

ROWS_TO_DELETE = 4 * KEYS_A_CALL
"""A table with more rows is deleted faster than emptied."""


class OnMemory(Contract):
    @pytest.fixture
    def table(self) -> InMemoryTable:
        table = InMemoryTable()
        table.create()
        return table


class OnMoto(Contract):
    lacks = MOTO_LACKS

    @pytest.fixture
    def table(self, moto_tables: "EmptyTables") -> Iterator[DynamoDBTable]:
        with moto_tables.one() as table:
            yield table


class OnDynamoDBLocal(Contract):
    lacks = DYNAMODB_LOCAL_LACKS

    @pytest.fixture
    def table(self, local_tables: "EmptyTables") -> Iterator[DynamoDBTable]:
        with local_tables.one() as table:
            yield table


class EmptyTables:
    """Empty tables on one server, each of which is emptied and given out again.

    To make one for each test takes longer than most tests: five calls, and on DynamoDB Local ever more time, since it
    gets slower with each table that there was: a thousand deleted ones make it four times as slow.
    """

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client
        self._spare: list[str] = []

    @contextmanager
    def one(self) -> Generator[DynamoDBTable, None, None]:
        """Lend a table that is empty and used by nobody else."""
        if self._spare:
            table = DynamoDBTable(self._spare.pop(), client=self._client)
        else:
            table = DynamoDBTable(f"test-{ULIDS.new_id()}", client=self._client)
            table.create()
        yield table
        self._take_back(table.name)

    def _take_back(self, name: str) -> None:
        """Empty the table to use it again; delete it if that would take longer, unless it is deleted already."""
        try:
            read = self._client.scan(TableName=name, ProjectionExpression="pk, sk", Limit=ROWS_TO_DELETE)
        except self._client.exceptions.ResourceNotFoundException:
            return
        if "LastEvaluatedKey" in read:
            self._client.delete_table(TableName=name)
            return
        keys = read["Items"]
        for begin in range(0, len(keys), KEYS_A_CALL):
            deletions: Any = [{"DeleteRequest": {"Key": key}} for key in keys[begin : begin + KEYS_A_CALL]]
            self._client.batch_write_item(RequestItems={name: deletions})
        self._spare.append(name)

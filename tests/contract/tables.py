"""The tables that the contracts run on: derive from one of these and a contract."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from sst_repo import DynamoDBTable, InMemoryTable
from sst_repo.ids import ULIDS
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.emulators import DYNAMODB_LOCAL_LACKS, MOTO_LACKS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class OnMemory(Contract):
    @pytest.fixture
    def table(self) -> InMemoryTable:
        table = InMemoryTable()
        table.create()
        return table


class OnMoto(Contract):
    lacks = MOTO_LACKS

    @pytest.fixture
    def table(self, moto_client: "DynamoDBClient") -> Iterator[DynamoDBTable]:
        yield from fresh_table(moto_client)


class OnDynamoDBLocal(Contract):
    lacks = DYNAMODB_LOCAL_LACKS

    @pytest.fixture
    def table(self, local_client: "DynamoDBClient") -> Iterator[DynamoDBTable]:
        yield from fresh_table(local_client)


def fresh_table(client: "DynamoDBClient") -> Iterator[DynamoDBTable]:
    """A table of its own for each test: to make and to delete one takes about 50 ms."""
    table = DynamoDBTable(f"contract-{ULIDS.new_id()}", client=client)
    table.create()
    yield table
    if table.exists():
        table.delete()

"""The tables that the contracts run on: derive from one of these and a contract."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

import pytest

from sst_repo import DynamoDBTable, InMemoryTable
from sst_repo.core.projections import ProjectionChoices
from sst_repo.ids import ULIDS
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.emulators import DYNAMODB_LOCAL_LACKS, MOTO_LACKS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class OnMemory(Contract):
    projections: ClassVar[ProjectionChoices] = {}

    @pytest.fixture
    def table(self) -> InMemoryTable:
        table = InMemoryTable(projections=self.projections)
        table.create()
        return table


class OnMoto(Contract):
    projections: ClassVar[ProjectionChoices] = {}
    lacks = MOTO_LACKS

    @pytest.fixture
    def table(self, moto_client: "DynamoDBClient") -> Iterator[DynamoDBTable]:
        yield from fresh_table(moto_client, self.projections)


class OnDynamoDBLocal(Contract):
    projections: ClassVar[ProjectionChoices] = {}
    lacks = DYNAMODB_LOCAL_LACKS

    @pytest.fixture
    def table(self, local_client: "DynamoDBClient") -> Iterator[DynamoDBTable]:
        yield from fresh_table(local_client, self.projections)


def fresh_table(client: "DynamoDBClient", projections: ProjectionChoices | None = None) -> Iterator[DynamoDBTable]:
    """A table of its own for each test: to make and to delete one takes about 50 ms."""
    table = DynamoDBTable(f"contract-{ULIDS.new_id()}", client=client, projections=projections)
    table.create()
    yield table
    if table.exists():
        table.delete()

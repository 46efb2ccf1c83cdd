"""The tables that the contracts run on: derive from one of these and a contract."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

import pytest

from sst_repo import DynamoDBTable, InMemoryTable
from sst_repo.core.projections import ProjectionChoices
from sst_repo.tables.dynamodb.transports import TransportName
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.empty_tables import EmptyTables
from sst_repo.testing.emulators import DYNAMODB_LOCAL_LACKS, MOTO_LACKS

if TYPE_CHECKING:
    pass

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
    def table(self, moto_tables: EmptyTables) -> Iterator[DynamoDBTable]:
        with moto_tables.one(projections=self.projections, transport=self.transport) as table:
            yield table


class OnDynamoDBLocal(Contract):
    projections: ClassVar[ProjectionChoices] = WHOLE_ROWS
    transport: ClassVar[TransportName] = "auto"
    lacks = DYNAMODB_LOCAL_LACKS

    @pytest.fixture
    def table(self, dynamodb_tables: EmptyTables) -> Iterator[DynamoDBTable]:
        with dynamodb_tables.one(projections=self.projections, transport=self.transport) as table:
            yield table

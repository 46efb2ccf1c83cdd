"""The fixtures of the pytest plugin, on DynamoDB Local."""

import pytest

from sst_repo import DynamoDBTable, InMemoryTable, Resource, Table, TableRepository

pytestmark = pytest.mark.integration


class Note(Resource):
    text: str


SEEN: list[type[Table]] = []


@pytest.mark.on_each_table
@pytest.mark.capacity_budget(read=1, write=2, calls=2)
def test_a_test_runs_on_each_table_within_the_same_budget(table: Table) -> None:
    notes = TableRepository(Note, table)
    note = notes.add(Note(text="a"))

    assert notes.get(note.resource_id) == note
    SEEN.append(type(table))


def test_that_was_so() -> None:
    assert [InMemoryTable, DynamoDBTable] == SEEN


@pytest.mark.parametrize("number", range(3))
def test_each_test_has_an_empty_table_of_its_own(dynamodb_table: DynamoDBTable, number: int) -> None:
    notes = TableRepository(Note, dynamodb_table)

    assert notes.count() == 0
    notes.add(Note(text="a"))


class TestOptions:
    @pytest.fixture
    def table_options(self) -> dict[str, int]:
        return {"gsis": 1}

    def test_tables_are_made_with_the_options_that_are_asked_for(self, dynamodb_table: DynamoDBTable) -> None:
        described = dynamodb_table.client.describe_table(TableName=dynamodb_table.name)

        assert len(described["Table"].get("GlobalSecondaryIndexes", ())) == 2

"""What an index holds less is not written to it: by the capacity that DynamoDB Local says it took."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from sst_repo import DynamoDBTable, Index, Resource, TableRepository
from sst_repo.core.projections import ProjectionChoices
from sst_repo.ids import ULIDS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = pytest.mark.integration


class Document(Resource):
    owner: str
    edits: int = 0
    body: str = "x" * 10_000
    by_owner = Index(gsi=1, partition="owner")


@contextmanager
def units_of_puts(client: "DynamoDBClient") -> Iterator[list[float]]:
    """Have the server tell what each PutItem takes, its indexes included."""
    units: list[float] = []

    def ask(params: dict[str, Any], **_: object) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def take(parsed: dict[str, Any], **_: object) -> None:
        units.append(parsed["ConsumedCapacity"]["CapacityUnits"])

    client.meta.events.register("provide-client-params.dynamodb.PutItem", ask)
    client.meta.events.register("after-call.dynamodb.PutItem", take)
    try:
        yield units
    finally:
        client.meta.events.unregister("provide-client-params.dynamodb.PutItem", ask)
        client.meta.events.unregister("after-call.dynamodb.PutItem", take)


@pytest.mark.parametrize(
    ("projections", "added", "updated", "page"),
    [
        ({}, 33.0, 44.0, 1.5),
        ({"listing": "keys", 1: "keys"}, 13.0, 13.0, 3.5),
        ({"listing": ("owner",), 1: ("owner",)}, 13.0, 13.0, 3.5),
    ],
    ids=["all", "keys", "fields"],
)
def test_a_leaner_index_is_cheaper_to_write_and_dearer_to_read(
    local_client: "DynamoDBClient", projections: ProjectionChoices, added: float, updated: float, page: float
) -> None:
    table = DynamoDBTable(f"projections-{ULIDS.new_id()}", client=local_client, projections=projections)
    table.create()
    documents = TableRepository(Document, table)
    with units_of_puts(local_client) as units:
        document = documents.add(Document(owner="a"))
        document.edits += 1
        documents.save(document)

    assert units == [added, updated]
    assert documents.list().consumed == page
    assert documents.query(Document.by_owner("a")).consumed == page
    table.delete()

"""What an index holds less is not written to it: by the capacity that DynamoDB Local says it took."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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


PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "index-projections.md").read_text(encoding="utf-8")
MEASURED = [
    pytest.param(holds, float(kilobytes), *map(float, units.split(" | ")), id=f"{holds}, {kilobytes} KB")
    for holds, kilobytes, units in re.findall(r"^\| (all|keys) \| ([\d.]+) KB \| (.*) \|$", PAGE, re.MULTILINE)
]


@contextmanager
def documents_of(
    client: "DynamoDBClient", projections: ProjectionChoices
) -> Iterator[tuple[TableRepository[Document], list[float]]]:
    """Give documents in a table of their own, and what each PutItem takes."""
    table = DynamoDBTable(f"projections-{ULIDS.new_id()}", client=client, projections=projections)
    table.create()
    with units_of_puts(client) as units:
        yield TableRepository(Document, table), units
    table.delete()


@pytest.mark.parametrize(("holds", "kilobytes", "added", "updated", "page"), MEASURED)
def test_the_units_are_those_of_the_page_about_projections(
    local_client: "DynamoDBClient", holds: str, kilobytes: float, added: float, updated: float, page: float
) -> None:
    choices: dict[str, ProjectionChoices] = {"all": {}, "keys": {"listing": "keys", 1: "keys"}}
    with documents_of(local_client, choices[holds]) as (documents, units):
        stored = [documents.add(Document(owner="a", body="x" * int(1000 * kilobytes))) for _ in range(10)]
        document = stored[-1]
        document.edits += 1
        documents.save(document)

        assert units == [added] * 10 + [updated]
        assert documents.list(limit=10).consumed == page
        assert documents.query(Document.by_owner("a"), limit=10).consumed == page


def test_chosen_fields_cost_what_keys_do(local_client: "DynamoDBClient") -> None:
    costs: list[tuple[list[float], float]] = []
    for choice in ("keys", ("owner",)):
        with documents_of(local_client, {"listing": choice, 1: choice}) as (documents, units):
            document = documents.add(Document(owner="a"))
            document.edits += 1
            documents.save(document)
            costs.append((units, documents.list().consumed))

    assert costs == [([13.0, 13.0], 3.5)] * 2

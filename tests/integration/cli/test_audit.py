"""`check` and `stats` in a terminal."""

import json
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from sst_repo import DynamoDBTable, Resource, TableRepository
from sst_repo.tables.dynamodb.administration import state_of
from sst_repo.testing.contracts.stored import spoil, stored_row
from tests.integration.cli.terminal import Terminal

pytestmark = pytest.mark.integration


@pytest.fixture
def parcels(table: DynamoDBTable, warehouse: ModuleType) -> TableRepository[Any]:
    """A parcel of two versions, one that was deleted, and a keeper with a unique value."""
    parcels: TableRepository[Any] = TableRepository(warehouse.Parcel, table)
    parcel = parcels.add(warehouse.Parcel(resource_id="p1", owner="Ada", weight=Decimal("2.50")))
    parcel.status = "sent"
    parcels.save(parcel)
    parcels.delete(parcels.add(warehouse.Parcel(owner="Bob", weight=Decimal(1))))
    TableRepository(warehouse.Keeper, table).add(warehouse.Keeper(name="Eve", email="eve@example.org"))
    return parcels


def test_what_is_wrong_is_told_and_mended_once_that_is_confirmed(
    terminal: Terminal, table: DynamoDBTable, parcels: TableRepository[Any], warehouse: ModuleType
) -> None:
    well = terminal.run("check")
    spoil(table, stored_row(table, warehouse.Parcel, "p1"), "gsi1pk", {"S": "elsewhere"})
    wrong = terminal.run("check")
    mended = terminal.run("check", "--repair", type_in={"[y/N]: ": "y\n"})
    told = json.loads(terminal.pipe("check", "--json").stdout)

    assert well.code == 0
    assert well.lines[-2:] == [
        "6 rows: 2 resources, 1 deleted, 2 old versions, 1 unique values, 0 others.",
        "All is well: nothing is wrong.",
    ]
    assert wrong.code == 1
    (finding,) = [line for line in wrong.lines if line.startswith("wrong")]
    assert finding.split()[1:5] == ["index", "attributes", "Parcel", "p1"]
    assert wrong.lines[-1] == "1 wrong, 0 mended."
    assert mended.code == 0
    assert mended.lines[-1] == "All is well: 1 mended."
    assert told["ok"] is True
    assert told["findings"] == []


def test_types_without_a_model_are_judged_as_far_as_that_goes(
    terminal: Terminal, table: DynamoDBTable, parcels: TableRepository[Any]
) -> None:
    class Crate(Resource):
        pass

    TableRepository(Crate, table).add(Crate())

    assert "1 of the type Crate were judged without a model: name its module, too." in terminal.run("check").lines


def test_the_rows_and_sizes_of_each_type_are_counted(
    terminal: Terminal, table: DynamoDBTable, parcels: TableRepository[Any]
) -> None:
    table.client.put_item(TableName=table.name, Item={"pk": {"S": "other"}, "sk": {"S": "thing"}})
    shown = terminal.run("stats")
    told = json.loads(terminal.pipe("stats", "--json").stdout)

    rows = {line.split("  ")[0]: line.split() for line in shown.lines}
    assert rows["Parcel"][1:5] == ["1", "1", "2", "0"]
    assert rows["Keeper"][1:5] == ["1", "0", "0", "1"]
    assert rows["not the library's"][3] == "1"
    assert told["rows"] == 7
    assert {name: share["rows"] for name, share in told["types"]["Parcel"].items()} == {
        "resources": 1,
        "deleted": 1,
        "old versions": 2,
    }
    sizes = [share["bytes"] for each in (*told["types"].values(), told["foreign"]) for share in each.values()]
    assert sum(sizes) == state_of(table).bytes

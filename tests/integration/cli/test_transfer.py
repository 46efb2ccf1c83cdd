"""`export` and `import`: what comes out goes in again, also in two goes."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sst_repo import DynamoDBTable, Resource, TableRepository
from sst_repo.ids import ULIDS
from sst_repo.testing import Fault, FaultProxy, FaultSchedule
from sst_repo.testing.contracts.stored import noise
from sst_repo.testing.dynamodb_local import DynamoDBLocal
from tests.integration.cli.terminal import Terminal

pytestmark = pytest.mark.integration

LAST_OF_BATCH = 500


@pytest.fixture
def parcels(table: DynamoDBTable, warehouse: ModuleType) -> TableRepository[Any]:
    return TableRepository(warehouse.Parcel, table)


@pytest.fixture
def elsewhere(table: DynamoDBTable) -> Iterator[DynamoDBTable]:
    """Another empty table."""
    other = DynamoDBTable(f"elsewhere-{ULIDS.new_id()}", table.client, gsis=(1, 3))
    other.create()
    yield other
    other.delete()


@pytest.fixture
def proxy(dynamodb_local: DynamoDBLocal) -> Iterator[FaultProxy]:
    with FaultProxy(dynamodb_local.endpoint_url, FaultSchedule.script()) as proxy:
        yield proxy


def contents(repository: TableRepository[Any]) -> dict[str, dict[str, Any]]:
    """What is stored, by id, but for what every write stamps."""
    stamped = {"version", "created_at", "updated_at"}
    return {each.resource_id: each.model_dump(exclude=stamped) for each in repository.scan()}


def test_what_is_exported_is_imported_equal_whatever_its_types(
    terminal: Terminal,
    parcels: TableRepository[Any],
    elsewhere: DynamoDBTable,
    warehouse: ModuleType,
    tmp_path: Path,
) -> None:
    keepers: TableRepository[Any] = TableRepository(warehouse.Keeper, parcels._reader.table)
    keepers.add(warehouse.Keeper(name="Ada", email="ada@example.org"))
    plain = warehouse.Parcel(owner="Ada", weight=Decimal("12345678901234567890.123456789"))
    full = warehouse.Parcel(
        owner="Zoë\u2028\n",
        weight=Decimal("0.1"),
        tags=frozenset({"a", "$SS"}),
        label=b"\x00\xff",
        due=date(2026, 1, 31),
    )
    deleted = parcels.add(warehouse.Parcel(owner="gone", weight=Decimal(1)))
    parcels.delete(deleted)
    parcels.add(full)
    full.status = "sent"
    parcels.save(full)
    parcels.add(plain)
    file = tmp_path / "warehouse.ndjson"

    exported = terminal.run("export", str(file))
    there = [*terminal.environment.items(), ("SST_REPO_TABLE", elsewhere.name)]
    other = replace(terminal, environment=dict(there))
    imported = other.run("import", str(file))
    again = other.pipe("import", str(file), "--json")

    assert (exported.code, imported.code) == (0, 0)
    assert exported.lines[-1] == "Exported 3 resources: Keeper 1, Parcel 2."
    assert "100%" in exported.text
    assert imported.lines[-1] == "Added 3 resources."
    assert json.loads(again.stdout) == {"added": 0, "existing": 3, "failed": 0, "faults": []}
    copies: TableRepository[Any] = TableRepository(warehouse.Parcel, elsewhere)
    assert contents(copies) == contents(parcels)
    assert {each.version for each in copies.scan()} == {1}
    assert TableRepository(warehouse.Keeper, elsewhere).get_by("email", "ada@example.org")
    assert list(tmp_path.iterdir()) == [file]


def test_an_export_goes_on_where_it_was_interrupted(
    terminal: Terminal, parcels: TableRepository[Any], warehouse: ModuleType, proxy: FaultProxy, tmp_path: Path
) -> None:
    large = [
        warehouse.Parcel(owner="Ada", label=noise(200_000, seed).encode(), weight=Decimal(seed)) for seed in range(12)
    ]
    assert parcels.add_many(large).is_complete
    proxy.schedule = FaultSchedule.script(None, Fault.EXPIRED_CREDENTIALS, calls={"scan"})
    file = tmp_path / "parcels.ndjson"
    arguments = ["export", str(file), "--segments", "1"]

    interrupted = terminal.pipe(*arguments, "--endpoint-url", proxy.endpoint_url)
    written = file.read_text().splitlines()
    refused = terminal.pipe(*arguments)
    other = terminal.pipe("export", str(file), "--resume", "--segments", "2")
    resumed = terminal.pipe(*arguments, "--resume")

    assert interrupted.returncode == 5
    assert interrupted.stderr.startswith("Error: the credentials do not allow it")
    assert 0 < len(written) < len(large)
    assert (refused.returncode, other.returncode) == (2, 2)
    assert "go on with --resume, or replace it with --overwrite" in refused.stderr
    assert "in 1 segments" in other.stderr
    assert resumed.returncode == 0
    lines = file.read_text().splitlines()
    assert lines[: len(written)] == written
    assert sorted(json.loads(line)["resource_id"] for line in lines) == sorted(each.resource_id for each in large)
    assert list(tmp_path.iterdir()) == [file]


def test_an_import_goes_on_where_it_was_interrupted(
    terminal: Terminal, parcels: TableRepository[Any], proxy: FaultProxy, tmp_path: Path
) -> None:
    file = tmp_path / "parcels.ndjson"
    lines = [
        json.dumps({"_type": "Parcel", "resource_id": f"p{number}", "owner": "Ada", "weight": number})
        for number in range(LAST_OF_BATCH + 20)
    ]
    file.write_text("\n".join(lines) + "\n")
    let_through = [None] * (LAST_OF_BATCH + 5)
    proxy.schedule = FaultSchedule.script(*let_through, Fault.EXPIRED_CREDENTIALS, calls={"transact"})

    interrupted = terminal.pipe("import", str(file), "--workers", "4", "--endpoint-url", proxy.endpoint_url)
    before = proxy.delivered["PutItem"]
    resumed = terminal.pipe("import", str(file), "--resume", "--json", "--endpoint-url", proxy.endpoint_url)

    assert interrupted.returncode == 5
    assert resumed.returncode == 0
    done = json.loads(resumed.stdout)
    assert done["failed"] == 0
    assert done["added"] + done["existing"] == len(lines)
    assert proxy.delivered["PutItem"] - before == 20  # the whole batch that was interrupted, and nothing before
    assert parcels.count() == len(lines)
    assert list(tmp_path.iterdir()) == [file]


def test_lines_that_can_not_be_added_are_told_and_left_out(
    terminal: Terminal, parcels: TableRepository[Any], tmp_path: Path
) -> None:
    file = tmp_path / "mixed.ndjson"
    file.write_text(
        '{"_type": "Parcel", "resource_id": "p1", "owner": "Ada", "weight": 1}\n'
        "\n"
        "nonsense\n"
        '{"_type": "Crate", "resource_id": "c1"}\n'
        '{"_type": "Parcel", "resource_id": "p2", "owner": "Ada", "weight": "heavy"}\n'
        '{"_type": "Keeper", "resource_id": "k1", "name": "Ada", "email": "ada@example.org"}\n'
        '{"_type": "Keeper", "resource_id": "k2", "name": "Bob", "email": "ada@example.org"}\n'
    )

    done = terminal.run("import", str(file), "--workers", "1")

    assert done.code == 1
    told = done.lines[-6:]
    assert told[0] == "Added 2 resources."
    assert [line.split(":")[0] for line in told[1:5]] == ["line 3", "line 4", "line 5", "line 7"]
    assert "there is no type 'Crate' among the models; there are Keeper, Parcel" in told[2]
    assert "this Keeper.email is held by Keeper 'k1'" in told[4]
    assert told[5] == "4 lines were left out; mend them, and import the file again."
    assert [each.resource_id for each in parcels.scan()] == ["p1"]


def test_an_export_goes_through_a_pipe_into_an_import(
    terminal: Terminal, parcels: TableRepository[Any], elsewhere: DynamoDBTable, warehouse: ModuleType
) -> None:
    kept: Resource = warehouse.Parcel(owner="Ada", weight=Decimal(1))
    parcels.add(kept)

    exported = terminal.pipe("export", "--type", "Parcel", "--json")
    imported = terminal.pipe("import", "-", "--table", elsewhere.name, given=exported.stdout)

    assert json.loads(exported.stderr) == {"written": {"Parcel": 1}, "left_out": {}, "unreadable": []}
    assert imported.returncode == 0
    assert contents(TableRepository(warehouse.Parcel, elsewhere)) == contents(parcels)


def test_rows_that_no_model_is_for_are_counted(
    terminal: Terminal, table: DynamoDBTable, parcels: TableRepository[Any], warehouse: ModuleType
) -> None:
    class Crate(Resource):
        pass

    TableRepository(Crate, table).add(Crate())
    parcels.add(warehouse.Parcel(owner="Ada", weight=Decimal(1)))

    done = terminal.pipe("export")

    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1
    assert "Left out, for no model has these types: Crate 1." in done.stderr

"""`ls`, `get`, `history`, `diff` and `restore` in a terminal."""

import json
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from sst_repo import DynamoDBTable, TableRepository
from tests.integration.cli.terminal import Terminal

pytestmark = pytest.mark.integration

GREEN, RED, YELLOW = "\x1b[32m", "\x1b[31m", "\x1b[33m"


@pytest.fixture
def parcels(table: DynamoDBTable, warehouse: ModuleType) -> TableRepository[Any]:
    """A parcel that was made, changed, deleted, and brought back as it was at first."""
    parcels: TableRepository[Any] = TableRepository(warehouse.Parcel, table)
    parcel = parcels.add(warehouse.Parcel(resource_id="p1", owner="Ada", weight=Decimal("2.50")))
    parcel.status = "sent"
    parcel.tags = frozenset({"fragile"})
    parcels.save(parcel)
    parcels.delete(parcel)
    parcels.restore("p1", 1)
    return parcels


def test_the_history_is_a_timeline_with_coloured_changes_and_deletions(
    terminal: Terminal, parcels: TableRepository[Any]
) -> None:
    shown = terminal.run("history", "Parcel", "p1")

    assert shown.code == 0
    title, *lines = shown.lines
    assert title == "Parcel p1 at version 4, times in UTC"
    told = [line for line in lines if line.strip("│ ")]
    assert [line.split("  ")[2] for line in told if line[0] in "●○"] == [
        "brought back (latest)",
        "deleted",
        "changed",
        "created",
    ]
    assert [line.strip("│ ") for line in told if line[0] in "│ "] == [
        '~ status  "sent" → "packed"',
        '~ tags    ["fragile"] → []',
        '~ status  "packed" → "sent"',
        '~ tags    [] → ["fragile"]',
        '+ owner   "Ada"',
        "+ weight  2.5",
        '+ status  "packed"',
        "+ tags    []",
        '+ label   {"$B": ""}',
    ]
    assert f'{RED}"packed"' in shown.raw
    assert f'{GREEN}"sent"' in shown.raw
    assert f"{RED}deleted" in shown.raw
    assert f"{YELLOW}changed" in shown.raw


def test_a_short_history_says_that_there_is_more(terminal: Terminal, parcels: TableRepository[Any]) -> None:
    shown = terminal.run("history", "Parcel", "p1", "--limit", "2")
    told = json.loads(terminal.pipe("history", "Parcel", "p1", "--all", "--json").stdout)

    assert sum(line[0] in "●○" for line in shown.lines) == 2
    assert '~ status  "sent" → "packed"' in shown.text
    assert shown.lines[-1] == "Older versions: --limit 4, or --all"
    assert [(event["version"], event["what"]) for event in told] == [
        (4, "brought back"),
        (3, "deleted"),
        (2, "changed"),
        (1, "created"),
    ]
    assert {"path": "status", "before": "packed", "after": "sent"} in told[2]["changes"]


def test_two_versions_are_compared(terminal: Terminal, parcels: TableRepository[Any]) -> None:
    assert terminal.run("diff", "Parcel", "p1", "1", "2").lines == [
        "Parcel p1 1 → 2",
        '~ status  "packed" → "sent"',
        '~ tags    [] → ["fragile"]',
    ]
    assert terminal.run("diff", "Parcel", "p1", "1").lines == ["Parcel p1 1 → 4", "They are equal."]
    deleted = terminal.run("diff", "Parcel", "p1", "1", "3")
    assert (deleted.code, deleted.lines) == (3, ["Error: version 3 of Parcel 'p1' was not found"])


def test_a_version_is_restored_once_its_changes_are_seen_and_confirmed(
    terminal: Terminal, parcels: TableRepository[Any]
) -> None:
    declined = terminal.run("restore", "Parcel", "p1", "2", type_in={"[y/N]: ": "\n"})
    assert declined.code == 1
    assert '~ status  "packed" → "sent"' in declined.text
    assert parcels.get("p1").version == 4

    done = terminal.run("restore", "Parcel", "p1", "2", type_in={"[y/N]: ": "y\n"})
    assert done.code == 0
    assert done.lines[-1] == "Parcel p1 has the content of version 2 again, as version 5."
    assert parcels.get("p1").status == "sent"


def test_resources_are_listed_page_by_page_and_filtered(
    terminal: Terminal, table: DynamoDBTable, warehouse: ModuleType
) -> None:
    parcels: TableRepository[Any] = TableRepository(warehouse.Parcel, table)
    for number in range(4):
        parcels.add(warehouse.Parcel(resource_id=f"p{number}", owner="Ada", weight=Decimal(number)))

    first = terminal.run("ls", "Parcel", "-n", "3")
    (more,) = [line for line in first.lines if line.startswith("More: ")]
    page = json.loads(terminal.pipe("ls", "Parcel", *more.removeprefix("More: ").split(), "--json").stdout)
    heavy = terminal.run("ls", "Parcel", "--where", "weight>=2", "--where", "status=packed", "--oldest-first")

    assert [line.split()[0] for line in first.lines[2:5]] == ["p3", "p2", "p1"]
    assert [each["resource_id"] for each in page["resources"]] == ["p0"]
    assert page["cursor"] is None
    assert [line.split()[0] for line in heavy.lines[2:]] == ["p2", "p3"]


def test_a_resource_is_shown_as_it_is_or_was(terminal: Terminal, parcels: TableRepository[Any]) -> None:
    now = terminal.run("get", "Parcel", "p1")
    before = json.loads(terminal.pipe("get", "Parcel", "p1", "--version", "2", "--json").stdout)
    missing = terminal.run("get", "Parcel", "p2")

    assert now.code == 0
    assert [line.split()[:2] for line in now.lines[1:3]] == [["resource_id", '"p1"'], ["version", "4"]]
    assert (before["_type"], before["version"], before["status"]) == ("Parcel", 2, "sent")
    assert (missing.code, missing.lines) == (3, ["Error: Parcel 'p2' was not found"])
    assert missing.raw.startswith("\x1b[1;31mError")

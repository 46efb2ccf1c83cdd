"""The commands on moto, within the process: what is hard to come by in a terminal, and what coverage is to see."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from sst_repo import DynamoDBTable, Index, Resource, TableRepository, Unique, VersionedResource
from sst_repo.cli.program import app
from sst_repo.core import layout
from sst_repo.core.records import Key, Record
from sst_repo.ids import ULIDS
from sst_repo.testing import ManualClock
from sst_repo.testing.contracts.stored import plant, spoil, stored_row

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Letter(VersionedResource, type_name="letter"):
    sender: str
    pages: int = 1
    parts: tuple[dict[str, Any], ...] = ()
    by_sender = Index(gsi=2, partition="sender")


class Writer(Resource, type_name="writer"):
    name: str
    by_name = Unique("name")


class Ran:
    """What a run came to."""

    def __init__(self, table: DynamoDBTable, *arguments: str, given: str | None = None) -> None:
        # moto answers whatever the region is.
        options = ["--table", table.name, "--region", "us-east-1"]
        if arguments[0] != "stats" and arguments[:2] != ("table", "delete"):
            options += ["--models", __name__]
        result = CliRunner().invoke(app, [*arguments, *options], input=given, env={"COLUMNS": "120", "TERM": "dumb"})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code = result.exit_code
        self.out = result.stdout
        self.err = result.stderr

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def table(moto_client: "DynamoDBClient") -> Iterator[DynamoDBTable]:
    table = DynamoDBTable(f"test-{ULIDS.new_id()}", moto_client, gsis=(2,))
    table.create()
    yield table
    if table.exists():
        table.delete()


@pytest.fixture
def letters(table: DynamoDBTable) -> TableRepository[Letter]:
    return TableRepository(Letter, table, clock=ManualClock(datetime(2026, 4, 17, 9, tzinfo=UTC)))


@pytest.fixture
def letter(letters: TableRepository[Letter]) -> Letter:
    """A letter with a history: made, changed twice, deleted, brought back."""
    letter = letters.add(Letter(resource_id="1", sender="Ada"))
    letter.parts = ({"kind": "intro"},)
    letters.save(letter)
    letter.parts = ({"kind": "intro", "text": "Dear"}, {"kind": "end"})
    letter.pages = 2
    letters.save(letter)
    letters.delete(letter)
    return letters.restore("1", 2)


def test_a_timeline_tells_nested_changes_by_path(table: DynamoDBTable, letter: Letter) -> None:
    ran = Ran(table, "history", "letter", "1")

    assert ran.out.splitlines() == [
        "letter 1 at version 5, times in UTC",
        "● 5  2026-04-17 09:00:00  brought back (latest)",
        "│   ~ pages          2 → 1",
        '│   - parts[0].text  "Dear"',
        '│   - parts[1]       {"kind": "end"}',
        "│",
        "○ 4  2026-04-17 09:00:00  deleted",
        "│",
        "○ 3  2026-04-17 09:00:00  changed",
        "│   ~ pages          1 → 2",
        '│   + parts[0].text  "Dear"',
        '│   + parts[1]       {"kind": "end"}',
        "│",
        "○ 2  2026-04-17 09:00:00  changed",
        '│   + parts[0]  {"kind": "intro"}',
        "│",
        "○ 1  2026-04-17 09:00:00  created",
        '    + sender  "Ada"',
        "    + pages   1",
        "    + parts   []",
    ]


def test_a_long_value_is_cut_where_it_is_shown_and_whole_in_json(
    table: DynamoDBTable, letters: TableRepository[Letter]
) -> None:
    letters.add(Letter(resource_id="1", sender="x" * 500))

    assert f'+ sender  "{"x" * 58}…\n' in Ran(table, "history", "letter", "1").out
    assert Ran(table, "history", "letter", "1", "--json").json[0]["changes"][0]["after"] == "x" * 500


def test_a_version_that_can_not_be_unpacked_is_shown_as_that(table: DynamoDBTable, letter: Letter) -> None:
    old = stored_row(table, Letter, "1", 3)
    plant(table, Record(old.key, {**old.attributes, layout.COMPRESSED: {"B": b"torn"}}))

    ran = Ran(table, "history", "letter", "1")
    assert ran.code == 0
    assert "unreadable" in ran.out
    assert "the version before can't be read, or is not shown" in ran.out
    diff = Ran(table, "diff", "letter", "1", "3")
    assert diff.code == 1
    assert "`sst-repo check` tells what is wrong with the table" in diff.err


def test_a_type_without_versions_has_its_latest_one(table: DynamoDBTable) -> None:
    writers = TableRepository(Writer, table)
    writer = writers.add(Writer(resource_id="w1", name="Ada"))
    writer.name = "Eve"
    writers.save(writer)

    (event,) = Ran(table, "history", "writer", "w1", "--json").json
    assert (event["version"], event["what"], event["changes"]) == (2, "changed", None)
    assert Ran(table, "history", "writer", "w2").code == 3


def test_a_version_is_restored_without_asking_where_yes_is_said(table: DynamoDBTable, letter: Letter) -> None:
    assert Ran(table, "restore", "letter", "1", "3").code == 2
    restored = Ran(table, "restore", "letter", "1", "3", "--yes", "--json")
    assert (restored.json["version"], restored.json["pages"]) == (6, 2)
    missing = Ran(table, "restore", "letter", "1", "4", "--yes")
    assert (missing.code, missing.err) == (3, "Error: version 4 of letter '1' was not found\n")


def test_a_list_has_as_many_columns_as_there_is_room_for(
    table: DynamoDBTable, letters: TableRepository[Letter]
) -> None:
    letters.add(Letter(resource_id="1", sender="Ada", parts=tuple({"kind": "x" * 20} for _ in range(9))))

    titles, _, row = Ran(table, "ls", "letter").out.splitlines()
    assert titles.split() == ["resource_id", "version", "updated_at", "sender", "pages", "parts"]
    assert row.split()[0] == "1"
    assert row.endswith("…")
    assert Ran(table, "ls", "letter", "--where", "sender!=Ada", "--json").json == {"resources": [], "cursor": None}


def test_a_row_that_can_not_be_read_hides_none_of_the_others(
    table: DynamoDBTable, letters: TableRepository[Letter], tmp_path: Path
) -> None:
    letters.add(Letter(resource_id="1", sender="Ada"))
    letters.add(Letter(resource_id="2", sender="Bob"))
    spoil(table, stored_row(table, Letter, "1"), "pages", {"S": "many"})

    listed = Ran(table, "ls", "letter")
    exported = Ran(table, "export", str(tmp_path / "all.ndjson"))
    shown = Ran(table, "get", "letter", "1")

    assert [line.split()[0] for line in listed.out.splitlines()[2:]] == ["2"]
    assert "the stored row of version 1 of letter '1' can't be read" in listed.err
    assert exported.code == shown.code == 1
    assert "Exported 1 resources: letter 1." in exported.err
    assert "Left out: the stored row of version 1 of letter '1' can't be read" in exported.err
    assert [path.name for path in tmp_path.iterdir()] == ["all.ndjson"]


def test_an_export_is_imported_again(table: DynamoDBTable, letter: Letter, tmp_path: Path) -> None:
    TableRepository(Writer, table).add(Writer(name="Ada"))
    file = tmp_path / "all.ndjson"
    exported = Ran(table, "export", str(file), "--json")
    table.delete()
    table.create()
    imported = Ran(table, "import", str(file), "--json")
    refused = Ran(table, "export", str(file))
    replaced = Ran(table, "export", str(file), "--overwrite", "--type", "letter")

    assert exported.json == {"written": {"letter": 1, "writer": 1}, "left_out": {}, "unreadable": []}
    assert imported.json == {"added": 2, "existing": 0, "failed": 0, "faults": []}
    assert refused.code == 2
    assert replaced.code == 0
    (line,) = file.read_text().splitlines()
    assert json.loads(line)["parts"] == [{"kind": "intro"}]


def test_a_table_that_is_gone_stops_an_import_at_once(table: DynamoDBTable, tmp_path: Path) -> None:
    file = tmp_path / "some.ndjson"
    file.write_text('{"_type": "writer", "resource_id": "1", "name": "Ada"}\n')
    table.delete()

    ran = Ran(table, "import", str(file))

    assert ran.code == 5
    assert ran.err.startswith(f"Error: there is no table '{table.name}'")


def test_a_check_tells_mends_and_counts(table: DynamoDBTable, letter: Letter) -> None:
    spoil(table, stored_row(table, Letter, "1"), "gsi2pk", None)
    plant(table, Record(Key("strange", "row"), {}))

    wrong = Ran(table, "check")
    assert wrong.code == 1
    assert "index attributes" in wrong.out
    assert wrong.out.splitlines()[-1] == "1 wrong, 0 mended."
    assert Ran(table, "check", "--json").json["counts"] == {"index attributes": 1}
    assert Ran(table, "check", "--repair").code == 2
    mended = Ran(table, "check", "--repair", "--yes")
    assert mended.code == 0
    assert mended.out.splitlines()[-1] == "All is well: 1 mended."
    counted = Ran(table, "stats", "--json").json
    assert counted["types"]["letter"]["old versions"]["rows"] == 5
    assert counted["foreign"]["others"]["rows"] == 1
    assert "not the library's" in Ran(table, "stats").out


def test_a_table_is_made_with_expiry_backups_and_lean_indexes(moto_client: "DynamoDBClient") -> None:
    table = DynamoDBTable(f"made-{ULIDS.new_id()}", moto_client)
    made = Ran(table, "table", "create", "--point-in-time-recovery", "--projection", "2=pages", "--json")
    kept = Ran(table, "table", "create", "--if-not-exists")
    described = Ran(table, "table", "describe", "--json").json
    shown = Ran(table, "table", "describe")
    Ran(table, "import", "-", given='{"_type": "letter", "resource_id": "1", "sender": "Ada"}\n')
    listed = Ran(table, "ls", "letter", "--json").json
    deleted = Ran(table, "table", "delete", "--yes")

    assert made.json == {"table": table.name, "created": True}
    assert "exists already" in kept.out
    assert described["point_in_time_recovery"] is True
    assert described["ttl"] == ""
    assert {index["name"]: index["projection"] for index in described["indexes"]} == {
        "listing": "all",
        "gsi2": ["pages"],
    }
    assert "point in time recovery   on" in shown.out
    assert [each["sender"] for each in listed["resources"]] == ["Ada"]
    assert deleted.out == f"The table {table.name} is gone.\n"


def test_two_versions_are_compared_in_either_direction(table: DynamoDBTable, letter: Letter) -> None:
    assert Ran(table, "diff", "letter", "1", "3", "1").out.splitlines() == [
        "letter 1 3 → 1",
        "~ pages     2 → 1",
        '- parts[0]  {"kind": "intro", "text": "Dear"}',
        '- parts[1]  {"kind": "end"}',
    ]
    assert Ran(table, "diff", "letter", "1", "2").out.splitlines() == ["letter 1 2 → 5", "They are equal."]
    assert Ran(table, "diff", "letter", "1", "3", "1", "--json").json[0] == {"path": "pages", "before": 2, "after": 1}


def test_a_resource_is_shown_field_by_field(table: DynamoDBTable, letter: Letter) -> None:
    title, *fields = Ran(table, "get", "letter", "1", "--version", "3").out.splitlines()

    assert title == "letter 1"
    assert [" ".join(line.split()) for line in fields] == [
        'resource_id "1"',
        "version 3",
        "created_at 2026-04-17 09:00:00",
        "updated_at 2026-04-17 09:00:00",
        'sender "Ada"',
        "pages 2",
        'parts [{"kind": "intro", "text": "Dear"}, {"kind": "end"}]',
    ]


def test_the_next_page_is_a_line_away(table: DynamoDBTable, letters: TableRepository[Letter]) -> None:
    for number in range(3):
        letters.add(Letter(resource_id=str(number), sender="Ada"))

    first = Ran(table, "ls", "letter", "-n", "2", "--oldest-first")
    _, _, cursor = first.err.split()
    assert [line.split()[0] for line in first.out.splitlines()[2:]] == ["0", "1"]
    second = Ran(table, "ls", "letter", "-n", "2", "--oldest-first", "--cursor", cursor)
    assert [line.split()[0] for line in second.out.splitlines()[2:]] == ["2"]
    assert second.err == ""


def test_lines_that_can_not_be_added_are_told_by_number(table: DynamoDBTable) -> None:
    lines = [
        '{"_type": "writer", "resource_id": "1", "name": "Ada"}',
        "",
        '{"_type": "writer", "resource_id": "2", "name": "Ada"}',
        '{"_type": "reader", "resource_id": "3"}',
    ]
    ran = Ran(table, "import", "-", "--workers", "1", given="\n".join(lines))
    again = Ran(table, "import", "-", given=lines[0])

    assert ran.code == 1
    assert ran.err.splitlines() == [
        "Added 1 resources.",
        "line 3: nothing was written: this writer.name is held by writer '1'; choose another",
        "line 4: there is no type 'reader' among the models; there are letter, writer",
        "2 lines were left out; mend them, and import the file again.",
    ]
    assert (again.code, again.err.splitlines()[-1]) == (0, "1 were there already, and are left alone.")


def test_an_index_that_the_models_lack_is_told(moto_client: "DynamoDBClient") -> None:
    table = DynamoDBTable(f"bare-{ULIDS.new_id()}", moto_client, gsis=0)
    table.create()

    ran = Ran(table, "table", "describe")

    assert (ran.code, ran.err) == (1, "It lacks the index gsi2, which Letter.by_sender needs.\n")

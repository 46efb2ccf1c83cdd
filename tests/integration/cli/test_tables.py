"""`sst-repo table` in a terminal."""

import json

import pytest

from sst_repo import DynamoDBTable
from sst_repo.ids import ULIDS
from tests.integration.cli.terminal import Terminal

pytestmark = pytest.mark.integration


def test_a_table_is_made_described_and_deleted_once_that_is_confirmed(terminal: Terminal, table: DynamoDBTable) -> None:
    name = f"made-{ULIDS.new_id()}"
    made = terminal.run("table", "create", "--table", name, "--projection", "listing=keys")
    again = terminal.run("table", "create", "--table", name)
    described = terminal.run("table", "describe", "--table", name)
    declined = terminal.run("table", "delete", "--table", name, type_in={"[y/N]: ": "n\n"})
    deleted = terminal.run("table", "delete", "--table", name, type_in={"[y/N]: ": "y\n"})
    gone = terminal.run("table", "describe", "--table", name)

    assert (made.code, made.lines) == (0, [f"The table {name} is there, with listing, gsi1, gsi3."])
    assert (again.code, again.lines) == (5, [f"Error: the table '{name}' exists already"])
    assert described.code == 0
    rows = {line.split()[0]: line for line in described.lines}
    assert " keys " in rows["listing"]
    assert rows["gsi1"].endswith("Parcel.by_owner")
    assert rows["gsi3"].endswith("Keeper.by_name")
    assert "gsi2" not in rows
    assert declined.code == 1
    assert "Nothing was done." in declined.text
    assert deleted.code == 0
    assert f"Delete the table {name} with all that is in it? [y/N]: y" in deleted.text
    assert deleted.lines[-1] == f"The table {name} is gone."
    assert gone.code == 5
    assert gone.lines[0].startswith(f"Error: there is no table '{name}'; see --table, --region and --endpoint-url")


def test_a_description_says_which_index_the_models_lack(terminal: Terminal, local_client: object) -> None:
    name = f"bare-{ULIDS.new_id()}"
    bare = DynamoDBTable(name, local_client, gsis=1)  # type: ignore[arg-type]
    bare.create()
    lacking = terminal.run("table", "describe", "--table", name)
    told = terminal.pipe("table", "describe", "--table", name, "--json")
    bare.delete()

    assert lacking.code == told.returncode == 1
    assert lacking.lines[-1] == "It lacks the index gsi3, which Keeper.by_name needs."
    facts = json.loads(told.stdout)
    assert facts["lacking"] == ["gsi3"]
    assert [index["name"] for index in facts["indexes"]] == ["gsi1", "listing"]


def test_a_table_is_not_deleted_where_nobody_can_be_asked(terminal: Terminal, table: DynamoDBTable) -> None:
    refused = terminal.pipe("table", "delete")
    assert refused.returncode == 2
    assert "say --yes if you mean it" in refused.stderr
    assert table.exists()

    done = terminal.pipe("table", "delete", "--yes", "--json")
    assert json.loads(done.stdout) == {"table": table.name, "deleted": True}
    assert not table.exists()

"""The program without a table: help, templates, and what makes no sense."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sst_repo.cli.exits import SAID, Code
from sst_repo.cli.program import app
from sst_repo.provisioning import cdk, cloudformation, terraform

MODELS = """
from sst_repo import Index, Resource, VersionedResource


class Order(VersionedResource):
    customer: str
    number: int = 0
    by_customer = Index(gsi=2, partition="customer")


class Basket(Resource):
    expires: int
"""


class Ran:
    """What a run came to."""

    def __init__(self, *arguments: str) -> None:
        result = CliRunner().invoke(app, arguments, prog_name="sst-repo", env={"COLUMNS": "100", "TERM": "dumb"})
        self.code = result.exit_code
        self.out = result.stdout
        self.err = " ".join(result.stderr.split())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A current directory with models, and nothing set."""
    for name in [each for each in os.environ if each.startswith(("SST_REPO_", "AWS_"))]:
        monkeypatch.delenv(name)
    (tmp_path / "cli_shop.py").write_text(MODELS)
    monkeypatch.chdir(tmp_path)
    before = list(sys.path), set(sys.modules)
    yield tmp_path
    sys.path[:] = before[0]
    for name in set(sys.modules) - before[1]:
        if name.startswith("cli_"):
            del sys.modules[name]


def test_help_names_the_commands_and_the_exit_codes() -> None:
    ran = Ran("--help")

    assert ran.code == 0
    for word in ("ls", "get", "history", "diff", "restore", "export", "import", "check", "stats", "table", "template"):
        assert f" {word} " in ran.out
    for code in Code:
        assert f"{code.value}  {SAID[code]}" in ran.out


def test_every_exit_code_is_in_the_documentation() -> None:
    page = (Path(__file__).parents[3] / "docs" / "command-line.md").read_text()

    assert [f"| {code.value} |" in page for code in Code] == [True] * len(Code)


@pytest.mark.parametrize(
    "command",
    [
        "ls",
        "get",
        "history",
        "diff",
        "restore",
        "export",
        "import",
        "check",
        "stats",
        "table create",
        "table describe",
        "table delete",
    ],
)
def test_every_command_that_calls_takes_a_connection_and_prints_json(command: str) -> None:
    ran = Ran(*command.split(), "--help")

    for option in ("--table", "--endpoint-url", "--region", "--profile", "--json"):
        assert option in ran.out


def test_it_says_which_version_it_is() -> None:
    assert Ran("--version").out.startswith("sst-repo 0.")


@pytest.mark.parametrize("make", [cloudformation, cdk, terraform])
def test_a_template_is_the_one_that_python_gives(make: object, folder: Path) -> None:
    name = make.__name__  # type: ignore[attr-defined]
    ran = Ran(
        *("template", name, "--table", "shop", "--models", "cli_shop", "--ttl", "expires"),
        *("--point-in-time-recovery", "--projection", "listing=keys", "--projection", "gsi2=number,customer"),
    )
    models = sys.modules["cli_shop"]

    assert ran.code == 0
    assert ran.out == make(  # type: ignore[operator]
        [models.Order, models.Basket],
        table_name="shop",
        projections={"listing": "keys", 2: ["number", "customer"]},
        ttl="expires",
        point_in_time_recovery=True,
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["ls", "Order"], "Missing option '--table'"),
        (["ls", "Order", "--table", "shop"], "name the module of your models: --models package.module"),
        (["ls", "Order", "--table", "shop", "--models", "none.such"], "there is no module 'none.such'"),
        (["ls", "Order", "--table", "shop", "--models", "json"], "the module 'json' has no Resource classes"),
        (["ls", "Order", "--table", "shop", "--models", "cli_broken"], "importing 'cli_broken' raised KeyError: 'x'"),
        (["ls", "Order", "--table", "shop", "--models", "cli_lacking"], "can't be imported: No module named 'no_such'"),
        (["ls", "Order", "--table", "shop", "--models", "cli_shop", "--models", "cli_twin"], "both stored as 'Order'"),
        (["ls", "Crate", "--table", "shop", "--models", "cli_shop"], "there are Basket, Order"),
        (["ls", "Order", "--where", "total", "--table", "shop", "--models", "cli_shop"], "a condition is FIELD=VALUE"),
        (["ls", "Order", "--where", "x=1", "--table", "shop", "--models", "cli_shop"], "Order has no field 'x'"),
        (
            ["ls", "Order", "--where", "number=x", "--table", "shop", "--models", "cli_shop"],
            "is no value of Order.numb",
        ),
        (["import", "none.ndjson", "--table", "shop", "--models", "cli_shop"], "there is no file none.ndjson"),
        (["export", "--resume", "--table", "shop", "--models", "cli_shop"], "only an export to a file can be resumed"),
        (["export", "x", "--resume", "--table", "shop", "--models", "cli_shop"], "there is nothing to go on from"),
        (["template", "cdk", "--table", "a", "--models", "cli_shop"], "a table has a name of 3 to 255"),
        (["template", "cdk", "--table", "shop", "--models", "cli_shop", "--ttl", "number"], "can't expire by number"),
        (
            ["template", "cdk", "--table", "shop", "--models", "cli_shop", "--projection", "x"],
            "a projection is INDEX=WHAT",
        ),
        (["table", "describe", "--table", "shop", "--endpoint-url", "nonsense", "--region", "x"], "Invalid endpoint"),
        (["table", "describe", "--table", "shop", "--profile", "none"], "The config profile (none) could not be found"),
    ],
)
def test_what_makes_no_sense_is_told_and_ends_with_2(arguments: list[str], reason: str, folder: Path) -> None:
    (folder / "cli_broken.py").write_text("{}['x']\n")
    (folder / "cli_lacking.py").write_text("import no_such\n")
    (folder / "cli_twin.py").write_text(MODELS)

    ran = Ran(*arguments)

    assert reason in ran.err
    assert ran.code == 2
    assert ran.out == ""


def test_a_file_that_exists_is_not_replaced_unasked(folder: Path) -> None:
    (folder / "kept.ndjson").write_text("precious\n")

    ran = Ran("export", "kept.ndjson", "--table", "shop", "--models", "cli_shop", "--region", "eu-west-1")

    assert ran.code == 2
    assert (folder / "kept.ndjson").read_text() == "precious\n"


def test_a_checkpoint_of_another_table_is_refused(folder: Path) -> None:
    (folder / "some.ndjson").write_text("")
    (folder / "some.ndjson.checkpoint").write_text(json.dumps({"table": "other"}))

    ran = Ran("import", "some.ndjson", "--resume", "--table", "shop", "--models", "cli_shop")

    assert (ran.code, "is about the table 'other', not 'shop'" in ran.err) == (2, True)
    (folder / "some.ndjson.checkpoint").write_text("{")
    assert "is no checkpoint" in Ran("import", "some.ndjson", "--resume", "--table", "shop", "--models", "cli_shop").err

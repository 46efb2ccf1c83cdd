"""What the program does as a program: errors in one line, interruptions, pipes, shells."""

import os
import socket
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sst_repo import DynamoDBTable, TableRepository
from tests.integration.cli.terminal import PROGRAM, Terminal

pytestmark = pytest.mark.integration


def without(terminal: Terminal, *names: str) -> Terminal:
    """The same terminal, with some variables not set."""
    return replace(terminal, environment={k: v for k, v in terminal.environment.items() if k not in names})


def test_an_error_is_one_red_line_that_says_what_to_do(terminal: Terminal) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    once = {"AWS_MAX_ATTEMPTS": "1", "AWS_RETRY_MODE": "standard"}
    hasty = replace(terminal, environment={**terminal.environment, **once})

    unreachable = hasty.run("get", "Parcel", "p1", "--endpoint-url", endpoint)
    nowhere = without(terminal, "AWS_DEFAULT_REGION").run("get", "Parcel", "p1")
    nobody_known = without(terminal, "AWS_ACCESS_KEY_ID").run("get", "Parcel", "p1")
    mangled = terminal.run("ls", "Parcel", "--cursor", "nonsense")

    assert [each.code for each in (unreachable, nowhere, nobody_known, mangled)] == [5, 2, 5, 2]
    for each in (unreachable, nowhere, nobody_known, mangled):
        assert each.text.count("\n") == 1, each.text
        assert each.raw.startswith("\x1b[1;31mError: ")
    assert "the server gave no answer" in unreachable.text
    assert "You must specify a region. See --region, --profile and --endpoint-url" in nowhere.text
    assert "the AWS credentials are missing, incomplete or can't be had" in nobody_known.text
    assert "begin again without" in mangled.text


def test_ctrl_c_ends_it_without_a_traceback(terminal: Terminal) -> None:
    reading = replace(terminal, columns=300)
    ended = reading.run("import", "-", type_in={"resources": "\x03"})

    assert ended.code == 130
    assert ended.lines[-1] == "Interrupted."
    assert "Traceback" not in ended.text


def test_a_reader_that_has_had_enough_is_no_error(
    terminal: Terminal, table: DynamoDBTable, warehouse: ModuleType
) -> None:
    parcels: TableRepository[Any] = TableRepository(warehouse.Parcel, table)
    assert parcels.add_many(
        warehouse.Parcel(owner="Ada", weight=Decimal(number), label=b"x" * 50_000) for number in range(10)
    ).is_complete

    with subprocess.Popen(
        [PROGRAM, "export"],
        cwd=terminal.folder,
        env=dict(terminal.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        said = process.stderr.read().decode()
        process.wait(60)

    assert "Traceback" not in said
    assert "Error" not in said


def test_the_shell_completes_types(terminal: Terminal) -> None:
    asked = {"_SST_REPO_COMPLETE": "complete_bash", "COMP_WORDS": "sst-repo get Par", "COMP_CWORD": "2"}
    completed = subprocess.run(
        [PROGRAM],
        cwd=terminal.folder,
        env={**terminal.environment, **asked},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert completed.stdout.split() == ["Parcel"]


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise ModuleNotFoundError(name='typer')\n")
    ended = subprocess.run(
        [PROGRAM, "--help"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ended.returncode == 1
    assert ended.stderr == "sst-repo needs the extra `cli`: pip install 'sst-repo[cli]'\n"

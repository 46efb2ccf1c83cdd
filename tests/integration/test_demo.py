"""The demo on DynamoDB Local tells what it tells on memory: the same services, unchanged."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sst_repo.testing.dynamodb_local import ENDPOINT_VARIABLE, DynamoDBLocal

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]

ULID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")
TIME = re.compile(r"\b[0-2]\d:[0-5]\d\b")
CALLS = "\nCalls to DynamoDB\n"


def demo(backend: str, endpoint: str) -> str:
    process = subprocess.run(
        [sys.executable, "-m", "examples.shop", "--backend", backend],
        cwd=ROOT,
        env={**os.environ, ENDPOINT_VARIABLE: endpoint},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


def story_of(output: str) -> list[str]:
    """The lines that tell the story, between the title and the count of calls; ids and times are as they may be."""
    _, _, story = output.partition("\n")
    story, _, _ = story.partition(CALLS)
    return TIME.sub("<time>", ULID.sub("<id>", story)).splitlines()


@pytest.fixture(scope="module")
def on_dynamodb(dynamodb_local: DynamoDBLocal) -> str:
    return demo("dynamodb", dynamodb_local.endpoint_url)


def test_the_story_is_the_same_on_both_tables(on_dynamodb: str, dynamodb_local: DynamoDBLocal) -> None:
    in_memory = demo("memory", dynamodb_local.endpoint_url)

    assert story_of(on_dynamodb) == story_of(in_memory)
    assert "1. The shop opens" in story_of(in_memory)


def test_the_calls_are_counted_by_operation(on_dynamodb: str) -> None:
    _, _, report = on_dynamodb.partition(CALLS)
    calls = {operation: int(number) for operation, number in re.findall(r"^ +(\w+) +(\d+)$", report, re.MULTILINE)}

    assert set(calls) == {"BatchGetItem", "GetItem", "PutItem", "Query", "TransactWriteItems"}
    # Two articles put on the shelf, one delivery: all that is a single write. The email of a customer is another one.
    assert calls["PutItem"] == 3


def test_the_table_of_the_demo_is_gone_afterwards(on_dynamodb: str, dynamodb_local: DynamoDBLocal) -> None:
    names = dynamodb_local.client().list_tables()["TableNames"]

    assert [name for name in names if name.startswith("shop-")] == []

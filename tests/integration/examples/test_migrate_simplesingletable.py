"""The move from simplesingletable, both tables on DynamoDB Local."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sst_repo.testing.dynamodb_local import ENDPOINT_VARIABLE, DynamoDBLocal

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]


def test_the_demo_moves_all_there_is_and_then_nothing(dynamodb_local: DynamoDBLocal) -> None:
    process = subprocess.run(
        [sys.executable, "-W", "error", "-m", "examples.migrate_simplesingletable"],
        cwd=ROOT,
        env={**os.environ, ENDPOINT_VARIABLE: dynamodb_local.endpoint_url},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert process.returncode == 0, process.stdout + process.stderr
    first, _, second = process.stdout.partition("The second run:")
    assert "3 resources are moved; 8 versions were written in this run" in first
    assert re.search(r"shortened: Minutes \w{26}\n", first)
    assert "not to be moved: 1 of _INTERNAL" in first
    assert re.findall(r"  (\d)  [\d:.]+  ([^,]+), scan of (\d+) bytes", first) == [
        ("3", "Delivery of mugs and teapots", "15"),
        ("2", "Delivery of mugs and teapots", "20009"),
        ("1", "Delivery of mugs", "20009"),
    ]
    assert "3 resources are moved; 0 versions were written in this run" in second

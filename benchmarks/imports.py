"""What `import sst_repo` costs a process that has pydantic already, next to what boto3 would cost it."""

import statistics
import subprocess
import sys

PROGRAM = """
import time
from pydantic import BaseModel
begin = time.perf_counter()
{statement}
print((time.perf_counter() - begin) * 1e3)
"""
STATEMENTS = {
    "sst_repo with the in-memory table": "import sst_repo; sst_repo.InMemoryTable()",
    "boto3": "import boto3",
    "boto3 and a DynamoDB client": "import boto3; boto3.client('dynamodb', region_name='us-east-1')",
}


def milliseconds(statement: str) -> float:
    program = PROGRAM.format(statement=statement)
    command = [sys.executable, "-c", program]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - ours


def report(rounds: int) -> None:
    taken: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for _ in range(rounds):
        for name, statement in STATEMENTS.items():
            taken[name].append(milliseconds(statement))
    print("\nImport, beyond pydantic (ms, median)")
    for name, times in taken.items():
        print(f"  {name:40} {statistics.median(times):8.1f}")

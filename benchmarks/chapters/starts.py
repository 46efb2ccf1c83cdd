"""What a process waits for before it can work: imports, and the first reply from a cold start."""

import os
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks import goals
from benchmarks.chapters.base import Chapter, Options
from benchmarks.markdown import number, table, verdict
from benchmarks.peers import boto3_client, ours
from benchmarks.peers.clients import client, new_table
from benchmarks.peers.samples import identity, row
from benchmarks.stub import StubProcess

ROOT = Path(__file__).parents[2]

PROGRAM = """
import time
{before}
wall, cpu = time.perf_counter(), time.process_time()
{statements}
print((time.process_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3)
"""
PYDANTIC = "from pydantic import BaseModel"
MODEL = PYDANTIC + "\nclass Model(BaseModel):\n    name: str"
"""What pydantic puts off until the first model is defined is not to be paid by whoever defines it."""

OURS = "import sst_repo; sst_repo.InMemoryTable()"
IMPORTS = {
    "sst_repo with the in-memory table": (OURS, MODEL),
    "sst_repo with the in-memory table, first of all models": (OURS, PYDANTIC),
    "boto3": ("import boto3", MODEL),
    "boto3 and a DynamoDB client": ("import boto3; boto3.client('dynamodb', region_name='us-east-1')", MODEL),
}

BY_BOTO3 = """
import boto3
from boto3.dynamodb.types import TypeDeserializer
from pydantic import BaseModel
class Row(BaseModel):
    title: str
    count: int
client = boto3.client("dynamodb", endpoint_url="{url}")
item = client.get_item(TableName="{table}", Key={{"pk": {{"S": "rows"}}, "sk": {{"S": "{id}"}}}})["Item"]
read = TypeDeserializer().deserialize
Row.model_validate({{name: read(value) for name, value in item.items()}})
"""
BY_US = """
import os
os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = "{url}"
from sst_repo import DynamoDBTable, Resource, TableRepository
class Plain(Resource):
    title: str
    count: int
TableRepository(Plain, DynamoDBTable("{table}"{options})).get("{id}")
"""


def milliseconds(statements: str, before: str = "") -> tuple[float, float]:
    """Run statements in a new Python; return the CPU and the wall time they take."""
    program = PROGRAM.format(statements=statements, before=before)
    command = [sys.executable, "-c", program]
    # Installed packages are compiled; so is what is imported from a checkout, once it may keep what it compiled.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ran = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)  # noqa: S603 - ours
    cpu, wall = map(float, ran.stdout.split())
    return cpu, wall


def report(options: Options) -> Chapter:
    with StubProcess() as stub:
        replies = first_replies(stub.url)
        taken: dict[str, list[tuple[float, float]]] = {}
        for _ in range(options.rounds):
            for name, (statements, before) in IMPORTS.items():
                taken.setdefault(f"import: {name}", []).append(milliseconds(statements, before))
            for name, statements in replies.items():
                taken.setdefault(f"first reply: {name}", []).append(milliseconds(statements))
    return Chapter(told(taken), taken)


def first_replies(url: str) -> dict[str, str]:
    """Store a row for each, and return programs that read it, by name."""
    name = new_table(url)
    client(url).put_item(TableName=name, Item=boto3_client.to_item(row(0)))
    programs = {"boto3": BY_BOTO3.format(url=url, table=name, id=identity(0))}
    for kind, make in ours.tables().items():
        its = make(f"first-{len(programs)}", client(url))
        its.create()
        ours.stock(its, 1)
        _, _, transport = kind.partition(", ")
        options = f", transport={transport!r}" if transport else ""
        programs[kind] = BY_US.format(url=url, table=its.name, id=identity(0), options=options)
    return programs


def told(taken: dict[str, list[tuple[float, float]]]) -> str:
    cpus = {name: statistics.median(cpu for cpu, _ in times) for name, times in taken.items()}
    rows: list[list[str]] = []
    for name, times in taken.items():
        wall = statistics.median(wall for _, wall in times)
        goal, judged = "", ""
        if name.startswith("import: sst_repo"):
            goal, judged = f"{goals.IMPORT_MS}", verdict(cpus[name], goals.IMPORT_MS, at_most=True)
        elif name.startswith("first reply: sst_repo"):
            goal, judged = "boto3's", verdict(cpus[name], cpus["first reply: boto3"], at_most=True)
        rows.append([name, number(cpus[name]), number(wall), goal, judged])
    return table(["ms", "CPU", "wall", "goal", ""], rows)

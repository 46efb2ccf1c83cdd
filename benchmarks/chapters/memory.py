"""CPU per operation of the same repositories on the in-memory table and on moto, with 2,000 rows in each."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import count

import boto3
from moto import mock_aws

from benchmarks import goals
from benchmarks.chapters.base import Chapter, Options
from benchmarks.markdown import number, table, verdict
from benchmarks.peers.samples import Content, fields, identity
from benchmarks.timing import Samples, interleaved
from sst_repo import DynamoDBTable, Index, InMemoryTable, Repository, Resource, Table, TableRepository, UnitOfWork

ROWS = 2000
PAGE = 50
UNIT = 10
GROUPS = 10
TIMES = {
    "add": (20, 10),
    "get": (500, 20),
    "save": (300, 20),
    "query 50": (50, 5),
    "unit of 10": (10, 1),
}
"""How many runs make a measurement, in memory and on moto: few that add, so that the number of rows stays the same."""


class Row(Resource, Content):
    group: str
    by_group = Index(gsi=1, partition="group", sort="placed_at")


class Rows(UnitOfWork):
    rows: Repository[Row]


@contextmanager
def tables() -> Generator[dict[str, Table]]:
    with mock_aws():
        client = boto3.client(
            "dynamodb",
            region_name="us-east-1",
            aws_access_key_id="moto",
            aws_secret_access_key="moto",  # noqa: S106 - means nothing
        )
        moto = DynamoDBTable("bench", client)
        moto.create()
        yield {"memory": InMemoryTable(), "moto": moto}


def operations(table: Table, rows: int) -> dict[str, Callable[[], object]]:
    """Store rows in an empty table, and return what is measured on it."""
    repository = TableRepository(Row, table)
    numbers = count()

    def new() -> Row:
        number = next(numbers)
        return Row(resource_id=identity(number), group=f"group-{number % GROUPS}", **fields(number % ROWS))

    for _ in range(rows):
        repository.add(new())
    kept = repository.get(identity(0))

    def save() -> None:
        kept.count += 1
        repository.save(kept)

    def unit() -> None:
        with Rows(table) as unit_of_work:
            for _ in range(UNIT):
                unit_of_work.rows.add(new())
            unit_of_work.commit()

    return {
        "add": lambda: repository.add(new()),
        "get": lambda: repository.get(identity(1)),
        "save": save,
        "query 50": lambda: repository.query(Row.by_group("group-1"), limit=PAGE),
        "unit of 10": unit,
    }


def report(options: Options, rows: int = ROWS) -> Chapter:
    with tables() as both:
        ready = {name: operations(table, rows) for name, table in both.items()}
        times = {(name, kind): runs for name, pair in TIMES.items() for kind, runs in zip(both, pair, strict=True)}
        samples = interleaved(ready, options.rounds, times=times)
    return Chapter(told(samples), samples.raw())


def told(samples: Samples) -> str:
    rows: list[list[str]] = []
    for name in TIMES:
        memory, moto, factor = (
            samples.median(name, "memory"),
            samples.median(name, "moto"),
            samples.ratio(name, "moto", "memory"),
        )
        goal = goals.MEMORY[name]
        rows.append(
            [
                name,
                number(memory),
                number(moto),
                f"{number(factor)}x",
                f"{goal:,}x",
                verdict(factor, goal, at_most=False),
            ]
        )
    return table(["µs", "memory", "moto", "factor", "goal", ""], rows)

"""10,000 items read from DynamoDB Local: by key and by a scan, wall time, in relation to loops around boto3.

All read the same rows, which are stored as we store them.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from benchmarks import goals
from benchmarks.chapters.base import Chapter, Options
from benchmarks.markdown import number, table, verdict
from benchmarks.peers import ours
from benchmarks.peers.base import BASE
from benchmarks.peers.clients import client, new_name
from benchmarks.peers.ours import Plain
from benchmarks.peers.samples import Content, identity
from sst_repo import InMemoryTable, Table, TableRepository
from sst_repo.core.queries import Scan
from sst_repo.testing import DynamoDBLocal

ITEMS = 10_000
ROUNDS = 3
SEGMENTS = 4
KEYS_A_BATCH = 100
PUTS_A_BATCH = 25

Bulk = dict[str, Callable[[], int]]
"""By name, what reads all items and says how many there were."""

_deserialize = TypeDeserializer().deserialize


def report(options: Options, items: int = ITEMS) -> Chapter:
    with DynamoDBLocal.launch() as local:
        return measured(local.endpoint_url, min(ROUNDS, options.rounds), items)


def measured(url: str, rounds: int, items: int) -> Chapter:
    its = client(url, connections=16)
    name = new_name()
    stock(its, ours.tables(), name, items)
    subjects: dict[str, Bulk] = {BASE: by_boto3(its, name, items)}
    subjects |= by_pydynox(url, name, items)
    subjects |= {kind: by_us(make(name, client(url, connections=16)), items) for kind, make in ours.tables().items()}
    taken: dict[str, dict[str, list[float]]] = {}
    for _ in range(rounds):
        for work in goals.BULK:
            for subject, bulk in subjects.items():
                begin = time.perf_counter()
                found = bulk[work]()
                taken.setdefault(work, {}).setdefault(subject, []).append(time.perf_counter() - begin)
                assert found == items, f"{subject}: {work} gives {found} items, not {items}"
    return Chapter(told(taken), taken, most_rounds=ROUNDS)


def stock(its: Any, makes: Mapping[str, Callable[[str, Any], Table]], name: str, items: int) -> None:
    """Make a table and fill it with rows as we store them, in batches."""
    next(iter(makes.values()))(name, its).create()
    memory = InMemoryTable()
    ours.stock(memory, items)
    after = None
    waiting: list[dict[str, Any]] = []
    while True:
        read = memory.scan(Scan(after=after))
        waiting += [{"PutRequest": {"Item": {**row.key.attributes, **row.attributes}}} for row in read.records]
        if read.more is None:
            break
        after = read.more.key
    for start in range(0, len(waiting), PUTS_A_BATCH):
        answer = its.batch_write_item(RequestItems={name: waiting[start : start + PUTS_A_BATCH]})
        assert not answer.get("UnprocessedItems")


def by_boto3(its: Any, name: str, items: int) -> Bulk:
    keys = [{"pk": {"S": f"Plain#{identity(place)}"}, "sk": {"S": "@"}} for place in range(items)]

    def read(item: dict[str, Any]) -> Content:
        return Content.model_validate({field: _deserialize(value) for field, value in item.items()})

    def get_many() -> int:
        found: list[Content] = []
        for start in range(0, items, KEYS_A_BATCH):
            left: Any = {name: {"Keys": keys[start : start + KEYS_A_BATCH], "ConsistentRead": True}}
            while left:
                answer = its.batch_get_item(RequestItems=left)
                found += map(read, answer["Responses"].get(name, ()))
                left = answer.get("UnprocessedKeys")
        return len(found)

    def scan() -> int:
        pages = its.get_paginator("scan").paginate(TableName=name)
        return len([read(item) for page in pages for item in page["Items"]])

    return {"get_many": get_many, "scan": scan}


def by_pydynox(url: str, name: str, items: int) -> dict[str, Bulk]:
    try:
        its = import_module("benchmarks.peers.pydynox_models").its_client(url)
    except ImportError:  # a peer need not be installed
        return {}
    keys = [{"pk": f"Plain#{identity(place)}", "sk": "@"} for place in range(items)]

    def get_many() -> int:
        return len([Content.model_validate(item) for item in its.sync_batch_get(name, keys, consistent_read=True)])

    def scan() -> int:
        found, _ = its.sync_parallel_scan(name, SEGMENTS)
        return len([Content.model_validate(item) for item in found])

    return {"pydynox dicts": {"get_many": get_many, "scan": scan}}


def by_us(rows: Table, items: int) -> Bulk:
    repository = TableRepository(Plain, rows)
    ids = [identity(place) for place in range(items)]

    def scan() -> int:
        with repository.scan(segments=SEGMENTS) as run:
            return len(list(run))

    return {"get_many": lambda: len(repository.get_many(ids)), "scan": scan}


def told(taken: Mapping[str, Mapping[str, list[float]]]) -> str:
    rows: list[list[str]] = []
    for work, subjects in taken.items():
        for subject, times in subjects.items():
            factor = statistics.median(base / mine for base, mine in zip(subjects[BASE], times, strict=True))
            # The goals are those of the fastest transport.
            goal = goals.BULK[work] if goals.transport_of(subject) == 1 else None
            rows.append(
                [
                    f"{work}, {subject}",
                    number(statistics.median(times) * 1e3),
                    f"{factor:.1f}x",
                    "" if goal is None else f"{goal}x",
                    "" if goal is None else verdict(factor, goal, at_most=False),
                ]
            )
    return table(["ms", "wall", "faster", "goal", ""], rows)

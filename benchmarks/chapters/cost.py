"""Calls, capacity units and stored bytes of an operation on DynamoDB Local: ours, and simplesingletable's."""

import random
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.chapters.base import Chapter, Options
from benchmarks.history import words
from benchmarks.markdown import number, table
from benchmarks.meter import Cost, Meter
from benchmarks.peers import ours
from benchmarks.peers.clients import client, new_name
from sst_repo import Resource, TableRepository, VersionedResource
from sst_repo.core.limits import attributes_size
from sst_repo.testing import DynamoDBLocal

SIZES = {"0.5 KB": 300, "2 KB": 1_700, "10 KB": 9_700}
"""The letters of the text in a row, for rows of about these sizes."""

VOCABULARY = 400

Step = Callable[[], object]
Steps = Callable[[str, Mapping[str, Any]], tuple[str, dict[str, Step]]]
"""Given a URL and fields, makes a table; returns its name and what is done on it, in order."""


class Document(Resource):
    title: str
    text: str
    count: int


class VersionedDocument(VersionedResource):
    title: str
    text: str
    count: int


def content(letters: int) -> dict[str, Any]:
    """Return the fields of a document: its words are as unevenly common as those of a language."""
    chance = random.Random(letters)
    known = [words(chance, 1) for _ in range(VOCABULARY)]
    chosen = chance.choices(known, weights=[1 / (rank + 1) for rank in range(VOCABULARY)], k=letters)
    return {"title": "A document", "text": " ".join(chosen)[:letters], "count": 0}


def by_us(url: str, fields: Mapping[str, Any]) -> tuple[str, dict[str, Step]]:
    its = next(iter(ours.tables().values()))(new_name(), client(url))
    its.create()
    plain, versions = TableRepository(Document, its), TableRepository(VersionedDocument, its)
    document, versioned = Document(**fields), VersionedDocument(**fields)

    def save() -> None:
        document.count += 1
        plain.save(document)

    def save_versioned() -> None:
        versioned.count += 1
        versions.save(versioned)

    return its.name, {
        "add": lambda: plain.add(document),
        "get": lambda: plain.get(document.resource_id),
        "save": save,
        "add, versioned": lambda: versions.add(versioned),
        "get, versioned": lambda: versions.get(versioned.resource_id),
        "save, versioned": save_versioned,
        "save, versioned, again": save_versioned,
        "list 10": lambda: plain.list(limit=10),
    }


def by_simplesingletable(
    url: str, fields: Mapping[str, Any], *, compressed: bool = True
) -> tuple[str, dict[str, Step]]:
    peer = import_module("benchmarks.peers.simple_single_table")
    its = peer.memory(url)
    plain, versioned = peer.documents(compressed=compressed)
    kept: dict[str, Any] = {}

    def adding(kind: Any) -> Step:
        return lambda: kept.update({kind.__name__: its.create_new(kind, dict(fields))})

    def getting(kind: Any) -> Step:
        return lambda: its.get_existing(kept[kind.__name__].resource_id, kind, consistent_read=True)

    def saving(kind: Any) -> Step:
        def save() -> None:
            old = kept[kind.__name__]
            kept[kind.__name__] = its.update_existing(old, {"count": old.count + 1})

        return save

    return its.table_name, {
        "add": adding(plain),
        "get": getting(plain),
        "save": saving(plain),
        "add, versioned": adding(versioned),
        "get, versioned": getting(versioned),
        "save, versioned": saving(versioned),
        "save, versioned, again": saving(versioned),
        "list 10": lambda: its.list_type_by_updated_at(plain, results_limit=10),
    }


def report(options: Options) -> Chapter:  # noqa: ARG001 - each operation is carried out once: costs do not vary
    with DynamoDBLocal.launch() as local, Meter(local.endpoint_url) as meter:
        return measured(meter)


def measured(meter: Meter) -> Chapter:
    subjects: dict[str, Steps] = {"sst_repo": by_us}
    try:
        import_module("simplesingletable")
    except ImportError as missing:
        print(f"(without simplesingletable: {missing})")
    else:
        subjects["simplesingletable"] = by_simplesingletable
        subjects["the same, uncompressed"] = partial(by_simplesingletable, compressed=False)
    found: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    for size, letters in SIZES.items():
        for subject, steps in subjects.items():
            name, its = steps(meter.url, content(letters))
            for step, act in its.items():
                costs = _carried_out(meter, name, act)
                found.setdefault(step, {}).setdefault(size, {})[subject] = costs
    return Chapter(told(found, list(subjects)), found, most_rounds=1)


def _carried_out(meter: Meter, name: str, act: Step) -> dict[str, float]:
    before = stored_bytes(meter.url, name)
    meter.take()
    act()
    cost: Cost = meter.take()
    return {**asdict(cost), "bytes": stored_bytes(meter.url, name) - before}


def stored_bytes(url: str, name: str) -> int:
    """Return the bytes of all rows, and of their copies in indexes, which hold whole rows."""
    its = client(url)
    indexes = its.describe_table(TableName=name)["Table"]["GlobalSecondaryIndexes"]
    keys = [{part["AttributeName"] for part in index["KeySchema"]} for index in indexes]
    rows = [row for page in its.get_paginator("scan").paginate(TableName=name) for row in page["Items"]]
    return sum(attributes_size(row) * (1 + sum(names <= set(row) for names in keys)) for row in rows)


def told(found: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]], subjects: list[str]) -> str:
    measures = {
        "calls": "calls",
        "read_units": "read units",
        "table_units": "write units, table",
        "index_units": "write units, indexes",
        "bytes": "bytes more",
    }
    rows = [
        [
            f"{step}, {size}",
            *(" / ".join(_shown(its[subject][measure]) for subject in subjects) for measure in measures),
        ]
        for step, sizes in found.items()
        for size, its in sizes.items()
    ]
    return table([" / ".join(subjects), *measures.values()], rows)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else number(value)

"""sst_repo, by each of its ways to DynamoDB."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.peers.base import MANY, PAGES, ROWS, UNIT, Fresh, Operations
from benchmarks.peers.clients import client, new_name
from benchmarks.peers.samples import Content, fields, identity
from sst_repo import DynamoDBTable, Repository, Resource, Table, TableRepository, UnitOfWork, VersionedResource

TRANSPORTS = ("auto", "direct", "botocore")


class Plain(Resource, Content):
    """A row without history."""


class Versioned(VersionedResource, Content):
    """A row of which every version is kept."""


class Rows(UnitOfWork):
    plain: Repository[Plain]


def tables() -> dict[str, Callable[[str, Any], DynamoDBTable]]:
    """Return what makes a table with a name and a client, by each way that this version has to DynamoDB."""
    made: Any = DynamoDBTable
    if "transport" not in inspect.signature(DynamoDBTable).parameters:
        return {"sst_repo": made}

    def by(transport: str) -> Callable[[str, Any], DynamoDBTable]:
        return lambda name, its_client: made(name, its_client, transport=transport)

    return {f"sst_repo, {transport}": by(transport) for transport in TRANSPORTS}


def stock(table: Table, rows: int) -> None:
    """Store samples, from 0 on."""
    repository = TableRepository(Plain, table)
    for number in range(rows):
        repository.add(Plain(resource_id=identity(number), **fields(number)))


def operations_on(rows: Table, written: Table) -> Operations:
    """Return the operations: those that read on one table, which has its rows, those that write on another."""
    repository, target, versions = (
        TableRepository(Plain, rows),
        TableRepository(Plain, written),
        TableRepository(Versioned, written),
    )
    fresh = Fresh()
    plain = target.add(Plain(resource_id=identity(0), **fields(0)))
    versioned = versions.add(Versioned(resource_id=identity(0), **fields(0)))
    many = [identity(number) for number in range(MANY)]

    def new() -> Plain:
        resource_id, content = fresh()
        return Plain(resource_id=resource_id, **content)

    def save() -> None:
        plain.count += 1
        target.save(plain)

    def save_versioned() -> None:
        versioned.count += 1
        versions.save(versioned)

    def unit() -> None:
        with Rows(written) as unit_of_work:
            for _ in range(UNIT):
                unit_of_work.plain.add(new())
            unit_of_work.commit()

    def page_of(limit: int) -> Callable[[], object]:
        return lambda: repository.list(limit=limit)

    return {
        "get": lambda: repository.get(many[0]),
        "add": lambda: target.add(new()),
        "save": save,
        "save versioned": save_versioned,
        "unit of 10": unit,
        "get_many(100)": lambda: repository.get_many(many).values(),
        **{name: page_of(limit) for name, limit in PAGES.items()},
    }


def variants() -> Mapping[str, Callable[[str], Operations]]:
    def by(make: Callable[[str, Any], DynamoDBTable]) -> Callable[[str], Operations]:
        def operations(url: str) -> Operations:
            rows, written = (make(new_name(), client(url)) for _ in range(2))
            rows.create()
            written.create()
            stock(rows, ROWS)
            return operations_on(rows, written)

        return operations

    return {name: by(make) for name, make in tables().items()}

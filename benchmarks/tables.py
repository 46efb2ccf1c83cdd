"""CPU per operation of the same repositories on the in-memory table and on moto, interleaved."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

import boto3
from moto import mock_aws

from sst_repo import (
    DynamoDBTable,
    InMemoryTable,
    Repository,
    Resource,
    Table,
    TableRepository,
    UnitOfWork,
    VersionedResource,
)

ROWS = 500
BATCH = 20


class Line(Resource):
    sku: str
    quantity: int
    price: Decimal


class Order(VersionedResource):
    customer_id: str
    status: str = "open"
    total: Decimal
    placed_at: datetime
    note: str = "x" * 400


class Shop(UnitOfWork):
    lines: Repository[Line]


@contextmanager
def tables() -> Iterator[dict[str, Table]]:
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


def operations(table: Table) -> dict[str, Callable[[], object]]:
    orders = TableRepository(Order, table)
    lines = TableRepository(Line, table)
    number = count()

    def order() -> Order:
        return Order(customer_id="c1", total=Decimal(next(number)), placed_at=datetime.now(UTC))

    def line() -> Line:
        return Line(sku="s", quantity=next(number), price=Decimal("1.5"))

    stored = [orders.add(order()) for _ in range(ROWS)]
    plain = lines.add(line())

    def save_versioned() -> None:
        stored[0].total += 1
        orders.save(stored[0])

    def save_plain() -> None:
        plain.quantity += 1
        lines.save(plain)

    def unit_of_ten() -> None:
        with Shop(table) as unit:
            for _ in range(10):
                unit.lines.add(line())
            unit.commit()

    return {
        "add": lambda: lines.add(line()),
        "get": lambda: orders.get(stored[1].resource_id),
        "save": save_plain,
        "save, versions kept": save_versioned,
        "list 50": lambda: orders.list(limit=50),
        "unit of 10": unit_of_ten,
    }


def microseconds(operation: Callable[[], object]) -> float:
    begin = time.process_time()
    for _ in range(BATCH):
        operation()
    return (time.process_time() - begin) / BATCH * 1e6


def report(rounds: int) -> None:
    with tables() as all_tables:
        by_table = {name: operations(table) for name, table in all_tables.items()}
        print(f"\nCPU per operation, {ROWS} orders stored (µs, median of {rounds} interleaved rounds)")
        print(f"  {'':22}{'memory':>10}{'moto':>12}{'ratio':>8}")
        for name in by_table["memory"]:
            taken = {table: [] for table in by_table}
            for _ in range(rounds):
                for table, all_operations in by_table.items():
                    taken[table].append(microseconds(all_operations[name]))
            memory, moto = (statistics.median(taken[table]) for table in ("memory", "moto"))
            print(f"  {name:22}{memory:10.1f}{moto:12.1f}{moto / memory:8.0f}")

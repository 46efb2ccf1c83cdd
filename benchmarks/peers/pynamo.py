"""PynamoDB: models of its own. It keeps no history."""

from collections.abc import Callable, Mapping
from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.connection import Connection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from benchmarks.peers.base import MANY, PAGES, ROWS, UNIT, Fresh, Operations
from benchmarks.peers.clients import REGION, new_table
from benchmarks.peers.samples import PARTITION, fields, identity


class Size(MapAttribute):
    unit = UnicodeAttribute()
    width = NumberAttribute()
    height = NumberAttribute()
    label = UnicodeAttribute()
    note = UnicodeAttribute()


def model_of(url: str) -> Any:
    class Row(Model):
        class Meta:
            table_name = new_table(url)
            host = url
            region = REGION

        pk = UnicodeAttribute(hash_key=True)
        sk = UnicodeAttribute(range_key=True)
        version = VersionAttribute()
        title = UnicodeAttribute()
        description = UnicodeAttribute()
        status = UnicodeAttribute()
        count = NumberAttribute()
        price = NumberAttribute()
        tags = ListAttribute(of=UnicodeAttribute)
        size = Size()
        placed_at = UTCDateTimeAttribute()
        active = BooleanAttribute()
        note = UnicodeAttribute(null=True)

    return Row


def values(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as it takes them: its numbers are floats."""
    return {**content, "price": float(content["price"]), "size": Size(**content["size"])}


def operations(url: str) -> Operations:
    rows, written = model_of(url), model_of(url)
    for number in range(ROWS):
        rows(pk=PARTITION, sk=identity(number), **values(fields(number))).save()
    connection = Connection(region=REGION, host=url)
    fresh = Fresh()
    changed = written(pk=PARTITION, sk=identity(0), **values(fields(0)))
    changed.save()
    many = [(PARTITION, identity(number)) for number in range(MANY)]

    def new() -> Any:
        sk, content = fresh()
        return written(pk=PARTITION, sk=sk, **values(content))

    def save() -> None:
        changed.count += 1
        changed.save()

    def unit() -> None:
        with TransactWrite(connection=connection) as transaction:
            for _ in range(UNIT):
                transaction.save(new())

    def page_of(limit: int) -> Callable[[], object]:
        return lambda: list(rows.query(PARTITION, limit=limit, scan_index_forward=False))

    return {
        "get": lambda: rows.get(*many[0], consistent_read=True),
        "add": lambda: new().save(),
        "save": save,
        "unit of 10": unit,
        "get_many(100)": lambda: list(rows.batch_get(many, consistent_read=True)),
        **{name: page_of(limit) for name, limit in PAGES.items()},
    }


def variants() -> Mapping[str, Callable[[str], Operations]]:
    return {"PynamoDB": operations}

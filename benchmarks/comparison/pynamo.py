"""What PynamoDB answers."""

from typing import Any

from pynamodb.attributes import (
    BinaryAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from benchmarks.comparison.asking import Answers, Peer, Stage, carried, fate, is_refused, pages
from benchmarks.peers.clients import REGION, new_table


def models(url: str, table: str) -> tuple[Any, Any]:
    class Row(Model):
        class Meta:
            table_name = table
            host = url
            region = REGION

        pk = UnicodeAttribute(hash_key=True)
        sk = UnicodeAttribute(range_key=True)
        count = NumberAttribute(default=0)
        price = NumberAttribute(null=True)
        ratio = NumberAttribute(null=True)
        at = UTCDateTimeAttribute(null=True)
        data = BinaryAttribute(null=True, legacy_encoding=False)
        tags = ListAttribute(of=UnicodeAttribute, null=True)

    class Versioned(Model):
        Meta = Row.Meta
        pk = UnicodeAttribute(hash_key=True)
        sk = UnicodeAttribute(range_key=True)
        count = NumberAttribute(default=0)
        version = VersionAttribute()

    return Row, Versioned


def answers(stage: Stage) -> Answers:
    table = new_table(stage.url)
    row, versioned = models(stage.url, table)

    for model, expected in ((row, False), (versioned, True)):
        name = model.__name__
        model(pk=name, sk="1").save()
        first, second = model.get(name, "1"), model.get(name, "1")
        first.count = 1
        first.save()
        assert is_refused(second.save, PutError) is expected

    def both() -> None:
        with TransactWrite(connection=Connection(region=REGION, host=stage.url)) as transaction:
            transaction.save(row(pk="new", sk="1"), condition=row.pk.does_not_exist())
            transaction.save(row(pk="Row", sk="1"), condition=row.pk.does_not_exist())

    assert is_refused(both, TransactWriteError)
    assert is_refused(lambda: row.get("new", "1"), row.DoesNotExist)

    versioned(pk="lost", sk="1").save()
    with stage.losing_an_answer() as url:
        _, through = models(url, table)
        lost = versioned.get("lost", "1")
        again = through(pk="lost", sk="1", count=1, version=lost.version)
        told = fate(again.save, lambda: versioned.get("lost", "1", consistent_read=True).version, PutError)

    for number in range(30):
        row(pk="pages", sk=f"{number:02}", count=100 + number % 3).save()

    def page(cursor: object = None) -> tuple[int, object]:
        found = row.query("pages", filter_condition=row.count == 100, limit=5, last_evaluated_key=cursor)
        number = len(list(found))
        return number, found.last_evaluated_key

    sizes = pages(page, page)

    def value(name: str, given: object) -> object:
        row(pk="values", sk=name, **{name: given}).save()
        return getattr(row.get("values", name), name)

    return {
        "models": "its own",
        "stale": "with a `VersionAttribute`",
        "history": "no",
        "deleted": "no",
        "together": "yes",
        "again": "no",
        "lost": told,
        "unique": "no",
        "pages": sizes,
        "memory": "no",
        "values": carried(value),
        "partial": "yes",
        "layout": "yes",
        "async": "no",
    }


PEER = Peer("PynamoDB", "pynamodb", answers)

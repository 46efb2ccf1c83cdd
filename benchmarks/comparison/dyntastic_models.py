"""What dyntastic answers."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError
from dyntastic import A, Dyntastic, transaction

from benchmarks.comparison.asking import Answers, Peer, Stage, carried, fate, is_refused, pages
from benchmarks.peers.clients import REGION, new_table


def model(url: str, table: str) -> Any:
    class Row(Dyntastic):
        __table_name__ = table
        __hash_key__ = "pk"
        __range_key__ = "sk"
        __table_region__ = REGION
        __table_host__ = url

        pk: str
        sk: str = "1"
        version: int = 1
        count: int = 0
        price: Decimal | None = None
        ratio: float | None = None
        at: datetime | None = None
        data: bytes | None = None
        tags: tuple[str, ...] | None = None

    return Row


def answers(stage: Stage) -> Answers:
    table = new_table(stage.url)
    row = model(stage.url, table)

    row(pk="stale").save()
    first, second = row.get("stale", "1"), row.get("stale", "1")
    first.count, first.version = 1, 2
    first.save()
    assert not is_refused(second.save, ClientError)
    first.save()
    assert is_refused(lambda: second.save(condition=A.version == 1), ClientError)

    def both() -> None:
        with transaction():
            row(pk="new").save(condition=Attr("pk").not_exists())
            row(pk="stale").save(condition=Attr("pk").not_exists())

    assert is_refused(both, ClientError)
    assert row.safe_get("new", "1") is None

    row(pk="lost").save()
    with stage.losing_an_answer() as url:
        lost = model(url, table)(pk="lost", version=2)
        told = fate(
            lambda: lost.save(condition=A.version == 1),
            lambda: row.get("lost", "1", consistent_read=True).version,
            ClientError,
        )

    for number in range(30):
        row(pk="pages", sk=f"{number:02}", count=100 + number % 3).save()

    def page(cursor: object = None) -> tuple[int, object]:
        found = row.query_page("pages", filter_condition=A.count == 100, per_page=5, last_evaluated_key=cursor)
        return len(found.items), found.last_evaluated_key

    sizes = pages(page, page)

    def value(name: str, given: object) -> object:
        row(pk="values", sk=name, **{name: given}).save()
        return getattr(row.get("values", name), name)

    return {
        "models": "pydantic",
        "stale": "by a condition of yours",
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


PEER = Peer("dyntastic", "dyntastic", answers)

"""What pydynox answers."""

import inspect
import logging
from typing import Any

from pydynox import DynamoDBClient, Model, ModelConfig, SyncTransaction
from pydynox.attributes import (
    BinaryAttribute,
    DatetimeAttribute,
    DecimalAttribute,
    ListAttribute,
    NumberAttribute,
    StringAttribute,
    VersionAttribute,
)
from pydynox.exceptions import ConditionalCheckFailedException, PydynoxException
from pydynox.testing import MemoryBackend

from benchmarks.comparison.asking import Answers, Peer, Stage, carried, fate, is_refused, pages
from benchmarks.peers.clients import ACCESS_KEY, REGION, SECRET_KEY, new_table

logging.getLogger("pydynox").setLevel(logging.CRITICAL)


def its_client(url: str) -> DynamoDBClient:
    return DynamoDBClient(endpoint_url=url, region=REGION, access_key=ACCESS_KEY, secret_key=SECRET_KEY)


def models(url: str, name: str) -> tuple[Any, Any]:
    class Row(Model):
        model_config = ModelConfig(table=name, client=its_client(url))
        pk = StringAttribute(partition_key=True)
        sk = StringAttribute(sort_key=True)
        count = NumberAttribute(default=0)
        price = DecimalAttribute(required=False)
        ratio = NumberAttribute(required=False)
        at = DatetimeAttribute(required=False)
        data = BinaryAttribute(required=False)
        tags = ListAttribute(required=False)

    class Versioned(Model):
        model_config = Row.model_config
        pk = StringAttribute(partition_key=True)
        sk = StringAttribute(sort_key=True)
        count = NumberAttribute(default=0)
        version = VersionAttribute()

    return Row, Versioned


def answers(stage: Stage) -> Answers:
    table = new_table(stage.url)
    row, versioned = models(stage.url, table)

    for model, expected in ((row, False), (versioned, True)):
        key = {"pk": model.__name__, "sk": "1"}
        model(**key).sync_save()
        first, second = model.sync_get(**key), model.sync_get(**key)
        first.count = 1
        first.sync_save()
        second.count = 2
        assert is_refused(second.sync_save, ConditionalCheckFailedException) is expected

    def both() -> None:
        with SyncTransaction(its_client(stage.url)) as transaction:
            transaction.put(table, {"pk": "new", "sk": "1"})
            transaction.save_model(versioned(pk="Versioned", sk="1"))

    assert is_refused(both, PydynoxException)
    assert row.sync_get(pk="new", sk="1") is None

    key = {"pk": "lost", "sk": "1"}
    versioned(**key).sync_save()
    with stage.losing_an_answer() as url:
        lost = models(url, table)[1].sync_get(**key)
        lost.count = 1
        told = fate(
            lambda: lost.sync_save(full_replace=True),
            lambda: versioned.sync_get(**key, consistent_read=True).version,
            ConditionalCheckFailedException,
        )

    for number in range(30):
        row(pk="pages", sk=f"{number:02}", count=100 + number % 3).sync_save()

    def page(cursor: object = None) -> tuple[int, object]:
        found = row.sync_query("pages", filter_condition=row.count == 100, limit=5, last_evaluated_key=cursor)
        return len(list(found)), found.last_evaluated_key

    sizes = pages(page, page)

    def value(name: str, given: object) -> object:
        row(pk="values", sk=name, **{name: given}).sync_save()
        return getattr(row.sync_get(pk="values", sk=name), name)

    with MemoryBackend():
        row(pk="memory", sk="1").sync_save()
        assert row.sync_get(pk="memory", sk="1") is not None
    assert inspect.iscoroutinefunction(row.save)
    return {
        "models": "its own; pydantic by an extra",
        "stale": "with a `VersionAttribute`",
        "history": "no",
        "deleted": "no",
        "together": "yes",
        "again": "no",
        "lost": told,
        "unique": "no",
        "pages": sizes,
        "memory": "`MemoryBackend`",
        "values": carried(value),
        "partial": "yes",
        "layout": "yes",
        "async": "yes",
    }


PEER = Peer("pydynox", "pydynox", answers)

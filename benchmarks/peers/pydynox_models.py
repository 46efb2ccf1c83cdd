"""pydynox, whose core is Rust, with models of its own. It keeps no history."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from pydynox import DynamoDBClient, Model, ModelConfig, SyncTransaction
from pydynox.attributes import (
    BooleanAttribute,
    DatetimeAttribute,
    DecimalAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    StringAttribute,
    VersionAttribute,
)

from benchmarks.peers.base import MANY, PAGES, ROWS, UNIT, Fresh, Operations
from benchmarks.peers.clients import ACCESS_KEY, REGION, SECRET_KEY, new_table
from benchmarks.peers.samples import PARTITION, fields, identity

logging.getLogger("pydynox").setLevel(logging.ERROR)  # what is slow is seen in the figures


def its_client(url: str) -> DynamoDBClient:
    return DynamoDBClient(endpoint_url=url, region=REGION, access_key=ACCESS_KEY, secret_key=SECRET_KEY)


def model_of(url: str, its: DynamoDBClient) -> Any:
    class Row(Model):
        model_config = ModelConfig(table=new_table(url), client=its)
        pk = StringAttribute(partition_key=True)
        sk = StringAttribute(sort_key=True)
        version = VersionAttribute()
        title = StringAttribute()
        description = StringAttribute()
        status = StringAttribute()
        count = NumberAttribute()
        price = DecimalAttribute()
        tags = ListAttribute()
        size = MapAttribute()
        placed_at = DatetimeAttribute()
        active = BooleanAttribute()
        note = StringAttribute(required=False)

    return Row


def operations(url: str) -> Operations:
    its = its_client(url)
    rows, written = model_of(url, its), model_of(url, its)
    for number in range(ROWS):
        rows(pk=PARTITION, sk=identity(number), **fields(number)).sync_save()
    fresh = Fresh()
    changed = written(pk=PARTITION, sk=identity(0), **fields(0))
    changed.sync_save()
    many = [{"pk": PARTITION, "sk": identity(number)} for number in range(MANY)]

    def new() -> Any:
        sk, content = fresh()
        return written(pk=PARTITION, sk=sk, **content)

    def save() -> None:
        changed.count += 1
        changed.sync_save(full_replace=True)

    def unit() -> None:
        with SyncTransaction(its) as transaction:
            for _ in range(UNIT):
                transaction.save_model(new())

    def page_of(limit: int) -> Callable[[], object]:
        return lambda: list(rows.sync_query(PARTITION, limit=limit, page_size=limit, scan_index_forward=False))

    return {
        "get": lambda: rows.sync_get(**many[0], consistent_read=True),
        "add": lambda: new().sync_save(),
        "save": save,
        "unit of 10": unit,
        "get_many(100)": lambda: rows.sync_batch_get(many, consistent_read=True),
        **{name: page_of(limit) for name, limit in PAGES.items()},
    }


def variants() -> Mapping[str, Callable[[str], Operations]]:
    return {"pydynox": operations}

"""What simplesingletable answers."""

import logging
from datetime import datetime
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import Any

from boto3.dynamodb.conditions import Attr
from simplesingletable import (
    DynamoDbMemory,
    DynamoDbResource,
    DynamoDbVersionedResource,
    LocalStorageMemory,
    TransactionError,
    VersionConflictError,
)

from benchmarks.comparison.asking import Answers, Peer, Stage, carried, fate, is_refused, pages
from benchmarks.peers.clients import ACCESS_KEY, REGION, SECRET_KEY, new_table

LOGGER = logging.getLogger("simplesingletable")
LOGGER.setLevel(logging.CRITICAL)


class Plain(DynamoDbResource):
    count: int = 0


class Kept(DynamoDbVersionedResource):
    count: int = 0


class Values(DynamoDbResource):
    price: Decimal | None = None
    ratio: float | None = None
    at: datetime | None = None
    data: bytes | None = None
    tags: tuple[str, ...] | None = None


def memory(url: str, table: str) -> Any:
    access = {"region_name": REGION, "aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
    return DynamoDbMemory(LOGGER, table, endpoint_url=url, connection_params=access, track_stats=False)


def answers(stage: Stage) -> Answers:
    table = new_table(stage.url, gsitype=("gsitype", "gsitypesk"))
    rows = memory(stage.url, table)

    plain, kept = rows.create_new(Plain, {}), rows.create_new(Kept, {})
    rows.update_existing(plain, {"count": 1})
    rows.update_existing(kept, {"count": 1})
    assert not is_refused(lambda: rows.update_existing(plain, {"count": 2}), VersionConflictError)
    assert is_refused(lambda: rows.update_existing(kept, {"count": 2}), VersionConflictError)

    assert rows.get_existing(kept.resource_id, Kept, version=1).count == 0
    rows.delete_existing(rows.get_existing(kept.resource_id, Kept))
    assert rows.get_existing(kept.resource_id, Kept) is None
    left = [old.version for old in rows.get_all_versions(kept.resource_id, Kept)]
    assert left == [1]

    taken = rows.create_new(Plain, {}, override_id="taken")

    def both() -> None:
        with rows.transaction() as transaction:
            transaction.create(Plain(resource_id="new", created_at=taken.created_at, updated_at=taken.updated_at))
            transaction.create(taken)

    assert is_refused(both, TransactionError)
    assert rows.get_existing("new", Plain) is None

    lost = rows.create_new(Kept, {})
    with stage.losing_an_answer() as url:
        through = memory(url, table)
        told = fate(
            lambda: through.update_existing(lost, {"count": 1}),
            lambda: rows.get_existing(lost.resource_id, Kept, consistent_read=True).version,
            Exception,
        )

    for number in range(30):
        rows.create_new(Plain, {"count": 100 + number % 3})

    def page(cursor: object = None) -> tuple[int, object]:
        found = rows.list_type_by_updated_at(
            Plain, filter_expression=Attr("count").eq(100), results_limit=5, pagination_key=cursor
        )
        return len(found), found.next_pagination_key

    sizes = pages(page, page)

    def value(name: str, given: object) -> object:
        stored = rows.create_new(Values, {name: given})
        return getattr(rows.get_existing(stored.resource_id, Values), name)

    with TemporaryDirectory() as folder:
        local = LocalStorageMemory(LOGGER, folder, track_stats=False)
        assert local.read_existing(local.create_new(Plain, {"count": 1}).resource_id, Plain).count == 1
    return {
        "models": "pydantic",
        "stale": "where versions are kept",
        "history": "yes",
        "deleted": "all but the last one",
        "together": "yes",
        "again": "no",
        "lost": told,
        "unique": "no",
        "pages": sizes,
        "memory": "`LocalStorageMemory`, in files",
        "values": carried(value),
        "partial": "counters and sets",
        "layout": "no",
        "async": "no",
    }


PEER = Peer("simplesingletable", "simplesingletable", answers)

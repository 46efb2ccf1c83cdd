"""simplesingletable: pydantic models that derive from its classes, some of which keep versions. It has no units.

Its saving of what has no history is unguarded.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from simplesingletable import DynamoDbMemory, DynamoDbResource, DynamoDbVersionedResource

from benchmarks.peers.base import MANY, PAGES, ROWS, Fresh, Operations
from benchmarks.peers.clients import ACCESS_KEY, REGION, SECRET_KEY, new_table
from benchmarks.peers.samples import Content, fields, identity

LOGGER = logging.getLogger("simplesingletable")
LOGGER.setLevel(logging.WARNING)


class Plain(DynamoDbResource, Content):
    """A row without history."""


class Versioned(DynamoDbVersionedResource, Content):
    """A row of which every version is kept."""


def documents(*, compressed: bool) -> tuple[type[DynamoDbResource], type[DynamoDbVersionedResource]]:
    """Return classes of short fields and a text, without and with versions, the latter's rows compressed or not."""

    class Document(DynamoDbResource):
        title: str
        text: str
        count: int

    class VersionedDocument(DynamoDbVersionedResource):
        resource_config = {"compress_data": compressed}  # noqa: RUF012 - as its base has it

        title: str
        text: str
        count: int

    return Document, VersionedDocument


def memory(url: str) -> DynamoDbMemory:
    table = new_table(url, gsitype=("gsitype", "gsitypesk"))
    access = {"region_name": REGION, "aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
    return DynamoDbMemory(LOGGER, table, endpoint_url=url, connection_params=access, track_stats=False)


def operations(url: str) -> Operations:
    rows, written = memory(url), memory(url)
    for number in range(ROWS):
        rows.create_new(Plain, fields(number), override_id=identity(number))
    fresh = Fresh()
    state: dict[str, Any] = {
        "plain": written.create_new(Plain, fields(0)),
        "versioned": written.create_new(Versioned, fields(0)),
    }
    many = [identity(number) for number in range(MANY)]

    def add() -> None:
        resource_id, content = fresh()
        written.create_new(Plain, content, override_id=resource_id)

    def saving(kind: str) -> Callable[[], None]:
        def save() -> None:
            state[kind] = written.update_existing(state[kind], {"count": state[kind].count + 1})

        return save

    def page_of(limit: int) -> Callable[[], object]:
        return lambda: rows.list_type_by_updated_at(Plain, results_limit=limit)

    return {
        "get": lambda: rows.get_existing(many[0], Plain, consistent_read=True),
        "add": add,
        "save": saving("plain"),
        "save versioned": saving("versioned"),
        "get_many(100)": lambda: rows.batch_get_existing(many, Plain, consistent_read=True).values(),
        **{name: page_of(limit) for name, limit in PAGES.items()},
    }


def variants() -> Mapping[str, Callable[[str], Operations]]:
    return {"simplesingletable": operations}

"""dyntastic: pydantic models that derive from its class. It keeps no history."""

from collections.abc import Callable, Mapping
from typing import Any

from dyntastic import A, Dyntastic, transaction

from benchmarks.peers.base import MANY, PAGES, ROWS, UNIT, Fresh, Operations
from benchmarks.peers.clients import REGION, new_table
from benchmarks.peers.samples import PARTITION, Content, fields, identity


def model_of(url: str) -> Any:
    class Row(Dyntastic, Content):
        __table_name__ = new_table(url)
        __hash_key__ = "pk"
        __range_key__ = "sk"
        __table_region__ = REGION
        __table_host__ = url

        pk: str
        sk: str
        version: int = 1

    return Row


def operations(url: str) -> Operations:
    rows, written = model_of(url), model_of(url)
    for number in range(ROWS):
        rows(pk=PARTITION, sk=identity(number), **fields(number)).save()
    fresh = Fresh()
    changed = written(pk=PARTITION, sk=identity(0), **fields(0))
    many = [(PARTITION, identity(number)) for number in range(MANY)]
    absent = A.pk.not_exists()

    def new() -> Any:
        sk, content = fresh()
        return written(pk=PARTITION, sk=sk, **content)

    def save() -> None:
        changed.count += 1
        changed.version += 1
        changed.save(condition=A.version == changed.version - 1)

    def unit() -> None:
        with transaction():
            for _ in range(UNIT):
                new().save(condition=absent)

    def page_of(limit: int) -> Callable[[], object]:
        return lambda: rows.query_page(PARTITION, per_page=limit, scan_index_forward=False).items

    return {
        "get": lambda: rows.get(*many[0], consistent_read=True),
        "add": lambda: new().save(condition=absent),
        "save": save,
        "unit of 10": unit,
        "get_many(100)": lambda: list(rows.batch_get(many, consistent_read=True)),
        **{name: page_of(limit) for name, limit in PAGES.items()},
    }


def variants() -> Mapping[str, Callable[[str], Operations]]:
    return {"dyntastic": operations}

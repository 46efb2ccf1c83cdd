"""pydynox's client alone, which takes and gives dicts, and pydantic: written by hand, as for boto3."""

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.peers.base import MANY, PAGES, ROWS, UNIT, Fresh, Operations
from benchmarks.peers.boto3_client import values
from benchmarks.peers.clients import new_table
from benchmarks.peers.pydynox_models import its_client
from benchmarks.peers.samples import PARTITION, Row, identity, row

ABSENT = {"condition_expression": "attribute_not_exists(pk)"}


def at_version(version: int) -> dict[str, Any]:
    return {
        "condition_expression": "#v = :v",
        "expression_attribute_names": {"#v": "version"},
        "expression_attribute_values": {":v": version},
    }


def operations(url: str) -> Operations:
    its = its_client(url)
    rows, written = new_table(url), new_table(url)
    for number in range(ROWS):
        its.sync_put_item(rows, values(row(number)))
    fresh = Fresh()
    changed = row(0)
    validate = Row.model_validate
    many = [{"pk": PARTITION, "sk": identity(number)} for number in range(MANY)]

    def new() -> Row:
        sk, content = fresh()
        return Row(pk=PARTITION, sk=sk, **content)

    def put(item: dict[str, Any], condition: dict[str, Any]) -> dict[str, Any]:
        return {"type": "put", "table": written, "item": item, **condition}

    def change() -> dict[str, Any]:
        changed.count += 1
        changed.version += 1
        return at_version(changed.version - 1)

    def save() -> None:
        unchanged = change()
        its.sync_put_item(written, values(changed), **unchanged)

    def save_versioned() -> None:
        unchanged = change()
        item = values(changed)
        history = {**item, "sk": f"{changed.sk}#v{changed.version:012}"}
        its.sync_transact_write([put(item, unchanged), put(history, ABSENT)])

    def page_of(limit: int) -> Callable[[], list[Row]]:
        def page() -> list[Row]:
            found = its.sync_query(
                rows,
                key_condition_expression="#p = :p",
                expression_attribute_names={"#p": "pk"},
                expression_attribute_values={":p": PARTITION},
                limit=limit,
                page_size=limit,
                scan_index_forward=False,
            )
            return list(map(validate, found))

        return page

    return {
        "get": lambda: validate(its.sync_get_item(rows, many[0], consistent_read=True)),
        "add": lambda: its.sync_put_item(written, values(new()), **ABSENT),
        "save": save,
        "save versioned": save_versioned,
        "unit of 10": lambda: its.sync_transact_write([put(values(new()), ABSENT) for _ in range(UNIT)]),
        "get_many(100)": lambda: list(map(validate, its.sync_batch_get(rows, many, consistent_read=True))),
        **{name: page_of(limit) for name, limit in PAGES.items()},
    }


def variants() -> Mapping[str, Callable[[str], Operations]]:
    return {"pydynox dicts": operations}

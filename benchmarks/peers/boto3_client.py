"""boto3's client, its serialisers and pydantic: what one writes by hand, and the base of all ratios."""

from collections.abc import Callable, Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from benchmarks.peers.base import BASE, MANY, PAGES, ROWS, UNIT, Fresh, Operations
from benchmarks.peers.clients import client, new_table
from benchmarks.peers.samples import PARTITION, Row, identity, row

Item = dict[str, Any]

ABSENT = {"ConditionExpression": "attribute_not_exists(pk)"}

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def values(model: Row) -> dict[str, Any]:
    """Return a model as boto3's serialisers take it: without floats and datetimes, and without what is None."""
    found = model.model_dump(exclude_none=True)
    found["placed_at"] = model.placed_at.isoformat()
    return found


def to_item(model: Row) -> Item:
    return {name: _serialize(value) for name, value in values(model).items()}


def from_item(item: Item) -> Row:
    return Row.model_validate({name: _deserialize(value) for name, value in item.items()})


def key(sk: str) -> Item:
    return {"pk": {"S": PARTITION}, "sk": {"S": sk}}


def at_version(version: int) -> dict[str, Any]:
    """Return the condition that a row still has a version."""
    return {
        "ConditionExpression": "#v = :v",
        "ExpressionAttributeNames": {"#v": "version"},
        "ExpressionAttributeValues": {":v": {"N": str(version)}},
    }


def operations(url: str, stored: int = ROWS) -> Operations:
    dynamodb = client(url)
    rows, written = new_table(url), new_table(url)
    for number in range(stored):
        dynamodb.put_item(TableName=rows, Item=to_item(row(number)))
    fresh = Fresh()
    changed = row(0)
    many = [key(identity(number)) for number in range(MANY)]

    def new() -> Row:
        sk, content = fresh()
        return Row(pk=PARTITION, sk=sk, **content)

    def get() -> Row:
        answer = dynamodb.get_item(TableName=rows, Key=key(identity(0)), ConsistentRead=True)
        return from_item(answer["Item"])

    def save() -> None:
        changed.count += 1
        changed.version += 1
        dynamodb.put_item(TableName=written, Item=to_item(changed), **at_version(changed.version - 1))

    def save_versioned() -> None:
        changed.count += 1
        changed.version += 1
        item = to_item(changed)
        history = {**item, "sk": {"S": f"{changed.sk}#v{changed.version:012}"}}
        latest = {"TableName": written, "Item": item, **at_version(changed.version - 1)}
        dynamodb.transact_write_items(
            TransactItems=[{"Put": latest}, {"Put": {"TableName": written, "Item": history, **ABSENT}}]
        )

    def unit() -> None:
        puts = [{"TableName": written, "Item": to_item(new()), **ABSENT} for _ in range(UNIT)]
        dynamodb.transact_write_items(TransactItems=[{"Put": put} for put in puts])

    def get_many() -> list[Row]:
        answer = dynamodb.batch_get_item(RequestItems={rows: {"Keys": many, "ConsistentRead": True}})
        return list(map(from_item, answer["Responses"][rows]))

    def page_of(limit: int) -> Callable[[], list[Row]]:
        def page() -> list[Row]:
            answer = dynamodb.query(
                TableName=rows,
                KeyConditionExpression="pk = :p",
                ExpressionAttributeValues={":p": {"S": PARTITION}},
                ScanIndexForward=False,
                Limit=limit,
            )
            return list(map(from_item, answer["Items"]))

        return page

    return {
        "get": get,
        "add": lambda: dynamodb.put_item(TableName=written, Item=to_item(new()), **ABSENT),
        "save": save,
        "save versioned": save_versioned,
        "unit of 10": unit,
        "get_many(100)": get_many,
        **{name: page_of(limit) for name, limit in PAGES.items()},
    }


def variants() -> Mapping[str, Callable[[str], Operations]]:
    return {BASE: operations}

"""boto3's resource, which serialises by itself, and pydantic."""

from collections.abc import Callable, Mapping
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, Key

from benchmarks.peers.base import MANY, PAGES, ROWS, UNIT, Fresh, Operations
from benchmarks.peers.boto3_client import values
from benchmarks.peers.clients import ACCESS_KEY, REGION, SECRET_KEY, new_table
from benchmarks.peers.samples import PARTITION, Row, identity, row


def operations(url: str) -> Operations:
    dynamodb: Any = boto3.session.Session().resource(
        "dynamodb",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
    )
    rows, written = dynamodb.Table(new_table(url)), dynamodb.Table(new_table(url))
    for number in range(ROWS):
        rows.put_item(Item=values(row(number)))
    fresh = Fresh()
    changed = row(0)
    validate = Row.model_validate
    many = [{"pk": PARTITION, "sk": identity(number)} for number in range(MANY)]
    absent = {"ConditionExpression": "attribute_not_exists(pk)"}

    def new() -> Row:
        sk, content = fresh()
        return Row(pk=PARTITION, sk=sk, **content)

    def change() -> None:
        changed.count += 1
        changed.version += 1

    def save() -> None:
        change()
        written.put_item(Item=values(changed), ConditionExpression=Attr("version").eq(changed.version - 1))

    def save_versioned() -> None:
        change()
        item = values(changed)
        latest = {
            "TableName": written.name,
            "Item": item,
            "ConditionExpression": "#v = :v",
            "ExpressionAttributeNames": {"#v": "version"},
            "ExpressionAttributeValues": {":v": changed.version - 1},
        }
        history = {"TableName": written.name, "Item": {**item, "sk": f"{changed.sk}#v{changed.version:012}"}, **absent}
        dynamodb.meta.client.transact_write_items(TransactItems=[{"Put": latest}, {"Put": history}])

    def unit() -> None:
        puts = [{"TableName": written.name, "Item": values(new()), **absent} for _ in range(UNIT)]
        dynamodb.meta.client.transact_write_items(TransactItems=[{"Put": put} for put in puts])

    def get_many() -> list[Row]:
        answer = dynamodb.batch_get_item(RequestItems={rows.name: {"Keys": many, "ConsistentRead": True}})
        return list(map(validate, answer["Responses"][rows.name]))

    def page_of(limit: int) -> Callable[[], list[Row]]:
        def page() -> list[Row]:
            answer = rows.query(KeyConditionExpression=Key("pk").eq(PARTITION), ScanIndexForward=False, Limit=limit)
            return list(map(validate, answer["Items"]))

        return page

    return {
        "get": lambda: validate(rows.get_item(Key=many[0], ConsistentRead=True)["Item"]),
        "add": lambda: written.put_item(Item=values(new()), **absent),
        "save": save,
        "save versioned": save_versioned,
        "unit of 10": unit,
        "get_many(100)": get_many,
        **{name: page_of(limit) for name, limit in PAGES.items()},
    }


def variants() -> Mapping[str, Callable[[str], Operations]]:
    return {"boto3 resource": operations}

"""What is sent to DynamoDB: exact, and what botocore's own model of the service accepts."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.validate import ParamValidator

from sst_repo.core.descriptions import describe
from sst_repo.core.expressions import compile_filter
from sst_repo.core.filters import Compare, Exists
from sst_repo.core.layout import LISTING, PRIMARY, gsi
from sst_repo.core.queries import Position, Query, Scan
from sst_repo.core.records import Absent, Check, Delete, HeldByNoOther, Key, Matches, Plan, Put, Record
from sst_repo.tables.dynamodb import bodies, requests
from sst_repo.tables.dynamodb.expressions import guard_expression
from sst_repo.tables.dynamodb.schema import create_table

KEY = Key("Order#o1", "@")
PLACED_KEY = {"pk": {"S": "Order#o1"}, "sk": {"S": "@"}}
ROW = Record(KEY, {"_v": {"N": "1"}, "b": {"B": b"\xff"}, "l": {"L": [{"NULL": True}]}})
ITEM = {**PLACED_KEY, **ROW.attributes}
IF_ABSENT = {
    "ConditionExpression": "attribute_not_exists(#pk)",
    "ExpressionAttributeNames": {"#pk": "pk"},
}
IF_SAME = {
    "ConditionExpression": "#v = :v AND #w = :w",
    "ExpressionAttributeNames": {"#v": "_v", "#w": "_w"},
    "ExpressionAttributeValues": {":v": {"N": "3"}, ":w": {"S": "w3"}},
}
SAME = Matches(3, "w3")
ECHO = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
AFTER = Position("there", Key("Order#o7", "@"))
AFTER_LATEST = Position("@", Key("Order#o7", "@"))


@pytest.fixture(scope="module")
def service() -> Iterator[Any]:
    client = boto3.client("dynamodb", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106
    yield client.meta.service_model
    client.close()


def test_guards_are_compiled_to_what_they_mean() -> None:
    assert guard_expression(Absent()) == IF_ABSENT
    assert guard_expression(HeldByNoOther("o1")) == {
        "ConditionExpression": "attribute_not_exists(#pk) OR #h = :h",
        "ExpressionAttributeNames": {"#pk": "pk", "#h": "_h"},
        "ExpressionAttributeValues": {":h": {"S": "o1"}},
    }
    assert guard_expression(SAME) == IF_SAME


@pytest.mark.parametrize(
    ("query", "condition", "names", "values"),
    [
        pytest.param(Query(LISTING, "Order"), "#p = :p", {"#p": "_t"}, {":p": "Order"}, id="whole-partition"),
        pytest.param(
            Query(PRIMARY, "Order#o1", first="v#1"),
            "#p = :p AND #s >= :first",
            {"#p": "pk", "#s": "sk"},
            {":p": "Order#o1", ":first": "v#1"},
            id="from",
        ),
        pytest.param(
            Query(gsi(2), "x", last=""),
            "#p = :p AND #s <= :last",
            {"#p": "gsi2pk", "#s": "gsi2sk"},
            {":p": "x", ":last": ""},
            id="up-to-though-empty",
        ),
        pytest.param(
            Query(PRIMARY, "Order#o1", first="a", last="b"),
            "#p = :p AND #s BETWEEN :first AND :last",
            {"#p": "pk", "#s": "sk"},
            {":p": "Order#o1", ":first": "a", ":last": "b"},
            id="between",
        ),
    ],
)
def test_bounds_are_compiled_to_one_condition(
    query: Query, condition: str, names: dict[str, str], values: dict[str, str]
) -> None:
    assert query.key_condition == (condition, names, {name: {"S": value} for name, value in values.items()})


PLAIN_QUERY = {
    "TableName": "shop",
    "KeyConditionExpression": "#p = :p",
    "ExpressionAttributeNames": {"#p": "_t"},
    "ExpressionAttributeValues": {":p": {"S": "Order"}},
    "ScanIndexForward": True,
    "ReturnConsumedCapacity": "TOTAL",
    "IndexName": "listing",
}
PRIMARY_QUERY = {
    **{name: value for name, value in PLAIN_QUERY.items() if name != "IndexName"},
    "ExpressionAttributeNames": {"#p": "pk"},
}


def transacted(*actions: dict[str, Any]) -> dict[str, Any]:
    return {"TransactItems": list(actions), "ClientRequestToken": "w-ours"}


REQUESTS = [
    pytest.param(
        "GetItem",
        requests.get_item("shop", KEY, consistent=True),
        {"TableName": "shop", "Key": PLACED_KEY, "ConsistentRead": True},
        id="get",
    ),
    pytest.param(
        "GetItem",
        requests.get_item("shop", KEY, consistent=False),
        {"TableName": "shop", "Key": PLACED_KEY, "ConsistentRead": False},
        id="get-eventually",
    ),
    pytest.param(
        "BatchGetItem",
        requests.batch_get_item("shop", iter([KEY, Key("Order#o2", "@")]), consistent=False),
        {
            "RequestItems": {
                "shop": {
                    "Keys": [PLACED_KEY, {"pk": {"S": "Order#o2"}, "sk": {"S": "@"}}],
                    "ConsistentRead": False,
                }
            }
        },
        id="batch-get",
    ),
    pytest.param("Query", requests.query("shop", Query(LISTING, "Order")), PLAIN_QUERY, id="query"),
    pytest.param(
        "Query",
        requests.query("shop", Query(LISTING, "Order", descending=True, limit=21)),
        {**PLAIN_QUERY, "ScanIndexForward": False, "Limit": 21},
        id="query-descending-with-limit",
    ),
    pytest.param(
        "Query",
        requests.query("shop", Query(LISTING, "Order", count_only=True)),
        {**PLAIN_QUERY, "Select": "COUNT"},
        id="query-count",
    ),
    pytest.param(
        "Query",
        requests.query("shop", Query(LISTING, "Order", filter=compile_filter(Compare(("t", "p"), "=", {"S": "x"})))),
        {
            **PLAIN_QUERY,
            "FilterExpression": "#0.#1 = :0",
            "ExpressionAttributeNames": {"#p": "_t", "#0": "t", "#1": "p"},
            "ExpressionAttributeValues": {":p": {"S": "Order"}, ":0": {"S": "x"}},
        },
        id="query-filtered",
    ),
    pytest.param(
        "Query",
        requests.query("shop", Query(LISTING, "Order", after=AFTER)),
        {
            **PLAIN_QUERY,
            "ExclusiveStartKey": {
                "pk": {"S": "Order#o7"},
                "sk": {"S": "@"},
                "_t": {"S": "Order"},
                "_l": {"S": "there"},
            },
        },
        id="query-index-goes-on-in-its-own-partition",
    ),
    pytest.param(
        "Query",
        requests.query("shop", Query(PRIMARY, "Order#o7", consistent=True, after=AFTER_LATEST)),
        {
            **PRIMARY_QUERY,
            "ExpressionAttributeValues": {":p": {"S": "Order#o7"}},
            "ConsistentRead": True,
            "ExclusiveStartKey": {"pk": {"S": "Order#o7"}, "sk": {"S": "@"}},
        },
        id="query-table-goes-on",
    ),
    pytest.param(
        "Scan",
        requests.scan("shop", Scan(2, 7)),
        {"TableName": "shop", "Segment": 2, "TotalSegments": 7, "ReturnConsumedCapacity": "TOTAL"},
        id="scan",
    ),
    pytest.param(
        "Scan",
        requests.scan(
            "shop", Scan(after=KEY, filter=compile_filter(Compare(("pk",), "=", {"S": "x"})), limit=5, consistent=True)
        ),
        {
            "TableName": "shop",
            "Segment": 0,
            "TotalSegments": 1,
            "ReturnConsumedCapacity": "TOTAL",
            "ExclusiveStartKey": PLACED_KEY,
            "FilterExpression": "#0 = :0",
            "ExpressionAttributeNames": {"#0": "pk"},
            "ExpressionAttributeValues": {":0": {"S": "x"}},
            "Limit": 5,
            "ConsistentRead": True,
        },
        id="scan-goes-on-filtered",
    ),
    pytest.param(
        "Scan",
        requests.scan("shop", Scan(filter=compile_filter(Exists(("a",))))),
        {
            "TableName": "shop",
            "Segment": 0,
            "TotalSegments": 1,
            "ReturnConsumedCapacity": "TOTAL",
            "FilterExpression": "attribute_exists(#0)",
            "ExpressionAttributeNames": {"#0": "a"},
        },
        id="scan-filtered-without-values",
    ),
    pytest.param(
        "PutItem",
        requests.single_write("shop", Put(ROW, Absent())),
        {"TableName": "shop", "Item": ITEM, **IF_ABSENT, **ECHO},
        id="put-new",
    ),
    pytest.param(
        "PutItem",
        requests.single_write("shop", Put(ROW, SAME)),
        {"TableName": "shop", "Item": ITEM, **IF_SAME, **ECHO},
        id="put",
    ),
    pytest.param(
        "DeleteItem",
        requests.single_write("shop", Delete(KEY, SAME)),
        {"TableName": "shop", "Key": PLACED_KEY, **IF_SAME, **ECHO},
        id="delete",
    ),
    pytest.param(
        "TransactWriteItems",
        requests.transact_write_items(
            "shop", Plan((Put(ROW, SAME), Delete(KEY, SAME), Check(KEY, Absent()), Put(ROW, Absent())), "w-ours")
        ),
        transacted(
            {"Put": {"TableName": "shop", "Item": ITEM, **IF_SAME, **ECHO}},
            {"Delete": {"TableName": "shop", "Key": PLACED_KEY, **IF_SAME, **ECHO}},
            {"ConditionCheck": {"TableName": "shop", "Key": PLACED_KEY, **IF_ABSENT, **ECHO}},
            {"Put": {"TableName": "shop", "Item": ITEM, **IF_ABSENT, **ECHO}},
        ),
        id="transaction",
    ),
]


@pytest.mark.parametrize(("operation", "request_", "expected"), REQUESTS)
def test_a_request_is_exactly_this(operation: str, request_: bytes, expected: dict[str, Any]) -> None:
    assert bodies.decode(request_) == expected


@pytest.mark.parametrize(("operation", "request_", "expected"), REQUESTS)
def test_botocore_accepts_the_request(operation: str, request_: bytes, expected: dict[str, Any], service: Any) -> None:
    report = ParamValidator().validate(bodies.decode(request_), service.operation_model(operation).input_shape)

    assert not report.has_errors(), report.generate_report()


def test_the_table_is_made_with_the_listing_and_the_general_indexes(service: Any) -> None:
    request = create_table("shop", describe(2, {}))

    assert request["BillingMode"] == "PAY_PER_REQUEST"
    assert {
        definition["AttributeName"]: definition["AttributeType"] for definition in request["AttributeDefinitions"]
    } == {
        "pk": "S",
        "sk": "S",
        "_t": "S",
        "_l": "S",
        "gsi1pk": "S",
        "gsi1sk": "S",
        "gsi2pk": "S",
        "gsi2sk": "S",
    }
    assert request["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    assert [index["IndexName"] for index in request["GlobalSecondaryIndexes"]] == ["listing", "gsi1", "gsi2"]
    assert request["GlobalSecondaryIndexes"][1] == {
        "IndexName": "gsi1",
        "KeySchema": [
            {"AttributeName": "gsi1pk", "KeyType": "HASH"},
            {"AttributeName": "gsi1sk", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "ALL"},
    }
    report = ParamValidator().validate(request, service.operation_model("CreateTable").input_shape)
    assert not report.has_errors(), report.generate_report()


def test_a_table_without_general_indexes_still_has_the_listing() -> None:
    assert [index["IndexName"] for index in create_table("shop", describe(0, {}))["GlobalSecondaryIndexes"]] == [
        "listing"
    ]

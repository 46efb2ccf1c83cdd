"""The stub stores and answers, and each operation that is measured on it gives the right rows."""

import json
from collections.abc import Generator
from typing import Any
from urllib.request import Request, urlopen
from zlib import crc32

import pytest
from botocore.exceptions import ClientError

from benchmarks.peers import boto3_client, ours
from benchmarks.peers.base import BASE, Operations, check
from benchmarks.peers.clients import client, new_name, new_table
from benchmarks.peers.ours import Plain, Versioned
from benchmarks.peers.samples import fields, identity
from benchmarks.stub import StubThread
from sst_repo import Table, TableRepository

ROWS = 120
WAYS = list(ours.tables())


@pytest.fixture(scope="module")
def url() -> Generator[str]:
    with StubThread() as stub:
        yield stub.url


@pytest.fixture
def dynamodb(url: str) -> Any:
    return client(url)


@pytest.fixture
def name(url: str) -> str:
    return new_table(url, by_colour=("colour", "sk"))


def item(sk: str, **attributes: str) -> dict[str, Any]:
    return {name: {"S": text} for name, text in {"pk": "p", "sk": sk, **attributes}.items()}


def put(dynamodb: Any, name: str, *items: dict[str, Any]) -> None:
    for each in items:
        dynamodb.put_item(TableName=name, Item=each)


def query(dynamodb: Any, name: str, **options: Any) -> dict[str, Any]:
    condition = {"KeyConditionExpression": "#p = :p", "ExpressionAttributeNames": {"#p": "pk"}}
    values = {"ExpressionAttributeValues": {":p": {"S": "p"}}}
    answer: dict[str, Any] = dynamodb.query(**{"TableName": name, **condition, **values, **options})
    return answer


def sort_keys(answer: dict[str, Any]) -> list[str]:
    return [row["sk"]["S"] for row in answer["Items"]]


class TestTheStub:
    def test_gives_back_what_was_put(self, dynamodb: Any, name: str) -> None:
        stored = {**item("a"), "n": {"N": "1.50"}, "b": {"B": b"\0"}, "m": {"M": {"l": {"L": [{"NULL": True}]}}}}
        put(dynamodb, name, stored)

        assert dynamodb.get_item(TableName=name, Key=item("a"))["Item"] == stored
        assert "Item" not in dynamodb.get_item(TableName=name, Key=item("b"))

    def test_sends_a_checksum_that_fits_the_body(self, url: str, dynamodb: Any, name: str) -> None:
        put(dynamodb, name, item("a"))
        body = json.dumps({"TableName": name, "Key": item("a")}).encode()
        request = Request(url, body, {"X-Amz-Target": "DynamoDB_20120810.GetItem"})  # noqa: S310 - the stub's

        with urlopen(request) as answer:  # noqa: S310 - likewise
            received = answer.read()

        assert answer.headers["x-amz-crc32"] == str(crc32(received))

    def test_pages_through_a_partition_in_order(self, dynamodb: Any, name: str) -> None:
        put(dynamodb, name, *map(item, "badc"))

        first = query(dynamodb, name, ScanIndexForward=False, Limit=3)
        rest = query(dynamodb, name, ScanIndexForward=False, ExclusiveStartKey=first["LastEvaluatedKey"])

        assert (sort_keys(first), sort_keys(rest)) == (["d", "c", "b"], ["a"])
        assert "LastEvaluatedKey" not in rest
        assert "LastEvaluatedKey" not in query(dynamodb, name, Limit=4)

    def test_pages_through_an_index_that_not_all_rows_are_in(self, dynamodb: Any, name: str) -> None:
        put(dynamodb, name, item("c", colour="red"), item("a", colour="red"), item("b"), item("d", colour="blue"))
        of_index = {"IndexName": "by_colour", "ExpressionAttributeNames": {"#p": "colour"}}

        found = query(dynamodb, name, **of_index, ExpressionAttributeValues={":p": {"S": "red"}})

        assert sort_keys(found) == ["a", "c"]

    def test_does_not_give_a_page_from_before_a_write(self, dynamodb: Any, name: str) -> None:
        put(dynamodb, name, item("a"))
        assert sort_keys(query(dynamodb, name)) == ["a"]

        put(dynamodb, name, item("b"))
        assert sort_keys(query(dynamodb, name)) == ["a", "b"]

        dynamodb.delete_item(TableName=name, Key=item("a"))
        assert sort_keys(query(dynamodb, name)) == ["b"]

    def test_writes_transactions_and_updates(self, dynamodb: Any, name: str) -> None:
        put(dynamodb, name, item("old"), {**item("counted"), "n": {"N": "1"}})
        update = {
            "UpdateExpression": "SET #n = #n + :one, note = :note",
            "ExpressionAttributeNames": {"#n": "n"},
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":note": {"S": "hello"}},
        }

        dynamodb.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": name, "Item": item("new")}},
                {"Delete": {"TableName": name, "Key": item("old")}},
                {"Update": {"TableName": name, "Key": item("counted"), **update}},
            ]
        )
        answer = dynamodb.update_item(TableName=name, Key=item("counted"), **update, ReturnValues="ALL_NEW")

        assert sort_keys(query(dynamodb, name)) == ["counted", "new"]
        assert answer["Attributes"] == {**item("counted", note="hello"), "n": {"N": "3"}}

    def test_reads_batches_and_scans(self, dynamodb: Any, name: str) -> None:
        put(dynamodb, name, *map(item, "abc"))

        batch = dynamodb.batch_get_item(RequestItems={name: {"Keys": list(map(item, "axc"))}})
        scanned = [dynamodb.scan(TableName=name, Segment=segment, TotalSegments=2) for segment in range(2)]
        pages = dynamodb.get_paginator("scan").paginate(TableName=name, PaginationConfig={"PageSize": 2})

        assert sort_keys({"Items": batch["Responses"][name]}) == ["a", "c"]
        assert sorted(key for answer in scanned for key in sort_keys(answer)) == ["a", "b", "c"]
        assert [sort_keys(answer) for answer in pages] == [["a", "b"], ["c"]]

    @pytest.mark.parametrize(
        ("options", "refusal"),
        [
            ({"FilterExpression": "n > :p"}, "does not filter"),
            ({"KeyConditionExpression": "#p = :p AND sk > :p"}, "whole partitions"),
            ({"KeyConditionExpression": "#p = :p AND sk = :p"}, "whole partitions"),
            ({"IndexName": "by_size"}, "no index"),
            ({"TableName": "missing"}, "not found"),
        ],
    )
    def test_refuses_what_it_cannot_do(self, dynamodb: Any, name: str, options: dict[str, Any], refusal: str) -> None:
        with pytest.raises(ClientError, match=refusal):
            query(dynamodb, name, **options)


def test_each_of_boto3s_operations_gives_the_right_rows(url: str) -> None:
    check(BASE, boto3_client.operations(url, ROWS), ROWS)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    way: str = request.param
    return way


@pytest.fixture
def both(url: str, way: str) -> tuple[Table, Table]:
    rows, written = (ours.tables()[way](new_name(), client(url)) for _ in range(2))
    rows.create()
    written.create()
    ours.stock(rows, ROWS)
    return rows, written


@pytest.fixture
def operations(both: tuple[Table, Table]) -> Operations:
    return ours.operations_on(*both)


class TestEachOfOurOperations:
    def test_reads_the_right_rows(self, way: str, operations: Operations) -> None:
        check(way, operations, ROWS)

    def test_lists_the_latest_first(self, operations: Operations) -> None:
        page: Any = operations["list 1"]()

        (latest,) = page
        assert latest.resource_id == identity(ROWS - 1)

    def test_writes_what_it_is_measured_by(self, both: tuple[Table, Table], operations: Operations) -> None:
        plain, versions = TableRepository(Plain, both[1]), TableRepository(Versioned, both[1])
        for name in ("add", "save", "save versioned", "unit of 10"):
            operations[name]()

        changed, versioned = plain.get(identity(0)), versions.get(identity(0))

        assert (changed.version, changed.count) == (2, fields(0)["count"] + 1)
        assert (versioned.version, versioned.count) == (2, fields(0)["count"] + 1)
        assert versions.get_version(identity(0), 1).count == fields(0)["count"]
        assert plain.count() == 1 + 1 + 10

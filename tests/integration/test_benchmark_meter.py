"""The units that the cost chapter computes are those that DynamoDB Local tells where it can be believed."""

from collections.abc import Generator
from typing import Any

import pytest

from benchmarks.chapters import cost
from benchmarks.meter import Cost, Meter, index_units, table_units
from benchmarks.peers.clients import client, new_table
from sst_repo.testing import DynamoDBLocal

pytestmark = pytest.mark.integration

INDEXES = {"by_colour": ("colour", "at")}


@pytest.fixture
def meter(dynamodb_local: DynamoDBLocal) -> Generator[Meter]:
    with Meter(dynamodb_local.endpoint_url) as meter:
        yield meter


def row(size: int, at: str | None = None) -> dict[str, Any]:
    listed = {} if at is None else {"colour": {"S": "red"}, "at": {"S": at}}
    return {"pk": {"S": "p"}, "sk": {"S": "s"}, **listed, "text": {"S": "x" * size}}


def test_the_rule_for_single_writes_is_what_the_server_charges(meter: Meter) -> None:
    dynamodb, name = client(meter.url), new_table(meter.url, by_colour=("colour", "at"))
    old = None
    for new in (row(500, "1"), row(3000, "1"), row(2999, "2"), row(1500), row(900, "3")):
        dynamodb.put_item(TableName=name, Item=new)

        assert meter.take() == Cost(1, 0, table_units(old, new), index_units(old, new, INDEXES))
        old = new


def test_a_transaction_takes_twice_that_of_the_table_and_no_more_of_the_index(meter: Meter) -> None:
    dynamodb, name = client(meter.url), new_table(meter.url, by_colour=("colour", "at"))
    dynamodb.put_item(TableName=name, Item=row(3000, "1"))
    meter.take()

    dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": name, "Item": row(900, "2")}}])

    assert meter.take() == Cost(calls=1, table_units=2 * 3, index_units=3 + 1)


def test_a_versioned_update_is_one_call_and_reads_nothing(meter: Meter) -> None:
    found = cost.measured(meter).raw["save, versioned"]

    ours = [its["sst_repo"] for its in found.values()]
    assert [(its["calls"], its["read_units"]) for its in ours] == [(1, 0)] * len(cost.SIZES)
    # By AWS's rule: twice the row, and twice what the version before it is compressed to.
    assert [its["table_units"] for its in ours] == [4, 6, 28]

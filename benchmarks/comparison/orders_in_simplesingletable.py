"""Orders as one writes them with simplesingletable; docs/guides/from-simplesingletable.md shows them.

`make compare` runs them.
"""

import logging
from decimal import Decimal
from typing import ClassVar

from boto3.dynamodb.conditions import Key
from simplesingletable import DynamoDbMemory, DynamoDbVersionedResource, PaginatedList, VersionConflictError

from benchmarks.comparison.asking import is_refused
from benchmarks.peers.clients import ACCESS_KEY, REGION, SECRET_KEY, new_table


class Order(DynamoDbVersionedResource):
    customer: str
    total: Decimal
    status: str = "open"

    gsi_config: ClassVar = {
        "by_customer": {
            "gsi1pk": lambda self: f"{self.get_unique_key_prefix()}#{self.customer}",
            "gsi1sk": lambda self: self.created_at.isoformat(),
        }
    }


def add(memory: DynamoDbMemory, customer: str, total: Decimal) -> Order:
    return memory.create_new(Order, {"customer": customer, "total": total})


def pay(memory: DynamoDbMemory, order_id: str) -> Order:
    order = memory.read_existing(order_id, Order, consistent_read=True)
    return memory.update_existing(order, {"status": "paid"})


def history(memory: DynamoDbMemory, order_id: str) -> list[str]:
    return [version.status for version in memory.get_all_versions(order_id, Order)]


def bring_back(memory: DynamoDbMemory, order_id: str, version: int) -> Order:
    return memory.restore_version(order_id, Order, version)


def of_customer(memory: DynamoDbMemory, customer: str, cursor: str | None = None) -> PaginatedList[Order]:
    return memory.paginated_dynamodb_query(
        key_condition=Key("gsi1pk").eq(f"{Order.get_unique_key_prefix()}#{customer}"),
        index_name="gsi1",
        resource_class=Order,
        filter_fn=lambda order: order.total > 5,
        results_limit=20,
        pagination_key=cursor,
    )


def pay_both(memory: DynamoDbMemory, first: Order, second: Order) -> None:
    with memory.transaction() as transaction:
        transaction.update(first, updates={"status": "paid"})
        transaction.update(second, updates={"status": "paid"})


def run(url: str) -> None:
    logger = logging.getLogger("simplesingletable")
    table = new_table(url, gsitype=("gsitype", "gsitypesk"), gsi1=("gsi1pk", "gsi1sk"))
    access = {"region_name": REGION, "aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
    memory = DynamoDbMemory(logger, table, endpoint_url=url, connection_params=access, track_stats=False)

    first, second = add(memory, "Ada", Decimal("54.30")), add(memory, "Ada", Decimal("9.90"))
    pay(memory, first.resource_id)
    assert is_refused(lambda: memory.update_existing(first, {"status": "shipped"}), VersionConflictError)
    assert sorted(history(memory, first.resource_id)) == ["open", "paid"]
    assert bring_back(memory, first.resource_id, 1).status == "open"
    assert [order.total for order in of_customer(memory, "Ada")] == [Decimal("9.90"), Decimal("54.30")]
    pay_both(memory, first, second)
    assert {order.status for order in of_customer(memory, "Ada")} == {"paid"}

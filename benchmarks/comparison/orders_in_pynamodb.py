"""Orders as one writes them with PynamoDB; docs/guides/from-pynamodb.md shows them. `make compare` runs them."""

from datetime import UTC, datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute, VersionAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PutError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from benchmarks.peers.clients import REGION, new_name


class CustomerIndex(GlobalSecondaryIndex["Order"]):
    class Meta:
        index_name = "by_customer"
        projection = AllProjection()

    customer = UnicodeAttribute(hash_key=True)
    placed_at = UTCDateTimeAttribute(range_key=True)


class Order(Model):
    class Meta:
        table_name = "orders"
        region = REGION
        host = None

    order_id = UnicodeAttribute(hash_key=True)
    customer = UnicodeAttribute()
    total = NumberAttribute()
    status = UnicodeAttribute(default="open")
    placed_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    by_customer = CustomerIndex()


def add(order_id: str, customer: str, total: float) -> Order:
    now = datetime.now(UTC)
    order = Order(order_id, customer=customer, total=total, placed_at=now)
    order.save(condition=Order.order_id.does_not_exist())
    return order


def pay(order_id: str) -> bool:
    order = Order.get(order_id, consistent_read=True)
    order.status = "paid"
    try:
        order.save()
    except PutError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False  # somebody else was faster
    return True


def recent(customer: str, since: datetime) -> list[Order]:
    found = Order.by_customer.query(
        customer,
        Order.placed_at >= since,
        filter_condition=Order.total > 5,
        scan_index_forward=False,
        limit=20,
    )
    return list(found)


def merge(into: Order, other: Order) -> None:
    into.total += other.total
    connection = Connection(region=REGION, host=Order.Meta.host)
    with TransactWrite(connection=connection) as transaction:
        transaction.save(into)
        transaction.delete(other)


def run(url: str) -> None:
    Order.Meta.host, Order.Meta.table_name = url, new_name()
    Order.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
    first, second = add("1", "Ada", 54.3), add("2", "Ada", 9.9)
    assert pay("1")
    assert [order.status for order in recent("Ada", first.placed_at)] == ["open", "paid"]
    merge(Order.get("1"), second)
    assert Order.get("1").total == 54.3 + 9.9
    assert Order.count() == 1

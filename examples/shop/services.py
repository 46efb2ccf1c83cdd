"""What the shop does. Services are given ports, and can't tell memory from DynamoDB.

One order alone is changed through a `Repository[Order]`. Where several things must change together, or not at all,
the work is done in a unit: `run` commits it in one transaction, and does it again if somebody else was faster.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Protocol, TypeVar

from examples.shop.domain import Amendment, Customer, Order, Stock
from examples.shop.history import Revision, revisions
from sst_repo import Conflict, ConflictError, F, Page, Repository, UnitOfWork

R = TypeVar("R")


class ShopUnitOfWork(UnitOfWork):
    customers: Repository[Customer]
    orders: Repository[Order]
    stock: Repository[Stock]


class RunUnit(Protocol):
    """`ShopUnitOfWork.run`, the table already chosen."""

    def __call__(self, work: Callable[[ShopUnitOfWork], R], /) -> R: ...


def check_version(order: Order, version: int | None) -> None:
    """Refuse to go on from another version than the one that the change was meant for; None was meant for any.

    Raises:
        ConflictError: As a write would that comes too late.
    """
    if version not in {None, order.version}:
        raise ConflictError([Conflict(order.__type_name__, order.resource_id, expected=version, actual=order.version)])


class Checkout:
    """Selling: an order and the stock it takes change together."""

    def __init__(self, run: RunUnit) -> None:
        self._run = run

    def place(self, customer_id: str, basket: Mapping[str, int]) -> Order:
        def work(shop: ShopUnitOfWork) -> Order:
            customer = shop.customers.get(customer_id)
            # It is only read; but without it as it is, the order must not come to be.
            shop.guard(customer)
            lines = tuple(shop.stock.get(sku).take(quantity) for sku, quantity in basket.items())
            return shop.orders.add(Order(customer_id=customer_id, address=customer.address, lines=lines))

        return self._run(work)

    def withdraw(self, order_id: str, *, version: int | None = None) -> None:
        def work(shop: ShopUnitOfWork) -> None:
            order = shop.orders.get(order_id)
            check_version(order, version)
            order.check_withdrawable()
            for line in order.lines:
                shop.stock.get(line.sku).receive(line.quantity)
            shop.orders.delete(order)

        self._run(work)

    def reinstate(self, order_id: str, version: int) -> Order:
        def work(shop: ShopUnitOfWork) -> Order:
            order = shop.orders.restore(order_id, version)
            for line in order.lines:
                shop.stock.get(line.sku).take(line.quantity)
            return order

        return self._run(work)


class OrderDesk:
    """What happens to one order after it was placed. Each change is a commit of its own.

    Who has seen the order may give the `version` that a change is meant for: a `ConflictError` if it is another by now.
    """

    def __init__(self, orders: Repository[Order]) -> None:
        self._orders = orders

    def pay(self, order_id: str, amount: Decimal, *, version: int | None = None) -> Order:
        order = self._at(order_id, version)
        order.pay(amount)
        return self._orders.save(order)

    def ship(self, order_id: str, parcel: str, *, version: int | None = None) -> Order:
        order = self._at(order_id, version)
        order.ship(parcel)
        return self._orders.save(order)

    def redirect(self, order_id: str, address: str) -> Order:
        return self.amend(order_id, {"address": address})

    def amend(self, order_id: str, amendment: Amendment, *, version: int | None = None) -> Order:
        order = self._at(order_id, version)
        order.amend(amendment)
        return self._orders.save(order)

    def update(self, order: Order) -> Order:
        """Save an order that was made by hand, out of a request's body; it carries the version it was made from."""
        return self._orders.save(order)

    def history(self, order_id: str) -> list[Revision]:
        return revisions(self._orders.versions(order_id), deleted=not self._orders.exists(order_id))

    def get(self, order_id: str) -> Order:
        return self._orders.get(order_id)

    def as_it_was(self, order_id: str, version: int) -> Order:
        return self._orders.get_version(order_id, version)

    def latest(self, limit: int, cursor: str | None = None, *, status: str | None = None) -> Page[Order]:
        return self._orders.list(where=None if status is None else F.status == status, limit=limit, cursor=cursor)

    def _at(self, order_id: str, version: int | None) -> Order:
        order = self._orders.get(order_id)
        check_version(order, version)
        return order


class Warehouse:
    def __init__(self, stock: Repository[Stock], run: RunUnit) -> None:
        self._stock = stock
        self._run = run

    def stock_up(self, sku: str, price: Decimal, quantity: int) -> Stock:
        return self._stock.add(Stock(resource_id=sku, price=price, on_hand=quantity))

    def receive(self, sku: str, quantity: int) -> Stock:
        def work(shop: ShopUnitOfWork) -> Stock:
            shelf = shop.stock.get(sku)
            shelf.receive(quantity)
            return shelf

        return self._run(work)

    def on_hand(self) -> dict[str, int]:
        return {shelf.sku: shelf.on_hand for shelf in sorted(self._stock.iterate(), key=lambda shelf: shelf.sku)}

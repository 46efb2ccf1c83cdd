"""How a team tests its services: against the in-memory table, which behaves as the real one does. No mocks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TypeVar

import pytest

from examples.shop.domain import Customer, Order, OrderStateError, OutOfStockError, Stock, WrongAmountError
from examples.shop.services import Checkout, OrderDesk, ShopUnitOfWork, Warehouse
from sst_repo import AlreadyExistsError, ConflictError, InMemoryTable, NotFoundError, Repository, Table, TableRepository

R = TypeVar("R")


@dataclass
class Shop:
    """The services as the application has them, on a table of the test's own."""

    table: Table = field(default_factory=InMemoryTable)

    def __post_init__(self) -> None:
        run = partial(ShopUnitOfWork.run, self.table)
        self.orders: Repository[Order] = TableRepository(Order, self.table)
        self.customers: Repository[Customer] = TableRepository(Customer, self.table)
        self.stock: Repository[Stock] = TableRepository(Stock, self.table)
        self.checkout = Checkout(run)
        self.desk = OrderDesk(self.orders)
        self.warehouse = Warehouse(self.stock, run)


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.warehouse.stock_up("mug", Decimal("9.90"), 10)
    shop.warehouse.stock_up("teapot", Decimal("34.50"), 3)
    return shop


@pytest.fixture
def ada(shop: Shop) -> str:
    return shop.customers.add(Customer(name="Ada", email="ada@example.org", address="12 Vine Street")).resource_id


@pytest.fixture
def order(shop: Shop, ada: str) -> Order:
    """An order of two mugs."""
    return shop.checkout.place(ada, {"mug": 2})


class TestPlacingAnOrder:
    def test_takes_from_the_shelf_and_adds_the_order(self, shop: Shop, ada: str) -> None:
        order = shop.checkout.place(ada, {"mug": 2, "teapot": 1})

        assert shop.orders.get(order.resource_id) == order
        assert order.total == Decimal("54.30")
        assert order.address == "12 Vine Street"
        assert shop.warehouse.on_hand() == {"mug": 8, "teapot": 2}

    def test_changes_nothing_if_one_article_is_out_of_stock(self, shop: Shop, ada: str) -> None:
        with pytest.raises(OutOfStockError) as caught:
            shop.checkout.place(ada, {"mug": 2, "teapot": 4})

        assert (caught.value.sku, caught.value.wanted, caught.value.on_hand) == ("teapot", 4, 3)
        assert shop.orders.count() == 0
        assert shop.warehouse.on_hand() == {"mug": 10, "teapot": 3}

    def test_takes_the_last_one(self, shop: Shop, ada: str) -> None:
        shop.checkout.place(ada, {"teapot": 3})

        assert shop.warehouse.on_hand()["teapot"] == 0

    @pytest.mark.parametrize(("customer", "sku"), [("nobody", "mug"), ("ada", "kettle")])
    def test_needs_a_customer_and_articles_that_exist(self, shop: Shop, ada: str, customer: str, sku: str) -> None:
        with pytest.raises(NotFoundError):
            shop.checkout.place(ada if customer == "ada" else customer, {sku: 1})

        assert shop.orders.count() == 0

    def test_keeps_the_price_of_the_day(self, shop: Shop, ada: str) -> None:
        order = shop.checkout.place(ada, {"mug": 1})
        mug = shop.stock.get("mug")
        mug.price = Decimal("12.00")
        shop.stock.save(mug)

        assert shop.orders.get(order.resource_id).total == Decimal("9.90")

    def test_does_not_happen_for_a_customer_who_leaves_meanwhile(self, shop: Shop, ada: str) -> None:
        def run_while_ada_leaves(work: Callable[[ShopUnitOfWork], R], /) -> R:
            def interrupted(unit: ShopUnitOfWork) -> R:
                result = work(unit)
                shop.customers.delete(shop.customers.get(ada))
                return result

            return ShopUnitOfWork.run(shop.table, interrupted)

        with pytest.raises(NotFoundError):
            Checkout(run_while_ada_leaves).place(ada, {"mug": 1})

        assert shop.orders.count() == 0
        assert shop.warehouse.on_hand()["mug"] == 10

    def test_by_many_at_once_never_sells_more_than_there_is(self, shop: Shop, ada: str) -> None:
        checkout = Checkout(partial(ShopUnitOfWork.run, shop.table, attempts=100))

        def buy(_: int) -> Order | None:
            try:
                return checkout.place(ada, {"teapot": 1})
            except OutOfStockError:
                return None

        with ThreadPoolExecutor(8) as threads:
            orders = [order for order in threads.map(buy, range(8)) if order]

        assert len(orders) == shop.orders.count() == 3
        assert shop.warehouse.on_hand()["teapot"] == 0


class TestPayingAndShipping:
    def test_follow_each_other(self, shop: Shop, order: Order) -> None:
        shop.desk.pay(order.resource_id, order.total)
        shop.desk.ship(order.resource_id, parcel="P-1")

        stored = shop.orders.get(order.resource_id)
        assert (stored.status, stored.parcel, stored.version) == ("shipped", "P-1", 3)

    def test_need_the_exact_amount(self, shop: Shop, order: Order) -> None:
        with pytest.raises(WrongAmountError, match=r"19\.80 is due, 19\.00 was given"):
            shop.desk.pay(order.resource_id, Decimal(19))

        assert shop.orders.get(order.resource_id) == order

    def test_are_refused_out_of_order(self, shop: Shop, order: Order) -> None:
        with pytest.raises(OrderStateError, match="an order that is placed can't be shipped"):
            shop.desk.ship(order.resource_id, parcel="P-1")
        shop.desk.pay(order.resource_id, order.total)
        with pytest.raises(OrderStateError, match="an order that is paid can't be paid"):
            shop.desk.pay(order.resource_id, order.total)

    def test_fix_the_address(self, shop: Shop, order: Order) -> None:
        shop.desk.redirect(order.resource_id, "3 Mill Lane")
        shop.desk.pay(order.resource_id, order.total)
        shop.desk.ship(order.resource_id, parcel="P-1")

        with pytest.raises(OrderStateError, match="an order that is shipped can't be redirected"):
            shop.desk.redirect(order.resource_id, "5 Mill Lane")

        assert shop.orders.get(order.resource_id).address == "3 Mill Lane"


class TestWithdrawing:
    def test_gives_the_stock_back(self, shop: Shop, order: Order) -> None:
        shop.checkout.withdraw(order.resource_id)

        assert not shop.orders.exists(order.resource_id)
        assert shop.warehouse.on_hand()["mug"] == 10

    def test_is_too_late_once_it_is_paid(self, shop: Shop, order: Order) -> None:
        shop.desk.pay(order.resource_id, order.total)

        with pytest.raises(OrderStateError, match="an order that is paid can't be withdrawn"):
            shop.checkout.withdraw(order.resource_id)

        assert shop.warehouse.on_hand()["mug"] == 8

    def test_can_be_undone(self, shop: Shop, order: Order) -> None:
        shop.checkout.withdraw(order.resource_id)

        restored = shop.checkout.reinstate(order.resource_id, version=1)

        assert (restored.version, restored.lines) == (3, order.lines)
        assert shop.warehouse.on_hand()["mug"] == 8

    def test_can_t_be_undone_once_others_bought_the_stock(self, shop: Shop, ada: str, order: Order) -> None:
        shop.checkout.withdraw(order.resource_id)
        shop.checkout.place(ada, {"mug": 9})

        with pytest.raises(OutOfStockError):
            shop.checkout.reinstate(order.resource_id, version=1)

        assert not shop.orders.exists(order.resource_id)


class TestTheOrderDesk:
    def test_refuses_who_comes_second_with_an_old_version(self, shop: Shop, order: Order) -> None:
        mine, theirs = shop.orders.get(order.resource_id), shop.orders.get(order.resource_id)
        theirs.note = "gift wrap"
        shop.desk.update(theirs)
        mine.note = "ring twice"

        with pytest.raises(ConflictError) as caught:
            shop.desk.update(mine)

        assert [(conflict.expected, conflict.actual) for conflict in caught.value.conflicts] == [(1, 2)]
        assert shop.orders.get(order.resource_id).note == "gift wrap"

    def test_saves_what_came_from_outside(self, shop: Shop, order: Order) -> None:
        body = order.model_copy(update={"note": "ring twice"}).model_dump_json()

        shop.desk.update(Order.model_validate_json(body))

        assert shop.orders.get(order.resource_id).note == "ring twice"

    def test_tells_what_happened_to_an_order(self, shop: Shop, order: Order) -> None:
        shop.desk.redirect(order.resource_id, "3 Mill Lane")
        shop.checkout.withdraw(order.resource_id)
        shop.checkout.reinstate(order.resource_id, version=1)

        told = [
            (revision.version, list(map(str, revision.changes))) for revision in shop.desk.history(order.resource_id)
        ]
        assert told == [
            (1, []),
            (2, ["address: '12 Vine Street' -> '3 Mill Lane'"]),
            (3, []),
            (4, ["address: '3 Mill Lane' -> '12 Vine Street'"]),
        ]

    def test_tells_of_a_deletion_which_has_no_content(self, shop: Shop, order: Order) -> None:
        shop.checkout.withdraw(order.resource_id)

        first, deletion = shop.desk.history(order.resource_id)

        assert first.order == order
        assert first.at == order.updated_at
        assert (deletion.version, deletion.order, deletion.at) == (2, None, None)

    def test_lists_the_latest_first_page_by_page(self, shop: Shop, ada: str) -> None:
        placed = [shop.checkout.place(ada, {"mug": 1}).resource_id for _ in range(3)]

        first = shop.desk.latest(limit=2)
        second = shop.desk.latest(limit=2, cursor=first.cursor)

        assert [order.resource_id for order in [*first, *second]] == placed[::-1]
        assert not second.has_more


class TestTheWarehouse:
    def test_adds_deliveries_to_what_is_there(self, shop: Shop) -> None:
        assert shop.warehouse.receive("mug", 5).on_hand == 15
        assert shop.warehouse.on_hand() == {"mug": 15, "teapot": 3}

    def test_stocks_an_article_up_once(self, shop: Shop) -> None:
        with pytest.raises(AlreadyExistsError):
            shop.warehouse.stock_up("mug", Decimal(1), 1)

"""Some days of business, to have something to look at."""

from decimal import Decimal

from examples.shop.container import ShopContainer
from examples.shop.domain import Customer

PRICES = {"mug": "9.90", "teapot": "34.50", "tray": "18.00", "kettle": "61.25"}

CUSTOMERS = {
    "Ada": "12 Vine Street",
    "Bob": "7 Quay Road",
    "Chloë": "1 Place du Marché, 3rd floor, the door on the left",
    "Dimitri": "88 Harbour View",
}

BASKETS = [{"mug": 2, "teapot": 1}, {"tray": 1}, {"kettle": 1, "mug": 4}, {"teapot": 2, "tray": 2, "mug": 6}]


def open_shop(shop: ShopContainer, orders: int = 30) -> list[str]:
    """Fill an empty shop and return the ids of its orders, in the order in which they were placed."""
    checkout, desk, warehouse = shop.checkout(), shop.order_desk(), shop.warehouse()
    for sku, price in PRICES.items():
        warehouse.stock_up(sku, Decimal(price), 500)
    customers = [
        shop.customers().add(Customer(name=name, email=f"customer{number}@example.org", address=address)).resource_id
        for number, (name, address) in enumerate(CUSTOMERS.items())
    ]
    placed = []
    for number in range(orders):
        basket = BASKETS[number % len(BASKETS)]
        order = checkout.place(customers[number % len(customers)], basket)
        placed.append(order.resource_id)
        if number % 4 == 0:
            desk.amend(order.resource_id, {"address": "3 Mill Lane", "note": "ring twice"})
        if number % 5 == 0:
            checkout.withdraw(order.resource_id)
            checkout.reinstate(order.resource_id, version=1)
        if number % 3 == 0:
            desk.pay(order.resource_id, order.total)
        if number % 6 == 0:
            desk.ship(order.resource_id, parcel=f"P-{1000 + number}")
    return placed

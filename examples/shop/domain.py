"""What the shop is about, and which rules hold in it. Nothing here knows that anything is ever stored."""

from decimal import Decimal
from typing import Annotated, Literal, TypeAlias, TypedDict

from pydantic import BaseModel, Field, PositiveInt

from sst_repo import Resource, Unique, VersionedResource

Money: TypeAlias = Annotated[Decimal, Field(ge=0)]


class ShopError(Exception):
    """A rule of the shop forbids it."""


class OutOfStockError(ShopError):
    def __init__(self, sku: str, wanted: int, on_hand: int) -> None:
        super().__init__(f"{sku}: {wanted} wanted, {on_hand} on hand")
        self.sku = sku
        self.wanted = wanted
        self.on_hand = on_hand


class OrderStateError(ShopError):
    def __init__(self, wish: str, status: str) -> None:
        super().__init__(f"an order that is {status} can't be {wish}")


class WrongAmountError(ShopError):
    def __init__(self, due: Decimal, given: Decimal) -> None:
        super().__init__(f"{due:.2f} is due, {given:.2f} was given")


class Customer(Resource):
    name: str
    email: str
    address: str
    by_email = Unique("email")


class OrderLine(BaseModel, frozen=True):
    sku: str
    quantity: PositiveInt
    unit_price: Money

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.unit_price


class Amendment(TypedDict, total=False):
    """What a customer may change of an order: the fields that are given, and only these."""

    address: str
    note: str | None


class Order(VersionedResource):
    customer_id: str
    address: str
    lines: tuple[OrderLine, ...] = Field(min_length=1)
    status: Literal["placed", "paid", "shipped"] = "placed"
    note: str | None = None
    parcel: str | None = None

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))

    def pay(self, amount: Decimal) -> None:
        if self.status != "placed":
            raise OrderStateError("paid", self.status)
        if amount != self.total:
            raise WrongAmountError(due=self.total, given=amount)
        self.status = "paid"

    def ship(self, parcel: str) -> None:
        if self.status != "paid":
            raise OrderStateError("shipped", self.status)
        self.status = "shipped"
        self.parcel = parcel

    def redirect(self, address: str) -> None:
        if self.status == "shipped":
            raise OrderStateError("redirected", self.status)
        self.address = address

    def amend(self, amendment: Amendment) -> None:
        address = amendment.get("address", self.address)
        if address != self.address:
            self.redirect(address)
        if "note" in amendment:
            self.note = amendment["note"]

    def check_withdrawable(self) -> None:
        if self.status != "placed":
            raise OrderStateError("withdrawn", self.status)


class Stock(Resource):
    """How many of one article are on the shelf, and what one costs today. Its id is the article's SKU."""

    price: Money
    on_hand: int = Field(default=0, ge=0)

    @property
    def sku(self) -> str:
        return self.resource_id

    def receive(self, quantity: int) -> None:
        self.on_hand += quantity

    def take(self, quantity: int) -> OrderLine:
        if quantity > self.on_hand:
            raise OutOfStockError(self.sku, wanted=quantity, on_hand=self.on_hand)
        self.on_hand -= quantity
        return OrderLine(sku=self.sku, quantity=quantity, unit_price=self.price)

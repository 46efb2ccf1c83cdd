"""What goes over the wire. The domain's models stay as they are; nobody outside need know their fields."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, StringConstraints
from typing_extensions import TypedDict

from examples.shop.domain import Order
from examples.shop.history import Revision

Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200)]
# As text, as in the answers: most clients would make a float of a number.
Amount: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,7}(\.[0-9]{1,2})?$")]
Status: TypeAlias = Literal["placed", "paid", "shipped"]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewCustomer(Body):
    name: Text
    email: Text
    address: Text


class NewOrder(Body):
    customer_id: Text
    basket: dict[Text, Annotated[PositiveInt, Field(le=1000)]] = Field(min_length=1, max_length=50)


class OrderTerms(Body):
    """All that a customer may change of an order."""

    address: Text
    note: Text | None


class OrderAmendment(TypedDict, total=False):
    """Some of what a customer may change of an order; what is not given stays as it is."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    address: Text
    note: Text | None


class Payment(Body):
    amount: Amount


class Shipment(Body):
    parcel: Text


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class CustomerView(View):
    id: str = Field(validation_alias="resource_id")
    name: str
    email: str
    address: str


class StockView(View):
    sku: str
    price: Decimal
    on_hand: int


class LineView(View):
    sku: str
    quantity: int
    unit_price: Decimal
    amount: Decimal


class OrderView(View):
    id: str = Field(validation_alias="resource_id")
    version: int
    created_at: datetime
    updated_at: datetime
    customer_id: str
    address: str
    status: Status
    note: str | None
    parcel: str | None
    lines: tuple[LineView, ...]
    total: Decimal

    @classmethod
    def of(cls, order: Order) -> "OrderView":
        return cls.model_validate(order)


class Links(BaseModel):
    next: str | None
    prev: str | None


class OrderPage(BaseModel):
    orders: list[OrderView]
    links: Links


class ChangeView(View):
    field: str
    before: Any
    after: Any


class RevisionView(BaseModel):
    """A version of an order, and what it changed. That of a deletion has no content."""

    version: int
    at: datetime | None
    order: OrderView | None
    changes: list[ChangeView]

    @classmethod
    def of(cls, revision: Revision) -> "RevisionView":
        return cls(
            version=revision.version,
            at=revision.at,
            order=None if revision.order is None else OrderView.of(revision.order),
            changes=[ChangeView.model_validate(change) for change in revision.changes],
        )


class History(BaseModel):
    revisions: list[RevisionView]


class ProblemView(BaseModel):
    """Problem details (RFC 9457). Some kinds have further members."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str

"""The orders, over HTTP. Routes translate; what may be done, and what becomes of it, is decided by the services."""

from decimal import Decimal
from typing import Annotated
from urllib.parse import urlencode

from dependency_injector.wiring import Provide, inject
from fastapi import APIRouter, Depends, Query, Request, Response

from examples.fastapi_shop.errors import problems
from examples.fastapi_shop.preconditions import ExpectedVersion, IfNoneMatch
from examples.shop.container import ShopContainer
from examples.shop.domain import Order
from examples.shop.etags import EntityTags, etag
from examples.shop.services import Checkout, OrderDesk
from examples.shop.views import (
    History,
    Links,
    NewOrder,
    OrderAmendment,
    OrderPage,
    OrderTerms,
    OrderView,
    Payment,
    RevisionView,
    Shipment,
    Status,
)

# Without `async`: the library has no async interface, so each request is done in a thread of its own.

router = APIRouter(prefix="/orders", tags=["orders"])

DeskDependency = Annotated[OrderDesk, Depends(Provide[ShopContainer.order_desk])]
CheckoutDependency = Annotated[Checkout, Depends(Provide[ShopContainer.checkout])]

READING = problems(404)
READING_UNLESS_KNOWN = {**READING, 304: {"description": "Not Modified"}}
CHANGING = problems(404, 409, 412, 428)


def shown(order: Order, response: Response) -> OrderView:
    response.headers["ETag"] = etag(order.version)
    return OrderView.of(order)


@router.get("", responses=problems())
@inject
def list_orders(
    desk: DeskDependency,
    request: Request,
    response: Response,
    status: Status | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: str | None = None,
) -> OrderPage:
    """The orders, those first that were changed last."""
    page = desk.latest(limit, cursor, status=status)
    links = {
        relation: f"{request.url.path}?{urlencode({**dict(request.query_params), 'cursor': to})}"
        for relation, to in {"next": page.cursor, "prev": page.previous}.items()
        if to is not None
    }
    if links:
        response.headers["Link"] = ", ".join(f'<{link}>; rel="{relation}"' for relation, link in links.items())
    return OrderPage(orders=list(map(OrderView.of, page)), links=Links(next=links.get("next"), prev=links.get("prev")))


@router.post("", status_code=201, responses=problems(409))
@inject
def place_order(new: NewOrder, checkout: CheckoutDependency, request: Request, response: Response) -> OrderView:
    order = checkout.place(new.customer_id, new.basket)
    response.headers["Location"] = request.url_for("get_order", order_id=order.resource_id).path
    return shown(order, response)


@router.get("/{order_id}", response_model=OrderView, responses=READING_UNLESS_KNOWN)
@inject
def get_order(
    order_id: str,
    desk: DeskDependency,
    response: Response,
    if_none_match: IfNoneMatch = None,
) -> Response | OrderView:
    order = desk.get(order_id)
    if if_none_match is not None and EntityTags(if_none_match).match_weakly(order.version):
        return Response(status_code=304, headers={"ETag": etag(order.version)})
    return shown(order, response)


@router.put("/{order_id}", responses=CHANGING)
@inject
def replace_terms(
    order_id: str, terms: OrderTerms, version: ExpectedVersion, desk: DeskDependency, response: Response
) -> OrderView:
    return shown(desk.amend(order_id, {"address": terms.address, "note": terms.note}, version=version), response)


@router.patch("/{order_id}", responses=CHANGING)
@inject
def amend_order(
    order_id: str, amendment: OrderAmendment, version: ExpectedVersion, desk: DeskDependency, response: Response
) -> OrderView:
    return shown(desk.amend(order_id, amendment, version=version), response)


@router.delete("/{order_id}", status_code=204, responses=CHANGING)
@inject
def withdraw_order(order_id: str, version: ExpectedVersion, checkout: CheckoutDependency) -> None:
    """Withdraw it: what it took goes back on the shelf. Its history remains."""
    checkout.withdraw(order_id, version=version)


@router.post("/{order_id}/payment", responses=CHANGING)
@inject
def pay_order(
    order_id: str, payment: Payment, version: ExpectedVersion, desk: DeskDependency, response: Response
) -> OrderView:
    return shown(desk.pay(order_id, Decimal(payment.amount), version=version), response)


@router.post("/{order_id}/shipment", responses=CHANGING)
@inject
def ship_order(
    order_id: str, shipment: Shipment, version: ExpectedVersion, desk: DeskDependency, response: Response
) -> OrderView:
    return shown(desk.ship(order_id, shipment.parcel, version=version), response)


@router.get("/{order_id}/versions", responses=READING)
@inject
def order_history(order_id: str, desk: DeskDependency) -> History:
    """Every version of an order, oldest first, with what changed in it; also of an order that was withdrawn."""
    return History(revisions=[RevisionView.of(revision) for revision in desk.history(order_id)])


@router.get("/{order_id}/versions/{version}", responses=READING)
@inject
def order_as_it_was(order_id: str, version: int, desk: DeskDependency, response: Response) -> OrderView:
    response.headers["Cache-Control"] = "max-age=31536000, immutable"
    return shown(desk.as_it_was(order_id, version), response)

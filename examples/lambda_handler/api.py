"""The shop behind API Gateway: an HTTP API with payload format 2.0, one function for all routes."""

import base64
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import NotRequired, TypedDict, TypeVar

from pydantic import BaseModel, ValidationError

from examples.lambda_handler.cold_start import shop
from examples.shop.domain import Order, ShopError
from examples.shop.etags import EntityTags, etag, expected_version
from examples.shop.problems import MEDIA_TYPE, Problem, RequestError, invalid_request, problem_of
from examples.shop.views import NewOrder, OrderView, Payment
from sst_repo import SstRepoError

_logger = logging.getLogger(__name__)

BodyT = TypeVar("BodyT", bound=BaseModel)


class Event(TypedDict):
    """What is used of an event: its routes are keys such as `GET /orders/{order_id}`, its headers in lower case."""

    routeKey: str
    headers: NotRequired[dict[str, str]]
    pathParameters: NotRequired[dict[str, str]]
    body: NotRequired[str]
    isBase64Encoded: bool


class Answer(TypedDict):
    statusCode: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Request:
    headers: Mapping[str, str]
    path: Mapping[str, str]
    content: bytes

    @classmethod
    def of(cls, event: Event) -> "Request":
        body = event.get("body", "")
        content = base64.b64decode(body) if event["isBase64Encoded"] else body.encode()
        return cls(event.get("headers", {}), event.get("pathParameters", {}), content)

    @property
    def order_id(self) -> str:
        return self.path["order_id"]

    @property
    def version(self) -> int | None:
        return expected_version(self.headers.get("if-match"), lambda: shop().order_desk().get(self.order_id).version)

    def body(self, model: type[BodyT]) -> BodyT:
        return model.model_validate_json(self.content)


def handler(event: Event, _context: object = None) -> Answer:
    request = Request.of(event)
    try:
        return _route(event["routeKey"])(request)
    except ValidationError as error:
        return _told(invalid_request((fault["loc"], fault["msg"]) for fault in error.errors()))
    except (RequestError, ShopError, SstRepoError) as error:
        problem = problem_of(error, named=request.path.values(), conditional="if-match" in request.headers)
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            _logger.exception("%s", event["routeKey"])
        return _told(problem)


def place_order(request: Request) -> Answer:
    new = request.body(NewOrder)
    order = shop().checkout().place(new.customer_id, new.basket)
    return _shown(order, HTTPStatus.CREATED, {"Location": f"/orders/{order.resource_id}"})


def get_order(request: Request) -> Answer:
    order = shop().order_desk().get(request.order_id)
    known = request.headers.get("if-none-match")
    if known is not None and EntityTags(known).match_weakly(order.version):
        return {"statusCode": HTTPStatus.NOT_MODIFIED, "headers": {"ETag": etag(order.version)}, "body": ""}
    return _shown(order)


def pay_order(request: Request) -> Answer:
    amount = Decimal(request.body(Payment).amount)
    return _shown(shop().order_desk().pay(request.order_id, amount, version=request.version))


def withdraw_order(request: Request) -> Answer:
    shop().checkout().withdraw(request.order_id, version=request.version)
    return {"statusCode": HTTPStatus.NO_CONTENT, "headers": {}, "body": ""}


ROUTES: Mapping[str, Callable[[Request], Answer]] = {
    "POST /orders": place_order,
    "GET /orders/{order_id}": get_order,
    "POST /orders/{order_id}/payment": pay_order,
    "DELETE /orders/{order_id}": withdraw_order,
}


def _route(key: str) -> Callable[[Request], Answer]:
    if key not in ROUTES:
        raise RequestError(HTTPStatus.NOT_FOUND, "There is nothing at this address.")
    return ROUTES[key]


def _shown(order: Order, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Answer:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json", "ETag": etag(order.version), **(headers or {})},
        "body": OrderView.of(order).model_dump_json(),
    }


def _told(problem: Problem) -> Answer:
    return {
        "statusCode": problem.status,
        "headers": {"Content-Type": MEDIA_TYPE, **problem.headers},
        "body": json.dumps(problem.body()),
    }

"""The API keeps what its OpenAPI promises, whatever it is asked: schemathesis makes the requests up."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.checks import allow_header_conformance, positive_data_acceptance
from schemathesis.openapi.loaders import from_asgi
from starlette.testclient import TestClient

from examples.fastapi_shop.app import create_app
from examples.fastapi_shop.sample import open_shop
from examples.shop.container import ShopContainer

EXAMPLES = 20
"""Requests that are made up for each operation, beside those that go to the bounds of its schema."""

SHOP = ShopContainer()
ORDERS = open_shop(SHOP, orders=8)

schema = from_asgi("/openapi.json", create_app(SHOP))
# What a schema can't say: what makes a good tag or cursor, and that a version is another by now.
schema.config.checks.positive_data_acceptance.expected_statuses += ["400", "412", "428"]


@schema.hook
def map_path_parameters(_: Any, parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Ask for orders that there are, mostly."""
    if parameters and len(str(parameters.get("order_id", ""))) > 1:
        return {**parameters, "order_id": ORDERS[len(str(parameters)) % len(ORDERS)]}
    return parameters


@pytest.fixture(scope="module", autouse=True)
def served() -> Iterator[None]:
    """The shop, open for as long as it is asked."""
    with TestClient(schema.app):
        yield


@schema.parametrize()
@settings(max_examples=EXAMPLES)
def test_every_answer_is_one_that_the_openapi_has(case: schemathesis.Case[Any]) -> None:
    excluded = [allow_header_conformance]  # Starlette's 405 allows the methods of the address's first route alone
    if case.operation.label == "POST /orders":
        excluded.append(positive_data_acceptance)  # no schema knows which customers and articles there are
    case.call_and_validate(excluded_checks=excluded)

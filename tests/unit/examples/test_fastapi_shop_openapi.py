"""The API keeps what its OpenAPI promises, whatever it is asked: schemathesis makes the requests up."""

import re
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.checks import allow_header_conformance, positive_data_acceptance
from schemathesis.core.result import Ok
from schemathesis.openapi.loaders import from_asgi
from starlette.testclient import TestClient

from examples.fastapi_shop.app import create_app
from examples.fastapi_shop.sample import open_shop
from examples.shop.container import ShopContainer

EXAMPLES = 20
"""Requests that are made up for each operation, beside those that go to the bounds of its schema."""

SHOP = ShopContainer()
ORDERS = open_shop(SHOP, orders=8)

schema = from_asgi("/openapi.json", create_app(SHOP), config=schemathesis.Config(seed=1))
# What a schema can't say: what makes a good tag or cursor, and that a version is another by now.
schema.config.checks.positive_data_acceptance.expected_statuses += ["400", "412", "428"]
schema.config.checks.negative_data_rejection.expected_statuses += ["412"]  # that is found before a bad body is


@schema.hook
def map_path_parameters(_: Any, parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Ask for orders that there are, mostly."""
    if parameters and len(str(parameters.get("order_id", ""))) > 1:
        return {**parameters, "order_id": ORDERS[len(str(parameters)) % len(ORDERS)]}
    return parameters


@schema.hook
def map_headers(_: Any, headers: dict[str, Any] | None) -> dict[str, Any] | None:
    """Name a version that there is, or was, every other time."""
    if headers and len(str(headers.get("if-match", ""))) % 2:
        return {**headers, "if-match": '"1", "2"'}
    return headers


@pytest.fixture(scope="module", autouse=True)
def served() -> Iterator[None]:
    """The shop, open for as long as it is asked."""
    with TestClient(schema.app):
        yield


def answers_as_promised(operation: str) -> Callable[..., None]:
    """Return the test of an operation."""

    @schema.include(name=operation).parametrize()
    @settings(max_examples=EXAMPLES)
    def test(case: schemathesis.Case[Any]) -> None:
        excluded = [allow_header_conformance]  # Starlette's 405 allows the methods of the address's first route alone
        if operation == "POST /orders":
            excluded.append(positive_data_acceptance)  # no schema knows which customers and articles there are
        case.call_and_validate(excluded_checks=excluded)

    return cast("Callable[..., None]", test)


# Each has a name of its own. Schemathesis would tell them apart by a suffix, which pytest 9.2 leaves out; and of tests
# of the same name pytest-xdist runs just one.
for label in (found.ok().label for found in schema.get_all_operations() if isinstance(found, Ok)):
    name = re.sub(r"\W+", "_", label).strip("_").lower()
    globals()[f"test_{name}_answers_as_promised"] = answers_as_promised(label)

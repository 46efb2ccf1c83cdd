"""Models to make templates for, and what must hold in each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from sst_repo import Index, Resource, VersionedResource


class Order(VersionedResource):
    customer: str
    status: str = "open"
    total: Decimal = Decimal(0)
    by_customer = Index(gsi=1, partition="customer", sort="total")
    open_ones = Index(gsi=3, partition="status", when=lambda order: order.status == "open")


class Basket(Resource):
    customer: str
    expires: int | None = None
    by_customer = Index(gsi=1, partition="customer")


@dataclass(frozen=True)
class Case:
    models: list[type[Resource]]
    options: dict[str, Any] = field(default_factory=dict[str, Any])

    def template(self, make: Callable[..., str]) -> str:
        return make(self.models, **{"table_name": "shop", **self.options})


CASES = {
    "two models that share an index": Case([Order, Basket]),
    "no index but the listing": Case([type("Note", (Resource,), {"__module__": __name__})]),
    "all options": Case(
        [Order, Basket],
        {
            "table_name": "shop.prod-1_a",
            "projections": {"listing": "keys", 3: ["total", "status"]},
            "ttl": "expires",
            "point_in_time_recovery": True,
        },
    ),
    "a name that begins with a digit": Case([Basket], {"table_name": "2nd-shop"}),
}


@pytest.fixture(params=[*CASES.values()], ids=[*CASES])
def case(request: pytest.FixtureRequest) -> Case:
    case: Case = request.param
    return case


@pytest.fixture
def models() -> list[type[Resource]]:
    return [Order, Basket]

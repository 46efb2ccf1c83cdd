"""The shop's API on DynamoDB Local: what it says there is what it says in memory."""

import pytest
from starlette.testclient import TestClient

from examples.fastapi_shop.app import create_app
from examples.fastapi_shop.sample import open_shop
from examples.shop.container import ShopContainer
from sst_repo import InMemoryTable
from sst_repo.testing import ManualClock

pytestmark = pytest.mark.integration


def visit(shop: ShopContainer) -> list[object]:
    """Have a client look around and change something; return what it was told, without ids."""
    shop.clock.override(ManualClock())
    first, *_ = open_shop(shop, orders=6)
    with TestClient(create_app(shop)) as client:
        page = client.get("/orders", params={"limit": 4})
        rest = client.get(page.json()["links"]["next"])
        order = client.get(f"/orders/{first}")
        etag = order.headers["ETag"]
        body = {"note": "ring twice and wait"}
        changed = client.patch(f"/orders/{first}", json=body, headers={"If-Match": etag})
        again = client.patch(f"/orders/{first}", json=body, headers={"If-Match": etag})
        history = client.get(f"/orders/{first}/versions").json()["revisions"]
    return [
        [(order["status"], order["total"], order["updated_at"]) for order in page.json()["orders"]],
        [(order["status"], order["total"], order["updated_at"]) for order in rest.json()["orders"]],
        (etag, changed.headers["ETag"], again.status_code, again.json()["type"]),
        [(revision["version"], revision["changes"]) for revision in history],
    ]


def test_the_api_says_on_dynamodb_what_it_says_in_memory(shop: ShopContainer) -> None:
    in_memory = ShopContainer()
    in_memory.table.override(InMemoryTable())

    told = visit(shop)

    assert told == visit(in_memory)
    assert told[2] == ('"6"', '"7"', 412, "urn:shop:problem:Conflict")

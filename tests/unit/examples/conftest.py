"""A shop behind its API, in memory, with a clock that never waits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from examples.fastapi_shop.app import create_app
from examples.fastapi_shop.sample import open_shop
from examples.shop.container import ShopContainer
from sst_repo import Table
from sst_repo.testing import ManualClock

SECRET = "as good as any"  # noqa: S105 - it signs the cursors of tests


@dataclass
class Api:
    """The API and what is behind it.

    Attributes:
        shop: Its container.
        client: A browser, so to say.
        orders: The ids of the orders that the shop begins with.
    """

    shop: ShopContainer
    client: TestClient
    orders: list[str]

    def put_behind(self, table: Table) -> None:
        """Have what is asked from now on done on another table."""
        self.shop.table.override(table)

    def etag(self, order_id: str) -> dict[str, str]:
        """The header that makes a change of the order as it is now."""
        return {"If-Match": self.client.get(f"/orders/{order_id}").headers["ETag"]}

    def amend(self, order_id: str, *, if_match: str) -> Any:
        """Put a note on the order."""
        return self.client.patch(f"/orders/{order_id}", json={"note": "gift wrap"}, headers={"If-Match": if_match})


@pytest.fixture
def api() -> Iterator[Api]:
    shop = ShopContainer(config={"cursor_secret": SECRET})
    shop.clock.override(ManualClock())
    orders = open_shop(shop, orders=8)
    with TestClient(create_app(shop)) as client:
        yield Api(shop, client, orders)

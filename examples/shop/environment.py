"""The shop as the environment's variables have it: one program for the desk, the tests and production."""

import os
import secrets

from examples.shop.container import ShopContainer


def shop_of_environment() -> ShopContainer:
    """Put a shop together, as `configure` has it."""
    shop = ShopContainer()
    configure(shop)
    return shop


def configure(shop: ShopContainer) -> None:
    """Have a shop live where the environment says.

    | variable | default | meaning |
    |---|---|---|
    | `SHOP_BACKEND` | `memory` | `memory` or `dynamodb` |
    | `SHOP_TABLE` | `sst-repo` | the DynamoDB table's name |
    | `SHOP_ENDPOINT_URL` | the region's | such as DynamoDB Local's |
    | `SHOP_CURSOR_SECRET` | in memory a new one | signs cursors; all processes of a shop must share it |

    Raises:
        KeyError: On DynamoDB there is no secret: cursors of one process would be refused by the next.
    """
    shop.config.backend.from_env("SHOP_BACKEND")
    shop.config.table_name.from_env("SHOP_TABLE")
    shop.config.endpoint_url.from_env("SHOP_ENDPOINT_URL")
    in_memory = shop.config.backend() in {None, "memory"}
    shop.config.cursor_secret.from_value(
        os.environ.get("SHOP_CURSOR_SECRET") or secrets.token_hex() if in_memory else os.environ["SHOP_CURSOR_SECRET"]
    )

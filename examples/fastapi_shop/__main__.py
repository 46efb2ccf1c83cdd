"""Serves the shop: `python -m examples.fastapi_shop --port 8000`."""

import argparse

import uvicorn

from examples.fastapi_shop.app import create_app
from examples.fastapi_shop.sample import open_shop
from examples.shop.clock import WorkingDay
from examples.shop.environment import shop_of_environment


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m examples.fastapi_shop", description="Serve the shop over HTTP.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-sample", action="store_true", help="put no sample data into a shop without orders")
    arguments = parser.parse_args()

    shop = shop_of_environment()
    shop.table().create(if_not_exists=True)
    if not arguments.no_sample and not shop.order_desk().latest(limit=1):
        with shop.clock.override(WorkingDay()):
            open_shop(shop)
    uvicorn.run(create_app(shop), host=arguments.host, port=arguments.port)


if __name__ == "__main__":
    main()

"""Tells the shop's story on the backend of your choice: `python -m examples.shop --backend memory|dynamodb`."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from examples.shop.clock import WorkingDay
from examples.shop.container import ShopContainer
from examples.shop.narrator import Narrator
from examples.shop.story import Story

if TYPE_CHECKING:
    from botocore.model import OperationModel


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m examples.shop", description="Tell the story of a small shop.")
    parser.add_argument("--backend", choices=("memory", "dynamodb"), default="memory", help="where it lives")
    backend = parser.parse_args().backend

    shop = ShopContainer()
    shop.config.backend.from_value(backend)
    shop.clock.override(WorkingDay())
    if backend == "memory":
        print("A day in the shop, in the memory of this process")
        Story(shop, Narrator()).run()
    else:
        with dynamodb_local(shop) as calls:
            print("A day in the shop, on DynamoDB Local")
            Story(shop, Narrator()).run()
            report(calls)


@contextmanager
def dynamodb_local(shop: ShopContainer) -> Iterator[Counter[str]]:
    """Give the shop a table on a DynamoDB Local for as long as the block lasts; count the calls it makes there."""
    from sst_repo.testing.dynamodb_local import DynamoDBLocal, DynamoDBLocalUnavailable  # noqa: PLC0415 - loads boto3

    print("Starting DynamoDB Local; the first time it is downloaded...", file=sys.stderr)
    try:
        local = DynamoDBLocal.launch()
    except DynamoDBLocalUnavailable as error:
        sys.exit(str(error))
    with local:
        client = local.client()
        shop.client.override(client)
        shop.config.table_name.from_value(f"shop-{uuid4().hex}")
        table = shop.table()
        table.create()
        calls = Counter[str]()

        def count(model: "OperationModel", **_: object) -> None:
            calls[model.name] += 1

        client.meta.events.register("before-call.dynamodb", count)
        try:
            yield calls
        finally:
            client.meta.events.unregister("before-call.dynamodb", count)
            table.delete()


def report(calls: Counter[str]) -> None:
    print("\nCalls to DynamoDB\n-----------------")
    for operation, number in sorted(calls.items()):
        print(f"    {operation:<20}{number:>4}")
    print(f"    {'in all':<20}{calls.total():>4}")


if __name__ == "__main__":
    main()

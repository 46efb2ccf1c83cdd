"""The shop as a function of AWS Lambda has it: put together once, by the first event that a process is given."""

from functools import cache

from dependency_injector import providers

from examples.lambda_handler.receipts import QueueUnitOfWork
from examples.shop.container import ShopContainer
from examples.shop.environment import configure


class LambdaShop(ShopContainer):
    run_with_receipts = providers.Callable(QueueUnitOfWork.run, ShopContainer.table, clock=ShopContainer.clock)


@cache
def shop() -> LambdaShop:
    """Return the shop of this process: with its connections, which stay open from event to event."""
    made = LambdaShop()
    configure(made)
    return made

"""Each message once: a receipt is written in the same transaction as what the message asks for.

SQS delivers a message at least once. Whether it is delivered again later, or twice at the same time, only one commit
can add the receipt of its id; and of a commit whose answer was lost, either both are there or none.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from examples.shop.services import RunUnit, ShopUnitOfWork
from sst_repo import Repository, Resource

R = TypeVar("R")


class Receipt(Resource):
    """Says that a message was dealt with. Its id is the message's."""


class QueueUnitOfWork(ShopUnitOfWork):
    receipts: Repository[Receipt]


class RunWithReceipts(Protocol):
    """`QueueUnitOfWork.run`, the table already chosen."""

    def __call__(self, work: Callable[[QueueUnitOfWork], R], /) -> R: ...


def once(message_id: str, work: Callable[[QueueUnitOfWork], object], run: RunWithReceipts) -> None:
    """Do some work in a unit, unless it was done for this message before."""

    def receipted(unit: QueueUnitOfWork) -> None:
        if unit.receipts.find(message_id) is None:
            unit.receipts.add(Receipt(resource_id=message_id))
            work(unit)

    run(receipted)


def joining(unit: ShopUnitOfWork) -> RunUnit:
    """Have a service that runs units of its own do its work in this one."""

    def run(work: Callable[[ShopUnitOfWork], R], /) -> R:
        return work(unit)

    return run

"""Payments and deliveries that come in by an SQS queue, in batches.

The event source mapping must have `ReportBatchItemFailures`: what is not named in the answer is deleted from the queue,
the rest is delivered again, and after some times goes to the dead-letter queue.
"""

import logging
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias, TypedDict

from pydantic import BaseModel, Field, PositiveInt, TypeAdapter

from examples.lambda_handler.cold_start import shop
from examples.lambda_handler.receipts import QueueUnitOfWork, joining, once
from examples.shop.services import OrderDesk, Warehouse

_logger = logging.getLogger(__name__)


class Payment(BaseModel):
    kind: Literal["payment"]
    order_id: str
    amount: Decimal

    def apply(self, unit: QueueUnitOfWork) -> None:
        OrderDesk(unit.orders).pay(self.order_id, self.amount)


class Delivery(BaseModel):
    kind: Literal["delivery"]
    sku: str
    quantity: PositiveInt

    def apply(self, unit: QueueUnitOfWork) -> None:
        Warehouse(unit.stock, joining(unit)).receive(self.sku, self.quantity)


Message: TypeAlias = Annotated[Payment | Delivery, Field(discriminator="kind")]
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)


class Record(TypedDict):
    """What is used of a record of an SQS event."""

    messageId: str
    body: str


class Event(TypedDict):
    Records: list[Record]


class Failure(TypedDict):
    itemIdentifier: str


class Answer(TypedDict):
    batchItemFailures: list[Failure]


def handler(event: Event, _context: object = None) -> Answer:
    """Deal with each message of a batch on its own, and name those that failed."""
    return {
        "batchItemFailures": [
            {"itemIdentifier": record["messageId"]} for record in event["Records"] if not _dealt_with(record)
        ]
    }


def _dealt_with(record: Record) -> bool:
    try:
        message = _MESSAGE.validate_json(record["body"])
        once(record["messageId"], message.apply, shop().run_with_receipts)
    except Exception:  # whatever is wrong with one message must not hold up the others
        _logger.exception("message %s", record["messageId"])
        return False
    return True

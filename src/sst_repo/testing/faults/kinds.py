"""What can go wrong between a client and DynamoDB, and what it means: the table and the proxy both follow it. Pure."""

from enum import Enum, auto
from typing import Literal, Self, TypeAlias

Call: TypeAlias = Literal["read", "read_many", "query", "scan", "transact"]
"""A method of the port `Table` that carries a request."""

WRITES: frozenset[Call] = frozenset({"transact"})
"""The calls that write."""

READS: frozenset[Call] = frozenset({"read", "read_many", "query", "scan"})
"""The calls that read."""


class Delivery(Enum):
    """How often a request reaches the server, and when."""

    NEVER = auto()
    ONCE = auto()
    TWICE = auto()
    LATE = auto()
    """Once, but overtaken by later requests."""


class Answer(Enum):
    """What the client is answered."""

    TRUE = auto()
    """What the server says."""
    LOST = auto()
    """Nothing that tells whether the request was carried out."""
    BUSY = auto()
    """That the server is busy, so that nothing was done."""
    DENIED = auto()
    """That the credentials are no good, so that nothing was done."""


class Fault(Enum):
    """One thing that goes wrong with one request.

    Where nothing else is said, a write is answered `Unknown`, and a read raises `TableUnavailableError`.

    Attributes:
        delivery: How often the request reaches the server, and when.
        answer: What the client is answered.
        calls: The calls that can meet it.
    """

    _value_: str
    delivery: Delivery
    answer: Answer
    calls: frozenset[Call]

    DROP_BEFORE = "drop before", Delivery.NEVER, Answer.LOST
    """The connection breaks on the way there. The write is not applied, and the client can't tell."""

    DROP_AFTER = "drop after", Delivery.ONCE, Answer.LOST
    """The connection breaks on the way back. The write is decided on, and the client can't tell how."""

    HANG = "hang", Delivery.ONCE, Answer.LOST
    """The answer does not come before the client gives up. The write is decided on."""

    TRUNCATE = "truncate", Delivery.ONCE, Answer.LOST
    """The answer ends in the middle of its body, and the connection with it. The write is decided on."""

    WRONG_CRC = "wrong crc", Delivery.ONCE, Answer.LOST
    """The answer does not match its checksum, so that nothing in it can be believed. The write is decided on."""

    DUPLICATE = "duplicate", Delivery.TWICE, Answer.TRUE
    """The request arrives twice. The client is answered what the first became; the second finds its own write."""

    LATE_DELIVERY = "late delivery", Delivery.LATE, Answer.LOST
    """The connection breaks, yet the write arrives: behind later ones, such as its own resending. A read is lost."""

    ERROR_BEFORE = "500 before", Delivery.NEVER, Answer.LOST
    """The server fails (500) before it has done anything. The client can't tell."""

    ERROR_AFTER = "500 after", Delivery.ONCE, Answer.LOST
    """The server decides on the write, then fails (500). The client can't tell."""

    THROTTLE = "throttle", Delivery.NEVER, Answer.BUSY
    """The server refuses for want of capacity. A write is not applied, and answered `Contended`."""

    CONFLICT = "conflict", Delivery.NEVER, Answer.BUSY, WRITES
    """Another transaction is at work on an item. Only writes; not applied, and answered `Contended`."""

    PARTIAL_BATCH = "partial batch", Delivery.ONCE, Answer.LOST, frozenset[Call]({"read_many"})
    """Only the first key of a batch is read, the others come back unprocessed; what the adapter's tries leave over is
    named in the error. Only `read_many`."""

    EXPIRED_CREDENTIALS = "expired credentials", Delivery.NEVER, Answer.DENIED
    """The session's token is no longer valid. Nothing is done; `AccessDeniedError` for reads and writes."""

    def __new__(cls, label: str, delivery: Delivery, answer: Answer, calls: frozenset[Call] = WRITES | READS) -> Self:
        """Keep what the fault does beside its name."""
        fault = object.__new__(cls)
        fault._value_ = label
        fault.delivery = delivery
        fault.answer = answer
        fault.calls = calls
        return fault

    def __str__(self) -> str:
        return self._value_


class InjectedFaultError(RuntimeError):
    """The cause in what a `FaultyTable` answers and raises.

    Attributes:
        fault: The fault that was injected.
    """

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"injected fault: {fault}")
        self.fault = fault

    def __reduce__(self) -> tuple[object, ...]:
        """Copy the fault rather than the message."""
        return type(self), (self.fault,)

"""What becomes of each request that passes the proxy: how often it is delivered, and what is answered."""

import threading
from collections import Counter

from sst_repo.testing.faults import answers
from sst_repo.testing.faults.answers import Reply
from sst_repo.testing.faults.kinds import Call, Delivery, Fault
from sst_repo.testing.faults.late import Late
from sst_repo.testing.faults.schedules import FaultSchedule
from sst_repo.testing.faults.upstream import Request, Upstream

_CALLS: dict[str, Call] = {
    "GetItem": "read",
    "BatchGetItem": "read_many",
    "Query": "query",
    "Scan": "scan",
    "PutItem": "transact",
    "DeleteItem": "transact",
    "TransactWriteItems": "transact",
}
"""The operations that tables send, by the call that sends them; all others are let through."""


class Carrier:
    """Carries requests to the server behind, and does to them what the schedule says. For many threads at once.

    Args:
        host: Where the server behind is.
        port: Where the server behind is.
        schedule: Which request meets which fault.
        overtaken_by: How many later writes a late delivery lets pass.

    Attributes:
        schedule: Which request meets which fault.
        faults: How often each fault was met.
        delivered: How often each operation was sent to the server.
    """

    def __init__(self, host: str, port: int, schedule: FaultSchedule, overtaken_by: int) -> None:
        self.schedule = schedule
        self.faults: Counter[Fault] = Counter()
        self.delivered: Counter[str] = Counter()
        self._address = host, port
        self._late = Late[Request](overtaken_by, self._deliver_alone)
        self._lock = threading.Lock()

    def connect(self) -> Upstream:
        """Prepare a connection to the server behind."""
        return Upstream(*self._address)

    def next_fault(self, request: Request) -> Fault | None:
        """Say what a request meets, and count it."""
        call = _CALLS.get(request.operation)
        fault = None if call is None else self.schedule.next(call)
        if fault is not None:
            with self._lock:
                self.faults[fault] += 1
        return fault

    def carry(self, request: Request, fault: Fault | None, upstream: Upstream) -> Reply | None:
        """Deliver a request as its fault says, and return what is to be answered; None if the connection breaks.

        Raises:
            UpstreamError: The server behind gave no answer.
        """
        if not _is_write(request):
            return self._carry(request, fault, upstream)
        with self._late.passing():
            return self._carry(request, fault, upstream)

    def deliver_late(self) -> None:
        """Deliver now what is still on its way."""
        self._late.deliver_all()

    def _carry(self, request: Request, fault: Fault | None, upstream: Upstream) -> Reply | None:
        if fault is None:
            return self._deliver(request, upstream)
        if fault is Fault.PARTIAL_BATCH:
            first, left = answers.first_key_of_batch(request.body)
            return answers.with_unprocessed(self._deliver(request.with_body(first), upstream), left)
        reply: Reply | None = None
        match fault.delivery:
            case Delivery.NEVER:
                pass
            case Delivery.ONCE:
                reply = self._deliver(request, upstream)
            case Delivery.TWICE:
                reply = self._deliver(request, upstream)
                self._deliver(request, upstream)
            case Delivery.LATE:
                if _is_write(request):
                    self._late.hold(request)
        return _answer(fault, request, reply)

    def _deliver(self, request: Request, upstream: Upstream) -> Reply:
        with self._lock:
            self.delivered[request.operation] += 1
        return upstream.send(request)

    def _deliver_alone(self, request: Request) -> None:
        upstream = self.connect()
        try:
            self._deliver(request, upstream)
        finally:
            upstream.close()


def _is_write(request: Request) -> bool:
    return _CALLS.get(request.operation) == "transact"


def _answer(fault: Fault, request: Request, reply: Reply | None) -> Reply | None:
    match fault:
        case Fault.THROTTLE:
            reply = answers.throttled()
        case Fault.CONFLICT:
            reply = answers.conflict(request.operation, request.body)
        case Fault.EXPIRED_CREDENTIALS:
            reply = answers.expired()
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER:
            reply = answers.failure()
        case Fault.WRONG_CRC if reply is not None:
            reply = answers.with_wrong_checksum(reply)
        case Fault.DROP_BEFORE | Fault.DROP_AFTER | Fault.LATE_DELIVERY:
            reply = None
        case _:
            pass
    return reply

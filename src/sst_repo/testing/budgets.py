"""Budgets of calls and capacity units: work that costs more fails its test."""

from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock

from sst_repo.consumption import Consumed
from sst_repo.observation import TableCall, observed_everywhere

_SHOWN = 20


class CapacityExceededError(AssertionError):
    """Some work cost more than its budget.

    Attributes:
        consumed: What it cost.
        calls: The calls it made, in the order in which they ended.
    """

    def __init__(self, excess: str, consumed: Consumed, calls: tuple[TableCall, ...]) -> None:
        """Say what was exceeded, and by which calls."""
        lines = [f"  {_line(call)}" for call in calls[:_SHOWN]]
        if len(calls) > _SHOWN:
            lines.append(f"  and {len(calls) - _SHOWN} more")
        super().__init__("\n".join([f"over budget: {excess}", *lines]))
        self.consumed = consumed
        self.calls = calls


class Spending:
    """What a budget was spent on so far.

    Attributes:
        calls: The calls, in the order in which they ended.
    """

    def __init__(self) -> None:
        """Begin at nothing."""
        self.calls: list[TableCall] = []
        self._lock = Lock()

    @property
    def consumed(self) -> Consumed:
        """What the calls so far have consumed."""
        return sum((call.consumed for call in tuple(self.calls)), Consumed())

    def _hear(self, call: TableCall) -> None:
        with self._lock:
            self.calls.append(call)


@contextmanager
def capacity_budget(
    *, read: float | None = None, write: float | None = None, calls: int | None = None
) -> Generator[Spending]:
    """Fail if what is done within costs more; on the in-memory table too.

    ```python
    with capacity_budget(read=1, write=6, calls=2) as spending:
        shop.pay(order_id)
    print(spending.consumed)
    ```

    It hears the calls of all tables in the process, whichever thread makes them. In memory they cost what DynamoDB's
    published rules say, on a server what that says (moto does not tell the truth).

    Args:
        read: The most read capacity units; None for any number.
        write: The most write capacity units, those of indexes included; None for any number.
        calls: The most requests; None for any number. A batch of keys is a request per 100 of them; what the client
            sends again by itself is not counted, a commit that is sent again is.

    Raises:
        CapacityExceededError: It cost more. Not raised where the work itself has failed.
    """
    spending = Spending()
    with observed_everywhere(spending._hear):  # noqa: SLF001 - its own  # pyright: ignore[reportPrivateUsage]
        yield spending
    consumed = spending.consumed
    bounds = (
        ("calls", consumed.calls, calls),
        ("read units", consumed.read, read),
        ("write units", consumed.write, write),
    )
    exceeded = [f"{spent:g} {what} of {most:g}" for what, spent, most in bounds if most is not None and spent > most]
    if exceeded:
        raise CapacityExceededError(", ".join(exceeded), consumed, tuple(spending.calls))


def _line(call: TableCall) -> str:
    where = call.table if call.index is None else f"{call.table}.{call.index}"
    units = [f"{spent:g} {what} units" for what, spent in (("read", call.consumed.read), ("write", call.consumed.write))
             if spent]  # fmt: skip
    requests = "" if call.calls == 1 else f"{call.calls} requests, "
    return f"{call.operation} {where} {','.join(call.types)}: {requests}{', '.join(units) or 'nothing'}"

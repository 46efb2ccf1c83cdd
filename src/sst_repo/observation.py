"""Who is told of the calls of tables, and what they are told."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from types import TracebackType
from typing import Literal, Protocol, TypeAlias

from sst_repo.consumption import Consumed

CallOutcome: TypeAlias = Literal["ok", "refused", "contended", "unknown", "failed"]
"""How a call ended: carried out; refused by a guard; the table was busy; nobody can tell; an error."""


@dataclass(frozen=True)
class TableCall:
    """One call of a table, once it has ended. It holds numbers and names, never a value of a resource.

    Attributes:
        operation: As DynamoDB calls it: `GetItem`, `BatchGetItem`, `Query`, `Scan`, `PutItem`, `DeleteItem` or
            `TransactWriteItems`. On every table alike.
        table: The table's name.
        types: The names of the types it was about, in order; none for a scan or an item collection.
        index: The index that was read; None for the table itself.
        calls: How many requests it took: a BatchGetItem takes one per 100 keys.
        retries: How many of them were sent again by the client below the table.
        sent: The bytes of the requests; in memory those of the rows that were written.
        received: The bytes of the answers; in memory those of the rows that were read.
        scanned: How many rows were read, those that a filter dropped included; 0 for a write.
        returned: How many of them were returned; 0 for a write.
        seconds: How long it took, waits between retries included.
        outcome: How it ended.
        error: The name of the exception's class that it ended with; None if there was none.
    """

    operation: str
    table: str
    types: tuple[str, ...]
    index: str | None
    calls: int
    retries: int
    sent: int
    received: int
    scanned: int
    returned: int
    seconds: float
    outcome: CallOutcome
    error: str | None
    _price: Callable[[], Consumed] = field(repr=False, compare=False)

    @cached_property
    def consumed(self) -> Consumed:
        """What it consumed; worked out when it is first asked for."""
        return self._price()


class Observer(Protocol):
    """Whatever is to be told of calls: a callable that takes a `TableCall`, such as `calls.append`.

    It is called when a call has ended, in the thread that made it. What it raises is logged, and harms no call.
    """

    def __call__(self, call: TableCall, /) -> object:
        """Take note of a call."""
        ...


_LONGEST = 100
"""So many calls a total keeps before it works out what they consumed."""


class Totals:
    """An observer that adds up what calls consumed. Safe to be told by several threads."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._sum = Consumed()
        self._calls: list[TableCall] = []
        self._lock = Lock()

    def __call__(self, call: TableCall) -> None:
        """Take note of a call."""
        with self._lock:
            self._calls.append(call)
            if len(self._calls) == _LONGEST:
                self._add_up()

    @property
    def consumed(self) -> Consumed:
        """What the calls so far consumed."""
        with self._lock:
            self._add_up()
            return self._sum

    def _add_up(self) -> None:
        self._sum = sum((call.consumed for call in self._calls), self._sum)
        self._calls.clear()


_everywhere: tuple[Observer, ...] = ()
_here: ContextVar[tuple[Observer, ...]] = ContextVar("sst_repo_observers", default=())
_registering = Lock()


def listeners(own: tuple[Observer, ...]) -> tuple[Observer, ...]:
    """Return who is to be told of a call that is made now, of a table with these observers of its own."""
    return own + _everywhere + _here.get()


@contextmanager
def observed_everywhere(observer: Observer) -> Generator[None]:
    """Have an observer told of the calls of all tables in this process, whichever thread makes them."""
    global _everywhere  # noqa: PLW0603 - the one place that says who listens
    with _registering:
        _everywhere = (*_everywhere, observer)
    try:
        yield
    finally:
        with _registering:
            _everywhere = tuple(each for each in _everywhere if each is not observer)


class heard_by:  # noqa: N801 - used like a function, and entered for every call of a unit
    """Have an observer told of the calls that are made within, by this thread and those it has work for it."""

    __slots__ = ("_observer", "_token")

    def __init__(self, observer: Observer) -> None:
        """Not yet."""
        self._observer = observer

    def __enter__(self) -> None:
        """Begin."""
        self._token = _here.set((*_here.get(), self._observer))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End."""
        _here.reset(self._token)


def tell(observers: tuple[Observer, ...], call: TableCall) -> None:
    """Tell observers of a call: all of them, whatever one of them raises."""
    for observer in observers:
        try:
            observer(call)
        except Exception:
            # Only here: to import it takes longer than most calls.
            from logging import getLogger  # noqa: PLC0415

            getLogger("sst_repo").exception("an observer failed at %s", call.operation)

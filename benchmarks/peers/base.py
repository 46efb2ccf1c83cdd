"""What is measured: the same work, through whatever library.

Each operation takes and gives the models of the caller: pydantic's where the library leaves the choice, else its own. A
model that is written is made or changed within the measurement, since that is what a caller does.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from typing import Any, Literal, Protocol, TypeAlias, cast

from benchmarks.peers.samples import fields

OperationName: TypeAlias = Literal[
    "get", "add", "save", "save versioned", "unit of 10", "get_many(100)", "list 1", "list 50", "list 1,000"
]

ROWS = 1000
"""So many rows every peer has to read from: those of the samples from 0 on."""

MANY = 100
UNIT = 10
PAGES: Mapping[OperationName, int] = {"list 1": 1, "list 50": 50, "list 1,000": 1000}


@dataclass(frozen=True, slots=True)
class AsyncOperation:
    """An operation of an async library, with the loop it runs on: the loop is entered once for many runs."""

    loop: asyncio.AbstractEventLoop
    operation: Callable[[], Coroutine[Any, Any, object]]

    def __call__(self) -> object:
        return self.loop.run_until_complete(self.operation())

    def repeat(self, times: int) -> None:
        async def repeated() -> None:
            for _ in range(times):
                await self.operation()

        self.loop.run_until_complete(repeated())


Operation: TypeAlias = Callable[[], object] | AsyncOperation
Operations: TypeAlias = dict[OperationName, Operation]


class Peer(Protocol):
    """A module of this package."""

    def variants(self) -> Mapping[str, Callable[[str], Operations]]:
        """Return by name each way to use the library: given the stub's URL, it stores its rows and is ready to work."""
        ...


MODULES = (
    "boto3_client",
    "boto3_resource",
    "pynamo",
    "simple_single_table",
    "dyntastic_models",
    "aio_dynamo",
    "pydynox_models",
    "pydynox_dicts",
    "ours",
)
"""The modules of this package that are peers; the first has the base of all ratios."""

BASE = "boto3 client"


def all_variants() -> dict[str, Callable[[str], Operations]]:
    """Return the ways to use all libraries that are installed."""
    found: dict[str, Callable[[str], Operations]] = {}
    for module in MODULES:
        try:
            peer = cast("Peer", import_module(f"benchmarks.peers.{module}"))
        except ImportError as missing:
            print(f"(without {module}: {missing})")
            continue
        found |= peer.variants()
    return found


class Fresh:
    """Makes the fields of rows that nobody has stored yet: those of a sample, with an id of their own."""

    def __init__(self) -> None:
        self._numbers = count()
        self._samples = [fields(number) for number in range(MANY)]

    def __call__(self) -> tuple[str, dict[str, Any]]:
        """Return an id and the fields."""
        number = next(self._numbers)
        return f"new-{number:08}", self._samples[number % MANY]


def repeat(operation: Operation, times: int) -> None:
    """Run an operation several times."""
    if isinstance(operation, AsyncOperation):
        operation.repeat(times)
        return
    for _ in range(times):
        operation()


def check(name: str, operations: Operations, rows: int = ROWS) -> None:
    """Run each operation once, and hold what reads give to what was stored.

    Raises:
        AssertionError: A peer does not do the work that is measured.
    """
    titles = {fields(number)["title"] for number in range(rows)}
    for operation, run in operations.items():
        result: Any = run()
        if operation not in {"get", "get_many(100)", *PAGES}:
            continue
        found = [result] if operation == "get" else list(result)
        expected = min(rows, {"get": 1, "get_many(100)": MANY, **PAGES}[operation])
        assert len(found) == expected, f"{name}: {operation} gives {len(found)} rows, not {expected}"
        assert len({row.title for row in found}) == expected, f"{name}: {operation} gives a row twice"
        assert all(row.title in titles and row.count >= 0 for row in found), f"{name}: {operation} gives other rows"

"""The questions, and what it takes to ask them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeAlias

from sst_repo.testing import Fault, FaultProxy, FaultSchedule

QUESTIONS = (
    ("models", "Models"),
    ("stale", "A save from an old version is refused"),
    ("history", "Old versions can be read"),
    ("deleted", "Also once it is deleted"),
    ("together", "Several changes, all or nothing"),
    ("again", "On a conflict the work is done again"),
    ("lost", "A guarded save whose answer was lost is told"),
    ("unique", "Unique values"),
    ("pages", "Matches on filtered pages of 5, where 10 of 30 match"),
    ("values", "`Decimal`, `float`, `datetime`, `bytes`, `tuple` come back as they were"),
    ("memory", "Tests without a server"),
    ("partial", "Updates of single attributes, counters"),
    ("layout", "Tables of your own layout"),
    ("async", "Async"),
)
"""What each library answers, by a short name, and how the table puts it."""

Answers: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class Stage:
    """Where the questions are asked."""

    url: str

    @contextmanager
    def losing_an_answer(self) -> Iterator[str]:
        """Give an address at which the first answer to a write is lost, after it was carried out."""
        with FaultProxy(self.url, FaultSchedule.script(Fault.DROP_AFTER)) as proxy:
            yield proxy.endpoint_url
            assert proxy.faults[Fault.DROP_AFTER] == 1


@dataclass(frozen=True)
class Peer:
    """A library, and what answers for it."""

    name: str
    package: str
    answers: Callable[[Stage], Answers]


def is_refused(act: Callable[[], object], *errors: type[Exception]) -> bool:
    """Tell whether something is refused with one of these errors; any other goes through."""
    try:
        act()
    except errors:
        return True
    return False


def fate(act: Callable[[], object], version: Callable[[], int], *conflicts: type[Exception]) -> str:
    """Say what a program is told of a save from version 1 to 2 whose answer was lost."""
    try:
        act()
    except conflicts:
        return "as a conflict" if version() == 2 else "refused"
    return "as the success it was" if version() == 2 else f"made twice: version {version()}"


def pages(first: Callable[[], tuple[int, object]], following: Callable[[object], tuple[int, object]]) -> str:
    """Say how many matches each page has, until there is no further one."""
    number, cursor = first()
    told = [number]
    while cursor is not None:
        number, cursor = following(cursor)
        told.append(number)
    return ", ".join(map(str, told))


VALUES: Mapping[str, object] = {
    "price": Decimal("54.30"),
    "ratio": 2.5,
    "at": datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC),
    "data": b"\x00",
    "tags": ("a", "b"),
}
"""Fields of a row, one of each type."""


def carried(store_and_load: Callable[[str, object], object]) -> str:
    """Say which of the values don't come back as they were."""
    told: list[str] = []
    for name, value in VALUES.items():
        try:
            back = store_and_load(name, value)
        except Exception:  # noqa: BLE001 - whatever it is, the value is not stored
            told.append(f"`{type(value).__name__}` is refused")
        else:
            if type(back) is not type(value) or back != value:
                told.append(f"`{type(value).__name__}` becomes `{type(back).__name__}`")
    return ", ".join(told) or "all"

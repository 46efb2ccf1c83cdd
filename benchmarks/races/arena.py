"""Where races are run: threads on one table object, or processes on one DynamoDB, each behind faults of its own."""

import multiprocessing
import random
import sys
import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from benchmarks.outcomes import FAULTS
from sst_repo import DynamoDBTable, Table
from sst_repo.ids import ULIDS
from sst_repo.testing import DynamoDBLocal, Fault, FaultProxy, FaultSchedule, FaultyTable

R = TypeVar("R")

RACERS = 4

PATIENCE = 120.0
"""So many seconds racers wait for each other; longer means that one of them has failed."""

SWITCH_SECONDS = 1e-5
"""How long a thread runs before another may: by default so long that a unit of work is through."""


@dataclass(frozen=True, slots=True)
class Racer:
    """One of those that race.

    Attributes:
        table: What it reads and writes, through its own faults.
        number: Its number, from 0.
        chance: Its choices; the same for the same seed.
        meet: Waits until all racers are there.
    """

    table: Table
    number: int
    chance: random.Random
    meet: Callable[[], object]


Work: TypeAlias = Callable[[Racer], R]

Rule: TypeAlias = Callable[[Table], Table]
"""Wraps the table of each racer, to plant a bug."""


@dataclass(frozen=True, slots=True)
class Raced(Generic[R]):
    """What came of a race: what each racer returns, and the faults that all of them met."""

    results: Sequence[R]
    faults: Counter[Fault]


class Arena(ABC):
    """A table, and those who race for it.

    Attributes:
        name: What it is called in reports.
        table: The table without any faults: for what is there before, and after.
    """

    name: str
    table: Table

    @abstractmethod
    def race(self, work: Work[R], *, seed: int, rate: float) -> Raced[R]:
        """Have all racers do the same work at the same time.

        Args:
            work: What each does; a function of a module, or a `partial` of one, since it may be sent to processes.
            seed: Makes choices and faults repeatable; how the racers meet is not.
            rate: The share of writes that meet a fault.
        """


class Threads(Arena):
    """Threads of this process."""

    def __init__(self, name: str, table: Table) -> None:
        self.name = name
        self.table = table

    def race(self, work: Work[R], *, seed: int, rate: float) -> Raced[R]:
        barrier = threading.Barrier(RACERS, timeout=PATIENCE)

        def run(number: int) -> tuple[R, Counter[Fault]]:
            faulty = FaultyTable(self.table, _faults(seed, number, rate))
            with _ending(barrier):
                result = work(Racer(faulty, number, _chance(seed, number), barrier.wait))
            faulty.deliver_late()
            return result, faulty.faults

        with _switching_often(), ThreadPoolExecutor(RACERS) as pool:
            return _raced([pool.submit(run, number) for number in range(RACERS)])


class Processes(Arena):
    """Processes, each with a client behind a proxy of its own."""

    def __init__(self, local: DynamoDBLocal, rule: Rule | None = None) -> None:
        self.name = "DynamoDB Local"
        self._endpoint_url = local.endpoint_url
        self._rule = rule
        self._table_name = f"races-{ULIDS.new_id()}"
        self.table = DynamoDBTable(self._table_name, local.client())
        self.table.create()

    def race(self, work: Work[R], *, seed: int, rate: float) -> Raced[R]:
        spawning = multiprocessing.get_context("spawn")
        barrier = spawning.Barrier(RACERS, timeout=PATIENCE)
        tasks = [
            _Task(work, self._endpoint_url, self._table_name, number, seed, rate, self._rule)
            for number in range(RACERS)
        ]
        # The barrier can be handed to a process only when it is made.
        with ProcessPoolExecutor(RACERS, mp_context=spawning, initializer=_meet_at, initargs=(barrier,)) as pool:
            return _raced([pool.submit(_in_a_process, task) for task in tasks])


@dataclass(frozen=True, slots=True)
class _Task(Generic[R]):
    """What is sent to a process."""

    work: Work[R]
    endpoint_url: str
    table_name: str
    number: int
    seed: int
    rate: float
    rule: Rule | None


_barriers: list[threading.Barrier] = []
"""The one at which the racer of this process meets the others."""


def _meet_at(barrier: threading.Barrier) -> None:
    _barriers.append(barrier)


def _in_a_process(task: _Task[R]) -> tuple[R, Counter[Fault]]:
    (barrier,) = _barriers
    with FaultProxy(task.endpoint_url, _faults(task.seed, task.number, task.rate)) as proxy:
        table: Table = DynamoDBTable(task.table_name, proxy.client(read_timeout=3, attempts=4))
        if task.rule is not None:
            table = task.rule(table)
        with _ending(barrier):
            result = task.work(Racer(table, task.number, _chance(task.seed, task.number), barrier.wait))
        proxy.deliver_late()
        return result, proxy.faults


def _faults(seed: int, number: int, rate: float) -> FaultSchedule:
    return FaultSchedule.seeded(seed * 1_000 + number, rate, FAULTS)


def _chance(seed: int, number: int) -> random.Random:
    return random.Random(f"{seed}-{number}")


def _raced(racing: Sequence[Future[tuple[R, Counter[Fault]]]]) -> Raced[R]:
    failures = [failure for each in racing if (failure := each.exception()) is not None]
    # Of those who waited for one that failed, each only knows that it did not come.
    for failure in sorted(failures, key=lambda failure: isinstance(failure, threading.BrokenBarrierError)):
        raise failure
    done = [each.result() for each in racing]
    return Raced([result for result, _ in done], sum((faults for _, faults in done), Counter()))


@contextmanager
def _ending(barrier: threading.Barrier) -> Iterator[None]:
    """Let nobody wait for a racer that has failed."""
    try:
        yield
    except BaseException:
        barrier.abort()
        raise


@contextmanager
def _switching_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)

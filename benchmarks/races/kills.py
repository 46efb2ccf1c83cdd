"""Killing writers and the server in the middle of their work, and what is stored afterwards."""

import multiprocessing
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Self

from benchmarks.races.arena import RACERS, Rule
from benchmarks.races.forgetting import Judgement, Noted, Outage, judge
from benchmarks.races.writer import read, write
from benchmarks.storm.models import Journal, Member, Note
from benchmarks.storm.run import stock, stored
from sst_repo import DynamoDBTable, check
from sst_repo.testing import DynamoDBLocal

_SPAWNING = multiprocessing.get_context("spawn")

TARGETS = 50
"""So many rows there are to delete in races; each writer goes through them from the first."""

PAUSES = (0.3, 1.0)
"""Between so many seconds everybody works between two kills."""

PATIENCE = 120.0
"""So many seconds it may take until the writers work again."""

POLL = 0.01


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of kills.

    Attributes:
        notes: The last note of each commit.
        outages: When the server was down.
        writers: How many writers were killed.
        cut_short: How many of those in the middle of a commit.
        judgement: What is wrong with what is stored.
        misfits: The rows that don't fit together, such as a new version without the one before it.
    """

    notes: Sequence[Noted]
    outages: Sequence[Outage]
    writers: int
    cut_short: int
    judgement: Judgement
    misfits: Sequence[str]


def kills(folder: Path, *, servers: int, writers: int, seed: int = 1, rule: Rule | None = None) -> Killed:
    """Have writers commit to a DynamoDB Local on disk, kill now one of them, now the server, and judge what is stored.

    The server comes back where it was; for a writer another one takes over. In the end all writers are killed.

    Args:
        folder: An empty folder for the database and the ledgers.
        servers: How often to kill the server.
        writers: How often to kill a writer, before the end.
        seed: Makes choices repeatable; what a kill hits is not.
        rule: Wraps the table of each writer, to plant a bug.
    """
    chance = random.Random(seed)
    outages: list[Outage] = []
    with _Server(folder / "data") as server:
        table = DynamoDBTable("kills", server.local.client())
        table.create()
        stock(table, TARGETS)
        with _Crew(folder, server.local.endpoint_url, table.name, seed, rule) as crew:
            victims = ["server"] * servers + ["writer"] * writers
            chance.shuffle(victims)
            for victim in victims:
                crew.work_for(chance.uniform(*PAUSES))
                if victim == "server":
                    outages.append(server.crash())
                else:
                    crew.lose(chance.randrange(RACERS))
            crew.work_for(chance.uniform(*PAUSES))
        notes = list(chain.from_iterable(read(ledger) for ledger in crew.ledgers))
        rows = stored(table, [note.entry for note in notes])
        misfits = [str(finding) for finding in check(table, Note, Journal, Member).findings]
    return Killed(notes, outages, len(crew.ledgers), crew.cut_short, judge(notes, outages, rows), misfits)


class _Server:
    """A DynamoDB Local on disk that can crash, and comes back where it was."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    def __enter__(self) -> Self:
        self.local = DynamoDBLocal.launch(data_dir=self._data_dir)
        return self

    def __exit__(self, *_: object) -> None:
        self.local.stop()

    def crash(self) -> Outage:
        begin = time.monotonic()
        self.local.kill()
        self.local = DynamoDBLocal.launch(data_dir=self._data_dir, port=self.local.port)
        return Outage(begin, time.monotonic())


class _Crew:
    """The writers at work, each until it is killed.

    Args:
        folder: Where their ledgers are.
        endpoint_url: The DynamoDB.
        table_name: The table.
        seed: Makes their choices repeatable.
        rule: Wraps the table of each.

    Attributes:
        ledgers: Of all writers there have been.
        cut_short: How many of those that were killed were in the middle of a commit.
    """

    def __init__(self, folder: Path, endpoint_url: str, table_name: str, seed: int, rule: Rule | None) -> None:
        self.ledgers: list[Path] = []
        self.cut_short = 0
        self._folder = folder
        self._writes = partial(write, endpoint_url=endpoint_url, table_name=table_name, seed=seed, rule=rule)
        self._writers: list[tuple[BaseProcess, Path]] = []

    def __enter__(self) -> Self:
        for _ in range(RACERS):
            self._hire()
        self.work_for(0)
        return self

    def __exit__(self, *_: object) -> None:
        while self._writers:
            self._kill(self._writers.pop())

    def work_for(self, seconds: float) -> None:
        """Wait until each writer goes on with its ledger, and then for so many seconds."""
        marks = {ledger: _size(ledger) for _, ledger in self._writers}
        deadline = time.monotonic() + PATIENCE
        while any(_size(ledger) == mark for ledger, mark in marks.items()):
            assert time.monotonic() < deadline, f"not all writers work again after {PATIENCE} seconds"
            time.sleep(POLL)
        time.sleep(seconds)

    def lose(self, index: int) -> None:
        """Kill a writer, and have another one take over."""
        self._kill(self._writers.pop(index))
        self._hire()

    def _hire(self) -> None:
        number = len(self.ledgers)
        ledger = self._folder / f"{number}.jsonl"
        ledger.touch()
        self.ledgers.append(ledger)
        # A daemon, so that none is left behind by an error.
        writer = _SPAWNING.Process(target=self._writes, args=(ledger,), kwargs={"process": number}, daemon=True)
        writer.start()
        self._writers.append((writer, ledger))

    def _kill(self, victim: tuple[BaseProcess, Path]) -> None:
        writer, ledger = victim
        assert writer.is_alive(), f"a writer ended by itself ({writer.exitcode})"
        writer.kill()
        writer.join()
        last = list(read(ledger))[-1:]
        self.cut_short += any(note.entry.outcome == "unknown" for note in last)


def _size(ledger: Path) -> int:
    return ledger.stat().st_size

"""A process that commits until it is killed, and writes down each commit before it is tried and once it was told."""

import multiprocessing
import time
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.races.arena import Rule
from benchmarks.races.forgetting import Noted
from benchmarks.storm.ledger import Entry
from benchmarks.storm.worker import Worker
from sst_repo import DynamoDBTable, Table
from sst_repo.errors import TableUnavailableError
from sst_repo.testing.clients import client_of

PAUSE = 0.1
"""So many seconds until a writer tries again to reach a server that is down."""


_LINES = TypeAdapter(Noted)


def write(ledger: Path, endpoint_url: str, table_name: str, process: int, seed: int, rule: Rule | None) -> None:
    """Commit until killed, or until whoever started this process is gone."""
    table: Table = DynamoDBTable(table_name, client_of(endpoint_url, read_timeout=3, attempts=4))
    # Not buffered: what is written is the system's, and outlives the process.
    with ledger.open("ab", buffering=0) as lines:
        begun = time.monotonic()

        def begin(entry: Entry) -> None:
            nonlocal begun
            begun = time.monotonic()
            note(entry)

        def note(entry: Entry) -> None:
            lines.write(_LINES.dump_json(Noted(begun, time.monotonic(), entry)) + b"\n")

        worker = Worker(table if rule is None else rule(table), process, seed, begin=begin)
        while (parent := multiprocessing.parent_process()) is not None and parent.is_alive():
            try:
                note(worker.commit())
            except TableUnavailableError:
                time.sleep(PAUSE)


def read(ledger: Path) -> Iterator[Noted]:
    """The last note of each commit."""
    last: dict[str, Noted] = {}
    for line in ledger.read_bytes().splitlines(keepends=True):
        # The last line may have been cut by the kill: then it says nothing.
        if line.endswith(b"\n"):
            note = _LINES.validate_json(line)
            last[note.entry.nonce] = note
    yield from last.values()

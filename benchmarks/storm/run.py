"""A storm from beginning to end: rows to contend for, processes, and what is stored when they are done."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from math import ceil

from benchmarks.storm.ledger import Entry, Row, Verdict, judge
from benchmarks.storm.models import Journal, Member, Note, Storm, name_of
from benchmarks.storm.worker import SHARED, WEIGHTS, Work, work
from sst_repo import DynamoDBTable, Repository, Table, TableRepository
from sst_repo.errors import NotFoundError
from sst_repo.ids import ULIDS
from sst_repo.testing import DynamoDBLocal, Fault


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a storm."""

    entries: Sequence[Entry]
    faults: Counter[Fault]
    verdict: Verdict
    seconds: float
    processes: int


def storm(
    local: DynamoDBLocal,
    *,
    commits: int,
    processes: int = 4,
    seed: int = 1,
    rate: float = 0.35,
    rule: Callable[[Table], Table] | None = None,
) -> Report:
    """Make commits from several processes under faults, and compare what they were told with what is stored.

    Args:
        local: Where.
        commits: How many in all.
        processes: How many processes share them, each behind a proxy of its own.
        seed: Makes choices and faults repeatable; how the processes meet is not.
        rate: The share of write requests that meet a fault.
        rule: Wraps the table, to plant another commit rule.
    """
    table = DynamoDBTable(f"storm-{ULIDS.new_id()}", local.client())
    table.create()
    stock(table, targets=ceil(2 * commits / processes * WEIGHTS["race to delete"] / sum(WEIGHTS.values())))
    shares = [commits // processes + (process < commits % processes) for process in range(processes)]
    tasks = [
        Work(local.endpoint_url, table.name, process, share, seed, rate, rule) for process, share in enumerate(shares)
    ]
    begin = time.monotonic()
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        done = list(pool.map(work, tasks))
    seconds = time.monotonic() - begin
    entries = [entry for each in done for entry in each.entries]
    verdict = judge(entries, stored(table, entries))
    table.delete()
    return Report(entries, sum((each.faults for each in done), Counter()), verdict, seconds, processes)


def stock(table: Table, targets: int) -> None:
    """Store the rows that all processes write, and those that all want to delete."""
    with Storm(table) as unit:
        for number in range(SHARED):
            unit.notes.add(Note(resource_id=f"shared-{number}", entries=["stock"]))
            unit.journals.add(Journal(resource_id=f"shared-{number}", entries=["stock"]))
        unit.commit()
    journals = TableRepository(Journal, table)
    for number in range(targets):
        journals.add(Journal(resource_id=f"target-{number + 1}", entries=["stock"]))


def stored(table: Table, entries: Sequence[Entry]) -> dict[str, Row]:
    """Read every row that was to be written, without any faults."""
    plain: list[Note | Member] = [*TableRepository(Note, table).scan(), *TableRepository(Member, table).scan()]
    rows = {name_of(each): Row(tuple(each.entries), each.version) for each in plain}
    journals = TableRepository(Journal, table)
    alive = {each.resource_id for each in journals.scan()}
    named = {name for entry in entries for name in (*entry.writes, entry.removes) if name is not None}
    for name in named:
        kind, _, resource_id = name.partition("/")
        if kind == "Journal":
            with suppress(NotFoundError):
                rows[name] = _journal(journals, resource_id, alive=resource_id in alive)
    return rows


def _journal(journals: Repository[Journal], resource_id: str, *, alive: bool) -> Row:
    versions = journals.versions(resource_id, limit=None)
    if not versions:
        # A deletion that was applied in part: the mark of it is there, what it was to keep is not.
        return Row((), 0, alive)
    last = versions[0]
    kept = {version.version: tuple(version.entries) for version in versions}
    return Row(tuple(last.entries), last.version, alive, kept)

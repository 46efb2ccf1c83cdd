"""Runs all races: `make races`, or `python -m benchmarks.races --transfers 500 --transactions 1000 --kills 3`.

Prints the figures of each and the promises that were broken; the exit code is 1 if any was.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from benchmarks.races.appends import appends
from benchmarks.races.arena import Processes, Threads
from benchmarks.races.bank import bank
from benchmarks.races.kills import kills
from benchmarks.races.report import Report, report_appends, report_bank, report_kills
from sst_repo import InMemoryTable
from sst_repo.testing import DynamoDBLocal

R = TypeVar("R")


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.races", description=__doc__)
    parser.add_argument("--transfers", type=int, default=5_000, help="how many a bank acknowledges on each table")
    parser.add_argument("--transactions", type=int, default=10_000, help="how many appends on each table")
    parser.add_argument("--kills", type=int, default=30, help="how often the server, and a writer, is killed")
    parser.add_argument("--seed", type=int, default=1, help="makes choices and faults repeatable")
    options = parser.parse_args()
    seed = options.seed
    broken: list[str] = []
    with DynamoDBLocal.launch() as local:
        for arena in (Threads("memory", InMemoryTable()), Processes(local)):
            trading = partial(bank, arena, transfers=options.transfers, seed=seed)
            broken += _run(f"bank on {arena.name}", trading, report_bank)
            appending = partial(appends, arena, transactions=options.transactions, seed=seed)
            broken += _run(f"appends on {arena.name}", appending, report_appends)
    with tempfile.TemporaryDirectory() as folder:
        killing = partial(kills, Path(folder), servers=options.kills, writers=options.kills, seed=seed)
        broken += _run("kills on DynamoDB Local on disk", killing, report_kills)
    print("\n" + ("\n".join(broken) or "All promises kept."))
    return 1 if broken else 0


def _run(name: str, race: Callable[[], R], report_of: Callable[[R], Report]) -> list[str]:
    begin = time.monotonic()
    report = report_of(race())
    print(f"\n{name}\n{report.table(time.monotonic() - begin)}", flush=True)
    return [f"{name}: {promise}" for promise in report.broken]


# The processes of a race import this module again.
if __name__ == "__main__":
    sys.exit(main())

"""Runs a storm of commits on DynamoDB Local: `make storm`, or `python -m benchmarks.storm --commits 1000`.

Prints what the commits were told and what the checker found; the exit code is 1 if a promise was broken.
"""

import argparse
import sys

from benchmarks.storm.planted import hidden_retries
from benchmarks.storm.report import broken, table_of
from benchmarks.storm.run import storm
from sst_repo.testing import DynamoDBLocal


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.storm", description=__doc__)
    parser.add_argument("--commits", type=int, default=10_000, help="how many in all")
    parser.add_argument("--processes", type=int, default=4, help="how many processes share them")
    parser.add_argument("--seed", type=int, default=1, help="makes choices and faults repeatable")
    parser.add_argument("--rate", type=float, default=0.35, help="the share of write requests that meet a fault")
    parser.add_argument("--planted", action="store_true", help="with a commit rule that forgets its own writes")
    options = parser.parse_args()
    with DynamoDBLocal.launch() as local:
        report = storm(
            local,
            commits=options.commits,
            processes=options.processes,
            seed=options.seed,
            rate=options.rate,
            rule=hidden_retries if options.planted else None,
        )
    print(table_of(report))
    promises = broken(report)
    print("\n".join(promises) or "All promises kept.")
    return 1 if promises else 0


# The processes of a storm import this module again.
if __name__ == "__main__":
    sys.exit(main())

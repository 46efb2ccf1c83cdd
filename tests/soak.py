"""The machine for as long as one likes, in memory and on DynamoDB Local: `python -m tests.soak MINUTES`."""

import random
import sys
import time
from collections.abc import Sequence

from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from sst_repo import DynamoDBTable, InMemoryTable, Table
from sst_repo.ids import ULIDS
from sst_repo.testing.dynamodb_local import DynamoDBLocal
from tests.model.machine import Machine

ROUND = settings(max_examples=20, stateful_step_count=50, deadline=None, database=None, phases=[Phase.generate])


class InMemory(Machine):
    def make_tables(self) -> Sequence[Table]:
        return [InMemoryTable()]


def both(local: DynamoDBLocal) -> type[Machine]:
    """Return the machine that does the same in memory and on a server."""
    client = local.client()

    class Both(Machine):
        def make_tables(self) -> Sequence[Table]:
            table = DynamoDBTable(f"soak-{ULIDS.new_id()}", client=client)
            table.create()
            return [InMemoryTable(), table]

        def teardown(self) -> None:
            try:
                super().teardown()
            finally:
                self.sides[1].table.delete()

    return Both


def soak(machines: Sequence[type[Machine]], minutes: float, first_seed: int | None) -> None:
    """Run the machines by turns, each time with a new seed, which is told before."""
    end = time.monotonic() + 60 * minutes
    number = first_seed
    while time.monotonic() < end:
        number = random.getrandbits(32) if number is None else number
        for machine in machines:
            sys.stdout.write(f"{machine.__name__}: python -m tests.soak 0.001 {number}\n")
            sys.stdout.flush()
            run_state_machine_as_test(seed(number)(machine), settings=ROUND)
        number = None
    sys.stdout.write(", ".join(f"{machine.__name__}: {machine.steps} calls" for machine in machines) + "\n")


def main() -> None:
    """Take the minutes, and the seed of the first round if there is one to be reproduced."""
    minutes, *seeds = sys.argv[1:]
    with DynamoDBLocal.launch() as local:
        soak([InMemory, both(local)], float(minutes), int(seeds[0]) if seeds else None)


if __name__ == "__main__":
    main()

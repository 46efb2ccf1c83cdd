"""The machine does the same in memory and on DynamoDB Local: every answer, every error and every row is equal."""

from collections.abc import Sequence
from contextlib import ExitStack
from itertools import count

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from sst_repo import InMemoryTable, Table
from sst_repo.testing.empty_tables import EmptyTables
from tests.model.machine import Machine

CALLS = 20_000
ROUND = settings(max_examples=25, stateful_step_count=50)


@pytest.mark.integration
def test_memory_and_dynamodb_local_are_one_machine(dynamodb_tables: EmptyTables) -> None:
    class Both(Machine):
        def make_tables(self) -> Sequence[Table]:
            self.lent = ExitStack()
            return [InMemoryTable(), self.lent.enter_context(dynamodb_tables.one())]

        def teardown(self) -> None:
            with self.lent:
                super().teardown()

    rounds = count()
    while Both.steps < CALLS:
        # A seed of its own for each round: else they would all be the same.
        run_state_machine_as_test(seed(next(rounds))(Both), settings=settings(ROUND, derandomize=False))

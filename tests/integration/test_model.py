"""The machine does the same in memory and on DynamoDB Local: every answer, every error and every row is equal."""

from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from sst_repo import DynamoDBTable, InMemoryTable, Table
from sst_repo.ids import ULIDS
from tests.model.machine import Machine

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CALLS = 20_000
ROUND = settings(max_examples=25, stateful_step_count=50)


@pytest.mark.integration
def test_memory_and_dynamodb_local_are_one_machine(local_client: "DynamoDBClient") -> None:
    class Both(Machine):
        def make_tables(self) -> Sequence[Table]:
            local = DynamoDBTable(f"model-{ULIDS.new_id()}", client=local_client)
            local.create()
            return [InMemoryTable(), local]

        def teardown(self) -> None:
            try:
                super().teardown()
            finally:
                self.sides[1].table.delete()

    rounds = count()
    while Both.steps < CALLS:
        # A seed of its own for each round: else they would all be the same.
        run_state_machine_as_test(seed(next(rounds))(Both), settings=settings(ROUND, derandomize=False))

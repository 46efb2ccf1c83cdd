"""No index row is ever stale, on DynamoDB Local."""

from contextlib import ExitStack

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from sst_repo import DynamoDBTable
from sst_repo.testing.empty_tables import EmptyTables
from tests.contract.index_truth import IndexTruth


@pytest.mark.integration
def test_no_index_row_is_ever_stale(dynamodb_tables: EmptyTables) -> None:
    lent = ExitStack()

    class OnDynamoDBLocal(IndexTruth):
        @staticmethod
        def make_table() -> DynamoDBTable:
            return lent.enter_context(dynamodb_tables.one())

        def teardown(self) -> None:
            lent.close()

    run_state_machine_as_test(OnDynamoDBLocal, settings=settings(max_examples=10, stateful_step_count=15))

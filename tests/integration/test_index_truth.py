"""No index row is ever stale, on DynamoDB Local."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from sst_repo import DynamoDBTable
from sst_repo.ids import ULIDS
from tests.contract.index_truth import IndexTruth

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.mark.integration
def test_no_index_row_is_ever_stale(local_client: "DynamoDBClient") -> None:
    def fresh_table() -> DynamoDBTable:
        table = DynamoDBTable(f"truth-{ULIDS.new_id()}", client=local_client)
        table.create()
        return table

    class OnDynamoDBLocal(IndexTruth):
        make_table = staticmethod(fresh_table)

        def teardown(self) -> None:
            self.table.delete()

    run_state_machine_as_test(OnDynamoDBLocal, settings=settings(max_examples=10, stateful_step_count=15))

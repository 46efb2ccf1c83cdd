"""Long walks, on DynamoDB Local."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from sst_repo import Table
from tests.contract.tables import fresh_table
from tests.contract.walks import EVERY_LIMIT, Walk, WalkContract, stock, walks

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = pytest.mark.integration


class OnDynamoDBLocal(WalkContract):
    @pytest.fixture(scope="class")
    @classmethod
    def stocked(cls, local_client: "DynamoDBClient") -> Iterator[Table]:
        for table in fresh_table(local_client):
            stock(table, cls.rows)
            yield table


class TestFew(OnDynamoDBLocal):
    rows = 230

    @pytest.mark.parametrize("walked", walks(EVERY_LIMIT), ids=str)
    def test_a_walk_is_exact_and_reads_little_more_than_the_rows(self, stocked: Table, walked: Walk) -> None:
        self.check(stocked, walked)


class TestMany(OnDynamoDBLocal):
    rows = 5000

    # Each of thousands of pages is a call: walks that have the most of them are for `make bench`.
    @pytest.mark.parametrize("walked", walks({"every": [50], "open": [1, 2, 7, 50], "shipped": [1, 2, 7, 50]}), ids=str)
    def test_a_walk_is_exact_and_reads_little_more_than_the_rows(self, stocked: Table, walked: Walk) -> None:
        self.check(stocked, walked)

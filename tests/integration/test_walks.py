"""Long walks, on DynamoDB Local."""

from collections.abc import Iterator

import pytest

from sst_repo import Table
from sst_repo.testing.empty_tables import EmptyTables
from tests.contract.walks import EVERY_LIMIT, Walk, WalkContract, stock, walks

pytestmark = pytest.mark.integration


class OnDynamoDBLocal(WalkContract):
    @pytest.fixture(scope="class")
    @classmethod
    def stocked(cls, dynamodb_tables: EmptyTables) -> Iterator[Table]:
        with dynamodb_tables.one() as table:
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

"""Long walks, in memory and on moto."""

from collections.abc import Iterator

import pytest

from sst_repo import InMemoryTable, Table
from sst_repo.testing.empty_tables import EmptyTables
from tests.contract.walks import EVERY_LIMIT, Walk, WalkContract, stock, walks

pytestmark = pytest.mark.no_cover


class OnMemory(WalkContract):
    @pytest.fixture(scope="class")
    @classmethod
    def stocked(cls) -> Table:
        table = InMemoryTable()
        stock(table, cls.rows)
        return table


class OnMoto(WalkContract):
    counts_units = False

    @pytest.fixture(scope="class")
    @classmethod
    def stocked(cls, moto_tables: EmptyTables) -> Iterator[Table]:
        with moto_tables.one() as table:
            stock(table, cls.rows)
            yield table


class TestFewInMemory(OnMemory):
    rows = 230

    @pytest.mark.parametrize("walked", walks(EVERY_LIMIT), ids=str)
    def test_a_walk_is_exact_and_reads_little_more_than_the_rows(self, stocked: Table, walked: Walk) -> None:
        self.check(stocked, walked)


class TestManyInMemory(OnMemory):
    rows = 5000

    @pytest.mark.parametrize("walked", walks(EVERY_LIMIT), ids=str)
    def test_a_walk_is_exact_and_reads_little_more_than_the_rows(self, stocked: Table, walked: Walk) -> None:
        self.check(stocked, walked)


class TestFewOnMoto(OnMoto):
    rows = 230

    # moto keeps every reply it ever sent: thousands of rows, or of pages, would take minutes and gigabytes.
    @pytest.mark.parametrize("walked", walks({"every": [7, 50], "open": [2, 50], "shipped": [1, 50]}), ids=str)
    def test_a_walk_is_exact_and_reads_little_more_than_the_rows(self, stocked: Table, walked: Walk) -> None:
        self.check(stocked, walked)

"""What a storm's kinds of commits are."""

from collections import defaultdict

from benchmarks.storm.run import stock
from benchmarks.storm.worker import SINGLE, WEIGHTS, Worker
from sst_repo import InMemoryTable
from sst_repo.testing import CountingTable


def test_the_kinds_that_write_one_row_are_known() -> None:
    table = CountingTable(InMemoryTable())
    stock(table, targets=50)
    worker = Worker(table, process=0, seed=1)
    rows: dict[str, set[int]] = defaultdict(set)
    for _ in range(1_500):
        table.reset()
        kind = worker.commit().kind
        rows[kind] |= {len(plan.ops) for plan in table.plans}

    assert set(rows) == set(WEIGHTS)
    assert {kind for kind, numbers in rows.items() if numbers == {1}} == SINGLE

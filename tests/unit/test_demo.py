"""The demo: it runs on memory alone, and can't tell what is not so."""

import subprocess
import sys
from pathlib import Path

import pytest

from examples.shop.clock import WorkingDay
from examples.shop.container import ShopContainer
from examples.shop.narrator import Narrator, UntrueStoryError
from examples.shop.story import Story
from sst_repo import InMemoryTable
from sst_repo.core.layout import LATEST
from sst_repo.core.records import Absent, Applied, Delete, Matches, Op, Outcome, Plan, Put

ROOT = Path(__file__).parents[2]

KEY_LINES = [
    "[ok] on the shelf: 8 mugs, 2 teapots",
    "refused: OutOfStockError: teapot: 5 wanted, 2 on hand",
    "[ok] the error knows the version that was expected: 1",
    "[ok] and the one that was found: 2",
    "attempt 1: from version 2: conflict, so once more",
    "attempt 2: from version 3: committed",
    "5        09:11  status: 'placed' -> 'paid'",
    "3               deleted",
    "4        09:16  brought back as it was",
    "[ok] orders on the pages: [2, 2, 1]",
    "[ok] by the email one finds Ada",
]


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "examples.shop", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)


def story_on(table: InMemoryTable) -> Story:
    shop = ShopContainer()
    shop.table.override(table)
    shop.clock.override(WorkingDay())
    return Story(shop, Narrator())


def test_the_demo_tells_its_story_and_succeeds() -> None:
    process = demo("--backend", "memory")

    assert process.returncode == 0, process.stderr
    assert [line for line in KEY_LINES if line not in process.stdout] == []
    assert process.stderr == ""


def test_memory_is_the_backend_unless_told_otherwise() -> None:
    assert demo().stdout.startswith("A day in the shop, in the memory of this process")


def test_a_backend_that_is_unknown_is_refused() -> None:
    process = demo("--backend", "abacus")

    assert process.returncode == 2
    assert "invalid choice: 'abacus'" in process.stderr


def test_on_memory_the_demo_does_not_load_boto3() -> None:
    program = (
        "import runpy, sys; sys.argv = ['shop'];"
        "runpy.run_module('examples.shop', run_name='__main__'); print(*sys.modules, file=sys.stderr)"
    )
    process = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)

    loaded = {module.partition(".")[0] for module in process.stderr.split()}
    assert "sst_repo" in loaded
    assert loaded & {"boto3", "botocore"} == set()


def test_the_output_is_plain_ascii_and_fits_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    story_on(InMemoryTable()).run()

    lines = capsys.readouterr().out.splitlines()
    assert all(line.isascii() and line.isprintable() for line in lines)
    assert max(map(len, lines)) <= 100


class ForgetfulTable(InMemoryTable):
    """Loses what becomes history."""

    def transact(self, plan: Plan) -> Outcome:
        outcome = super().transact(plan)
        if isinstance(outcome, Applied):
            old = [op.record for op in plan.ops if isinstance(op, Put) and op.record.key.sk != LATEST]
            losses = [Delete(row.key, Matches(row.version or 0, row.write_id or "")) for row in old]
            assert not losses or super().transact(Plan(tuple(losses), f"-{plan.write_id}")) == Applied()
        return outcome


class BlindTable(InMemoryTable):
    """Writes whatever it is given: the last one wins."""

    def transact(self, plan: Plan) -> Outcome:
        return super().transact(Plan(tuple(map(self._without_guard, plan.ops)), plan.write_id))

    def _without_guard(self, op: Op) -> Op:
        key = op.record.key if isinstance(op, Put) else op.key
        stored = self.read(key)
        guard = Absent() if stored is None else Matches(stored.version or 0, stored.write_id or "")
        return Put(op.record, guard) if isinstance(op, Put) else type(op)(key, guard)


class HalvingTable(InMemoryTable):
    """Applies the first op of a plan and forgets the rest."""

    def transact(self, plan: Plan) -> Outcome:
        return super().transact(Plan(plan.ops[:1], plan.write_id))


@pytest.mark.parametrize("table", [BlindTable, ForgetfulTable, HalvingTable])
def test_on_a_table_that_lies_the_story_breaks_off(table: type[InMemoryTable]) -> None:
    with pytest.raises(UntrueStoryError):
        story_on(table()).run()


def test_a_fact_that_does_not_hold_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UntrueStoryError, match=r"on the shelf: 7 \(expected: 8\)"):
        Narrator().fact("on the shelf: {}", 7, expected=8)
    assert capsys.readouterr().out == ""


def test_a_refusal_that_does_not_come_is_not_told() -> None:
    with pytest.raises(UntrueStoryError, match="no KeyError was raised"), Narrator().refused(KeyError):
        pass


def test_an_error_that_was_not_foreseen_is_no_refusal() -> None:
    with pytest.raises(ZeroDivisionError), Narrator().refused(KeyError):
        _ = 1 / 0

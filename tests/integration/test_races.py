"""Processes that race on DynamoDB Local, and are killed, break no promise; with a planted bug they do."""

import os
from pathlib import Path

import pytest

from benchmarks.races.appends import appends
from benchmarks.races.arena import Processes
from benchmarks.races.bank import bank
from benchmarks.races.kills import kills
from benchmarks.races.planted import AnswersFirst, SendsInPieces
from benchmarks.races.report import report_appends, report_bank, report_kills
from sst_repo.testing import DynamoDBLocal
from sst_repo.testing.plugin import WITHOUT_VARIABLE

pytestmark = pytest.mark.integration

needs_a_server_to_kill = pytest.mark.skipif(
    os.environ.get(WITHOUT_VARIABLE) == "1", reason=f"{WITHOUT_VARIABLE}=1 is set"
)


def test_processes_that_race_under_faults_break_no_promise(dynamodb_local: DynamoDBLocal) -> None:
    arena = Processes(dynamodb_local)
    trading = bank(arena, transfers=80)
    done = appends(arena, transactions=100)
    arena.table.delete()

    assert report_bank(trading).broken == []
    assert report_appends(done).broken == []
    assert sum(transfer.outcome == "acknowledged" for transfer in trading.transfers) == 80
    assert sum(transaction.outcome == "acknowledged" for transaction in done.transactions) == 100
    assert any(audit.outcome == "acknowledged" for audit in trading.audits)
    assert trading.faults
    assert done.faults


@needs_a_server_to_kill
def test_kills_of_writers_and_of_the_server_lose_and_tear_nothing(tmp_path: Path) -> None:
    killed = kills(tmp_path, servers=1, writers=1)

    assert report_kills(killed).broken == []
    assert len(killed.outages) == 1
    assert killed.writers == 5
    assert killed.cut_short > 0
    assert any(note.entry.outcome == "acknowledged" for note in killed.notes)


# In the end all writers are killed: that is enough for these.


@needs_a_server_to_kill
def test_kills_show_what_was_acknowledged_before_it_was_written(tmp_path: Path) -> None:
    assert kills(tmp_path, servers=0, writers=0, rule=AnswersFirst).judgement.verdict.lost


@needs_a_server_to_kill
def test_kills_show_transactions_that_go_in_pieces(tmp_path: Path) -> None:
    assert kills(tmp_path, servers=0, writers=0, rule=SendsInPieces).misfits

"""Threads that race on one table in memory break no promise; with a planted bug, and on moto, they do."""

from typing import TYPE_CHECKING

import pytest

from benchmarks.races.appends import Appends, appends
from benchmarks.races.arena import Threads
from benchmarks.races.bank import Trading, bank
from benchmarks.races.history import Anomaly
from benchmarks.races.report import report_appends, report_bank
from sst_repo import DynamoDBTable, InMemoryTable
from sst_repo.core.records import Outcome, Plan, Unknown
from sst_repo.ids import ULIDS
from sst_repo.testing import DelegatingTable
from sst_repo.unit_of_work import Isolation
from tests.contract.planted import BlindWrites, ChecksDropped, PartialApply

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROUNDS = 10
"""So many races, each with choices of its own, must be enough to show a bug."""


def test_transfers_and_audits_under_faults_break_no_promise() -> None:
    trading = bank(Threads("memory", InMemoryTable()), transfers=400)

    assert report_bank(trading).broken == []
    assert sum(transfer.outcome == "acknowledged" for transfer in trading.transfers) == 400
    assert sum(audit.outcome == "acknowledged" for audit in trading.audits) > 60
    assert trading.faults.total() > 60


def test_append_transactions_under_faults_are_serializable() -> None:
    done = appends(Threads("memory", InMemoryTable()), transactions=1_000)

    assert report_appends(done).broken == []
    assert sum(transaction.outcome == "acknowledged" for transaction in done.transactions) == 1_000
    assert sum(transaction.outcome == "refused" for transaction in done.transactions) > 50
    assert done.faults.total() > 60


# -- they have teeth


def anomalies(table: type[InMemoryTable], wanted: set[Anomaly], isolation: Isolation = "serializable") -> set[Anomaly]:
    """What append transactions show on a table, raced until it is what is wanted."""
    shown: set[Anomaly] = set()
    for seed in range(ROUNDS):
        done: Appends = appends(Threads("planted", table()), transactions=200, seed=seed, rate=0, isolation=isolation)
        shown |= {finding.anomaly for finding in done.findings}
        if wanted <= shown:
            break
    return shown


def test_writes_without_guards_show_as_lost_updates() -> None:
    wanted = {Anomaly.LOST_UPDATE, Anomaly.INCOMPATIBLE_ORDER}
    assert wanted <= anomalies(BlindWrites, wanted)


def test_writes_that_are_applied_before_their_unit_is_refused_show_as_dirty_reads() -> None:
    wanted = {Anomaly.ABORTED_READ, Anomaly.TORN}
    assert wanted <= anomalies(PartialApply, wanted, isolation="optimistic")


def test_checks_that_are_not_made_show_as_write_skew() -> None:
    wanted = {Anomaly.WRITE_SKEW}
    shown = anomalies(ChecksDropped, wanted)
    assert wanted <= shown <= {Anomaly.WRITE_SKEW, Anomaly.READ_SKEW}


def test_optimistic_units_show_skew_and_nothing_worse() -> None:
    wanted = {Anomaly.WRITE_SKEW}
    shown = anomalies(InMemoryTable, wanted, isolation="optimistic")
    assert wanted <= shown <= {Anomaly.WRITE_SKEW, Anomaly.READ_SKEW}


def test_audits_whose_checks_are_not_made_show_wrong_sums() -> None:
    for seed in range(ROUNDS):
        verdict = bank(Threads("planted", ChecksDropped()), transfers=200, seed=seed, rate=0).verdict
        assert not verdict.torn
        if verdict.torn_audits:
            return
    pytest.fail("no audit saw a wrong sum")


def test_writes_without_guards_make_accounts_that_dont_match_their_payments() -> None:
    verdict = bank(Threads("planted", BlindWrites()), transfers=200, rate=0).verdict
    assert verdict.torn
    assert verdict.torn_audits


class Served(DelegatingTable):
    """Has moto fail as a server does: threads that trip over each other in it make it raise whatever Python raises."""

    def transact(self, plan: Plan) -> Outcome:
        try:
            return super().transact(plan)
        except RuntimeError as error:
            return Unknown(error)


def test_moto_loses_transfers_of_threads(moto_client: "DynamoDBClient") -> None:
    for seed in range(ROUNDS):
        table = DynamoDBTable(f"bank-{ULIDS.new_id()}", moto_client)
        table.create()
        trading: Trading = bank(Threads("moto", Served(table)), transfers=24, seed=seed, rate=0)
        table.delete()
        if not trading.verdict.is_clean:
            return
    pytest.fail("moto kept every promise: it may be safe for threads by now")

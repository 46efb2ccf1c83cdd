"""A storm of commits from four processes breaks no promise; with a bad commit rule it does."""

import pytest

from benchmarks.storm.planted import hidden_retries
from benchmarks.storm.report import broken, table_of, unknown_share
from benchmarks.storm.run import Report, storm
from benchmarks.storm.worker import UNKNOWABLE
from sst_repo.testing import DynamoDBLocal, Fault

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def report(dynamodb_local: DynamoDBLocal) -> Report:
    return storm(dynamodb_local, commits=800)


def test_a_storm_has_as_many_commits_and_faults_as_it_says(report: Report) -> None:
    assert len({entry.nonce for entry in report.entries}) == 800
    assert report.faults.total() > 0.3 * 800
    assert sum(bool(entry.met) for entry in report.entries) > 0.25 * 800


def test_a_storm_of_commits_breaks_no_promise(report: Report) -> None:
    assert broken(report, unknown_at_most=1) == [], table_of(report)


def test_only_what_leaves_no_trace_stays_unknown(report: Report) -> None:
    unknown = [entry for entry in report.entries if entry.was_unknown]
    explained = [entry for entry in unknown if entry.kind in UNKNOWABLE or str(Fault.EXPIRED_CREDENTIALS) in entry.met]
    assert unknown == explained
    # Of so few commits a handful is a large share; `make storm` holds the share itself.
    assert unknown_share(report) <= 0.04, table_of(report)


def test_a_storm_shows_a_commit_rule_that_forgets_its_own_writes(dynamodb_local: DynamoDBLocal) -> None:
    verdict = storm(dynamodb_local, commits=150, rule=hidden_retries).verdict

    assert verdict.phantom_conflicts
    assert verdict.refused_but_applied

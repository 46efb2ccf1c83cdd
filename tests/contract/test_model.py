"""The machine agrees with the model in memory; and with any of these bugs it does not."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from sst_repo import InMemoryTable, Table
from tests.contract import planted, planted_pages, planted_policy, planted_rules
from tests.model.machine import Machine

pytestmark = pytest.mark.no_cover

WALKS = settings(max_examples=50, stateful_step_count=40)
HUNT = settings(
    WALKS,
    max_examples=400,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    print_blob=False,
)


class InMemory(Machine):
    def make_tables(self) -> Sequence[Table]:
        return [InMemoryTable()]


TestInMemory = InMemory.TestCase
TestInMemory.settings = WALKS


TABLES: tuple[type[InMemoryTable], ...] = (
    planted.BlindWrites,
    planted.VersionOnlyGuards,
    planted.HoldersIgnored,
    planted.FirstGuardDropped,
    planted.LaterGuardsDropped,
    planted.ChecksDropped,
    planted.PartialApply,
    planted.PhantomSuccess,
    planted.ReasonsReversed,
    planted.StaleIndexEntries,
)

RULES: tuple[Callable[[pytest.MonkeyPatch], None], ...] = (
    planted_policy.history_not_written,
    planted_policy.history_of_what_follows,
    planted_policy.versions_in_steps_of_two,
    planted_policy.indexes_not_derived_again,
    planted_policy.values_not_derived,
    planted_policy.own_writes_not_recognised,
    planted_policy.conflicts_believed_applied,
    planted_policy.half_of_a_commit_written,
    planted_policy.reads_of_units_not_held,
    planted_policy.graves_forgotten,
    planted_policy.times_never_go_back,
    planted_policy.birthdays_forgotten,
    planted_rules.values_kept_by_what_is_gone,
    planted_rules.values_kept_by_what_has_changed,
    planted_rules.values_not_taken_by_what_comes_back,
    planted_pages.ends_not_looked_for,
)


def is_caught(table: type[InMemoryTable]) -> bool:
    class Planted(Machine):
        def make_tables(self) -> Sequence[Table]:
            return [table()]

    try:
        run_state_machine_as_test(Planted, settings=HUNT)
    except Exception:  # noqa: BLE001 - a bug may show as anything
        return True
    return False


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_a_planted_table_is_caught(table: type[InMemoryTable]) -> None:
    assert is_caught(table)


@pytest.mark.parametrize("plant", RULES, ids=lambda plant: plant.__name__)
def test_a_planted_rule_is_caught(plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)

    assert is_caught(InMemoryTable)

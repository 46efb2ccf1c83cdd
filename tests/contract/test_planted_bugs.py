"""The contracts catch what they are there to catch: each planted bug, by the tests named here."""

from collections.abc import Callable

import pytest

from sst_repo import InMemoryTable
from sst_repo.testing.contracts.access import AccessContract
from sst_repo.testing.contracts.repository import RepositoryContract
from sst_repo.testing.contracts.table import TableContract
from sst_repo.testing.contracts.unique import UniqueContract
from sst_repo.testing.contracts.unit_of_work import UnitOfWorkContract
from tests.contract import planted, planted_answers, planted_commits, planted_pages, planted_rules

pytestmark = pytest.mark.no_cover

pytest_plugins = ["pytester"]

# What is imported by pytester's runs alone is imported anew by each of them.
CONTRACTS = (TableContract, RepositoryContract, UnitOfWorkContract, UniqueContract, AccessContract)

_SUITES = """
import pytest
from {table.__module__} import {table.__name__} as TheTable
from {__name__} import CONTRACTS

class OnTheTable:
    @pytest.fixture
    def table(self):
        table = TheTable()
        table.create()
        return table

class TestTable(OnTheTable, CONTRACTS[0]): pass
class TestRepository(OnTheTable, CONTRACTS[1]): pass
class TestUnitOfWork(OnTheTable, CONTRACTS[2]): pass
class TestUnique(OnTheTable, CONTRACTS[3]): pass
class TestAccess(OnTheTable, CONTRACTS[4]): pass
"""

_CAUGHT_BY: dict[type[InMemoryTable], list[str]] = {
    planted.BlindWrites: [
        "TestTable.test_a_put_is_applied_if_its_guard_holds",
        "TestTable.test_a_delete_is_applied_if_its_guard_holds",
        "TestTable.test_a_check_passes_if_its_guard_holds_and_changes_nothing",
        "TestRepository.test_saving_an_old_version_is_refused",
        "TestRepository.test_saving_does_not_bring_back_what_was_deleted",
        "TestUnitOfWork.test_of_two_units_the_second_to_commit_is_refused",
        "TestUnitOfWork.test_write_skew_is_refused",
    ],
    planted.VersionOnlyGuards: [
        "TestTable.test_a_put_is_applied_if_its_guard_holds",
        "TestTable.test_a_guard_means_the_same_in_a_plan_of_many",
        "TestRepository.test_a_copy_of_what_was_deleted_and_made_again_is_refused_at_the_same_version",
        "TestUnitOfWork.test_what_was_deleted_and_made_again_is_refused_at_the_same_version",
    ],
    planted.HoldersIgnored: [
        "TestTable.test_a_put_is_applied_if_its_guard_holds",
        "TestTable.test_a_delete_is_applied_if_its_guard_holds",
        "TestUnique.test_a_value_is_refused_to_a_second_resource_and_nothing_changes",
        "TestUnique.test_a_change_to_a_taken_value_is_refused_and_nothing_changes",
        "TestUnique.test_of_eight_threads_that_add_one_value_one_wins",
        "TestUnique.test_a_value_that_another_holds_as_well_is_not_taken_from_it",
    ],
    planted.FirstGuardDropped: [
        "TestTable.test_every_op_of_many_is_guarded",
        "TestRepository.test_saving_an_old_version_is_refused",
    ],
    planted.LaterGuardsDropped: [
        "TestTable.test_every_op_of_many_is_guarded",
        "TestUnitOfWork.test_a_conflict_names_every_stale_resource_and_writes_nothing",
    ],
    planted.ChecksDropped: [
        "TestTable.test_a_check_passes_if_its_guard_holds_and_changes_nothing",
        "TestUnitOfWork.test_write_skew_is_refused",
    ],
    planted.PartialApply: [
        "TestTable.test_one_refused_op_among_many_leaves_everything_as_it_was",
        "TestUnitOfWork.test_adding_a_taken_id_writes_nothing_of_the_unit",
    ],
    planted.PhantomSuccess: [
        "TestTable.test_a_put_is_applied_if_its_guard_holds",
        "TestRepository.test_a_taken_id_is_refused_and_nothing_changes",
        "TestUnitOfWork.test_of_two_units_the_second_to_commit_is_refused",
    ],
    planted.ReasonsReversed: [
        "TestTable.test_each_refused_op_has_a_reason_in_the_order_of_the_ops",
        "TestUnitOfWork.test_a_conflict_names_every_stale_resource_and_writes_nothing",
    ],
    planted.ReasonsWithoutRows: [
        "TestTable.test_a_put_is_applied_if_its_guard_holds",
        "TestRepository.test_saving_an_old_version_is_refused",
        "TestUnitOfWork.test_a_conflict_names_every_stale_resource_and_writes_nothing",
    ],
    planted.ForgetsTokens: [
        "TestTable.test_a_transaction_that_is_sent_again_succeeds",
        "TestTable.test_a_transaction_that_is_sent_again_does_not_undo_what_others_wrote_since",
    ],
    planted.UnlockedTransactions: [
        "TestTable.test_of_threads_that_put_a_row_where_there_is_none_one_wins",
        "TestTable.test_increments_of_threads_by_guarded_transactions_lose_nothing",
        "TestRepository.test_of_eight_threads_that_save_from_one_version_one_wins",
    ],
    planted.KeepsWhatIsHandedIn: [
        "TestTable.test_changing_what_was_handed_in_changes_nothing_that_is_stored",
    ],
    planted.HandsOutWhatIsKept: [
        "TestTable.test_changing_what_was_handed_out_changes_nothing_that_is_stored",
    ],
    planted.StaleIndexEntries: [
        "TestTable.test_a_row_moves_in_an_index_when_it_is_overwritten",
        "TestTable.test_a_row_leaves_an_index_when_a_key_of_it_is_overwritten_away",
        "TestTable.test_a_deleted_row_is_in_no_index",
        "TestRepository.test_what_was_deleted_is_gone",
    ],
    planted.FullIndexes: ["TestTable.test_a_row_without_a_key_of_an_index_is_not_in_it"],
    planted.NoLimit: ["TestTable.test_pages_of_any_size_have_each_row_once_and_in_order"],
    planted.OneTooMany: ["TestTable.test_pages_of_any_size_have_each_row_once_and_in_order"],
    planted.ForgetsAfter: [
        "TestTable.test_reading_goes_on_after_any_position",
        "TestTable.test_pages_of_any_size_have_each_row_once_and_in_order",
        "TestRepository.test_the_limit_may_change_from_page_to_page",
    ],
    planted.AfterNeedsItsRow: [
        "TestTable.test_reading_goes_on_after_a_row_that_is_gone",
        "TestRepository.test_the_next_page_is_exact_when_rows_are_deleted_in_between",
    ],
    planted.AfterSkipsItsEquals: ["TestTable.test_rows_at_one_place_of_an_index_page_completely"],
    planted.EndsAtItsLimit: ["TestTable.test_pages_of_any_size_have_each_row_once_and_in_order"],
    planted.ExclusiveBounds: ["TestTable.test_bounds_are_inclusive"],
    planted.Utf16Order: ["TestTable.test_a_partition_is_read_in_the_order_of_code_points"],
    planted.CaselessOrder: ["TestTable.test_a_partition_is_read_in_the_order_of_code_points"],
    planted.ReadsWithoutEnd: ["TestTable.test_a_read_ends_after_the_row_that_makes_a_megabyte"],
    planted.CutsTheRowAtTheMegabyte: [
        "TestTable.test_a_read_ends_after_the_row_that_makes_a_megabyte",
        "TestTable.test_more_than_a_megabyte_is_read_completely",
    ],
    planted.ChargesWhatItFinds: [
        "TestTable.test_a_read_costs_a_unit_for_each_4_kb_and_half_of_it_where_not_consistent",
    ],
    planted.SkipsASegment: [
        "TestTable.test_segments_have_each_row_once",
        "TestRepository.test_each_resource_is_found_once_and_nothing_else_is",
    ],
    planted.SegmentsOverlap: [
        "TestTable.test_segments_have_each_row_once",
        "TestRepository.test_each_resource_is_found_once_and_nothing_else_is",
    ],
    planted.ScanLosesARowWhenItGoesOn: [
        "TestTable.test_a_scan_goes_on_after_any_row",
        "TestRepository.test_runs_that_go_on_find_each_resource_once",
    ],
    planted.ScanRepeatsARowWhenItGoesOn: [
        "TestTable.test_a_scan_goes_on_after_any_row",
        "TestRepository.test_runs_that_go_on_find_each_resource_once",
    ],
    planted.ScanNeedsTheRowItGoesOnAfter: [
        "TestTable.test_a_scan_goes_on_after_a_row_that_is_gone",
        "TestRepository.test_what_is_written_between_runs_disturbs_nothing_else",
    ],
    planted.ScanFindsTheDeleted: ["TestTable.test_a_filter_may_ask_for_the_key"],
    planted.ScanMovesWhatIsWritten: [
        "TestTable.test_a_row_keeps_its_place_when_it_is_overwritten",
        "TestRepository.test_what_is_written_during_a_run_disturbs_nothing_else",
    ],
    planted.ReadsAHundredOnly: [
        "TestTable.test_any_number_of_rows_is_read_and_what_is_missing_is_left_out",
        "TestRepository.test_get_many_takes_any_number_of_ids",
    ],
    planted.FloatNumbers: ["TestTable.test_a_value_comes_back_as_it_was_put"],
    planted.EmptyTextIsNull: ["TestTable.test_a_value_comes_back_as_it_was_put"],
    planted.OldRowsComeBack: ["TestTable.test_a_table_that_is_created_again_is_empty"],
    planted.AnswersWhenDeleted: ["TestTable.test_a_deleted_table_answers_nothing_but_that_it_is_not_there"],
    planted_answers.KnowsThatNothingFollows: [
        "TestTable.test_a_read_that_stops_at_its_limit_says_that_there_is_more_even_where_there_is_not",
        "TestTable.test_so_does_a_scan",
    ],
    planted_answers.FiltersBeforeItsLimit: ["TestTable.test_a_limit_is_of_what_is_read_not_of_what_is_found"],
    planted_answers.TakesAnyKey: [
        "TestTable.test_a_row_whose_index_key_is_no_text_is_refused",
        "TestTable.test_an_index_key_that_is_too_long_is_refused",
    ],
    planted_answers.LooksAtTheFirstRowsKeys: ["TestTable.test_a_row_whose_index_key_is_no_text_is_refused"],
}


_RULES_CAUGHT_BY: dict[Callable[[pytest.MonkeyPatch], None], list[str]] = {
    planted_rules.values_kept_by_what_is_gone: [
        "TestUnique.test_what_is_deleted_holds_nothing",
        "TestUnique.test_what_is_purged_holds_nothing",
        "TestUnique.test_a_long_history_is_purged_with_its_value",
        "TestUnique.test_a_value_is_handed_over_within_a_unit",
    ],
    planted_rules.values_kept_by_what_has_changed: [
        "TestUnique.test_a_changed_value_is_taken_and_the_old_one_is_free",
        "TestUnique.test_two_resources_of_a_unit_swap_their_values",
        "TestUnique.test_restoring_an_old_value_gives_up_the_present_one",
        "TestUnique.test_another_idea_of_equality_gives_up_the_values_of_the_old_one",
    ],
    planted_rules.values_not_taken_by_what_comes_back: [
        "TestUnique.test_what_is_restored_takes_its_value_again",
        "TestUnique.test_an_id_that_is_added_again_takes_the_value_again",
        "TestUnique.test_a_version_whose_value_is_taken_by_now_is_not_restored",
        "TestUnique.test_what_is_restored_in_a_unit_takes_its_value_again",
    ],
    planted_rules.values_taken_from_anybody: [
        "TestUnique.test_two_resources_of_a_unit_swap_their_values",
        "TestUnique.test_a_value_is_handed_over_within_a_unit",
    ],
    planted_rules.takers_not_compared: [
        "TestUnique.test_one_value_for_two_resources_of_a_unit_is_refused_before_any_call",
    ],
    planted_rules.values_ignored_by_units: [
        "TestUnique.test_a_unit_takes_and_gives_up_in_one_write",
        "TestUnique.test_two_resources_of_a_unit_swap_their_values",
        "TestUnique.test_a_taken_value_writes_nothing_of_the_unit",
    ],
    planted_rules.absences_forgotten: [
        "TestUnique.test_a_value_that_was_looked_up_and_is_taken_since_is_a_conflict",
        "TestUnique.test_get_or_create_that_somebody_was_faster_at_gets",
        "TestUnique.test_a_serializable_unit_insists_on_the_value_it_did_not_find",
    ],
    planted_rules.guards_believed: [
        "TestUnique.test_a_value_that_moves_while_it_is_looked_up_is_found_where_it_is",
        "TestUnique.test_a_value_that_is_given_up_while_it_is_looked_up_is_not_found",
        "TestUnique.test_a_unit_finds_by_the_values_as_it_has_changed_them",
    ],
    planted_rules.nothing_adopted: [
        "TestUnique.test_saving_every_resource_adopts_a_new_unique_and_a_new_index",
        "TestUnique.test_what_is_given_up_is_what_was_taken",
    ],
    planted_pages.ends_not_looked_for: ["TestAccess.test_pages_are_full_and_the_last_one_knows_it"],
    planted_pages.shards_not_waited_for: [
        "TestAccess.test_pages_are_full_and_the_last_one_knows_it",
        "TestAccess.test_the_way_back_has_the_same_pages",
        "TestAccess.test_a_page_reads_each_shard_once_more_or_less",
    ],
    planted_pages.updates_run_after: [
        "TestAccess.test_a_walk_that_writes_what_it_reads_comes_to_an_end",
        "TestAccess.test_what_is_deleted_and_updated_during_a_walk_disturbs_nothing_else",
        "TestRepository.test_rows_that_are_updated_in_between_leave_an_oldest_first_walk",
    ],
    planted_pages.pages_back_not_turned: [
        "TestAccess.test_the_way_back_has_the_same_pages",
        "TestAccess.test_the_way_back_is_exact_under_filters",
        "TestAccess.test_pages_are_exact_across_classes_both_ways",
    ],
    planted_pages.pages_ahead_taken_for_granted: [
        "TestAccess.test_a_page_reached_backward_knows_that_what_followed_is_gone",
    ],
    planted_pages.cursors_of_anything: [
        "TestAccess.test_a_cursor_is_bound_to_what_it_was_made_for",
        "TestAccess.test_cursors_are_bound_to_the_partition_the_classes_and_the_predicate",
    ],
    planted_pages.signatures_not_looked_at: [
        "TestAccess.test_with_a_secret_only_its_holders_make_cursors",
        "TestAccess.test_cursors_of_versions_are_signed_too",
        "TestAccess.test_cursors_of_scans_are_signed_too",
    ],
    planted_pages.one_shard_written: ["TestAccess.test_rows_are_spread_over_all_shards"],
    planted_pages.first_shard_renamed: ["TestAccess.test_shards_can_be_added_to_what_is_stored"],
    planted_commits.refusals_taken_at_face_value: [
        "TestRepository.test_a_plain_save_that_was_applied_and_then_overwritten_is_a_success",
        "TestRepository.test_an_add_that_was_applied_and_then_overwritten_is_a_success",
        "TestRepository.test_who_deleted_a_plain_resource_can_not_be_known_when_the_answer_was_lost",
    ],
    planted_commits.refusals_of_ones_own_overlooked: [
        "TestRepository.test_a_write_whose_answer_is_lost_is_sent_again_and_applied_once",
    ],
    planted_commits.doubts_given_the_benefit: [
        "TestRepository.test_who_deleted_a_plain_resource_can_not_be_known_when_the_answer_was_lost",
        "TestRepository.test_a_plain_save_whose_row_somebody_made_anew_can_not_be_known",
        "TestRepository.test_an_add_of_what_is_kept_that_was_never_applied_finds_its_id_taken",
    ],
    planted_commits.doubts_suppressed: [
        "TestRepository.test_who_deleted_a_plain_resource_can_not_be_known_when_the_answer_was_lost",
        "TestRepository.test_a_plain_save_whose_row_somebody_made_anew_can_not_be_known",
    ],
    planted_commits.histories_not_asked: [
        "TestRepository.test_an_add_that_was_applied_and_then_overwritten_is_a_success",
        "TestRepository.test_an_add_of_what_is_kept_that_was_applied_and_then_deleted_is_a_success",
    ],
    planted_commits.recent_writes_not_kept: [
        "TestRepository.test_a_plain_save_that_was_applied_and_then_overwritten_is_a_success",
        "TestRepository.test_a_save_that_was_never_applied_and_came_too_late_is_a_conflict",
    ],
    planted_commits.one_recent_write_kept: [
        "TestRepository.test_a_plain_save_that_was_applied_and_then_overwritten_is_a_success",
    ],
    planted_commits.lost_answers_not_sent_again: [
        "TestRepository.test_a_write_whose_answer_is_lost_is_sent_again_and_applied_once",
        "TestRepository.test_a_purge_whose_answer_is_lost_is_done",
        "TestUnique.test_of_a_write_whose_answer_is_lost_row_and_guard_agree",
    ],
    planted_commits.lost_answers_forgotten: [
        "TestRepository.test_a_plain_save_that_was_applied_and_then_overwritten_is_a_success",
        "TestRepository.test_who_deleted_a_plain_resource_can_not_be_known_when_the_answer_was_lost",
    ],
    planted_commits.plans_made_anew: [
        "TestRepository.test_a_write_whose_answer_is_lost_is_sent_again_and_applied_once",
    ],
    planted_commits.successes_not_settled_by_resending: [
        "TestRepository.test_an_outcome_that_stays_unknown_leaves_the_object_alone_and_can_be_resent",
        "TestUnitOfWork.test_an_unknown_outcome_leaves_the_objects_alone_until_it_is_resent",
    ],
    planted_commits.unknown_outcomes_that_settle: [
        "TestRepository.test_an_outcome_that_stays_unknown_leaves_the_object_alone_and_can_be_resent",
        "TestUnitOfWork.test_an_unknown_outcome_is_raised_at_once",
    ],
    planted_answers.keys_ignored_by_filters: [
        "TestTable.test_a_filter_may_ask_for_the_key",
        "TestTable.test_a_filter_on_an_index_may_ask_for_the_key_of_the_row",
        "TestRepository.test_each_resource_is_found_once_and_nothing_else_is",
    ],
    planted_answers.missing_values_equal_to_nothing_not_even_unequal: [
        "TestTable.test_what_is_missing_is_unequal_to_everything_and_has_no_order",
    ],
    planted_answers.sets_in_order: [
        "TestTable.test_sets_and_maps_are_equal_in_any_order_and_lists_only_in_theirs",
    ],
    planted_answers.types_compared_as_text: [
        "TestTable.test_values_of_different_types_are_unequal",
        "TestTable.test_values_of_different_types_have_no_order",
        "TestTable.test_numbers_text_and_binaries_are_ordered_as_keys_are",
    ],
    planted_answers.sizes_in_characters: [
        "TestTable.test_a_text_has_the_size_of_its_utf_16_units",
        "TestTable.test_what_has_no_size_satisfies_nothing_about_it",
    ],
    planted_pages.classes_not_told_apart: [
        "TestAccess.test_each_class_can_be_queried_alone",
        "TestAccess.test_a_collection_is_read_in_one_query_each_resource_as_its_own_class",
    ],
}


class _Only:
    """Leaves all tests out but some, before anything is made of them."""

    def __init__(self, names: set[str]) -> None:
        self._names = names

    def pytest_pycollect_makeitem(self, collector: pytest.Class, name: str) -> list[pytest.Item] | None:
        left_out = name.startswith("test_") and f"{collector.name}.{name}" not in self._names
        return [] if left_out else None


def _outcomes(pytester: pytest.Pytester, table: type[InMemoryTable], names: set[str]) -> dict[str, set[str]]:
    """Run the named tests of the contracts on the table; return what became of each."""
    suites = pytester.makepyfile(_SUITES.format(table=table, __name__=__name__))
    run = pytester.inline_run("-p", "no:cacheprovider", "--tb=no", suites, plugins=[_Only(names)])
    outcomes: dict[str, set[str]] = {}
    for report in run.getreports("pytest_runtest_logreport"):
        if report.when == "call":
            _, suite, test = report.nodeid.split("::")
            outcomes.setdefault(f"{suite}.{test.partition('[')[0]}", set()).add(report.outcome)
    return outcomes


@pytest.mark.parametrize(
    ("table", "names"), [pytest.param(table, set(names), id=table.__name__) for table, names in _CAUGHT_BY.items()]
)
def test_a_planted_bug_is_caught(pytester: pytest.Pytester, table: type[InMemoryTable], names: set[str]) -> None:
    outcomes = _outcomes(pytester, table, names)

    assert {name for name in names if "failed" in outcomes[name]} == names


@pytest.mark.parametrize(
    ("plant", "names"),
    [pytest.param(plant, set(names), id=plant.__name__) for plant, names in _RULES_CAUGHT_BY.items()],
)
def test_a_bug_planted_in_the_rules_is_caught(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[pytest.MonkeyPatch], None],
    names: set[str],
) -> None:
    plant(monkeypatch)
    outcomes = _outcomes(pytester, InMemoryTable, names)

    assert {name for name in names if "failed" in outcomes[name]} == names


def test_a_healthy_table_passes_the_same_tests(pytester: pytest.Pytester) -> None:
    names = {name for caught_by in (*_CAUGHT_BY.values(), *_RULES_CAUGHT_BY.values()) for name in caught_by}

    assert _outcomes(pytester, InMemoryTable, names) == {name: {"passed"} for name in names}

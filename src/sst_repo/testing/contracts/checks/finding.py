"""A check says what is wrong, and only that."""

from typing import TYPE_CHECKING

import pytest

from sst_repo.checking import check
from sst_repo.checks import FindingKind
from sst_repo.core.records import Key, Record
from sst_repo.errors import InvalidQueryError
from sst_repo.resource import Resource
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.checks.base import ADA, BOB, TYPES, Account, CheckFixtures, Ticket, corruptions
from sst_repo.testing.contracts.stored import plant
from sst_repo.testing.contracts.tables.rows import put_all, row
from sst_repo.testing.wrappers import CountingTable

if TYPE_CHECKING:
    from sst_repo.scans import ScanProgress

CORRUPTIONS = corruptions()


class Impostor(Resource, type_name="Account"):
    """Another class of the same stored type."""


class CheckFindingContract(CheckFixtures):
    """What is found."""

    def test_every_kind_of_finding_has_a_corruption_that_shows_it(self) -> None:
        shown = {kind for corruption in CORRUPTIONS.values() for kind in corruption.kinds}
        assert shown == set(FindingKind)

    def test_a_sound_table_is_found_sound_and_counted(self, sound: Table) -> None:
        report = check(sound, *TYPES)
        assert report.ok
        assert report.findings == ()
        counted = (report.latest, report.tombstones, report.history, report.guards, report.foreign, report.scanned)
        assert counted == (3, 1, 4, 2, 0, 10)
        assert report.consumed > 0

    def test_an_empty_table_is_sound(self, table: Table) -> None:
        assert check(table, *TYPES).ok

    @pytest.mark.parametrize("name", CORRUPTIONS)
    def test_a_corruption_is_found(self, sound: Table, name: str) -> None:
        corruption = CORRUPTIONS[name]
        corruption.spoil(sound)
        report = check(sound, *TYPES, segments=2)
        assert not report.ok
        # A guard row that names another is wrong from both sides.
        found = set(report.counts) - ({FindingKind.GUARD_ORPHANED} - corruption.kinds if "names" in name else set())
        assert found == corruption.kinds
        assert sum(report.counts.values()) == len(report.findings)
        assert not any(finding.repaired for finding in report.findings)

    @pytest.mark.parametrize("name", CORRUPTIONS)
    def test_a_message_names_the_row_and_quotes_no_content(self, sound: Table, name: str) -> None:
        CORRUPTIONS[name].spoil(sound)
        for finding in check(sound, *TYPES).findings:
            assert finding.type in {"Account", "Ticket"}
            assert finding.message
            assert not any(value in repr(finding) for value in (ADA, BOB, "third", "second"))

    def test_without_a_change_of_anything(self, sound: Table) -> None:
        counting = CountingTable(sound)
        CORRUPTIONS["an index attribute is stale"].spoil(sound)
        check(counting, *TYPES)
        assert not counting.plans

    def test_a_type_that_was_not_given_is_judged_in_what_needs_no_class(self, sound: Table) -> None:
        CORRUPTIONS["a version is missing"].spoil(sound)
        CORRUPTIONS["an index attribute is stale"].spoil(sound)
        CORRUPTIONS["a guard row is missing"].spoil(sound)
        report = check(sound)
        assert report.unjudged == {"Account": 3, "Ticket": 1}
        assert set(report.counts) == {FindingKind.HISTORY_MISSING, FindingKind.GUARD_MISSING}
        assert check(sound, Ticket).unjudged == {"Account": 3}

    def test_foreign_rows_are_counted_and_left_alone(self, sound: Table) -> None:
        strangers = [Key("config", "@"), Key("Account#a", "notes"), Key("#x", "@"), Key("Order#1", "@"), Key("#", "#")]
        for key in strangers:
            plant(sound, Record(key, {"value": {"S": "x"}}))
        report = check(sound, *TYPES, repair=True)
        assert report.ok
        assert report.foreign == len(strangers)
        assert sorted(report.foreign_keys) == sorted((key.pk, key.sk) for key in strangers)
        assert all(sound.read(key) is not None for key in strangers)

    def test_an_orphaned_history_of_many_rows_is_one_finding(self, table: Table) -> None:
        put_all(table, (row("Account#x", f"v#{number:012d}", version=number) for number in range(1, 251)))
        report = check(table, *TYPES)
        assert report.counts == {FindingKind.HISTORY_ORPHANED: 1}
        assert report.findings[0].message.startswith("250 rows")

    def test_progress_is_told_to_the_end(self, sound: Table) -> None:
        told: list[ScanProgress] = []
        report = check(sound, *TYPES, segments=3, progress=told.append)
        assert (told[-1].finished, told[-1].segments) == (3, 3)
        assert told[-1].scanned == report.scanned

    def test_two_classes_of_one_stored_type_are_refused(self, table: Table) -> None:
        with pytest.raises(InvalidQueryError, match="Account"):
            check(table, Account, Impostor)

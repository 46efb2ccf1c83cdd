"""A repair mends what follows from the rest, and nothing else."""

import pytest

from sst_repo.checking import check
from sst_repo.checks import FindingKind
from sst_repo.core import layout
from sst_repo.core.records import Outcome, Plan, Record
from sst_repo.errors import AccessDeniedError
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.tables.delegating import DelegatingTable
from sst_repo.testing.contracts.checks.base import (
    ADA,
    TYPES,
    Account,
    CheckFixtures,
    account_key,
    corruptions,
    email_key,
)
from sst_repo.testing.contracts.stored import plant
from sst_repo.testing.wrappers import CountingTable

CORRUPTIONS = corruptions()
MENDED = [name for name, corruption in CORRUPTIONS.items() if corruption.mended]
BEYOND_REPAIR = [name for name, corruption in CORRUPTIONS.items() if not corruption.mended]


class Denied(DelegatingTable):
    """Lets nobody write."""

    def transact(self, plan: Plan) -> Outcome:
        """Refuse."""
        del plan
        raise AccessDeniedError("no writes")


class CheckRepairContract(CheckFixtures):
    """What is mended."""

    @pytest.mark.parametrize("name", MENDED)
    def test_what_follows_from_the_rest_is_mended(self, sound: Table, name: str) -> None:
        CORRUPTIONS[name].spoil(sound)
        report = check(sound, *TYPES, repair=True)
        assert report.ok
        assert report.repaired == len(report.findings) > 0
        again = check(sound, *TYPES)
        assert again.ok
        assert again.findings == ()

    @pytest.mark.parametrize("name", BEYOND_REPAIR)
    def test_content_and_history_are_left_alone(self, sound: Table, name: str) -> None:
        CORRUPTIONS[name].spoil(sound)
        before = check(sound, *TYPES)
        report = check(sound, *TYPES, repair=True)
        assert not report.ok
        left = {(each.kind, each.key) for each in check(sound, *TYPES).findings}
        assert left == {(each.kind, each.key) for each in report.findings if not each.repaired}
        assert left <= {(each.kind, each.key) for each in before.findings}

    def test_a_wrong_latest_row_gets_a_next_version_like_a_save(self, sound: Table) -> None:
        accounts: TableRepository[Account] = TableRepository(Account, sound)
        before = accounts.get("a")
        CORRUPTIONS["not listed"].spoil(sound)
        check(sound, *TYPES, repair=True)
        after = accounts.get("a")
        assert (after.version, after.email, after.note) == (4, before.email, before.note)
        assert accounts.get_version("a", 3) == before
        assert next(iter(accounts.list())).resource_id == "a"

    def test_a_missing_guard_row_is_put_without_a_write_of_its_holder(self, sound: Table) -> None:
        accounts: TableRepository[Account] = TableRepository(Account, sound)
        CORRUPTIONS["a guard row is missing"].spoil(sound)
        check(sound, *TYPES, repair=True)
        assert accounts.get_by("email", ADA).version == 3

    def test_of_two_with_one_value_both_are_kept_as_they_are(self, sound: Table) -> None:
        CORRUPTIONS["two have one value"].spoil(sound)
        before = [sound.read(key) for key in (account_key("a"), account_key("b"), email_key(ADA))]
        report = check(sound, *TYPES, repair=True)
        assert report.counts == {FindingKind.GUARD_TAKEN: 1}
        assert [sound.read(key) for key in (account_key("a"), account_key("b"), email_key(ADA))] == before

    def test_the_guard_row_of_a_type_that_was_not_given_is_kept(self, sound: Table) -> None:
        CORRUPTIONS["a guard row too many"].spoil(sound)
        report = check(sound, repair=True)
        assert (report.counts, report.repaired) == ({FindingKind.GUARD_ORPHANED: 1}, 0)

    def test_nothing_is_written_where_nothing_is_wrong(self, sound: Table) -> None:
        counting = CountingTable(sound)
        check(counting, *TYPES, repair=True)
        assert not counting.plans

    def test_what_was_mended_once_is_not_written_again(self, sound: Table) -> None:
        for name in ("not listed", "an index attribute is stale", "a tombstone in an index"):
            CORRUPTIONS[name].spoil(sound)
        check(sound, *TYPES, repair=True)
        counting = CountingTable(sound)
        check(counting, *TYPES, repair=True)
        assert not counting.plans

    @pytest.mark.parametrize("calls", range(4))
    def test_an_interrupted_repair_is_repeated(self, sound: Table, calls: int) -> None:
        for name in (
            "a guard row names one without the value",
            "an index attribute is stale",
            "a tombstone in an index",
        ):
            CORRUPTIONS[name].spoil(sound)
        with pytest.raises(KeyboardInterrupt):
            check(Interrupted(sound, calls), *TYPES, repair=True)
        assert check(sound, *TYPES, repair=True).ok
        assert check(sound, *TYPES).findings == ()

    def test_a_table_that_may_not_be_written_says_so(self, sound: Table) -> None:
        CORRUPTIONS["not listed"].spoil(sound)
        with pytest.raises(AccessDeniedError):
            check(Denied(sound), *TYPES, repair=True)

    def test_a_row_in_the_way_of_the_next_version_is_not_written_over(self, sound: Table) -> None:
        CORRUPTIONS["not listed"].spoil(sound)
        beyond = Record(layout.history_key(account_key("a").pk, 3), {"_v": {"N": "3"}, "_w": {"S": "w"}})
        plant(sound, beyond)
        report = check(sound, *TYPES, repair=True)
        assert report.repaired == 0
        assert sound.read(beyond.key) == beyond


class Interrupted(DelegatingTable):
    """Is interrupted at the write after so many."""

    def __init__(self, table: Table, calls: int) -> None:
        """Begin to count."""
        super().__init__(table)
        self._left = calls

    def transact(self, plan: Plan) -> Outcome:
        """Write, or be interrupted."""
        if self._left == 0:
            raise KeyboardInterrupt
        self._left -= 1
        return super().transact(plan)

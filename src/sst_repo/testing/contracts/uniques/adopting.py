"""A class that gets, changes or loses a `Unique` or an `Index` after its resources were stored."""

import pytest

from sst_repo.errors import UniqueViolationError
from sst_repo.indexes import Index
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.resource import Resource
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.contracts.uniques.base import holder
from sst_repo.testing.contracts.uniques.writing import ADA, BOB
from sst_repo.testing.wrappers import CountingTable
from sst_repo.uniques import Unique
from sst_repo.unit_of_work import UnitOfWork


class Loose(Resource, type_name="Adopting"):
    """The model as it was first deployed."""

    email: str
    note: str = ""


class Strict(Resource, type_name="Adopting"):
    """The same model later: emails are unique, and notes are indexed."""

    email: str
    note: str = ""
    by_email = Unique("email")
    by_note = Index(gsi=1, partition="note", sort="updated_at")


class Caseless(Resource, type_name="Adopting"):
    """Later still: emails are unique whatever their case."""

    email: str
    note: str = ""

    @property
    def mailbox(self) -> str:
        """The email, in one case."""
        return self.email.lower()

    by_mailbox = Unique("mailbox")


class StrictUnitOfWork(UnitOfWork):
    """A unit of the later model."""

    strict: Repository[Strict]


class UniqueAdoptionContract(Contract):
    """What becomes of resources that were stored before their class was what it is."""

    @pytest.fixture
    def loose(self, table: Table) -> Repository[Loose]:
        """The repository of those days."""
        return TableRepository(Loose, table, clock=ManualClock())

    @pytest.fixture
    def counting(self, table: Table) -> CountingTable:
        """The table, which counts."""
        return CountingTable(table)

    @pytest.fixture
    def strict(self, counting: CountingTable) -> Repository[Strict]:
        """The repository of today."""
        return TableRepository(Strict, counting, clock=ManualClock())

    def test_saving_every_resource_adopts_a_new_unique_and_a_new_index(
        self, loose: Repository[Loose], strict: Repository[Strict], table: Table
    ) -> None:
        for number in range(5):
            loose.add(Loose(resource_id=str(number), email=f"{number}@example.org", note="n"))
        assert strict.find_by("email", "3@example.org") is None
        assert strict.count(Strict.by_note("n")) == 0

        for member in strict.iterate():
            assert strict.save(member).version == 2

        assert [holder(table, Strict, f"{number}@example.org") for number in range(5)] == list("01234")
        assert strict.get_by("email", "3@example.org") == strict.get("3")
        assert strict.count(Strict.by_note("n")) == 5

    def test_what_has_adopted_is_not_written_again(
        self, loose: Repository[Loose], strict: Repository[Strict], counting: CountingTable
    ) -> None:
        loose.add(Loose(resource_id="a", email=ADA))
        strict.save(strict.get("a"))
        counting.reset()
        strict.save(strict.get("a"))
        assert strict.save(Strict(resource_id="a", version=2, email=ADA)).version == 2
        assert not counting.plans

    def test_any_change_adopts_too(self, loose: Repository[Loose], strict: Repository[Strict], table: Table) -> None:
        loose.add(Loose(resource_id="a", email=ADA))
        member = strict.get("a")
        member.note = "changed"
        strict.save(member)
        assert holder(table, Strict, ADA) == "a"

    def test_a_unit_does_not_write_what_it_only_reads(
        self, loose: Repository[Loose], counting: CountingTable, table: Table
    ) -> None:
        loose.add(Loose(resource_id="a", email=ADA))
        with StrictUnitOfWork(counting) as unit:
            unit.strict.get("a")
            unit.commit()
        assert not counting.plans
        assert holder(table, Strict, ADA) is None

    def test_the_second_of_two_that_had_one_value_is_refused(
        self, loose: Repository[Loose], strict: Repository[Strict]
    ) -> None:
        loose.add(Loose(resource_id="a", email=ADA))
        loose.add(Loose(resource_id="b", email=ADA))
        strict.save(strict.get("a"))
        with pytest.raises(UniqueViolationError) as refused:
            strict.save(strict.get("b"))
        assert refused.value.holder == "a"
        strict.delete(strict.get("b"))
        assert strict.get_by("email", ADA).resource_id == "a"

    @pytest.mark.parametrize("last", ["saved", "deleted", "purged"])
    def test_what_is_given_up_is_what_was_taken(
        self, strict: Repository[Strict], loose: Repository[Loose], table: Table, last: str
    ) -> None:
        strict.add(Strict(resource_id="a", email=ADA, note="n"))
        match last:
            case "saved":
                loose.save(loose.get("a"))
            case "deleted":
                loose.delete(loose.get("a"))
            case _:
                loose.purge("a")
        assert holder(table, Strict, ADA) is None
        assert strict.count(Strict.by_note("n")) == 0

    def test_another_idea_of_equality_gives_up_the_values_of_the_old_one(
        self, strict: Repository[Strict], table: Table
    ) -> None:
        strict.add(Strict(resource_id="a", email=ADA.upper()))
        caseless: Repository[Caseless] = TableRepository(Caseless, table)
        caseless.save(caseless.get("a"))
        assert holder(table, Strict, ADA.upper()) is None
        assert holder(table, Caseless, ADA, "mailbox") == "a"
        with pytest.raises(UniqueViolationError) as refused:
            caseless.add(Caseless(email=ADA.title()))
        assert (refused.value.field, refused.value.value) == ("mailbox", ADA)
        caseless.add(Caseless(email=BOB))

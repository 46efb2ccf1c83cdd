"""Unique values in a unit of work: what it sees, what it hands over, what must still hold."""

import pytest

from sst_repo.core.records import Check
from sst_repo.errors import (
    ConflictError,
    NotFoundError,
    TransactionTooLargeError,
    UniqueViolationError,
)
from sst_repo.ports import Repository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import requires
from sst_repo.testing.contracts.threads import together
from sst_repo.testing.contracts.uniques.base import (
    KeptMember,
    Member,
    MemberFixtures,
    MemberUnitOfWork,
    PlainMember,
    holder,
    of,
)
from sst_repo.testing.contracts.uniques.writing import ADA, BOB
from sst_repo.testing.wrappers import CountingTable, ScriptedTable, preceded_by, resent

EVE = "eve@example.org"


class UniqueUnitContract(MemberFixtures):
    """What units of work promise about unique values."""

    # -- what a commit does

    def test_a_unit_takes_and_gives_up_in_one_write(
        self, table: Table, counting: CountingTable, somebody: Repository[Member], model: type[Member]
    ) -> None:
        for resource_id, email in (("a", ADA), ("b", BOB)):
            somebody.add(model(resource_id=resource_id, email=email))
        with MemberUnitOfWork(counting) as unit:
            mine = of(unit, model)
            mine.get("a").email = "new"
            mine.delete(mine.get("b"))
            mine.add(model(resource_id="e", email=EVE))
            unit.commit()
        assert counting.calls["transact"] == 1
        assert [holder(table, model, email) for email in (ADA, BOB, EVE, "new")] == [None, None, "e", "a"]

    def test_two_resources_of_a_unit_swap_their_values(
        self, unit: MemberUnitOfWork, table: Table, somebody: Repository[Member], model: type[Member]
    ) -> None:
        somebody.add(model(resource_id="a", email=ADA))
        somebody.add(model(resource_id="b", email=BOB))
        with unit:
            a, b = of(unit, model).get("a"), of(unit, model).get("b")
            a.email, b.email = b.email, a.email
            unit.commit()
        assert (holder(table, model, ADA), holder(table, model, BOB)) == ("b", "a")
        assert (somebody.get_by("email", ADA), somebody.get_by("email", BOB)) == (b, a)

    @pytest.mark.parametrize("giver", ["deleted", "changed", "emptied"])
    def test_a_value_is_handed_over_within_a_unit(
        self, unit: MemberUnitOfWork, table: Table, somebody: Repository[Member], model: type[Member], giver: str
    ) -> None:
        somebody.add(model(resource_id="a", email=ADA))
        with unit:
            mine = of(unit, model)
            heir = mine.add(model(resource_id="b", email=ADA))
            if giver == "deleted":
                mine.delete(mine.get("a"))
            else:
                mine.get("a").email = BOB if giver == "changed" else None
            unit.commit()
        assert somebody.get_by("email", ADA) == heir
        assert holder(table, model, BOB) == ("a" if giver == "changed" else None)

    def test_a_swap_that_is_sent_again_succeeds(
        self, table: Table, somebody: Repository[Member], model: type[Member]
    ) -> None:
        somebody.add(model(resource_id="a", email=ADA))
        somebody.add(model(resource_id="b", email=BOB))
        with MemberUnitOfWork(ScriptedTable(table, resent)) as unit:
            a, b = of(unit, model).get("a"), of(unit, model).get("b")
            a.email, b.email = b.email, a.email
            unit.commit()
        assert (holder(table, model, ADA), holder(table, model, BOB)) == ("b", "a")

    def test_one_value_for_two_resources_of_a_unit_is_refused_before_any_call(
        self, unit: MemberUnitOfWork, counting: CountingTable, model: type[Member]
    ) -> None:
        with unit:
            of(unit, model).add(model(resource_id="a", email=ADA))
            of(unit, model).add(model(resource_id="b", email=ADA))
            with pytest.raises(UniqueViolationError) as refused:
                unit.commit()
        assert (refused.value.value, refused.value.holder) == (ADA, "a")
        assert not counting.calls

    def test_a_taken_value_writes_nothing_of_the_unit(
        self, unit: MemberUnitOfWork, somebody: Repository[Member], model: type[Member]
    ) -> None:
        ada = somebody.add(model(resource_id="a", email=ADA))
        bob = somebody.add(model(resource_id="b", email=BOB))
        with unit:
            mine = of(unit, model)
            changed = mine.get("b")
            changed.email = ADA
            added = mine.add(model(resource_id="e", email=EVE))
            with pytest.raises(UniqueViolationError) as refused:
                unit.commit()
        assert refused.value.holder == "a"
        assert (changed.version, added.version) == (1, 0)
        assert somebody.get_many(["a", "b", "e"]) == {"a": ada, "b": bob}
        assert somebody.find_by("email", EVE) is None
        assert somebody.get_by("email", BOB) == bob

    def test_what_is_deleted_and_added_again_in_a_unit_keeps_its_value(
        self,
        unit: MemberUnitOfWork,
        counting: CountingTable,
        table: Table,
        somebody: Repository[Member],
        model: type[Member],
    ) -> None:
        somebody.add(model(resource_id="a", email=ADA))
        with unit:
            mine = of(unit, model)
            mine.delete(mine.get("a"))
            again = mine.add(model(resource_id="a", email=ADA))
            unit.commit()
        assert len(counting.plans[-1].ops) == 1 + (model is KeptMember)
        assert holder(table, model, ADA) == "a"
        assert somebody.get_by("email", ADA) == again

    def test_what_is_restored_in_a_unit_takes_its_value_again(
        self, unit: MemberUnitOfWork, table: Table, kept: Repository[KeptMember]
    ) -> None:
        kept.delete(kept.add(KeptMember(resource_id="a", email=ADA)))
        with unit:
            restored = unit.kept.restore("a", 1)
            assert unit.kept.find_by("email", ADA) is restored
            unit.commit()
        assert holder(table, KeptMember, ADA) == "a"

    def test_each_value_that_moves_is_an_action_of_the_commit(
        self, table: Table, counting: CountingTable, somebody: Repository[Member], model: type[Member]
    ) -> None:
        with MemberUnitOfWork(counting) as unit:
            for number in range(51):
                of(unit, model).add(model(email=str(number)))
            with pytest.raises(TransactionTooLargeError) as refused:
                unit.commit()
        assert refused.value.count == 102
        assert refused.value.culprit.startswith(f"{model.__name__} ")
        assert not counting.calls
        with MemberUnitOfWork(table) as unit:
            for number in range(50):
                of(unit, model).add(model(email=str(number)))
            unit.commit()
        assert somebody.count() == 50

    # -- what a unit sees

    def test_a_unit_finds_what_is_stored_as_the_object_it_knows(
        self,
        unit: MemberUnitOfWork,
        counting: CountingTable,
        table: Table,
        somebody: Repository[Member],
        model: type[Member],
    ) -> None:
        somebody.add(model(resource_id="a", email=ADA))
        with unit:
            mine = of(unit, model)
            found = mine.get_by("email", ADA)
            assert mine.get("a") is found
            assert mine.find_by("email", ADA) is found
            assert dict(counting.calls) == {"read": 2}
            found.email = BOB
            unit.commit()
        assert (holder(table, model, ADA), holder(table, model, BOB)) == (None, "a")

    def test_a_unit_finds_by_the_values_as_it_has_changed_them(
        self, unit: MemberUnitOfWork, somebody: Repository[Member], model: type[Member]
    ) -> None:
        somebody.add(model(resource_id="a", email=ADA))
        somebody.add(model(resource_id="b", email=BOB))
        with unit:
            mine = of(unit, model)
            changed, deleted = mine.get("a"), mine.get("b")
            changed.email = EVE
            mine.delete(deleted)
            added = mine.add(model(email="new"))
            assert mine.find_by("email", EVE) is changed
            assert mine.find_by("email", "new") is added
            for gone in (ADA, BOB):
                assert mine.find_by("email", gone) is None
                with pytest.raises(NotFoundError):
                    mine.get_by("email", gone)
            mine.delete(added)
            assert mine.find_by("email", "new") is None

    def test_a_unit_that_has_looked_in_vain_does_not_look_again(
        self, unit: MemberUnitOfWork, counting: CountingTable, somebody: Repository[Member], model: type[Member]
    ) -> None:
        with unit:
            mine = of(unit, model)
            assert mine.find_by("email", ADA) is None
            somebody.add(model(email=ADA))
            assert mine.find_by("email", ADA) is None
            assert dict(counting.calls) == {"read": 1}
            added = mine.add(model(email=ADA))
            assert mine.find_by("email", ADA) is added

    def test_what_cant_be_stored_has_no_value_for_a_unit(self, unit: MemberUnitOfWork, model: type[Member]) -> None:
        with unit:
            of(unit, model).add(model(email=ADA).model_copy(update={"email": "\ud800"}))
            assert of(unit, model).find_by("email", ADA) is None

    def test_units_tell_types_apart(self, unit: MemberUnitOfWork) -> None:
        with unit:
            plain = unit.plain.add(PlainMember(email=ADA))
            assert unit.kept.find_by("email", ADA) is None
            kept = unit.kept.add(KeptMember(email=ADA))
            assert (unit.plain.find_by("email", ADA), unit.kept.find_by("email", ADA)) == (plain, kept)
            unit.commit()

    # -- what was looked up and not found

    @pytest.mark.parametrize("insisting", [False, True], ids=["optimistic", "serializable"])
    def test_a_value_that_was_looked_up_and_is_taken_since_is_a_conflict(
        self, table: Table, somebody: Repository[Member], model: type[Member], *, insisting: bool
    ) -> None:
        with MemberUnitOfWork(table, isolation="serializable" if insisting else "optimistic") as unit:
            assert of(unit, model).find_by("email", ADA) is None
            of(unit, model).add(model(email=ADA))
            somebody.add(model(resource_id="theirs", email=ADA))
            with pytest.raises(ConflictError, match="expected free") as refused:
                unit.commit()
        (conflict,) = refused.value.conflicts
        assert (conflict.type, conflict.id, conflict.expected, conflict.actual) == (
            model.__name__,
            "theirs",
            None,
            None,
        )
        assert (conflict.field, conflict.value) == ("email", ADA)

    def test_a_holder_that_the_unit_knows_with_another_value_is_a_conflict_too(
        self, unit: MemberUnitOfWork, somebody: Repository[Member], model: type[Member]
    ) -> None:
        theirs = somebody.add(model(resource_id="theirs", email=BOB))
        with unit:
            mine = of(unit, model)
            assert mine.get("theirs").email == BOB
            theirs.email = ADA
            somebody.save(theirs)
            assert mine.find_by("email", ADA) is None
            mine.add(model(email=ADA))
            with pytest.raises(ConflictError) as refused:
                unit.commit()
        assert [(each.id, each.field) for each in refused.value.conflicts] == [("theirs", "email")]

    @pytest.mark.parametrize("same_id", [False, True])
    def test_get_or_create_that_somebody_was_faster_at_gets(
        self, table: Table, somebody: Repository[Member], model: type[Member], clock: ManualClock, *, same_id: bool
    ) -> None:
        looks: list[Member | None] = []

        def get_or_create(unit: MemberUnitOfWork) -> Member:
            found = of(unit, model).find_by("email", ADA)
            looks.append(found)
            if found is None:
                somebody.add(model(resource_id="theirs", email=ADA))
                return of(unit, model).add(model(resource_id="theirs" if same_id else "mine", email=ADA))
            return found

        result = MemberUnitOfWork.run(table, get_or_create, clock=clock)
        assert (len(looks), result.resource_id, result.version) == (2, "theirs", 1)
        assert somebody.count() == 1

    def test_a_value_that_nobody_looked_up_is_no_matter_of_trying_again(
        self, table: Table, somebody: Repository[Member], model: type[Member], clock: ManualClock
    ) -> None:
        somebody.add(model(resource_id="a", email=ADA))
        tries: list[int] = []

        def work(unit: MemberUnitOfWork) -> None:
            tries.append(1)
            assert of(unit, model).find_by("email", BOB) is None
            of(unit, model).add(model(email=ADA))

        with pytest.raises(UniqueViolationError):
            MemberUnitOfWork.run(table, work, clock=clock)
        assert len(tries) == 1

    @requires("threads")
    def test_eight_threads_that_get_or_create_get_one(
        self, table: Table, somebody: Repository[Member], model: type[Member]
    ) -> None:
        def get_or_create(unit: MemberUnitOfWork) -> Member:
            return of(unit, model).find_by("email", ADA) or of(unit, model).add(model(email=ADA))

        outcomes = together(lambda _: MemberUnitOfWork.run(table, get_or_create, attempts=50), 8)
        assert {outcome.resource_id for outcome in outcomes if isinstance(outcome, Member)} == {
            somebody.get_by("email", ADA).resource_id
        }
        assert all(isinstance(outcome, Member) for outcome in outcomes)
        assert somebody.count() == 1

    @pytest.mark.parametrize("writes", [False, True], ids=["reads only", "writes another"])
    def test_a_serializable_unit_insists_on_the_value_it_did_not_find(
        self,
        serializable: MemberUnitOfWork,
        counting: CountingTable,
        somebody: Repository[Member],
        model: type[Member],
        *,
        writes: bool,
    ) -> None:
        with serializable as unit:
            assert of(unit, model).find_by("email", ADA) is None
            if writes:
                of(unit, model).add(model(resource_id="b", email=BOB))
            somebody.add(model(resource_id="theirs", email=ADA))
            with pytest.raises(ConflictError) as refused:
                unit.commit()
        assert [(each.id, each.value) for each in refused.value.conflicts] == [("theirs", ADA)]
        assert counting.calls["transact"] == 1
        assert not somebody.exists("b")

    def test_a_serializable_unit_commits_where_all_it_looked_up_still_holds(
        self,
        serializable: MemberUnitOfWork,
        counting: CountingTable,
        somebody: Repository[Member],
        model: type[Member],
    ) -> None:
        ada = somebody.add(model(resource_id="a", email=ADA))
        with serializable as unit:
            mine = of(unit, model)
            assert mine.get_by("email", ADA) == ada
            assert mine.find_by("email", BOB) is None
            assert mine.find_by("email", EVE) is None
            mine.add(model(resource_id="e", email=EVE))
            unit.commit()
        (plan,) = counting.plans
        assert sum(isinstance(op, Check) for op in plan.ops) == 2
        assert len(plan.ops) == 4
        assert somebody.get_by("email", EVE).resource_id == "e"

    def test_a_serializable_unit_insists_on_the_holder_it_found(
        self, serializable: MemberUnitOfWork, somebody: Repository[Member], model: type[Member]
    ) -> None:
        ada = somebody.add(model(resource_id="a", email=ADA))
        with serializable as unit:
            of(unit, model).get_by("email", ADA)
            ada.email = BOB
            somebody.save(ada)
            with pytest.raises(ConflictError) as refused:
                unit.commit()
        assert [(each.id, each.expected, each.actual) for each in refused.value.conflicts] == [("a", 1, 2)]

    def test_an_optimistic_unit_does_not_mind_a_value_it_only_looked_up(
        self, unit: MemberUnitOfWork, counting: CountingTable, somebody: Repository[Member], model: type[Member]
    ) -> None:
        with unit:
            assert of(unit, model).find_by("email", ADA) is None
            somebody.add(model(email=ADA))
            unit.commit()
        assert not counting.calls["transact"]

    def test_a_conflict_names_resources_and_values(
        self, table: Table, somebody: Repository[Member], model: type[Member]
    ) -> None:
        stale = somebody.add(model(resource_id="a", email=ADA))

        def interfere() -> None:
            stale.note = "theirs"
            somebody.save(stale)
            somebody.add(model(resource_id="b", email=BOB))

        with MemberUnitOfWork(ScriptedTable(table, preceded_by(interfere))) as unit:
            mine = of(unit, model)
            mine.get("a").note = "mine"
            assert mine.find_by("email", BOB) is None
            mine.add(model(email=BOB))
            with pytest.raises(ConflictError) as refused:
                unit.commit()
        assert [(each.id, each.field) for each in refused.value.conflicts] == [("a", None), ("b", "email")]

"""Unique values through the writes of one repository: taken, given up, never held by two."""

import pytest

from sst_repo.core import layout
from sst_repo.core.records import Applied, Delete, HeldByNoOther, Plan, Put, Record
from sst_repo.core.retry import SENDING
from sst_repo.errors import (
    AlreadyExistsError,
    CommitOutcomeUnknownError,
    ConflictError,
    CorruptRecordError,
    UniqueViolationError,
    UnstorableValueError,
)
from sst_repo.ids import ULIDS
from sst_repo.mapping.schema import schema_of
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import requires
from sst_repo.testing.contracts.stored import in_few_calls, stored_row
from sst_repo.testing.contracts.threads import together
from sst_repo.testing.contracts.uniques.base import KeptMember, Member, MemberFixtures, PlainMember, holder
from sst_repo.testing.wrappers import (
    CountingTable,
    ScriptedTable,
    WriteStep,
    lost_reply,
    lost_request,
    preceded_by,
    resent,
)

ADA, BOB = "ada@example.org", "bob@example.org"


class UniqueWritingContract(MemberFixtures):
    """What every write does to unique values."""

    def test_a_value_is_refused_to_a_second_resource_and_nothing_changes(
        self, table: Table, members: Repository[Member], model: type[Member]
    ) -> None:
        ada = members.add(model(resource_id="a", email=ADA))
        second = model(resource_id="b", email=ADA, room="hall", seat=1)
        before = second.model_copy(deep=True)

        with pytest.raises(UniqueViolationError) as refused:
            members.add(second)

        error = refused.value
        assert (error.type, error.field, error.value, error.holder) == (model.__name__, "email", ADA, "a")
        assert second == before
        assert not members.exists("b")
        assert members.get_by("email", ADA) == ada
        assert holder(table, model, ("hall", 1), ("room", "seat")) is None

    def test_a_changed_value_is_taken_and_the_old_one_is_free(
        self, table: Table, members: Repository[Member], model: type[Member]
    ) -> None:
        member = members.add(model(resource_id="a", email=ADA))
        member.email = BOB
        members.save(member)

        assert (holder(table, model, ADA), holder(table, model, BOB)) == (None, "a")
        assert members.find_by("email", ADA) is None
        assert members.get_by("email", BOB) == member
        members.add(model(resource_id="b", email=ADA))
        assert members.get_by("email", ADA).resource_id == "b"

    def test_a_change_to_a_taken_value_is_refused_and_nothing_changes(
        self, table: Table, members: Repository[Member], model: type[Member]
    ) -> None:
        members.add(model(resource_id="a", email=ADA))
        bob = members.add(model(resource_id="b", email=BOB))
        changed = bob.model_copy(update={"email": ADA})

        with pytest.raises(UniqueViolationError) as refused:
            members.save(changed)

        assert refused.value.holder == "a"
        assert changed.version == 1
        assert members.get("b") == bob
        assert (holder(table, model, ADA), holder(table, model, BOB)) == ("a", "b")

    def test_a_value_can_be_kept_over_many_saves(
        self, table: Table, members: Repository[Member], model: type[Member]
    ) -> None:
        member = members.add(model(resource_id="a", email=ADA))
        for note in "xyz":
            member.note = note
            members.save(member)
        assert holder(table, model, ADA) == "a"
        assert members.get_by("email", ADA) == member

    def test_what_is_deleted_holds_nothing(
        self, table: Table, members: Repository[Member], model: type[Member]
    ) -> None:
        member = members.add(model(resource_id="a", email=ADA, room="hall", seat=1))
        members.delete(member)

        assert holder(table, model, ADA) is None
        assert holder(table, model, ("hall", 1), ("room", "seat")) is None
        assert members.find_by("email", ADA) is None
        members.add(model(resource_id="b", email=ADA, room="hall", seat=1))

    def test_what_is_purged_holds_nothing(self, table: Table, members: Repository[Member], model: type[Member]) -> None:
        member = members.add(model(resource_id="a", email=ADA))
        member.email = BOB
        members.save(member)
        members.purge("a")

        assert (holder(table, model, ADA), holder(table, model, BOB)) == (None, None)
        members.add(model(resource_id="a", email=ADA))

    @pytest.mark.parametrize("versions", [98, 99, 102])
    def test_a_long_history_is_purged_with_its_value(
        self, table: Table, counting: CountingTable, kept: Repository[KeptMember], versions: int
    ) -> None:
        with in_few_calls(table) as memory:
            written = TableRepository(KeptMember, memory)
            member = written.add(KeptMember(resource_id="a", email=ADA))
            for number in range(versions):
                member.note = str(number)
                written.save(member)
        TableRepository(KeptMember, counting).purge("a")

        assert all(len(plan.ops) <= 100 for plan in counting.plans)
        assert (len(counting.plans) == 1) == (versions == 98)
        assert holder(counting, KeptMember, ADA) is None
        assert kept.add(KeptMember(resource_id="a", email=ADA)).version == 1

    def test_an_id_that_is_added_again_takes_the_value_again(
        self, table: Table, members: Repository[Member], model: type[Member]
    ) -> None:
        members.delete(members.add(model(resource_id="a", email=ADA)))
        again = members.add(model(resource_id="a", email=ADA))
        assert holder(table, model, ADA) == "a"
        assert members.get_by("email", ADA) == again

    def test_what_is_restored_takes_its_value_again(self, table: Table, kept: Repository[KeptMember]) -> None:
        kept.delete(kept.add(KeptMember(resource_id="a", email=ADA)))
        restored = kept.restore("a", 1)
        assert holder(table, KeptMember, ADA) == "a"
        assert kept.get_by("email", ADA) == restored

    def test_restoring_an_old_value_gives_up_the_present_one(self, table: Table, kept: Repository[KeptMember]) -> None:
        member = kept.add(KeptMember(resource_id="a", email=ADA))
        member.email = BOB
        kept.save(member)
        kept.restore("a", 1)
        assert (holder(table, KeptMember, ADA), holder(table, KeptMember, BOB)) == ("a", None)

    @pytest.mark.parametrize("deleted", [False, True])
    def test_a_version_whose_value_is_taken_by_now_is_not_restored(
        self,
        kept: Repository[KeptMember],
        deleted: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        member = kept.add(KeptMember(resource_id="a", email=ADA))
        member.email = BOB
        kept.save(member)
        if deleted:
            kept.delete(member)
        kept.add(KeptMember(resource_id="b", email=ADA))

        with pytest.raises(UniqueViolationError) as refused:
            kept.restore("a", 1)
        assert refused.value.holder == "b"
        assert kept.exists("a") is not deleted
        assert kept.get_by("email", ADA).resource_id == "b"

    def test_none_is_not_constrained_but_empty_values_are(
        self, members: Repository[Member], model: type[Member]
    ) -> None:
        nobody = [members.add(model(email=None, room="hall", seat=None)) for _ in range(2)]
        assert len(members.get_many(member.resource_id for member in nobody)) == 2
        members.add(model(resource_id="a", email="", room="", seat=0))
        for clash in (model(email=""), model(room="", seat=0)):
            with pytest.raises(UniqueViolationError):
                members.add(clash)
        nobody[0].email = ADA
        members.save(nobody[0])
        nobody[0].email = None
        members.save(nobody[0])
        nobody[1].email = ADA
        members.save(nobody[1])

    def test_values_that_are_unique_together_may_each_come_twice(
        self, members: Repository[Member], model: type[Member]
    ) -> None:
        members.add(model(resource_id="a", room="hall", seat=1))
        members.add(model(room="hall", seat=2))
        members.add(model(room="loft", seat=1))
        with pytest.raises(UniqueViolationError) as refused:
            members.add(model(room="hall", seat=1))
        error = refused.value
        assert (error.field, error.value, error.holder) == ("room,seat", ("hall", 1), "a")

    def test_values_that_only_look_alike_are_different(self, members: Repository[Member], model: type[Member]) -> None:
        emails = ["a", "A", "a#", "#a", "a ", " a", "$", "a,b", "\U0001f98a", "\x00", "é", "e\u0301"]
        added = [members.add(model(email=email)) for email in emails]
        assert [members.get_by("email", email) for email in emails] == added

    def test_types_do_not_share_values(self, table: Table) -> None:
        plain = TableRepository(PlainMember, table).add(PlainMember(resource_id="p", email=ADA))
        kept = TableRepository(KeptMember, table).add(KeptMember(resource_id="k", email=ADA))
        assert TableRepository(PlainMember, table).get_by("email", ADA) == plain
        assert TableRepository(KeptMember, table).get_by("email", ADA) == kept

    def test_a_resource_built_by_hand_takes_and_gives_up(
        self, table: Table, members: Repository[Member], model: type[Member]
    ) -> None:
        members.add(model(resource_id="a", email=ADA))
        members.save(model(resource_id="a", version=1, email=BOB))
        assert (holder(table, model, ADA), holder(table, model, BOB)) == (None, "a")
        members.delete(model(resource_id="a", version=2))
        assert holder(table, model, BOB) is None

    def test_a_stale_write_takes_and_gives_up_nothing(
        self, table: Table, members: Repository[Member], model: type[Member]
    ) -> None:
        stale = members.add(model(resource_id="a", email=ADA))
        fresh = members.get("a")
        fresh.email = BOB
        members.save(fresh)
        members.add(model(resource_id="b", email=ADA))
        stale.note = "changed"
        with pytest.raises(ConflictError):
            members.save(stale)
        with pytest.raises(ConflictError):
            members.delete(stale)
        assert (holder(table, model, ADA), holder(table, model, BOB)) == ("b", "a")

    def test_a_taken_id_is_told_before_a_taken_value(self, members: Repository[Member], model: type[Member]) -> None:
        members.add(model(resource_id="a", email=ADA))
        members.add(model(resource_id="b", email=BOB))
        with pytest.raises(AlreadyExistsError):
            members.add(model(resource_id="b", email=ADA))

    def test_each_write_costs_a_row_for_each_value_that_moves(
        self, counting: CountingTable, members: Repository[Member], model: type[Member]
    ) -> None:
        def rows() -> int:
            (plan,) = counting.plans
            counting.reset()
            return len(plan.ops)

        history = model is KeptMember
        member = members.add(model(resource_id="a", email=ADA, room="hall", seat=1))
        assert rows() == 1 + 2
        member.note = "the values stay"
        members.save(member)
        assert rows() == 1 + history
        member.email = BOB
        members.save(member)
        assert rows() == 1 + history + 2
        member.email = None
        members.save(member)
        assert rows() == 1 + history + 1
        members.save(member)
        assert counting.plans == []
        members.delete(member)
        assert rows() == 1 + history + 1

    def test_a_value_too_long_for_a_key_is_refused_before_any_call(
        self, counting: CountingTable, members: Repository[Member], model: type[Member]
    ) -> None:
        room = 2048 - len(f"#{model.__name__}#email##")
        members.add(model(email="x" * room))
        counting.reset()
        with pytest.raises(UnstorableValueError, match=r"by_email: the unique key takes 2049 bytes \(at most 2048\)"):
            members.add(model(email="x" * (room + 1)))
        assert not counting.calls

    # -- trouble

    def test_a_write_that_is_sent_again_succeeds(self, table: Table, model: type[Member]) -> None:
        members: Repository[Member] = TableRepository(model, ScriptedTable(table, resent, resent))
        member = members.add(model(resource_id="a", email=ADA))
        member.email = BOB
        members.save(member)
        assert (holder(table, model, ADA), holder(table, model, BOB)) == (None, "a")

    @requires("tokens")
    def test_a_delete_that_is_sent_again_succeeds(self, table: Table) -> None:
        members = TableRepository(PlainMember, ScriptedTable(table, resent))
        member = TableRepository(PlainMember, table).add(PlainMember(resource_id="a", email=ADA))
        members.delete(member)
        assert holder(table, PlainMember, ADA) is None

    @pytest.mark.parametrize("loss", [lost_reply, lost_request])
    def test_of_a_write_whose_answer_is_lost_row_and_guard_agree(
        self, table: Table, model: type[Member], clock: ManualClock, loss: WriteStep
    ) -> None:
        members: Repository[Member] = TableRepository(model, ScriptedTable(table, loss), clock=clock)
        member = members.add(model(resource_id="a", email=ADA))
        assert members.get_by("email", ADA) == member

        # Too many losses in a row: nobody knows, but what is stored agrees all the same.
        members = TableRepository(model, ScriptedTable(table, *[loss] * SENDING.attempts), clock=clock)
        member.email = BOB
        with pytest.raises(CommitOutcomeUnknownError):
            members.save(member)
        held = {text: holder(table, model, text) for text in (ADA, BOB)}
        assert held == {ADA: None, BOB: "a"} if loss is lost_reply else {ADA: "a", BOB: None}
        assert members.get("a").email == next(text for text, resource_id in held.items() if resource_id)

    def test_a_value_that_somebody_is_faster_to_take_is_refused(
        self, table: Table, somebody: Repository[Member], model: type[Member]
    ) -> None:
        scripted = ScriptedTable(table, preceded_by(lambda: somebody.add(model(resource_id="theirs", email=ADA))))
        members: Repository[Member] = TableRepository(model, scripted)
        with pytest.raises(UniqueViolationError) as refused:
            members.add(model(resource_id="mine", email=ADA))
        assert refused.value.holder == "theirs"

    @requires("threads")
    def test_of_eight_threads_that_add_one_value_one_wins(
        self, somebody: Repository[Member], model: type[Member]
    ) -> None:
        outcomes = together(lambda n: somebody.add(model(resource_id=str(n), email=ADA)), 8)
        winners = [outcome for outcome in outcomes if isinstance(outcome, model)]
        losers = [outcome for outcome in outcomes if isinstance(outcome, UniqueViolationError)]
        assert (len(winners), len(losers)) == (1, 7)
        assert {loser.holder for loser in losers} == {winners[0].resource_id}
        assert somebody.get_by("email", ADA) == winners[0]
        assert somebody.count() == 1

    def test_a_guard_without_its_resource_does_not_keep_the_resource_out(
        self, table: Table, members: Repository[Member], model: type[Member]
    ) -> None:
        _put_guard(table, model, ADA, "a")
        assert members.find_by("email", ADA) is None
        with pytest.raises(UniqueViolationError):
            members.add(model(resource_id="b", email=ADA))
        assert members.add(model(resource_id="a", email=ADA)) == members.get_by("email", ADA)

    def test_a_value_that_another_holds_as_well_is_not_taken_from_it(
        self, table: Table, members: Repository[Member], model: type[Member]
    ) -> None:
        member = members.add(model(resource_id="a", email=ADA))
        _put_guard(table, model, ADA, "b", over="a")
        with pytest.raises(CorruptRecordError, match="'b' does; check the table") as refused:
            members.delete(member)
        assert (refused.value.type, refused.value.id) == (model.__name__, "a")
        assert holder(table, model, ADA) == "b"
        assert members.exists("a")

    def test_a_guard_that_names_no_holder_is_told(
        self, table: Table, members: Repository[Member], model: type[Member]
    ) -> None:
        _put_guard(table, model, ADA, None)
        with pytest.raises(CorruptRecordError, match="who holds"):
            members.add(model(email=ADA))
        with pytest.raises(CorruptRecordError, match="who holds"):
            members.find_by("email", ADA)

    def test_a_lost_guard_is_no_obstacle(self, table: Table, members: Repository[Member], model: type[Member]) -> None:
        member = members.add(model(resource_id="a", email=ADA))
        guard = schema_of(model).claim_on("email", ADA).guard
        assert table.transact(Plan((Delete(guard, HeldByNoOther("a")),), ULIDS.new_id())) == Applied()
        member.email = BOB
        members.save(member)
        assert members.get_by("email", BOB) == member

    def test_the_row_lists_the_values_it_holds_and_history_does_not(
        self, table: Table, kept: Repository[KeptMember]
    ) -> None:
        member = kept.add(KeptMember(resource_id="a", email=ADA))
        assert stored_row(table, KeptMember, "a").guards == (f"#KeptMember#email#{ADA}#",)
        member.email = None
        kept.save(member)
        assert stored_row(table, KeptMember, "a").guards == ()
        assert stored_row(table, KeptMember, "a", version=1).guards == ()
        kept.delete(member)
        assert stored_row(table, KeptMember, "a").guards == ()


def _put_guard(table: Table, model: type[Member], email: str, holder: str | None, *, over: str = "") -> None:
    key = schema_of(model).claim_on("email", email).guard
    row = Record(key, {layout.WRITE_ID: {"S": "w"}} | ({} if holder is None else {layout.HOLDER: {"S": holder}}))
    assert table.transact(Plan((Put(row, HeldByNoOther(over)),), ULIDS.new_id())) == Applied()

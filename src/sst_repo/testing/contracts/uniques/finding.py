"""`get_by` and `find_by`: the holder of a unique value, also while it moves."""

from collections.abc import Callable

import pytest

from sst_repo.core import layout
from sst_repo.core.records import Key, Record
from sst_repo.errors import CorruptRecordError, InvalidQueryError, NotFoundError
from sst_repo.lookup import ROUNDS
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.tables.delegating import DelegatingTable
from sst_repo.testing.contracts.stored import spoil, stored_row
from sst_repo.testing.contracts.uniques.base import Member, MemberFixtures
from sst_repo.testing.contracts.uniques.writing import ADA, BOB
from sst_repo.testing.wrappers import CountingTable


class BetweenReads(DelegatingTable):
    """Has something happen after each read of a guard row.

    Args:
        table: The table behind.
        action: What happens.
    """

    def __init__(self, table: Table, action: Callable[[], object]) -> None:
        """Wait for the first one."""
        super().__init__(table)
        self._action = action

    def read(self, key: Key, *, consistent: bool = True) -> Record | None:
        """Read, and let it happen."""
        found = super().read(key, consistent=consistent)
        if layout.is_guard(key.pk):
            self._action()
        return found


class UniqueFindingContract(MemberFixtures):
    """What is found by unique values."""

    def test_a_resource_is_found_by_each_of_its_values(self, members: Repository[Member], model: type[Member]) -> None:
        ada = members.add(model(email=ADA, room="hall", seat=1))
        bob = members.add(model(email=BOB, room="hall", seat=2))
        assert members.get_by("email", ADA) == members.find_by("email", ADA) == ada
        assert members.get_by(("room", "seat"), ("hall", 2)) == bob
        assert members.get_by(("email",), (BOB,)) == bob

    def test_what_is_found_can_be_saved(self, members: Repository[Member], model: type[Member]) -> None:
        members.add(model(resource_id="a", email=ADA))
        found = members.get_by("email", ADA)
        found.note = "found"
        assert members.save(found).version == 2
        assert members.get_by("email", ADA).note == "found"

    def test_what_nobody_has_is_not_found(self, members: Repository[Member], model: type[Member]) -> None:
        members.add(model(email=ADA))
        assert members.find_by("email", BOB) is None
        with pytest.raises(NotFoundError, match=r"Member with that email was not found") as error:
            members.get_by("email", BOB)
        told = error.value
        assert (told.type, told.id, told.version) == (model.__name__, f"email={BOB!r}", None)
        assert (told.field, told.value) == ("email", BOB)
        with pytest.raises(NotFoundError, match="with that room,seat was not found"):
            members.get_by(("room", "seat"), ("hall", 9))

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("mail", ADA, r"has no Unique on 'mail'; it has 'email', \('room', 'seat'\)"),
            ("note", "", "has no Unique on 'note'"),
            ("room", "hall", "has no Unique on 'room'"),
            (("seat", "room"), (1, "hall"), "has no Unique on"),
            ("email", None, "email: expected str"),
            ("email", 5, "email: expected str, found int"),
            ("email", (ADA,), "email: expected str"),
            ("email", "x" * 2048, "the unique key takes"),
            ("email", "\ud800", "by_email: email"),
            (("room", "seat"), "hall", "a tuple of fields has a tuple of values"),
            (("room", "seat"), ("hall",), r"the parts \(room, seat\); the values given are 1"),
            (("room", "seat"), ("hall", "1"), "seat: expected int"),
            (("room", "seat"), ("hall", None), "seat: expected int"),
        ],
    )
    def test_a_look_up_that_makes_no_sense_is_refused_before_any_call(
        self,
        counting: CountingTable,
        members: Repository[Member],
        field: str | tuple[str, ...],
        value: object,
        message: str,
    ) -> None:
        for look_up in (members.find_by, members.get_by):
            with pytest.raises(InvalidQueryError, match=message):
                look_up(field, value)
        assert not counting.calls

    def test_a_look_up_is_two_reads_or_one_if_there_is_nobody(
        self, counting: CountingTable, members: Repository[Member], model: type[Member]
    ) -> None:
        members.add(model(email=ADA))
        counting.reset()
        members.get_by("email", ADA)
        assert dict(counting.calls) == {"read": 2}
        members.find_by("email", BOB)
        assert dict(counting.calls) == {"read": 3}

    def test_a_value_that_moves_while_it_is_looked_up_is_found_where_it_is(
        self, table: Table, somebody: Repository[Member], model: type[Member]
    ) -> None:
        first = somebody.add(model(resource_id="a", email=ADA))

        def move() -> None:
            if not somebody.exists("b"):
                first.email = BOB
                somebody.save(first)
                somebody.add(model(resource_id="b", email=ADA))

        members: Repository[Member] = TableRepository(model, BetweenReads(table, move))
        assert members.get_by("email", ADA) == somebody.get("b")

    @pytest.mark.parametrize("gone", ["changed", "deleted", "purged"])
    def test_a_value_that_is_given_up_while_it_is_looked_up_is_not_found(
        self, table: Table, somebody: Repository[Member], model: type[Member], gone: str
    ) -> None:
        first = somebody.add(model(resource_id="a", email=ADA))

        def give_up() -> None:
            if somebody.find_by("email", ADA) is None:
                return
            match gone:
                case "changed":
                    first.email = BOB
                    somebody.save(first)
                case "deleted":
                    somebody.delete(first)
                case _:
                    somebody.purge("a")

        members: Repository[Member] = TableRepository(model, BetweenReads(table, give_up))
        assert members.find_by("email", ADA) is None

    def test_a_value_that_goes_on_moving_is_given_up_on(
        self, table: Table, somebody: Repository[Member], model: type[Member]
    ) -> None:
        moves: list[str] = []
        somebody.add(model(resource_id="0", email=ADA))

        def move() -> None:
            moves.append("")
            somebody.purge(str(len(moves) - 1))
            somebody.add(model(resource_id=str(len(moves)), email=ADA))

        counting = CountingTable(BetweenReads(table, move))
        assert TableRepository(model, counting).find_by("email", ADA) is None
        assert len(moves) == ROUNDS
        assert counting.calls["read"] == 2 * ROUNDS

    def test_a_holder_that_cant_be_read_is_named(
        self, table: Table, members: Repository[Member], model: type[Member]
    ) -> None:
        members.add(model(resource_id="a", email=ADA))
        spoil(table, stored_row(table, model, "a"), "note", {"N": "1"})
        with pytest.raises(CorruptRecordError) as error:
            members.find_by("email", ADA)
        assert error.value.id == "a"

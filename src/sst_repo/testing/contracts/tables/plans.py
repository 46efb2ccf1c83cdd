"""The contract of `Table.transact`: what plans do, and what they answer."""

from typing import TypeAlias

import pytest

from sst_repo.core.layout import LISTING
from sst_repo.core.queries import Query
from sst_repo.core.records import (
    Absent,
    Applied,
    Check,
    Contended,
    Delete,
    Guard,
    HeldByNoOther,
    Key,
    Matches,
    Op,
    Plan,
    Put,
    Reason,
    Record,
    Refused,
)
from sst_repo.errors import TableError
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.base import Contract, requires
from sst_repo.testing.contracts.tables.rows import at_once, overwrite, plan, put_all, records_of, row, still

_STORED = row(version=3, write_id="third")
_NEW = row(version=4, write_id="fourth", name={"S": "new"})
_FOREIGN = Record(_STORED.key, {"name": {"S": "not ours"}})
_HELD = Record(_STORED.key, {"_h": {"S": "r1"}, "_w": {"S": "third"}})

_Case: TypeAlias = tuple[str, Record | None, Guard, bool]

_GUARDS: list[_Case] = [
    ("absent, nothing stored", None, Absent(), True),
    ("absent, a row stored", _STORED, Absent(), False),
    ("absent, a row that is not ours stored", _FOREIGN, Absent(), False),
    ("matches, that row stored", _STORED, Matches(3, "third"), True),
    ("matches, nothing stored", None, Matches(3, "third"), False),
    ("matches, an older version stored", _STORED, Matches(2, "third"), False),
    ("matches, a newer version stored", _STORED, Matches(4, "third"), False),
    ("matches, the version of a re-created row stored", _STORED, Matches(3, "second"), False),
    ("matches, a row that is not ours stored", _FOREIGN, Matches(3, "third"), False),
    ("held by no other, nothing stored", None, HeldByNoOther("r1"), True),
    ("held by no other, that holder's stored", _HELD, HeldByNoOther("r1"), True),
    ("held by no other, another holder's stored", _HELD, HeldByNoOther("r2"), False),
    ("held by no other, a row without a holder stored", _STORED, HeldByNoOther("r1"), False),
]

_guards = pytest.mark.parametrize(
    ("stored", "guard", "holds"),
    [pytest.param(*case, id=name.replace(" ", "-")) for name, *case in _GUARDS],
)


def _others() -> list[Record]:
    return [row("Thing#a"), row("Thing#b")]


class PlanContract(Contract):
    """What plans do, and what they answer."""

    # -- guards

    @_guards
    def test_a_put_is_applied_if_its_guard_holds(
        self, table: Table, stored: Record | None, guard: Guard, *, holds: bool
    ) -> None:
        self._decide(table, Put(_NEW, guard), stored, _NEW, holds=holds)

    @_guards
    def test_a_delete_is_applied_if_its_guard_holds(
        self, table: Table, stored: Record | None, guard: Guard, *, holds: bool
    ) -> None:
        self._decide(table, Delete(_STORED.key, guard), stored, None, holds=holds)

    @_guards
    def test_a_check_passes_if_its_guard_holds_and_changes_nothing(
        self, table: Table, stored: Record | None, guard: Guard, *, holds: bool
    ) -> None:
        self._decide(table, Check(_STORED.key, guard), stored, stored, holds=holds)

    @_guards
    def test_a_guard_means_the_same_in_a_plan_of_many(
        self, table: Table, stored: Record | None, guard: Guard, *, holds: bool
    ) -> None:
        ops: list[Op] = [Put(_NEW, guard), Delete(_STORED.key, guard), Check(_STORED.key, guard)]
        for number, op in enumerate(ops):
            other = row(f"Other#{number}")
            before = table.read(_STORED.key)
            if before != stored:
                self._replace(table, before, stored)

            outcome = table.transact(plan(op, Put(other, Absent())))

            assert outcome == (Applied() if holds else Refused((Reason(stored), None)))
            assert table.read(other.key) == (other if holds else None)

    @staticmethod
    def _replace(table: Table, before: Record | None, after: Record | None) -> None:
        if before is not None:
            assert table.transact(plan(Delete(before.key, still(before)))) == Applied()
        if after is not None:
            put_all(table, [after])

    @staticmethod
    def _decide(table: Table, op: Op, stored: Record | None, result: Record | None, *, holds: bool) -> None:
        if stored is not None:
            put_all(table, [stored])

        outcome = table.transact(plan(op))

        assert outcome == (Applied() if holds else Refused((Reason(stored),)))
        assert table.read(op.key) == (result if holds else stored)

    # -- all or nothing

    def test_a_plan_of_many_ops_is_applied_whole(self, table: Table) -> None:
        old, gone, checked = row("Thing#old"), row("Thing#gone"), row("Thing#checked")
        put_all(table, [old, gone, checked])
        new, made = row("Thing#old", version=2, write_id="second"), row("Thing#made")

        outcome = table.transact(
            plan(
                Put(new, still(old)),
                Put(made, Absent()),
                Delete(gone.key, still(gone)),
                Check(checked.key, still(checked)),
                Check(Key("Thing#none", "@"), Absent()),
            )
        )

        assert outcome == Applied()
        assert table.read_many([old.key, made.key, gone.key, checked.key]) == {
            old.key: new,
            made.key: made,
            checked.key: checked,
        }

    @pytest.mark.parametrize("culprit", range(4))
    def test_one_refused_op_among_many_leaves_everything_as_it_was(self, table: Table, culprit: int) -> None:
        changed, gone, held, blocked = row("Thing#changed"), row("Thing#gone"), row("Thing#held"), row("Thing#blocked")
        put_all(table, [changed, gone, held, blocked])
        made = row("Thing#made", _t={"S": "Thing"}, _l={"S": "now"})
        ops: list[Op] = [
            Put(row("Thing#changed", version=2, write_id="second"), still(changed)),
            Delete(gone.key, still(gone)),
            Check(held.key, still(held)),
            Put(made, Absent()),
        ]
        ops.insert(culprit, Put(row("Thing#blocked", version=2), Absent()))

        outcome = table.transact(plan(*ops))

        reasons: list[Reason | None] = [None] * 4
        reasons.insert(culprit, Reason(blocked))
        assert outcome == Refused(tuple(reasons))
        stored = [changed, gone, held, blocked]
        assert table.read_many([*(record.key for record in stored), made.key]) == {
            record.key: record for record in stored
        }
        assert records_of(table, Query(LISTING, "Thing")) == []

    @pytest.mark.parametrize("culprit", range(3))
    def test_every_op_of_many_is_guarded(self, table: Table, culprit: int) -> None:
        stored = [row(f"Thing#{number}", version=2) for number in range(3)]
        put_all(table, stored)
        guards = [Matches(1 if number == culprit else 2, "first") for number in range(3)]

        puts = [Put(row(record.key.pk, version=3), guard) for record, guard in zip(stored, guards, strict=True)]
        assert table.transact(plan(*puts)) != Applied()
        deletes = [Delete(record.key, guard) for record, guard in zip(stored, guards, strict=True)]
        assert table.transact(plan(*deletes)) != Applied()
        checks = [Check(record.key, guard) for record, guard in zip(stored, guards, strict=True)]
        assert table.transact(plan(*checks, Put(row("Thing#made"), Absent()))) != Applied()

        assert table.read_many([row("Thing#made").key, *(record.key for record in stored)]) == {
            record.key: record for record in stored
        }

    def test_each_refused_op_has_a_reason_in_the_order_of_the_ops(self, table: Table) -> None:
        first, second, third = row("Thing#z", version=7), row("Thing#a", version=8), row("Thing#m", version=9)
        put_all(table, [first, second, third])

        outcome = table.transact(
            plan(
                Put(row("Thing#z"), Absent()),
                Put(row("Thing#fine"), Absent()),
                Delete(Key("Thing#missing", "@"), Matches(1, "first")),
                Check(second.key, Matches(7, "first")),
                Check(third.key, still(third)),
            )
        )

        assert outcome == Refused((Reason(first), None, Reason(None), Reason(second), None))
        assert table.read(Key("Thing#fine", "@")) is None

    def test_rows_of_one_partition_are_told_apart(self, table: Table) -> None:
        latest, history = row("Thing#1", "@", version=2), row("Thing#1", "v#000000000001")
        put_all(table, [latest, history])

        assert table.transact(plan(Delete(history.key, still(history)))) == Applied()

        assert table.read(latest.key) == latest
        assert table.read(history.key) is None

    def test_a_plan_of_a_hundred_ops_is_applied_or_refused_whole(self, table: Table) -> None:
        rows = [row(f"Thing#{number}") for number in range(100)]
        assert table.transact(plan(*(Put(record, Absent()) for record in rows))) == Applied()

        puts = [Put(row(record.key.pk, version=2), still(record)) for record in rows]
        puts[-1] = Put(rows[-1], Absent())
        assert table.transact(plan(*puts)) == Refused((*[None] * 99, Reason(rows[-1])))

        assert table.read_many([record.key for record in rows]) == {record.key: record for record in rows}

    # -- sending again

    def test_a_single_write_that_is_sent_again_shows_its_own_row_as_the_reason(self, table: Table) -> None:
        again = plan(Put(row(write_id="mine"), Absent()))
        assert table.transact(again) == Applied()

        assert table.transact(again) == Refused((Reason(row(write_id="mine")),))

    @requires("tokens")
    def test_a_transaction_that_is_sent_again_succeeds(self, table: Table) -> None:
        again = plan(*(Put(record, Absent()) for record in _others()))
        assert table.transact(again) == Applied()

        assert table.transact(again) == Applied()

    @requires("tokens")
    def test_a_transaction_that_is_sent_again_does_not_undo_what_others_wrote_since(self, table: Table) -> None:
        first, second = _others()
        again = plan(Put(first, Absent()), Put(second, Absent()))
        assert table.transact(again) == Applied()
        newer = row(first.key.pk, version=2, write_id="second")
        overwrite(table, first, newer)
        assert table.transact(plan(Delete(second.key, still(second)))) == Applied()

        assert table.transact(again) == Applied()

        assert table.read_many([first.key, second.key]) == {first.key: newer}

    @requires("tokens")
    def test_a_token_that_was_used_for_another_transaction_is_an_error(self, table: Table) -> None:
        first, second = _others()
        used = plan(Put(first, Absent()), Put(second, Absent()))
        assert table.transact(used) == Applied()
        other = Put(row("Order#other"), Absent())

        with pytest.raises(TableError):
            table.transact(Plan((other, Check(first.key, still(first))), used.token))

        assert table.read(other.key) is None

    def test_a_refused_transaction_can_be_made_to_pass_under_a_new_token(self, table: Table) -> None:
        first, second = _others()
        put_all(table, [first])
        ops = (Put(first, Absent()), Put(second, Absent()))
        assert table.transact(plan(*ops)) == Refused((Reason(first), None))
        assert table.transact(plan(Delete(first.key, still(first)))) == Applied()

        assert table.transact(plan(*ops)) == Applied()

    # -- threads

    @requires("threads")
    def test_of_threads_that_put_a_row_where_there_is_none_one_wins(self, table: Table) -> None:
        keys = [f"Thing#{number}" for number in range(40)]

        def put_each(thread: int) -> list[str]:
            mine = [row(key, write_id=f"thread {thread}") for key in keys]
            return [record.key.pk for record in mine if self._decided(table, Put(record, Absent())) == Applied()]

        wins = at_once(put_each)

        assert sorted(key for won in wins for key in won) == sorted(keys)
        stored = table.read_many([row(key).key for key in keys])
        winners = {key: f"thread {thread}" for thread, won in enumerate(wins) for key in won}
        assert {record.key.pk: record.write_id for record in stored.values()} == winners

    @requires("threads")
    def test_increments_of_threads_by_guarded_transactions_lose_nothing(self, table: Table) -> None:
        counter = row("Counter#1", version=1, write_id="none")
        put_all(table, [counter])

        def increment(thread: int) -> None:
            for turn in range(5):
                name = f"{thread}.{turn}"
                while not self._incremented(table, counter.key, name):
                    pass

        at_once(increment)

        names = {f"{thread}.{turn}" for thread in range(8) for turn in range(5)}
        total = table.read(counter.key)
        assert total is not None
        assert total.version == 1 + len(names)
        assert {key.pk for key in table.read_many([row(f"Journal#{name}").key for name in names])} == {
            f"Journal#{name}" for name in names
        }

    def _incremented(self, table: Table, key: Key, name: str) -> bool:
        stored = table.read(key)
        assert stored is not None
        assert stored.version is not None
        new = row(key.pk, version=stored.version + 1, write_id=name)
        journal = row(f"Journal#{name}", version=new.version or 0)
        return self._decided(table, Put(new, still(stored)), Put(journal, Absent())) == Applied()

    @staticmethod
    def _decided(table: Table, *ops: Op) -> Applied | Refused:
        """Send until the table has decided; a server may refuse to while others write the same rows."""
        sent = plan(*ops)
        while True:
            outcome = table.transact(sent)
            if not isinstance(outcome, Contended):
                assert isinstance(outcome, Applied | Refused)
                return outcome

"""Units of work: how their annotations are read, and tables that behave in ways a real one can't be made to."""

from __future__ import annotations

import threading
from abc import ABC
from typing import ClassVar, Generic, TypeVar

import pytest

from sst_repo import (
    CommitOutcomeUnknownError,
    ConflictError,
    ContentionError,
    InMemoryTable,
    ModelError,
    Repository,
    Resource,
    Table,
    TableUnavailableError,
    UnitOfWork,
    UnitOfWorkStateError,
    VersionedResource,
)
from sst_repo.core.records import Outcome, Plan
from sst_repo.testing.clocks import START, ManualClock
from sst_repo.testing.contracts.models import Kept, Plain, SampleUnitOfWork
from sst_repo.testing.wrappers import (
    CountingTable,
    ScriptedTable,
    WriteStep,
    applied,
    failing,
    lost_reply,
    lost_request,
    preceded_by,
    resent,
)


class Order(VersionedResource):
    number: int = 0


class ShopUnitOfWork(UnitOfWork):
    orders: Repository[Order]
    later: Repository[DefinedLater]


class DefinedLater(Resource):
    name: str = ""


class LargerUnitOfWork(ShopUnitOfWork):
    samples: Repository[Plain]
    limit: ClassVar[int] = 3
    note: str


@pytest.fixture
def table() -> InMemoryTable:
    return InMemoryTable()


def works(unit: UnitOfWork, *names: str) -> None:
    with unit:
        for name in names:
            assert getattr(unit, name).find("nobody") is None
        unit.commit()


def test_two_classes_of_one_stored_name_are_refused() -> None:
    class Parcel(Resource, type_name="Kept"):
        pass

    class BothUnitOfWork(UnitOfWork):
        kept: Repository[Kept]
        parcels: Repository[Parcel]

    with pytest.raises(ModelError, match="stored as 'Kept'"):
        BothUnitOfWork(InMemoryTable())


def test_annotations_become_repositories(table: InMemoryTable) -> None:
    with ShopUnitOfWork(table) as unit:
        order = unit.orders.add(Order(number=1))
        later = unit.later.add(DefinedLater(name="x"))
        unit.commit()
    assert (order.version, later.version) == (1, 1)


def test_repositories_are_inherited_and_other_annotations_are_left_alone(table: InMemoryTable) -> None:
    unit = LargerUnitOfWork(table)
    works(unit, "orders", "later", "samples")
    assert unit.limit == 3
    assert not hasattr(unit, "note")


def test_a_subclass_does_not_change_its_base(table: InMemoryTable) -> None:
    LargerUnitOfWork(table)
    assert not hasattr(ShopUnitOfWork(table), "samples")


def test_a_unit_may_be_made_of_local_classes(table: InMemoryTable) -> None:
    class Local(Resource):
        name: str = ""

    class LocalUnitOfWork(UnitOfWork):
        locals: Repository[Local]

    works(LocalUnitOfWork(table), "locals")


def make_base() -> type[UnitOfWork]:
    class Hidden(Resource):
        name: str = ""

    class HiddenUnitOfWork(UnitOfWork):
        hidden: Repository[Hidden]

    return HiddenUnitOfWork


def test_a_unit_of_local_classes_may_be_derived_from_elsewhere(table: InMemoryTable) -> None:
    class DerivedUnitOfWork(make_base()):  # type: ignore[misc]
        orders: Repository[Order]

    works(DerivedUnitOfWork(table), "hidden", "orders")


def test_mixins_add_their_repositories(table: InMemoryTable) -> None:
    class Local(Resource):
        name: str = ""

    class Orders(UnitOfWork):
        orders: Repository[Order]

    class Locals(UnitOfWork):
        locals: Repository[Local]

    class Both(Orders, Locals):
        pass

    works(Both(table), "orders", "locals")


def test_a_plain_mixin_may_annotate_repositories_too(table: InMemoryTable) -> None:
    class HasOrders:
        orders: Repository[Order]

    class MixedUnitOfWork(HasOrders, UnitOfWork):
        samples: Repository[Plain]

    works(MixedUnitOfWork(table), "orders", "samples")


def test_an_abstract_unit_may_be_made_of_local_classes(table: InMemoryTable) -> None:
    class Local(Resource):
        name: str = ""

    class AbstractUnitOfWork(UnitOfWork, ABC):
        locals: Repository[Local]

    works(AbstractUnitOfWork(table), "locals")


def test_a_generic_unit_may_be_derived_from(table: InMemoryTable) -> None:
    item = TypeVar("item")

    class GenericUnitOfWork(UnitOfWork, Generic[item]):
        orders: Repository[Order]

    class ConcreteUnitOfWork(GenericUnitOfWork[int]):
        samples: Repository[Plain]

    works(ConcreteUnitOfWork(table), "orders", "samples")


def test_an_unknown_name_in_an_annotation_is_a_model_error(table: InMemoryTable) -> None:
    class BrokenUnitOfWork(UnitOfWork):
        orders: Repository[NoSuchModel]  # type: ignore[name-defined]  # noqa: F821  # pyright: ignore[reportUndefinedVariable]

    with pytest.raises(ModelError, match="NoSuchModel"):
        BrokenUnitOfWork(table)


def test_a_unit_without_repositories_commits_nothing(table: InMemoryTable) -> None:
    counting = CountingTable(table)
    with UnitOfWork(counting) as unit:
        unit.commit()
    assert not counting.calls


def test_nothing_is_called_when_a_unit_is_made(table: InMemoryTable) -> None:
    counting = CountingTable(table)
    with ShopUnitOfWork(counting):
        pass
    assert not counting.calls


def test_units_may_be_entered_one_in_another(table: InMemoryTable) -> None:
    with ShopUnitOfWork(table) as outer:
        order = outer.orders.add(Order())
        with ShopUnitOfWork(table) as inner:
            assert inner.orders.find(order.resource_id) is None
            inner.commit()
        outer.commit()
    assert order.version == 1


def test_a_unit_belongs_to_the_thread_that_made_it(table: InMemoryTable) -> None:
    units: list[ShopUnitOfWork] = []
    thread = threading.Thread(target=lambda: units.append(ShopUnitOfWork(table)))
    thread.start()
    thread.join()
    with pytest.raises(UnitOfWorkStateError, match="thread"):
        units[0].__enter__()


def test_all_of_a_unit_is_stamped_by_its_clock(table: InMemoryTable) -> None:
    with ShopUnitOfWork(table, clock=ManualClock()) as unit:
        one, two = unit.orders.add(Order()), unit.later.add(DefinedLater())
        unit.commit()
    assert one.created_at == two.updated_at == START


def test_a_table_that_fails_leaves_the_unit_unusable_and_the_objects_alone(table: InMemoryTable) -> None:
    with SampleUnitOfWork(ScriptedTable(table, failing(TableUnavailableError("scripted")))) as unit:
        sample = unit.kept.add(Kept(title="first"))
        with pytest.raises(TableUnavailableError):
            unit.commit()
        with pytest.raises(UnitOfWorkStateError):
            unit.commit()
    assert sample.version == 0
    assert not unit.is_committed


def test_a_re_add_is_one_refused_and_one_successful_call(table: InMemoryTable) -> None:
    with SampleUnitOfWork(table) as unit:
        old = unit.kept.add(Kept(resource_id="x", title="first life"))
        unit.commit()
    with SampleUnitOfWork(table) as unit:
        unit.kept.delete(old)
        unit.commit()
    counting = CountingTable(table)
    with SampleUnitOfWork(counting) as unit:
        new = unit.kept.add(Kept(resource_id="x", title="second life"))
        other = unit.plain.add(Plain(title="other"))
        unit.commit()
    assert dict(counting.calls) == {"transact": 2}
    first, second = counting.plans
    assert first.write_id != second.write_id
    assert (new.version, other.version) == (3, 1)


def test_a_re_add_that_was_looked_for_is_one_call(table: InMemoryTable) -> None:
    with SampleUnitOfWork(table) as unit:
        old = unit.kept.add(Kept(resource_id="x", title="first life"))
        unit.commit()
    with SampleUnitOfWork(table) as unit:
        unit.kept.delete(old)
        unit.commit()
    counting = CountingTable(table)
    with SampleUnitOfWork(counting) as unit:
        assert unit.kept.find("x") is None
        unit.kept.add(Kept(resource_id="x", title="second life"))
        unit.commit()
    assert counting.calls["transact"] == 1


def test_a_re_add_whose_reply_was_lost_is_recognised(table: InMemoryTable) -> None:
    with SampleUnitOfWork(table) as unit:
        old = unit.kept.add(Kept(resource_id="x", title="first life"))
        unit.commit()
    with SampleUnitOfWork(table) as unit:
        unit.kept.delete(old)
        unit.commit()
    with SampleUnitOfWork(ScriptedTable(table, applied, resent)) as unit:
        new = unit.kept.add(Kept(resource_id="x", title="second life"))
        unit.plain.add(Plain(title="other"))
        unit.commit()
    assert new.version == 3


@pytest.mark.parametrize("forgetful", [False, True], ids=["tokens", "no tokens"])
def test_a_lost_reply_is_recognised_even_when_part_was_overwritten_since(
    table: InMemoryTable,
    forgetful: bool,  # noqa: FBT001 - a parameter
) -> None:
    def overwritten(behind: Table, plan: Plan) -> Outcome:
        behind.transact(plan)
        with SampleUnitOfWork(behind) as somebody:
            somebody.kept.get("x").title = "theirs"
            somebody.commit()
        if forgetful:
            # As if the token had expired: all that is left to recognise the write by is its id in the rows.
            table._tokens.clear()
        return behind.transact(plan)

    with SampleUnitOfWork(ScriptedTable(table, overwritten)) as unit:
        mine = unit.kept.add(Kept(resource_id="x", title="mine"))
        unit.plain.add(Plain(resource_id="y", title="mine"))
        unit.commit()
    assert mine.version == 1
    with SampleUnitOfWork(table) as unit:
        assert unit.kept.get("x").title == "theirs"


@pytest.mark.parametrize("loss", [lost_reply, lost_request])
def test_an_unknown_outcome_leaves_the_objects_alone_and_the_unit_unusable(
    table: InMemoryTable, loss: WriteStep
) -> None:
    with SampleUnitOfWork(ScriptedTable(table, *[loss] * 10), clock=ManualClock()) as unit:
        sample = unit.kept.add(Kept(title="first"))
        with pytest.raises(CommitOutcomeUnknownError):
            unit.commit()
        with pytest.raises(UnitOfWorkStateError):
            unit.commit()
    assert sample.version == 0
    assert not unit.is_committed


def test_run_gives_isolation_clock_and_ids_to_its_units(table: InMemoryTable) -> None:
    clock = ManualClock()
    counting = CountingTable(table)

    def work(unit: SampleUnitOfWork) -> Plain:
        assert unit.kept.find("nobody") is None
        return unit.plain.add(Plain(title="new"))

    sample = SampleUnitOfWork.run(counting, work, isolation="serializable", clock=clock)
    assert sample.created_at == START
    assert len(counting.plans[0].ops) == 2


def test_run_uses_a_subclass_of_its_own(table: InMemoryTable) -> None:
    seen: list[type] = []
    LargerUnitOfWork.run(table, lambda unit: seen.append(type(unit)))
    assert seen == [LargerUnitOfWork]


@pytest.mark.parametrize("error", [ConflictError([]), ContentionError("busy")])
def test_run_sleeps_between_attempts_and_not_after_the_last(table: InMemoryTable, error: Exception) -> None:
    clock = ManualClock()

    def work(unit: SampleUnitOfWork) -> None:
        raise error

    with pytest.raises(type(error)):
        SampleUnitOfWork.run(table, work, attempts=4, clock=clock, chance=lambda: 1.0)
    assert len(clock.sleeps) == 3
    assert clock.sleeps == sorted(clock.sleeps)


def test_run_retries_a_conflict_that_came_just_before_the_commit(table: InMemoryTable) -> None:
    with SampleUnitOfWork(table) as unit:
        unit.kept.add(Kept(resource_id="x", title="0"))
        unit.commit()

    def theirs() -> None:
        with SampleUnitOfWork(table) as somebody:
            somebody.kept.get("x").tags.append("theirs")
            somebody.commit()

    scripted = ScriptedTable(table, preceded_by(theirs), preceded_by(theirs))
    SampleUnitOfWork.run(scripted, lambda unit: unit.kept.get("x").tags.append("mine"), clock=ManualClock())
    with SampleUnitOfWork(table) as unit:
        assert unit.kept.get("x").tags == ["theirs", "theirs", "mine"]
    assert scripted.calls["transact"] == 3

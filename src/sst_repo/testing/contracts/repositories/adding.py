"""`add`: new resources, taken ids, what can't be stored."""

from datetime import UTC
from decimal import Decimal

import pytest

from sst_repo.core.limits import MAX_ITEM_BYTES
from sst_repo.errors import AlreadyExistsError, ItemTooLargeError, UnstorableValueError
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import requires
from sst_repo.testing.contracts.models import FrozenKept, FrozenPlain, Kept, Plain, Sample
from sst_repo.testing.contracts.repositories.base import RepositoryFixtures
from sst_repo.testing.contracts.stored import IMPOSSIBLE_IDS, STRANGE_IDS, noise
from sst_repo.testing.contracts.threads import together
from sst_repo.testing.wrappers import CountingTable


def _nested(levels: int) -> object:
    return "core" if levels == 0 else [_nested(levels - 1)]


UNSTORABLE = [
    float("nan"),
    float("inf"),
    Decimal("1E+126"),
    Decimal("1." + "1" * 38),
    10**38 + 1,
    _nested(40),
    object(),
]
"""What no table can give back as it was put."""


class AddingContract(RepositoryFixtures):
    """What `add` promises."""

    def test_add_returns_the_same_object_at_version_1(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = model(title="new")
        assert sample.version == 0
        assert repository.add(sample) is sample
        assert sample.version == 1

    def test_what_was_added_is_what_one_gets(self, repository: Repository[Sample], model: type[Sample]) -> None:
        added = repository.add(
            model(title="new", amount=Decimal("9.90"), tags=["a"], labels={"x", "y"}, facts={"half": 1.5, "n": [None]}),
        )
        got = repository.get(added.resource_id)
        assert got == added
        assert got is not added
        assert (got.version, got.created_at, got.updated_at) == (1, added.created_at, added.updated_at)

    def test_add_stamps_both_times_from_the_clock(
        self, repository: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        before = clock.time
        added = repository.add(model(title="new"))
        assert before <= added.created_at == added.updated_at <= clock.time
        assert added.created_at.tzinfo is UTC

    def test_each_resource_gets_an_id_of_its_own_in_order(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        ids = [repository.add(model(title=str(n))).resource_id for n in range(5)]
        assert ids == sorted(set(ids))

    def test_an_id_may_be_given_and_be_any_text(self, repository: Repository[Sample], model: type[Sample]) -> None:
        for resource_id in STRANGE_IDS:
            added = repository.add(model(resource_id=resource_id, title="mine"))
            assert added.resource_id == resource_id
            assert repository.get(resource_id) == added
            added.title = "changed"
            repository.save(added)
            assert repository.list(limit=1)[0] == added
            assert repository.versions(resource_id)[0] == added
        assert repository.get_many(STRANGE_IDS).keys() == set(STRANGE_IDS)

    @pytest.mark.parametrize("resource_id", IMPOSSIBLE_IDS)
    def test_an_id_that_no_row_can_have_is_refused_before_any_call(
        self, table: Table, model: type[Sample], resource_id: str
    ) -> None:
        counting = CountingTable(table)
        sample = model(title="mine").model_copy(update={"resource_id": resource_id})
        with pytest.raises(UnstorableValueError, match="resource_id"):
            TableRepository(model, counting).add(sample)
        assert not counting.calls

    def test_a_taken_id_is_refused_and_nothing_changes(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        first = repository.add(model(resource_id="taken", title="first"))
        first.title = "first, saved"
        repository.save(first)
        second = model(resource_id="taken", title="second")
        before = second.model_copy(deep=True)
        with pytest.raises(AlreadyExistsError) as refused:
            repository.add(second)
        assert (refused.value.type, refused.value.id, refused.value.version) == (model.__name__, "taken", 2)
        assert second == before
        assert repository.get("taken") == first

    def test_a_refused_resource_can_be_added_under_another_id(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        repository.add(model(resource_id="taken", title="first"))
        second = model(resource_id="taken", title="second")
        with pytest.raises(AlreadyExistsError):
            repository.add(second)
        second.resource_id = "free"
        assert repository.add(second).version == 1
        assert repository.get("free") == second

    def test_adding_twice_is_refused(self, repository: Repository[Sample], model: type[Sample]) -> None:
        sample = repository.add(model(title="once"))
        with pytest.raises(AlreadyExistsError):
            repository.add(sample)
        assert sample.version == 1

    def test_types_can_use_the_same_id(self, plain: Repository[Plain], kept: Repository[Kept]) -> None:
        one = plain.add(Plain(resource_id="same", title="plain"))
        two = kept.add(Kept(resource_id="same", title="kept"))
        assert plain.get("same") == one
        assert kept.get("same") == two
        plain.delete(one)
        assert kept.get("same") == two

    def test_what_is_stored_is_not_what_the_caller_holds(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        added = repository.add(model(title="new", tags=["a"], facts={"deep": {"list": [1]}}))
        added.tags.append("b")
        added.facts["deep"]["list"].append(2)
        got = repository.get(added.resource_id)
        assert (got.tags, got.facts) == (["a"], {"deep": {"list": [1]}})
        got.tags.append("c")
        assert repository.get(added.resource_id).tags == ["a"]

    @pytest.mark.parametrize("value", UNSTORABLE, ids=lambda value: str(value)[:20])
    def test_what_cant_be_stored_is_refused_before_any_call(
        self, table: Table, model: type[Sample], value: object
    ) -> None:
        counting = CountingTable(table)
        sample = model(title="new", facts={"value": value})
        before = dict(sample)
        with pytest.raises(UnstorableValueError) as refused:
            TableRepository(model, counting).add(sample)
        assert refused.value.path.startswith(f"{model.__name__}.facts")
        assert not counting.calls
        assert sample.version == 0
        assert all(dict(sample)[name] is kept for name, kept in before.items())

    def test_an_item_over_400_kb_is_refused_before_any_call(self, table: Table, model: type[Sample]) -> None:
        counting = CountingTable(table)
        sample = model(resource_id="huge", title="new", body=noise(MAX_ITEM_BYTES))
        before = sample.model_copy(deep=True)
        with pytest.raises(ItemTooLargeError) as refused:
            TableRepository(model, counting).add(sample)
        assert refused.value.bytes is not None
        assert refused.value.bytes > MAX_ITEM_BYTES
        assert refused.value.culprit == f"{model.__name__} huge"
        assert not counting.calls
        assert sample == before

    def test_an_item_of_almost_400_kb_is_stored_and_saved(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        added = repository.add(model(title="large", body=noise(MAX_ITEM_BYTES - 10_000)))
        assert repository.get(added.resource_id) == added
        added.body = noise(MAX_ITEM_BYTES - 10_000, seed=1)
        repository.save(added)
        assert repository.get(added.resource_id) == added

    @pytest.mark.parametrize("frozen", [FrozenPlain, FrozenKept], ids=["plain", "kept"])
    def test_a_frozen_resource_is_added_and_saved_as_a_copy(
        self, table: Table, clock: ManualClock, frozen: type[Sample]
    ) -> None:
        repository: Repository[Sample] = TableRepository(frozen, table, clock=clock)
        first = repository.add(frozen(title="first"))
        assert first.version == 1
        second = repository.save(first.model_copy(update={"title": "second"}))
        assert second.version == 2
        assert (first.title, first.version) == ("first", 1)
        assert repository.get(first.resource_id) == second

    @requires("threads")
    def test_of_eight_threads_that_add_one_id_one_wins(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        outcomes = together(lambda n: repository.add(model(resource_id="race", title=str(n))), 8)
        winners = [outcome for outcome in outcomes if isinstance(outcome, model)]
        losers = [outcome for outcome in outcomes if isinstance(outcome, AlreadyExistsError)]
        assert (len(winners), len(losers)) == (1, 7)
        assert repository.get("race") == winners[0]

"""`save`: the next version, in place."""

import copy
import pickle
from collections.abc import Callable
from decimal import Decimal

import pytest

from sst_repo.core.limits import MAX_ITEM_BYTES
from sst_repo.errors import ConflictError, ItemTooLargeError, NotFoundError, UnstorableValueError
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import requires
from sst_repo.testing.contracts.models import Kept, Narrow, Plain, Sample, Wide
from sst_repo.testing.contracts.repositories.base import RepositoryFixtures, titles
from sst_repo.testing.contracts.stored import noise, stored_row
from sst_repo.testing.contracts.threads import together
from sst_repo.testing.wrappers import CountingTable

COPIERS: dict[str, Callable[[Sample], Sample]] = {
    "model_copy": lambda sample: sample.model_copy(),
    "model_copy deep": lambda sample: sample.model_copy(deep=True),
    "copy.copy": copy.copy,
    "copy.deepcopy": copy.deepcopy,
    "pickle": lambda sample: pickle.loads(pickle.dumps(sample)),  # noqa: S301 - its own bytes
}
"""The ways to a copy that remembers what its original remembers."""

CHANGES: dict[str, Callable[[Sample], object]] = {
    "field": lambda sample: setattr(sample, "amount", Decimal("2.5")),
    "list": lambda sample: sample.tags.append("b"),
    "set": lambda sample: sample.labels.add("y"),
    "deep in a dict": lambda sample: sample.facts["deep"]["list"].append(2),
    "part": lambda sample: setattr(sample.address, "city", "Oslo"),
    "deep in a part": lambda sample: sample.address.lines.append("2nd floor"),
}
"""The ways to change a resource, in place too."""

each_copier = pytest.mark.parametrize("copier", COPIERS.values(), ids=COPIERS.keys())


def rich(model: type[Sample], **fields: object) -> Sample:
    """Return a sample with something in each field."""
    content = {"title": "rich", "tags": ["a"], "labels": {"x"}, "facts": {"deep": {"list": [1]}}, **fields}
    return model.model_validate(content)


def rebuilt(sample: Sample, **changes: object) -> Sample:
    """Return what a request body would give: the same fields, but no memory of the table."""
    return type(sample).model_validate(sample.model_dump() | changes)


class SavingContract(RepositoryFixtures):
    """What `save` promises."""

    def test_save_makes_the_next_version_in_place(
        self, repository: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        sample = repository.add(model(title="first"))
        created = sample.created_at
        for version in (2, 3, 4):
            sample.title = f"title {version}"
            before = clock.time
            assert repository.save(sample) is sample
            assert (sample.version, sample.created_at) == (version, created)
            assert before <= sample.updated_at <= clock.time
            assert repository.get(sample.resource_id) == sample

    @pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
    @pytest.mark.parametrize("loaded", [False, True], ids=["added", "loaded"])
    def test_every_change_is_noticed(
        self,
        repository: Repository[Sample],
        model: type[Sample],
        change: Callable[[Sample], object],
        loaded: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        sample = repository.add(rich(model))
        if loaded:
            sample = repository.get(sample.resource_id)
        change(sample)
        repository.save(sample)
        assert sample.version == 2
        assert repository.get(sample.resource_id) == sample

    def test_what_has_not_changed_is_not_written(
        self, table: Table, model: type[Sample], repository: Repository[Sample]
    ) -> None:
        added = repository.add(rich(model))
        before = stored_row(table, model, added.resource_id)
        updated = added.updated_at
        counting = CountingTable(table)
        watched: Repository[Sample] = TableRepository(model, counting)
        watched.save(added)
        got = repository.get(added.resource_id)
        got.tags.append("b")
        got.tags.pop()
        watched.save(got)
        assert not counting.calls
        assert (added.version, added.updated_at) == (got.version, got.updated_at) == (1, updated)
        assert stored_row(table, model, added.resource_id) == before

    def test_a_field_that_the_class_got_later_is_no_change(self, table: Table) -> None:
        old = TableRepository(Narrow, table).add(Narrow(title="old"))
        counting = CountingTable(table)
        wide = TableRepository(Wide, counting)
        got = wide.get(old.resource_id)
        assert got.grade == 3
        wide.save(got)
        assert not counting.calls["transact"]
        got.grade = 4
        assert wide.save(got).version == 2
        assert wide.get(old.resource_id) == got

    @each_copier
    def test_a_copy_is_saved_without_a_read(
        self,
        table: Table,
        repository: Repository[Sample],
        model: type[Sample],
        copier: Callable[[Sample], Sample],
    ) -> None:
        sample = repository.add(rich(model))
        copied = copier(sample)
        assert copied == sample
        copied.title = "changed copy"
        counting = CountingTable(table)
        TableRepository(model, counting).save(copied)
        assert dict(counting.calls) == {"transact": 1}
        assert copied.version == 2
        assert (sample.version, sample.title) == (1, "rich")
        assert repository.get(sample.resource_id) == copied

    @each_copier
    def test_a_copy_of_a_kept_resource_keeps_its_history(
        self, kept: Repository[Kept], copier: Callable[[Sample], Sample]
    ) -> None:
        first = kept.add(Kept(title="first"))
        second = copier(first)
        assert isinstance(second, Kept)
        second.title = "second"
        kept.save(second)
        assert list(kept.versions(first.resource_id)) == [second, first]

    def test_one_built_by_hand_from_id_and_version_is_saved(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = repository.add(rich(model))
        by_hand = model(resource_id=sample.resource_id, version=1, title="by hand")
        assert repository.save(by_hand) is by_hand
        assert (by_hand.version, by_hand.created_at) == (2, sample.created_at)
        assert repository.get(sample.resource_id) == by_hand

    def test_one_built_by_hand_leaves_the_old_version_in_the_history(self, kept: Repository[Kept]) -> None:
        first = kept.add(Kept(title="first", tags=["a"]))
        second = kept.save(Kept(resource_id=first.resource_id, version=1, title="second"))
        assert list(kept.versions(first.resource_id)) == [second, first]

    def test_one_built_by_hand_that_equals_what_is_stored_is_not_written(
        self, table: Table, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = repository.add(model(title="same"))
        before = stored_row(table, model, sample.resource_id)
        by_hand = model(resource_id=sample.resource_id, version=1, title="same")
        repository.save(by_hand)
        assert stored_row(table, model, sample.resource_id) == before
        assert by_hand == sample

    def test_one_built_by_hand_from_another_version_is_refused(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = repository.add(rich(model))
        for version in (2, 7):
            by_hand = rebuilt(sample, version=version, title="by hand")
            before = by_hand.model_copy(deep=True)
            with pytest.raises(ConflictError) as refused:
                repository.save(by_hand)
            (conflict,) = refused.value.conflicts
            assert (conflict.type, conflict.id) == (model.__name__, sample.resource_id)
            assert (conflict.expected, conflict.actual) == (version, 1)
            assert by_hand == before
        assert repository.get(sample.resource_id) == sample

    def test_one_built_by_hand_of_what_is_not_there_is_refused(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        with pytest.raises(ConflictError) as refused:
            repository.save(model(resource_id="nobody", version=3, title="by hand"))
        (conflict,) = refused.value.conflicts
        assert (conflict.expected, conflict.actual) == (3, None)
        assert not repository.exists("nobody")

    def test_what_was_never_added_is_not_found(self, repository: Repository[Sample], model: type[Sample]) -> None:
        sample = model(title="never added")
        with pytest.raises(NotFoundError) as refused:
            repository.save(sample)
        assert (refused.value.type, refused.value.id) == (model.__name__, sample.resource_id)
        assert sample.version == 0
        assert not repository.exists(sample.resource_id)

    def test_version_0_is_not_found_even_where_the_id_is_taken(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = repository.add(model(resource_id="taken", title="first"))
        with pytest.raises(NotFoundError):
            repository.save(model(resource_id="taken", title="second"))
        assert repository.get("taken") == sample

    def test_an_unstorable_change_is_refused_before_any_call_and_leaves_the_object_alone(
        self, table: Table, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = repository.add(rich(model))
        stored = stored_row(table, model, sample.resource_id)
        sample.facts["bad"] = float("inf")
        before = sample.model_copy(deep=True)
        counting = CountingTable(table)
        with pytest.raises(UnstorableValueError):
            TableRepository(model, counting).save(sample)
        assert not counting.calls
        assert sample == before
        del sample.facts["bad"]
        sample.title = "mended"
        assert repository.save(sample).version == 2
        assert stored.version == 1

    def test_a_change_to_over_400_kb_is_refused_before_any_call(
        self, table: Table, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = repository.add(model(resource_id="growing", title="small"))
        stored = stored_row(table, model, "growing")
        sample.body = noise(MAX_ITEM_BYTES)
        before = sample.model_copy(deep=True)
        counting = CountingTable(table)
        with pytest.raises(ItemTooLargeError) as refused:
            TableRepository(model, counting).save(sample)
        assert refused.value.culprit == f"{model.__name__} growing"
        assert not counting.calls
        assert sample == before
        assert stored_row(table, model, "growing") == stored

    def test_a_value_the_class_does_not_allow_is_refused(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = repository.add(model(title="text"))
        setattr(sample, "title", 5)  # noqa: B010 - what a type checker would not let pass
        with pytest.raises(UnstorableValueError, match="title"):
            repository.save(sample)
        assert repository.get(sample.resource_id).title == "text"

    @requires("threads")
    def test_of_eight_threads_that_save_from_one_version_one_wins(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = repository.add(model(title="start"))
        copies = [repository.get(sample.resource_id) for _ in range(8)]
        for number, copied in enumerate(copies):
            copied.title = str(number)
        outcomes = together(lambda number: repository.save(copies[number]), 8)
        winners = [outcome for outcome in outcomes if isinstance(outcome, model)]
        losers = [outcome for outcome in outcomes if isinstance(outcome, ConflictError)]
        assert (len(winners), len(losers)) == (1, 7)
        assert repository.get(sample.resource_id) == winners[0]
        for loser in losers:
            (conflict,) = loser.conflicts
            assert (conflict.type, conflict.id) == (model.__name__, sample.resource_id)
            assert (conflict.expected, conflict.actual) == (1, 2)
        assert sorted(copied.version for copied in copies) == [1] * 7 + [2]

    @requires("threads")
    def test_no_update_of_eight_threads_is_lost(self, repository: Repository[Sample], model: type[Sample]) -> None:
        sample_id = repository.add(model(title="counter", tags=[])).resource_id

        def count(number: int) -> None:
            while True:
                sample = repository.get(sample_id)
                sample.tags.append(str(number))
                try:
                    repository.save(sample)
                except ConflictError:
                    continue
                return

        assert together(count, 8) == [None] * 8
        assert sorted(repository.get(sample_id).tags) == [str(number) for number in range(8)]

    def test_what_is_saved_is_what_the_list_shows(self, repository: Repository[Sample], model: type[Sample]) -> None:
        sample = repository.add(model(title="before"))
        sample.title = "after"
        repository.save(sample)
        assert titles(repository.list()) == ["after"]
        assert repository.count() == 1

    def test_a_plain_type_has_just_the_latest_version(self, plain: Repository[Plain]) -> None:
        sample = plain.add(Plain(title="first"))
        sample.title = "second"
        plain.save(sample)
        assert list(plain.versions(sample.resource_id)) == [sample]
        with pytest.raises(NotFoundError):
            plain.get_version(sample.resource_id, 1)

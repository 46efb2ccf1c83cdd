"""DynamoDB's limits, named before any call."""

import pytest

from sst_repo.core.limits import MAX_ITEM_BYTES
from sst_repo.errors import ItemTooLargeError, TransactionTooLargeError
from sst_repo.ports import Repository
from sst_repo.testing.contracts.models import Kept, Plain, SampleUnitOfWork
from sst_repo.testing.contracts.stored import noise
from sst_repo.testing.contracts.units.base import UnitFixtures
from sst_repo.testing.wrappers import CountingTable


class LimitsContract(UnitFixtures):
    """What a commit can hold."""

    def test_100_actions_are_committed_and_101_are_not(self, counting: CountingTable, plain: Repository[Plain]) -> None:
        with SampleUnitOfWork(counting) as unit:
            for number in range(100):
                unit.plain.add(Plain(title=str(number)))
            unit.commit()
        assert plain.count() == 100
        counting.reset()
        with SampleUnitOfWork(counting) as unit:
            for number in range(101):
                unit.plain.add(Plain(title=str(number)))
            with pytest.raises(TransactionTooLargeError) as refused:
                unit.commit()
        assert refused.value.count == 101
        assert refused.value.bytes > 0
        assert refused.value.culprit.startswith("Plain ")
        assert not counting.calls
        assert plain.count() == 100

    def test_a_change_to_a_kept_resource_is_two_actions(self, counting: CountingTable, kept: Repository[Kept]) -> None:
        ids = [kept.add(Kept(title="old")).resource_id for _ in range(51)]
        with SampleUnitOfWork(counting) as unit:
            for sample in unit.kept.get_many(ids).values():
                sample.title = "new"
            counting.reset()
            with pytest.raises(TransactionTooLargeError) as refused:
                unit.commit()
        assert refused.value.count == 102
        assert not counting.calls
        with SampleUnitOfWork(counting) as unit:
            for sample in unit.kept.get_many(ids[:50]).values():
                sample.title = "new"
            unit.commit()
        assert sum(sample.title == "new" for sample in kept.get_many(ids).values()) == 50

    def test_what_a_unit_insists_on_counts_too(self, counting: CountingTable) -> None:
        with SampleUnitOfWork(counting, isolation="serializable") as unit:
            unit.plain.get_many(str(number) for number in range(100))
            unit.plain.add(Plain(title="one more"))
            with pytest.raises(TransactionTooLargeError) as refused:
                unit.commit()
        assert refused.value.count == 101
        assert not counting.calls["transact"]

    def test_over_4_mb_are_refused(self, unit: SampleUnitOfWork, counting: CountingTable) -> None:
        with unit:
            for number in range(11):
                unit.plain.add(Plain(resource_id=str(number), title="large", body=noise(390_000 + number)))
            with pytest.raises(TransactionTooLargeError) as refused:
                unit.commit()
        assert refused.value.count == 11
        assert refused.value.bytes > 4 * 1024 * 1024
        assert refused.value.culprit == "Plain 10"
        assert not counting.calls

    def test_almost_4_mb_are_committed(self, unit: SampleUnitOfWork, plain: Repository[Plain]) -> None:
        with unit:
            samples = [unit.plain.add(Plain(title="large", body="x" * 390_000)) for _ in range(10)]
            unit.commit()
        assert plain.get(samples[-1].resource_id) == samples[-1]
        assert plain.count() == 10

    def test_the_item_over_400_kb_is_named(self, unit: SampleUnitOfWork, counting: CountingTable) -> None:
        with unit:
            unit.plain.add(Plain(title="small"))
            unit.kept.add(Kept(resource_id="huge", title="huge", body="x" * MAX_ITEM_BYTES))
            with pytest.raises(ItemTooLargeError) as refused:
                unit.commit()
        assert refused.value.culprit == "Kept huge"
        assert refused.value.bytes is not None
        assert refused.value.bytes > MAX_ITEM_BYTES
        assert not counting.calls

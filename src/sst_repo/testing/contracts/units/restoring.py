"""Old versions in a unit: shown, and brought back by the commit."""

import pytest

from sst_repo.errors import NotFoundError
from sst_repo.ports import Repository
from sst_repo.testing.contracts.models import Kept, SampleUnitOfWork
from sst_repo.testing.contracts.units.base import UnitFixtures
from sst_repo.testing.wrappers import CountingTable


class RestoringContract(UnitFixtures):
    """What a unit does with old versions."""

    def test_a_restored_version_is_stored_by_the_commit(self, unit: SampleUnitOfWork, kept: Repository[Kept]) -> None:
        sample = kept.add(Kept(resource_id="storied", title="first", tags=["a"]))
        sample.title = "second"
        sample.tags = []
        kept.save(sample)
        with unit:
            mine = unit.kept.get("storied")
            assert unit.kept.restore("storied", 1) is mine
            assert (mine.title, mine.tags, mine.version) == ("first", ["a"], 2)
            assert kept.get("storied") == sample
            unit.commit()
        assert mine.version == 3
        assert kept.get("storied") == mine
        assert [old.title for old in kept.versions("storied")] == ["first", "second", "first"]

    def test_restoring_the_latest_version_makes_the_next_one(
        self, unit: SampleUnitOfWork, kept: Repository[Kept]
    ) -> None:
        kept.add(Kept(resource_id="storied", title="first"))
        with unit:
            mine = unit.kept.restore("storied", 1)
            unit.commit()
        assert (mine.version, kept.get("storied")) == (2, mine)

    def test_a_deleted_resource_is_brought_back_by_the_commit(
        self, unit: SampleUnitOfWork, kept: Repository[Kept]
    ) -> None:
        kept.delete(kept.add(Kept(resource_id="storied", title="first")))
        with unit:
            assert unit.kept.find("storied") is None
            mine = unit.kept.restore("storied", 1)
            assert unit.kept.get("storied") is mine
            unit.commit()
        assert mine.version == 3
        assert kept.get("storied") == mine

    def test_a_resource_brought_back_can_be_changed_and_deleted(
        self, unit: SampleUnitOfWork, kept: Repository[Kept]
    ) -> None:
        for name in ("changed", "deleted"):
            kept.delete(kept.add(Kept(resource_id=name, title="first")))
        with unit:
            unit.kept.restore("changed", 1).title = "second life"
            unit.kept.delete(unit.kept.restore("deleted", 1))
            unit.commit()
        assert (kept.get("changed").title, kept.get("changed").version) == ("second life", 3)
        assert not kept.exists("deleted")

    def test_restore_of_what_is_not_there_is_not_found(self, unit: SampleUnitOfWork, kept: Repository[Kept]) -> None:
        kept.add(Kept(resource_id="storied", title="first"))
        with unit:
            for resource_id, version in (("storied", 2), ("nobody", 1), ("", 1)):
                with pytest.raises(NotFoundError):
                    unit.kept.restore(resource_id, version)

    def test_old_versions_are_shown_and_not_tracked(
        self, unit: SampleUnitOfWork, counting: CountingTable, kept: Repository[Kept]
    ) -> None:
        sample = kept.add(Kept(resource_id="storied", title="first"))
        sample.title = "second"
        kept.save(sample)
        with unit:
            page = unit.kept.versions("storied")
            old = unit.kept.get_version("storied", 1)
            assert [version.title for version in page] == ["second", "first"]
            assert page[1] == old
            for version in (*page, old):
                version.title = "not tracked"
            unit.commit()
        assert not counting.calls["transact"]

"""What the parts of `UnitOfWorkContract` share."""

from typing import Literal, TypeAlias, cast

import pytest

from sst_repo.errors import ConflictError
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.models import Plain, Sample, SampleUnitOfWork
from sst_repo.testing.contracts.samples import SampleFixtures
from sst_repo.testing.wrappers import CountingTable

Isolation: TypeAlias = Literal["optimistic", "serializable"]

Told: TypeAlias = tuple[str, str, int | None, int | None]
"""A conflict: type, id, expected, actual."""

each_isolation = pytest.mark.parametrize("isolation", ["optimistic", "serializable"])


class UnitFixtures(SampleFixtures):
    """Units on a table that counts; what asks for `model` or `stored` runs with history and without."""

    @pytest.fixture
    def stored(self, table: Table, model: type[Sample], clock: ManualClock) -> Repository[Sample]:
        """What is stored, as others see and change it."""
        return TableRepository(model, table, clock=clock)

    @pytest.fixture
    def counting(self, table: Table) -> CountingTable:
        """The table of the units, which counts."""
        return CountingTable(table)

    @pytest.fixture
    def unit(self, counting: CountingTable, clock: ManualClock) -> SampleUnitOfWork:
        """A unit that has not been entered."""
        return SampleUnitOfWork(counting, clock=clock)

    @pytest.fixture
    def serializable(self, counting: CountingTable, clock: ManualClock) -> SampleUnitOfWork:
        """A unit that insists on all it has read; it has not been entered."""
        return SampleUnitOfWork(counting, isolation="serializable", clock=clock)


def of(unit: SampleUnitOfWork, model: type[Sample]) -> Repository[Sample]:
    """Return the unit's repository of a class."""
    return cast("Repository[Sample]", unit.plain if model is Plain else unit.kept)


def told(error: ConflictError) -> set[Told]:
    """Return what a conflict tells."""
    return {(conflict.type, conflict.id, conflict.expected, conflict.actual) for conflict in error.conflicts}


def refused(unit: SampleUnitOfWork) -> set[Told]:
    """See a commit refused by a conflict, and return what it tells."""
    with pytest.raises(ConflictError) as error:
        unit.commit()
    assert not unit.is_committed
    assert len(error.value.conflicts) == len(told(error.value))
    return told(error.value)


def changed(repository: Repository[Sample], resource_id: str, title: str) -> Sample:
    """Have somebody else change a resource."""
    theirs = repository.get(resource_id)
    theirs.title = title
    return repository.save(theirs)

"""What every unit of work promises on every table."""

from sst_repo.testing.contracts.units.committing import CommittingContract
from sst_repo.testing.contracts.units.conflicts import ConflictsContract
from sst_repo.testing.contracts.units.detached import DetachedContract
from sst_repo.testing.contracts.units.isolation import IsolationContract
from sst_repo.testing.contracts.units.lifecycle import LifecycleContract
from sst_repo.testing.contracts.units.limits import LimitsContract
from sst_repo.testing.contracts.units.restoring import RestoringContract
from sst_repo.testing.contracts.units.running import RunningContract
from sst_repo.testing.contracts.units.tracking import TrackingContract


class UnitOfWorkContract(
    TrackingContract,
    RestoringContract,
    CommittingContract,
    LimitsContract,
    ConflictsContract,
    DetachedContract,
    IsolationContract,
    LifecycleContract,
    RunningContract,
):
    """Derive, name the class `Test…`, and provide the fixture `table`.

    Attributes:
        lacks: The capabilities the table lacks: "threads".
    """

"""What every repository promises on every table."""

from sst_repo.testing.contracts.repositories.adding import AddingContract
from sst_repo.testing.contracts.repositories.adding_many import AddingManyContract
from sst_repo.testing.contracts.repositories.corruption import CorruptionContract
from sst_repo.testing.contracts.repositories.deleting import DeletingContract
from sst_repo.testing.contracts.repositories.history import HistoryContract
from sst_repo.testing.contracts.repositories.listing import ListingContract
from sst_repo.testing.contracts.repositories.lost_answers import LostAnswersContract
from sst_repo.testing.contracts.repositories.naming import NamingContract
from sst_repo.testing.contracts.repositories.purging import PurgingContract
from sst_repo.testing.contracts.repositories.reading import ReadingContract
from sst_repo.testing.contracts.repositories.saving import SavingContract
from sst_repo.testing.contracts.repositories.scanning import ScanningContract
from sst_repo.testing.contracts.repositories.stale import StaleContract


class RepositoryContract(
    AddingContract,
    AddingManyContract,
    ReadingContract,
    SavingContract,
    StaleContract,
    DeletingContract,
    HistoryContract,
    PurgingContract,
    ListingContract,
    ScanningContract,
    CorruptionContract,
    NamingContract,
    LostAnswersContract,
):
    """Derive, name the class `Test…`, and provide the fixture `table`.

    Attributes:
        lacks: The capabilities the table lacks: "threads", "tokens".
    """

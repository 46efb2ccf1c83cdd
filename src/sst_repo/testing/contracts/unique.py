"""What unique values promise on every table."""

from sst_repo.testing.contracts.uniques.adopting import UniqueAdoptionContract
from sst_repo.testing.contracts.uniques.finding import UniqueFindingContract
from sst_repo.testing.contracts.uniques.units import UniqueUnitContract
from sst_repo.testing.contracts.uniques.writing import UniqueWritingContract


class UniqueContract(
    UniqueWritingContract,
    UniqueFindingContract,
    UniqueUnitContract,
    UniqueAdoptionContract,
):
    """Derive, name the class `Test…`, and provide the fixture `table`.

    Attributes:
        lacks: The capabilities the table lacks: "threads", "tokens".
    """

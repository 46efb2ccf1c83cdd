"""What a check of a table promises on every table."""

from sst_repo.testing.contracts.checks.finding import CheckFindingContract
from sst_repo.testing.contracts.checks.racing import CheckRacingContract
from sst_repo.testing.contracts.checks.repairing import CheckRepairContract


class CheckContract(CheckFindingContract, CheckRepairContract, CheckRacingContract):
    """Derive, name the class `Test…`, and provide the fixture `table`."""

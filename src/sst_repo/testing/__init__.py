"""What to test with: the contracts every table keeps, clocks and tables to tests' liking, faults, a DynamoDB Local.

The contracts are pytest suites and need pytest; everything else works without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from sst_repo.tables.delegating import DelegatingTable
from sst_repo.testing.budgets import CapacityExceededError, Spending, capacity_budget
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.dynamodb_local import DynamoDBLocal, DynamoDBLocalUnavailable
from sst_repo.testing.empty_tables import EmptyTables
from sst_repo.testing.faults import Fault, FaultProxy, FaultSchedule, FaultyTable
from sst_repo.testing.wrappers import CountingTable, ScriptedTable

if TYPE_CHECKING:
    from sst_repo.testing.contracts.access import AccessContract
    from sst_repo.testing.contracts.base import Lack, requires
    from sst_repo.testing.contracts.repository import RepositoryContract
    from sst_repo.testing.contracts.table import TableContract
    from sst_repo.testing.contracts.unique import UniqueContract
    from sst_repo.testing.contracts.unit_of_work import UnitOfWorkContract
    from sst_repo.testing.contracts.values import ValueContract

__all__ = [
    "AccessContract",
    "CapacityExceededError",
    "CountingTable",
    "DelegatingTable",
    "DynamoDBLocal",
    "DynamoDBLocalUnavailable",
    "EmptyTables",
    "Fault",
    "FaultProxy",
    "FaultSchedule",
    "FaultyTable",
    "Lack",
    "ManualClock",
    "RepositoryContract",
    "ScriptedTable",
    "Spending",
    "TableContract",
    "UniqueContract",
    "UnitOfWorkContract",
    "ValueContract",
    "capacity_budget",
    "requires",
]

_IN_CONTRACTS = {
    "AccessContract": "access",
    "Lack": "base",
    "RepositoryContract": "repository",
    "TableContract": "table",
    "UniqueContract": "unique",
    "UnitOfWorkContract": "unit_of_work",
    "ValueContract": "values",
    "requires": "base",
}


def __getattr__(name: str) -> object:
    """Import a contract when it is asked for: the demo, say, runs where there is no pytest."""
    if name in _IN_CONTRACTS:
        return getattr(import_module(f"sst_repo.testing.contracts.{_IN_CONTRACTS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""A domain persistence layer for DynamoDB: repositories with optimistic locking and history, and a unit of work."""

from importlib import import_module
from typing import TYPE_CHECKING

from sst_repo.additions import AddProgress, AddReport, FailedAdd
from sst_repo.conditions import Condition, F
from sst_repo.consumption import Consumed
from sst_repo.errors import (
    AccessDeniedError,
    AlreadyExistsError,
    CommitError,
    CommitOutcomeUnknownError,
    Conflict,
    ConflictError,
    ContentionError,
    CorruptRecordError,
    InvalidCursorError,
    InvalidQueryError,
    ItemTooLargeError,
    ModelError,
    NotFoundError,
    SstRepoError,
    TableError,
    TableNotFoundError,
    TableUnavailableError,
    TransactionTooLargeError,
    UniqueViolationError,
    UnitOfWorkStateError,
    UnstorableValueError,
)
from sst_repo.explanations import Explanation
from sst_repo.indexes import Index, KeyQuery
from sst_repo.listings import Listing
from sst_repo.observation import Observer, TableCall
from sst_repo.pages import CollectionPage, Page
from sst_repo.ports import Clock, IdFactory, Repository
from sst_repo.repository import DynamoDBRepository, InMemoryRepository, TableRepository
from sst_repo.resource import Resource, VersionedResource
from sst_repo.scans import ScanProgress, ScanRun
from sst_repo.tables.base import Table
from sst_repo.tables.memory import InMemoryTable
from sst_repo.uniques import Unique
from sst_repo.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from sst_repo.checking import check
    from sst_repo.checks import CheckReport, Finding, FindingKind
    from sst_repo.tables.dynamodb import DynamoDBTable

__all__ = [
    "AccessDeniedError",
    "AddProgress",
    "AddReport",
    "AlreadyExistsError",
    "CheckReport",
    "Clock",
    "CollectionPage",
    "CommitError",
    "CommitOutcomeUnknownError",
    "Condition",
    "Conflict",
    "ConflictError",
    "Consumed",
    "ContentionError",
    "CorruptRecordError",
    "DynamoDBRepository",
    "DynamoDBTable",
    "Explanation",
    "F",
    "FailedAdd",
    "Finding",
    "FindingKind",
    "IdFactory",
    "InMemoryRepository",
    "InMemoryTable",
    "Index",
    "InvalidCursorError",
    "InvalidQueryError",
    "ItemTooLargeError",
    "KeyQuery",
    "Listing",
    "ModelError",
    "NotFoundError",
    "Observer",
    "Page",
    "Repository",
    "Resource",
    "ScanProgress",
    "ScanRun",
    "SstRepoError",
    "Table",
    "TableCall",
    "TableError",
    "TableNotFoundError",
    "TableRepository",
    "TableUnavailableError",
    "TransactionTooLargeError",
    "Unique",
    "UniqueViolationError",
    "UnitOfWork",
    "UnitOfWorkStateError",
    "UnstorableValueError",
    "VersionedResource",
    "check",
]


_ON_DEMAND = {
    "CheckReport": "sst_repo.checks",
    "DynamoDBTable": "sst_repo.tables.dynamodb",
    "Finding": "sst_repo.checks",
    "FindingKind": "sst_repo.checks",
    "check": "sst_repo.checking",
}
"""What is imported when it is asked for: who works in memory waits neither for boto3 nor for what checks tables."""


def __getattr__(name: str) -> object:
    """Import what is seldom asked for."""
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_ON_DEMAND[name]), name)
    globals()[name] = found
    return found

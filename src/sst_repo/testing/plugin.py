"""The pytest plugin: tables to test on, tests that run on each of them, and budgets. pytest finds it by itself.

| fixture | scope | is |
|---|---|---|
| `memory_table` | test | an empty `InMemoryTable` |
| `dynamodb_table` | test | an empty `DynamoDBTable` on DynamoDB Local, which no other test uses meanwhile |
| `table` | test | the first of them; with the marker `on_each_table`, one after the other |
| `dynamodb_local` | session | the server; under pytest-xdist each worker has its own |
| `table_options` | test | what the tables are made with; override it: `{"gsis": 2, "cursor_secret": ...}` |

| marker | has the test |
|---|---|
| `on_each_table` | run once on each kind of table, by its fixture `table` |
| `capacity_budget(read=, write=, calls=)` | fail if it costs more, its fixtures not counted |
| `dynamodb_local` | be one that needs the server; set by itself, to be chosen by: `-m "not dynamodb_local"` |
"""

import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sst_repo.tables.base import Table
    from sst_repo.tables.dynamodb import DynamoDBTable
    from sst_repo.tables.memory import InMemoryTable
    from sst_repo.testing.dynamodb_local import DynamoDBLocal
    from sst_repo.testing.empty_tables import EmptyTables

WITHOUT_VARIABLE = "SST_REPO_NO_DYNAMODB_LOCAL"

_KINDS = ("memory", pytest.param("dynamodb", marks=pytest.mark.dynamodb_local))
_MARKERS = (
    "on_each_table: run it in memory and on DynamoDB Local, by its fixture `table`",
    "capacity_budget(*, read=None, write=None, calls=None): fail if the test takes more units or requests",
    "dynamodb_local: it needs DynamoDB Local; set by itself",
)

# What needs boto3 is imported by the fixtures that need it: pytest loads the plugin wherever the package is installed.


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests that are marked so on each table."""
    if metafunc.definition.get_closest_marker("on_each_table") is None:
        return
    if "table" not in metafunc.fixturenames:
        raise pytest.UsageError(f"{metafunc.definition.nodeid} is marked on_each_table, but has no argument `table`")
    metafunc.parametrize("table", _KINDS, indirect=True)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what needs the server."""
    if "dynamodb_local" in getattr(item, "fixturenames", ()):
        item.add_marker("dynamodb_local")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Hold tests to their budgets."""
    marker = item.get_closest_marker("capacity_budget")
    if marker is None:
        return (yield)
    from sst_repo.testing.budgets import capacity_budget  # noqa: PLC0415

    with capacity_budget(**marker.kwargs):
        return (yield)


@pytest.fixture
def table_options() -> dict[str, Any]:
    """What the tables are made with; override it to have others."""
    return {}


@pytest.fixture
def memory_table(table_options: dict[str, Any]) -> "InMemoryTable":
    """An empty table in memory."""
    from sst_repo.tables.memory import InMemoryTable  # noqa: PLC0415

    return InMemoryTable(**table_options)


@pytest.fixture(scope="session")
def dynamodb_local() -> Iterator["DynamoDBLocal"]:
    """A DynamoDB Local for the session; under pytest-xdist each worker has its own, from its first use on.

    Where none can be had the tests that ask for it fail, so that nobody takes them for passed. With
    `SST_REPO_NO_DYNAMODB_LOCAL=1` in the environment none is looked for, and they are skipped.
    """
    from sst_repo.testing.dynamodb_local import DynamoDBLocal, DynamoDBLocalUnavailable  # noqa: PLC0415

    if os.environ.get(WITHOUT_VARIABLE) == "1":
        pytest.skip(f"{WITHOUT_VARIABLE}=1 is set")
    try:
        local = DynamoDBLocal.launch()
    except DynamoDBLocalUnavailable as error:
        pytest.fail(f"{error}\nOr set {WITHOUT_VARIABLE}=1 to skip these tests.", pytrace=False)
    with local:
        yield local


@pytest.fixture(scope="session")
def dynamodb_tables(dynamodb_local: "DynamoDBLocal") -> "EmptyTables":
    """Lends empty tables on it, for tests that need several."""
    from sst_repo.testing.empty_tables import EmptyTables  # noqa: PLC0415

    return EmptyTables(dynamodb_local.client())


@pytest.fixture
def dynamodb_table(dynamodb_tables: "EmptyTables", table_options: dict[str, Any]) -> Iterator["DynamoDBTable"]:
    """An empty table on DynamoDB Local that no other test uses meanwhile."""
    with dynamodb_tables.one(**table_options) as table:
        yield table


@pytest.fixture
def table(request: pytest.FixtureRequest) -> "Table":
    """A table in memory; in a test that is marked `on_each_table`, each kind in turn."""
    kind: str = getattr(request, "param", "memory")
    found: Table = request.getfixturevalue(f"{kind}_table")
    return found

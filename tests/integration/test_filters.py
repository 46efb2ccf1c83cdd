"""Filters mean on DynamoDB Local what `satisfies` says. Local tells no lies about them (docs/emulators.md)."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from sst_repo.core.expressions import compile_filter
from sst_repo.core.filters import And, Compare, Contains, Exists, Filter, In, Not, Or, SizeIs
from sst_repo.errors import InvalidQueryError
from tests.contract import filter_cases as cases

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = pytest.mark.integration

ROWS = cases.some_rows()
ONE = {"N": "1"}


@pytest.fixture(scope="module")
def client(local_client: "DynamoDBClient") -> "DynamoDBClient":
    cases.create(local_client)
    cases.put(local_client, "p", ROWS)
    return local_client


@settings(max_examples=500)
@given(condition=cases.filters())
def test_a_filter_finds_what_satisfies_says(client: "DynamoDBClient", condition: Filter) -> None:
    assert cases.found(client, "p", condition) == cases.satisfying(ROWS, condition)


@pytest.mark.parametrize(
    "most",
    [
        Or(tuple(Compare(("a",), "=", ONE) for _ in range(150))),
        Or(tuple(SizeIs(("a",), "=", 1) for _ in range(100))),
        Or(tuple(In(("a",), tuple({"N": str(n)} for n in range(100))) for _ in range(5))),
        And(tuple(Not(Exists(("a",))) for _ in range(100))),
        Compare(("a", *["x"] * 31), "=", ONE),
        Compare(("a", 409_600), "=", ONE),
        Contains(("a",), {"S": "x" * (1024 * 1024 - 16 * 1024 - 10)}),
    ],
    ids=["operators", "sizes", "values", "absences", "steps", "index", "bytes"],
)
def test_the_largest_filters_that_are_sent_are_taken(client: "DynamoDBClient", most: Filter) -> None:
    assert cases.found(client, "p", most) == cases.satisfying(ROWS, most)


def test_one_operator_more_is_refused_before_the_call() -> None:
    with pytest.raises(InvalidQueryError, match="301 operators"):
        compile_filter(Or(tuple(Compare(("a",), "=", ONE) for _ in range(151))))

"""Filters mean on moto what `satisfies` says, where moto does not lie.

It does about order among different types, about sizes and about binaries (docs/emulators.md), and cannot read NOT NOT.
So here all rows have all attributes, each of one type; the rest is DynamoDB Local's to show.
"""

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sst_repo.core.filters import BeginsWith, Compare, Contains, Exists, Filter, In, TypeIs
from tests.contract import filter_cases as cases

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = pytest.mark.no_cover

ROWS: list[dict[str, Any]] = [
    {"a": {"N": number}, "b": {"S": text}, "c": {"SS": [text, "z"]}, "d": {"L": [{"N": number}, {"S": text}]}}
    for number in ("-1", "0", "1.5", "10")
    for text in ("a", "ab", "é", "#0")
]
NUMBERS = st.sampled_from(("-1", "0", "1.5", "2")).map(lambda number: {"N": number})
TEXTS = st.sampled_from(("a", "ab", "b", "é", "#0")).map(lambda text: {"S": text})
SIGNS = st.sampled_from(("=", "<>", "<", "<=", ">", ">="))
NAMES = st.sampled_from((("a",), ("b",), ("c",), ("d",)))
LEAVES: st.SearchStrategy[Filter] = st.one_of(
    st.builds(Compare, st.sampled_from((("a",), ("d", 0))), SIGNS, NUMBERS),
    st.builds(Compare, st.sampled_from((("b",), ("d", 1))), SIGNS, TEXTS),
    st.builds(In, st.just(("b",)), st.lists(TEXTS, min_size=1, max_size=3).map(tuple)),
    st.builds(BeginsWith, st.just(("b",)), TEXTS),
    st.builds(Contains, st.sampled_from((("b",), ("c",), ("d",))), TEXTS),
    st.builds(Exists, NAMES | st.just(("gone",))),
    st.builds(TypeIs, NAMES, st.sampled_from(("S", "N", "SS", "L"))),
)


@pytest.fixture(scope="module")
def client(moto_client: "DynamoDBClient") -> "DynamoDBClient":
    cases.create(moto_client)
    cases.put(moto_client, "p", ROWS)
    return moto_client


@settings(max_examples=100)
@given(condition=st.recursive(LEAVES, lambda inner: cases.joined(inner, least=2), max_leaves=4))
def test_a_filter_finds_what_satisfies_says(client: "DynamoDBClient", condition: Filter) -> None:
    assert cases.found(client, "p", condition) == cases.satisfying(ROWS, condition)

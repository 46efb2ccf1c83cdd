import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core.expressions import compile_filter
from sst_repo.core.filters import (
    NEVER,
    And,
    BeginsWith,
    Compare,
    Contains,
    Exists,
    Filter,
    In,
    Not,
    Or,
    SizeIs,
    TypeIs,
)
from sst_repo.errors import InvalidQueryError
from tests.contract import filter_cases as cases

ONE: Any = {"N": "1"}
A, B, C = Exists(("a",)), Exists(("b",)), Exists(("c",))
_WORDS = re.compile(
    r"AND|OR|NOT|IN|size|contains|begins_with|attribute_(?:exists|not_exists|type)|<>|<=|>=|[<>=(),. ]|\[\d+\]|[#:]\d+",
)


def expression(condition: Filter) -> str:
    return compile_filter(condition).text


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Compare(("a", 0, "b"), "<=", ONE), "#0[0].#1 <= :0"),
        (SizeIs(("a",), "=", 1), "size(#0) = :0"),
        (In(("a",), (ONE, {"S": "x"})), "#0 IN (:0, :1)"),
        (BeginsWith(("a",), {"S": "x"}), "begins_with(#0, :0)"),
        (Contains(("a",), ONE), "contains(#0, :0)"),
        (TypeIs(("a",), "S"), "attribute_type(#0, :0)"),
        (A, "attribute_exists(#0)"),
        (Not(A), "attribute_not_exists(#0)"),
        (Not(Not(A)), "attribute_exists(#0)"),
        (Not(SizeIs(("a",), "=", 1)), "NOT size(#0) = :0"),
        (Not(And((A, B))), "NOT (attribute_exists(#0) AND attribute_exists(#1))"),
        (
            Or((And((A, B)), C)),
            "(attribute_exists(#0) AND attribute_exists(#1)) OR attribute_exists(#2)",
        ),
        (And((Or((A,)), And((B,)))), "attribute_exists(#0) AND attribute_exists(#1)"),
        (Not(And((And((A, B)),))), "NOT (attribute_exists(#0) AND attribute_exists(#1))"),
        (NEVER, "attribute_exists(#0) AND attribute_not_exists(#0)"),
        (And(()), "attribute_exists(#0) OR attribute_not_exists(#0)"),
        (And((A, NEVER)), "attribute_exists(#0) AND (attribute_exists(#1) AND attribute_not_exists(#1))"),
    ],
)
def test_a_filter_is_written_with_no_more_parentheses_than_it_needs(condition: Filter, text: str) -> None:
    assert expression(condition) == text


def test_each_distinct_name_and_value_has_one_placeholder() -> None:
    twice = And((Compare(("a", "b"), "=", ONE), Compare(("b", "a"), "<", ONE), Compare(("a",), "<", {"S": "1"})))
    compiled = compile_filter(twice)
    assert compiled.names == {"#0": "a", "#1": "b"}
    assert compiled.values == {":0": ONE, ":1": {"S": "1"}}
    assert compiled.text == "#0.#1 = :0 AND #1.#0 < :0 AND #0 < :1"


_odd = st.text() | st.sampled_from(("#0", ":0", "a) OR (b", "'", '"', "a.b", "a[0]", " ", "SIZE", "名", ""))
_odd_paths = st.lists(_odd | st.integers(0, 9), max_size=3).flatmap(
    lambda rest: _odd.map(lambda first: (first, *rest)),
)
_odd_values = st.builds(lambda text: {"S": text}, _odd)
_odd_leaves: st.SearchStrategy[Filter] = st.one_of(
    st.builds(Compare, _odd_paths, st.just("="), _odd_values),
    st.builds(Contains, _odd_paths, _odd_values),
    st.builds(BeginsWith, _odd_paths, _odd_values),
    st.builds(In, _odd_paths, st.lists(_odd_values, min_size=1, max_size=3).map(tuple)),
    st.builds(Exists, _odd_paths),
)


@given(st.recursive(_odd_leaves, cases.joined, max_leaves=5))
def test_an_expression_has_nothing_of_the_users_text_and_no_unused_placeholder(condition: Filter) -> None:
    compiled = compile_filter(condition)
    assert "".join(_WORDS.findall(compiled.text)) == compiled.text
    assert set(re.findall(r"[#:]\d+", compiled.text)) == compiled.names.keys() | compiled.values.keys()
    assert len(set(compiled.names.values())) == len(compiled.names)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (Or((A,) * 151), "301 operators"),
        (Or((SizeIs(("a",), "=", 1),) * 101), "302 operators"),
        (Or(tuple(In((str(i),), tuple({"N": str(n)} for n in range(100))) for i in range(9))), "bytes; DynamoDB"),
        (Contains(("a",), {"S": "x" * 2**21}), "bytes of names and values"),
        (Exists(tuple("é" * 60_000 + str(i) for i in range(20))), "bytes of names and values"),
    ],
)
def test_what_dynamodb_would_refuse_for_its_size_is_refused_before(condition: Filter, message: str) -> None:
    with pytest.raises(InvalidQueryError, match=message):
        compile_filter(condition)

from typing import Any

import pytest
from hypothesis import given

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
    satisfies,
)
from tests.contract import filter_cases as cases

ROW: dict[str, Any] = {
    "n": {"N": "5"},
    "s": {"S": "aé😀"},
    "b": {"B": b"\x01\x80"},
    "yes": {"BOOL": True},
    "null": {"NULL": True},
    "l": {"L": [{"N": "1"}, {"M": {"x": {"SS": ["a", "b"]}}}, {"NULL": True}]},
    "m": {"M": {"x": {"N": "1"}, "": {"S": "odd"}}},
    "ns": {"NS": ["1", "2"]},
    "empty": {"L": []},
}


@pytest.mark.parametrize(
    "holding",
    [
        Compare(("n",), "=", {"N": "5.0"}),
        Compare(("n",), "<", {"N": "10"}),
        Compare(("n",), "<>", {"S": "5"}),
        Compare(("gone",), "<>", {"N": "5"}),
        Compare(("s",), ">", {"S": "aé\uff5e"}),
        Compare(("b",), ">", {"B": b"\x01\x7f"}),
        Compare(("null",), "=", {"NULL": True}),
        Compare(("ns",), "=", {"NS": ["2", "1.0"]}),
        Compare(("l", 1, "x"), "=", {"SS": ["b", "a"]}),
        Compare(("m",), "=", {"M": {"": {"S": "odd"}, "x": {"N": "1.0"}}}),
        Compare(("empty",), "=", {"L": []}),
        SizeIs(("s",), "=", 4),
        SizeIs(("b",), "=", 2),
        SizeIs(("l",), ">=", 3),
        SizeIs(("m",), "<", 3),
        SizeIs(("ns",), "<=", 2),
        SizeIs(("empty",), "=", 0),
        In(("n",), ({"S": "5"}, {"N": "5"})),
        BeginsWith(("s",), {"S": "aé"}),
        BeginsWith(("b",), {"B": b"\x01"}),
        Contains(("s",), {"S": "😀"}),
        Contains(("b",), {"B": b"\x80"}),
        Contains(("ns",), {"N": "1.0"}),
        Contains(("l",), {"M": {"x": {"SS": ["b", "a"]}}}),
        Contains(("l",), {"NULL": True}),
        Exists(("null",)),
        Exists(("l", 2)),
        TypeIs(("null",), "NULL"),
        And(()),
        Not(NEVER),
        Not(Compare(("gone",), "<", {"N": "1"})),
        Or((Exists(("gone",)), Exists(("n",)))),
    ],
)
def test_it_holds(holding: Filter) -> None:
    assert satisfies(holding, ROW)


@pytest.mark.parametrize(
    "failing",
    [
        Compare(("n",), "=", {"S": "5"}),
        Compare(("n",), "<", {"S": "9"}),
        Compare(("gone",), "=", {"NULL": True}),
        Compare(("gone",), "<", {"N": "5"}),
        Compare(("null",), "<", {"N": "5"}),
        Compare(("yes",), "=", {"N": "1"}),
        Compare(("l",), "=", {"L": [{"N": "1"}, {"NULL": True}]}),
        Compare(("ns",), "=", {"NS": ["1"]}),
        SizeIs(("n",), ">=", 0),
        SizeIs(("yes",), ">=", 0),
        SizeIs(("null",), ">=", 0),
        SizeIs(("gone",), "=", 0),
        In(("gone",), ({"N": "5"},)),
        BeginsWith(("n",), {"S": "5"}),
        BeginsWith(("ns",), {"S": "1"}),
        BeginsWith(("gone",), {"S": ""}),
        Contains(("n",), {"N": "5"}),
        Contains(("ns",), {"S": "1"}),
        Contains(("m",), {"S": "x"}),
        Contains(("yes",), {"BOOL": True}),
        Contains(("gone",), {"S": ""}),
        Exists(("gone",)),
        Exists(("l", 3)),
        Exists(("l", "x")),
        Exists(("m", 0)),
        Exists(("n", "x")),
        TypeIs(("gone",), "NULL"),
        TypeIs(("n",), "S"),
        NEVER,
    ],
)
def test_it_does_not_hold(failing: Filter) -> None:
    assert not satisfies(failing, ROW)


@given(condition=cases.filters(), row=cases.rows())
def test_a_filter_or_its_negation_holds(condition: Filter, row: dict[str, Any]) -> None:
    assert satisfies(condition, row) != satisfies(Not(condition), row)

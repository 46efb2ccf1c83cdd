"""What has changed between two versions, by path."""

from typing import Any

import pytest

from sst_repo.cli.changes import ABSENT, Change, changes
from sst_repo.cli.plain import Number


def s(text: str) -> dict[str, str]:
    return {"S": text}


def items(*texts: str) -> dict[str, Any]:
    return {"L": [s(text) for text in texts]}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({"a": s("1")}, {"a": s("1")}, [], id="nothing"),
        pytest.param({"a": s("1")}, {"a": {"N": "1"}}, [Change("a", "1", Number("1"))], id="another type"),
        pytest.param({"a": s("1")}, {"b": s("1")}, [Change("a", "1", ABSENT), Change("b", ABSENT, "1")], id="renamed"),
        pytest.param({"a": {"NULL": True}}, {}, [Change("a", None, ABSENT)], id="null is a value"),
        pytest.param(
            {"a": {"M": {"b": {"M": {"c": s("1")}}}}},
            {"a": {"M": {"b": {"M": {"c": s("2")}}}}},
            [Change("a.b.c", "1", "2")],
            id="nested",
        ),
        pytest.param({"a": items("x", "y")}, {"a": items("x", "z")}, [Change("a[1]", "y", "z")], id="one element"),
        pytest.param(
            {"a": items("x", "y")}, {"a": items("new", "x", "y")}, [Change("a[0]", ABSENT, "new")], id="put in front"
        ),
        pytest.param(
            {"a": items("x", "y", "z")}, {"a": items("x", "z")}, [Change("a[1]", "y", ABSENT)], id="taken out"
        ),
        pytest.param(
            {"a": {"L": [{"M": {"b": s("1"), "c": s("1")}}]}},
            {"a": {"L": [{"M": {"b": s("2"), "c": s("1")}}]}},
            [Change("a[0].b", "1", "2")],
            id="within an element",
        ),
        pytest.param(
            {"a": {"SS": ["x"]}},
            {"a": {"SS": ["x", "y"]}},
            [Change("a", {"$SS": ["x"]}, {"$SS": ["x", "y"]})],
            id="sets are one value",
        ),
    ],
)
def test_changes_name_the_path_and_both_values(
    before: dict[str, Any], after: dict[str, Any], expected: list[Change]
) -> None:
    assert list(changes(before, after)) == expected


def test_changes_come_in_a_given_order_and_then_by_the_alphabet() -> None:
    after = {name: s("") for name in "badc"}

    assert [change.path for change in changes({}, after, order=("d", "x", "b"))] == ["d", "b", "a", "c"]

import copy
import inspect
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from sst_repo.conditions import Compared, Condition, F
from sst_repo.errors import InvalidQueryError


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (F.total > 5, "F.total > 5"),
        (F.total < 5, "F.total < 5"),
        (F.total >= 5, "F.total >= 5"),
        (F.total <= 5, "F.total <= 5"),
        (F.a != "x", "F.a != 'x'"),
        (F["line items"][0].sku == "x", "F['line items'][0].sku == 'x'"),
        (F.a["class"] == 1, "F.a['class'] == 1"),
        (F.a["_x"] == 1, "F.a['_x'] == 1"),
        (F.a.is_in([1, 2]), "F.a.is_in([1, 2])"),
        (F.a.between(1, 2), "(F.a >= 1) & (F.a <= 2)"),
        (F.a.begins_with("x"), "F.a.begins_with('x')"),
        (F.a.contains("x"), "F.a.contains('x')"),
        (F.a.exists(), "F.a.exists()"),
        (F.a.missing(), "F.a.missing()"),
        (F.a.type_is("S"), "F.a.type_is('S')"),
        (F.a.size() > 2, "F.a.size() > 2"),
        (F.a.size() < 2, "F.a.size() < 2"),
        (F.a.size() == 2, "F.a.size() == 2"),
        (F.a.size() != 2, "F.a.size() != 2"),
        (F.a.size().between(1, 2), "(F.a.size() >= 1) & (F.a.size() <= 2)"),
        (~(F.a == 1), "~(F.a == 1)"),
        ((F.a == 1) & (F.b == 2) & (F.c == 3), "(F.a == 1) & (F.b == 2) & (F.c == 3)"),
        ((F.a == 1) | (F.b == 2) & (F.c == 3), "(F.a == 1) | ((F.b == 2) & (F.c == 3))"),
    ],
)
def test_a_condition_reads_as_it_is_written(condition: Condition, text: str) -> None:
    assert repr(condition) == text
    assert eval(text) == condition  # noqa: S307 - the text above


def test_comparison_with_none_is_a_condition() -> None:
    condition = F.a == None  # noqa: E711 - SQL's pitfall, not ours
    assert isinstance(condition, Compared)
    assert condition.value is None


def test_a_field_named_like_a_method_is_reached_in_brackets() -> None:
    assert repr(F.size > 1) == "F.size > 1"
    assert repr(F.parcel["size"].size() > 1) == "F.parcel['size'].size() > 1"


def test_paths_and_sizes_say_what_they_are() -> None:
    assert [repr(F), repr(F.a[0]), repr(F.a.size())] == ["F", "F.a[0]", "F.a.size()"]


def test_equal_conditions_are_equal_and_hash_alike() -> None:
    assert len({F.a == 1, F.a == 1, F.a == 2, ~(F.a == 1)}) == 3


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301
def test_conditions_and_paths_are_copied_and_pickled(duplicate: Callable[[Any], Any]) -> None:
    condition = ((F.a == 1) | F.b.is_in([1, None])) & ~(F.c.size() > 1)
    assert duplicate(condition) == condition
    assert repr(duplicate(F.a["size"][0])) == "F.a['size'][0]"
    assert duplicate(F) is F


def test_conditions_and_paths_are_immutable() -> None:
    with pytest.raises(AttributeError):
        F.a = 1  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    # Before Python 3.12 the slots of a frozen dataclass answer with a TypeError.
    with pytest.raises((AttributeError, TypeError)):
        F.a.b = 1  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(AttributeError):
        (F.a == 1).value = 2  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def test_what_inspects_objects_finds_no_fields_of_its_own_making() -> None:
    assert not hasattr(F, "__wrapped__")
    assert not hasattr(F.a, "_repr_html_")
    assert not inspect.isfunction(F.a)
    assert inspect.getmembers(F.a)


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: bool(F.a == 1),
        lambda: (F.a == 1) and (F.b == 2),
        lambda: not (F.a == 1),  # noqa: SIM201  # pyright: ignore[reportGeneralTypeIssues]
        lambda: not F.a,  # pyright: ignore[reportGeneralTypeIssues]
        lambda: not F.a.size(),  # pyright: ignore[reportGeneralTypeIssues]
        lambda: 1 < F.a < 5,
        lambda: F.a in [1, 2],
        lambda: "x" in F.tags,
        lambda: F.a > 1 & F.b < 2,
        lambda: (F.a == 1) & F.b,
        lambda: F.a | (F.b == 1),
        lambda: ~F.a,
        lambda: F.a == F.b,
        lambda: F.a.contains(F.b),
        lambda: F.a.is_in([F.b]),
        lambda: F.a.is_in("text"),
        lambda: F.a.type_is("str"),
        lambda: F.a.size() > 1.5,  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
        lambda: F.a.size() == True,  # noqa: E712 - a bool is an int to Python
    ],
)
def test_what_python_would_misread_is_refused_with_advice(mistake: Callable[[], object]) -> None:
    with pytest.raises(InvalidQueryError):
        mistake()


@pytest.mark.parametrize("path", [F, F.a])
def test_a_path_has_no_items_to_go_through(path: Any) -> None:
    with pytest.raises(TypeError):
        iter(path)


@pytest.mark.parametrize("mistake", [lambda: (F.a == 1) & 3, lambda: (F.a == 1) | 3])
def test_only_conditions_are_joined(mistake: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        mistake()

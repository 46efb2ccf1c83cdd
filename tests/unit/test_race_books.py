"""The checker of the bank has teeth: honest books pass, and each broken promise is found."""

from dataclasses import replace

import pytest

from benchmarks.races.books import Audit, Transfer, Verdict, judge

OPENING = {"a": 100, "b": 100}
FIRST = Transfer("1", "a", "b", 10, "acknowledged")
SECOND = Transfer("2", "b", "a", 3, "unknown")
THIRD = Transfer("3", "a", "b", 50, "refused", error="ConflictError")
AUDIT = Audit("x", (170, 200), "acknowledged")
HONEST = [FIRST, SECOND, THIRD]


def broken(verdict: Verdict) -> set[str]:
    """The promises that are said to be broken."""
    names = {name for name in Verdict.__slots__ if getattr(verdict, name)}
    assert verdict.is_clean == (not names)
    return names


def verdict_of(
    transfers: list[Transfer], audits: list[Audit], balances: dict[str, int], payments: set[str]
) -> set[str]:
    return broken(judge(transfers, audits, opening=OPENING, balances=balances, payments=payments))


@pytest.mark.parametrize(
    ("balances", "payments"),
    [({"a": 90, "b": 110}, {"1"}), ({"a": 93, "b": 107}, {"1", "2"})],
    ids=["what is unknown was not applied", "what is unknown was applied"],
)
def test_honest_books_pass(balances: dict[str, int], payments: set[str]) -> None:
    assert verdict_of(HONEST, [AUDIT], balances, payments) == set()


@pytest.mark.parametrize(
    ("balances", "payments", "promise"),
    [
        pytest.param({"a": 100, "b": 100}, set[str](), "lost", id="a transfer that is not there"),
        pytest.param({"a": 90, "b": 100}, {"1"}, "torn", id="an account that was not written"),
        pytest.param({"a": 100, "b": 110}, {"1"}, "torn", id="an account that was overwritten"),
        pytest.param({"a": 40, "b": 160}, {"1", "3"}, "refused_but_applied", id="a refused transfer that is there"),
        pytest.param({"a": 80, "b": 120}, {"1"}, "torn", id="a transfer that was made twice"),
    ],
)
def test_what_is_stored_and_should_not_be_is_found(balances: dict[str, int], payments: set[str], promise: str) -> None:
    assert verdict_of(HONEST, [], balances, payments) == {promise}


def test_a_payment_that_is_there_though_nobody_else_makes_it_is_a_phantom_conflict() -> None:
    told = replace(FIRST, outcome="refused", error="AlreadyExistsError")
    assert verdict_of([told], [], {"a": 90, "b": 110}, {"1"}) == {"refused_but_applied", "phantom_conflicts"}


@pytest.mark.parametrize(
    ("audit", "promises"),
    [
        pytest.param(Audit("x", (200, 190), "acknowledged"), {"torn_audits"}, id="committed"),
        pytest.param(Audit("x", (200, 190), "refused"), set[str](), id="refused"),
        pytest.param(Audit("x", (190, 200), "acknowledged"), set[str](), id="refused at first"),
    ],
)
def test_a_wrong_sum_counts_only_if_its_audit_was_committed(audit: Audit, promises: set[str]) -> None:
    assert verdict_of([FIRST], [audit], {"a": 90, "b": 110}, {"1"}) == promises


def test_the_sums_of_an_audit_that_were_refused_are_all_but_the_committed_one() -> None:
    assert Audit("x", (170, 200), "acknowledged").refused == (170,)
    assert Audit("x", (170, 200), "unknown").refused == (170, 200)

"""The checker of the storm has teeth: an honest ledger passes, and each broken promise is found."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.outcomes import Outcome
from benchmarks.storm.ledger import Conflict, Entry, Row, Verdict, judge

NOTE, JOURNAL, TARGET = "Note/shared", "Journal/shared", "Journal/target"

ROWS = {
    NOTE: Row(("stock", "a", "b"), 3),
    JOURNAL: Row(("stock", "b"), 2, histories={1: ("stock",), 2: ("stock", "b")}),
    TARGET: Row(("stock",), 1, alive=False, histories={1: ("stock",)}),
}
SAVE = Entry("a", "save", (NOTE,), "acknowledged")
UNIT = Entry("b", "unit", (NOTE, JOURNAL), "acknowledged")
DELETE = Entry("c", "delete", (), "acknowledged", removes=TARGET)
LOSER = Entry(
    "d", "delete", (), "refused", removes=TARGET, error="NotFoundError", conflicts=(Conflict(TARGET, 1, None),)
)
STALE = Entry("e", "save", (NOTE,), "refused", error="ConflictError", conflicts=(Conflict(NOTE, 1, 3),))
HONEST = [SAVE, UNIT, DELETE, LOSER, STALE]


def broken(verdict: Verdict) -> set[str]:
    """The promises that are said to be broken."""
    names = ("lost", "twice", "refused_but_applied", "phantom_conflicts", "torn")
    return {name for name in names if getattr(verdict, name)}


def test_an_honest_ledger_passes() -> None:
    verdict = judge(HONEST, ROWS)
    assert broken(verdict) == set()
    assert verdict.is_clean


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["acknowledged", "refused", "unknown"]), st.booleans())))
def test_whatever_happens_in_one_order_passes(steps: list[tuple[int, Outcome, bool]]) -> None:
    rows: dict[str, tuple[str, ...]] = {f"Note/{number}": ("stock",) for number in range(3)}
    entries: list[Entry] = []
    for number, (row, outcome, applied) in enumerate(steps):
        name, nonce = f"Note/{row}", str(number)
        entries.append(
            Entry(nonce, "save", (name,), outcome, error="ContentionError" if outcome == "refused" else None)
        )
        if outcome == "acknowledged" or (outcome == "unknown" and applied):
            rows[name] += (nonce,)
    stored = {name: Row(nonces, len(nonces)) for name, nonces in rows.items()}
    assert judge(entries, stored).is_clean


@pytest.mark.parametrize(
    ("entry", "promises"),
    [
        pytest.param(Entry("x", "save", (NOTE,), "acknowledged"), {"lost"}, id="a save that is not there"),
        pytest.param(Entry("x", "add", ("Note/new",), "acknowledged"), {"lost"}, id="a row that is not there"),
        pytest.param(Entry("x", "delete", (), "acknowledged", removes=NOTE), {"lost"}, id="a row that stays"),
        pytest.param(replace(UNIT, writes=(NOTE, JOURNAL, "Note/new")), {"lost"}, id="a unit that is there in part"),
        pytest.param(
            replace(UNIT, writes=(NOTE, JOURNAL, "Note/new"), outcome="unknown"), {"torn"}, id="an unknown unit in part"
        ),
        pytest.param(
            Entry("x", "delete", (), "acknowledged", removes=TARGET), {"twice"}, id="a row that two have removed"
        ),
        pytest.param(replace(SAVE, outcome="refused", error="ContentionError"), {"refused_but_applied"}, id="applied"),
        pytest.param(
            replace(SAVE, outcome="refused", error="ConflictError", conflicts=(Conflict(NOTE, 1, 2),)),
            {"refused_but_applied", "phantom_conflicts"},
            id="a conflict with itself",
        ),
        pytest.param(replace(STALE, owned=True), {"phantom_conflicts"}, id="a conflict where nobody else writes"),
        pytest.param(
            replace(STALE, conflicts=(Conflict(NOTE, 3, 4),)), {"phantom_conflicts"}, id="a version nobody has written"
        ),
        pytest.param(
            replace(STALE, conflicts=(Conflict("Note/new", None, 1),)),
            {"phantom_conflicts"},
            id="a row nobody made",
        ),
        pytest.param(
            replace(LOSER, removes=NOTE, conflicts=(Conflict(NOTE, 3, None),)),
            {"phantom_conflicts"},
            id="a row told to be gone that is there",
        ),
        pytest.param(
            Entry("x", "claim", ("Member/1",), "refused", error="UniqueViolationError", holder="Member/1"),
            {"phantom_conflicts"},
            id="a value it holds itself",
        ),
    ],
)
def test_a_wrong_answer_is_found(entry: Entry, promises: set[str]) -> None:
    others = [each for each in HONEST if each.nonce != entry.nonce]
    assert broken(judge([*others, entry], ROWS)) == promises


@pytest.mark.parametrize(
    ("name", "row", "promises"),
    [
        pytest.param(NOTE, Row(("stock", "a", "b", "a"), 4), {"twice"}, id="an entry twice"),
        pytest.param(NOTE, Row(("stock", "a", "b"), 4), {"twice"}, id="a version without an entry"),
        pytest.param(NOTE, Row(("stock", "b"), 2), {"lost"}, id="an entry overwritten"),
        pytest.param(
            JOURNAL, replace(ROWS[JOURNAL], histories={1: ("b",), 2: ("stock", "b")}), {"twice"}, id="another history"
        ),
    ],
)
def test_a_wrong_row_is_found(name: str, row: Row, promises: set[str]) -> None:
    assert broken(judge(HONEST, {**ROWS, name: row})) == promises


def test_a_row_that_is_gone_though_nobody_was_told_so_is_found() -> None:
    assert broken(judge([SAVE, UNIT, LOSER, STALE], ROWS)) == {"refused_but_applied", "phantom_conflicts"}


@pytest.mark.parametrize("outcome", ["acknowledged", "unknown"])
def test_a_row_may_be_gone_that_somebody_may_have_removed(outcome: Outcome) -> None:
    assert judge([SAVE, UNIT, replace(DELETE, outcome=outcome), LOSER], ROWS).is_clean
    written = Entry("x", "save", (TARGET,), "unknown")
    assert judge([SAVE, UNIT, replace(DELETE, outcome=outcome), LOSER, written], ROWS).is_clean

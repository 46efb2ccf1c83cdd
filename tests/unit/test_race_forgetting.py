"""What a killed server may forget is counted apart, and nothing else is."""

from dataclasses import replace

import pytest

from benchmarks.races.forgetting import Judgement, Noted, Outage, judge
from benchmarks.storm.ledger import Conflict, Entry, Row

OUTAGE = Outage(begin=100.0, end=103.0)

UNIT = Entry("a", "unit of three", ("Note/x", "Note/y"), "acknowledged")
SAVE = Entry("b", "save note", ("Note/x",), "acknowledged")
STALE = Entry(
    "c", "save journal", ("Journal/x",), "refused", error="ConflictError", conflicts=(Conflict("Journal/x", 3, 2),)
)

EMPTY = {"Note/x": Row(("stock",), 1), "Note/y": Row(("stock",), 1)}
IN_PART = {**EMPTY, "Note/y": Row(("stock", "a"), 2)}


def judged(note: Noted, rows: dict[str, Row]) -> Judgement:
    return judge([note], [OUTAGE], rows)


@pytest.mark.parametrize("at", [99.990, 100.0, 102.9], ids=["just before", "at once", "while the server was down"])
def test_a_transaction_acknowledged_just_before_the_kill_may_be_forgotten(at: float) -> None:
    judgement = judged(Noted(99.0, at, UNIT), EMPTY)
    assert judgement.verdict.is_clean
    assert judgement.forgotten == [str(UNIT)]


@pytest.mark.parametrize("at", [99.980, 103.1], ids=["before", "after"])
def test_at_any_other_time_it_is_lost(at: float) -> None:
    judgement = judged(Noted(99.0, at, UNIT), EMPTY)
    assert judgement.verdict.lost
    assert judgement.forgotten == []


def test_a_transaction_that_is_there_is_not_forgotten() -> None:
    rows = {name: Row(("stock", "a"), 2) for name in UNIT.writes}
    judgement = judged(Noted(99.0, 99.999, UNIT), rows)
    assert judgement.verdict.is_clean
    assert judgement.forgotten == []


def test_a_transaction_is_never_forgotten_in_part() -> None:
    assert judged(Noted(99.0, 99.999, UNIT), IN_PART).verdict.torn


def test_a_single_write_is_never_forgotten() -> None:
    judgement = judged(Noted(99.0, 99.999, SAVE), EMPTY)
    assert judgement.verdict.lost
    assert judgement.forgotten == []


@pytest.mark.parametrize(
    ("since", "at", "is_excused"),
    [
        pytest.param(99.0, 103.5, True, id="begun before"),
        pytest.param(101.0, 103.5, True, id="begun while the server was down"),
        pytest.param(99.0, 99.9, False, id="refused before"),
        pytest.param(103.2, 103.5, False, id="begun after"),
    ],
)
def test_only_who_was_under_way_may_be_refused_for_what_was_forgotten(
    since: float, at: float, *, is_excused: bool
) -> None:
    owned = replace(STALE, owned=True)
    judgement = judged(Noted(since, at, owned), {"Journal/x": Row(("stock", "z"), 2)})
    assert judgement.verdict.is_clean == is_excused
    assert bool(judgement.misled) == is_excused

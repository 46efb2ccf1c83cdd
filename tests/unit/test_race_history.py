"""The checker of append transactions has teeth: each anomaly is found in a history that shows it, and no other."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.outcomes import Outcome
from benchmarks.races.history import Anomaly, Transaction, Values, judge


def transaction(
    name: str,
    reads: Mapping[str, Values] | None = None,
    appends: Mapping[str, Values] | None = None,
    outcome: Outcome = "acknowledged",
) -> Transaction:
    return Transaction(name, outcome, reads or {}, appends or {})


A = transaction("a", {"x": ()}, {"x": (1,)})
B = transaction("b", {"x": (1,)}, {"x": (2,)})


@pytest.mark.parametrize(
    ("history", "final", "anomalies"),
    [
        pytest.param([A, B], {"x": (1, 2)}, set(), id="one after the other"),
        pytest.param([A, B], {"x": (2,)}, {Anomaly.LOST_UPDATE, Anomaly.INCOMPATIBLE_ORDER}, id="overwritten"),
        pytest.param([A], {}, {Anomaly.LOST_UPDATE}, id="never written"),
        pytest.param(
            [A, transaction("b", {"x": ()}, {"x": (2,)})],
            {"x": (1, 2)},
            {Anomaly.LOST_UPDATE},
            id="two that wrote after the same list",
        ),
        pytest.param([A, B], {"x": (1, 2, 1)}, {Anomaly.DUPLICATE, Anomaly.WRITE_CYCLE}, id="applied twice"),
        pytest.param(
            [transaction("a", appends={"x": (1,), "y": (2,)}, outcome="unknown")],
            {"x": (1,)},
            {Anomaly.TORN},
            id="applied in part",
        ),
        pytest.param(
            [transaction("a", appends={"x": (1,)}, outcome="refused")],
            {"x": (1,)},
            {Anomaly.ABORTED_READ},
            id="refused, and there",
        ),
        pytest.param(
            [transaction("a", appends={"x": (1,)}, outcome="refused"), transaction("b", {"x": (1,)})],
            {"x": ()},
            {Anomaly.ABORTED_READ, Anomaly.INCOMPATIBLE_ORDER},
            id="refused, and seen before it was taken back",
        ),
        pytest.param(
            [transaction("a", {"x": (7,)})],
            {"x": (7,)},
            {Anomaly.ABORTED_READ},
            id="a value that nobody wrote",
        ),
        pytest.param(
            [transaction("a", appends={"x": (1, 2)}), transaction("b", {"x": (1,)})],
            {"x": (1, 2)},
            {Anomaly.INTERMEDIATE_READ, Anomaly.READ_SKEW},
            id="half of what one wrote to a list",
        ),
        pytest.param(
            [A, B, transaction("c", {"x": (2, 1)})],
            {"x": (1, 2)},
            {Anomaly.INCOMPATIBLE_ORDER},
            id="another order than it came to",
        ),
        pytest.param(
            [transaction("a", appends={"x": (1,), "y": (2,)}), transaction("b", appends={"x": (3,), "y": (4,)})],
            {"x": (1, 3), "y": (4, 2)},
            {Anomaly.WRITE_CYCLE},
            id="each wrote behind the other",
        ),
        pytest.param(
            [transaction("a", {"y": (2,)}, {"x": (1,)}), transaction("b", {"x": (1,)}, {"y": (2,)})],
            {"x": (1,), "y": (2,)},
            {Anomaly.INFORMATION_CYCLE},
            id="each saw what the other wrote",
        ),
        pytest.param(
            [transaction("a", appends={"x": (1,), "y": (2,)}), transaction("b", {"x": (), "y": (2,)})],
            {"x": (1,), "y": (2,)},
            {Anomaly.READ_SKEW},
            id="one effect seen, one missed",
        ),
        pytest.param(
            [
                transaction("a", {"x": (), "y": ()}, {"x": (1,)}),
                transaction("b", {"x": (), "y": ()}, {"y": (2,)}),
            ],
            {"x": (1,), "y": (2,)},
            {Anomaly.WRITE_SKEW},
            id="each missed what the other wrote",
        ),
        pytest.param(
            [
                transaction("a", {"x": ()}, {"y": (1,)}),
                transaction("b", {"y": ()}, {"z": (2,)}),
                transaction("c", {"z": ()}, {"x": (3,)}),
            ],
            {"x": (3,), "y": (1,), "z": (2,)},
            {Anomaly.WRITE_SKEW},
            id="a ring of three",
        ),
        pytest.param(
            [
                transaction("a", {"x": (), "y": ()}, {"x": (1,)}),
                transaction("b", {"x": (), "y": ()}, {"y": (2,)}, "refused"),
            ],
            {"x": (1,)},
            set(),
            id="a skew that was refused",
        ),
        pytest.param(
            [transaction("a", {"x": ()}, {"x": (1,)}, "unknown"), transaction("b", {"x": ()})],
            {"x": ()},
            set(),
            id="unknown, and never applied",
        ),
        pytest.param(
            [
                transaction("a", {"x": (), "y": ()}, {"x": (1,)}, "unknown"),
                transaction("b", {"x": (), "y": ()}, {"y": (2,)}),
            ],
            {"x": (1,), "y": (2,)},
            {Anomaly.WRITE_SKEW},
            id="a skew with one that is unknown, and was applied",
        ),
    ],
)
def test_each_anomaly_is_found_and_no_other(
    history: list[Transaction], final: dict[str, Values], anomalies: set[Anomaly]
) -> None:
    assert {finding.anomaly for finding in judge(history, final)} == anomalies


def test_cycles_that_share_nothing_are_each_found() -> None:
    history = [
        transaction(f"{letter}{number}", {f"x{number}": (), f"y{number}": ()}, {f"{list_}{number}": (value,)})
        for number in range(3)
        for letter, list_, value in (("a", "x", 2 * number), ("b", "y", 2 * number + 1))
    ]
    final = {key: values for each in history for key, values in each.appends.items()}
    assert [finding.anomaly for finding in judge(history, final)] == 3 * [Anomaly.WRITE_SKEW]


def test_the_transactions_of_a_cycle_are_told_in_order() -> None:
    history = [transaction("a", {"x": ()}, {"y": (1,)}), transaction("b", {"y": ()}, {"x": (2,)})]
    (finding,) = judge(history, {"x": (2,), "y": (1,)})
    assert finding.shown_by in {"a -> b -> a", "b -> a -> b"}


Steps = list[tuple[set[str], dict[str, int], Outcome, bool]]

steps = st.lists(
    st.tuples(
        st.sets(st.sampled_from("xyz")),
        st.dictionaries(st.sampled_from("xyz"), st.integers(1, 2), max_size=2),
        st.sampled_from(["acknowledged", "refused", "unknown"]),
        st.booleans(),
    ),
    max_size=12,
)


@given(steps, st.integers())
def test_whatever_happens_one_after_the_other_shows_nothing(done: Steps, seed: int) -> None:
    history: list[Transaction] = []
    lists: dict[str, Values] = {}
    made = 0
    for number, (reads, appends, outcome, applied) in enumerate(done):
        seen = {key: lists.get(key, ()) for key in reads | set(appends)}
        wanted = {
            key: tuple(range(made + 10 * index, made + 10 * index + times))
            for index, (key, times) in enumerate(appends.items())
        }
        made += 100
        history.append(Transaction(str(number), outcome, seen, wanted))
        if outcome == "acknowledged" or (outcome == "unknown" and applied):
            for key, values in wanted.items():
                lists[key] = seen[key] + values
    # In whatever order they are written down.
    random.Random(seed).shuffle(history)
    assert judge(history, lists) == []

"""When to try again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core.retry import CONTENTION, LOST, RESENDABLE_SECONDS, UNPROCESSED, Backoff


@pytest.mark.parametrize(
    ("failures", "bound"),
    [(1, 0.025), (2, 0.05), (3, 0.1), (4, 0.2), (5, 0.4), (6, 0.8), (7, 1.0), (8, 1.0), (9, 1.0)],
)
def test_the_bound_doubles_up_to_the_longest_wait(failures: int, bound: float) -> None:
    backoff = Backoff(attempts=10)

    assert backoff.wait(failures, 1.0) == pytest.approx(bound)
    assert backoff.wait(failures, 0.5) == pytest.approx(bound / 2)
    assert backoff.wait(failures, 0.0) == 0


@pytest.mark.parametrize(("attempts", "failures"), [(1, 1), (5, 5), (5, 6), (0, 1)])
def test_the_last_failure_is_not_waited_for(attempts: int, failures: int) -> None:
    assert Backoff(attempts).wait(failures, 0.0) is None


@given(st.integers(1, 100_000), st.floats(0, 1), st.floats(0, 1), st.floats(0, 10))
def test_a_wait_is_drawn_from_nothing_to_the_bound(failures: int, chance: float, first: float, longest: float) -> None:
    wait = Backoff(100_001, first, longest).wait(failures, chance)

    assert wait is not None
    assert 0 <= wait <= longest


def test_a_busy_table_is_given_time_but_not_much() -> None:
    waits = [CONTENTION.wait(failures, 1.0) for failures in range(1, CONTENTION.attempts)]

    assert 0.5 < sum(wait for wait in waits if wait is not None) < 5
    assert CONTENTION.wait(CONTENTION.attempts, 1.0) is None


def test_when_the_time_is_up_nothing_is_tried_again_but_for_once() -> None:
    backoff = Backoff(attempts=10, seconds=30)

    assert backoff.wait(1, 1.0, elapsed=60) is not None
    assert backoff.wait(2, 1.0, elapsed=29.9) is not None
    assert backoff.wait(2, 1.0, elapsed=30) is None


@pytest.mark.parametrize("backoff", [LOST, UNPROCESSED])
def test_a_lost_answer_and_unprocessed_keys_are_given_up_after_seconds(backoff: Backoff) -> None:
    waits = [backoff.wait(failures, 1.0) for failures in range(1, backoff.attempts)]

    assert 5 < sum(wait for wait in waits if wait is not None) < 10


def test_no_plan_is_sent_when_its_token_may_be_forgotten() -> None:
    # A last sending, with the 60 seconds that the SDK waits for an answer, ends before the token is forgotten.
    assert RESENDABLE_SECONDS + LOST.seconds + 60 < 600

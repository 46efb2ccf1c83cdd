"""When to try again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core.retry import RESEND_WITHIN, SENDING, Backoff


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


@given(st.integers(1, 9), st.floats(0, 1), st.floats(0, 100))
def test_no_try_begins_after_the_budget(failures: int, chance: float, elapsed: float) -> None:
    within = Backoff(attempts=10, budget=50.0).wait(failures, chance, elapsed)
    free = Backoff(attempts=10).wait(failures, chance, elapsed)

    assert free is not None
    assert within == (free if elapsed + free <= 50 else None)


def test_a_commit_is_given_time_but_not_much() -> None:
    waits = [SENDING.wait(failures, 1.0) for failures in range(1, SENDING.attempts)]

    assert 5 < sum(wait for wait in waits if wait is not None) < 10
    assert SENDING.wait(SENDING.attempts, 1.0) is None


def test_what_is_sent_again_by_hand_arrives_while_its_token_is_remembered() -> None:
    longest_answer = 60  # botocore's default of read_timeout, and of connect_timeout
    assert RESEND_WITHIN + SENDING.budget + 2 * longest_answer <= 600

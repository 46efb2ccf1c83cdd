"""Schedules decide which call meets which fault: repeatably, and never a fault that the call can't meet."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.testing import Fault, FaultSchedule
from sst_repo.testing.faults import READS, WRITES, Call

calls = st.lists(st.sampled_from(sorted(READS | WRITES)), max_size=50)
rates = st.floats(0, 1)


def test_a_script_is_followed_in_order_and_then_lets_all_through() -> None:
    schedule = FaultSchedule.script(Fault.HANG, None, Fault.THROTTLE)
    assert [schedule.next("transact") for _ in range(5)] == [Fault.HANG, None, Fault.THROTTLE, None, None]


def test_a_fault_of_a_script_waits_for_a_call_that_can_meet_it() -> None:
    schedule = FaultSchedule.script(Fault.CONFLICT, Fault.PARTIAL_BATCH, calls=READS | WRITES)
    met = [schedule.next(call) for call in ("read", "query", "transact", "transact", "read", "read_many")]
    assert met == [None, None, Fault.CONFLICT, None, None, Fault.PARTIAL_BATCH]


def test_writes_alone_meet_faults_unless_other_calls_are_named() -> None:
    schedule = FaultSchedule.always(Fault.HANG)
    assert [schedule.next(call) for call in sorted(READS)] == [None] * len(READS)
    assert schedule.next("transact") is Fault.HANG
    assert FaultSchedule.always(Fault.HANG, calls={"scan"}).next("scan") is Fault.HANG


def test_an_always_lets_calls_through_that_can_not_meet_the_fault() -> None:
    schedule = FaultSchedule.always(Fault.PARTIAL_BATCH, calls=READS | WRITES)
    assert (schedule.next("transact"), schedule.next("read_many")) == (None, Fault.PARTIAL_BATCH)


@given(seed=st.integers(), rate=rates, asked=calls)
def test_a_seed_draws_the_same_faults_for_the_same_calls(seed: int, rate: float, asked: list[Call]) -> None:
    schedules = [FaultSchedule.seeded(seed, rate, calls=READS | WRITES) for _ in range(2)]
    first, second = ([schedule.next(call) for call in asked] for schedule in schedules)
    assert first == second


@given(seed=st.integers(), asked=calls)
def test_no_call_meets_a_fault_that_it_can_not_meet(seed: int, asked: list[Call]) -> None:
    schedule = FaultSchedule.seeded(seed, 1, calls=READS | WRITES)
    for call in asked:
        fault = schedule.next(call)
        assert fault is not None
        assert call in fault.calls


@given(seed=st.integers(), rate=rates)
def test_what_one_call_meets_does_not_depend_on_which_faults_are_drawn_before(seed: int, rate: float) -> None:
    hangs = FaultSchedule.seeded(seed, rate, {Fault.HANG: 1})
    drops = FaultSchedule.seeded(seed, rate, {Fault.DROP_AFTER: 1, Fault.THROTTLE: 2})
    assert [bool(hangs.next("transact")) for _ in range(30)] == [bool(drops.next("transact")) for _ in range(30)]


def test_rate_and_weights_are_kept_in_the_long_run() -> None:
    schedule = FaultSchedule.seeded(1, 0.5, {Fault.HANG: 3, Fault.THROTTLE: 1, Fault.CONFLICT: 0})
    met = Counter(schedule.next("transact") for _ in range(10_000))
    assert met[None] == pytest.approx(5_000, rel=0.05)
    assert met[Fault.HANG] == pytest.approx(3 * met[Fault.THROTTLE], rel=0.1)
    assert set(met) == {None, Fault.HANG, Fault.THROTTLE}


def test_threads_share_a_script_without_losing_or_doubling_a_fault() -> None:
    schedule = FaultSchedule.script(*[Fault.HANG] * 500)
    with ThreadPoolExecutor(8) as pool:
        met = Counter(pool.map(lambda _: schedule.next("transact"), range(800)))
    assert met == {Fault.HANG: 500, None: 300}


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        FaultSchedule.seeded(1, rate)


def test_a_call_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no calls GetItem; choose from query, read, read_many, scan, transact"):
        FaultSchedule.script(calls={"GetItem"})  # type: ignore[arg-type]

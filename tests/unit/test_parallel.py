"""Calls side by side: bounded, in no order but complete, and gone when they end, however they end."""

import threading
from collections.abc import Iterator
from itertools import islice

import pytest

from sst_repo.parallel import side_by_side

PATIENCE = 30.0


def threads_left() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("sst-repo")]


@pytest.mark.parametrize("workers", [1, 3, 20])
def test_each_argument_is_called_with_once(workers: int) -> None:
    done = dict(side_by_side(lambda number: number * number, iter(range(10)), workers))

    assert done == {number: number * number for number in range(10)}
    assert threads_left() == []


def test_a_single_worker_is_the_callers_own_thread_and_keeps_the_order() -> None:
    calls = list(side_by_side(lambda _: threading.current_thread(), iter(range(3)), 1))

    assert calls == [(number, threading.current_thread()) for number in range(3)]


def test_as_many_calls_as_workers_are_under_way_at_once() -> None:
    gate = threading.Barrier(4)

    # None would come through the gate alone.
    done = list(side_by_side(lambda _: gate.wait(PATIENCE), iter(range(8)), 4))

    assert len(done) == 8


@pytest.mark.parametrize("workers", [1, 2])
def test_arguments_are_taken_only_as_results_are(workers: int) -> None:
    taken: list[int] = []

    def arguments() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    calls = side_by_side(str, arguments(), workers)
    assert len(list(islice(calls, 5))) == 5
    assert len(taken) <= 5 + workers
    calls.close()

    assert threads_left() == []


@pytest.mark.parametrize("workers", [1, 2])
def test_what_follows_a_call_comes_before_other_arguments(workers: int) -> None:
    def following(number: int, _: int) -> int | None:
        return number + 1 if number % 10 < 2 else None

    done = [argument for argument, _ in side_by_side(abs, iter([10, 20, 30]), workers, following=following)]

    assert sorted(done) == [10, 11, 12, 20, 21, 22, 30, 31, 32]
    assert done.index(12) < done.index(30)


@pytest.mark.parametrize("workers", [1, 3])
def test_what_a_call_raises_ends_it_all(workers: int) -> None:
    def call(number: int) -> int:
        if number == 2:
            raise LookupError("two")
        return number

    with pytest.raises(LookupError, match="two"):
        list(side_by_side(call, iter(range(1000)), workers))

    assert threads_left() == []

"""Calls side by side: a bounded number under way, each in a thread, and none left behind."""

from collections.abc import Callable, Generator, Iterator
from contextvars import copy_context
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

A = TypeVar("A")
R = TypeVar("R")

MAX_CALLS = 8
"""So many calls are under way at once unless told otherwise; boto3's clients have ten connections unless they are."""


def _no_more(_: object, __: object) -> None:
    """Let no call follow."""


def side_by_side(
    call: Callable[[A], R],
    arguments: Iterator[A],
    workers: int,
    *,
    following: Callable[[A, R], A | None] = _no_more,
) -> Generator[tuple[A, R]]:
    """Call with each argument; yield each argument with its result, as they come.

    A call begins when the result of another is taken, so that no more than `workers` results are held. One worker
    alone is the caller's own thread. Closing the generator waits for the calls that are under way.

    Args:
        call: What is called, by several threads.
        arguments: What it is called with; gone through in the caller's thread, as far as calls have begun.
        workers: How many calls may be under way, 1 or more.
        following: Given an argument and its result, returns the argument of a call that comes before all others; None
            for none.

    Raises:
        Exception: Whatever a call raises; those under way are waited for, no other is begun.
    """
    if workers == 1:
        return _in_turn(call, arguments, following)
    return _at_once(call, arguments, workers, following)


def _in_turn(
    call: Callable[[A], R], arguments: Iterator[A], following: Callable[[A, R], A | None]
) -> Generator[tuple[A, R]]:
    for first in arguments:
        argument: A | None = first
        while argument is not None:
            result = call(argument)
            yield argument, result
            argument = following(argument, result)


def _at_once(
    call: Callable[[A], R], arguments: Iterator[A], workers: int, following: Callable[[A, R], A | None]
) -> Generator[tuple[A, R]]:
    # Only here: it brings logging along, and few processes call anything side by side.
    from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait  # noqa: PLC0415

    pool = ThreadPoolExecutor(workers, thread_name_prefix="sst-repo")
    under_way: dict[Future[R], A] = {}

    def begin(argument: A | None) -> None:
        if argument is not None:
            # A trace, and who listens to the calls of tables, goes along into the thread.
            under_way[pool.submit(copy_context().run, call, argument)] = argument

    try:
        for argument in islice(arguments, workers):
            begin(argument)
        while under_way:
            wait(under_way, return_when=FIRST_COMPLETED)
            # One at a time, the one that was begun first: no argument waits for ever.
            future = next(each for each in under_way if each.done())
            argument = under_way.pop(future)
            result = future.result()
            follower = following(argument, result)
            begin(next(arguments, None) if follower is None else follower)
            yield argument, result
    finally:
        # Waits for the calls that are under way; those that wait for a thread are not begun.
        pool.shutdown(cancel_futures=True)

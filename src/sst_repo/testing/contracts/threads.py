"""Doing things at the same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

R = TypeVar("R")


def together(work: Callable[[int], R], number: int) -> list[R | Exception]:
    """Do some work in several threads that start together; return what each returned or raised."""
    gate = threading.Barrier(number)

    def run(index: int) -> R | Exception:
        gate.wait()
        try:
            return work(index)
        except Exception as error:  # noqa: BLE001 - the caller asserts on it
            return error

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def elsewhere(work: Callable[[], R]) -> R:
    """Do some work in another thread, and return or raise as it does."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()

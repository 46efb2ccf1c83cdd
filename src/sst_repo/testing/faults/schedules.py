"""Which call meets which fault: by script or by seed, never by the clock."""

import random
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Self

from sst_repo.testing.faults.kinds import READS, WRITES, Call, Fault

_Choose = Callable[[Call], Fault | None]


class FaultSchedule:
    """Decides which call meets which fault. Safe to ask from several threads; made by one of the three below.

    Args:
        choose: Is asked about each call, in order, one at a time.
        calls: The calls it is asked about; all others are let through.
    """

    def __init__(self, choose: Callable[[Call], Fault | None], calls: Collection[Call] = WRITES) -> None:
        unknown = set(calls) - WRITES - READS
        if unknown:
            known = ", ".join(sorted(WRITES | READS))
            raise ValueError(f"there are no calls {', '.join(sorted(unknown))}; choose from {known}")
        self._choose: _Choose = choose
        self._calls = frozenset(calls)
        self._lock = threading.Lock()

    @classmethod
    def script(cls, *faults: Fault | None, calls: Collection[Call] = WRITES) -> Self:
        """Follow a script: the first call meets the first fault, and so on; then all calls are let through.

        A fault waits for a call that can meet it: a conflict does not befall a read, say.

        Args:
            *faults: The faults; None lets a call through.
            calls: The calls that follow the script.
        """
        return cls(_script(faults), calls)

    @classmethod
    def seeded(
        cls,
        seed: int,
        rate: float = 0.3,
        weights: Mapping[Fault, float] | None = None,
        *,
        calls: Collection[Call] = WRITES,
    ) -> Self:
        """Draw faults by chance: the same for the same seed and the same calls.

        Args:
            seed: Makes the draws repeatable.
            rate: The share of calls that meet a fault, 0 to 1.
            weights: How often each fault is drawn, in relation to the others; all alike if not given.
            calls: The calls that may meet a fault.

        Raises:
            ValueError: The rate is not from 0 to 1.
        """
        if not 0 <= rate <= 1:
            raise ValueError(f"the rate {rate} is not from 0 to 1")
        return cls(_seeded(seed, rate, dict.fromkeys(Fault, 1.0) if weights is None else weights), calls)

    @classmethod
    def always(cls, fault: Fault, *, calls: Collection[Call] = WRITES) -> Self:
        """Let every call that can meet the fault meet it."""
        return cls(lambda call: fault if call in fault.calls else None, calls)

    def next(self, call: Call) -> Fault | None:
        """Say what the next call meets; None lets it through."""
        if call not in self._calls:
            return None
        with self._lock:
            return self._choose(call)


def _script(faults: Iterable[Fault | None]) -> _Choose:
    left = list(faults)

    def choose(call: Call) -> Fault | None:
        if not left or (left[0] is not None and call not in left[0].calls):
            return None
        return left.pop(0)

    return choose


def _seeded(seed: int, rate: float, weights: Mapping[Fault, float]) -> _Choose:
    chance = random.Random(seed)  # noqa: S311 - to be repeatable, not secret

    def choose(call: Call) -> Fault | None:
        # Both draws are always made, so that what one call meets does not depend on the fate of those before.
        befalls, which = chance.random() < rate, chance.random()
        fitting = [fault for fault, weight in weights.items() if weight > 0 and call in fault.calls]
        if not befalls or not fitting:
            return None
        return _weighted(fitting, weights, which)

    return choose


def _weighted(faults: list[Fault], weights: Mapping[Fault, float], which: float) -> Fault:
    mark = which * sum(weights[fault] for fault in faults)
    for fault in faults:
        mark -= weights[fault]
        if mark < 0:
            return fault
    return faults[-1]

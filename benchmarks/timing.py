"""How CPU is measured: by the process clock, in interleaved rounds, compared within each round.

Whoever else is busy on the machine slows a round down for all that is measured in it, so that ratios hold where times
do not.
"""

import gc
import random
import statistics
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from benchmarks.peers.base import Operation, repeat

Name = TypeVar("Name", bound=str)

LEAST_SECONDS = 0.05
"""So long a single measurement takes, unless it is told how often to run."""


@dataclass(frozen=True, slots=True)
class Samples:
    """The CPU of one run of each subject's operations, in microseconds, one figure a round.

    Attributes:
        taken: By operation and subject.
    """

    taken: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def median(self, operation: str, subject: str) -> float | None:
        """Return the median of all rounds; None where the subject has no such operation."""
        times = self.taken.get((operation, subject))
        return None if times is None else statistics.median(times)

    def ratio(self, operation: str, subject: str, base: str) -> float | None:
        """Return the median of the ratios of each round; None where either has no such operation."""
        times, its = (self.taken.get((operation, name)) for name in (subject, base))
        if times is None or its is None:
            return None
        return statistics.median(mine / theirs for mine, theirs in zip(times, its, strict=True))

    def raw(self) -> dict[str, dict[str, list[float]]]:
        """Return all figures, by operation, then subject."""
        found: dict[str, dict[str, list[float]]] = {}
        for (operation, subject), times in self.taken.items():
            found.setdefault(operation, {})[subject] = [round(micros, 2) for micros in times]
        return found


def microseconds(operation: Operation, times: int) -> float:
    """Return the CPU of one run, of all threads of this process."""
    begin = time.process_time()
    repeat(operation, times)
    return (time.process_time() - begin) / times * 1e6


def fitting_times(operation: Operation) -> int:
    """Return how many runs make a measurement, once it has warmed up."""
    repeat(operation, 2)
    return max(1, round(LEAST_SECONDS / (microseconds(operation, 1) / 1e6)))


def interleaved(
    subjects: Mapping[str, Mapping[Name, Operation]],
    rounds: int,
    *,
    times: Mapping[tuple[str, str], int] | None = None,
) -> Samples:
    """Measure all operations of all subjects, each once a round, in an order that changes.

    Args:
        subjects: The operations of each.
        rounds: How many rounds.
        times: How many runs make a measurement, by operation and subject; where nothing is said, as many as fit.
    """
    work: dict[tuple[str, str], Operation] = {
        (name, subject): operation for subject, operations in subjects.items() for name, operation in operations.items()
    }
    given = times or {}
    runs = {key: given.get(key) or fitting_times(operation) for key, operation in work.items()}
    samples = Samples({key: [] for key in work})
    gc.collect()
    gc.freeze()  # what was made ready is not looked through again by each collection
    try:
        for _ in range(rounds):
            for name in dict.fromkeys(name for name, _ in work):
                for key in _shuffled(key for key in work if key[0] == name):
                    gc.collect()
                    samples.taken[key].append(microseconds(work[key], runs[key]))
    finally:
        gc.unfreeze()
    return samples


def _shuffled(keys: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    listed = list(keys)
    return random.sample(listed, len(listed))

"""Whether a history of append transactions is serializable: which of the known anomalies it shows. Pure.

Each transaction reads lists and appends values to them that nobody else appends. So a list tells who wrote it, in which
order, and a list that was read tells which of the writes it has seen. From that follow the dependencies between
transactions; a cycle among them is something that no serial order explains.

Source: K. Kingsbury and P. Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations", VLDB 2020;
the names of the anomalies are those of A. Adya, "Weak Consistency", MIT 1999.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TypeAlias

from benchmarks.outcomes import Outcome

Values: TypeAlias = tuple[int, ...]


class Anomaly(StrEnum):
    """What a history can show that no serial order explains."""

    LOST_UPDATE = "lost update"
    """A value that was committed is not there, or two transactions wrote after the same list (lost update, P4)."""
    DUPLICATE = "applied twice"
    """A value is in a list more than once."""
    TORN = "applied in part"
    """Some of what a transaction appended is there, and some is not."""
    ABORTED_READ = "dirty read: aborted"
    """A value that was never committed is there, or was seen (G1a)."""
    INTERMEDIATE_READ = "dirty read: intermediate"
    """A value was seen without those that the same transaction appended behind it (G1b)."""
    INCOMPATIBLE_ORDER = "incompatible order"
    """A list was seen that is no beginning of what it became."""
    WRITE_CYCLE = "write cycle"
    """Transactions that each wrote behind the other (G0)."""
    INFORMATION_CYCLE = "circular information flow"
    """Transactions that each saw, or wrote behind, what the other wrote (G1c)."""
    READ_SKEW = "read skew"
    """A transaction that saw one effect of another, and missed one (G-single)."""
    WRITE_SKEW = "write skew"
    """Transactions that each missed what the other wrote (G2-item)."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """What one transaction saw and wrote.

    Attributes:
        name: Its own.
        outcome: What it was told.
        reads: The lists it read, as they were before its own appends.
        appends: The values it appended to each list, in order; each in no other transaction.
    """

    name: str
    outcome: Outcome
    reads: Mapping[str, Values]
    appends: Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class Finding:
    """An anomaly, and the transactions or values that show it."""

    anomaly: Anomaly
    shown_by: str


Graph: TypeAlias = Mapping[str, AbstractSet[str]]
"""The transactions that must come after each one."""


def judge(transactions: Sequence[Transaction], final: Mapping[str, Values]) -> list[Finding]:
    """Find the anomalies of a history; of those that are cycles, as many as have no transaction in common.

    Args:
        transactions: All of them, also those that were refused.
        final: What each list is in the end.
    """
    writers = {
        value: transaction
        for transaction in transactions
        for values in transaction.appends.values()
        for value in values
    }
    # What is unknown was applied if it is there.
    stored = {value for values in final.values() for value in values}
    applied = {writers[value].name for value in stored if value in writers}
    committed = [
        transaction
        for transaction in transactions
        if transaction.outcome == "acknowledged" or (transaction.outcome == "unknown" and transaction.name in applied)
    ]
    findings = [*_of_lists(final)]
    for transaction in transactions:
        findings += _of_writes(transaction, final)
        findings += _of_reads(transaction, writers, final)
    return [*findings, *_of_cycles(_Dependencies(committed, writers, final))]


def _of_lists(final: Mapping[str, Values]) -> Iterator[Finding]:
    for key, values in final.items():
        twice = sorted(value for value, times in Counter(values).items() if times > 1)
        if twice:
            yield Finding(Anomaly.DUPLICATE, f"{twice} in {key}")


def _of_writes(transaction: Transaction, final: Mapping[str, Values]) -> Iterator[Finding]:
    """What became of a transaction's own writes."""
    appended = [(key, value) for key, values in transaction.appends.items() for value in values]
    there = [(key, value) for key, value in appended if value in final.get(key, ())]
    missing = [each for each in appended if each not in there]
    if there and transaction.outcome == "refused":
        yield Finding(Anomaly.ABORTED_READ, f"{transaction.name} was refused, but {there} is stored")
    if missing and transaction.outcome == "acknowledged":
        yield Finding(Anomaly.LOST_UPDATE, f"{transaction.name} was committed, but {missing} is not stored")
    if there and missing:
        yield Finding(Anomaly.TORN, f"of {transaction.name} {there} is stored, {missing} is not")


def _of_reads(
    transaction: Transaction, writers: Mapping[int, Transaction], final: Mapping[str, Values]
) -> Iterator[Finding]:
    """What a transaction saw and should not have."""
    for key, seen in transaction.reads.items():
        aborted = [value for value in seen if value not in writers or writers[value].outcome == "refused"]
        if aborted:
            yield Finding(Anomaly.ABORTED_READ, f"{transaction.name} saw {aborted} in {key}")
        if seen and seen[-1] in writers and seen[-1] != writers[seen[-1]].appends[key][-1]:
            yield Finding(Anomaly.INTERMEDIATE_READ, f"{transaction.name} saw {seen[-1]} last in {key}")
        if seen != final.get(key, ())[: len(seen)]:
            yield Finding(Anomaly.INCOMPATIBLE_ORDER, f"{transaction.name} saw {seen} in {key}")


class _Dependencies:
    """Which transactions must come after which.

    Attributes:
        writes: After one whose values theirs stand behind (ww).
        flows: And after one whose values they saw (ww and wr).
        full: And after one that did not see theirs (ww, wr and rw).
        missed: Those that wrote what one did not see (rw).
        overwrote: Who missed the write of whom to a list, and wrote it all the same.
    """

    def __init__(
        self, committed: Sequence[Transaction], writers: Mapping[int, Transaction], final: Mapping[str, Values]
    ) -> None:
        self.writes = _no_edges()
        self.flows = _no_edges()
        self.full = _no_edges()
        self.missed = _no_edges()
        self.overwrote: set[tuple[str, str]] = set()
        # The values that are known, in their order, with who wrote them.
        orders = {key: [writers[value].name for value in values if value in writers] for key, values in final.items()}
        for order in orders.values():
            for earlier, later in pairwise(order):
                self._add(earlier, later, self.writes, self.flows, self.full)
        for transaction in committed:
            for key, seen in transaction.reads.items():
                if seen and seen[-1] in writers:
                    self._add(writers[seen[-1]].name, transaction.name, self.flows, self.full)
                # The first writer behind what was seen follows the reader; those behind that one follow it.
                unseen = [name for name in orders.get(key, ())[len(seen) :] if name != transaction.name]
                if unseen:
                    self._add(transaction.name, unseen[0], self.missed, self.full)
                    if key in transaction.appends:
                        self.overwrote.add((transaction.name, unseen[0]))

    @staticmethod
    def _add(earlier: str, later: str, *graphs: dict[str, set[str]]) -> None:
        if earlier != later:
            for graph in graphs:
                graph[earlier].add(later)


def _no_edges() -> dict[str, set[str]]:
    return defaultdict(set)


def _of_cycles(found: _Dependencies) -> Iterator[Finding]:
    for cycle in _cycles(found.writes):
        yield Finding(Anomaly.WRITE_CYCLE, _told(cycle))
    for cycle in _cycles(found.flows):
        if not _follows(cycle, found.writes):
            yield Finding(Anomaly.INFORMATION_CYCLE, _told(cycle))
    for cycle in _cycles(found.full):
        if not _follows(cycle, found.flows):
            yield _of_misses(cycle, found)


def _of_misses(cycle: Sequence[str], found: _Dependencies) -> Finding:
    """Name a cycle by how few of its transactions need to have missed something."""
    for reader, writer in pairwise(cycle):
        if writer in found.missed.get(reader, ()):
            way = _way(found.flows, writer, reader)
            if way is not None:
                overwrote = (reader, writer) in found.overwrote
                return Finding(Anomaly.LOST_UPDATE if overwrote else Anomaly.READ_SKEW, _told([reader, *way]))
    return Finding(Anomaly.WRITE_SKEW, _told(cycle))


def _cycles(graph: Graph) -> Iterator[Sequence[str]]:
    """Cycles that have no transaction in common, each from one transaction to itself, until none is left."""
    left = {name: set(later) for name, later in graph.items()}
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            # The sorter expects what comes before each one, not after: its cycles run backwards.
            cycle: list[str] = error.args[1][::-1]
        else:
            return
        yield cycle
        gone = set(cycle)
        left = {name: later - gone for name, later in left.items() if name not in gone}


def _follows(path: Sequence[str], graph: Graph) -> bool:
    """Whether each step of a path is in the graph."""
    return all(later in graph.get(earlier, ()) for earlier, later in pairwise(path))


def _way(graph: Graph, start: str, end: str) -> list[str] | None:
    """The shortest way from one transaction to another, both included."""
    came_from: dict[str, str | None] = {start: None}
    ahead = deque([start])
    while ahead:
        name = ahead.popleft()
        if name == end:
            way = [name]
            while (before := came_from[way[-1]]) is not None:
                way.append(before)
            return way[::-1]
        for later in graph.get(name, ()):
            if later not in came_from:
                came_from[later] = name
                ahead.append(later)
    return None


def _told(cycle: Sequence[str]) -> str:
    return " -> ".join(cycle)

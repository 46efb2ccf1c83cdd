"""Append transactions: racers read the same few lists and append to them, each transaction written down."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TypeVar

from benchmarks.outcomes import carry_out
from benchmarks.races.arena import RACERS, Arena, Racer
from benchmarks.races.history import Finding, Transaction, Values, judge
from sst_repo import Repository, Resource, TableRepository, UnitOfWork, VersionedResource
from sst_repo.testing import Fault
from sst_repo.unit_of_work import Isolation

LISTS = 6
"""So many lists are in use at a time."""

ROUND = 25
"""After so many acknowledged transactions of each racer all go on to other lists: lists that grow take ever longer."""


class Register(Resource):
    """A list, of which the last version is kept."""

    values: list[int]


class Log(VersionedResource):
    """A list, of which every version is kept."""

    values: list[int]


L = TypeVar("L", Register, Log)


class Lists(UnitOfWork):
    registers: Repository[Register]
    logs: Repository[Log]


@dataclass(frozen=True, slots=True)
class Appends:
    """What came of append transactions."""

    transactions: Sequence[Transaction]
    findings: Sequence[Finding]
    faults: Counter[Fault]


def appends(
    arena: Arena, *, transactions: int, seed: int = 1, rate: float = 0.1, isolation: Isolation = "serializable"
) -> Appends:
    """Have racers append until so many transactions are acknowledged, and judge the history.

    Args:
        arena: Where.
        transactions: How many, in all; rounded up to whole rounds.
        seed: Makes choices and faults repeatable.
        rate: The share of writes that meet a fault.
        isolation: Of the units of work.
    """
    rounds = -(-transactions // (ROUND * RACERS))
    raced = arena.race(partial(append, rounds=rounds, isolation=isolation), seed=seed, rate=rate)
    history = list(chain.from_iterable(raced.results))
    return Appends(history, judge(history, _stored(arena)), raced.faults)


def append(racer: Racer, *, rounds: int, isolation: Isolation) -> list[Transaction]:
    """Make the transactions of one racer."""
    made: list[Transaction] = []
    for number in range(rounds):
        racer.meet()
        acknowledged = 0
        while acknowledged < ROUND:
            transaction = _transact(racer, f"{racer.number}-{len(made)}", number, isolation)
            made.append(transaction)
            acknowledged += transaction.outcome == "acknowledged"
    return made


def _transact(racer: Racer, name: str, round_: int, isolation: Isolation) -> Transaction:
    """Make one transaction: one to three lists, each read, and half of them written."""
    keys = racer.chance.sample([f"{round_}-{number}" for number in range(LISTS)], racer.chance.choice((1, 2, 3, 3)))
    wanted = {key: _values(name, index)[: racer.chance.choice((0, 0, 1, 2))] for index, key in enumerate(keys)}
    seen: dict[str, Values] = {}

    def act() -> None:
        with Lists(racer.table, isolation=isolation) as unit:
            for key, values in wanted.items():
                seen[key] = _append(unit, key, values)
            unit.commit()

    told = carry_out(act)
    return Transaction(name, told.outcome, seen, {key: values for key, values in wanted.items() if values})


def _append(unit: Lists, key: str, values: Values) -> Values:
    """Append to a list, and return what it was; what has no values yet is not there."""
    # Half of the lists are of each kind.
    if int(key.partition("-")[2]) % 2:
        return _append_to(unit.logs, Log(resource_id=key, values=list(values)))
    return _append_to(unit.registers, Register(resource_id=key, values=list(values)))


def _append_to(lists: Repository[L], added: L) -> Values:
    found = lists.find(added.resource_id)
    if found is not None:
        seen = tuple(found.values)
        found.values += added.values
        return seen
    if added.values:
        lists.add(added)
    return ()


def _values(name: str, index: int) -> Values:
    """Two values that no other list of any transaction gets."""
    racer, number = map(int, name.split("-"))
    first = ((number * RACERS + racer) * LISTS + index) * 2
    return first, first + 1


def _stored(arena: Arena) -> Mapping[str, Values]:
    """Read every list, without any faults."""
    registers: list[Register | Log] = [
        *TableRepository(Register, arena.table).scan(),
        *TableRepository(Log, arena.table).scan(),
    ]
    return {each.resource_id: tuple(each.values) for each in registers}

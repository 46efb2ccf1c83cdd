"""A bank: racers transfer between the same few accounts, and audit all of them meanwhile."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from benchmarks.outcomes import carry_out
from benchmarks.races.arena import RACERS, Arena, Racer
from benchmarks.races.books import Audit, Transfer, Verdict, judge
from sst_repo import Repository, Resource, TableRepository, UnitOfWork
from sst_repo.testing import Fault

ACCOUNTS = tuple(f"account-{number}" for number in range(8))

OPENING = 1_000
"""What each account has in the beginning."""

AUDIT_EVERY = 5
"""Each racer makes an audit after so many transfers."""

ATTEMPTS = 10
"""So often the work of a transfer or an audit is begun, while others are faster."""


class Account(Resource):
    balance: int


class Payment(Resource):
    """What a transfer leaves behind."""

    source: str
    target: str
    amount: int


class Bank(UnitOfWork):
    accounts: Repository[Account]
    payments: Repository[Payment]


@dataclass(frozen=True, slots=True)
class Trading:
    """What came of trading in a bank."""

    transfers: Sequence[Transfer]
    audits: Sequence[Audit]
    verdict: Verdict
    faults: Counter[Fault]


def bank(arena: Arena, *, transfers: int, seed: int = 1, rate: float = 0.2) -> Trading:
    """Have racers transfer until so many transfers are acknowledged, and judge the books.

    Args:
        arena: Where.
        transfers: How many, in all; rounded up to as many for each racer.
        seed: Makes choices and faults repeatable.
        rate: The share of writes that meet a fault.
    """
    with Bank(arena.table) as unit:
        for name in ACCOUNTS:
            unit.accounts.add(Account(resource_id=name, balance=OPENING))
        unit.commit()
    raced = arena.race(partial(trade, transfers=-(-transfers // RACERS)), seed=seed, rate=rate)
    made = list(chain.from_iterable(made for made, _ in raced.results))
    audits = list(chain.from_iterable(audits for _, audits in raced.results))
    verdict = judge(
        made,
        audits,
        opening=dict.fromkeys(ACCOUNTS, OPENING),
        balances={each.resource_id: each.balance for each in TableRepository(Account, arena.table).scan()},
        payments={each.resource_id for each in TableRepository(Payment, arena.table).scan()},
    )
    return Trading(made, audits, verdict, raced.faults)


def trade(racer: Racer, *, transfers: int) -> tuple[list[Transfer], list[Audit]]:
    """Make the transfers and audits of one racer."""
    made: list[Transfer] = []
    audits: list[Audit] = []
    acknowledged = 0
    racer.meet()
    while acknowledged < transfers:
        transfer = _transfer(racer, f"{racer.number}-{len(made)}")
        made.append(transfer)
        acknowledged += transfer.outcome == "acknowledged"
        if len(made) % AUDIT_EVERY == 0:
            audits.append(_audit(racer, f"{racer.number}-{len(audits)}"))
    return made, audits


def _transfer(racer: Racer, name: str) -> Transfer:
    source, target = racer.chance.sample(ACCOUNTS, 2)
    amount = racer.chance.randint(1, 20)

    def work(unit: Bank) -> None:
        unit.accounts.get(source).balance -= amount
        unit.accounts.get(target).balance += amount
        unit.payments.add(Payment(resource_id=name, source=source, target=target, amount=amount))

    told = carry_out(lambda: Bank.run(racer.table, work, attempts=ATTEMPTS))
    error = None if told.refusal is None else type(told.refusal).__name__
    return Transfer(name, source, target, amount, told.outcome, error)


def _audit(racer: Racer, name: str) -> Audit:
    """Add up all accounts in a unit that changes nothing: its commit insists that they are still as it saw them.

    They are read one after the other, so that without the commit many a sum would be wrong.
    """
    totals: list[int] = []

    def work(unit: Bank) -> None:
        totals.append(sum(unit.accounts.get(name).balance for name in ACCOUNTS))

    told = carry_out(lambda: Bank.run(racer.table, work, attempts=ATTEMPTS, isolation="serializable"))
    return Audit(name, tuple(totals), told.outcome)

"""Whether the books of a bank balance: what transfers were told, what audits saw, and what is stored. Pure."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from benchmarks.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer that was tried. It writes both accounts and a payment of its name.

    Attributes:
        name: Its own.
        source: The account it takes from.
        target: The account it gives to.
        amount: How much.
        outcome: What it was told.
        error: The type of the error that refused it.
    """

    name: str
    source: str
    target: str
    amount: int
    outcome: Outcome
    error: str | None = None

    def __str__(self) -> str:
        """Tell it in words."""
        return f"{self.name} ({self.amount} from {self.source} to {self.target}, {self.error or self.outcome})"


@dataclass(frozen=True, slots=True)
class Audit:
    """A look at all accounts by a transaction that insists on what it saw.

    Attributes:
        name: Its own.
        totals: The sums it saw, one a try; only the last of an acknowledged audit is a finding.
        outcome: What it was told.
    """

    name: str
    totals: tuple[int, ...]
    outcome: Outcome

    @property
    def refused(self) -> tuple[int, ...]:
        """The sums that it was told not to rely on."""
        return self.totals[:-1] if self.outcome == "acknowledged" else self.totals


@dataclass(frozen=True, slots=True)
class Verdict:
    """The promises that were broken: which transfers, accounts and audits, and how."""

    lost: list[str] = field(default_factory=list)
    refused_but_applied: list[str] = field(default_factory=list)
    phantom_conflicts: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    torn_audits: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether no promise was broken."""
        return not any(
            (self.lost, self.refused_but_applied, self.phantom_conflicts, self.torn, self.torn_audits),
        )


def judge(
    transfers: Sequence[Transfer],
    audits: Sequence[Audit],
    *,
    opening: Mapping[str, int],
    balances: Mapping[str, int],
    payments: AbstractSet[str],
) -> Verdict:
    """Compare the books with what is stored.

    Args:
        transfers: All that were tried.
        audits: All that were made.
        opening: What each account had in the beginning.
        balances: What each account has in the end.
        payments: The names of the transfers whose payments are stored.
    """
    verdict = Verdict()
    expected = dict(opening)
    for transfer in transfers:
        if transfer.name in payments:
            expected[transfer.source] -= transfer.amount
            expected[transfer.target] += transfer.amount
            if transfer.outcome == "refused":
                verdict.refused_but_applied.append(str(transfer))
        elif transfer.outcome == "acknowledged":
            verdict.lost.append(str(transfer))
        # Nobody else makes payments of that name.
        if transfer.error == "AlreadyExistsError":
            verdict.phantom_conflicts.append(str(transfer))
    for account, balance in balances.items():
        if balance != expected[account]:
            verdict.torn.append(f"{account} has {balance}, its payments make {expected[account]}")
    total = sum(opening.values())
    for audit in audits:
        if audit.outcome == "acknowledged" and audit.totals[-1] != total:
            verdict.torn_audits.append(f"{audit.name} saw {audit.totals[-1]} of {total}")
    return verdict

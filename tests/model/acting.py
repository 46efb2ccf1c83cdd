"""What all rules of the machine share: doing the same on every side, and comparing with the model."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, initialize

from sst_repo import CommitOutcomeUnknownError, SstRepoError, Table
from sst_repo.core.retry import SENDING
from sst_repo.ids import ULIDS
from sst_repo.testing.wrappers import WriteStep, contended, lost_reply, lost_request, resent
from tests.model.refusals import refusal
from tests.model.resources import IDS, KINDS, Content, clients, told
from tests.model.sides import Outcome, Rows, Side, expected_facts, facts, outcome
from tests.model.truth import Change, Key, Truth, Written
from tests.model.units import ModelUnit

FAULTS: dict[str, Sequence[WriteStep]] = {
    "contended": [contended],
    "resent": [resent],
    "lost request": [lost_request],
    "lost reply": [lost_reply],
    "outage before": [lost_request] * SENDING.attempts,
    "outage after": [lost_reply, *[lost_request] * SENDING.attempts],
}
"""What the writes of one call meet, in order. An outage outlasts all tries: the call ends unknown, and is resent."""

APPLIED_UNSEEN = ("lost reply", "outage after")
LOSSES = ("lost request", "outage before", *APPLIED_UNSEEN)
MOST_COPIES = 8
MOST_UNITS = 3


@dataclass
class Copy:
    """What a client holds of a resource, as the model knows it; `base` is None if it was built by hand."""

    key: Key
    base: Written | None
    content: Content


@dataclass
class Walk:
    """A walk by last update that may go on: where it has got, and where it ends."""

    kind: Any
    newest_first: bool
    last: tuple[Any, str] | None
    horizon: Any


class Acting(RuleBasedStateMachine):
    """Derive, and say with `make_tables` what is tested.

    Attributes:
        steps: How many calls of the library all machines of the class have compared with the model.
    """

    steps = 0

    @abstractmethod
    def make_tables(self) -> Sequence[Table]:
        """Make fresh, empty, existing tables: the one that is looked at after each step first."""

    @initialize()
    def begin(self) -> None:
        self.clocks = clients()
        prefix = ULIDS.new_id()
        self.sides = [Side(table, self.clocks, prefix) for table in self.make_tables()]
        self.truth = Truth()
        self.copies: list[Copy] = []
        self.units: list[ModelUnit] = []
        self.clients_of_units: list[int] = []
        self.walks: list[Walk] = []
        self.rows: Rows = {}

    def asks(self, call: Callable[[Side], Any], expected: Callable[[], Any]) -> Any:
        """Read on every side what the model says; return what the first side answers."""
        type(self).steps += 1
        wanted = outcome(expected)
        answers = [outcome(partial(call, side)) for side in self.sides]
        for answer in answers:
            assert answer == wanted
        return answers[0]

    def commits(
        self,
        call: Callable[[Side], Any],
        changes: Sequence[Change],
        client: int,
        *,
        lookups: dict[Any, bool] | None = None,
        fault: str | None = None,
    ) -> bool:
        """Commit on every side what the model predicts; return whether it was applied, and is known to be."""
        type(self).steps += 1
        error = refusal(self.truth, changes, lookups or {})
        answers = [self._under(fault, side, call) for side in self.sides]
        after = self.sides[0].rows()
        assert all(answer == answers[0] for answer in answers)
        unknown = answers[0][0] == CommitOutcomeUnknownError.__name__
        if unknown:
            assert fault in LOSSES
            applied = fault in APPLIED_UNSEEN and error is None and after != self.rows
        else:
            assert answers[0] == (("returned", None) if error is None else _told(error))
            applied = error is None
        if applied:
            self.truth.apply(changes, self.clocks[client].time)
        else:
            assert after == self.rows, "what failed has changed the table"
        self.sees(after)
        return applied and not unknown

    def sees(self, rows: Rows) -> None:
        """Compare all rows with the model: versions without gaps, guards, and nothing else."""
        assert facts(rows) == expected_facts(self.truth)
        self.rows = rows

    def takes(self, copy: Copy, objects: Sequence[Any]) -> None:
        """Keep a copy, which may get stale."""
        self.copies.append(copy)
        for side, each in zip(self.sides, objects, strict=True):
            side.copies.append(each)
        if len(self.copies) > MOST_COPIES:
            self.drops(0)

    def drops(self, number: int) -> None:
        del self.copies[number]
        for side in self.sides:
            del side.copies[number]

    def ends(self, number: int) -> None:
        """Forget a unit."""
        del self.units[number], self.clients_of_units[number]
        for side in self.sides:
            side.units.pop(number).__exit__(None, None, None)

    def teardown(self) -> None:
        """Compare everything with the model, through the library and row by row."""
        if not hasattr(self, "rows"):
            return
        for side in self.sides[1:]:
            assert side.rows() == self.rows
        for kind in KINDS:
            for resource_id in IDS:
                self.history_is_what_was_written((kind, resource_id))

    def history_is_what_was_written(self, key: Key) -> None:
        self.asks(
            lambda side: [told(each) for each in side.repositories[0, key[0]].versions(key[1])],
            lambda: self.truth.versions(key),
        )

    def _under(self, fault: str | None, side: Side, call: Callable[[Side], Any]) -> Outcome:
        side.faulty.follow(*FAULTS.get(fault or "", ()))
        try:
            return outcome(partial(_resending, side, call))
        finally:
            side.faulty.follow()


def _resending(side: Side, call: Callable[[Side], Any]) -> Any:
    """Call; and where the outcome stays unknown, see that nobody's copy has changed, and send it once more."""
    before = [told(copy) for copy in side.copies]
    try:
        return call(side)
    except CommitOutcomeUnknownError as unknown:
        assert [told(copy) for copy in side.copies] == before
        unknown.resend()
        return None


def _told(error: SstRepoError) -> Outcome:
    return type(error).__name__, vars(error)

"""Commit rules with a planted bug: the kills must show them."""

import time
from dataclasses import replace

from sst_repo import Table
from sst_repo.core.records import Applied, Key, Outcome, Plan, Record, Refused
from sst_repo.testing import DelegatingTable

PAUSE = 1.0
"""So many seconds are left for a kill."""


class AnswersFirst(DelegatingTable):
    """Acknowledges a write, and sends it before the next call."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._owed: list[Plan] = []

    def transact(self, plan: Plan) -> Outcome:
        self._send()
        self._owed.append(plan)
        return Applied()

    def read(self, key: Key, *, consistent: bool = True) -> Record | None:
        self._send()
        return super().read(key, consistent=consistent)

    def _send(self) -> None:
        if self._owed:
            time.sleep(PAUSE)
            self.table.transact(self._owed.pop())


class SendsInPieces(DelegatingTable):
    """Sends the rows of a transaction one by one, and takes its time in between."""

    def transact(self, plan: Plan) -> Outcome:
        for number, op in enumerate(plan.ops):
            if number:
                time.sleep(PAUSE)
            outcome = self.table.transact(replace(plan, ops=(op,)))
            if isinstance(outcome, Refused):
                left = len(plan.ops) - number - 1
                return Refused((*[None] * number, *outcome.reasons, *[None] * left))
        return Applied()

"""A commit rule with a planted bug: the storm must show it."""

from dataclasses import replace

from sst_repo import Table
from sst_repo.core.records import Outcome, Plan, Reason, Record, Refused, Unknown
from sst_repo.ids import ULIDS
from sst_repo.testing import DelegatingTable


class TakesRefusalsAtFaceValue(DelegatingTable):
    """Sends again under a new token what was not answered, and takes its own write for another's."""

    def transact(self, plan: Plan) -> Outcome:
        outcome = self.table.transact(plan)
        while isinstance(outcome, Unknown):
            outcome = self.table.transact(replace(plan, write_id=ULIDS.new_id()))
        if not isinstance(outcome, Refused):
            return outcome
        return Refused(tuple(reason and _as_anothers(reason) for reason in outcome.reasons))


def _as_anothers(reason: Reason) -> Reason:
    """Hide whose write it was."""
    if reason.stored is None:
        return reason
    stored = Record(reason.stored.key, {**reason.stored.attributes, "_w": {"S": ULIDS.new_id()}})
    return Reason(stored)


def hidden_retries(table: Table) -> Table:
    return TakesRefusalsAtFaceValue(table)

"""Carrying out what `core.mending` says: each repair is one guarded commit, refused if its ground has changed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sst_repo.checks import Finding, FindingKind
from sst_repo.commit import Committer
from sst_repo.core import checking, layout, limits, mending
from sst_repo.core.checking import Known, Rows
from sst_repo.core.records import Applied, Op, Plan, Record
from sst_repo.errors import SstRepoError, TableError
from sst_repo.readings import Readings


@dataclass(frozen=True, slots=True)
class Repairer:
    """Mends what was found.

    Attributes:
        readings: Reads what is mended.
        committer: Commits the repairs.
    """

    readings: Readings
    committer: Committer

    def resource(self, rows: Rows, known: Known, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Mend the latest row of a resource and its guard rows; return the findings, which say what is mended.

        Raises:
            UnsettledError: It is written too often.
        """
        freed = [self._freed(finding, known) for finding in findings if finding.kind is FindingKind.GUARD_TAKEN]
        ground = self.readings.rows(rows.latest.key) if any(freed) else rows
        if ground is None or not self._mended(ground, known):
            return findings
        after = self.readings.rows(rows.latest.key)
        left = {(each.kind, each.key) for each in (() if after is None else checking.judge(after, known))}
        return tuple(replace(each, repaired=(each.kind, each.key) not in left) for each in findings)

    def guard(self, guard: Record, holder: Record | None, known: Known | None) -> bool:
        """Mend a guard row, and tell whether that was done."""
        write_id = self.committer.ids.new_id()
        return self._sent(mending.mend_guard(guard, holder, known, write_id), write_id)

    def _freed(self, taken: Finding, known: Known) -> bool:
        """Delete the guard row of a value if who is named there lacks it."""
        guard, holder = self.readings.guard(layout.latest_key(taken.key[0]))
        return guard is not None and checking.surely_lacks(guard, holder, known) and self.guard(guard, holder, known)

    def _mended(self, rows: Rows, known: Known) -> bool:
        findings = checking.judge(rows, known)
        if mending.needs_rewrite(findings):
            return mending.may_rewrite(findings) and self._committed(rows, known)
        write_id = self.committer.ids.new_id()
        return self._sent(mending.put_guards(rows, known, findings, write_id), write_id)

    def _committed(self, rows: Rows, known: Known) -> bool:
        try:
            self.committer.commit([mending.rewrite(rows, known)], then=lambda _: None)
        except TableError:
            raise
        except SstRepoError:
            # Somebody else was faster, or the policy refuses to write over what it finds: the finding stands.
            return False
        return True

    def _sent(self, ops: Iterable[Op], write_id: str) -> bool:
        plan = Plan(tuple(ops), write_id)
        if not plan.ops:
            return False
        try:
            limits.check(plan)
            return self.committer.send(plan) == Applied()
        except TableError:
            raise
        except SstRepoError:
            return False

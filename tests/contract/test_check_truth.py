"""A check is silent about what ordinary operations leave, whatever they are, and never about what spoils it."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from sst_repo import InMemoryTable, check
from sst_repo.core import layout
from sst_repo.core.queries import Scan
from sst_repo.core.records import AttributeValue, Record
from sst_repo.testing.contracts.stored import plant
from tests.contract.index_truth import KINDS, IndexTruth

JUNK: AttributeValue = {"S": "junk"}
OF_GUARDS = (layout.HOLDER, layout.WRITE_ID)
OF_ALL = (layout.TYPE, layout.VERSION, layout.CREATED, layout.UPDATED)
OF_LATEST = (layout.LISTED, layout.GUARDS, "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk", "gsi4pk")


class CheckTruth(IndexTruth):
    make_table = staticmethod(InMemoryTable)

    @invariant()
    def nothing_is_wrong_with_what_the_library_wrote(self) -> None:
        report = check(self.table, *KINDS, segments=1)
        assert report.findings == ()
        assert report.ok
        assert report.latest == sum(len(self.living(kind)) for kind in KINDS)
        assert check(self.table, segments=1).ok

    @rule(data=st.data())
    def whatever_is_spoilt_is_found_and_a_repair_leaves_what_it_says(self, data: st.DataObject) -> None:
        rows = self.table.scan(Scan()).records
        if not rows:
            return
        spoilt = InMemoryTable()
        for row in rows:
            plant(spoilt, row)
        _spoil(spoilt, data.draw(st.sampled_from(rows)), data)

        found = check(spoilt, *KINDS, segments=1)
        assert found.findings
        assert not found.ok

        repaired = check(spoilt, *KINDS, repair=True, segments=1, clock=self.clock)
        left = {(each.kind, each.key) for each in check(spoilt, *KINDS, segments=1).findings}
        assert left <= {(each.kind, each.key) for each in repaired.findings if not each.repaired}
        assert repaired.ok is not bool(left)


def _spoil(table: InMemoryTable, row: Record, data: st.DataObject) -> None:
    """Spoil a row in one way; what leaves a sound table is none: to lose a resource with all that it had."""
    is_guard, is_latest = layout.is_guard(row.key.pk), row.key.sk == layout.LATEST
    can_be_missed = is_guard or not is_latest or bool(row.guards) or ((row.version or 0) > 1 and "Kept" in row.key.pk)
    names = OF_GUARDS if is_guard else (*OF_ALL, layout.WRITE_ID, *(OF_LATEST if is_latest else ()))
    name = data.draw(st.sampled_from([None, *names] if can_be_missed else names))
    if name is None:
        plant(table, None, row.key)
        return
    stored = row.attributes.get(name)
    taken_away = stored is not None and (name == layout.WRITE_ID or data.draw(st.booleans()))
    changed: dict[str, Any] = {key: value for key, value in row.attributes.items() if key != name}
    if not taken_away:
        changed[name] = JUNK
    plant(table, Record(row.key, changed))


TestCheckTruth = CheckTruth.TestCase
TestCheckTruth.settings = settings(max_examples=30, stateful_step_count=20)

"""A check is silent about what ordinary operations leave, whatever they are, and never about what spoils it."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from sst_repo import InMemoryTable, check
from sst_repo.core import layout
from sst_repo.core.queries import Scan
from sst_repo.core.records import AttributeValue, Record
from sst_repo.testing.contracts.stored import plant
from tests.contract.index_truth import KINDS, IndexTruth, KeptThing

pytestmark = pytest.mark.no_cover

JUNK: AttributeValue = {"S": "junk"}
OF_GUARDS = (layout.HOLDER, layout.WRITE_ID)
OF_ALL = (layout.TYPE, layout.VERSION, layout.WRITE_ID, layout.CREATED, layout.UPDATED)
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
        for row in rows:
            name = data.draw(st.sampled_from(_names(row)))
            changed = {key: value for key, value in row.attributes.items() if key != name}
            if name not in row.attributes or (name != layout.WRITE_ID and data.draw(st.booleans())):
                changed[name] = JUNK
            self.is_found([each for each in rows if each is not row] + [Record(row.key, changed)])
            if _is_missed(row):
                self.is_found([each for each in rows if each is not row])

    def is_found(self, rows: list[Record]) -> None:
        spoilt = InMemoryTable()
        for row in rows:
            plant(spoilt, row)
        found = check(spoilt, *KINDS, segments=1)
        assert found.findings
        assert not found.ok

        repaired = check(spoilt, *KINDS, repair=True, segments=1, clock=self.clock)
        left = {(each.kind, each.key) for each in check(spoilt, *KINDS, segments=1).findings}
        assert left <= {(each.kind, each.key) for each in repaired.findings if not each.repaired}
        assert repaired.ok is not bool(left)


def _names(row: Record) -> tuple[str, ...]:
    """Return the attributes of which the loss, or junk in them, shows."""
    if layout.is_guard(row.key.pk):
        return OF_GUARDS
    return (*OF_ALL, *OF_LATEST) if row.key.sk == layout.LATEST else OF_ALL


def _is_missed(row: Record) -> bool:
    """Tell whether others lack the row: a resource that is lost with all that it had leaves a sound table."""
    is_latest = row.key.sk == layout.LATEST and not layout.is_guard(row.key.pk)
    has_history = row.version != 1 and layout.type_and_id(row.key.pk)[0] == KeptThing.__type_name__
    return not is_latest or bool(row.guards) or has_history


TestCheckTruth = CheckTruth.TestCase
TestCheckTruth.settings = settings(max_examples=30, stateful_step_count=20)

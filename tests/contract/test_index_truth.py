"""No index row is ever stale, in memory."""

import pytest
from hypothesis import settings

from sst_repo import InMemoryTable
from tests.contract.index_truth import IndexTruth

pytestmark = pytest.mark.no_cover


class InMemory(IndexTruth):
    make_table = staticmethod(InMemoryTable)


TestInMemory = InMemory.TestCase
TestInMemory.settings = settings(max_examples=40, stateful_step_count=25)

"""Tables that answer what AWS would not: what the contracts of conditions, ends of reads and index keys are there to
catch.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from sst_repo import InMemoryTable
from sst_repo.core import filters
from sst_repo.core.expressions import CompiledFilter
from sst_repo.core.filters import satisfies
from sst_repo.core.queries import Query, Scan, Slice
from sst_repo.core.records import AttributeValue, Plan
from sst_repo.tables.memory import table as memory
from sst_repo.tables.memory.rows import StoredRow


class KnowsThatNothingFollows(InMemoryTable):
    """Says that there is no more where a read stops at its limit and nothing follows."""

    def query(self, query: Query) -> Slice:
        got = super().query(query)
        ends = got.more is not None and super().query(replace(query, after=got.more, limit=1)).scanned == 0
        return replace(got, more=None) if ends else got

    def scan(self, scan: Scan) -> Slice:
        got = super().scan(scan)
        ends = got.more is not None and super().scan(replace(scan, after=got.more.key, limit=1)).scanned == 0
        return replace(got, more=None) if ends else got


class FiltersBeforeItsLimit(InMemoryTable):
    """Reads on until as many rows pass the filter as the limit says."""

    def query(self, query: Query) -> Slice:
        got = super().query(query)
        while query.limit is not None and got.more is not None and got.count < query.limit:
            rest = super().query(replace(query, after=got.more, limit=query.limit - got.count))
            got = Slice(got.records + rest.records, got.count + rest.count, got.scanned + rest.scanned, rest.more)
        return got


class TakesAnyKey(InMemoryTable):
    """Takes rows whose index keys are no text, and leaves them out of the index."""

    def _check_keys(self, plan: Plan) -> None:
        pass


class LooksAtTheFirstRowsKeys(InMemoryTable):
    """Looks only at the keys of the first row that a plan puts."""

    def _check_keys(self, plan: Plan) -> None:
        super()._check_keys(replace(plan, ops=plan.ops[:1]))


def keys_ignored_by_filters(patch: pytest.MonkeyPatch) -> None:
    """Filters look at attributes alone, so that what is asked of a key never holds."""

    def passing(rows: Sequence[StoredRow], wanted: CompiledFilter | None) -> Sequence[StoredRow]:
        return [row for row in rows if wanted is None or satisfies(wanted.filter, row.record.attributes)]

    patch.setattr(memory, "passing", passing)


def missing_values_equal_to_nothing_not_even_unequal(patch: pytest.MonkeyPatch) -> None:
    """What is missing makes `<>` false, as in SQL."""
    honest: Callable[..., bool] = filters.Compare.holds

    def holds(self: filters.Compare, found: AttributeValue | None) -> bool:
        return found is not None and honest(self, found)

    patch.setattr(filters.Compare, "holds", holds)


def sets_in_order(patch: pytest.MonkeyPatch) -> None:
    """Values are equal if they are written alike."""
    patch.setattr(filters, "_equal", lambda one, other: one == other)


def types_compared_as_text(patch: pytest.MonkeyPatch) -> None:
    """Values of different types have the order of their text."""

    def holds(self: filters.Compare, found: AttributeValue | None) -> bool:
        if found is None:
            return self.operator == "<>"
        text, other = (str(next(iter(value.values()))) for value in (found, self.value))
        return {"=": text == other, "<>": text != other, "<": text < other, ">": text > other}.get(
            self.operator, text == other or (text < other) == (self.operator == "<=")
        )

    patch.setattr(filters.Compare, "holds", holds)


def sizes_in_characters(patch: pytest.MonkeyPatch) -> None:
    """A text's size is that of Python; what has none is of size 0."""

    def size(found: dict[str, Any]) -> int:
        ((_, held),) = found.items()
        return len(held) if hasattr(held, "__len__") else 0

    patch.setattr(filters, "_size", size)

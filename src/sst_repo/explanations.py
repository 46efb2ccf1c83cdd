"""`Explanation`: how a page is read."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sst_repo.consumption import Consumed

_ONE_IN_TEN = 0.1


@dataclass(frozen=True, slots=True)
class Explanation:
    """How `list` or `query` reads a page. To make one takes no call. `str()` of it says it all in a few lines.

    It shows what is asked for, values included: it is for developers, not for logs.

    Attributes:
        type: The name of the type.
        index: The name of the index that is read.
        key_conditions: The key condition of each Query, one a shard of the listing.
        filter: What the table filters by, after it has read; None for nothing.
        predicate: The name of what Python filters by; None for nothing.
        descending: Whether it begins at the greatest.
        limit: How many resources a page has.
        reads: After how many reads of each shard a filtered page is handed out short; None where nothing is filtered.
        projection: What the index holds: `"all"`, `"keys"` or the names of fields. Unless that is all, the rows of a
            page are read beside it, consistently.
    """

    type: str
    index: str
    key_conditions: tuple[str, ...]
    filter: str | None
    predicate: str | None
    descending: bool
    limit: int
    reads: int | None
    projection: str | tuple[str, ...]
    _cost: Callable[[int, float], Consumed] = field(repr=False, compare=False)

    def cost(self, *, row_bytes: int = 1024, matching: float = 1.0) -> Consumed:
        """Return the requests and read units that a first page takes, where rows go on for ever.

        It is worked out by the code that reads pages, on rows that are made up.

        Args:
            row_bytes: How many bytes a row has.
            matching: Which share of the rows is wanted, by the filter and the predicate together: above 0, up to 1.

        Raises:
            ValueError: It is no share, or rows have no bytes.
        """
        if not 0 < matching <= 1 or row_bytes < 1:
            raise ValueError(f"a share is above 0 and up to 1, and a row has bytes: not {matching} and {row_bytes}")
        return self._cost(row_bytes, matching)

    def __str__(self) -> str:
        """Say it in lines."""
        order = "descending" if self.descending else "ascending"
        lines = [f"{self.type}: Query of {self.index}, {order}", *(f"  key: {each}" for each in self.key_conditions)]
        if self.filter is not None:
            lines.append(f"  filter, after reading: {self.filter}")
        if self.predicate is not None:
            lines.append(f"  predicate, in Python: {self.predicate}")
        if self.projection != "all":
            held = self.projection if isinstance(self.projection, str) else ", ".join(self.projection)
            lines.append(f"  the index holds {held}: the rows of a page are read beside it (BatchGetItem, consistent)")
        if self.reads is None:
            lines.append(f"  a page of {self.limit}: {self._costing(1)}, with rows of 1 KB")
        else:
            lines.append(f"  a page of {self.limit}: {self._costing(1)} where all rows of 1 KB match")
            lines.append(f"  where one in ten does: {self._costing(_ONE_IN_TEN)}")
            lines.append(f"  handed out short after {self.reads} reads" + " a shard" * (len(self.key_conditions) > 1))
        return "\n".join(lines)

    def _costing(self, share: float) -> str:
        cost = self.cost(matching=share)
        return f"{cost.calls} request{'s' * (cost.calls != 1)}, {cost.read:g} read units"

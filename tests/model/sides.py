"""What the machine acts on: a table with its clients, and what stands in it row by row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sst_repo import SstRepoError, Table, TableRepository
from sst_repo.core.queries import Scan
from sst_repo.ports import IdFactory
from sst_repo.testing import ScriptedTable
from tests.model.resources import KINDS, ClientClock, Everything
from tests.model.truth import Truth, Written, code_of

Rows: TypeAlias = dict[tuple[str, str], dict[str, Any]]
"""Raw rows by their keys."""

Outcome: TypeAlias = tuple[str, Any]
"""What became of a call: the result, or the error with its fields."""


class CountedIds(IdFactory):
    """Ids of commits that are the same in all tables."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.made = 0

    def new_id(self) -> str:
        self.made += 1
        return f"{self.prefix}-{self.made:06d}"


@dataclass
class Side:
    """A table under test, and a repository of each kind for each client.

    Attributes:
        table: The table under test.
        clocks: The clock of each client, which the sides share.
        prefix: What the ids of commits begin with: a server remembers them beyond the life of a table.
        units: The units that are open.
        copies: What clients have read and may save some time.
        cursors: Of pages whose walk may go on.
    """

    table: Table
    clocks: Sequence[ClientClock]
    prefix: str
    units: list[Everything] = field(default_factory=list)
    copies: list[Any] = field(default_factory=list)
    cursors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.faulty = ScriptedTable(self.table)
        self.ids = CountedIds(self.prefix)
        self.repositories: dict[tuple[int, Any], TableRepository[Any]] = {
            (client, kind): TableRepository(kind, self.faulty, clock=clock, ids=self.ids)
            for client, clock in enumerate(self.clocks)
            for kind in KINDS
        }

    def rows(self) -> Rows:
        """Read all rows as they are stored."""
        found: Rows = {}
        scan: Scan | None = Scan(segments=1, consistent=True)
        while scan is not None:
            read = self.table.scan(scan)
            found |= {(row.key.pk, row.key.sk): dict(row.attributes) for row in read.records}
            scan = None if read.more is None else Scan(segments=1, consistent=True, after=read.more.key)
        return found


def outcome(call: Callable[[], Any]) -> Outcome:
    """Call, and tell the result or the error with its facts."""
    try:
        return "returned", call()
    except SstRepoError as error:
        return type(error).__name__, vars(error)


def facts(rows: Rows) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Pick out of raw rows what the model knows: version, deletion, and who holds what."""
    return {
        key: ("holder", row["_h"]["S"])
        if "_h" in row
        else (int(row["_v"]["N"]), "_d" in row, sorted(row.get("_q", {}).get("SS", ())))
        for key, row in rows.items()
    }


def expected_facts(truth: Truth) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Say what rows there are to be, and no others: the storage layout, spelled out."""
    expected: dict[tuple[str, str], tuple[Any, ...]] = {}
    for (kind, resource_id), versions in truth.rows.items():
        pk = f"{kind.__name__}#{resource_id}"
        guards = _guards((kind, resource_id), versions[-1])
        expected |= {(guard, "@"): ("holder", resource_id) for guard in guards}
        expected[pk, "@"] = (versions[-1].version, versions[-1].content is None, guards)
        for written in versions[:-1]:
            expected[pk, f"v#{written.version:012d}"] = (written.version, written.content is None, [])
    return expected


def _guards(key: tuple[Any, str], written: Written) -> list[str]:
    code = code_of(key, written)
    return [] if code is None else [f"#{key[0].__name__}#code#{code}#"]

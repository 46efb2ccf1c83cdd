"""How far an export or import has got, in a file beside it: to go on from there after an interruption."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from sst_repo.cli.exits import UsageFault

CheckpointT = TypeVar("CheckpointT", bound="Checkpoint")


@dataclass
class Checkpoint:
    """Where to go on.

    Attributes:
        table: The table that it is about: with another one, going on makes no sense.
        bytes: How much of the file is done.
        lines: How many lines that is.
    """

    table: str
    bytes: int = 0
    lines: int = 0

    def save(self, path: Path) -> None:
        """Write it, so that there is an old or a new one whatever happens meanwhile."""
        beside = path.with_name(f"{path.name}.new")
        beside.write_text(json.dumps(asdict(self)), encoding="utf-8")
        beside.replace(path)

    @classmethod
    def load(cls, path: Path, table: str) -> Self:
        """Read it.

        Raises:
            UsageFault: There is none, it is none, or it is about another table.
        """
        try:
            read: Any = json.loads(path.read_text(encoding="utf-8"))
            found = cls(**read)
        except FileNotFoundError as error:
            raise UsageFault(f"there is nothing to go on from: no file {path}") from error
        except (ValueError, TypeError) as error:
            raise UsageFault(f"{path} is no checkpoint; delete it, and begin anew") from error
        if found.table != table:
            raise UsageFault(f"{path} is about the table {found.table!r}, not {table!r}")
        return found


@dataclass
class ExportCheckpoint(Checkpoint):
    """Where an export goes on.

    Attributes:
        cursor: The place in the scan; None before its beginning.
        segments: How many segments the scan has.
        types: What is exported.
    """

    cursor: str | None = None
    segments: int = 1
    types: tuple[str, ...] = ()


@dataclass
class ImportCheckpoint(Checkpoint):
    """Where an import goes on.

    Attributes:
        added: How many resources were added so far.
        existing: How many were there already.
        failed: How many lines could not be added.
    """

    added: int = 0
    existing: int = 0
    failed: int = 0


def path_beside(path: Path) -> Path:
    """Return where the checkpoint of a file is."""
    return path.with_name(f"{path.name}.checkpoint")

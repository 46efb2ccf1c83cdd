"""What became of a single write whose answer was lost, told by the row that refuses it when it is sent again. Pure.

A transaction has a token: sent again, it succeeds if it was applied, so that a refusal is definite. A single write has
none; what it left behind tells:

| write | the row that stands there | the write |
|---|---|---|
| any | carries our write id | was applied |
| put, no versions kept | names us among the writes before it | was applied, then written over |
| put or delete, no versions kept | is what we started from, or names it among those before it | was not applied |
| put of version 1, versions kept | a later version; version 1 in the history is ours | was applied, then written over |
| put of version 1, versions kept | another's version 1; or a later one, and version 1 is not ours | was not applied |
| delete of all that is left | there is none | is as good as applied: it is gone, as was wanted |
| any | anything else, nothing included | can't be known |

A row of a type that keeps no versions names the last eight writes before it, as 8-byte BLAKE2b digests of their write
ids: up to 66 bytes, attribute name included. It begins anew when something is deleted and made again, so a row
that names what we started from has been there ever since. A purge in between erases the traces with what was written:
then nothing was written that is there any more.
"""

from dataclasses import dataclass
from enum import Enum, auto
from hashlib import blake2b
from typing import TypeAlias

from sst_repo.core import layout
from sst_repo.core.intents import Create, Erase, Intent
from sst_repo.core.records import Attributes, Delete, Key, Op, Put, Record

KEPT = 8
"""How many writes before it a row names."""

_DIGEST_BYTES = 8


class Fate(Enum):
    """What became of a write."""

    APPLIED = auto()
    NOT_APPLIED = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class LookAt:
    """The row that refused the write does not tell; the one under this key does."""

    key: Key


@dataclass(frozen=True, slots=True)
class Trace:
    """What was found where one was told to look."""

    row: Record | None


Told: TypeAlias = Fate | LookAt


def recent(base: Record | None) -> Attributes:
    """Return what a row says of the writes before it, given the row it follows."""
    if base is None or base.write_id is None:
        return {}
    return {layout.RECENT: {"B": (_digest(base.write_id) + _digests(base))[: KEPT * _DIGEST_BYTES]}}


def fate(intent: Intent, op: Op, write_id: str, stored: Record | None, trace: Trace | None = None) -> Told:
    """Say what became of a single write that may have been applied before it was refused.

    Args:
        intent: What was to be done.
        op: The write.
        write_id: The id of its commit.
        stored: The row that refused it; None if there was none.
        trace: What was found where this function said to look.
    """
    if stored is None:
        return Fate.APPLIED if isinstance(intent, Erase) and isinstance(op, Delete) else Fate.UNKNOWN
    if stored.write_id == write_id:
        return Fate.APPLIED
    if intent.target.keeps_versions:
        return _in_history(op, write_id, stored, trace)
    return _in_row(intent, op, write_id, stored)


def _in_history(op: Op, write_id: str, stored: Record, trace: Trace | None) -> Told:
    if not isinstance(op, Put):
        return Fate.UNKNOWN
    if stored.version == op.record.version:
        return Fate.NOT_APPLIED
    if trace is None:
        return LookAt(layout.history_key(op.key.pk, op.record.version or 0))
    ours = trace.row is not None and trace.row.write_id == write_id
    return Fate.APPLIED if ours else Fate.NOT_APPLIED


def _in_row(intent: Intent, op: Op, write_id: str, stored: Record) -> Fate:
    if isinstance(op, Put) and _names(stored, write_id):
        return Fate.APPLIED
    base = _base(intent)
    if base is None or base.write_id is None:
        return Fate.UNKNOWN
    has_been_there = stored.write_id == base.write_id or _names(stored, base.write_id)
    return Fate.NOT_APPLIED if has_been_there else Fate.UNKNOWN


def _base(intent: Intent) -> Record | None:
    return intent.over if isinstance(intent, Create) else intent.base


def _names(row: Record, write_id: str) -> bool:
    digests, wanted = _digests(row), _digest(write_id)
    return any(digests[at : at + _DIGEST_BYTES] == wanted for at in range(0, len(digests), _DIGEST_BYTES))


def _digests(row: Record) -> bytes:
    kept = row.attributes.get(layout.RECENT, {}).get("B")
    return kept if isinstance(kept, bytes) else b""


def _digest(write_id: str) -> bytes:
    return blake2b(write_id.encode(), digest_size=_DIGEST_BYTES).digest()

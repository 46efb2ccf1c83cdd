"""The language between the core and the tables: records, guards, plans and their outcomes.

A table knows nothing but what is in this module. Everything here is immutable; records are shared, never copied.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeAlias

from sst_repo.core.wire import Body, Item, canonical, encode

AttributeValue: TypeAlias = Mapping[str, Any]
"""A value in DynamoDB's typed form, such as `{"S": "x"}`. Numbers are canonical text (see `core.numbers`), sets are
sorted lists, binaries are `bytes`; so equal values are equal mappings."""

Attributes: TypeAlias = Mapping[str, AttributeValue]


KEY_NAMES: Final = frozenset({"pk", "sk"})
"""The attributes that a row's key is made of."""

VERSION_TEXT: Final = "[1-9][0-9]{0,11}"
"""What versions look like, from 1 to the last one that history has a key for."""

_VERSION: Final = re.compile(VERSION_TEXT)


def version_number(text: object) -> int | None:
    """Return the version that a text says, from 1 to the last one that history has a key for; None if it says none."""
    return int(text) if isinstance(text, str) and _VERSION.fullmatch(text) else None


class Key(NamedTuple):
    """A row's primary key."""

    pk: str
    sk: str

    @property
    def attributes(self) -> Attributes:
        """The key as the attributes it is stored as."""
        return {"pk": {"S": self.pk}, "sk": {"S": self.sk}}


class Record:
    """A row: its key, and all other attributes in DynamoDB's typed form; those are not shown, they may be secrets.

    It is made of both, or of a body that it came in; then it is read when something of it is asked for. Either way it
    never changes.

    Attributes:
        body: What it came in; None if it was made here.
        place: At which place in it.
    """

    __slots__ = ("_attributes", "_json", "_key", "body", "place")

    def __init__(self, key: Key, attributes: Attributes) -> None:
        """Make a row."""
        self._key: Key | None = key
        self._attributes: Attributes | None = attributes
        self._json: bytes | None = None
        self.body: Body | None = None
        self.place = 0

    @classmethod
    def of(cls, body: Body, place: int) -> "Record":
        """Return the row that came in a body at a place."""
        record = cls.__new__(cls)
        record._key = record._attributes = record._json = None  # noqa: SLF001 - its own
        record.body = body
        record.place = place
        return record

    @property
    def key(self) -> Key:
        """Its primary key."""
        if self._key is None:
            item = self._item
            self._key = Key(item["pk"]["S"], item["sk"]["S"])
        return self._key

    @property
    def attributes(self) -> Attributes:
        """All its attributes but the key."""
        if self._attributes is None:
            self._attributes = canonical(self._item, without=KEY_NAMES)
        return self._attributes

    @property
    def json(self) -> bytes:
        """The item in JSON, its key included.

        Raises:
            UnicodeEncodeError: A text has a lone surrogate.
        """
        if self._json is None:
            self._json = encode({**self.key.attributes, **self.attributes})
        return self._json

    @property
    def version(self) -> int | None:
        """The version in `_v`; None in a row that is not ours."""
        return version_number(self.attributes.get("_v", {}).get("N"))

    @property
    def write_id(self) -> str | None:
        """The id of the commit that wrote the row, in `_w`; None in a row that is not ours."""
        text = self.attributes.get("_w", {}).get("S")
        return text if isinstance(text, str) else None

    @property
    def holder(self) -> str | None:
        """The id of the resource that holds a unique value, in `_h`; None in a row that is no guard."""
        text = self.attributes.get("_h", {}).get("S")
        return text if isinstance(text, str) else None

    @property
    def guards(self) -> tuple[str, ...]:
        """The pks of the guard rows that the resource holds, in `_q`; only latest versions have any."""
        return tuple(self.attributes.get("_q", {}).get("SS", ()))

    @property
    def is_tombstone(self) -> bool:
        """Whether the row says that the resource was deleted."""
        return "_d" in self.attributes

    @property
    def _item(self) -> Item:
        if self.body is None:
            raise AssertionError("a row that came in no body is made of its key and attributes")
        return self.body.item(self.place)

    def __eq__(self, other: object) -> bool:
        """Compare keys and attributes."""
        if not isinstance(other, Record):
            return NotImplemented
        return self is other or (self.key == other.key and self.attributes == other.attributes)

    __hash__ = None  # type: ignore[assignment]  # attributes are mappings

    def __repr__(self) -> str:
        """Show the key."""
        return f"Record(key={self.key!r})"

    def __deepcopy__(self, memo: object) -> "Record":
        """Stay shared when a resource that remembers this record is copied deeply."""
        return self

    def __reduce__(self) -> tuple[type["Record"], tuple[Key, Attributes]]:
        """Be pickled as what it is, without what else came in its body."""
        return Record, (self.key, self.attributes)


class RowsByKey(Mapping[Key, Record]):
    """Rows by their keys, in no order; the keys are read when they are asked for."""

    def __init__(self, bodies: Sequence[Body]) -> None:
        """Take what the rows came in."""
        self.bodies = bodies

    @cached_property
    def _by_key(self) -> dict[Key, Record]:
        records = (Record.of(body, number) for body in self.bodies for number in range(len(body.items)))
        return {record.key: record for record in records}

    def __getitem__(self, key: Key) -> Record:
        """Return the row of a key."""
        return self._by_key[key]

    def __iter__(self) -> Iterator[Key]:
        """Go through the keys."""
        return iter(self._by_key)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._by_key)


@dataclass(frozen=True, slots=True)
class Absent:
    """The guard of a row that must not exist."""


@dataclass(frozen=True, slots=True)
class Matches:
    """The guard of a row that must be exactly what was read.

    The version alone would let a stale copy win after a delete and re-create; the write id makes it exact.
    """

    version: int
    write_id: str


@dataclass(frozen=True, slots=True)
class HeldByNoOther:
    """The guard of a row that says who holds a unique value: there is none, or it names this holder."""

    holder: str


Guard: TypeAlias = Absent | Matches | HeldByNoOther


def holds(guard: Guard, stored: Record | None) -> bool:
    """Tell whether a guard is satisfied by what is stored; THE meaning that each adapter compiles to its server."""
    match guard:
        case Absent():
            return stored is None
        case HeldByNoOther(holder):
            return stored is None or stored.holder == holder
        case Matches(version, write_id):
            return stored is not None and stored.version == version and stored.write_id == write_id


@dataclass(frozen=True, slots=True)
class Put:
    """Store the record under its key, replacing what is there, if the guard holds."""

    record: Record
    guard: Guard

    @property
    def key(self) -> Key:
        """The row that is written."""
        return self.record.key


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove the row, if the guard holds."""

    key: Key
    guard: Guard


@dataclass(frozen=True, slots=True)
class Check:
    """Change nothing, but let the whole plan fail unless the guard holds."""

    key: Key
    guard: Guard


Op: TypeAlias = Put | Delete | Check


@dataclass(frozen=True, slots=True)
class Plan:
    """What one commit does, all or nothing, in at most one write call.

    Attributes:
        ops: One op a row.
        write_id: The commit's id, stamped into every row it writes; it recognises our own write in a later answer.
    """

    ops: tuple[Op, ...]
    write_id: str

    @property
    def token(self) -> str:
        """The idempotency token of the plan: a plan that is sent again is the same plan."""
        return self.write_id


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an op was refused: its guard did not hold for the row that is stored."""

    stored: Record | None


@dataclass(frozen=True, slots=True)
class Applied:
    """All of the plan was applied."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was applied. One reason an op, in order; None for an op that was not at fault."""

    reasons: tuple[Reason | None, ...]

    def shows(self, write_id: str) -> bool:
        """Tell whether a row that was in the way was written by this very commit: then it had been applied before."""
        rows = (reason.stored for reason in self.reasons if reason is not None)
        return any(row is not None and row.write_id == write_id for row in rows)


@dataclass(frozen=True, slots=True)
class Contended:
    """Nothing was applied since the table was busy; the same plan may be sent again."""

    cause: BaseException | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer was lost: the plan was applied or not."""

    cause: BaseException | None = field(default=None, compare=False)


Outcome: TypeAlias = Applied | Refused | Contended | Unknown

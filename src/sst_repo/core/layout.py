"""Where things stand in the table: the keys of rows, the system attributes, the indexes.

| row | pk | sk |
|---|---|---|
| latest version, or tombstone | `<type>#<id>` | `@` |
| version n, once overwritten | `<type>#<id>` | `v#` and n in twelve digits |
| guard of a unique value | `#<type>#<fields>#<key text>` | `@` |

A type name is not empty and has no `#`: guards and resources share no partition, nor do guards of different types.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeAlias
from zlib import crc32

from sst_repo.core.records import Attributes, Key, Record

TYPE = "_t"
VERSION = "_v"
WRITE_ID = "_w"
CREATED = "_c"
UPDATED = "_u"
DELETED = "_d"
COMPRESSED = "_z"
LISTED = "_l"
HOLDER = "_h"
GUARDS = "_q"
RECENT = "_r"

LATEST = "@"
MAX_VERSION = 10**12 - 1
OLDEST = "v#000000000000"
NEWEST = "v#999999999999"

_RECENT_WRITES = 8
_DIGEST_BYTES = 8

_SLOT = re.compile(r"gsi\d+[ps]k")
_IN_HISTORY = re.compile(r"v#[0-9]{12}")
_OF_LATEST = {LISTED, GUARDS, RECENT}


def is_reserved(name: str) -> bool:
    """Tell whether an attribute of that name is the library's: the keys, index slots, all that begins with `_`."""
    return name.startswith(("_", "gsi")) or name in {"pk", "sk"}


@dataclass(frozen=True, slots=True)
class IndexKeys:
    """An index of the table: its name (None for the table's own) and the attributes of its key."""

    name: str | None
    partition: str
    sort: str


PRIMARY = IndexKeys(None, "pk", "sk")
LISTING = IndexKeys("listing", TYPE, LISTED)


DEFAULT_GSIS = 5
"""How many general indexes a table has unless told otherwise. An index without entries costs nothing."""


Gsis: TypeAlias = int | Collection[int]
"""How many general indexes a table has, or the numbers of those that it has."""


def gsi(number: int) -> IndexKeys:
    """Return the index that access patterns share under a number, from 1 on."""
    return IndexKeys(f"gsi{number}", f"gsi{number}pk", f"gsi{number}sk")


def gsi_numbers(gsis: Gsis) -> tuple[int, ...]:
    """Return the numbers of a table's general indexes, in order."""
    return tuple(range(1, gsis + 1)) if isinstance(gsis, int) else tuple(sorted(set(gsis)))


def secondary_indexes(gsis: Gsis) -> tuple[IndexKeys, ...]:
    """Return the indexes of a table with these general ones."""
    return (LISTING, *map(gsi, gsi_numbers(gsis)))


def partition_key(type_name: str, resource_id: str) -> str:
    """Return the pk that all rows of one resource share. A type name has no `#`, so the two can't be confused."""
    return f"{type_name}#{resource_id}"


def type_and_id(pk: str) -> tuple[str, str]:
    """Take a pk apart."""
    type_name, _, resource_id = pk.partition("#")
    return type_name, resource_id


def type_in(pk: str) -> str:
    """Return the name of the type that a row is of, or that a guard row is for."""
    return (type_and_value(pk) if is_guard(pk) else type_and_id(pk))[0]


def type_in_partition(index: IndexKeys, partition: str) -> str:
    """Return the name of the type that an index's partition is of; "" for one that types share."""
    return type_in(partition) if index is PRIMARY else type_and_id(partition)[0]


def row_name(pk: str) -> str:
    """Return how messages name a resource, given its pk: "type id"."""
    return " ".join(type_and_id(pk))


def latest_key(pk: str) -> Key:
    """Return the key of the latest version, or of a guard row."""
    return Key(pk, LATEST)


def history_key(pk: str, version: int) -> Key:
    """Return the key a version has once it is overwritten."""
    return Key(pk, f"v#{version:012d}")


def version_in(sk: str) -> int | None:
    """Take the version out of the sk of a row of the history; None for any other sk."""
    return int(sk.removeprefix("v#")) if _IN_HISTORY.fullmatch(sk) else None


def guard_key(type_name: str, fields: str, text: str) -> Key:
    """Return the key of the row that says who holds a unique value."""
    return latest_key(f"#{partition_key(type_name, fields)}#{text}")


def is_guard(pk: str) -> bool:
    """Tell whether a pk is that of a guard row."""
    return pk.startswith("#")


def type_and_value(pk: str) -> tuple[str, str]:
    """Take the pk of a guard row apart: the type name, and the fields with the key text."""
    return type_and_id(pk[1:])


def listing_sort(updated: str, resource_id: str) -> str:
    """Return the sort key of the listing: by last update, then by id."""
    return f"{updated}#{resource_id}"


def listing_partition(type_name: str, resource_id: str, shards: int) -> str:
    """Return the partition of the listing that a resource is in: its shard follows from its id."""
    if shards == 1:
        return type_name
    return listing_partitions(type_name, shards)[crc32(resource_id.encode()) % shards]


def listing_partitions(type_name: str, shards: int) -> tuple[str, ...]:
    """Return the partitions of a type's listing. The first is named like that of a type without shards."""
    return (type_name, *(f"{type_name}#{number}" for number in range(1, shards)))


def type_in_listing(partition: str) -> str:
    """Take the type name out of a partition of the listing."""
    return partition.partition("#")[0]


def time_in_listing_sort(text: str) -> str:
    """Take the time of the last update out of a listing's sort key."""
    return text.partition("#")[0]


def id_in_listing_sort(text: str) -> str:
    """Take the id out of a listing's sort key."""
    return text.partition("#")[2]


def held(guards: Iterable[str]) -> Attributes:
    """Return what a latest row says of the guard rows that its resource holds, given their pks."""
    pks = sorted(guards)
    return {GUARDS: {"SS": pks}} if pks else {}


def recent_writes(base: Record) -> Attributes:
    """Return what the row that follows `base` says of the last writes before it: short digests, the latest first.

    Only types that keep no versions have it: it takes the place of the history where a writer has to find out whether
    its own write, of which the answer was lost, is among those. It takes 2 bytes and 8 for each write, 66 at most.
    """
    return {RECENT: {"B": _digests(base)[: _DIGEST_BYTES * _RECENT_WRITES]}}


def is_recent(row: Record, write_id: str) -> bool:
    """Tell whether a write is the last one of a row, or among those that the row says were the last before."""
    digests = _digests(row)
    listed = {digests[start : start + _DIGEST_BYTES] for start in range(0, len(digests), _DIGEST_BYTES)}
    return _digest(write_id) in listed


def _digests(row: Record) -> bytes:
    before = row.attributes.get(RECENT, {}).get("B")
    return _digest(row.write_id or "") + (before if isinstance(before, bytes) else b"")


def _digest(write_id: str) -> bytes:
    return blake2b(write_id.encode(), digest_size=_DIGEST_BYTES).digest()


def slots(attributes: Attributes) -> Attributes:
    """Pick out the keys of declared indexes."""
    return {name: value for name, value in attributes.items() if _SLOT.fullmatch(name)}


def of_any_version(attributes: Attributes) -> Attributes:
    """Leave out what the latest row alone has: its places in indexes, the guards it holds, the writes before it."""
    return {name: value for name, value in attributes.items() if not _SLOT.fullmatch(name) and name not in _OF_LATEST}


def index_entry(record: Record, index: IndexKeys) -> tuple[str, str] | None:
    """Return the record's partition and sort key in an index; None if it is not in it (sparse)."""
    if index is PRIMARY:
        return record.key.pk, record.key.sk
    partition = record.attributes.get(index.partition, {}).get("S")
    sort = record.attributes.get(index.sort, {}).get("S")
    return None if partition is None or sort is None else (partition, sort)

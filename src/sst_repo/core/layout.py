"""Where things stand in the table: the keys of rows, the system attributes, the indexes.

| row | pk | sk |
|---|---|---|
| latest version, or tombstone | `<type>#<id>` | `@` |
| version n, once overwritten | `<type>#<id>` | `v#` and n in twelve digits |
"""

import re
from dataclasses import dataclass
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

LATEST = "@"
MAX_VERSION = 10**12 - 1
OLDEST = "v#000000000000"
NEWEST = "v#999999999999"

_INDEX_ATTRIBUTE = re.compile(r"_l|gsi\d+[ps]k")


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


def gsi(number: int) -> IndexKeys:
    """Return the index that access patterns share under a number, from 1 on."""
    return IndexKeys(f"gsi{number}", f"gsi{number}pk", f"gsi{number}sk")


def secondary_indexes(gsis: int) -> tuple[IndexKeys, ...]:
    """Return the indexes of a table with so many general ones."""
    return (LISTING, *(gsi(number) for number in range(1, gsis + 1)))


def partition_key(type_name: str, resource_id: str) -> str:
    """Return the pk that all rows of one resource share. A type name has no `#`, so the two can't be confused."""
    return f"{type_name}#{resource_id}"


def type_and_id(pk: str) -> tuple[str, str]:
    """Take a pk apart."""
    type_name, _, resource_id = pk.partition("#")
    return type_name, resource_id


def latest_key(pk: str) -> Key:
    """Return the key of the latest version."""
    return Key(pk, LATEST)


def history_key(pk: str, version: int) -> Key:
    """Return the key a version has once it is overwritten."""
    return Key(pk, f"v#{version:012d}")


def listing_sort(updated: str, resource_id: str) -> str:
    """Return the sort key of the listing: by last update, then by id."""
    return f"{updated}#{resource_id}"


def listing_partition(type_name: str, resource_id: str, shards: int) -> str:
    """Return the partition of the listing that a resource is in: its shard follows from its id."""
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


def without_index_attributes(attributes: Attributes) -> Attributes:
    """Leave out what puts a row into an index."""
    return {name: value for name, value in attributes.items() if not _INDEX_ATTRIBUTE.fullmatch(name)}


def index_entry(record: Record, index: IndexKeys) -> tuple[str, str] | None:
    """Return the record's partition and sort key in an index; None if it is not in it (sparse)."""
    if index is PRIMARY:
        return record.key.pk, record.key.sk
    partition = record.attributes.get(index.partition, {}).get("S")
    sort = record.attributes.get(index.sort, {}).get("S")
    return None if partition is None or sort is None else (partition, sort)

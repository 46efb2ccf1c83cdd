"""Ids as keys."""

from typing import Final

from sst_repo.core import layout
from sst_repo.core.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from sst_repo.core.times import UTC_WIDTH
from sst_repo.errors import UnstorableValueError
from sst_repo.mapping.values import has_type

_SURELY_FITS: Final = MAX_SORT_KEY_BYTES // 2
"""Whatever the type is called: its name takes less than the other half of a partition key."""


def check_id(type_name: str, resource_id: str) -> None:
    """Refuse an id that can't be part of the table's keys.

    Raises:
        UnstorableValueError: It is empty, no Unicode text, or too long for a partition key or the listing's sort key.
    """
    if type(resource_id) is str and resource_id.isascii() and 0 < len(resource_id) <= _SURELY_FITS:
        return
    path = f"{type_name}.resource_id"
    if not has_type(resource_id, str) or not resource_id:
        raise UnstorableValueError(path, f"an id is text of at least one character, not {resource_id!r}")
    try:
        partition = len(layout.partition_key(type_name, resource_id).encode())
        listing = UTC_WIDTH + len(layout.listing_sort("", resource_id).encode())
    except UnicodeEncodeError as error:
        raise UnstorableValueError(path, f"the id is no Unicode text ({error.reason})") from error
    if partition > MAX_PARTITION_KEY_BYTES or listing > MAX_SORT_KEY_BYTES:
        raise UnstorableValueError(
            path,
            f"the id takes {listing} bytes in the listing's sort key and {partition} in the partition key "
            f"(at most {MAX_SORT_KEY_BYTES} and {MAX_PARTITION_KEY_BYTES})",
        )

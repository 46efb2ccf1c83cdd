"""The row an overwritten version becomes: its exact image, compressed where that makes it smaller.

Compressed rows hold `_z`: zlib (RFC 1950) over the image as DynamoDB JSON. Small or incompressible images stay as
they are, so that the history row of a resource is never larger than the row it preserves, and always fits where that
one fitted: what it loses with the listing's attribute outweighs its longer key.
"""

import zlib

from pydantic_core import from_json

from sst_repo.core import layout
from sst_repo.core.attribute_values import check_item
from sst_repo.core.limits import attributes_size
from sst_repo.core.records import Attributes, Record
from sst_repo.core.wire import canonical, encode

MAX_IMAGE_BYTES = 4 * 1024 * 1024
"""No image of an item of 400 KB comes near it; more is a bomb."""

KEPT_PLAIN = (layout.TYPE, layout.VERSION, layout.WRITE_ID, layout.DELETED)
"""What a compressed row says beside its image, so that it can be told without unpacking."""


def archive(latest: Record) -> Record:
    """Make the history row of a version that is about to be overwritten."""
    if latest.version is None:
        raise ValueError("a row without a version has no place in the history")
    image = layout.of_any_version(latest.attributes)
    packed: Attributes = {
        **{name: image[name] for name in KEPT_PLAIN if name in image},
        layout.COMPRESSED: {"B": zlib.compress(encode(image))},
    }
    smaller = min(packed, image, key=attributes_size)
    return Record(layout.history_key(latest.key.pk, latest.version), smaller)


def unarchive(row: Record) -> Record:
    """Return the image that a history row preserves, under the history row's key.

    Raises:
        ValueError: The row can't be unpacked, or unpacks to more than any item can hold.
    """
    packed = row.attributes.get(layout.COMPRESSED)
    if packed is None:
        return row
    content = packed.get("B")
    if not isinstance(content, bytes):
        raise ValueError(f"{layout.COMPRESSED} is not binary")  # noqa: TRY004 - a stored value, not an argument
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(content, MAX_IMAGE_BYTES)
    except zlib.error as error:
        raise ValueError(f"{layout.COMPRESSED} can't be unpacked ({error})") from error
    if not unpacker.eof:
        raise ValueError(f"{layout.COMPRESSED} is cut off or unpacks to over {MAX_IMAGE_BYTES} bytes")
    try:
        image = canonical(from_json(text))
        check_item(image)
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{layout.COMPRESSED} holds no item ({type(error).__name__})") from None
    return Record(row.key, image)

"""Cursors: opaque text that says where a listing goes on, and only that listing.

A cursor is a format byte, a digest of 8 bytes over the listing's identity and the place, and the place, in URL-safe
Base64. The digest makes a mangled cursor, or one of another listing, known as such before any call.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b

from sst_repo.errors import InvalidCursorError

_FORMAT = b"\x01"
_DIGEST_BYTES = 8


def encode(place: str, listing: Sequence[str]) -> str:
    """Make the cursor for a place in a listing.

    Args:
        place: The text to get back.
        listing: What tells the listing from all others: type, index, partition, direction.
    """
    content = place.encode()
    return urlsafe_b64encode(_FORMAT + _digest(content, listing) + content).decode().rstrip("=")


def decode(cursor: str, listing: Sequence[str]) -> str:
    """Return the place a cursor was made for.

    Raises:
        InvalidCursorError: It is mangled, or was made for another listing.
    """
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        head = len(_FORMAT) + _DIGEST_BYTES
        content = raw[head:]
        known = raw[:head] == _FORMAT + _digest(content, listing)
        # Base64 ignores foreign characters and spare bits: only what we would write ourselves is ours.
        if known and encode(text := content.decode(), listing) == cursor:
            return text
    except (binascii.Error, UnicodeError, AttributeError):
        pass
    raise InvalidCursorError("the cursor is not one that this listing made; begin again without a cursor")


def _digest(content: bytes, listing: Sequence[str]) -> bytes:
    digest = blake2b(digest_size=_DIGEST_BYTES, person=b"sst-repo.cursor")
    for part in listing:
        text = part.encode()
        digest.update(len(text).to_bytes(4, "big") + text)
    digest.update(content)
    return digest.digest()

"""Cursors: opaque text that says where a listing goes on, and only that listing.

A cursor is a format byte, a seal over the listing's identity and the place, and the place, in URL-safe Base64. The seal
makes a mangled cursor, or one of another listing, known as such before any call.

| format | seal | |
|---|---|---|
| 1 | 8 bytes of BLAKE2b | finds accidents; whoever knows the library can make one |
| 2 | 16 bytes of HMAC-SHA-256 | where the table has a secret: nobody without it can make one |

What decodes is not trusted: `Selection.place` and its like check that it is a place in the very listing that is read.
So the most that an unsigned cursor can do is to begin elsewhere in that listing. Neither format is encrypted: the sort
key and the id of a row can be read from a cursor, and nothing else of it.

Source: RFC 2104, section 5: a truncated HMAC keeps at least half of its length.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b

from sst_repo.errors import InvalidCursorError

_UNSIGNED = b"\x01"
_SIGNED = b"\x02"
_DIGEST_BYTES = 8
_SIGNATURE_BYTES = 16


def secrets_of(given: str | bytes | Sequence[str | bytes] | None) -> tuple[bytes, ...]:
    """Return the secrets that a table is given: one or several, the first to sign with, all to be recognised.

    Raises:
        ValueError: One is empty.
    """
    several = () if given is None else (given,) if isinstance(given, str | bytes) else given
    secrets = tuple(secret.encode() if isinstance(secret, str) else secret for secret in several)
    if not all(secrets):
        raise ValueError("a cursor secret is not empty; leave it out to have unsigned cursors")
    return secrets


def encode(place: str, listing: Sequence[str], secrets: Sequence[bytes] = ()) -> str:
    """Make the cursor for a place in a listing.

    Args:
        place: The text to get back.
        listing: What tells the listing from all others: type, index, partition, direction.
        secrets: The first one signs; without any the cursor is not signed.
    """
    content = place.encode()
    return _armoured(_seal(content, listing, secrets[0] if secrets else None) + content)


def decode(cursor: str, listing: Sequence[str], secrets: Sequence[bytes] = ()) -> str:
    """Return the place a cursor was made for.

    Args:
        cursor: What `encode` made.
        listing: The listing it must have been made for.
        secrets: One of them must have signed it; without any it must not be signed.

    Raises:
        InvalidCursorError: It is mangled, was made for another listing, or signed with another secret.
    """
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        # Base64 ignores foreign characters and spare bits: only what we would write ourselves is ours.
        if _armoured(raw) == cursor:
            for secret in secrets or (None,):
                content = raw[len(_seal(b"", (), secret)) :]
                if hmac.compare_digest(_seal(content, listing, secret) + content, raw):
                    return content.decode()
    except (binascii.Error, UnicodeError, AttributeError):
        pass
    raise InvalidCursorError("the cursor is not one that this listing made; begin again without a cursor")


def _seal(content: bytes, listing: Sequence[str], secret: bytes | None) -> bytes:
    texts = [text.encode() for text in listing]
    sealed = b"".join(len(text).to_bytes(4, "big") + text for text in texts) + content
    if secret is None:
        return _UNSIGNED + blake2b(sealed, digest_size=_DIGEST_BYTES, person=b"sst-repo.cursor").digest()
    return _SIGNED + hmac.digest(secret, sealed, "sha256")[:_SIGNATURE_BYTES]


def _armoured(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")

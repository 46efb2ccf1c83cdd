"""Instants as text that sorts like time: fixed width, UTC, microseconds."""

import re
from datetime import UTC, datetime
from typing import Final

UTC_WIDTH: Final = len("2026-01-31T12:00:00.000000Z")

TIMESTAMP: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}\.[0-9]{6}"
"""What instants look like in the one form they are written in; a Z follows those that are in UTC."""

_UTC: Final = re.compile(TIMESTAMP + "Z")
_OFFSET: Final = len("+00:00")


def utc_text(instant: datetime) -> str:
    """Return an aware datetime as text.

    Raises:
        OverflowError: In UTC it would be before year 1 or after year 9999.
    """
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[:-_OFFSET] + "Z"


def from_utc_text(text: str) -> datetime:
    """Return the aware datetime, in UTC, of a text that `utc_text` made.

    Raises:
        ValueError: It is no such text.
    """
    # `fromisoformat` reads all of ISO 8601, other widths and offsets included.
    if _UTC.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    raise ValueError("it is not a UTC timestamp")

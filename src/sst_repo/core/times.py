"""Instants as text that sorts like time: fixed width, UTC, microseconds."""

from datetime import UTC, datetime

UTC_WIDTH = len("2026-01-31T12:00:00.000000Z")


def utc_text(instant: datetime) -> str:
    """Return an aware datetime as text.

    Raises:
        OverflowError: In UTC it would be before year 1 or after year 9999.
    """
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def from_utc_text(text: str) -> datetime:
    """Return the aware datetime, in UTC, of a text that `utc_text` made.

    Raises:
        ValueError: It is no such text.
    """
    try:
        instant = datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        instant = None
    # `fromisoformat` reads all of ISO 8601, other widths and offsets included.
    if instant is None or instant.isoformat(timespec="microseconds") + "Z" != text:
        raise ValueError("it is not a UTC timestamp")
    return instant.replace(tzinfo=UTC)

"""Numbers as DynamoDB keeps them: decimal text of at most 38 significant digits, in one canonical form.

Source: DynamoDB Developer Guide, "Supported data types: Number".
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

MAX_DIGITS = 38
MAX_EXPONENT = 125
MIN_EXPONENT = -130

CANONICAL: Final = r"(?:0|-?(?:[1-9][0-9]*(?:\.[0-9]*[1-9])?|0\.[0-9]*[1-9]))"
"""What canonical text looks like."""

_CANONICAL: Final = re.compile(CANONICAL)


def is_canonical(text: str) -> bool:
    """Tell whether a stored number's text is the canonical one already, as almost all are."""
    return _CANONICAL.fullmatch(text) is not None


def canonical_number(value: float | Decimal | str) -> str:
    """Return the number's canonical text: plain notation, no trailing zeros, no negative zero.

    Raises:
        ValueError: DynamoDB can't hold the number exactly; the message says why.
    """
    if type(value) is int and -(10**MAX_DIGITS) < value < 10**MAX_DIGITS:
        return str(value)
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        raise ValueError("it is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{number} has no place among DynamoDB's numbers")
    if not number:
        return "0"
    _, digits, _ = number.as_tuple()
    text = "".join(map(str, digits)).strip("0")
    if len(text) > MAX_DIGITS:
        raise ValueError(f"it has {len(text)} significant digits, DynamoDB keeps {MAX_DIGITS}")
    if not MIN_EXPONENT <= number.adjusted() <= MAX_EXPONENT:
        raise ValueError(f"its magnitude is outside 1E{MIN_EXPONENT} to 9.9E{MAX_EXPONENT}")
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain

"""The types whose values have no parts, each with what is written and how it is read: see `SCALARS`.

| Python | DynamoDB |
|---|---|
| str | S |
| bytes | B |
| bool | BOOL |
| int, float, Decimal | N: canonical text |
| datetime | S: `2024-05-06T07:08:09.000000Z` in UTC if aware, without the Z if naive |
| date, time | S: ISO 8601 |
| timedelta | N: seconds, with up to 6 decimals |
| UUID | S: 8-4-4-4-12 hexadecimal digits |
| None | NULL |

A naive datetime's `fold` is not kept; it plays no part in Python's equality either.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any, Final
from uuid import UUID

from sst_repo.core.numbers import canonical_number, is_canonical
from sst_repo.core.records import AttributeValue
from sst_repo.core.times import utc_text
from sst_repo.mapping.values import Fit, Misfit, ValueCodec, content, wrong_type

_MICROSECOND: Final = timedelta(microseconds=1)
_MICROSECOND_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class ScalarCodec(ValueCodec):
    """A type that is one DynamoDB scalar.

    Attributes:
        kind: The Python type; its subclasses are stored as what they are of it.
        tag: The DynamoDB type.
        write: Python value -> content; a ValueError or ArithmeticError says why not.
        read: Content -> Python value; likewise.
        also: A type whose values are converted to `kind`.
        but_not: A subclass that means something else.
    """

    kind: type
    tag: str
    write: Callable[[Any], object]
    read: Callable[[Any], object]
    also: type | None = None
    but_not: type | None = None

    @property
    def label(self) -> str:
        """The type's name."""
        return self.kind.__name__

    @property
    def tags(self) -> frozenset[str]:
        """The one tag."""
        return frozenset({self.tag})

    @property
    def types(self) -> tuple[type, ...]:
        """The one type."""
        return (self.kind,)

    def fit(self, value: object) -> Fit:
        """Go by the value's type."""
        if type(value) is self.kind:
            return Fit.EXACT
        if self.but_not is not None and isinstance(value, self.but_not):
            return Fit.NO
        if isinstance(value, self.kind) or (self.also is not None and isinstance(value, self.also)):
            return Fit.AS_BASE
        return Fit.NO

    def encode(self, value: Any, _: int, /) -> AttributeValue:
        """Write the value if it has the type."""
        if type(value) is not self.kind and not self.fit(value):
            raise wrong_type(self.label, value)
        try:
            return {self.tag: self.write(value)}
        except (ValueError, ArithmeticError) as error:
            raise Misfit(str(error)) from None

    def decode(self, stored: AttributeValue) -> object:
        """Read the content."""
        held = content(stored, self.tag)
        try:
            return self.read(held)
        except (ValueError, ArithmeticError):
            raise Misfit(f"what is stored is no {self.label}") from None


@dataclass(frozen=True, slots=True)
class NoneCodec(ValueCodec):
    """None, stored as NULL."""

    @property
    def label(self) -> str:
        """None itself."""
        return "None"

    @property
    def tags(self) -> frozenset[str]:
        """NULL."""
        return frozenset({"NULL"})

    @property
    def types(self) -> tuple[type, ...]:
        """The type of None."""
        return (NoneType,)

    def fit(self, value: object) -> Fit:
        """Only None fits."""
        return Fit.EXACT if value is None else Fit.NO

    def encode(self, value: object, _: int, /) -> AttributeValue:
        """Write NULL."""
        if value is not None:
            raise wrong_type("None", value)
        return {"NULL": True}

    def decode(self, stored: AttributeValue) -> None:
        """Read NULL."""
        content(stored, "NULL")


def checked_text(value: str) -> str:
    """Return the text as a plain str.

    Raises:
        ValueError: UTF-8 has no form for it.
    """
    text = value if type(value) is str else str.__str__(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"it has a lone surrogate at index {error.start}, which can't be stored") from None
    return text


def plain_number(text: str) -> str:
    """Return a stored number's text without an exponent, so that reading it is cheap and exact."""
    return text if is_canonical(text) else canonical_number(text)


def _write_int(value: int) -> str:
    return canonical_number(int(value))


def _read_int(text: str) -> int:
    return int(plain_number(text))


def _write_float(value: float) -> str:
    number = float(value)
    if isinstance(value, int) and number != value:
        raise ValueError("the int has no exact float")
    return canonical_number(number)


def _read_float(text: str) -> float:
    return float(plain_number(text))


def _read_decimal(text: str) -> Decimal:
    return Decimal(plain_number(text))


def _write_datetime(value: datetime) -> str:
    if value.utcoffset() is None:
        return value.replace(tzinfo=None).isoformat(timespec="microseconds")
    return utc_text(value)


def _read_datetime(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    return value if value.tzinfo is None else value.astimezone(UTC)


def _write_time(value: time) -> str:
    if value.tzinfo is not None and value.utcoffset() is None:
        raise ValueError(f"the offset of its time zone {value.tzinfo} depends on the date; use a fixed offset")
    return value.isoformat()


def _write_timedelta(value: timedelta) -> str:
    microseconds = value // _MICROSECOND
    seconds, rest = divmod(abs(microseconds), 10**_MICROSECOND_DIGITS)
    return canonical_number(f"{'-' if microseconds < 0 else ''}{seconds}.{rest:06d}")


def _read_timedelta(text: str) -> timedelta:
    whole, _, fraction = plain_number(text).partition(".")
    if len(fraction) > _MICROSECOND_DIGITS:
        raise ValueError("it is finer than a microsecond")
    return timedelta(microseconds=int(whole + fraction.ljust(_MICROSECOND_DIGITS, "0")))


def _same(value: Any) -> Any:
    return value


NONE: Final = NoneCodec()
STR: Final = ScalarCodec(str, "S", checked_text, _same)
INT: Final = ScalarCodec(int, "N", _write_int, _read_int, but_not=bool)
FLOAT: Final = ScalarCodec(float, "N", _write_float, _read_float, also=int, but_not=bool)
BOOL: Final = ScalarCodec(bool, "BOOL", _same, _same)
DECIMAL: Final = ScalarCodec(Decimal, "N", canonical_number, _read_decimal)
DATETIME: Final = ScalarCodec(datetime, "S", _write_datetime, _read_datetime)
DATE: Final = ScalarCodec(date, "S", date.isoformat, date.fromisoformat, but_not=datetime)

SCALARS: Final[dict[type, ScalarCodec]] = {
    codec.kind: codec
    for codec in (
        STR,
        ScalarCodec(bytes, "B", bytes, _same),
        BOOL,
        INT,
        FLOAT,
        DECIMAL,
        DATETIME,
        DATE,
        ScalarCodec(time, "S", _write_time, time.fromisoformat),
        ScalarCodec(timedelta, "N", _write_timedelta, _read_timedelta),
        ScalarCodec(UUID, "S", str, UUID),
    )
}
"""How each scalar type is stored."""

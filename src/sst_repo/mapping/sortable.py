"""Key text: values as text that sorts like the values, for the keys of indexes.

Every part of a key is the text of one value and ends with `#`. No text holds a `#`, and all its characters sort above
it; so no two tuples share a key, a value's key is never part of another's (`a#` and `ab#`, not `a` and `ab`), and keys
sort as Python sorts the tuples. Since no key ends otherwise than with `#`, there are bounds next to each key that are
never keys themselves: `span` makes inclusive ranges of them that are exact for `<` and `>` too. No key is empty, which
DynamoDB would refuse.

| Python | text | |
|---|---|---|
| str | `Bonn`, `New$_York` | U+0000 to `$` become `$` and `?` to `c`: `$_` is a space, `$b` is `#` |
| int, float, Decimal | `b42`, `a0.05`, `-x899.4~` | digits before the point (`a` is 1, `y` 25, then `z0026`), digits |
| bool | `false`, `true` | |
| datetime | `2026-01-31T12:00:00.000000Z` | in UTC if aware; naive without the Z |
| date, UUID | `2026-01-31` | as stored |
| time | `12:00:00.000000` | naive ones only: Python does not compare others by what they say |
| timedelta | `d3600` | its seconds, as a number |
| bytes | `00ff` | hexadecimal |
| Enum, Literal | | as what is stored of it |

A negative number is a `-`, its absolute text with digits and letters mirrored, and a `~`: the longer, the less. A
float goes by its shortest decimal form, unless the field also takes int or Decimal: then by its exact value, as Python
compares them. Aware and naive datetimes have no common order; one field should not mix them.

Sources: DynamoDB Developer Guide, "Query": strings sort by their UTF-8 bytes, which is the order of code points.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from string import ascii_lowercase, digits
from typing import Any, Final, NamedTuple
from uuid import UUID

from sst_repo.core.limits import MAX_SORT_KEY_BYTES
from sst_repo.errors import ModelError
from sst_repo.indexes import Operator
from sst_repo.mapping.choices import EnumCodec, LiteralCodec
from sst_repo.mapping.scalars import NONE, SCALARS, ScalarCodec, checked_text
from sst_repo.mapping.unions import UnionCodec
from sst_repo.mapping.values import Misfit, ValueCodec, has_type, wrong_type

END: Final = "#"
"""What each part of a key ends with; it sorts below whatever may stand in a text."""

_LEAD: Final = "$"
_ESCAPES: Final = {code: _LEAD + chr(code + ord("?")) for code in range(ord(_LEAD) + 1)}
_MIRRORED: Final = str.maketrans(digits + ascii_lowercase, digits[::-1] + ascii_lowercase[::-1])
_LAST_CHARACTER: Final = "\U0010ffff"
_BEFORE_SURROGATES: Final = "\ud7ff"
_AFTER_SURROGATES: Final = "\ue000"
_NUMBERS: Final[tuple[ValueCodec, ...]] = (SCALARS[int], SCALARS[float], SCALARS[Decimal])


class Span(NamedTuple):
    """Keys from `first` to `last`, both included; None for no bound."""

    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class KeyCodec:
    """The key text of one declared type; make it with `key_codec`.

    Attributes:
        declared: The type, without None.
        write: Value -> text; a ValueError or ArithmeticError says why not.
        begins: The type of a value's beginnings (str or bytes); None if there are none.
    """

    declared: ValueCodec
    write: Callable[[Any], str]
    begins: type | None = None

    def text(self, value: object) -> str:
        """Return the value's text: equal values have equal texts, lesser values lesser ones.

        Args:
            value: One of the type; where that is float or Decimal, an int as well.

        Raises:
            Misfit: The value has another type, or no place in an order (NaN).
        """
        if not self.declared.fit(value) and not (_is_int(value) and self.declared == SCALARS[Decimal]):
            raise wrong_type(self.declared.label, value)
        return _written(self.write, value)

    def beginning(self, value: object) -> str:
        """Return what the texts of all values begin with that begin with this one.

        Raises:
            Misfit: Values of the type have no beginnings, or this is none.
        """
        if self.begins is None:
            raise Misfit(f"a {self.declared.label} can't begin with something; only str and bytes can")
        if not isinstance(value, self.begins):
            raise wrong_type(self.begins.__name__, value)
        return _written(_WRITERS[self.begins], value)


def key_codec(declared: ValueCodec) -> KeyCodec:
    """Return the key text's codec of a type; of an optional one, that of its values.

    Raises:
        ModelError: The values have no order.
    """
    arms = _arms(declared)
    if len(arms) > 1 and all(arm in _NUMBERS for arm in arms):
        return KeyCodec(declared, _exact_number)
    codec = _codec_of(arms[0]) if len(arms) == 1 else None
    if codec is None:
        raise ModelError(f"{declared.label} has no order to sort keys by; use a property whose type has one")
    return codec


def join(texts: Iterable[str]) -> str:
    """Return the key of these parts; as well, what all keys begin with that begin with these parts."""
    return "".join(text + END for text in texts)


def following(beginning: str) -> str | None:
    """Return a text above all keys that begin so and below all other greater ones, never a key itself.

    Returns:
        None if nothing sorts above them.
    """
    rest = beginning.rstrip(_LAST_CHARACTER)
    if not rest:
        return None
    last = rest[-1]
    return rest[:-1] + (_AFTER_SURROGATES if last == _BEFORE_SURROGATES else chr(ord(last) + 1))


def span(leading: str, operator: Operator, *texts: str) -> Span:
    """Return the range of the keys that begin with the leading parts, and whose next part is as asked.

    Args:
        leading: The `join` of the parts before.
        operator: What is asked of the part.
        *texts: The part's text to compare with; two for `between`, none for `all`.
    """
    first, last = _span(leading, operator, *texts)
    if last is not None and (first or END) > last:
        # DynamoDB refuses a range that ends before it begins; this one holds no key.
        nothing = leading + _LEAD
        return Span(nothing, nothing)
    return Span(first, last)


def _span(leading: str, operator: Operator, low: str = "", high: str = "") -> Span:  # noqa: PLR0911 - one an operator
    text = leading + low
    match operator:
        case "all":
            return Span(leading or None, following(leading))
        case "begins_with":
            return Span(text or None, following(text))
        case "eq":
            return Span(text + END, following(text + END))
        case "lt":
            return Span(leading or None, text)
        case "le":
            return Span(leading or None, following(text + END))
        case "gt":
            return Span(following(text + END), following(leading))
        case "ge":
            return Span(text + END, following(leading))
        case "between":
            return Span(text + END, following(leading + high + END))


def number_text(number: Decimal) -> str:
    """Return a number's text.

    Raises:
        ValueError: It is not finite, or too long for any key.
    """
    if not number.is_finite():
        raise ValueError(f"{number} has no place in an order")
    if not number:
        return "a0"
    if abs(number.adjusted()) > MAX_SORT_KEY_BYTES:
        raise ValueError(f"a number of magnitude 1E{number.adjusted()} is too long for a key")
    plain = format(number.copy_abs(), "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    size = len(plain.partition(".")[0])
    text = (ascii_lowercase[size - 1] if size < len(ascii_lowercase) else f"z{size:04d}") + plain
    return f"-{text.translate(_MIRRORED)}~" if number < 0 else text


def _arms(declared: ValueCodec) -> list[ValueCodec]:
    if isinstance(declared, UnionCodec):
        return [arm for arm in declared.codecs if arm is not NONE]
    return [declared]


def _codec_of(declared: ValueCodec) -> KeyCodec | None:
    arm = declared
    if isinstance(arm, ScalarCodec):
        return KeyCodec(declared, _WRITERS[arm.kind], arm.kind if arm.kind in {str, bytes} else None)
    if isinstance(arm, EnumCodec):
        return KeyCodec(declared, partial(_stored_text, declared), str if arm.held.kind is str else None)
    base = _codec_of(arm.base) if isinstance(arm, LiteralCodec) else None
    return None if base is None else replace(base, declared=declared)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _written(write: Callable[[Any], str], value: object) -> str:
    try:
        return write(value)
    except Misfit:
        raise
    except (ValueError, ArithmeticError) as error:
        raise Misfit(str(error)) from None


def _stored_text(codec: ValueCodec, value: object) -> str:
    """Return the text of what is stored of a value."""
    ((tag, held),) = codec.encode(value, 0).items()
    return number_text(Decimal(held)) if tag == "N" else _escaped(held)


def _escaped(value: str) -> str:
    return checked_text(value).translate(_ESCAPES)


def _exact_number(value: float | Decimal) -> str:
    return number_text(Decimal(value))


def _float_text(value: float) -> str:
    number = float(value)
    if has_type(value, int) and number != value:
        raise ValueError("the int has no exact float")
    return number_text(Decimal(repr(number)))


def _time_text(value: time) -> str:
    if value.tzinfo is not None:
        raise ValueError("a time with a time zone has no place in an order; use a naive one or a datetime")
    return value.isoformat(timespec="microseconds")


_WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    str: _escaped,
    bytes: bytes.hex,
    bool: lambda value: "true" if value else "false",
    int: _exact_number,
    float: _float_text,
    Decimal: _exact_number,
    time: _time_text,
    **{kind: partial(_stored_text, SCALARS[kind]) for kind in (datetime, date, timedelta, UUID)},
}
"""How each scalar type becomes text."""

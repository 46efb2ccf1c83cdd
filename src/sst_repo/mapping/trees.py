"""Values of no declared type: `Any`, `object`, `JsonValue`, and the items of a bare `list` or `dict`.

| Python | DynamoDB | comes back as |
|---|---|---|
| None, bool, str, bytes | NULL, BOOL, S, B | itself |
| int, float, Decimal | N | int if integral, else float |
| list, dict with str keys | L, M | itself |
| non-empty set of str, of bytes, of numbers | SS, BS, NS | itself |

A Decimal is taken only if a float carries it. Anything else would come back as something else, so it is refused.
"""

from collections.abc import Callable
from decimal import Decimal
from reprlib import repr as short_repr
from typing import Any, Final

from sst_repo.core.numbers import canonical_number
from sst_repo.core.records import AttributeValue
from sst_repo.mapping.containers import ELEMENT_TAGS, SET_TAGS
from sst_repo.mapping.dicts import from_map_key, to_map_key
from sst_repo.mapping.scalars import checked_text, plain_number
from sst_repo.mapping.values import ALL_TAGS, Fit, Misfit, ValueCodec, content, deeper, tag_of

_DECLARE: Final = "declare the field's type to store it"


class TreeCodec(ValueCodec):
    """Any tree of the types above."""

    __slots__ = ()

    @property
    def label(self) -> str:
        """Any."""
        return "Any"

    @property
    def tags(self) -> frozenset[str]:
        """All of them."""
        return ALL_TAGS

    @property
    def types(self) -> tuple[type, ...]:
        """None in particular."""
        return ()

    def fit(self, value: object) -> Fit:
        """Leave a value to a declared type if there is one."""
        return Fit.AS_BASE if value is None or isinstance(value, tuple(_WRITERS)) else Fit.NO

    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Write the tree."""
        return _write(value, room)

    def decode(self, stored: AttributeValue) -> object:
        """Read the tree."""
        return _READERS[tag_of(stored)](stored)


TREE: Final = TreeCodec()


def _write(value: object, room: int) -> AttributeValue:
    if value is None:
        return {"NULL": True}
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            try:
                return write(value, room)
            except Misfit:
                raise
            except (ValueError, ArithmeticError) as error:
                raise Misfit(str(error)) from None
    raise Misfit(f"{type(value).__name__} in a value of no declared type; {_DECLARE}")


def _write_number(value: float | Decimal) -> AttributeValue:
    if isinstance(value, int):
        return {"N": canonical_number(int(value))}
    if isinstance(value, Decimal):
        if value.is_finite() and Decimal(repr(float(value))) != value:
            raise Misfit(f"a Decimal would come back as a float, which is not equal; {_DECLARE}")
        return {"N": canonical_number(value)}
    number = float(value)
    # An integral number comes back as int, so the digits must be those of the int: 1e23 is not 10**23.
    return {"N": canonical_number(int(number) if number.is_integer() else number)}


def _write_list(value: list[Any], room: int) -> AttributeValue:
    below = deeper(room)
    done: list[AttributeValue] = []
    try:
        for item in value:
            done.append(_write(item, below))  # noqa: PERF401 - the index of a failure is how far it got
    except Misfit as misfit:
        misfit.at(f"[{len(done)}]")
        raise
    return {"L": done}


def _write_dict(value: dict[Any, Any], room: int) -> AttributeValue:
    below = deeper(room)
    done: dict[str, AttributeValue] = {}
    for key, item in value.items():
        try:
            done[_write_key(key)] = _write(item, below)
        except Misfit as misfit:
            misfit.at(f"[{short_repr(key)}]")
            raise
    return {"M": done}


def _write_key(key: object) -> str:
    if not isinstance(key, str):
        raise Misfit(f"a key of type {type(key).__name__} in a value of no declared type; {_DECLARE}")
    return to_map_key(str.__str__(key))


def _write_set(value: set[Any], _: int) -> AttributeValue:
    if not value:
        raise Misfit(f"an empty set in a value of no declared type would come back as a list; {_DECLARE}")
    elements = [_write(element, 0) for element in value if not isinstance(element, (tuple, frozenset))]
    tags = {tag_of(element) for element in elements}
    if len(elements) < len(value) or len(tags) > 1 or not tags <= SET_TAGS.keys():
        raise Misfit(f"a set in a value of no declared type holds only str, only bytes or only numbers; {_DECLARE}")
    (tag,) = tags
    return {SET_TAGS[tag]: sorted(element[tag] for element in elements)}


_WRITERS: Final[dict[type, Callable[[Any, int], AttributeValue]]] = {
    bool: lambda value, _: {"BOOL": value},
    int: lambda value, _: _write_number(value),
    str: lambda value, _: {"S": checked_text(value)},
    float: lambda value, _: _write_number(value),
    dict: _write_dict,
    list: _write_list,
    bytes: lambda value, _: {"B": bytes(value)},
    set: _write_set,
    Decimal: lambda value, _: _write_number(value),
}
"""A bool is an int to Python, so it stands first."""


def _read_number(stored: AttributeValue) -> float:
    text = plain_number(content(stored, "N"))
    return float(text) if "." in text else int(text)


def _read_list(stored: AttributeValue) -> list[object]:
    return [TREE.decode(item) for item in content(stored, "L")]


def _read_dict(stored: AttributeValue) -> dict[str, object]:
    return {from_map_key(key): TREE.decode(item) for key, item in content(stored, "M").items()}


def _read_set(stored: AttributeValue) -> set[object]:
    tag = tag_of(stored)
    return {TREE.decode({ELEMENT_TAGS[tag]: element}) for element in content(stored, tag)}


_READERS: Final[dict[str, Callable[[AttributeValue], Any]]] = {
    "NULL": lambda _: None,
    "BOOL": lambda stored: content(stored, "BOOL"),
    "N": _read_number,
    "S": lambda stored: content(stored, "S"),
    "B": lambda stored: content(stored, "B"),
    "L": _read_list,
    "M": _read_dict,
    "SS": _read_set,
    "NS": _read_set,
    "BS": _read_set,
}

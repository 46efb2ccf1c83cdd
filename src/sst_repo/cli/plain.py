"""Stored values as plain JSON, and back: what is exported, printed and compared. Nothing is lost on the way.

| stored | in JSON |
|---|---|
| text, truth, null, list, map | the same |
| number | a number, with all its digits |
| binary | `{"$B": "<base64>"}` |
| set of texts, numbers, binaries | `{"$SS": […]}`, `{"$NS": […]}`, `{"$BS": […]}` |
| map with a key that begins with `$` | `{"$M": {…}}` |
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from sst_repo.core.numbers import canonical_number
from sst_repo.core.records import AttributeValue
from sst_repo.core.wire import binary, to_base64
from sst_repo.mapping.values import MAX_LEVELS

Plain: TypeAlias = Any
"""What JSON can say: None, truth, text, `Number`, lists and dicts of these."""

_MARK: Final = "$"
_NULL: Final[AttributeValue] = {"NULL": True}


@dataclass(frozen=True, slots=True)
class Number:
    """A number as its digits: `float` would lose some."""

    digits: str

    def __str__(self) -> str:
        """Return the digits."""
        return self.digits


def plain(value: AttributeValue) -> Plain:
    """Return a stored value as what JSON can say."""
    ((tag, content),) = value.items()
    said = _PLAIN.get(tag)
    return content if said is None else said(content)


def _plain_map(content: Mapping[str, AttributeValue]) -> Plain:
    members = {name: plain(member) for name, member in content.items()}
    return {"$M": members} if any(name.startswith(_MARK) for name in members) else members


_PLAIN: Final[dict[str, Callable[[Any], Plain]]] = {
    "N": Number,
    "NULL": lambda _: None,
    "L": lambda elements: [plain(element) for element in elements],
    "M": _plain_map,
    "B": lambda content: {"$B": to_base64(content)},
    "BS": lambda elements: {"$BS": [to_base64(element) for element in elements]},
    "SS": lambda elements: {"$SS": list(elements)},
    "NS": lambda elements: {"$NS": [Number(element) for element in elements]},
}
"""By type; what is not here is the same in JSON."""


def stored(value: Plain, levels: int = MAX_LEVELS) -> AttributeValue:
    """Return the stored value that `plain` makes this of.

    Args:
        value: What was read.
        levels: How many lists and maps may stand within each other.

    Raises:
        ValueError: There is none.
    """
    if levels < 0:
        raise ValueError("it is nested too deep")
    match value:
        case None:
            return _NULL
        case bool():
            return {"BOOL": value}
        case Number():
            return {"N": canonical_number(value.digits)}
        case str():
            return {"S": value}
        case list():
            return {"L": [stored(element, levels - 1) for element in cast("list[object]", value)]}
        case dict():
            return _stored_object(cast("dict[str, Plain]", value), levels)
        case _:
            raise ValueError(f"{type(value).__name__} can't be stored")


def dumps(value: Plain) -> str:
    """Return it as JSON, in one line."""
    match value:
        case Number(digits):
            return digits
        case dict():
            members = cast("dict[str, Plain]", value).items()
            return f"{{{', '.join(f'{_text(name)}: {dumps(member)}' for name, member in members)}}}"
        case list():
            return f"[{', '.join(map(dumps, cast('list[object]', value)))}]"
        case str():
            return _text(value)
        case _:
            return json.dumps(value)


def readable(value: Plain) -> Plain:
    """Return it as people would write it: sets as lists, without the marks that tell stored types apart."""
    match value:
        case {"$SS": list()} | {"$NS": list()} | {"$BS": list()}:
            return next(iter(cast("dict[str, Plain]", value).values()))
        case {"$M": dict()}:
            return readable(cast("dict[str, Plain]", value)["$M"])
        case dict():
            return {name: readable(member) for name, member in cast("dict[str, Plain]", value).items()}
        case list():
            return [readable(element) for element in cast("list[object]", value)]
        case _:
            return value


def loads(text: str | bytes) -> Plain:
    """Read JSON, with all digits of its numbers.

    Raises:
        ValueError: It is none.
    """
    try:
        return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _stored_object(value: Mapping[str, Plain], levels: int) -> AttributeValue:
    if not any(name.startswith(_MARK) for name in value):
        return _map(value, levels)
    match value:
        case {"$M": dict()} if len(value) == 1:
            return _map(cast("dict[str, Plain]", value["$M"]), levels)
        case {"$B": str(text)} if len(value) == 1:
            return {"B": binary(text)}
        case {"$BS": [*texts]} if len(value) == 1 and _are(texts, str):
            return {"BS": sorted(map(binary, texts))}
        case {"$SS": [*texts]} if len(value) == 1 and _are(texts, str):
            return {"SS": sorted(texts)}
        case {"$NS": [*numbers]} if len(value) == 1 and _are(numbers, Number):
            return {"NS": sorted(canonical_number(number.digits) for number in numbers)}
        case _:
            raise ValueError(f"an object with {', '.join(value)} is no value; see `sst-repo export --help`")


def _map(members: Mapping[str, Plain], levels: int) -> AttributeValue:
    return {"M": {name: stored(member, levels - 1) for name, member in members.items()}}


def _are(elements: list[Any], kind: type) -> bool:
    return all(type(element) is kind for element in elements)


def _refuse(constant: str) -> Plain:
    raise ValueError(f"{constant} is no number that can be stored")


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)

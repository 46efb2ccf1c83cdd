"""Items as DynamoDB's JSON: what is sent, what the table in memory keeps, and what comes back, read as late as can be.

A body is read once, whatever it holds: straight to resources where their class allows, else to items. The few values
that stand beside the items are found without reading these: the value of an attribute is always an object with the
attribute's type as its only key, so that no attribute's name is followed by a number, by an empty object, or by an
object with another key. Within texts quotes are escaped.

Source: DynamoDB API reference, "DynamoDB low-level API": binaries are base64, numbers are text.
"""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from pydantic_core import PydanticSerializationError, from_json, to_json

from sst_repo.core.numbers import canonical_number, is_canonical

Envelope: TypeAlias = Literal["Item", "Items", "Responses", "list"]
"""Where the items of a body stand: in an answer of GetItem; of Query or Scan; of BatchGetItem; in a bare list."""

Item: TypeAlias = dict[str, dict[str, Any]]
"""An item as it came: numbers in any form, sets in any order, binaries in base64."""

_TYPES: Final = b"S|N|B|BOOL|NULL|M|L|SS|NS|BS"
_NUMBER: Final = re.compile(rb"\s*:\s*([0-9.eE+-]+)")
_KEY: Final = re.compile(rb'\s*:\s*(\{\s*"(?!(?:' + _TYPES + rb')"))')
_NOTHING: Final = re.compile(rb"\s*:\s*(\{)\s*\}")
_FOUND: Final[Mapping[Envelope, Callable[[Any], Any]]] = {
    "Item": lambda read: [read["Item"]] if "Item" in read else [],
    "Items": lambda read: read.get("Items", []),
    "Responses": lambda read: [item for items in read["Responses"].values() for item in items],
    "list": lambda read: read,
}
_ITEMS: Final = re.compile(rb'"Items"\s*:\s*\[')
_NEAR_END: Final = 3
_UNCHANGED: Final = frozenset({"S", "BOOL", "NULL"})
_decoder: Final = json.JSONDecoder()


def encode(content: Mapping[str, Any]) -> bytes:
    """Return attributes, or what else holds some, as JSON.

    Raises:
        UnicodeEncodeError: A text has a lone surrogate.
    """
    binaries = {
        name: {"B": to_base64(content[name]["B"])}
        for name in content
        if type(content[name]) is dict and type(content[name].get("B")) is bytes
    }
    try:
        raw = to_json({**content, **binaries} if binaries else content, bytes_mode="hex")
    except PydanticSerializationError:
        return _dumps(content).encode()
    # Binaries within lists, maps and sets pydantic does not write as DynamoDB has them.
    is_right = raw.count(b'"B":') == len(binaries) and b'"BS":' not in raw
    return raw if is_right else _dumps(content).encode()


def canonical(item: Item, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return an item's attributes in the one form that records have; what is no value stays for its reader."""
    return {
        name: value if value.keys() <= _UNCHANGED else canonical_value(value)
        for name, value in item.items()
        if name not in without
    }


def canonical_value(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Undo what JSON, or a server, does to a value: base64, exponents in numbers, any order in sets."""
    try:
        ((tag, content),) = value.items()
        settle = _SETTLED.get(tag)
        return value if settle is None else {tag: settle(content)}
    except (ValueError, TypeError, AttributeError):
        return value


def binary(content: str | bytes) -> bytes:
    """Read a binary; what is not in JSON is one already.

    Raises:
        ValueError: It is none.
    """
    return content if isinstance(content, bytes) else b64decode(content, validate=True)


def to_base64(value: object) -> str:
    """Write a binary.

    Raises:
        TypeError: It is none: JSON has no form for it.
    """
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    raise TypeError(f"{type(value).__name__} is no attribute value")


class Body:
    """Items as they came, in JSON.

    Attributes:
        raw: The JSON.
        envelope: Where the items stand in it.
        reading: What somebody has made of all items at once, and who.
    """

    __slots__ = ("_items", "envelope", "raw", "reading")

    def __init__(self, raw: bytes, envelope: Envelope) -> None:
        """Read nothing yet."""
        self.raw = raw
        self.envelope: Envelope = envelope
        self._items: Sequence[Item] | None = None
        self.reading: tuple[object, Any] = (None, None)

    @property
    def items(self) -> Sequence[Item]:
        """The items, read at the first call.

        Raises:
            ValueError: It is no JSON, or has no items where it should.
        """
        if self._items is None:
            self._items = _items_in(from_json(self.raw, cache_strings="keys"), self.envelope)
        return self._items

    def item(self, index: int) -> Item:
        """Return one item; the others need not be read for those near the end of a page, where cursors are made.

        Raises:
            ValueError, IndexError: As for `items`; there is none.
        """
        if self._items is None and self.envelope == "Items":
            item = _from_end(self.raw, self.count - index)
            if item is not None:
                return item
        return self.items[index]

    @property
    def count(self) -> int:
        """How many rows a Query or Scan says it found."""
        return int(self._number(b'"Count"'))

    @property
    def scanned(self) -> int:
        """How many rows a Query or Scan says it read."""
        return int(self._number(b'"ScannedCount"'))

    @property
    def consumed(self) -> float:
        """The capacity units that the answer says it took; 0 where the server does not tell."""
        found = _said(self.raw, b'"CapacityUnits"', _NUMBER)
        return 0.0 if found is None else float(found[1])

    @property
    def start_key(self) -> Item | None:
        """Where the next read of a Query or Scan begins; None at the end."""
        found = _said(self.raw, b'"LastEvaluatedKey"', _KEY)
        if found is None:
            return None
        key: tuple[Item, int] = _decoder.raw_decode(self.raw[found.start(1) :].decode())
        return key[0]

    @property
    def unprocessed(self) -> Mapping[str, Any]:
        """What the answer to a BatchGetItem leaves over, by table."""
        if b'"UnprocessedKeys"' not in self.raw or _said(self.raw, b'"UnprocessedKeys"', _NOTHING):
            return {}
        left: Mapping[str, Any] = from_json(self.raw).get("UnprocessedKeys", {})
        return left

    def _number(self, name: bytes) -> bytes:
        found = _said(self.raw, name, _NUMBER)
        if found is None:
            raise ValueError("the answer does not say how many rows it has")
        return found[1]


def _from_end(raw: bytes, number: int) -> Item | None:
    """Return the item that is the `number`th from the end of a page; None if that takes reading all of them.

    What begins an item within a list is told from what begins a value there by what follows: an attribute, whose name
    is followed by an object, or a type, which is followed by its content. Only a map's content is an object, too.
    """
    begin = _ITEMS.search(raw)
    if begin is None or not 0 < number <= _NEAR_END:
        return None
    found: Item | None = None
    end, at = len(raw), len(raw)
    while number and (at := raw.rfind(b',{"', begin.end(), at)) >= 0:
        colon = raw.find(b'":', at + 3)
        name = raw[at + 3 : colon]
        if raw[colon + 2 : colon + 3] != b"{" or name == b"M" or b'"' in name:
            continue
        text = raw[at + 1 : end].decode()
        found, length = _decoder.raw_decode(text)
        # Had a beginning been missed, another item would follow.
        if text[length:].lstrip()[:1] not in ("]" if end == len(raw) else ""):
            return None
        end, number = at, number - 1
    return None if number else found


def bare_list(items: Sequence[bytes]) -> Body:
    """Return a body of items that are in JSON each."""
    return Body(b"[" + b",".join(items) + b"]", "list")


def _items_in(read: Any, envelope: Envelope) -> Sequence[Item]:  # noqa: ANN401 - what JSON can hold
    found: Sequence[Item] = _FOUND[envelope](read)
    return found


def _said(raw: bytes, name: bytes, value: re.Pattern[bytes]) -> re.Match[bytes] | None:
    """Find a name that is followed by a value that no attribute has; most servers say it at the end."""
    at = len(raw)
    while (at := raw.rfind(name, 0, at)) >= 0:
        found = value.match(raw, at + len(name))
        if found is not None:
            return found
    return None


def _settled_number(text: str) -> str:
    return text if is_canonical(text) else canonical_number(text)


def _listed(content: list[Any]) -> list[Any]:
    """Refuse a text, which has elements, too."""
    if type(content) is not list:
        raise TypeError("it is no list")
    return content


_SETTLED: Final[Mapping[str, Callable[[Any], object]]] = {
    "N": _settled_number,
    "B": binary,
    "SS": lambda texts: sorted(_listed(texts)),
    "NS": lambda texts: sorted(map(_settled_number, _listed(texts))),
    "BS": lambda texts: sorted(map(binary, _listed(texts))),
    "L": lambda elements: [canonical_value(element) for element in _listed(elements)],
    "M": canonical,
}
"""By type; what is not here stands as it came."""

_dumps: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=to_base64).encode

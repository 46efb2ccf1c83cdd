"""Dicts.

| Python | DynamoDB |
|---|---|
| dict[str, X] | M |
| dict whose keys are stored as S, N, B or BOOL | M; a key's text is that content (B in base64, BOOL as true or false) |
| dict with other keys (tuples, unions, models) | L of [key, value], sorted |
| OrderedDict | L of [key, value] in its order, since an M has none |

DynamoDB allows no empty key in an M. So a key without any other character than NUL (the empty one too) is stored with
one more NUL.
"""

from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from reprlib import repr as short_repr
from typing import Any, Final

from sst_repo.core.records import AttributeValue
from sst_repo.mapping.containers import base_fit, sort_key
from sst_repo.mapping.values import Fit, Misfit, ValueCodec, content, deeper, has_type, worst, wrong_type

_MAX_KEY_BYTES: Final = 65_535
_NUL: Final = "\0"


def _write_bytes(key: bytes) -> str:
    return b64encode(key).decode("ascii")


def _read_bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise Misfit("a key is not in base64") from None


def _write_bool(key: bool) -> str:  # noqa: FBT001 - the key itself
    return "true" if key else "false"


def _read_bool(text: str) -> bool:
    if text not in {"true", "false"}:
        raise Misfit("expected the key true or false, found another")
    return text == "true"


_KEY_TEXTS: Final[dict[str, tuple[Callable[[Any], str], Callable[[str], object]]]] = {
    "S": (str, str),
    "N": (str, str),
    "B": (_write_bytes, _read_bytes),
    "BOOL": (_write_bool, _read_bool),
}


def to_map_key(text: str) -> str:
    """Return the key of an M that stands for `text`.

    Raises:
        Misfit: There is none.
    """
    key = text if text.strip(_NUL) else text + _NUL
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise Misfit("a key with a lone surrogate can't be stored") from None
    if size > _MAX_KEY_BYTES:
        raise Misfit(f"a key of more than {_MAX_KEY_BYTES} bytes can't be stored")
    return key


def from_map_key(key: str) -> str:
    """Return the text that a key of an M stands for."""
    return key if key.strip(_NUL) else key[:-1]


def is_key(codec: ValueCodec) -> bool:
    """Tell whether values of this type can be keys of an M."""
    return len(codec.tags) == 1 and codec.tags <= _KEY_TEXTS.keys()


@dataclass(frozen=True)
class MapCodec(ValueCodec):
    """A dict whose keys have a text form."""

    make: type[dict[Any, Any]]
    key: ValueCodec
    item: ValueCodec

    @property
    def label(self) -> str:
        """Such as `dict[str, int]`."""
        return f"{self.make.__name__}[{self.key.label}, {self.item.label}]"

    @property
    def tags(self) -> frozenset[str]:
        """A map."""
        return frozenset({"M"})

    @property
    def types(self) -> tuple[type, ...]:
        """The type that is declared."""
        return (self.make,)

    def fit(self, value: Any) -> Fit:
        """Look at the keys and values."""
        return _fit(value, self.make, self.key, self.item)

    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Write each value under its key's text."""
        if not has_type(value, self.make):
            raise wrong_type(self.label, value)
        below = deeper(room)
        done: dict[str, AttributeValue] = {}
        for key, item in value.items():
            try:
                done[self.key_text(key)] = self.item.encode(item, below)
            except Misfit as misfit:
                misfit.at(f"[{short_repr(key)}]")
                raise
        return {"M": done}

    def decode(self, stored: AttributeValue) -> object:
        """Read keys and values."""
        tag = self._key_tag
        _, read = _KEY_TEXTS[tag]
        done: dict[Any, Any] = {}
        for key, item in content(stored, "M").items():
            try:
                done[self.key.decode({tag: read(from_map_key(key))})] = self.item.decode(item)
            except Misfit as misfit:
                misfit.at(f"[{short_repr(key)}]")
                raise
        return self.make(done)

    def key_text(self, key: object) -> str:
        """Return the key of the M that stands for a key of the dict.

        Raises:
            Misfit: It has another type, or can't be stored.
        """
        tag = self._key_tag
        write, _ = _KEY_TEXTS[tag]
        return to_map_key(write(self.key.encode(key, 0)[tag]))

    @cached_property
    def _key_tag(self) -> str:
        (tag,) = self.key.tags
        return tag


@dataclass(frozen=True, slots=True)
class PairsCodec(ValueCodec):
    """A dict whose keys have no text form, or whose order counts."""

    make: type[dict[Any, Any]]
    key: ValueCodec
    item: ValueCodec

    @property
    def label(self) -> str:
        """Such as `dict[tuple[int, int], str]`."""
        return f"{self.make.__name__}[{self.key.label}, {self.item.label}]"

    @property
    def tags(self) -> frozenset[str]:
        """A list."""
        return frozenset({"L"})

    @property
    def types(self) -> tuple[type, ...]:
        """The type that is declared."""
        return (self.make,)

    def fit(self, value: Any) -> Fit:
        """Look at the keys and values."""
        return _fit(value, self.make, self.key, self.item)

    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Write each pair."""
        if not has_type(value, self.make):
            raise wrong_type(self.label, value)
        below = deeper(deeper(room)) if value else deeper(room)
        pairs: list[AttributeValue] = []
        for key, item in value.items():
            try:
                pairs.append({"L": [self.key.encode(key, below), self.item.encode(item, below)]})
            except Misfit as misfit:
                misfit.at(f"[{short_repr(key)}]")
                raise
        return {"L": pairs if self.make is OrderedDict else sorted(pairs, key=sort_key)}

    def decode(self, stored: AttributeValue) -> object:
        """Read each pair."""
        done = self.make()
        for index, pair in enumerate(content(stored, "L")):
            try:
                key, item = _two(content(pair, "L"))
                done[self.key.decode(key)] = self.item.decode(item)
            except Misfit as misfit:
                misfit.at(f"[{index}]")
                raise
            except TypeError as error:
                raise Misfit(f"{error}, so it can't be a key").at(f"[{index}]") from None
        return done


def _two(parts: list[AttributeValue]) -> tuple[AttributeValue, AttributeValue]:
    match parts:
        case [key, item]:
            return key, item
        case _:
            raise Misfit(f"expected a pair of key and value, found {len(parts)} items")


def _fit(value: Any, make: type[dict[Any, Any]], key: ValueCodec, item: ValueCodec) -> Fit:
    if not has_type(value, make):
        return Fit.NO
    keys, items = worst(map(key.fit, value)), Fit.NO
    if keys:
        items = worst(map(item.fit, value.values()))
    return min(base_fit(value, make), keys, items)

"""Lists, tuples and sets.

| Python | DynamoDB |
|---|---|
| list, Sequence, deque, tuple[X, ...], tuple[A, B] | L |
| set, frozenset of what is stored as S, N or B | SS, NS, BS, sorted; an empty one as an empty L |
| set, frozenset of anything else | L, sorted |
"""

import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from sst_repo.core.records import AttributeValue
from sst_repo.mapping.values import Fit, Misfit, ValueCodec, content, deeper, has_type, tag_of, worst, wrong_type

SET_TAGS: Final = {"S": "SS", "N": "NS", "B": "BS"}
"""The DynamoDB set of each element type that can be in one."""

ELEMENT_TAGS: Final = {set_tag: tag for tag, set_tag in SET_TAGS.items()}


@dataclass(frozen=True, slots=True)
class SequenceCodec(ValueCodec):
    """Any number of items of one type, in order."""

    make: type[list[Any]] | type[tuple[Any, ...]] | type[deque[Any]]
    item: ValueCodec

    @property
    def label(self) -> str:
        """Such as `list[int]`."""
        more = ", ..." if self.make is tuple else ""
        return f"{self.make.__name__}[{self.item.label}{more}]"

    @property
    def tags(self) -> frozenset[str]:
        """A list."""
        return frozenset({"L"})

    @property
    def types(self) -> tuple[type, ...]:
        """The type that is declared; a list where that is a Sequence."""
        return (self.make,)

    def fit(self, value: Any) -> Fit:
        """Look at the items."""
        if not has_type(value, self.make):
            return Fit.NO
        return min(base_fit(value, self.make), worst(map(self.item.fit, value)))

    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Write each item."""
        if not has_type(value, self.make):
            raise wrong_type(self.label, value)
        return {"L": encode_each(self.item, value, deeper(room))}

    def decode(self, stored: AttributeValue) -> object:
        """Read each item."""
        return self.make(decode_each(self.item, content(stored, "L")))


@dataclass(frozen=True, slots=True)
class TupleCodec(ValueCodec):
    """A fixed number of items, each of its own type."""

    items: tuple[ValueCodec, ...]

    @property
    def label(self) -> str:
        """Such as `tuple[int, str]`."""
        return f"tuple[{', '.join(item.label for item in self.items) or '()'}]"

    @property
    def tags(self) -> frozenset[str]:
        """A list."""
        return frozenset({"L"})

    @property
    def types(self) -> tuple[type, ...]:
        """The type that is declared."""
        return (tuple,)

    def fit(self, value: Any) -> Fit:
        """Look at the items."""
        if not has_type(value, tuple) or len(value) != len(self.items):
            return Fit.NO
        parts = zip(self.items, value, strict=True)
        return min(base_fit(value, tuple), worst(item.fit(part) for item, part in parts))

    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Write each item by its own type."""
        if not has_type(value, tuple) or len(value) != len(self.items):
            raise wrong_type(self.label, value)
        below = deeper(room)
        return {"L": self._each(value, lambda item, part: item.encode(part, below))}

    def decode(self, stored: AttributeValue) -> object:
        """Read each item by its own type."""
        parts = content(stored, "L")
        if len(parts) != len(self.items):
            raise Misfit(f"expected {self.label}, found {len(parts)} items")
        return tuple(self._each(parts, lambda item, part: item.decode(part)))

    def _each(self, parts: Iterable[Any], convert: Callable[[ValueCodec, Any], Any]) -> list[Any]:
        done: list[Any] = []
        try:
            for item, part in zip(self.items, parts, strict=True):
                done.append(convert(item, part))
        except Misfit as misfit:
            misfit.at(f"[{len(done)}]")
            raise
        return done


@dataclass(frozen=True)
class SetCodec(ValueCodec):
    """A set or frozenset."""

    make: type[set[Any]] | type[frozenset[Any]]
    item: ValueCodec

    @property
    def label(self) -> str:
        """Such as `set[str]`."""
        return f"{self.make.__name__}[{self.item.label}]"

    @property
    def tags(self) -> frozenset[str]:
        """A list, and the set of what the elements are stored as where there is one."""
        return frozenset({"L"} if self._set_tag is None else {"L", self._set_tag})

    @property
    def types(self) -> tuple[type, ...]:
        """The type that is declared."""
        return (self.make,)

    def fit(self, value: Any) -> Fit:
        """Look at the elements."""
        if not has_type(value, self.make):
            return Fit.NO
        return min(base_fit(value, self.make), worst(map(self.item.fit, value)))

    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Write the elements in an order that does not depend on the set's own."""
        if not has_type(value, self.make):
            raise wrong_type(self.label, value)
        elements = [_encode_element(self.item, element, room - 1) for element in value]
        if self._set_tag is not None and elements:
            return {self._set_tag: sorted(element[self._tag] for element in elements)}
        deeper(room)
        return {"L": sorted(elements, key=sort_key)}

    def decode(self, stored: AttributeValue) -> object:
        """Read the elements, whichever way they are stored."""
        set_tag = tag_of(stored)
        if set_tag in ELEMENT_TAGS:
            stored = {"L": [{ELEMENT_TAGS[set_tag]: element} for element in content(stored, set_tag)]}
        elements = decode_each(self.item, content(stored, "L"))
        try:
            return self.make(elements)
        except TypeError as error:
            raise Misfit(f"{error}, so it can't be in a set") from None

    @cached_property
    def _tag(self) -> str:
        return next(iter(self.item.tags)) if len(self.item.tags) == 1 else ""

    @cached_property
    def _set_tag(self) -> str | None:
        return SET_TAGS.get(self._tag)


def base_fit(value: object, declared: type) -> Fit:
    """Tell how well a value fits as a container, its parts aside."""
    return Fit.EXACT if type(value) is declared else Fit.AS_BASE


def encode_each(item: ValueCodec, values: Iterable[Any], room: int) -> list[AttributeValue]:
    """Encode items in order; a Misfit names the index."""
    done: list[AttributeValue] = []
    encode = item.encode
    try:
        for value in values:
            done.append(encode(value, room))  # noqa: PERF401 - the index of a failure is how far it got
    except Misfit as misfit:
        misfit.at(f"[{len(done)}]")
        raise
    return done


def decode_each(item: ValueCodec, stored: Iterable[AttributeValue]) -> list[Any]:
    """Decode items in order; a Misfit names the index."""
    done: list[Any] = []
    decode = item.decode
    try:
        for value in stored:
            done.append(decode(value))  # noqa: PERF401 - the index of a failure is how far it got
    except Misfit as misfit:
        misfit.at(f"[{len(done)}]")
        raise
    return done


def sort_key(stored: AttributeValue) -> str:
    """Return a text that orders attribute values, equal ones alike."""
    return json.dumps(stored, sort_keys=True, default=bytes.hex)


def _encode_element(item: ValueCodec, element: object, room: int) -> AttributeValue:
    try:
        return item.encode(element, room)
    except Misfit as misfit:
        misfit.at(f"{{{type(element).__name__}}}")
        raise

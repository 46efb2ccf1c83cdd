"""Types with a fixed choice of values: Enum and Literal.

| Python | DynamoDB |
|---|---|
| Enum whose values are all str | S: the value |
| Enum whose values are all int, Flag | N: the value |
| any other Enum | S: the member's name |
| Literal | as the type of its values |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, Flag
from typing import Any, Generic, TypeVar

from sst_repo.core.records import AttributeValue
from sst_repo.mapping.scalars import INT, STR, ScalarCodec
from sst_repo.mapping.values import Fit, Misfit, ValueCodec, wrong_type

E = TypeVar("E", bound=Enum)


@dataclass(frozen=True, slots=True)
class EnumCodec(ValueCodec, Generic[E]):
    """The members of an Enum class; make it with `enum_codec`.

    Attributes:
        enum: The class.
        by_value: Whether members are stored by value rather than by name.
        held: How that value or name is stored.
        raw: Whether a field holds a member's value instead of the member (`use_enum_values`).
    """

    enum: type[E]
    by_value: bool
    held: ScalarCodec
    raw: bool = False

    @property
    def label(self) -> str:
        """The class's name."""
        return self.enum.__name__

    @property
    def tags(self) -> frozenset[str]:
        """S or N."""
        return self.held.tags

    @property
    def types(self) -> tuple[type, ...]:
        """The class; a raw value can be of any type."""
        return () if self.raw else (self.enum,)

    def fit(self, value: object) -> Fit:
        """Only the class's own members fit, and their values where these are raw."""
        if isinstance(value, self.enum):
            return Fit.EXACT
        return Fit.EXACT if self.raw and self._has(value) else Fit.NO

    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Write the member's value or name."""
        if not self.fit(value):
            raise wrong_type(self.label, value)
        member = self.enum(value)
        return self.held.encode(member.value if self.by_value else member.name, room)

    def decode(self, stored: AttributeValue) -> E:
        """Find the member."""
        found = self.held.decode(stored)
        try:
            return self.enum(found) if self.by_value else self.enum[str(found)]
        except (ValueError, KeyError):
            raise Misfit(f"what is stored is not a member of {self.label}") from None

    def _has(self, value: object) -> bool:
        try:
            self.enum(value)
        except ValueError:
            return False
        return True


def enum_codec(enum: type[E], *, raw: bool = False) -> EnumCodec[E]:
    """Choose between value and name: values are clearer in the table, but must all be of one storable type."""
    if issubclass(enum, Flag) or _all_of(enum, int):
        return EnumCodec(enum, by_value=True, held=INT, raw=raw)
    return EnumCodec(enum, by_value=_all_of(enum, str), held=STR, raw=raw)


@dataclass(frozen=True, slots=True)
class LiteralCodec(ValueCodec):
    """Some values of one type."""

    base: ValueCodec
    values: tuple[object, ...]

    @property
    def label(self) -> str:
        """The values, in a fixed order."""
        return f"Literal[{', '.join(sorted(str(v) if isinstance(v, Enum) else repr(v) for v in self.values))}]"

    @property
    def tags(self) -> frozenset[str]:
        """Those of the values' type."""
        return self.base.tags

    @property
    def types(self) -> tuple[type, ...]:
        """The values' type."""
        return self.base.types

    def fit(self, value: object) -> Fit:
        """Only the values themselves fit."""
        return self.base.fit(value) if value in self.values else Fit.NO

    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Write one of the values."""
        if not self.fit(value):
            raise wrong_type(self.label, value)
        return self.base.encode(value, room)

    def decode(self, stored: AttributeValue) -> object:
        """Read one of the values."""
        value: object = self.base.decode(stored)
        if value not in self.values:
            raise Misfit(f"expected {self.label}, found another {type(value).__name__}")
        return value

    def stored_values(self) -> Sequence[AttributeValue]:
        """Return what the values are stored as."""
        return [self.base.encode(value, 0) for value in self.values]


def _all_of(enum: type[Enum], kind: type) -> bool:
    return all(isinstance(member.value, kind) and not isinstance(member.value, bool) for member in enum)

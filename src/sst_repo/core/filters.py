"""Conditions on stored attributes: one tree, evaluated here and compiled for a server, that must mean the same on both.

The semantics are DynamoDB's, not Python's: an attribute that is missing, or of another type, makes a comparison false
and its negation true. Sources: DynamoDB Developer Guide, "Condition and filter expressions, operators, and functions";
what it leaves open was measured on DynamoDB Local.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from sst_repo.core.limits import MAX_ITEM_BYTES
from sst_repo.core.records import Attributes, AttributeValue

Path: TypeAlias = tuple[str | int, ...]
"""The steps to a value: the name of a top-level attribute, then keys of maps and indexes of lists."""

Operator: TypeAlias = Literal["=", "<>", "<", "<=", ">", ">="]


SizeOperator: TypeAlias = Literal["=", "<", "<=", ">", ">="]
"""There is no `<>` of sizes: what AWS makes of one where there is no size is not known. It is written as `Not`."""


@dataclass(frozen=True, slots=True)
class Compare:
    """What is there compares so with a value of its own type. What is missing or of another type is only `<>`.

    Order is among numbers, among strings (by code point, as UTF-8 has it too) and among binaries (unsigned).
    """

    path: Path
    operator: Operator
    value: AttributeValue

    def holds(self, found: AttributeValue | None) -> bool:
        """Tell whether it holds for what is there."""
        if self.operator == "=":
            return _equal(found, self.value)
        if self.operator == "<>":
            return not _equal(found, self.value)
        ((tag, held),) = self.value.items()
        if found is None or tag not in found or tag not in _ORDERED:
            return False
        return _SIGNS[self.operator](_scalar(tag, found[tag]), _scalar(tag, held))


@dataclass(frozen=True, slots=True)
class SizeIs:
    """The size of what is there compares so with a number; what is missing or has no size does not.

    A string has UTF-16 units, a binary bytes, a set, list or map elements.
    """

    path: Path
    operator: SizeOperator
    size: int

    def holds(self, found: AttributeValue | None) -> bool:
        """Tell whether it holds for what is there."""
        size = None if found is None else _size(found)
        return size is not None and _SIGNS[self.operator](size, self.size)


@dataclass(frozen=True, slots=True)
class In:
    """What is there equals one of the values, which are 1 to 100."""

    path: Path
    values: tuple[AttributeValue, ...]

    def holds(self, found: AttributeValue | None) -> bool:
        """Tell whether it holds for what is there."""
        return any(_equal(found, value) for value in self.values)


@dataclass(frozen=True, slots=True)
class BeginsWith:
    """A string or binary begins with this one."""

    path: Path
    prefix: AttributeValue

    def holds(self, found: AttributeValue | None) -> bool:
        """Tell whether it holds for what is there."""
        ((tag, held),) = self.prefix.items()
        return found is not None and tag in _TEXTS and tag in found and found[tag].startswith(held)


@dataclass(frozen=True, slots=True)
class Contains:
    """A string or binary has this part, or a set or list this element."""

    path: Path
    value: AttributeValue

    def holds(self, found: AttributeValue | None) -> bool:
        """Tell whether it holds for what is there."""
        if found is None:
            return False
        ((kind, content),) = found.items()
        ((tag, held),) = self.value.items()
        if kind == "L":
            return any(_equal(element, self.value) for element in content)
        if _SETS.get(kind) == tag:
            return any(_equal({tag: element}, self.value) for element in content)
        return kind == tag and kind in _TEXTS and held in content


@dataclass(frozen=True, slots=True)
class Exists:
    """There is something, be it NULL."""

    path: Path

    def holds(self, found: AttributeValue | None) -> bool:
        """Tell whether it holds for what is there."""
        return found is not None


@dataclass(frozen=True, slots=True)
class TypeIs:
    """What is there has this DynamoDB type, such as `S`."""

    path: Path
    type: str

    def holds(self, found: AttributeValue | None) -> bool:
        """Tell whether it holds for what is there."""
        return found is not None and self.type in found


@dataclass(frozen=True, slots=True)
class And:
    """All of them hold; so of none."""

    filters: "tuple[Filter, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """One of them holds; so never of none."""

    filters: "tuple[Filter, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    filter: "Filter"


Filter: TypeAlias = Compare | SizeIs | In | BeginsWith | Contains | Exists | TypeIs | And | Or | Not

NEVER: Final = Or(())
"""Holds for nothing."""

MAX_IN_VALUES: Final = 100
MAX_STEPS: Final = 32
MAX_INDEX: Final = MAX_ITEM_BYTES
"""DynamoDB's limits: the values of an IN; the steps of a path; an index, of which it is only known that no list goes so
far. Those on a whole expression are in `core.expressions`."""


def satisfies(condition: Filter, attributes: Attributes) -> bool:
    """Tell whether a filter holds for a row; THE meaning that each adapter compiles to its server."""
    match condition:
        case And(filters):
            return all(satisfies(each, attributes) for each in filters)
        case Or(filters):
            return any(satisfies(each, attributes) for each in filters)
        case Not(negated):
            return not satisfies(negated, attributes)
        case _:
            return condition.holds(_value_at(condition.path, attributes))


_SIGNS: Final[dict[Operator, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ORDERED: Final = frozenset({"S", "N", "B"})
_TEXTS: Final = frozenset({"S", "B"})
_SETS: Final = {"SS": "S", "NS": "N", "BS": "B"}


def _value_at(path: Path, attributes: Attributes) -> AttributeValue | None:
    found: AttributeValue = {"M": attributes}
    for step in path:
        held: Any = found.get("L" if isinstance(step, int) else "M", ())
        if step not in (range(len(held)) if isinstance(step, int) else held):
            return None
        found = held[step]
    return found


def _equal(one: AttributeValue | None, other: AttributeValue) -> bool:
    return one == other or (one is not None and one.keys() == other.keys() and _comparable(one) == _comparable(other))


def _comparable(value: AttributeValue) -> Any:  # noqa: ANN401 - of each type its own
    """Return something that is equal for equal values, however they are written."""
    ((tag, held),) = value.items()
    if tag in _SETS:
        return tag, frozenset(_scalar(_SETS[tag], element) for element in held)
    if tag == "L":
        return tag, [_comparable(element) for element in held]
    if tag == "M":
        return tag, {key: _comparable(element) for key, element in held.items()}
    return tag, _scalar(tag, held)


def _scalar(tag: str, held: Any) -> Any:  # noqa: ANN401 - likewise
    return Decimal(held) if tag == "N" else held


def _size(found: AttributeValue) -> int | None:
    ((tag, held),) = found.items()
    if tag == "S":
        return len(held.encode("utf-16-le")) // 2
    return len(held) if tag in {"B", "L", "M", *_SETS} else None

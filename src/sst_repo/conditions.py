"""Conditions on resources: `F.total > 5`, `F["line items"][0].sku == "x"`, joined by `&`, `|` and `~`.

A condition only remembers what was written. What it means, for the fields of which class, is decided where it is
used: `sst_repo.mapping.filters` says how.
"""

import keyword
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, NoReturn, TypeAlias

from sst_repo.errors import InvalidQueryError

Steps: TypeAlias = tuple[Any, ...]
"""Names, keys and indexes, from the resource to a value."""

Comparison: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]
Question: TypeAlias = Literal["is_in", "begins_with", "contains", "exists", "missing", "type_is"]

TYPE_CODES: Final = ("S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS")
"""What `type_is` can ask for: DynamoDB's types."""

_JOIN_ADVICE: Final = "join conditions by & | ~, each in parentheses: (F.a > 1) & ~(F.b == 2)"


class _NoTruth:
    """What has no truth value of its own."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise InvalidQueryError(
            f"what is made of F is neither true nor false before it is asked of a resource; {_JOIN_ADVICE}, "
            f"instead of and, or, not, in or a chain such as 1 < F.a < 5",
        )


class Condition(_NoTruth):
    """Something that holds for a resource or not. Immutable; join conditions by `&`, `|` and `~`."""

    __slots__ = ()

    def __and__(self, other: object) -> "Condition":
        if not isinstance(other, Condition):
            return NotImplemented
        return All((*_parts(self, All), *_parts(other, All)))

    def __or__(self, other: object) -> "Condition":
        if not isinstance(other, Condition):
            return NotImplemented
        return Either((*_parts(self, Either), *_parts(other, Either)))

    def __invert__(self) -> "Condition":
        return Opposite(self)


@dataclass(frozen=True, slots=True, repr=False)
class Compared(Condition):
    """A value compares so with another one."""

    steps: Steps
    sign: Comparison
    value: Any

    def __repr__(self) -> str:
        return f"{_text(self.steps)} {self.sign} {self.value!r}"


@dataclass(frozen=True, slots=True, repr=False)
class Sized(Condition):
    """The size of a value compares so with a number."""

    steps: Steps
    sign: Comparison
    size: int

    def __repr__(self) -> str:
        return f"{_text(self.steps)}.size() {self.sign} {self.size}"


@dataclass(frozen=True, slots=True, repr=False)
class Asked(Condition):
    """A value answers a question with yes; `operands` are what the question was given."""

    steps: Steps
    question: Question
    operands: tuple[Any, ...] = ()

    def __repr__(self) -> str:
        told = list(self.operands) if self.question == "is_in" else None
        return f"{_text(self.steps)}.{self.question}({', '.join(map(repr, self.operands)) if told is None else told})"


@dataclass(frozen=True, slots=True, repr=False)
class All(Condition):
    """All of them hold."""

    conditions: tuple[Condition, ...]

    def __repr__(self) -> str:
        return " & ".join(f"({condition!r})" for condition in self.conditions)


@dataclass(frozen=True, slots=True, repr=False)
class Either(Condition):
    """One of them holds."""

    conditions: tuple[Condition, ...]

    def __repr__(self) -> str:
        return " | ".join(f"({condition!r})" for condition in self.conditions)


@dataclass(frozen=True, slots=True, repr=False)
class Opposite(Condition):
    """It does not hold."""

    condition: Condition

    def __repr__(self) -> str:
        return f"~({self.condition!r})"


class _Steppable(_NoTruth):
    """What has fields, keys or items."""

    __slots__ = ()

    def __getattr__(self, name: str) -> "FieldPath":
        # Python itself, copy, pickle, inspect and notebooks ask for names like these; fields can't have them.
        if name.startswith("_"):
            raise AttributeError(f"{name!r}: names that begin with _ are written in brackets: F.data[{name!r}]")
        return FieldPath((*self._so_far(), name))

    def __getitem__(self, key: object) -> "FieldPath":
        return FieldPath((*self._so_far(), key))

    # Without it, Python would iterate by asking for [0], [1] and so on, for ever.
    __iter__ = None

    def __contains__(self, value: object) -> NoReturn:
        raise InvalidQueryError(f"in {self!r}: write {self!r}.contains(...)")

    def _so_far(self) -> Steps:
        return ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FieldPath(_Steppable):
    """The way to a value: a field, and on from it by `.name`, `[key]` or `[index]`.

    Compared with a value it gives a condition. A field named like one of the methods is reached by
    `F.parcel["size"]`.
    """

    _steps: Steps

    __hash__ = None  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType] - == makes a condition

    def __eq__(self, value: object) -> Condition:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._compared("==", value)

    def __ne__(self, value: object) -> Condition:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._compared("!=", value)

    def __lt__(self, value: object) -> Condition:
        return self._compared("<", value)

    def __le__(self, value: object) -> Condition:
        return self._compared("<=", value)

    def __gt__(self, value: object) -> Condition:
        return self._compared(">", value)

    def __ge__(self, value: object) -> Condition:
        return self._compared(">=", value)

    def between(self, low: object, high: object) -> Condition:
        """Hold for what is between the two, both included."""
        return (self >= low) & (self <= high)

    def is_in(self, values: Iterable[object]) -> Condition:
        """Hold for what equals one of the values, of which there may be any number that the table takes.

        Raises:
            InvalidQueryError: The values are one text.
        """
        if isinstance(values, (str, bytes)):
            raise InvalidQueryError(f"{self!r}.is_in() of one {type(values).__name__}: give a list of values")
        return Asked(self._steps, "is_in", tuple(map(_value, values)))

    def begins_with(self, prefix: str | bytes) -> Condition:
        """Hold for a text, or bytes, with this beginning."""
        return Asked(self._steps, "begins_with", (_value(prefix),))

    def contains(self, part: object) -> Condition:
        """Hold for a list, tuple or set that has this element, or a text or bytes that have this part."""
        return Asked(self._steps, "contains", (_value(part),))

    def exists(self) -> Condition:
        """Hold if there is something stored, be it NULL.

        None is not stored where it is the field's default.
        """
        return Asked(self._steps, "exists")

    def missing(self) -> Condition:
        """Hold if there is nothing stored: None that is the field's default, or a row older than the field."""
        return Asked(self._steps, "missing")

    def size(self) -> "Size":
        """Give the number of elements, bytes or UTF-16 units, to be compared with an int."""
        return Size(self._steps)

    def type_is(self, code: str) -> Condition:
        """Hold for what is stored as this DynamoDB type: S, N, B, BOOL, NULL, L, M, SS, NS or BS.

        Raises:
            InvalidQueryError: There is no such type.
        """
        if code not in TYPE_CODES:
            raise InvalidQueryError(f"{self!r}.type_is({code!r}): DynamoDB's types are {', '.join(TYPE_CODES)}")
        return Asked(self._steps, "type_is", (code,))

    def __repr__(self) -> str:
        return _text(self._steps)

    def _so_far(self) -> Steps:
        return self._steps

    def _compared(self, sign: Comparison, value: object) -> Condition:
        return Compared(self._steps, sign, _value(value))

    def _unjoined(self, _: object) -> NoReturn:
        raise InvalidQueryError(f"{self!r} is no condition; {_JOIN_ADVICE}")

    __and__ = __rand__ = __or__ = __ror__ = _unjoined

    def __invert__(self) -> NoReturn:
        self._unjoined(None)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Size(_NoTruth):
    """The size of a value. Compared with an int it gives a condition."""

    _steps: Steps

    __hash__ = None  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType] - == makes a condition

    def __eq__(self, size: object) -> Condition:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._compared("==", size)

    def __ne__(self, size: object) -> Condition:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._compared("!=", size)

    def __lt__(self, size: int) -> Condition:
        return self._compared("<", size)

    def __le__(self, size: int) -> Condition:
        return self._compared("<=", size)

    def __gt__(self, size: int) -> Condition:
        return self._compared(">", size)

    def __ge__(self, size: int) -> Condition:
        return self._compared(">=", size)

    def between(self, low: int, high: int) -> Condition:
        """Hold for a size between the two, both included."""
        return (self >= low) & (self <= high)

    def __repr__(self) -> str:
        return f"{_text(self._steps)}.size()"

    def _compared(self, sign: Comparison, size: object) -> Condition:
        if not isinstance(size, int) or isinstance(size, bool):
            raise InvalidQueryError(f"{self!r} {sign} {type(size).__name__}: a size is compared with an int")
        return Sized(self._steps, sign, size)


class Fields(_Steppable):
    """Where every path begins: `F.total` or `F["total"]`, whatever the field is called."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "F"

    def __reduce__(self) -> str:
        return "F"


F: Final = Fields()
"""The fields of the resources that a query is about."""


def _parts(condition: Condition, kind: "type[All | Either]") -> tuple[Condition, ...]:
    return condition.conditions if isinstance(condition, kind) else (condition,)


def _value(value: object) -> object:
    if isinstance(value, _NoTruth):
        raise InvalidQueryError(f"{type(value).__name__} is no value; a field can only be compared with values")
    return value


_METHODS: Final = frozenset(name for name in vars(FieldPath) if not name.startswith("_"))


def _text(steps: Steps) -> str:
    text = "F"
    for step in steps:
        plain = isinstance(step, str) and step.isidentifier() and not keyword.iskeyword(step)
        hidden = isinstance(step, str) and (step.startswith("_") or (text != "F" and step in _METHODS))
        text += f".{step}" if plain and not hidden else f"[{step!r}]"
    return text

"""What every value codec is: Python value <-> DynamoDB attribute value, for one declared type."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any, Final

from pydantic import ValidationError

from sst_repo.core.attribute_values import CONTENTS, is_content
from sst_repo.core.records import AttributeValue

MAX_LEVELS: Final = 31
"""How many lists and maps may stand within each other: the scalar in the innermost one is DynamoDB's level 32."""

ALL_TAGS: Final = frozenset(CONTENTS)


class Misfit(ValueError):  # noqa: N818 - a word for the value, and for the attribute that is no such value
    """A value that can't be stored, or an attribute value that can't be read.

    Raised where the value stands; the codecs around it add their step to the path while it travels up, so the good
    path pays nothing for it.
    """

    def __init__(self, reason: str) -> None:
        """Give the reason; the path is empty."""
        super().__init__(reason)
        self.reason = reason
        self._steps: list[str] = []

    def at(self, step: str) -> "Misfit":
        """Prepend a step to the path, such as `.price` or `[0]`."""
        self._steps.append(step)
        return self

    def path(self, root: str) -> str:
        """Return the whole path, from `root` down."""
        return root + "".join(reversed(self._steps))


class Fit(IntEnum):
    """How well a value fits a declared type; a union takes the arm that fits best."""

    NO = 0
    AS_BASE = 1
    """It can be stored, but comes back as the declared type rather than as its own (a subclass, an int as float)."""
    EXACT = 2


class ValueCodec(ABC):
    """Encodes and decodes the values of one declared type."""

    __slots__ = ()

    @property
    @abstractmethod
    def label(self) -> str:
        """The type in words, the same in every process: used in messages, and as the name of a union's arm."""

    @property
    @abstractmethod
    def tags(self) -> frozenset[str]:
        """The DynamoDB types that `encode` can answer with."""

    @property
    @abstractmethod
    def types(self) -> tuple[type, ...]:
        """The exact Python types of the values; empty if any value has to be looked at."""

    @abstractmethod
    def fit(self, value: object) -> Fit:
        """Tell how well the value fits; a value that fits may still be unstorable (a NaN)."""

    @abstractmethod
    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Return the value's typed form; equal values give equal ones.

        Args:
            value: What to store.
            room: How many levels of lists and maps may still be opened.

        Raises:
            Misfit: It can't be stored so that it comes back equal.
        """

    @abstractmethod
    def decode(self, stored: AttributeValue) -> Any:
        """Return the Python value.

        Raises:
            Misfit: The attribute value is not one of this type.
        """


def worst(fits: Iterable[Fit]) -> Fit:
    """Return how well a whole fits whose parts fit like this; EXACT if it has none."""
    found = Fit.EXACT
    for fit in fits:
        if not fit:
            # The rest is not looked at: unions within unions would take their time.
            return Fit.NO
        found = min(found, fit)
    return found


def has_type(value: object, kind: type | tuple[type, ...]) -> bool:
    """Tell whether a value has a type, where a type checker had better not draw conclusions from it."""
    return isinstance(value, kind)


def type_of(value: object) -> type:
    """Return a value's type, whatever a type checker thinks it knows of it."""
    return type(value)


def deeper(room: int) -> int:
    """Return the room below one more list or map.

    Raises:
        Misfit: There is none: DynamoDB allows no more levels.
    """
    if room <= 0:
        raise Misfit(f"it is nested deeper than {MAX_LEVELS + 1} levels (or holds itself); DynamoDB allows no more")
    return room - 1


def wrong_type(expected: str, value: object) -> Misfit:
    """Return the error for a value of another type than the declared one. Messages never show values: see ADR 17."""
    return Misfit(f"expected {expected}, found {type(value).__name__}")


def faults_of(error: ValidationError) -> str:
    """Return where pydantic refuses a value, and the codes of its reasons: its messages would show the value."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(": ".join([*map(str, fault["loc"]), fault["type"]]) for fault in faults)


def tag_of(stored: AttributeValue) -> str:
    """Return the DynamoDB type of an attribute value.

    Raises:
        Misfit: It is none.
    """
    if has_type(stored, (dict, Mapping)) and len(stored) == 1:
        (tag,) = stored
        if tag in ALL_TAGS:
            return tag
    raise Misfit("what is stored is not a DynamoDB attribute value")


def content(stored: AttributeValue, tag: str) -> Any:
    """Return what an attribute value of the type `tag` holds.

    Raises:
        Misfit: It has another type, or not such a content.
    """
    found = tag_of(stored)
    if found != tag:
        raise Misfit(f"expected the DynamoDB type {tag}, found {found}")
    held = stored[tag]
    if not is_content(tag, held):
        raise Misfit(f"{type(held).__name__} can't be the content of the DynamoDB type {tag}")
    return held

"""Filters in DynamoDB's words, of a size that DynamoDB takes.

They are written here, once a listing, rather than in its adapter at every read: what is too large for DynamoDB is
refused before any call, and on every table alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sst_repo.core.filters import (
    And,
    BeginsWith,
    Compare,
    Contains,
    Exists,
    Filter,
    In,
    Not,
    Or,
    Path,
    SizeIs,
    TypeIs,
    satisfies,
)
from sst_repo.core.layout import VERSION
from sst_repo.core.limits import attributes_size
from sst_repo.core.records import Attributes, AttributeValue, Record
from sst_repo.errors import InvalidQueryError

MAX_OPERATORS: Final = 300
MAX_EXPRESSION_BYTES: Final = 4096
MAX_PARAMETER_BYTES: Final = 1024 * 1024 - 16 * 1024
"""DynamoDB's limits on an expression: its operators, its text, and its names and values (the guide says 2 MB, DynamoDB
Local takes 1; some is kept for the key condition)."""


@dataclass(frozen=True, slots=True)
class CompiledFilter:
    """A filter, and the same in DynamoDB's words. It equals another one if the filters are equal.

    Attributes:
        filter: What rows must satisfy.
        text: The expression; its placeholders are numbers, none of the filter's text is in it.
        names: The names of attributes, by placeholder.
        values: The values, by placeholder.
        attributes: The names of the top-level attributes that it asks for.
    """

    filter: Filter
    text: str = field(repr=False, compare=False)
    names: Mapping[str, str] = field(repr=False, compare=False)
    values: Attributes = field(repr=False, compare=False)
    attributes: frozenset[str | int] = field(repr=False, compare=False)

    def satisfied_by(self, row: Record) -> bool:
        """Tell whether a row satisfies it; it may ask for the row's key, as for attributes."""
        return satisfies(self.filter, {**row.key.attributes, **row.attributes})


def compile_filter(condition: Filter) -> CompiledFilter:
    """Write a filter in DynamoDB's words.

    Raises:
        InvalidQueryError: DynamoDB takes no expression, or values, of that size.
    """
    writing = _Writing()
    text = writing.text(condition)
    names = sum(len(placeholder) + len(name.encode()) for placeholder, name in writing.names.items())
    sizes = (
        ("bytes", len(text), MAX_EXPRESSION_BYTES),
        ("operators", writing.operators, MAX_OPERATORS),
        ("bytes of names and values", names + attributes_size(writing.values), MAX_PARAMETER_BYTES),
    )
    for what, size, most in sizes:
        if size > most:
            raise InvalidQueryError(
                f"the condition makes an expression of {size} {what}; DynamoDB takes at most {most}: "
                f"ask for less at a time, or use a predicate",
            )
    return CompiledFilter(condition, text, writing.names, writing.values, frozenset(writing.attributes))


_V: Final = Exists((VERSION,))
_NEVER: Final = And((_V, Not(_V)))
_ALWAYS: Final = Or((_V, Not(_V)))
"""What DynamoDB has no words for."""


@dataclass(slots=True)
class _Writing:
    """The text of one filter, its placeholders, its attributes, and the number of operators and functions in it."""

    names: dict[str, str] = field(default_factory=dict[str, str])
    values: dict[str, AttributeValue] = field(default_factory=dict[str, AttributeValue])
    attributes: set[str | int] = field(default_factory=set[str | int])
    operators: int = 0
    _known: dict[object, str] = field(default_factory=dict[object, str])

    def text(self, condition: Filter, *, within: bool = False) -> str:
        """Write a filter; parentheses only `within` another and only where two are joined: DynamoDB wants no more."""
        match condition:
            case And(filters):
                return self._joined(" AND ", filters or (_ALWAYS,), within=within)
            case Or(filters):
                return self._joined(" OR ", filters or (_NEVER,), within=within)
            case Not(Exists(path)):
                self.operators += 1
                return f"attribute_not_exists({self._path(path)})"
            case Not(Not(same)):
                return self.text(same, within=within)
            case Not(negated):
                self.operators += 1
                return f"NOT {self.text(negated, within=True)}"
            case _:
                self.operators += 2 if isinstance(condition, SizeIs) else 1
                return self._leaf(condition, self._path(condition.path))

    def _joined(self, word: str, filters: Sequence[Filter], *, within: bool) -> str:
        if len(filters) == 1:
            return self.text(filters[0], within=within)
        self.operators += len(filters) - 1
        joined = word.join(self.text(each, within=True) for each in filters)
        return f"({joined})" if within else joined

    def _leaf(self, leaf: Compare | SizeIs | In | BeginsWith | Contains | Exists | TypeIs, path: str) -> str:
        match leaf:
            case Compare():
                text = f"{path} {leaf.operator} {self._value(leaf.value)}"
            case SizeIs():
                text = f"size({path}) {leaf.operator} {self._value({'N': str(leaf.size)})}"
            case In():
                text = f"{path} IN ({', '.join(map(self._value, leaf.values))})"
            case BeginsWith():
                text = f"begins_with({path}, {self._value(leaf.prefix)})"
            case Contains():
                text = f"contains({path}, {self._value(leaf.value)})"
            case Exists():
                text = f"attribute_exists({path})"
            case _:
                text = f"attribute_type({path}, {self._value({'S': leaf.type})})"
        return text

    def _path(self, path: Path) -> str:
        self.attributes.add(path[0])
        text = ""
        for step in path:
            if isinstance(step, int):
                text += f"[{step}]"
            else:
                text += f"{'.' if text else ''}{self._name(step)}"
        return text

    def _name(self, name: str) -> str:
        placeholder = self._known.setdefault(name, f"#{len(self.names)}")
        self.names[placeholder] = name
        return placeholder

    def _value(self, value: AttributeValue) -> str:
        placeholder = self._known.setdefault((repr(value),), f":{len(self.values)}")
        self.values[placeholder] = value
        return placeholder

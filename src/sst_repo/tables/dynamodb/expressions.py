"""Guards, key conditions and filters as DynamoDB expressions: placeholders only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sst_repo.core.filters import (
    MAX_EXPRESSION_BYTES,
    MAX_OPERATORS,
    MAX_PARAMETER_BYTES,
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
)
from sst_repo.core.layout import HOLDER, VERSION, WRITE_ID
from sst_repo.core.limits import attributes_size
from sst_repo.core.queries import Query
from sst_repo.core.records import Absent, AttributeValue, Guard, HeldByNoOther, Matches
from sst_repo.errors import InvalidQueryError


def guard_expression(guard: Guard) -> dict[str, Any]:
    """Compile `core.records.holds` to the parameters of a conditional write."""
    match guard:
        case Absent():
            return {
                "ConditionExpression": "attribute_not_exists(#pk)",
                "ExpressionAttributeNames": {"#pk": "pk"},
            }
        case HeldByNoOther(holder):
            return {
                "ConditionExpression": "attribute_not_exists(#pk) OR #h = :h",
                "ExpressionAttributeNames": {"#pk": "pk", "#h": HOLDER},
                "ExpressionAttributeValues": {":h": {"S": holder}},
            }
        case Matches(version, write_id):
            return {
                "ConditionExpression": "#v = :v AND #w = :w",
                "ExpressionAttributeNames": {"#v": VERSION, "#w": WRITE_ID},
                "ExpressionAttributeValues": {":v": {"N": str(version)}, ":w": {"S": write_id}},
            }


def key_condition(query: Query) -> dict[str, Any]:
    """Compile the partition and the bounds of a query."""
    names = {"#p": query.index.partition}
    values = {":p": {"S": query.partition}}
    bounds = {":first": query.first, ":last": query.last}
    values |= {name: {"S": bound} for name, bound in bounds.items() if bound is not None}
    match query.first, query.last:
        case None, None:
            condition = ""
        case _, None:
            condition = " AND #s >= :first"
        case None, _:
            condition = " AND #s <= :last"
        case _:
            condition = " AND #s BETWEEN :first AND :last"
    if condition:
        names["#s"] = query.index.sort
    return {
        "KeyConditionExpression": "#p = :p" + condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }


def filter_expression(condition: Filter) -> tuple[dict[str, str], dict[str, AttributeValue], str]:
    """Compile `core.filters.satisfies` to names, values and an expression of their placeholders, which are numbers.

    Raises:
        InvalidQueryError: DynamoDB takes no expression, or values, of that size.
    """
    writing = _Writing()
    expression = writing.text(condition)
    names = sum(len(placeholder) + len(name.encode()) for placeholder, name in writing.names.items())
    sizes = (
        ("bytes", len(expression), MAX_EXPRESSION_BYTES),
        ("operators", writing.operators, MAX_OPERATORS),
        ("bytes of names and values", names + attributes_size(writing.values), MAX_PARAMETER_BYTES),
    )
    for what, size, most in sizes:
        if size > most:
            raise InvalidQueryError(
                f"the condition makes an expression of {size} {what}; DynamoDB takes at most {most}: "
                f"ask for less at a time, or use a predicate",
            )
    return writing.names, writing.values, expression


_V: Final = Exists((VERSION,))
_NEVER: Final = And((_V, Not(_V)))
_ALWAYS: Final = Or((_V, Not(_V)))
"""What DynamoDB has no words for."""


@dataclass(slots=True)
class _Writing:
    """The text of one filter, its placeholders, and the number of operators and functions in it."""

    names: dict[str, str] = field(default_factory=dict[str, str])
    values: dict[str, AttributeValue] = field(default_factory=dict[str, AttributeValue])
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

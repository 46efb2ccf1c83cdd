"""Conditions as they are written on a command line: `status=paid`, `total>=5`."""

import re
from collections.abc import Callable, Sequence
from functools import reduce
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from sst_repo.cli.exits import UsageFault
from sst_repo.conditions import Condition, F
from sst_repo.resource import Resource

_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "!=": ne,
    "<=": le,
    ">=": ge,
    "=": eq,
    "<": lt,
    ">": gt,
}
_WRITTEN: Final = re.compile(r"(?P<field>\w+)\s*(?P<operator>!=|<=|>=|=|<|>)\s*(?P<value>.*)", re.DOTALL)


def condition_from(model: type[Resource], texts: Sequence[str]) -> Condition | None:
    """Read conditions that must all hold; None for none.

    The value is read as the field's type, so that `total>5` compares numbers, and `day>=2026-01-31` dates.

    Raises:
        UsageFault: It is no condition, there is no such field, or the value is none of its type.
    """
    conditions = [_condition(model, text) for text in texts]
    return reduce(lambda one, other: one & other, conditions) if conditions else None


def _condition(model: type[Resource], text: str) -> Condition:
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise UsageFault(f"a condition is FIELD=VALUE (or != < <= > >=), not {text!r}")
    name, value = written["field"], written["value"]
    field = model.model_fields.get(name)
    if field is None:
        raise UsageFault(f"{model.__type_name__} has no field {name!r}; it has {', '.join(model.model_fields)}")
    annotation: Any = field.annotation
    try:
        wanted = TypeAdapter(annotation).validate_strings(value)
    except ValidationError as error:
        raise UsageFault(
            f"{value!r} is no value of {model.__type_name__}.{name}: {error.errors()[0]['msg']}"
        ) from error
    condition: Condition = _OPERATORS[written["operator"]](getattr(F, name), wanted)
    return condition

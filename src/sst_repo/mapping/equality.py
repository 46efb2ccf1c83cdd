"""What "comes back equal" means."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel


def comes_back(given: Any, back: Any) -> bool:
    """Tell whether a value that was stored came back equal.

    It is equality, with these differences: models and dataclasses are compared by class and stored fields, so private
    attributes play no part; aware datetimes are compared as instants (to Python, one whose zone repeats an hour equals
    nothing in UTC); a float equals the Decimal of no declared type that it carries.
    """
    if isinstance(given, BaseModel):
        return type(back) is type(given) and _all_come_back(_parts(given), _parts(back))
    if is_dataclass(given):
        names = [field.name for field in fields(given)]
        return type(back) is type(given) and all(comes_back(getattr(given, n), getattr(back, n)) for n in names)
    if isinstance(given, dict):
        return isinstance(back, dict) and _is_ordered_alike(given, back) and _all_come_back(given, back)
    if isinstance(given, (list, tuple, deque)):
        return isinstance(back, (list, tuple, deque)) and _items_come_back(given, back)
    if isinstance(given, datetime) and isinstance(back, datetime) and given.utcoffset() is not None:
        return back.utcoffset() is not None and given.astimezone(UTC) == back.astimezone(UTC)
    if isinstance(given, Decimal) and isinstance(back, float):
        return Decimal(repr(back)) == given
    return bool(given == back)


def _parts(model: BaseModel) -> dict[str, Any]:
    own = {name: value for name, value in model.__dict__.items() if name in type(model).model_fields}
    return own | (model.__pydantic_extra__ or {})


def _all_come_back(given: Mapping[Any, Any], back: Mapping[Any, Any]) -> bool:
    return given.keys() == back.keys() and all(comes_back(value, back[key]) for key, value in given.items())


def _is_ordered_alike(given: dict[Any, Any], back: dict[Any, Any]) -> bool:
    return not hasattr(given, "move_to_end") or list(given) == list(back)


def _items_come_back(given: Sequence[Any], back: Sequence[Any]) -> bool:
    if isinstance(given, deque) and isinstance(back, deque) and given.maxlen != back.maxlen:
        return False
    return (
        isinstance(given, type(back))
        and len(given) == len(back)
        and all(comes_back(one, other) for one, other in zip(given, back, strict=True))
    )

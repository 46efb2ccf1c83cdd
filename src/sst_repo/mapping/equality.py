"""What "comes back equal" means."""

import dataclasses
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from sst_repo.mapping.values import has_type, type_of


def comes_back(given: Any, back: Any) -> bool:
    """Tell whether a value that was stored came back equal.

    It is equality, with these differences: models and dataclasses are compared by class and stored fields, so private
    attributes play no part; aware datetimes are compared as instants (to Python, one whose zone repeats an hour equals
    nothing in UTC); a float equals the Decimal of no declared type that it carries.
    """
    if has_type(given, BaseModel) or dataclasses.is_dataclass(given):
        return type(back) is type(given) and _all_come_back(_parts(given), _parts(back))
    if has_type(given, (list, tuple, deque)):
        return has_type(given, type_of(back)) and _items_come_back(given, back)
    if has_type(given, dict):
        in_order = not has_type(given, OrderedDict) or list(given) == list(back)
        return has_type(back, dict) and in_order and _all_come_back(given, back)
    return _scalar_comes_back(given, back)


def _scalar_comes_back(given: Any, back: Any) -> bool:
    if isinstance(given, datetime) and given.utcoffset() is not None:
        is_instant = isinstance(back, datetime) and back.utcoffset() is not None
        return is_instant and given.astimezone(UTC) == back.astimezone(UTC)
    if isinstance(given, Decimal) and isinstance(back, float):
        return Decimal(repr(back)) == given
    return bool(given == back)


def _parts(value: Any) -> Mapping[str, Any]:
    if isinstance(value, BaseModel):
        values = {name: value.__dict__.get(name) for name in type(value).model_fields}
        return values | (value.__pydantic_extra__ or {})
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def _all_come_back(given: Mapping[Any, Any], back: Mapping[Any, Any]) -> bool:
    return given.keys() == back.keys() and all(comes_back(value, back[key]) for key, value in given.items())


def _items_come_back(given: Sequence[Any], back: Sequence[Any]) -> bool:
    if isinstance(given, deque) and isinstance(back, deque) and given.maxlen != back.maxlen:
        return False
    return len(given) == len(back) and all(map(comes_back, given, back))

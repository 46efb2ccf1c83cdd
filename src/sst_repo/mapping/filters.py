"""What a condition means for the rows of one class.

- A field's value is compared as the field's codec stores it; so datetimes compare as instants, enums by value.
- None that is a field's default is not stored: `F.note == None` finds it missing or NULL, and `!= None` neither.
- A value of a union is compared with each of its types that it can be of. Types that are stored with a label are
  looked up below it, so `>`, `contains` and the like work there too.
- Order is DynamoDB's, of numbers, texts and bytes. Where Python's values have another order, or none, it is refused.
- `version`, `created_at` and `updated_at` are fields like others.
- Else DynamoDB's rules hold: what is missing or of another type (a row older than the field) makes a comparison false
  and its negation true; so `!=` holds for it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from sst_repo.conditions import (
    All,
    Asked,
    Compared,
    Comparison,
    Condition,
    Either,
    FieldPath,
    Opposite,
    Question,
    Sized,
)
from sst_repo.core.filters import (
    MAX_IN_VALUES,
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
    SizeOperator,
    TypeIs,
)
from sst_repo.errors import InvalidQueryError
from sst_repo.mapping.codec import ModelCodec
from sst_repo.mapping.containers import sort_key
from sst_repo.mapping.operands import equal_operand, has_size, ordered_operand, part_operands, text_operand
from sst_repo.mapping.paths import Place, places
from sst_repo.mapping.scalars import NONE
from sst_repo.mapping.values import Misfit, type_of


def resolve(condition: Condition, codec: ModelCodec[Any]) -> Filter:
    """Return what rows must satisfy for the resources of a class to satisfy a condition.

    Args:
        condition: The condition.
        codec: The codec of the class.

    Raises:
        InvalidQueryError: A field is unknown, or a value can't be one of the field's; the message names the path.
    """
    match condition:
        case All(conditions):
            return And(tuple(resolve(each, codec) for each in conditions))
        case Either(conditions):
            return Or(tuple(resolve(each, codec) for each in conditions))
        case Opposite(opposite):
            return Not(resolve(opposite, codec))
        case Compared() | Sized() | Asked():
            try:
                return _about(condition, places(codec, condition.steps))
            except Misfit as misfit:
                path = misfit.path(repr(FieldPath(condition.steps)))
                raise InvalidQueryError(f"{codec.model.__qualname__}: {path}: {misfit.reason}") from misfit.__cause__
        case _:
            raise InvalidQueryError(f"{type_of(condition).__name__} is no condition; make one of F, as F.total > 5")


def _about(condition: Compared | Sized | Asked, found: Sequence[Place]) -> Filter:
    match condition:
        case Compared(_, "==", value):
            return _any(_equal(found, value))
        case Compared(_, "!=", value):
            return _opposite(_any(_equal(found, value)))
        case Compared(_, sign, value):
            return _any(_each(found, lambda arm: [Compare(arm.path, _SIGNS[sign], ordered_operand(arm.codec, value))]))
        case Sized(_, "!=", size):
            return Not(_any(_sized(found, "=", size)))
        case Sized(_, sign, size):
            return _any(_sized(found, _SIGNS[sign], size))
        case Asked(_, question, operands):
            return _QUESTIONS[question](found, *operands)


def _equal(found: Sequence[Place], value: object) -> list[Filter]:
    unset: list[Filter] = [Not(Exists(place.path)) for place in found if place.omits_none and value is None]
    try:
        return [*unset, *_each(found, lambda arm: [Compare(arm.path, "=", equal_operand(arm.codec, value))])]
    except Misfit:
        if unset:
            return unset
        raise


def _is_in(found: Sequence[Place], *values: object) -> Filter:
    stored: defaultdict[Path, dict[str, Any]] = defaultdict(dict)
    others: list[Filter] = []
    for value in values:
        for equal in _equal(found, value):
            if isinstance(equal, Compare):
                stored[equal.path][sort_key(equal.value)] = equal.value
            else:
                others.append(equal)
    for path, by_key in stored.items():
        # In an order of their own: the values may come from a set, and cursors are bound to the filter.
        distinct = tuple(by_key[key] for key in sorted(by_key))
        others += [In(path, distinct[i : i + MAX_IN_VALUES]) for i in range(0, len(distinct), MAX_IN_VALUES)]
    return _any(others)


def _begins_with(found: Sequence[Place], prefix: object) -> Filter:
    return _any(_each(found, lambda arm: [BeginsWith(arm.path, text_operand(arm.codec, prefix))]))


def _contains(found: Sequence[Place], part: object) -> Filter:
    return _any(_each(found, lambda arm: [Contains(arm.path, value) for value in part_operands(arm.codec, part)]))


def _exists(found: Sequence[Place]) -> Filter:
    return _any(Exists(place.path) for place in found)


def _missing(found: Sequence[Place]) -> Filter:
    return Not(_exists(found))


def _type_is(found: Sequence[Place], code: str) -> Filter:
    return _any(_each(found, lambda arm: [TypeIs(arm.path, code)]))


_SIGNS: Final[dict[Comparison, SizeOperator]] = {"==": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_QUESTIONS: Final[dict[Question, Callable[..., Filter]]] = {
    "is_in": _is_in,
    "begins_with": _begins_with,
    "contains": _contains,
    "exists": _exists,
    "missing": _missing,
    "type_is": _type_is,
}


def _sized(found: Sequence[Place], sign: SizeOperator, size: int) -> list[Filter]:
    def ask(arm: Place) -> list[Filter]:
        if not has_size(arm.codec):
            raise Misfit(f"{arm.codec.label} has no size")
        return [SizeIs(arm.path, sign, size)]

    return _each(found, ask)


def _each(found: Sequence[Place], ask: Callable[[Place], Sequence[Filter]]) -> list[Filter]:
    """Ask each type that the value can be of, and take the answers of those that can tell.

    Raises:
        Misfit: None can.
    """
    filters: list[Filter] = []
    misfits: list[Misfit] = []
    for arm in (arm for place in found for arm in place.arms()):
        try:
            filters += ask(arm)
        except Misfit as misfit:
            if arm.codec is not NONE or not misfits:
                misfits.append(misfit)
    if not filters:
        raise misfits[0] if len(misfits) == 1 else Misfit("; ".join(misfit.reason for misfit in misfits))
    return filters


def _any(filters: Iterable[Filter]) -> Filter:
    distinct: list[Filter] = []
    for each in filters:
        if each not in distinct:
            distinct.append(each)
    return distinct[0] if len(distinct) == 1 else Or(tuple(distinct))


def _opposite(equal: Filter) -> Filter:
    return Compare(equal.path, "<>", equal.value) if isinstance(equal, Compare) else Not(equal)

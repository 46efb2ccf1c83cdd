"""How the values in a condition are written, so that they compare with what the fields' codecs store."""

from collections.abc import Iterable
from datetime import time
from decimal import Decimal
from typing import Any, Final, cast

from sst_repo.core.records import AttributeValue
from sst_repo.mapping.choices import EnumCodec, LiteralCodec
from sst_repo.mapping.containers import SequenceCodec, SetCodec, TupleCodec
from sst_repo.mapping.dicts import MapCodec, PairsCodec
from sst_repo.mapping.foreign import ForeignCodec
from sst_repo.mapping.paths import Place
from sst_repo.mapping.scalars import ScalarCodec, checked_text
from sst_repo.mapping.trees import TREE
from sst_repo.mapping.values import MAX_LEVELS, Misfit, ValueCodec, tag_of, wrong_type

_ORDERED_TAGS: Final = frozenset({"S", "N", "B"})
_TEXTS: Final = (str, bytes)


def equal_operand(codec: ValueCodec, value: Any) -> AttributeValue:
    """Return the value as it is stored where it is the field's own.

    What Python calls equal is: an int to a Decimal, a set to a frozenset, `"open"` to a member of a StrEnum.

    Raises:
        Misfit: It can't be the field's own.
    """
    match codec:
        case ScalarCodec(kind=kind) if kind is Decimal and isinstance(value, int) and not isinstance(value, bool):
            value = Decimal(value)
        case SetCodec(make=make) if isinstance(value, (set, frozenset)):
            value = make(cast("set[Any]", value))
        case EnumCodec() as choice if isinstance(_bare(choice), ScalarCodec) and not isinstance(value, choice.enum):
            return choice.encode(choice.decode(choice.held.encode(value, 0)), 0)
        case _:
            pass
    try:
        return codec.encode(value, MAX_LEVELS)
    except RecursionError:
        raise Misfit("the value holds itself, or is nested too deep") from None


def ordered_operand(codec: ValueCodec, value: Any) -> AttributeValue:
    """Return the value as it is to be compared by order.

    Raises:
        Misfit: It has the wrong type, or what is stored is not in the order of the values.
    """
    bare = _bare(codec)
    by_itself = isinstance(value, (str, bytes, int, float, Decimal))
    match bare:
        case ScalarCodec(kind=kind):
            # Text of times with different offsets is not in the order of the times.
            ordered = kind is not bool and not (isinstance(value, time) and value.tzinfo is not None)
        case ForeignCodec():
            ordered = by_itself
        case _:
            ordered = bare is TREE and by_itself
    if ordered:
        stored = equal_operand(bare, value)
        if tag_of(stored) in _ORDERED_TAGS:
            return stored
    raise Misfit(f"{codec.label} is not stored in an order that {type(value).__name__} has a place in; use a predicate")


def text_operand(codec: ValueCodec, value: Any) -> AttributeValue:
    """Return a part of what is stored as text or bytes.

    Raises:
        Misfit: The field holds no text or bytes, or the value is none.
    """
    bare = _bare(codec)
    match bare:
        case ScalarCodec(kind=kind) if kind in _TEXTS:
            return bare.encode(value, 0)
        case ForeignCodec(types=(kind,)) if issubclass(kind, str) and isinstance(value, str):
            return {"S": checked_text(value)}
        case _ if bare is TREE and isinstance(value, _TEXTS):
            return bare.encode(value, 0)
        case _:
            raise Misfit(f"{codec.label} is no text or bytes that could have such a part")


def part_operands(codec: ValueCodec, value: Any) -> list[AttributeValue]:
    """Return what `contains` looks for: an element in each way it can be stored, or a part of a text.

    Raises:
        Misfit: There can be no such element or part.
    """
    match codec:
        case SequenceCodec(item=item) | SetCodec(item=item):
            return _elements([item], value)
        case TupleCodec(items=items):
            return _elements(items, value)
        case MapCodec():
            raise Misfit(f"{codec.label} has keys; write [key].exists()")
        case _ if codec is TREE:
            return [equal_operand(codec, value)]
        case _:
            return [text_operand(codec, value)]


def has_size(codec: ValueCodec) -> bool:
    """Tell whether what is stored has the size that Python's values have."""
    bare = _bare(codec)
    if isinstance(bare, ScalarCodec):
        return bare.kind in _TEXTS
    return bare is TREE or isinstance(bare, (SequenceCodec, TupleCodec, SetCodec, MapCodec, PairsCodec, ForeignCodec))


def _bare(codec: ValueCodec) -> ValueCodec:
    """Return the codec of all values of a choice's type, where a choice stores its values as such."""
    # The members of other Enums have no order in Python, and no parts.
    match codec:
        case LiteralCodec(base=base):
            return _bare(base)
        case EnumCodec(enum=enum, by_value=True, held=held) if issubclass(enum, held.kind):
            return held
        case _:
            return codec


def _elements(items: Iterable[ValueCodec], value: object) -> list[AttributeValue]:
    found: list[AttributeValue] = []
    for item in items:
        for arm in Place((), item).arms():
            try:
                stored = equal_operand(arm.codec, value)
            except Misfit:
                continue
            for label in reversed(arm.path):
                stored = {"M": {str(label): stored}}
            found += [] if stored in found else [stored]
    if not found:
        raise wrong_type(" or ".join(dict.fromkeys(item.label for item in items)), value)
    return found

"""DynamoDB's limits on one write, checked before any call.

Sources: DynamoDB Developer Guide, "Quotas" and "Item sizes and formats"; API reference, "TransactWriteItems", for the
token, and for two ops on one row, which are refused whatever their conditions; a number takes a byte, a byte for each
two digits counted from the decimal point, and one for a minus sign, 21 at most (measured; the guide says
"approximately").
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from sst_repo.core import layout
from sst_repo.core.layout import IndexKeys
from sst_repo.core.records import Attributes, AttributeValue, HeldByNoOther, Op, Plan, Put, Record
from sst_repo.errors import ItemTooLargeError, TransactionTooLargeError

MAX_ACTIONS = 100
MAX_TOKEN = 36
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
MAX_ITEM_BYTES = 400 * 1024
MAX_PARTITION_KEY_BYTES = 2048
MAX_SORT_KEY_BYTES = 1024
_MAX_NUMBER_BYTES = 21


def check(plan: Plan) -> None:
    """Refuse a plan that DynamoDB would refuse for its size.

    Raises:
        ItemTooLargeError: One item is over 400 KB.
        TransactionTooLargeError: More than 100 actions, or more than 4 MB in all.
        ValueError: No op, two ops on one row, or a token of more than 36 characters; a plan is made without.
    """
    if not plan.ops:
        raise ValueError("a plan has at least one op")
    if len(plan.ops) > 1 and len({op.key for op in plan.ops}) != len(plan.ops):
        raise ValueError("a plan has one op a row")
    if not 0 < len(plan.token) <= MAX_TOKEN:
        raise ValueError(f"the id of a commit has 1 to {MAX_TOKEN} characters, unlike {plan.token!r}")
    puts = [op for op in plan.ops if isinstance(op, Put)]
    # An item's JSON is longer than what it counts for, and is made in any case.
    bounds = [len(op.record.json) for op in puts]
    if len(plan.ops) > MAX_ACTIONS or sum(bounds) > MAX_ITEM_BYTES:
        _check_sizes(plan, [(item_size(op.record), op) for op in puts])


def _check_sizes(plan: Plan, sizes: list[tuple[int, Put]]) -> None:
    for size, op in sizes:
        if size > MAX_ITEM_BYTES:
            raise ItemTooLargeError(size, culprit(op))
    total = sum(size for size, _ in sizes)
    if len(plan.ops) > MAX_ACTIONS or total > MAX_TRANSACTION_BYTES:
        largest = max(sizes, key=lambda sized: sized[0])[1] if sizes else plan.ops[0]
        raise TransactionTooLargeError(len(plan.ops), total, culprit(largest))


def key_misfit(row: Record, indexes: Iterable[IndexKeys]) -> str | None:
    """Say why DynamoDB would not take a row for its keys: the table's own, or those of an index; None if it would.

    A row need not have the keys of an index. One that is there is text, not empty and not too long, also where the
    row lacks the other.
    """
    for index in indexes:
        held = row.key.attributes if index is layout.PRIMARY else row.attributes
        for name, most in ((index.partition, MAX_PARTITION_KEY_BYTES), (index.sort, MAX_SORT_KEY_BYTES)):
            if name in held and not 0 < len(held[name].get("S", "").encode()) <= most:
                return f"{name} of {layout.row_name(row.key.pk)} is no text of 1 to {most} bytes, as a key is"
    return None


def batches(rows: Iterable[Record], spare: int = 1) -> list[tuple[Record, ...]]:
    """Part rows so that each part fits into one transaction, with actions to spare. There is at least one part."""
    parts: list[list[Record]] = [[]]
    room = MAX_TRANSACTION_BYTES
    for row in rows:
        size = item_size(row)
        if len(parts[-1]) == MAX_ACTIONS - spare or size > room:
            parts.append([])
            room = MAX_TRANSACTION_BYTES
        parts[-1].append(row)
        room -= size
    return [tuple(part) for part in parts]


def culprit(op: Op) -> str:
    """Name the resource an op is about: of a guard row, the one that holds it or gives it up."""
    if not layout.is_guard(op.key.pk):
        return layout.row_name(op.key.pk)
    type_name, value = layout.type_and_value(op.key.pk)
    holder = op.record.holder if isinstance(op, Put) else None
    if holder is None and isinstance(op.guard, HeldByNoOther):
        holder = op.guard.holder
    return f"{type_name} {holder or value}"


def fits(text: str, most: int) -> bool:
    """Tell whether a text can be a key of at most so many bytes; an empty one can't.

    Raises:
        UnicodeEncodeError: It is no Unicode text.
    """
    return 0 < len(text.encode()) <= most


def item_size(record: Record) -> int:
    """Return the bytes an item counts for, names of attributes included."""
    key = len("pk") + len(record.key.pk.encode()) + len("sk") + len(record.key.sk.encode())
    return key + attributes_size(record.attributes)


def attributes_size(attributes: Attributes) -> int:
    """Return the bytes of attributes, names included."""
    size = 0
    for name, value in attributes.items():
        size += len(name) if name.isascii() else len(name.encode())
        text = value.get("S")
        if text is None:
            size += _value_size(value)
        else:
            size += len(text) if text.isascii() else len(text.encode())
    return size


def _value_size(value: AttributeValue) -> int:
    ((tag, content),) = value.items()
    measure = _SIZES.get(tag)
    return 1 if measure is None else measure(content)


def _number_size(text: str) -> int:
    integral, _, fraction = text.lstrip("-").partition(".")
    digits = "0" * (len(integral) % 2) + integral + fraction + "0" * (len(fraction) % 2)
    # Pairs of zeros at either end only move the exponent and take no room.
    before = (len(digits) - len(digits.lstrip("0"))) // 2
    after = (len(digits) - len(digits.rstrip("0"))) // 2
    pairs = max(0, len(digits) // 2 - before - after)
    return min(1 + pairs + text.startswith("-"), _MAX_NUMBER_BYTES)


def _text_size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


_SIZES: Final[dict[str, Callable[[Any], int]]] = {
    "S": _text_size,
    "N": _number_size,
    "B": len,
    "SS": lambda texts: sum(map(_text_size, texts)),
    "NS": lambda numbers: sum(map(_number_size, numbers)),
    "BS": lambda binaries: sum(map(len, binaries)),
    "L": lambda elements: 3 + sum(1 + _value_size(element) for element in elements),
    "M": lambda elements: 3 + len(elements) + attributes_size(elements),
}
"""By type; what is not here (BOOL, NULL) takes one byte."""

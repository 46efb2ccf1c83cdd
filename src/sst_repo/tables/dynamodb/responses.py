"""What comes back: items as records, in the canonical form that records have. Pure."""

from collections.abc import Mapping
from typing import Any

from sst_repo.core.layout import PRIMARY, IndexKeys, row_name
from sst_repo.core.numbers import canonical_number
from sst_repo.core.queries import Position, Slice
from sst_repo.core.records import AttributeValue, Key, Record


def record(item: Mapping[str, Any]) -> Record:
    """Return an item as a record."""
    attributes = {name: _canonical(value) for name, value in item.items() if name not in {"pk", "sk"}}
    return Record(Key(item["pk"]["S"], item["sk"]["S"]), attributes)


def read(index: IndexKeys, answer: Mapping[str, Any]) -> Slice:
    """Return the answer to a Query of an index, or to a Scan."""
    records = tuple(map(record, answer.get("Items", ())))
    more = position(index, answer.get("LastEvaluatedKey"))
    return Slice(records, answer["Count"], answer["ScannedCount"], more, consumed(answer))


def position(index: IndexKeys, start_key: Mapping[str, Any] | None) -> Position | None:
    """Return a LastEvaluatedKey as a position."""
    if not start_key:
        return None
    key = Key(start_key["pk"]["S"], start_key["sk"]["S"])
    return Position(key.sk if index == PRIMARY else start_key[index.sort]["S"], key)


def unprocessed(answer: Mapping[str, Any]) -> list[str]:
    """Return the rows that the answer to a BatchGetItem leaves over, each as "type id"."""
    left: Mapping[str, Any] = answer["UnprocessedKeys"]
    return [row_name(key["pk"]["S"]) for keys in left.values() for key in keys["Keys"]]


def consumed(answer: Mapping[str, Any]) -> float:
    """Return the capacity units that an answer says it took; 0 where the server does not tell."""
    capacity: Mapping[str, float] = answer.get("ConsumedCapacity") or {}
    return capacity.get("CapacityUnits", 0.0)


def _canonical(value: Mapping[str, Any]) -> AttributeValue:
    """Undo what a server may do to a value's text: exponents in numbers, any order in sets."""
    ((tag, content),) = value.items()
    match tag:
        case "N":
            return {"N": canonical_number(content)}
        case "NS":
            return {"NS": sorted(map(canonical_number, content))}
        case "SS" | "BS":
            return {tag: sorted(content)}
        case "L":
            return {"L": [_canonical(element) for element in content]}
        case "M":
            return {"M": {name: _canonical(element) for name, element in content.items()}}
        case _:
            return value

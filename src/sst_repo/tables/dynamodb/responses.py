"""What comes back: items as records. Pure."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

from sst_repo.consumption import Consumed
from sst_repo.core.layout import PRIMARY, IndexKeys, row_name
from sst_repo.core.queries import Position, Slice
from sst_repo.core.records import KEY_NAMES, Key, Record
from sst_repo.core.wire import Body, Item, canonical


def record(item: Item) -> Record:
    """Return an item that botocore has parsed as a record."""
    return Record(Key(item["pk"]["S"], item["sk"]["S"]), canonical(item, without=KEY_NAMES))


def read(index: IndexKeys, body: Body, *, count_only: bool = False) -> Slice:
    """Return the answer to a Query of an index, or to a Scan."""
    count = body.count
    records = () if count_only else tuple(Record.of(body, number) for number in range(count))
    return Slice(records, count, body.scanned, position(index, body.start_key), body.consumed)


def position(index: IndexKeys, start_key: Mapping[str, Any] | None) -> Position | None:
    """Return a LastEvaluatedKey as a position."""
    if not start_key:
        return None
    key = Key(start_key["pk"]["S"], start_key["sk"]["S"])
    return Position(key.sk if index == PRIMARY else start_key[index.sort]["S"], key)


def written(answer: bytes) -> Consumed:
    """Return what a write says that it consumed, the indexes apart; of a transaction that was known, it is reads."""
    total = Consumed(1)
    for table in _listed(from_json(answer).get("ConsumedCapacity", [])):
        read = table.get("ReadCapacityUnits", 0.0)
        indexes = table.get("GlobalSecondaryIndexes", {}).values()
        in_indexes = sum(index.get("CapacityUnits", 0.0) for index in indexes)
        total += Consumed(0, read, table.get("CapacityUnits", 0.0) - read, in_indexes)
    return total


def _listed(capacity: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - of one table, or a list of such
    return [capacity] if isinstance(capacity, dict) else capacity  # pyright: ignore[reportUnknownVariableType]


def names_of(unprocessed: Mapping[str, Any]) -> list[str]:
    """Return the rows that the answer to a BatchGetItem leaves over, each as "type id"."""
    return [row_name(key["pk"]["S"]) for keys in unprocessed.values() for key in keys["Keys"]]

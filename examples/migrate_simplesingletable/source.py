"""Reads what simplesingletable has written, through its own classes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar, cast

from boto3.dynamodb.conditions import Key
from simplesingletable import DynamoDbMemory, DynamoDbResource, DynamoDbVersionedResource

OldResource: TypeAlias = DynamoDbResource | DynamoDbVersionedResource
OldT = TypeVar("OldT", bound=OldResource)

LATEST = "v0"
"""The sort key of the copy of the latest version. It is gone when the latest version was deleted."""


@dataclass(frozen=True)
class History(Generic[OldT]):
    """A resource as the old table has it.

    Attributes:
        versions: All that is left of it, oldest first; of a resource without versions just that. None if it was
            deleted since it was found.
        deleted: Whether its latest version was deleted. What that was is gone, older ones are still there.
    """

    versions: tuple[OldT, ...]
    deleted: bool = False

    @property
    def first_version(self) -> int:
        """The number of the oldest version that is left: `max_versions` removes what is older."""
        return getattr(self.versions[0], "version", 1)


@dataclass
class Inventory:
    """What there is.

    Attributes:
        ids: The ids of each class.
        others: How many partitions there are of types that were not asked for.
    """

    ids: dict[type[OldResource], list[str]] = field(default_factory=lambda: defaultdict(list))
    others: Counter[str] = field(default_factory=Counter)


class Source:
    def __init__(self, memory: DynamoDbMemory) -> None:
        self._memory = memory

    def inventory(self, classes: Iterable[type[OldResource]]) -> Inventory:
        """Read the keys of the whole table. The index of types has not those that were deleted."""
        found = Inventory()
        prefixes = {f"{old.get_unique_key_prefix()}#": old for old in classes}
        for partition in dict.fromkeys(row["pk"] for row in self._pages("scan", ProjectionExpression="pk")):
            prefix = next(filter(partition.startswith, prefixes), None)
            if prefix is None:
                found.others[partition.rpartition("#")[0]] += 1
            else:
                found.ids[prefixes[prefix]].append(partition.removeprefix(prefix))
        return found

    def history(self, old: type[OldT], resource_id: str) -> History[OldT]:
        """Read a resource with all its versions and blobs.

        Raises:
            pydantic.ValidationError: A row does not fit the class, as the package would find too.
        """
        # `get_all_versions` reads one page of at most 1 MB.
        key = f"{old.get_unique_key_prefix()}#{resource_id}"
        rows = list(self._pages("query", KeyConditionExpression=Key("pk").eq(key), ConsistentRead=True))
        if issubclass(old, DynamoDbResource):
            return History(tuple(self._load(old, resource_id, row) for row in rows))
        # Version 10 sorts before version 2.
        numbered = sorted((row for row in rows if row["sk"] != LATEST), key=lambda row: int(row["version"]))
        versions = tuple(self._load(old, resource_id, row) for row in numbered)
        return History(versions, deleted=len(numbered) == len(rows))

    def _load(self, old: type[OldT], resource_id: str, row: dict[str, Any]) -> OldT:
        # There is no public way from a row to its blobs.
        blobs = self._memory._build_blob_placeholders(row, old, resource_id, int(row.get("version", 0)))  # noqa: SLF001
        resource = cast("OldT", old.from_dynamodb_item(row, blobs))
        if resource.has_unloaded_blobs():
            resource.load_blob_fields(self._memory)
        return resource

    def _pages(self, operation: str, **request: Any) -> Iterator[dict[str, Any]]:
        read = getattr(self._memory.dynamodb_table, operation)
        page = read(**request)
        yield from page["Items"]
        while start := page.get("LastEvaluatedKey"):
            page = read(**request, ExclusiveStartKey=start)
            yield from page["Items"]

"""Reading item collections: resources of several classes that share a partition, in one query."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sst_repo.core import layout
from sst_repo.core.queries import Query
from sst_repo.core.records import Record
from sst_repo.core.selections import Selection
from sst_repo.errors import CorruptRecordError, InvalidQueryError
from sst_repo.mapping import collections
from sst_repo.mapping.schema import Schema, is_living, schema_of
from sst_repo.pages import CollectionPage
from sst_repo.reader import name_of, read_page
from sst_repo.resource import Resource
from sst_repo.tables.base import Table


class ItemCollection:
    """An item collection as a table has it; `Table.collection` is where users find it.

    Args:
        table: Where it is read.
        name: Its name.
        types: The classes that count; None for all.

    Raises:
        InvalidQueryError: There is no such collection, or a class is not part of it.
    """

    def __init__(self, table: Table, name: str, types: Sequence[type[Resource]] | None) -> None:
        """Look the classes up; make no call."""
        self._table = table
        self._name = name
        self._is_whole = types is None
        codecs = (
            collections.members(name)
            if types is None
            else {model.__type_name__: collections.member(name, model) for model in types}
        )
        self._codecs = list(codecs.values())
        self._schemas: Mapping[str, Schema[Any]] = {key: schema_of(codec.model) for key, codec in codecs.items()}

    def page(
        self,
        partition: Sequence[object],
        *,
        predicate: Callable[[Resource], bool] | None,
        limit: int | None,
        cursor: str | None,
        descending: bool,
        reads: int,
    ) -> CollectionPage:
        """Return a page of a partition: as `Table.collection`."""

        def load(row: Record) -> Resource | None:
            resource = self._load(row)
            return resource if resource is None or predicate is None or predicate(resource) else None

        counting = [] if self._is_whole else sorted(self._schemas)
        filters = "|".join([*counting, *filter(None, [name_of(predicate)])])
        selection = Selection("", (self._query(partition, descending=descending),), filters)
        return CollectionPage.of(read_page(self._table, selection, limit, cursor, load, reads))

    def _query(self, partition: Sequence[object], *, descending: bool) -> Query:
        partitions = {codec.partition(partition): codec for codec in self._codecs}
        if len(partitions) > 1:
            one, other, *_ = partitions.values()
            raise InvalidQueryError(
                f"the collection {self._name!r}: {one.name} and {other.name} make different keys of one value; "
                "give their partition parts the same types"
            )
        ((key, codec),) = partitions.items()
        return Query(codec.keys, key, descending=descending)

    def _load(self, row: Record) -> Resource | None:
        type_name, resource_id = layout.type_and_id(row.key.pk)
        schema = self._schemas.get(type_name)
        if schema is not None:
            resource: Resource | None = schema.load_living(row)
            return resource
        if not is_living(row) or not self._is_whole:
            return None
        reason = f"no class in the collection {self._name!r} is stored as {type_name!r}; import the module that has it"
        raise CorruptRecordError(type_name, resource_id, reason, version=row.version)

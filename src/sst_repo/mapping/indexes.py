"""Indexes, compiled: the key attributes of a resource in each index of its class, and the bounds of key queries.

| | |
|---|---|
| `gsi<n>pk` | the type name, `#`, and the key text of the partition parts |
| `gsi<n>sk` | the key text of the sort parts |

In a collection the classes share their partitions, and each has its own range of sort keys:

| | |
|---|---|
| `gsi<n>pk` | `#`, the collection's name, `#`, and the key text of the partition parts |
| `gsi<n>sk` | the type name, `#`, and the key text of the sort parts |

Names have no `#` and are never empty: nobody sees rows of a class or collection other than its own. `sortable` says
what key text is.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sst_repo.core import layout
from sst_repo.core.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from sst_repo.core.records import AttributeValue
from sst_repo.errors import InvalidQueryError, ModelError, UnstorableValueError
from sst_repo.indexes import IndexDefinition, KeyQuery, on_query
from sst_repo.mapping.parts import declared, parts_of
from sst_repo.mapping.sortable import END, join, span
from sst_repo.resource import Resource


class Bounds(NamedTuple):
    """What a key query reads of its index: a partition, from `first` to `last`, both included; None for no bound."""

    partition: str
    first: str | None
    last: str | None


class IndexCodec:
    """One index of one Resource class."""

    def __init__(self, model: type[Resource], index: IndexDefinition) -> None:
        """Compile the index.

        Raises:
            ModelError: A part is unknown, or its type has no order.
        """
        self.model = model
        self.index = index
        self.keys = layout.gsi(index.gsi)
        self.name = f"{model.__qualname__}.{index.name}"
        self._partition = parts_of(model, self.name, "partition", MAX_PARTITION_KEY_BYTES, index.partition)
        self._sort = parts_of(model, self.name, "sort", MAX_SORT_KEY_BYTES, index.sort)
        in_type = join([model.__type_name__])
        self._before_partition, self._before_sort = (
            (in_type, "") if index.collection is None else (END + join([index.collection]), in_type)
        )

    def attributes(self, resource: Resource) -> dict[str, AttributeValue]:
        """Return the resource's key attributes in the index; none if it is not in it.

        Args:
            resource: The resource, with the system fields that it will be stored with.

        Raises:
            UnstorableValueError: A value has no place in an order, or a key is over DynamoDB's limit.
        """
        if self.index.when is not None and not self.index.when(resource):
            return {}
        in_partition, in_sort = self._partition.key(resource), self._sort.key(resource)
        if in_partition is None or in_sort is None:
            return {}
        partition, sort = self._before_partition + in_partition.text, self._before_sort + in_sort.text
        excess = self._excess(partition, sort)
        if excess is not None:
            raise UnstorableValueError(self.name, excess)
        return {self.keys.partition: {"S": partition}, self.keys.sort: {"S": sort}}

    def bounds(self, query: KeyQuery[Any]) -> Bounds:
        """Return what the query reads, exactly.

        Raises:
            InvalidQueryError: A value has the wrong type or is None, there are too few or too many, or they make a
                key over DynamoDB's limit.
        """
        partition = self.partition(query.partition)
        operator, values = query.operator, query.values
        compared = {"all": 0, "between": 2}.get(operator, 1)
        leading, last = values[: len(values) - compared], values[len(values) - compared :]
        most = len(self._sort) - (compared > 0)
        if len(values) < compared or len(leading) > most or (leading and not compared):
            raise self._sort.wrong_number(f"{len(values)} for {operator}()")
        before = self._before_sort + self._sort.leading(leading)
        texts = [self._sort.text(len(leading), value, begins=operator == "begins_with") for value in last]
        for text in texts or [""]:
            excess = self._excess(partition, before + text + END)
            if excess is not None:
                raise InvalidQueryError(f"{self.name}: {excess}")
        return Bounds(partition, *span(before, operator, *texts))

    def partition(self, values: Sequence[object]) -> str:
        """Return the partition under these values of the partition parts.

        Raises:
            InvalidQueryError: A value has the wrong type or is None, or there are too few or too many.
        """
        return self._before_partition + self._partition.asked(values)

    def _excess(self, partition: str, sort: str) -> str | None:
        return self._partition.excess(partition) or self._sort.excess(sort)


def indexes_of(model: type[Resource]) -> tuple[IndexCodec, ...]:
    """Return the indexes of a class, inherited ones included, compiled once.

    Raises:
        ModelError: Two have one number, or one can't be compiled.
    """
    return _compiled(model)


def index_attributes(resource: Resource) -> dict[str, AttributeValue]:
    """Return the resource's key attributes in all indexes of its class.

    Args:
        resource: The resource, with the system fields that it will be stored with.

    Raises:
        UnstorableValueError: A value has no place in an order, or a key is over DynamoDB's limit.
    """
    codecs = indexes_of(type(resource))
    return {name: value for codec in codecs for name, value in codec.attributes(resource).items()}


def codec_of(query: KeyQuery[Any]) -> IndexCodec:
    """Return the codec of the index that is queried.

    Raises:
        InvalidQueryError: It is no index of the class.
    """
    for codec in indexes_of(query.model):
        if codec.index is query.index:
            return codec
    raise InvalidQueryError(f"{query.model.__qualname__} has no such index as {query.index.name}")


@cache
def _compiled(model: type[Resource]) -> tuple[IndexCodec, ...]:
    by_number: dict[int, IndexDefinition] = {}
    for index in declared(model, IndexDefinition):
        other = by_number.setdefault(index.gsi, index)
        if other is not index:
            raise ModelError(
                f"{model.__qualname__}: {other.name} and {index.name} both have gsi={index.gsi}; "
                f"give each index of a class its own number",
            )
    return tuple(IndexCodec(model, index) for index in by_number.values())


on_query(lambda query: codec_of(query).bounds(query))

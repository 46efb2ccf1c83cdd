"""Indexes, compiled: the key attributes of a resource in each index of its class, and the bounds of key queries.

| | |
|---|---|
| `gsi<n>pk` | the type name, `#`, and the key text of the partition parts |
| `gsi<n>sk` | the key text of the sort parts |

A type name has no `#`: classes that share a GSI never see each other's rows. `sortable` says what key text is.
"""

from functools import cache
from typing import Any, NamedTuple

from sst_repo.core import layout
from sst_repo.core.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from sst_repo.core.records import AttributeValue
from sst_repo.errors import InvalidQueryError, ModelError, UnstorableValueError
from sst_repo.indexes import IndexDefinition, KeyQuery, on_query
from sst_repo.mapping.parts import declared, parts_of
from sst_repo.mapping.sortable import END, span
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

    def attributes(self, resource: Resource) -> dict[str, AttributeValue]:
        """Return the resource's key attributes in the index; none if it is not in it.

        Args:
            resource: The resource, with the system fields that it will be stored with.

        Raises:
            UnstorableValueError: A value has no place in an order, or a key is over DynamoDB's limit.
        """
        if self.index.when is not None and not self.index.when(resource):
            return {}
        in_partition, sort = self._partition.key(resource), self._sort.key(resource)
        if in_partition is None or sort is None:
            return {}
        partition = self._in_partition(in_partition.text)
        excess = self._excess(partition, sort.text)
        if excess is not None:
            raise UnstorableValueError(self.name, excess)
        return {self.keys.partition: {"S": partition}, self.keys.sort: {"S": sort.text}}

    def bounds(self, query: KeyQuery[Any]) -> Bounds:
        """Return what the query reads, exactly.

        Raises:
            InvalidQueryError: A value has the wrong type or is None, there are too few or too many, or they make a
                key over DynamoDB's limit.
        """
        partition = self._in_partition(self._partition.asked(query.partition))
        operator, values = query.operator, query.values
        compared = {"all": 0, "between": 2}.get(operator, 1)
        leading, last = values[: len(values) - compared], values[len(values) - compared :]
        most = len(self._sort) - (compared > 0)
        if len(values) < compared or len(leading) > most or (leading and not compared):
            raise self._sort.wrong_number(f"{len(values)} for {operator}()")
        before = self._sort.leading(leading)
        texts = [self._sort.text(len(leading), value, begins=operator == "begins_with") for value in last]
        for text in texts or [""]:
            excess = self._excess(partition, before + text + END)
            if excess is not None:
                raise InvalidQueryError(f"{self.name}: {excess}")
        return Bounds(partition, *span(before, operator, *texts))

    def _in_partition(self, text: str) -> str:
        return f"{self.model.__type_name__}{END}{text}"

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
    raise InvalidQueryError(f"{query!r}: {query.model.__qualname__} has no such index")


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

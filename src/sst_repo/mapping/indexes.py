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

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import attrgetter, methodcaller
from typing import Any, NamedTuple

import typing_extensions

from sst_repo.core import layout
from sst_repo.core.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from sst_repo.core.records import AttributeValue
from sst_repo.errors import InvalidQueryError, ModelError, UnstorableValueError
from sst_repo.indexes import IndexDefinition, KeyQuery, on_query
from sst_repo.mapping.compiler import Compiler
from sst_repo.mapping.scalars import NONE
from sst_repo.mapping.sortable import END, KeyCodec, join, key_codec, span
from sst_repo.mapping.structures import StructureCodec, TypedDictCodec
from sst_repo.mapping.unions import UnionCodec
from sst_repo.mapping.values import Misfit, ValueCodec
from sst_repo.resource import Resource, declarations


class Bounds(NamedTuple):
    """What a key query reads of its index: a partition, from `first` to `last`, both included; None for no bound."""

    partition: str
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a key: the path to its value, and how the value becomes text."""

    path: str
    steps: tuple[Callable[[Any], Any], ...]
    codec: KeyCodec

    def value(self, resource: Resource) -> object:
        """Return the part's value in a resource; None if there is none on the way."""
        value: Any = resource
        for step in self.steps:
            value = step(value)
            if value is None:
                return None
        return value


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
        self._partition = tuple(_part(model, index, path) for path in index.partition)
        self._sort = tuple(_part(model, index, path) for path in index.sort)
        in_type = join([model.__type_name__])
        self._before_partition, self._before_sort = (
            (in_type, "") if index.collection is None else (END + join([index.collection]), in_type)
        )

    @property
    def name(self) -> str:
        """The index's name for messages."""
        return f"{self.model.__qualname__}.{self.index.name}"

    def attributes(self, resource: Resource) -> dict[str, AttributeValue]:
        """Return the resource's key attributes in the index; none if it is not in it.

        Args:
            resource: The resource, with the system fields that it will be stored with.

        Raises:
            UnstorableValueError: A value has no place in an order, or a key is over DynamoDB's limit.
        """
        if self.index.when is not None and not self.index.when(resource):
            return {}
        partition, sort = _key(self._partition, resource), _key(self._sort, resource)
        if partition is None or sort is None:
            return {}
        partition, sort = self._before_partition + partition, self._before_sort + sort
        for what, text, limit in self._sizes(partition, sort):
            size = len(text.encode())
            if size > limit:
                raise UnstorableValueError(self.name, _too_long(what, size, limit))
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
            raise self._wrong_number("sort", self._sort, f"{len(values)} for {operator}()")
        before = self._before_sort + join(self._texts(self._sort[: len(leading)], leading, "sort"))
        texts = [self._text(self._sort[len(leading)], value, begins=operator == "begins_with") for value in last]
        for text in texts or [""]:
            for what, key, limit in self._sizes(partition, before + text + END):
                size = len(key.encode())
                if size > limit:
                    raise InvalidQueryError(f"{self.name}: {_too_long(what, size, limit)}")
        return Bounds(partition, *span(before, operator, *texts))

    def partition(self, values: Sequence[object]) -> str:
        """Return the partition under these values of the partition parts.

        Raises:
            InvalidQueryError: A value has the wrong type or is None, or there are too few or too many.
        """
        return self._before_partition + join(self._texts(self._partition, values, "partition"))

    def _sizes(self, partition: str, sort: str) -> Sequence[tuple[str, str, int]]:
        return ("partition", partition, MAX_PARTITION_KEY_BYTES), ("sort", sort, MAX_SORT_KEY_BYTES)

    def _texts(self, parts: Sequence[_Part], values: Sequence[object], what: str) -> list[str]:
        if len(values) != len(parts):
            raise self._wrong_number(what, parts, str(len(values)))
        return [self._text(part, value) for part, value in zip(parts, values, strict=True)]

    def _text(self, part: _Part, value: object, *, begins: bool = False) -> str:
        try:
            return part.codec.beginning(value) if begins else part.codec.text(value)
        except Misfit as misfit:
            raise InvalidQueryError(f"{self.name}: {part.path}: {misfit.reason}") from misfit.__cause__

    def _wrong_number(self, what: str, parts: Sequence[_Part], found: str) -> InvalidQueryError:
        paths = ", ".join(part.path for part in parts)
        return InvalidQueryError(f"{self.name}: the {what} key has the parts ({paths}); the values given are {found}")


def indexes_of(model: type[Resource]) -> tuple[IndexCodec, ...]:
    """Return the indexes of a class, inherited ones included, compiled once.

    Raises:
        ModelError: Two have one number, or one can't be compiled.
    """
    return _compiled(model)


def index_attributes(resource: Resource, system: Mapping[str, object] | None = None) -> dict[str, AttributeValue]:
    """Return the resource's key attributes in all indexes of its class.

    Args:
        resource: The resource; it is not changed.
        system: The values of system fields that the write at hand will give it, by name.

    Raises:
        UnstorableValueError: A value has no place in an order, or a key is over DynamoDB's limit.
    """
    codecs = indexes_of(type(resource))
    if codecs and system:
        # Parts, properties and conditions may all look at system fields: they see the resource as it will be.
        resource = resource.model_copy()
        vars(resource).update(system)
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
    for index in declarations(model, IndexDefinition):
        other = by_number.setdefault(index.gsi, index)
        if other is not index:
            raise ModelError(
                f"{model.__qualname__}: {other.name} and {index.name} both have gsi={index.gsi}; "
                f"give each index of a class its own number",
            )
    return tuple(IndexCodec(model, index) for index in by_number.values())


def _key(parts: Sequence[_Part], resource: Resource) -> str | None:
    texts: list[str] = []
    for part in parts:
        value = part.value(resource)
        if value is None:
            return None
        try:
            texts.append(part.codec.text(value))
        except Misfit as misfit:
            path = f"{type(resource).__name__}.{part.path}"
            raise UnstorableValueError(path, misfit.reason) from misfit.__cause__
    return join(texts)


def _too_long(what: str, size: int, limit: int) -> str:
    return f"the {what} key takes {size} bytes (at most {limit}); use shorter values"


def _part(model: type[Resource], index: IndexDefinition, path: str) -> _Part:
    steps: list[Callable[[Any], Any]] = []
    names = path.split(".")
    try:
        step, declared = _member(model, names[0], _field_codec(model, names[0]))
        steps.append(step)
        for name in names[1:]:
            structure = _structure(declared)
            fields = {field.name: field.codec for field in structure.members.fields}
            step, declared = _member(structure.kind, name, fields.get(name))
            steps.append(methodcaller("get", name) if isinstance(structure, TypedDictCodec) else step)
        return _Part(path, tuple(steps), _key_codec(model, declared))
    except ModelError as error:
        raise ModelError(f"{model.__qualname__}.{index.name}: {path}: {error}") from error


def _key_codec(model: type[Resource], declared: ValueCodec) -> KeyCodec:
    try:
        return key_codec(declared)
    except ModelError:
        if not model.__pydantic_generic_metadata__["parameters"]:
            raise
        # A generic class waits for its types; those made of it are checked.
        return KeyCodec(declared, _untyped)


def _untyped(value: object) -> str:
    raise ValueError(f"{value!r} can't be part of a key here; use the class with its type parameters given")


def _field_codec(model: type[Resource], name: str) -> ValueCodec | None:
    info = model.model_fields.get(name)
    return None if info is None else _compile(model, info.annotation)


def _compile(kind: type, annotation: Any) -> ValueCodec:
    config: Mapping[str, Any] = getattr(kind, "model_config", {})
    return Compiler(raw_enums=bool(config.get("use_enum_values"))).compile(annotation)


def _member(kind: type, name: str, field: ValueCodec | None) -> tuple[Callable[[Any], Any], ValueCodec]:
    """Return how to read a field or property of a class, and its type."""
    if field is not None:
        return attrgetter(name), field
    found = inspect.getattr_static(kind, name, None)
    # The function itself, since what a cached property once gave may be out of date.
    function = found.fget if isinstance(found, property) else found.func if isinstance(found, cached_property) else None
    if function is None:
        raise ModelError(f"{kind.__qualname__} has no field or property {name!r}")
    try:
        hints = typing_extensions.get_type_hints(function, include_extras=True)
    except NameError as error:
        raise ModelError(f"{error}; define it at the top level of its module") from error
    if "return" not in hints:
        raise ModelError(f"the property {name!r} needs a return annotation")
    return function, _compile(kind, hints["return"])


def _structure(declared: ValueCodec) -> StructureCodec:
    arms = declared.codecs if isinstance(declared, UnionCodec) else (declared,)
    kinds = [arm for arm in arms if arm is not NONE]
    if len(kinds) == 1 and isinstance(kinds[0], StructureCodec):
        return kinds[0]
    raise ModelError(f"{declared.label} is no single class with fields, so a path can't lead into it")


on_query(lambda query: codec_of(query).bounds(query))

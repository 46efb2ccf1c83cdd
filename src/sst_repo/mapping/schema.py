"""What a Resource class compiles to: how its objects become rows, and rows its objects."""

from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar, cast

from sst_repo.conditions import Condition
from sst_repo.core import layout
from sst_repo.core.expressions import CompiledFilter, compile_filter
from sst_repo.core.history import unarchive
from sst_repo.core.intents import Claim, Derive, Derived, Target
from sst_repo.core.policy import is_alive
from sst_repo.core.queries import Query
from sst_repo.core.records import Attributes, Key, Record, RowsByKey
from sst_repo.core.scanning import living
from sst_repo.core.times import from_utc_text
from sst_repo.errors import CorruptRecordError, InvalidQueryError, ModelError
from sst_repo.indexes import KeyQuery
from sst_repo.listings import UNSHARDED, Listing
from sst_repo.mapping import collections
from sst_repo.mapping.codec import ModelCodec, codec_for
from sst_repo.mapping.filters import resolve
from sst_repo.mapping.indexes import codec_of, index_attributes, indexes_of
from sst_repo.mapping.keys import check_id
from sst_repo.mapping.parts import as_written, declared
from sst_repo.mapping.uniques import claim_on, claims_of, uniques_of
from sst_repo.resource import Resource, bring_up_to_date, image_of, on_definition

T = TypeVar("T", bound=Resource)


@dataclass(frozen=True, slots=True)
class Schema(Generic[T]):
    """The mapping of one Resource class."""

    model: type[T]
    codec: ModelCodec[T]
    shards: int = UNSHARDED

    @property
    def type_name(self) -> str:
        """The name that the type is stored under."""
        return self.model.__type_name__

    @property
    def keeps_versions(self) -> bool:
        """Whether old versions are kept."""
        return self.model.__keeps_versions__

    def target(self, resource_id: str) -> Target:
        """Name a resource.

        Raises:
            UnstorableValueError: No row can have that id.
        """
        check_id(self.type_name, resource_id)
        return Target(self.type_name, resource_id, self.keeps_versions, self.shards)

    def content(self, resource: T) -> Attributes:
        """Return what a row stores of the resource.

        Raises:
            UnstorableValueError: A value can't be stored.
        """
        return self.codec.encode(resource)

    def derive(self, resource: T) -> Derive | None:
        """Return what derives the resource's index attributes and claims; None if its class has no index or `Unique`.

        What is returned raises `UnstorableValueError` for a value that has no place in an order.
        """
        if not indexes_of(self.model) and not uniques_of(self.model):
            return None

        def derived(system: Attributes) -> Derived:
            written = as_written(resource, _stamped(system))
            return Derived(index_attributes(written), claims_of(written))

        return derived

    def derived(self, row: Record) -> Derived:
        """Return what a stored row should have beside its content and system attributes.

        Raises:
            CorruptRecordError: The row can't be read as this type.
            UnstorableValueError: A value has no place in an order.
        """
        derive = self.derive(self.load(row))
        return Derived({}) if derive is None else derive(row.attributes)

    def claims(self, resource: T) -> tuple[Claim, ...]:
        """Return the unique values that the resource has as it is.

        Raises:
            UnstorableValueError: A value has no place in an order.
        """
        return claims_of(resource)

    def claim_on(self, field: str | tuple[str, ...], value: object) -> Claim:
        """Return the claim of a resource that has a unique value.

        Raises:
            InvalidQueryError: The class has no such `Unique`, or the value does not fit it.
        """
        return claim_on(self.model, field, value)

    def listing_queries(self, *, newest_first: bool) -> tuple[Query, ...]:
        """Return what the listing by last update is read by, a query a shard."""
        partitions = layout.listing_partitions(self.type_name, self.shards)
        return tuple(Query(layout.LISTING, partition, descending=newest_first) for partition in partitions)

    def key_query(self, query: KeyQuery[T], *, descending: bool) -> Query:
        """Return what a key query reads.

        Raises:
            InvalidQueryError: It is another type's.
        """
        if query.model is not self.model:
            raise InvalidQueryError(
                f"{query.model.__qualname__}.{query.index.name} is no index of {self.model.__qualname__}"
            )
        codec = codec_of(query)
        return Query(codec.keys, *codec.bounds(query), descending=descending)

    def filter(self, condition: Condition) -> CompiledFilter:
        """Return what rows must satisfy for resources to satisfy the condition.

        Raises:
            InvalidQueryError: The condition does not fit the type, or is too large for DynamoDB.
        """
        return compile_filter(resolve(condition, self.codec))

    def scan_filter(self, condition: Condition | None) -> CompiledFilter:
        """Return what tells the rows that stand for resources, and satisfy a condition, from all others of a table.

        Raises:
            InvalidQueryError: As for `filter`.
        """
        where = None if condition is None else resolve(condition, self.codec)
        return compile_filter(living(self.type_name, where))

    def prove(self, resource: T, content: Attributes) -> None:
        """Refuse content that would not come back equal: nothing is written that can't be read.

        Raises:
            UnstorableValueError: It names the field and what would come back.
        """
        self.codec.prove(resource, content)

    def base(self, resource: T) -> Record | None:
        """Return the row that the resource was loaded from or saved as; None if it was built by hand."""
        image = cast("Record | None", image_of(resource))
        if image is None or image.version != resource.version or image.key != self.target(resource.resource_id).key:
            return None
        return image

    def load(self, record: Record) -> T:
        """Make the resource of a row, current or old; it remembers the row.

        Raises:
            CorruptRecordError: The row can't be read as this type.
        """
        resource = self.codec.decoder.resource(record)
        return self._load(record) if resource is None else resource

    def load_living(self, row: Record) -> T | None:
        """Make the resource of a row that was found in an index or by a scan; None for a tombstone.

        Raises:
            CorruptRecordError: The row can't be read as this type, or is no latest one.
        """
        resource = self.codec.decoder.resource(row)
        if resource is not None:
            return resource
        return self._load(row) if is_living(row) else None

    def load_all(self, rows: RowsByKey) -> list[T] | None:
        """Make the resources of latest rows; None if one of them is a tombstone, or must be looked at by itself."""
        found: list[T] = []
        for body in rows.bodies:
            resources = self.codec.decoder.resources(body)
            if resources is None:
                return None
            found += resources
        return found

    def _load(self, record: Record) -> T:
        _, resource_id = layout.type_and_id(record.key.pk)
        try:
            row = unarchive(record)
            image = Record(layout.latest_key(record.key.pk), row.attributes)
            values = _system_values(image, resource_id)
            self._check_place(record.key, image)
            resource = self.codec.decode(image.attributes, values)
        except (ValueError, KeyError) as error:
            reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
            raise CorruptRecordError(self.type_name, resource_id, reason, version=record.version) from error
        bring_up_to_date(resource, {}, image)
        return resource

    def _check_place(self, key: Key, image: Record) -> None:
        """Refuse a row that stands under another key than the resource of its image would."""
        stored_type = layout.type_in_listing(image.attributes[layout.TYPE]["S"])
        if stored_type != self.type_name:
            raise ValueError("it says that it is of another type")
        type_in_key, _ = layout.type_and_id(key.pk)
        if type_in_key != self.type_name:
            raise ValueError(f"its key is one of the type {type_in_key!r}")
        if key.sk != layout.LATEST and layout.version_in(key.sk) != image.version:
            raise ValueError(f"it says that it is version {image.version}, its key says {key.sk!r}")

    def settle(self, resource: T, stored: Record | None) -> None:
        """Bring a resource up to date with the row it was stored as; None if the commit stored none of it."""
        if stored is not None:
            bring_up_to_date(resource, _system_values(stored, resource.resource_id), stored)


def is_living(row: Record) -> bool:
    """Tell whether a row that was found in an index or by a scan stands for a resource: not if it is a tombstone.

    Raises:
        CorruptRecordError: It is no latest row.
    """
    if row.key.sk != layout.LATEST:
        # Somebody else gave it a place in the index: its resource, if it has one, is another row.
        type_name, resource_id = layout.type_and_id(row.key.pk)
        raise CorruptRecordError(type_name, resource_id, "it is in an index, but no latest row", version=row.version)
    return is_alive(row)


def schema_of(model: type[T]) -> Schema[T]:
    """Return the schema of a class, compiled once.

    Raises:
        ModelError: The class can't be mapped.
    """
    return cast("Schema[T]", _compiled(model))


@cache
def _compiled(model: type[Resource]) -> Schema[Resource]:
    uniques_of(model)
    collections.declare(model)
    return Schema(model, codec_for(model), _shards(model))


def _shards(model: type[Resource]) -> int:
    listings = declared(model, Listing)
    if len(listings) > 1:
        raise ModelError(f"{model.__qualname__} has {len(listings)} listings; a class is listed in one way")
    return listings[0].shards if listings else UNSHARDED


def _system_values(row: Record, resource_id: str) -> dict[str, object]:
    if row.version is None or row.write_id is None:
        raise ValueError("it has no version and write id")
    return {"resource_id": resource_id, **_stamped(row.attributes)}


def _stamped(system: Attributes) -> dict[str, object]:
    """Return the values of the fields that every write sets."""
    return {
        "version": int(system[layout.VERSION]["N"]),
        "created_at": from_utc_text(system[layout.CREATED]["S"]),
        "updated_at": from_utc_text(system[layout.UPDATED]["S"]),
    }


on_definition(schema_of)

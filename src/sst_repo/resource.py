"""What a domain model derives from: `Resource`, and `VersionedResource` where every version is kept."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from sst_repo.errors import ModelError
from sst_repo.ids import ULIDS
from sst_repo.indexes import NAME, NAME_RULE, Index
from sst_repo.listings import Listing
from sst_repo.uniques import Unique

IMAGE: Final = "_sst_image"
"""The private attribute in which a resource remembers the row that it was read from or stored as."""

SYSTEM_FIELDS = ("resource_id", "version", "created_at", "updated_at")
"""The fields that belong to the library."""


def _now() -> datetime:
    return datetime.now(UTC)


_definition_checks: list[Callable[[type["Resource"]], object]] = []


def on_definition(check: Callable[[type["Resource"]], object]) -> None:
    """Have `check` called with every Resource class once its fields are known; it raises `ModelError` to refuse it.

    The mapping registers its compiler here, so that models need not know the mapping.
    """
    _definition_checks.append(check)


def _check(model: type["Resource"]) -> None:
    if not NAME.fullmatch(model.__type_name__):
        raise ModelError(f"{model.__qualname__}: the type name {model.__type_name__!r} can't be used; {NAME_RULE}")
    for check in _definition_checks:
        check(model)


class Resource(BaseModel):
    """A domain object that is stored under its type and id, with a version number and an optimistic lock.

    Derive from it as from any pydantic model. The four fields below belong to the library: the id may be given when
    the resource is made, the others are set by each successful write. The stored type name is the class's name
    unless the class is given one: `class Order(Resource, type_name="order")`.

    Equality is equality of fields. Resources hash by type and id, so that a write does not move them in a set.

    Raises:
        ModelError: When a subclass is defined that can't be mapped.
    """

    model_config = ConfigDict(ignored_types=(Index, Listing, Unique))

    resource_id: str = Field(default_factory=ULIDS.new_id, min_length=1)
    """Unique within the type; a new ULID unless given. ULIDs sort by the time they were made."""

    version: int = Field(default=0, ge=0)
    """How often the resource was written; 0 before it is first stored."""

    created_at: datetime = Field(default_factory=_now)
    """When the resource was first stored, in UTC."""

    updated_at: datetime = Field(default_factory=_now)
    """When the resource was last written, in UTC."""

    _sst_image: object = PrivateAttr(default=None)

    __type_name__: ClassVar[str] = "Resource"
    __keeps_versions__: ClassVar[bool] = False

    def __init_subclass__(cls, *, type_name: str | None = None, **config: Any) -> None:
        """Give the class its stored type name."""
        super().__init_subclass__(**config)
        cls.__type_name__ = cls.__name__ if type_name is None else type_name

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Check the class as soon as it is made, unless it waits for a forward reference."""
        if cls.__pydantic_complete__:
            _check(cls)

    @classmethod
    def __pydantic_on_complete__(cls) -> None:
        """Check the class once its forward references are known."""
        _check(cls)

    def __eq__(self, other: object) -> bool:
        """Compare the fields; what the resource remembers of its table plays no part."""
        if type(self) is not type(other) or not isinstance(other, Resource):
            return NotImplemented
        return _content(self) == _content(other)

    def __hash__(self) -> int:
        """Hash what a write leaves alone."""
        return hash((type(self), self.resource_id))


class VersionedResource(Resource):
    """A resource of which every version is kept, also after it is deleted."""

    __keeps_versions__: ClassVar[bool] = True


def image_of(resource: Resource) -> object:
    """Return the stored image that the resource remembers; None if it was built by hand."""
    private = resource.__pydantic_private__
    return None if private is None else private.get(IMAGE)


def bring_up_to_date(resource: Resource, values: Mapping[str, object], image: object) -> None:
    """Set system fields to what has just been stored, in a frozen model too, and remember the image."""
    vars(resource).update(values)
    resource.__pydantic_fields_set__.update(values)
    # Past pydantic's own ways, which look for the attribute among the fields first.
    if resource.__pydantic_private__ is None:
        object.__setattr__(resource, "__pydantic_private__", {IMAGE: image})
    else:
        resource.__pydantic_private__[IMAGE] = image


def _content(resource: Resource) -> tuple[object, ...]:
    fields = resource.__dict__
    names = type(resource).model_fields
    return (*(fields.get(name) for name in names), resource.__pydantic_extra__ or {})

"""A resource as one line of an export, and back.

The line is an object: `_type`, the fields that belong to the library, then those of the domain as they are stored.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sst_repo.cli.plain import Number, Plain, dumps, loads, plain, stored
from sst_repo.core.times import utc_text
from sst_repo.mapping.schema import schema_of
from sst_repo.resource import SYSTEM_FIELDS, Resource

TYPE = "_type"


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says.

    Attributes:
        type_name: The name of the type.
        resource_id: The id.
        fields: The fields of the domain, as plain JSON.
    """

    type_name: str
    resource_id: str
    fields: dict[str, Plain]

    @classmethod
    def read(cls, text: str | bytes) -> "Line":
        """Read a line.

        Raises:
            ValueError: It is no line of an export.
        """
        match loads(text):
            case {"_type": str(type_name), "resource_id": str(resource_id), **others}:
                members = cast("dict[str, Plain]", others)
                fields = {name: value for name, value in members.items() if name not in SYSTEM_FIELDS}
                return cls(type_name, resource_id, fields)
            case _:
                raise ValueError(f"it is no object with the texts {TYPE} and resource_id")

    def resource(self, model: type[Resource], now: datetime) -> Resource:
        """Make a new resource of it, as it would be read from a table.

        Raises:
            ValueError: It can't be read as that class.
        """
        attributes = {name: stored(value) for name, value in self.fields.items()}
        system = {"resource_id": self.resource_id, "version": 0, "created_at": now, "updated_at": now}
        return schema_of(model).codec.decode(attributes, system)


def as_object(resource: Resource) -> dict[str, Plain]:
    """Return a resource as the object that its line says.

    Raises:
        UnstorableValueError: A value can't be stored.
    """
    system: dict[str, Any] = {
        "version": Number(str(resource.version)),
        "created_at": utc_text(resource.created_at),
        "updated_at": utc_text(resource.updated_at),
    }
    content = schema_of(type(resource)).content(resource)
    fields = {name: plain(value) for name, value in content.items()}
    return {TYPE: resource.__type_name__, "resource_id": resource.resource_id, **system, **fields}


def as_line(resource: Resource) -> str:
    """Return a resource as a line, without its end.

    Raises:
        UnstorableValueError: A value can't be stored.
    """
    return dumps(as_object(resource))

"""Items to resources in one pass of pydantic-core, where the class allows.

A row that is read this way is a living latest row in its own place; whatever is not, or can't be told, is for the codec
to read, or to say what is wrong with it. See `wire_schemas` for what is read, and ADR 20.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final, Generic, TypeVar, cast

from pydantic import BaseModel
from pydantic_core import SchemaValidator

from sst_repo.core import layout
from sst_repo.core.records import Attributes, Record
from sst_repo.core.wire import Body, Envelope, Item
from sst_repo.mapping.row_schemas import ENVELOPES, compiled, found_in_row, given, of_model, rewritten
from sst_repo.mapping.structures import Members
from sst_repo.mapping.wire_schemas import Schema
from sst_repo.resource import IMAGE, Resource

T = TypeVar("T", bound=Resource)

_UNUSUAL: Final = (layout.DELETED, layout.COMPRESSED)
_UNUSUAL_IN_JSON: Final = tuple(f'"{name}"'.encode() for name in _UNUSUAL)
"""Marks of tombstones and of packed versions: a body that has them anywhere is read row by row."""

_set_private: Final = BaseModel.__dict__["__pydantic_private__"].__set__


class Decoder(Generic[T]):
    """Reads the resources of one class, if its schema can be rewritten.

    Args:
        model: The class.
        members: Its stored fields.
    """

    def __init__(self, model: type[T], members: Members) -> None:
        """Compile nothing yet."""
        self._model = model
        self._members = members
        self._size = len(model.model_fields)
        self._validators: dict[Envelope, Callable[[bytes], Any]] = {}
        self._privately = _has_only_our_private_attribute(model)

    def resource(self, row: Record) -> T | None:
        """Return the resource of a row as it came, a new one each time; None if it must be read in another way."""
        body = row.body
        if body is None:
            return None
        reader, read = body.reading
        if reader is not self:
            read = self._read(body)
            body.reading = (self, read)
        # Each is handed out once: what is handed out may be changed.
        resource: T | None = None if read is None else read.pop(row.place, None)
        if resource is None:
            resource = self._alone(body.items[row.place])
        return None if resource is None else self._remembering(resource, row)

    def resources(self, body: Body) -> list[T] | None:
        """Return the resources of all rows in a body; None if one of them must be read in another way."""
        read = self._read(body)
        if read is None:
            return None
        return [self._remembering(resource, Record.of(body, index)) for index, resource in read.items()]

    def content(self, attributes: Attributes, system: Mapping[str, object]) -> T | None:
        """Return the resource of attributes that were just made; None if another way must be found to read them."""
        if self._content is None:
            return None
        try:
            return cast("T", self._content.validate_python({**attributes, **system}, by_alias=True, by_name=False))
        except Exception:  # noqa: BLE001 - whatever it is, the codec will meet it again, and tell
            return None

    def _read(self, body: Body) -> dict[int, T] | None:
        if self._row is None or any(mark in body.raw for mark in _UNUSUAL_IN_JSON):
            return None
        validate = self._validators.get(body.envelope) or self._validator(body.envelope)
        try:
            resources: list[T] = validate(body.raw)
        except Exception:  # noqa: BLE001 - likewise
            return None
        in_place = {len(resource.__dict__) for resource in resources} <= {self._size}
        return dict(enumerate(resources)) if in_place else None

    def _alone(self, item: Item) -> T | None:
        if self._row is None or any(name in item for name in _UNUSUAL):
            return None
        try:
            resource = self._row.validate_python(item, by_alias=True, by_name=False)
        except Exception:  # noqa: BLE001 - likewise
            return None
        return resource if len(resource.__dict__) == self._size else None

    def _remembering(self, resource: T, row: Record) -> T:
        if self._privately:
            _set_private(resource, {IMAGE: row})
        else:
            cast("dict[str, Any]", resource.__pydantic_private__)[IMAGE] = row
        return resource

    def _validator(self, envelope: Envelope) -> Callable[[bytes], Any]:
        wrap, pick = ENVELOPES[envelope]
        validate = compiled(wrap(self._row_schema)).validate_json

        def read(raw: bytes) -> Any:
            return pick(validate(raw, by_alias=True, by_name=False))

        self._validators[envelope] = read
        return read

    @cached_property
    def _row(self) -> SchemaValidator | None:
        return None if self._row_schema is None else compiled(self._row_schema)

    @cached_property
    def _row_schema(self) -> Schema | None:
        schema = rewritten(self._model, self._members, found_in_row)
        if schema is None or not self._privately:
            return schema
        return of_model(schema, lambda model, _: {key: value for key, value in model.items() if key != "post_init"})

    @cached_property
    def _content(self) -> SchemaValidator | None:
        schema = rewritten(self._model, self._members, given)
        return None if schema is None else compiled(schema)


def _has_only_our_private_attribute(model: type[Resource]) -> bool:
    """Tell whether nothing but the image has to be set up when a resource is made; pydantic takes its time for it."""
    made_by_pydantic = model.model_post_init.__module__.startswith("pydantic.")
    return made_by_pydantic and model.__private_attributes__.keys() == {IMAGE}

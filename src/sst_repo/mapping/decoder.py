"""Items to resources in one pass of pydantic-core, where the class allows.

A row that is read this way is a living latest row in its own place; whatever is not, or can't be told, is for the codec
to read, or to say what is wrong with it. See `wire_schemas` for what is read, and ADR 20.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar, cast

from pydantic import BaseModel
from pydantic_core import SchemaError, SchemaValidator, core_schema

from sst_repo.core import layout
from sst_repo.core.records import Attributes, Record
from sst_repo.core.times import TIMESTAMP
from sst_repo.core.wire import Body, Envelope, Item
from sst_repo.mapping.structures import Members
from sst_repo.mapping.wire_schemas import (
    Schema,
    Unwritable,
    Writer,
    before,
    by_names,
    match,
    members_schema,
    model_of,
    without_ref,
)
from sst_repo.resource import IMAGE, SYSTEM_FIELDS, Resource

T = TypeVar("T", bound=Resource)

_VERSION: Final = "[1-9][0-9]{0,11}"
_UNUSUAL: Final = (b'"_d"', b'"_z"')
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
        if self._row is None or any(mark in body.raw for mark in _UNUSUAL):
            return None
        validate = self._validators.get(body.envelope) or self._validator(body.envelope)
        try:
            resources: list[T] = validate(body.raw)
        except Exception:  # noqa: BLE001 - likewise
            return None
        in_place = {len(resource.__dict__) for resource in resources} <= {self._size}
        return dict(enumerate(resources)) if in_place else None

    def _alone(self, item: Item) -> T | None:
        if self._row is None or "_d" in item or "_z" in item:
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
        wrap, pick = _ENVELOPES[envelope]
        validate = _compiled(wrap(self._row_schema)).validate_json

        def read(raw: bytes) -> Any:
            return pick(validate(raw, by_alias=True, by_name=False))

        self._validators[envelope] = read
        return read

    @cached_property
    def _row(self) -> SchemaValidator | None:
        return None if self._row_schema is None else _compiled(self._row_schema)

    @cached_property
    def _row_schema(self) -> Schema | None:
        schema = _rewritten(self._model, self._members, _found_in_row)
        if schema is None or not self._privately:
            return schema
        return _of_model(schema, lambda model, _: {key: value for key, value in model.items() if key != "post_init"})

    @cached_property
    def _content(self) -> SchemaValidator | None:
        schema = _rewritten(self._model, self._members, _given)
        return None if schema is None else _compiled(schema)


def _rewritten(
    model: type[Resource],
    members: Members,
    system: Callable[[type[Resource], Mapping[str, Schema]], Mapping[str, Schema]],
) -> Schema | None:
    """Return the class's schema for items; None if there is none, or pydantic can't compile it."""

    def rewrite(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
        declared = schema["schema"]["fields"]
        fields = {**system(model, declared), **members_schema(declared, members, schema, Writer(definitions))}
        return {**schema, "schema": {**schema["schema"], "fields": fields}}

    try:
        rewritten = _of_model(by_names(model.__pydantic_core_schema__), rewrite)
        _compiled(rewritten)
    except (Unwritable, SchemaError, TypeError):
        return None
    return rewritten


def _of_model(
    schema: Schema,
    rewrite: Callable[[Schema, Mapping[str, Schema]], Schema],
    definitions: Mapping[str, Schema] = MappingProxyType({}),
) -> Schema:
    """Rewrite the model in the schema of a class, below the validators that see it when it is made."""
    match schema["type"]:
        case "definitions":
            definitions = {each["ref"]: each for each in schema["definitions"]}
            return {**schema, "schema": _of_model(schema["schema"], rewrite, definitions)}
        case "function-after":
            return {**without_ref(schema), "schema": _of_model(schema["schema"], rewrite, definitions)}
        case _:
            return without_ref(rewrite(model_of(schema, definitions), definitions))


def _found_in_row(model: type[Resource], declared: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return where a row has the fields that belong to the library, and what tells that it is in its place."""
    name = model.__type_name__
    prefix = layout.partition_key(name, "")
    in_utc = TIMESTAMP + "Z"
    found: dict[str, tuple[str, str, str, Callable[[Any], object]]] = {
        "resource_id": ("pk", "S", "(?s)" + re.escape(prefix) + ".*", itemgetter(slice(len(prefix), None))),
        "version": (layout.VERSION, "N", _VERSION, int),
        "created_at": (layout.CREATED, "S", in_utc, datetime.fromisoformat),
        "updated_at": (layout.UPDATED, "S", in_utc, datetime.fromisoformat),
    }
    fields: dict[str, Schema] = {
        field: {
            **declared[field],
            "schema": match(pattern, before(read, _required(declared[field]["schema"]))),
            "validation_alias": [attribute, tag],
        }
        for field, (attribute, tag, pattern, read) in found.items()
    }
    of_type = "|".join([*_others(name), re.escape(name) + "[^#].*"])
    not_latest = "|".join([*_others(layout.LATEST), re.escape(layout.LATEST) + ".+"])
    fields["_sk"] = _left_behind(not_latest, ["sk", "S"])
    fields["_type"] = _left_behind(of_type, [layout.TYPE, "S"])
    fields["_write_id"] = _left_behind("$.", [layout.WRITE_ID, "S"])
    return fields


def _given(_: type[Resource], declared: Mapping[str, Schema]) -> dict[str, Schema]:
    return {
        name: {**declared[name], "schema": _required(declared[name]["schema"]), "validation_alias": name}
        for name in SYSTEM_FIELDS
    }


def _required(schema: Schema) -> Schema:
    return schema["schema"] if schema["type"] == "default" else schema


def _left_behind(wrong: str, path: list[str | int]) -> Schema:
    """Return a field that must be there, and is kept only where its text is wrong: the resource has one too many."""
    kept_if_wrong = core_schema.with_default_schema(core_schema.str_schema(pattern=f"^(?s:{wrong})$"), on_error="omit")
    text = core_schema.chain_schema([core_schema.str_schema(), kept_if_wrong])
    return cast("Schema", core_schema.model_field(text, validation_alias=path))


def _others(text: str) -> list[str]:
    """Return patterns of all texts that do not begin with this one: the engine has no word for "not"."""
    beginnings = [(re.escape(text[:at]), re.escape(text[at])) for at in range(len(text))]
    return [f"{beginning}(?:[^{following}].*)?" for beginning, following in beginnings]


def _has_only_our_private_attribute(model: type[Resource]) -> bool:
    """Tell whether nothing but the image has to be set up when a resource is made; pydantic takes its time for it."""
    made_by_pydantic = model.model_post_init.__module__.startswith("pydantic.")
    return made_by_pydantic and model.__private_attributes__.keys() == {IMAGE}


def _member(name: str, schema: Any) -> Any:
    return core_schema.typed_dict_schema({name: core_schema.typed_dict_field(schema)})


_ENVELOPES: Final[Mapping[Envelope, tuple[Callable[[Any], Any], Callable[[Any], Any]]]] = {
    "Item": (lambda row: _member("Item", row), lambda read: [read["Item"]]),
    "Items": (lambda row: _member("Items", core_schema.list_schema(row)), itemgetter("Items")),
    "Responses": (
        lambda row: _member(
            "Responses", core_schema.dict_schema(core_schema.str_schema(), core_schema.list_schema(row))
        ),
        lambda read: [row for rows in read["Responses"].values() for row in rows],
    ),
    "list": (core_schema.list_schema, list),
}
"""The schema of a body, given that of a row; and the rows in what is read by it."""


def _compiled(schema: Any) -> SchemaValidator:
    # Without the argument pydantic would take the validator that the class has already, whatever the schema says.
    validator: SchemaValidator = cast("Any", SchemaValidator)(schema, _use_prebuilt=False)
    return validator

"""The schema of a class for whole rows, and for the bodies that they come in.

`wire_schemas` rewrites the fields of the domain; here are those of the library, and what tells that a row is a living
latest row in its own place.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final, cast

from pydantic_core import SchemaError, SchemaValidator, core_schema

from sst_repo.core import layout
from sst_repo.core.records import VERSION_TEXT
from sst_repo.core.times import TIMESTAMP
from sst_repo.core.wire import Envelope
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
from sst_repo.resource import SYSTEM_FIELDS, Resource


def rewritten(
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
        rewritten = of_model(by_names(model.__pydantic_core_schema__), rewrite)
        compiled(rewritten)
    except (Unwritable, SchemaError, TypeError):
        return None
    return rewritten


def of_model(
    schema: Schema,
    rewrite: Callable[[Schema, Mapping[str, Schema]], Schema],
    definitions: Mapping[str, Schema] = MappingProxyType({}),
) -> Schema:
    """Rewrite the model in the schema of a class, below the validators that see it when it is made."""
    match schema["type"]:
        case "definitions":
            definitions = {each["ref"]: each for each in schema["definitions"]}
            return {**schema, "schema": of_model(schema["schema"], rewrite, definitions)}
        case "function-after":
            return {**without_ref(schema), "schema": of_model(schema["schema"], rewrite, definitions)}
        case _:
            return without_ref(rewrite(model_of(schema, definitions), definitions))


def found_in_row(model: type[Resource], declared: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return where a row has the fields that belong to the library, and what tells that it is in its place."""
    name = model.__type_name__
    prefix = layout.partition_key(name, "")
    in_utc = TIMESTAMP + "Z"
    found: dict[str, tuple[str, str, str, Callable[[Any], object]]] = {
        "resource_id": ("pk", "S", "(?s)" + re.escape(prefix) + ".*", itemgetter(slice(len(prefix), None))),
        "version": (layout.VERSION, "N", VERSION_TEXT, int),
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


def given(_: type[Resource], declared: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return the fields that belong to the library where their values are at hand, under their names."""
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


def _member(name: str, schema: Any) -> Any:
    return core_schema.typed_dict_schema({name: core_schema.typed_dict_field(schema)})


ENVELOPES: Final[Mapping[Envelope, tuple[Callable[[Any], Any], Callable[[Any], Any]]]] = {
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


def compiled(schema: Any) -> SchemaValidator:
    """Return what validates by a schema."""
    # Without the argument pydantic would take the validator that the class has already, whatever the schema says.
    validator: SchemaValidator = cast("Any", SchemaValidator)(schema, _use_prebuilt=False)
    return validator

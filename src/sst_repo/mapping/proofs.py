"""Classes that need no proof: whatever their codec takes is read again, and equal.

Nothing is written that can't be read (ADR 4), so what is about to be written is read first, unless it follows from the
types alone. It does if every field is stored by a codec that is faithful by itself, and nothing of the class's own has
a say when it is read: no validator, constraint, conversion or hook.
"""

from collections.abc import Mapping
from enum import Flag
from typing import Any, Final

from pydantic import BaseModel

from sst_repo.mapping.choices import EnumCodec
from sst_repo.mapping.containers import SequenceCodec
from sst_repo.mapping.dicts import MapCodec
from sst_repo.mapping.scalars import BOOL, DATETIME, DECIMAL, FLOAT, INT, STR
from sst_repo.mapping.structures import Members, StructureCodec
from sst_repo.mapping.unions import only_arm
from sst_repo.mapping.values import ValueCodec
from sst_repo.mapping.wire_schemas import Schema, Unwritable, model_of

_SCALARS: Final = {"str": STR, "bool": BOOL, "int": INT, "float": FLOAT, "decimal": DECIMAL, "datetime": DATETIME}

_HARMLESS: Final = frozenset(
    {"type", "ref", "metadata", "serialization", "strict", "items_schema", "keys_schema", "values_schema"}
    | {"cls", "members", "sub_type", "missing", "microseconds_precision", "allow_inf_nan"}
)
"""What a schema may say without having a say: that a float must be finite holds for all that is stored."""

_HARMLESS_SETTINGS: Final = frozenset(
    {"title", "frozen", "validate_by_name", "validate_by_alias", "serialize_by_alias", "populate_by_name"}
    | {"extra_fields_behavior", "from_attributes", "validate_assignment", "strict", "arbitrary_types_allowed"}
)


def is_faithful(model: type[BaseModel], members: Members) -> bool:
    """Tell whether resources of a class come back equal by their types alone."""
    schema: Any = model.__pydantic_core_schema__
    definitions: Mapping[str, Schema] = {}
    if schema["type"] == "definitions":
        definitions = {each["ref"]: each for each in schema["definitions"]}
        schema = schema["schema"]
    return _Proof(definitions).of_model(schema, model, members)


class _Proof:
    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._definitions = definitions
        self._under_way: set[type] = set()

    def of_model(self, schema: Schema, model: type[BaseModel], members: Members) -> bool:
        if model in self._under_way:
            # Of a class within itself, what holds of the outer one holds of the inner ones.
            return True
        try:
            found = model_of(schema, self._definitions)
        except Unwritable:
            return False
        if found["cls"] is not model or members.extras is not None or _has_hooks(model):
            return False
        if not (found.get("config") or {}).keys() <= _HARMLESS_SETTINGS:
            return False
        declared = found["schema"]["fields"]
        self._under_way.add(model)
        try:
            return all(
                self.of_field(declared[field.name]["schema"], field.codec, omits_none=field.omits_none)
                for field in members.fields
            )
        finally:
            self._under_way.discard(model)

    def of_field(self, schema: Schema, codec: ValueCodec, *, omits_none: bool) -> bool:
        if schema["type"] == "default":
            if omits_none and schema.get("validate_default"):
                return False
            schema = schema["schema"]
        return self.of_value(schema, codec)

    def of_value(self, schema: Schema, codec: ValueCodec) -> bool:  # noqa: PLR0911 - one a codec
        kind = schema["type"]
        if kind == "nullable":
            arm = only_arm(codec)
            return arm is not None and self.of_value(schema["schema"], arm)
        if isinstance(codec, StructureCodec) and issubclass(codec.kind, BaseModel):
            return self.of_model(schema, codec.kind, codec.members)
        if not schema.keys() <= _HARMLESS:
            return False
        match codec:
            case SequenceCodec() if codec.make is list and kind == "list" and "items_schema" in schema:
                return self.of_value(schema["items_schema"], codec.item)
            case MapCodec(key=key) if (
                key is STR and codec.make is dict and kind == "dict" and "values_schema" in schema
            ):
                plain_keys = self.of_value(schema.get("keys_schema", {"type": "str"}), STR)
                return plain_keys and self.of_value(schema["values_schema"], codec.item)
            case EnumCodec(enum=enum, held=held, raw=False) if kind == "enum":
                return held is STR and not issubclass(enum, Flag) and schema["cls"] is enum
            case _:
                return _SCALARS.get(kind) is codec


def _has_hooks(model: type[BaseModel]) -> bool:
    """Tell whether a class has methods that pydantic calls, or is called by, when something is read."""
    prepared = model.model_post_init.__module__.startswith("pydantic.")
    validated = model.model_validate.__func__ is BaseModel.model_validate.__func__  # type: ignore[attr-defined]
    return not (prepared and validated)

"""pydantic's own schema of a class, rewritten so that it takes values as DynamoDB's JSON has them.

The rewritten schema has the class's validators, constraints, defaults and unions where they were; what changes is where
a value is found (`["total", "N"]` in place of `total`) and how a leaf is read (a Decimal from a number's text). So
pydantic-core reads items in one pass, straight from bytes. It is only ever stricter than the class's codec: what it
takes, the codec takes with the same result; what it refuses may still be good, and is read by the codec.

| codec | schema | how |
|---|---|---|
| str, bool, int, float, enums and Literals of str | the same | as it is: pydantic reads the text |
| Decimal, datetime | the same | canonical text only, read in Python |
| other scalars, other enums and Literals | any | read by the codec's own function |
| list, dict with str keys, a model | the same | part by part |
| X or None | nullable | NULL, or as X |
| any other | any | read by the codec, then validated |
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias, cast

from pydantic import BaseModel
from pydantic_core import core_schema

from sst_repo.core.numbers import CANONICAL
from sst_repo.core.times import TIMESTAMP
from sst_repo.core.wire import binary, canonical_value
from sst_repo.mapping.choices import EnumCodec, LiteralCodec
from sst_repo.mapping.containers import SequenceCodec
from sst_repo.mapping.dicts import MapCodec
from sst_repo.mapping.scalars import BOOL, DATETIME, DECIMAL, FLOAT, INT, STR, ScalarCodec
from sst_repo.mapping.structures import Field, Members, StructureCodec
from sst_repo.mapping.unions import only_arm
from sst_repo.mapping.values import ValueCodec

Schema: TypeAlias = dict[str, Any]

_CONTENT: Final = "v"
_ALIASES: Final = frozenset({"validation_alias", "alias"})
_NO_SCHEMAS: Final = frozenset({"metadata", "config", "default", "serialization", "members", "expected"})


class Unwritable(Exception):  # noqa: N818 - it is no error: the class is read in another way
    """There is no such schema for a class."""


class _Read(NamedTuple):
    """How a value is read: a schema for the content of a DynamoDB type, or for the whole value where it has no one."""

    schema: Schema
    tag: str | None


def members_schema(fields: Mapping[str, Schema], members: Members, model: Schema, writer: "Writer") -> Schema:
    """Return the fields of a `model-fields` schema, rewritten.

    Raises:
        Unwritable: The class takes names that are no fields.
    """
    if members.extras is not None:
        raise Unwritable
    strict = is_strict(model)
    return {field.name: writer.field(fields[field.name], field, strict=strict) for field in members.fields}


def model_of(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Return the schema of a model that is made of fields and nothing else: a mapping to it, before its validators.

    Raises:
        Unwritable: It is something else.
    """
    if schema["type"] == "definition-ref":
        schema = definitions[schema["schema_ref"]]
    if schema["type"] != "model" or schema.get("root_model") or schema.get("custom_init"):
        raise Unwritable
    if schema["schema"]["type"] != "model-fields":
        raise Unwritable
    return schema


def is_strict(model: Schema) -> bool:
    """Tell whether a model takes nothing but the exact types."""
    return bool(model.get("strict") or _config(model).get("strict"))


def match(pattern: str, schema: Schema) -> Schema:
    """Return the schema of a text that is of a pattern before it is looked at."""
    return cast(
        "Schema", core_schema.chain_schema([core_schema.str_schema(pattern=f"^(?:{pattern})$"), cast("Any", schema)])
    )


def before(read: Callable[[Any], object], schema: Schema) -> Schema:
    """Return the schema of what a function makes of a value."""
    return cast("Schema", core_schema.no_info_before_validator_function(read, cast("Any", schema)))


class Writer:
    """Rewrites the schemas of one class.

    Args:
        definitions: The schemas that others refer to.
    """

    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        """Begin."""
        self._definitions = definitions
        self._under_way: set[type] = set()

    def field(self, declared: Schema, field: Field, *, strict: bool) -> Schema:
        """Return the schema of a field of a model."""
        outer = declared["schema"]
        has_default = outer["type"] == "default"
        schema = outer["schema"] if has_default else outer
        codec = field.codec
        nullable = schema["type"] == "nullable"
        if nullable:
            arm = only_arm(codec)
            read = _Read({}, None) if arm is None else self.value(schema["schema"], arm, strict=strict)
        else:
            read = self.value(schema, codec, strict=strict)
        if read.tag is None:
            inner = before(_decoding(codec), schema)
            alias: Any = field.name
        elif not (nullable or has_default):
            inner, alias = read.schema, [field.name, read.tag]
        else:
            # Where the type is another than expected, that must not pass for a value that is not there.
            nested = read.tag == "M"
            inner = unwrapped(read) if nested else read.schema
            alias = field.name if nested else [[field.name, read.tag], [field.name]]
            if nullable:
                inner = cast("Schema", core_schema.union_schema([_NULL, cast("Any", inner)], mode="left_to_right"))
        return {**declared, "schema": {**outer, "schema": inner} if has_default else inner, "validation_alias": alias}

    def value(self, schema: Schema, codec: ValueCodec, *, strict: bool) -> _Read:  # noqa: PLR0911 - one a codec
        """Return how a value is read."""
        strict = strict or bool(schema.get("strict"))
        match codec:
            case ScalarCodec():
                return _scalar(schema, codec, strict=strict)
            case EnumCodec(by_value=True, held=held, raw=False) if (
                held is STR and schema["type"] == "enum" and not strict
            ):
                return _Read(schema, "S")
            case LiteralCodec(base=base) if base is STR and schema["type"] == "literal":
                return _Read(schema, "S")
            case EnumCodec() | LiteralCodec() if len(codec.tags) == 1:
                (tag,) = codec.tags
                return _Read(before(_decoding_content(codec, tag), schema), tag)
            case SequenceCodec() if codec.make is list and schema["type"] == "list" and "items_schema" in schema:
                item = self.value(schema["items_schema"], codec.item, strict=strict)
                return _Read({**schema, "items_schema": unwrapped(item)}, "L")
            case MapCodec(key=key) if key is STR and codec.make is dict and schema["type"] == "dict":
                return self._map(schema, codec, strict=strict)
            case StructureCodec() if issubclass(codec.kind, BaseModel):
                return self._model(schema, codec)
            case _:
                return _Read(before(_decoding(codec), schema), None)

    def _map(self, schema: Schema, codec: MapCodec, *, strict: bool) -> _Read:
        # A key of NULs alone stands for another one, which the codec knows.
        keys = match(r"(?s).*[^\x00].*", schema.get("keys_schema") or {"type": "str"})
        item = self.value(schema.get("values_schema") or {"type": "any"}, codec.item, strict=strict)
        return _Read({**schema, "keys_schema": keys, "values_schema": unwrapped(item)}, "M")

    def _model(self, schema: Schema, codec: StructureCodec) -> _Read:
        whole = _Read(before(_decoding(codec), schema), None)
        if codec.kind in self._under_way:
            return whole
        self._under_way.add(codec.kind)
        try:
            model = model_of(schema, self._definitions)
            if model["cls"] is not codec.kind or _config(model).get("revalidate_instances", "never") != "never":
                return whole
            fields = members_schema(model["schema"]["fields"], codec.members, model, self)
        except Unwritable:
            return whole
        finally:
            self._under_way.discard(codec.kind)
        return _Read({**without_ref(model), "schema": {**model["schema"], "fields": fields}}, "M")


def unwrapped(read: _Read) -> Schema:
    """Return the schema of a whole value, given how its content is read."""
    if read.tag is None:
        return read.schema
    content = core_schema.typed_dict_field(cast("Any", read.schema), validation_alias=read.tag)
    holder = core_schema.typed_dict_schema({_CONTENT: content})
    return cast("Schema", core_schema.no_info_after_validator_function(itemgetter(_CONTENT), holder))


def _scalar(schema: Schema, codec: ScalarCodec, *, strict: bool) -> _Read:
    kind = schema["type"]
    match codec:
        case _ if codec is STR and kind == "str":
            read = {**schema, "strict": True}
        case _ if codec is BOOL and kind == "bool":
            read = {**schema, "strict": True}
        case _ if codec is INT and kind == "int" and not strict:
            read = _of_text(schema)
        case _ if codec is FLOAT and kind == "float" and not strict:
            read = _of_text({**schema, "allow_inf_nan": False})
        case _ if codec is DECIMAL:
            read = match(CANONICAL, before(Decimal, schema))
        case _ if codec is DATETIME:
            read = match(TIMESTAMP + "Z?", before(datetime.fromisoformat, schema))
        case _:
            read = before(binary if codec.tag == "B" else codec.read, schema)
    return _Read(read, codec.tag)


def _of_text(schema: Schema) -> Schema:
    """Return the schema of what pydantic reads off a text, and off nothing else."""
    return cast("Schema", core_schema.chain_schema([core_schema.str_schema(), cast("Any", schema)]))


def _decoding(codec: ValueCodec) -> Callable[[Any], object]:
    return lambda value: codec.decode(canonical_value(value))


def _decoding_content(codec: ValueCodec, tag: str) -> Callable[[Any], object]:
    return lambda content: codec.decode({tag: content})


def _config(schema: Schema) -> Mapping[str, Any]:
    return schema.get("config") or {}


def by_names(schema: Any) -> Any:
    """Return a schema without aliases, at any depth: what is stored is called by the names of fields."""
    if isinstance(schema, list):
        return [by_names(part) for part in cast("list[object]", schema)]
    if not isinstance(schema, dict):
        return schema
    parts = cast("Schema", schema)
    return {key: part if key in _NO_SCHEMAS else by_names(part) for key, part in parts.items() if key not in _ALIASES}


def without_ref(schema: Schema) -> Schema:
    """Return a schema that nothing refers to: a rewritten one is another than the one that is referred to."""
    return {key: value for key, value in schema.items() if key != "ref"}


_NULL: Final[Any] = core_schema.no_info_after_validator_function(
    lambda _: None,
    core_schema.typed_dict_schema(
        {"NULL": core_schema.typed_dict_field(core_schema.literal_schema([True]))}, extra_behavior="forbid"
    ),
)

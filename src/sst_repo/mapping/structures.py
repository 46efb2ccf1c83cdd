"""Classes with named fields: pydantic models, dataclasses, NamedTuples, TypedDicts. Each becomes an M of its fields.

A field that is None is left out where None is its default. Of a model that allows extras, these stand beside the
fields. Computed fields, private attributes, aliases and serializers play no part.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import typing_extensions
from pydantic import BaseModel, RootModel, TypeAdapter

from sst_repo.core.records import AttributeValue
from sst_repo.errors import ModelError
from sst_repo.mapping.dicts import from_map_key, to_map_key
from sst_repo.mapping.values import Fit, Misfit, ValueCodec, content, deeper, has_type, worst, wrong_type


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a class.

    Attributes:
        name: Its name, which is the attribute's too.
        codec: How its values are stored.
        omits_none: Whether None is left out, being the default.
        may_miss: Whether an instance can be without it (in a TypedDict).
    """

    name: str
    codec: ValueCodec
    omits_none: bool = False
    may_miss: bool = False


@dataclass(frozen=True)
class Members:
    """What an instance consists of.

    Attributes:
        fields: The stored fields.
        extras: How names that are no field are stored; None if there are none.
        taken: Names that an extra can't have, the fields' own included.
    """

    fields: tuple[Field, ...]
    extras: ValueCodec | None = None
    taken: frozenset[str] = frozenset()

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their names."""
        return {field.name: field for field in self.fields}

    def encode(self, values: Mapping[str, Any], extras: Mapping[str, Any], room: int) -> dict[str, AttributeValue]:
        """Write the fields and extras."""
        done: dict[str, AttributeValue] = {}
        for field in self.fields:
            if field.name not in values:
                if field.may_miss:
                    continue
                raise Misfit("the field has no value").at(f".{field.name}")
            value = values[field.name]
            if value is not None or not field.omits_none:
                try:
                    done[field.name] = field.codec.encode(value, room)
                except Misfit as misfit:
                    misfit.at(f".{field.name}")
                    raise
        for name, value in extras.items():
            try:
                done[self._extra_key(name)] = self._extras.encode(value, room)
            except Misfit as misfit:
                misfit.at(f".{name}")
                raise
        return done

    def decode(self, stored: Mapping[str, AttributeValue]) -> dict[str, Any]:
        """Read what is there; what is missing is left to defaults and validation."""
        done: dict[str, Any] = {}
        for field in self.fields:
            if field.name in stored:
                try:
                    done[field.name] = field.codec.decode(stored[field.name])
                except Misfit as misfit:
                    misfit.at(f".{field.name}")
                    raise
        self.decode_extras(stored, done)
        return done

    def decode_extras(self, stored: Mapping[str, AttributeValue], done: dict[str, Any]) -> None:
        """Read what is no field, where the class has a use for it, and put it beside the fields that are read."""
        if self.extras is None:
            return
        for key in stored.keys() - done.keys():
            name = from_map_key(key)
            try:
                done[name] = self.extras.decode(stored[key])
            except Misfit as misfit:
                misfit.at(f".{name}")
                raise

    @property
    def _extras(self) -> ValueCodec:
        if self.extras is None:
            raise Misfit("the model allows no extras")
        return self.extras

    def _extra_key(self, name: str) -> str:
        if name in self.taken:
            raise Misfit("an extra can't have the name of a field")
        return to_map_key(name)


class StructureCodec(ValueCodec):
    """The instances of one class with fields.

    The fields are set after it is made, since a class may refer to itself.
    """

    __slots__ = ("_take_apart", "build", "kind", "members")

    def __init__(
        self,
        kind: type,
        take_apart: Callable[[Any], tuple[Mapping[str, Any], Mapping[str, Any]]],
        build: Callable[[dict[str, Any]], Any],
    ) -> None:
        """Take the class, how to get an instance's values and extras, and how to make an instance of both."""
        self.kind: type[Any] = kind
        self.members = Members(())
        self._take_apart = take_apart
        self.build = build

    @property
    def label(self) -> str:
        """The class's name."""
        return self.kind.__name__

    @property
    def tags(self) -> frozenset[str]:
        """A map."""
        return frozenset({"M"})

    @property
    def types(self) -> tuple[type, ...]:
        """The class."""
        return (self.kind,)

    def fit(self, value: object) -> Fit:
        """Go by the class; a subclass has more than would be stored."""
        return Fit.EXACT if type(value) is self.kind else Fit.NO

    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Write the fields."""
        if type(value) is not self.kind:
            advice = "; declare a union with that class" if has_type(value, self.kind) else ""
            raise Misfit(f"{wrong_type(self.label, value)}{advice}")
        return {"M": self.members.encode(*self._take_apart(value), deeper(room))}

    def decode(self, stored: AttributeValue) -> object:
        """Read the fields and let the class check them."""
        values = self.members.decode(content(stored, "M"))
        try:
            return self.build(values)
        except (ValueError, TypeError, KeyError) as error:
            raise Misfit(f"it is not a {self.label}: {error}") from error


class TypedDictCodec(StructureCodec):
    """The dicts that a TypedDict describes; to Python they are plain dicts."""

    __slots__ = ()

    @property
    def types(self) -> tuple[type, ...]:
        """A dict."""
        return (dict,)

    def fit(self, value: Any) -> Fit:
        """Look at the keys and values."""
        if not has_type(value, dict) or value.keys() - {field.name for field in self.members.fields}:
            return Fit.NO
        if any(field.name not in value and not field.may_miss for field in self.members.fields):
            return Fit.NO
        return worst(field.codec.fit(value[field.name]) for field in self.members.fields if field.name in value)

    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Write the known keys; there must be no other."""
        if not has_type(value, dict):
            raise wrong_type(self.label, value)
        unknown = value.keys() - {field.name for field in self.members.fields}
        if unknown:
            raise Misfit(f"{self.label} has no keys {sorted(map(str, unknown))}")
        return {"M": self.members.encode(value, {}, deeper(room))}


def codec_of(kind: type[Any]) -> StructureCodec | None:
    """Return the codec of a class with fields, its members still to be set; None if it is no such class."""
    if issubclass(kind, BaseModel):
        return _model_codec(kind)
    if dataclasses.is_dataclass(kind):
        return _dataclass_codec(kind)
    if typing_extensions.is_typeddict(kind):
        return TypedDictCodec(kind, lambda value: (value, {}), dict)
    if is_named_tuple(kind):
        return StructureCodec(kind, lambda value: (value._asdict(), {}), lambda values: kind(**values))
    return None


def is_named_tuple(kind: type) -> bool:
    """Tell whether a class is a NamedTuple."""
    return tuple in kind.__mro__ and hasattr(kind, "_fields")


def fields_of(kind: type[Any]) -> Iterable[tuple[str, object, bool]]:
    """List the fields of a class that is no model: name, default (if any), whether it may be missing."""
    if dataclasses.is_dataclass(kind):
        return [(field.name, field.default, False) for field in dataclasses.fields(kind) if field.init]
    if typing_extensions.is_typeddict(kind):
        return [(name, dataclasses.MISSING, name not in kind.__required_keys__) for name in kind.__annotations__]
    defaults = kind._field_defaults
    return [(name, defaults.get(name, dataclasses.MISSING), False) for name in kind._fields]


def _model_codec(kind: type[BaseModel]) -> StructureCodec:
    if kind is BaseModel:
        raise ModelError("a BaseModel could be any model, so it can't be read; declare which, or a union")

    is_root = RootModel in kind.__mro__

    def build(values: dict[str, Any]) -> BaseModel:
        return kind.model_validate(values["root"] if is_root else values, by_name=True, by_alias=False)

    return StructureCodec(kind, lambda value: (value.__dict__, value.__pydantic_extra__ or {}), build)


def _dataclass_codec(kind: type[Any]) -> StructureCodec:
    names = [field.name for field in dataclasses.fields(kind) if field.init]
    adapter = TypeAdapter(kind)

    def take_apart(value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return {name: getattr(value, name) for name in names}, {}

    def build(values: dict[str, Any]) -> object:
        # Not strict, since a strict dataclass takes no dict; its values are exact anyway.
        return adapter.validate_python(values, strict=False, by_name=True, by_alias=False)

    return StructureCodec(kind, take_apart, build)

"""From a declared type to its codec."""

import dataclasses
import typing
from collections import Counter, OrderedDict, abc, defaultdict, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, NewType, TypeVar, get_args, get_origin

import typing_extensions
from pydantic import (
    AwareDatetime,
    BaseModel,
    EncodedBytes,
    EncodedStr,
    FutureDate,
    FutureDatetime,
    Json,
    JsonValue,
    NaiveDatetime,
    PastDate,
    PastDatetime,
)
from pydantic.fields import FieldInfo

from sst_repo.errors import ModelError
from sst_repo.mapping import structures
from sst_repo.mapping.choices import LiteralCodec, enum_codec
from sst_repo.mapping.containers import SequenceCodec, SetCodec, TupleCodec
from sst_repo.mapping.deferred import DeferredCodec
from sst_repo.mapping.dicts import MapCodec, PairsCodec, is_key
from sst_repo.mapping.foreign import ForeignCodec
from sst_repo.mapping.hints import constraint_of, extras_type, hints_of, is_alias, name_of, value_of
from sst_repo.mapping.scalars import DATE, DATETIME, INT, NONE, SCALARS
from sst_repo.mapping.structures import Field, Members, StructureCodec
from sst_repo.mapping.trees import TREE
from sst_repo.mapping.unions import KindCodec, union_of
from sst_repo.mapping.values import ValueCodec, has_type

_UNTYPED: Final = (Any, object, JsonValue)
_UNIONS: Final = (typing.Union, UnionType)
_SCALARS: Final[Mapping[Any, ValueCodec]] = {
    **SCALARS,
    **dict.fromkeys((AwareDatetime, NaiveDatetime, PastDatetime, FutureDatetime), DATETIME),
    **dict.fromkeys((PastDate, FutureDate), DATE),
}
_SEQUENCES: Final[Mapping[Any, type[list[Any] | deque[Any]]]] = {
    list: list,
    abc.Sequence: list,
    abc.MutableSequence: list,
    deque: deque,
}
_SETS: Final[Mapping[Any, type[set[Any] | frozenset[Any]]]] = {
    set: set,
    abc.MutableSet: set,
    frozenset: frozenset,
    abc.Set: frozenset,
}
_DICTS: Final[Mapping[Any, type[dict[Any, Any]]]] = {
    dict: dict,
    abc.Mapping: dict,
    abc.MutableMapping: dict,
    defaultdict: dict,
    OrderedDict: OrderedDict,
}
_QUALIFIERS: Final = {typing.Required, typing.NotRequired, typing.Final, typing_extensions.ReadOnly}
_ONE_WAY: Final[tuple[Any, ...]] = (Json, EncodedBytes, EncodedStr)


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles the types of one Resource class, and of the classes it is made of.

    Attributes:
        raw_enums: Whether the class at hand says `use_enum_values`.
    """

    raw_enums: bool = False
    _known: dict[tuple[Any, bool], ValueCodec] = dataclasses.field(default_factory=dict[tuple[Any, bool], ValueCodec])

    def members(self, model: type[BaseModel], *, without: Collection[str] = ()) -> Members:
        """Compile the fields and extras of a model.

        Raises:
            ModelError: A field can't be stored; the message names it.
        """
        config = model.model_config
        inner = replace(self, raw_enums=bool(config.get("use_enum_values")))
        fields = tuple(
            inner.field(model, name, _declared(info), none_is_default=info.default is None)
            for name, info in model.model_fields.items()
            if name not in without
        )
        extras: ValueCodec | None = None
        if config.get("extra") == "allow":
            extras = inner.field(model, "__pydantic_extra__", extras_type(model)).codec
        elif config.get("extra") == "forbid":
            extras = TREE  # Read, so that validation can refuse them.
        return Members(fields, extras, frozenset(model.model_fields))

    def field(self, owner: type, name: str, annotation: Any, *, none_is_default: bool = False) -> Field:
        """Compile a field of a class.

        Raises:
            ModelError: It can't be stored; the message names it.
        """
        try:
            return Field(name, self.compile(annotation), omits_none=none_is_default)
        except ModelError as error:
            raise ModelError(f"{owner.__qualname__}.{name}: {error}") from error

    def compile(self, annotation: Any, declared: Any = None) -> ValueCodec:
        """Compile a type; `declared` is the type with the metadata that was stripped from it.

        Raises:
            ModelError: Its values can't be stored so that they come back.
        """
        origin, arguments = get_origin(annotation), get_args(annotation)
        for rule in (self._stand_in, self._choice, self._container, self._class):
            codec = rule(annotation, origin, arguments)
            if codec is not None:
                return codec
        return ForeignCodec(annotation if declared is None else declared, name_of(annotation))

    def _stand_in(self, annotation: Any, origin: Any, arguments: tuple[Any, ...]) -> ValueCodec | None:
        """Compile what only stands for another type."""
        if origin is Annotated:
            return self._annotated(annotation, arguments)
        if origin in _QUALIFIERS:
            return self.compile(arguments[0])
        if isinstance(annotation, NewType):
            return self.compile(annotation.__supertype__)
        if isinstance(annotation, TypeVar):
            return self.compile(constraint_of(annotation))
        if annotation is not JsonValue and (is_alias(annotation) or is_alias(origin)):
            return self._alias(annotation, origin, arguments)
        return None

    def _choice(self, annotation: Any, origin: Any, arguments: tuple[Any, ...]) -> ValueCodec | None:
        if annotation in _UNTYPED:
            return TREE
        if annotation in {None, NoneType}:
            return NONE
        if origin in _UNIONS:
            return union_of([self.compile(arm) for arm in arguments], _told_apart)
        return _literal(arguments) if origin is Literal else None

    def _annotated(self, annotation: Any, arguments: tuple[Any, ...]) -> ValueCodec:
        inner, *metadata = arguments
        for item in metadata:
            kind = item if isinstance(item, type) else type(item)
            if kind in _ONE_WAY:
                raise ModelError(f"{kind.__name__} converts a value each time it is read; declare what it makes of it")
        return self.compile(inner, annotation)

    def _alias(self, annotation: Any, origin: Any, arguments: tuple[Any, ...]) -> ValueCodec:
        key = (annotation, self.raw_enums)
        if key not in self._known:
            self._known[key] = deferred = DeferredCodec(name_of(annotation))
            deferred.codec = self._known[key] = self.compile(value_of(origin or annotation, arguments))
        return self._known[key]

    def _container(self, annotation: Any, origin: Any, arguments: tuple[Any, ...]) -> ValueCodec | None:
        kind = origin or annotation
        if kind in _SEQUENCES:
            return SequenceCodec(_SEQUENCES[kind], self._argument(arguments, 0))
        if kind in _SETS:
            return SetCodec(_SETS[kind], self._argument(arguments, 0))
        if kind is tuple:
            return self._tuple(annotation, arguments)
        if kind is Counter:
            return self._dict(Counter, self._argument(arguments, 0, str), INT)
        if kind in _DICTS:
            return self._dict(_DICTS[kind], self._argument(arguments, 0, str), self._argument(arguments, 1))
        return None

    def _argument(self, arguments: Sequence[Any], index: int, default: Any = Any) -> ValueCodec:
        return self.compile(arguments[index] if arguments else default)

    def _tuple(self, annotation: Any, arguments: tuple[Any, ...]) -> ValueCodec | None:
        if not arguments and annotation not in (tuple[()], typing.Tuple[()]):  # noqa: UP006 - both spellings
            return SequenceCodec(tuple, TREE)
        if arguments[1:] == (...,):
            return SequenceCodec(tuple, self.compile(arguments[0]))
        if any(get_origin(argument) is typing.Unpack for argument in arguments):
            return None
        return TupleCodec(tuple(self.compile(argument) for argument in arguments))

    def _dict(self, make: type[dict[Any, Any]], key: ValueCodec, item: ValueCodec) -> ValueCodec:
        return MapCodec(make, key, item) if make is not OrderedDict and is_key(key) else PairsCodec(make, key, item)

    def _class(self, kind: Any, origin: Any, _: tuple[Any, ...]) -> ValueCodec | None:
        if origin is not None or not has_type(kind, type):
            return None
        if kind in _SCALARS:
            return _SCALARS[kind]
        if issubclass(kind, Enum):
            return enum_codec(kind, raw=self.raw_enums)
        codec = structures.codec_of(kind)
        if codec is None:
            return None
        key = (kind, self.raw_enums)
        if key not in self._known:
            self._known[key] = codec
            codec.members = self._members_of(kind)
        return self._known[key]

    def _members_of(self, kind: type[Any]) -> Members:
        if issubclass(kind, BaseModel):
            return self.members(kind)
        hints = hints_of(kind)
        return Members(
            tuple(
                replace(self.field(kind, name, hints[name], none_is_default=default is None), may_miss=may_miss)
                for name, default, may_miss in structures.fields_of(kind)
            ),
        )


def _declared(info: FieldInfo) -> Any:
    return Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation


def _literal(values: Sequence[object]) -> ValueCodec:
    by_type: dict[type, tuple[object, ...]] = {}
    for value in values:
        by_type[type(value)] = (*by_type.get(type(value), ()), value)
    arms = [
        NONE if kind is NoneType else LiteralCodec(enum_codec(kind) if issubclass(kind, Enum) else SCALARS[kind], held)
        for kind, held in by_type.items()
    ]
    return union_of(arms, _told_apart)


def _told_apart(arms: Sequence[ValueCodec]) -> KindCodec | None:
    """Find the field whose Literals tell these models apart."""
    models = [arm for arm in arms if isinstance(arm, StructureCodec) and issubclass(arm.kind, BaseModel)]
    if len(models) < len(arms):
        return None
    for name in models[0].kind.model_fields:
        by_kind = _by_kind(name, models)
        if by_kind is not None:
            return KindCodec(name, by_kind)
    return None


def _by_kind(name: str, models: Sequence[StructureCodec]) -> dict[tuple[str, object], ValueCodec] | None:
    by_kind: dict[tuple[str, object], ValueCodec] = {}
    for model in models:
        info = model.kind.model_fields.get(name)
        literal = _literal(get_args(info.annotation)) if info and get_origin(info.annotation) is Literal else None
        if not isinstance(literal, LiteralCodec):
            return None
        for stored in literal.stored_values():
            ((tag, held),) = stored.items()
            if (tag, held) in by_kind:
                return None
            by_kind[tag, held] = model
    return by_kind

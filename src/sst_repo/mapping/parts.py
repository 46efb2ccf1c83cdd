"""Parts of keys: how a declared path is followed in a resource, and how what it leads to becomes key text.

Indexes and unique values are made of them. `sortable` says what key text is.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter, methodcaller
from typing import Any, NamedTuple, TypeVar

import typing_extensions

from sst_repo.errors import InvalidQueryError, ModelError, UnstorableValueError
from sst_repo.mapping.compiler import Compiler
from sst_repo.mapping.scalars import NONE
from sst_repo.mapping.sortable import KeyCodec, join, key_codec
from sst_repo.mapping.structures import StructureCodec, TypedDictCodec
from sst_repo.mapping.unions import UnionCodec
from sst_repo.mapping.values import Misfit, ValueCodec
from sst_repo.resource import Resource

DeclarationT = TypeVar("DeclarationT")
ResourceT = TypeVar("ResourceT", bound=Resource)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a key: the path to its value, and how the value becomes text."""

    path: str
    steps: tuple[Callable[[Any], Any], ...]
    codec: KeyCodec

    def value(self, resource: Resource) -> object:
        """Return the part's value in a resource; None if there is none on the way."""
        value: Any = resource
        for step in self.steps:
            value = step(value)
            if value is None:
                return None
        return value


class KeyText(NamedTuple):
    """A key as text, and the values it is made of."""

    text: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one key; make it with `parts_of`.

    Attributes:
        owner: What they are declared by, for messages: `Order.by_customer`.
        what: What the key is, for messages.
        limit: How many bytes the key may take.
        parts: The parts.
    """

    owner: str
    what: str
    limit: int
    parts: tuple[Part, ...]

    def __len__(self) -> int:
        """Count the parts."""
        return len(self.parts)

    def key(self, resource: Resource) -> KeyText | None:
        """Return the key of a resource; None if one of its values is None.

        Raises:
            UnstorableValueError: A value has no place in an order.
        """
        values: list[object] = []
        texts: list[str] = []
        for part in self.parts:
            value = part.value(resource)
            if value is None:
                return None
            values.append(value)
            try:
                texts.append(part.codec.text(value))
            except Misfit as misfit:
                path = f"{type(resource).__name__}.{part.path}"
                raise UnstorableValueError(path, misfit.reason) from misfit.__cause__
        return KeyText(join(texts), tuple(values))

    def asked(self, values: Sequence[object]) -> str:
        """Return the key text of values that are asked for, one a part.

        Raises:
            InvalidQueryError: A value has the wrong type or is None, or their number is wrong.
        """
        if len(values) != len(self.parts):
            raise self.wrong_number(str(len(values)))
        return self.leading(values)

    def leading(self, values: Sequence[object]) -> str:
        """Return what keys begin with whose leading parts have these values.

        Raises:
            InvalidQueryError: A value has the wrong type or is None.
        """
        return join(self.text(number, value) for number, value in enumerate(values))

    def text(self, number: int, value: object, *, begins: bool = False) -> str:
        """Return the text of a value that a part is compared with.

        Raises:
            InvalidQueryError: It has the wrong type or is None; with `begins`, it is no beginning.
        """
        part = self.parts[number]
        try:
            return part.codec.beginning(value) if begins else part.codec.text(value)
        except Misfit as misfit:
            raise InvalidQueryError(f"{self.owner}: {part.path}: {misfit.reason}") from misfit.__cause__

    def wrong_number(self, found: str) -> InvalidQueryError:
        """Say that so many values do not fit the parts."""
        paths = ", ".join(part.path for part in self.parts)
        return InvalidQueryError(
            f"{self.owner}: the {self.what} key has the parts ({paths}); the values given are {found}"
        )

    def excess(self, key: str) -> str | None:
        """Say that a key is over DynamoDB's limit; None if it is not."""
        size = len(key.encode())
        if size <= self.limit:
            return None
        return f"the {self.what} key takes {size} bytes (at most {self.limit}); use shorter values"


def parts_of(model: type[Resource], owner: str, what: str, limit: int, paths: Sequence[str]) -> Parts:
    """Compile the parts of a key.

    Args:
        model: The class.
        owner: What they are declared by.
        what: What the key is.
        limit: How many bytes the key may take.
        paths: The declared paths.

    Raises:
        ModelError: A part is unknown, or its type has no order.
    """
    return Parts(owner, what, limit, tuple(_part(model, owner, path) for path in paths))


def declared(model: type[Resource], kind: type[DeclarationT]) -> list[DeclarationT]:
    """Return the class attributes of a kind, inherited ones included, overridden ones not."""
    attributes = {name: value for base in reversed(model.__mro__) for name, value in vars(base).items()}
    return [value for value in attributes.values() if isinstance(value, kind)]


def as_written(resource: ResourceT, system: Mapping[str, object]) -> ResourceT:
    """Return the resource as a write will store it, for parts, properties and conditions to look at.

    Args:
        resource: The resource; it is not changed.
        system: The values of system fields that the write will give it, by name.
    """
    written = resource.model_copy()
    vars(written).update(system)
    return written


def _part(model: type[Resource], owner: str, path: str) -> Part:
    steps: list[Callable[[Any], Any]] = []
    names = path.split(".")
    try:
        step, declared = _member(model, names[0], _field_codec(model, names[0]))
        steps.append(step)
        for name in names[1:]:
            structure = _structure(declared)
            fields = {field.name: field.codec for field in structure.members.fields}
            step, declared = _member(structure.kind, name, fields.get(name))
            steps.append(methodcaller("get", name) if isinstance(structure, TypedDictCodec) else step)
        return Part(path, tuple(steps), _key_codec(model, declared))
    except ModelError as error:
        raise ModelError(f"{owner}: {path}: {error}") from error


def _key_codec(model: type[Resource], declared: ValueCodec) -> KeyCodec:
    try:
        return key_codec(declared)
    except ModelError:
        if not model.__pydantic_generic_metadata__["parameters"]:
            raise
        # A generic class waits for its types; those made of it are checked.
        return KeyCodec(declared, _untyped)


def _untyped(value: object) -> str:
    raise ValueError(
        f"{type(value).__name__} can't be part of a key here; use the class with its type parameters given"
    )


def _field_codec(model: type[Resource], name: str) -> ValueCodec | None:
    info = model.model_fields.get(name)
    return None if info is None else _compile(model, info.annotation)


def _compile(kind: type, annotation: Any) -> ValueCodec:
    config: Mapping[str, Any] = getattr(kind, "model_config", {})
    return Compiler(raw_enums=bool(config.get("use_enum_values"))).compile(annotation)


def _member(kind: type, name: str, field: ValueCodec | None) -> tuple[Callable[[Any], Any], ValueCodec]:
    """Return how to read a field or property of a class, and its type."""
    if field is not None:
        return attrgetter(name), field
    found = inspect.getattr_static(kind, name, None)
    # The function itself, since what a cached property once gave may be out of date.
    function = found.fget if isinstance(found, property) else found.func if isinstance(found, cached_property) else None
    if function is None:
        raise ModelError(f"{kind.__qualname__} has no field or property {name!r}")
    try:
        hints = typing_extensions.get_type_hints(function, include_extras=True)
    except NameError as error:
        raise ModelError(f"{error}; define it at the top level of its module") from error
    if "return" not in hints:
        raise ModelError(f"the property {name!r} needs a return annotation")
    return function, _compile(kind, hints["return"])


def _structure(declared: ValueCodec) -> StructureCodec:
    arms = declared.codecs if isinstance(declared, UnionCodec) else (declared,)
    kinds = [arm for arm in arms if arm is not NONE]
    if len(kinds) == 1 and isinstance(kinds[0], StructureCodec):
        return kinds[0]
    raise ModelError(f"{declared.label} is no single class with fields, so a path can't lead into it")

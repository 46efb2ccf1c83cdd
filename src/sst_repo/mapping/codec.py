"""Resource <-> attributes, compiled once a class.

Every field becomes an attribute of the field's name:

| Python | DynamoDB | module |
|---|---|---|
| str, bytes, bool, None | S, B, BOOL, NULL | scalars |
| int, float, Decimal | N | scalars |
| datetime, date, time, UUID | S | scalars |
| timedelta | N: seconds | scalars |
| Enum, Literal | S or N | choices |
| list, tuple, deque | L | containers |
| set, frozenset | SS, NS, BS, or L | containers |
| dict | M, or L of pairs | dicts |
| model, dataclass, NamedTuple, TypedDict | M | structures |
| a union | as its arm, with a label where arms look alike | unions |
| Any, JsonValue | as the value itself | trees |
| any other type | pydantic's JSON of it | foreign |

The system fields are not the codec's: the schema keeps them under names of its own.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from pydantic import ValidationError

from sst_repo.core.layout import is_reserved
from sst_repo.core.records import Attributes, AttributeValue
from sst_repo.errors import ModelError, UnstorableValueError
from sst_repo.mapping.compiler import Compiler
from sst_repo.mapping.decoder import Decoder
from sst_repo.mapping.equality import comes_back
from sst_repo.mapping.generated import Encoder, encoder_of
from sst_repo.mapping.proofs import is_faithful
from sst_repo.mapping.readers import Reader, reader_of
from sst_repo.mapping.structures import Members
from sst_repo.mapping.values import MAX_LEVELS, Misfit, faults_of
from sst_repo.resource import SYSTEM_FIELDS, Resource

T = TypeVar("T", bound=Resource)

_CODEC = "__sst_codec__"


class ModelCodec(Generic[T]):
    """Encodes and decodes the domain fields of one Resource class."""

    def __init__(self, model: type[T]) -> None:
        """Compile the class.

        Raises:
            ModelError: It has a field that can't be stored.
        """
        _check_names(model)
        self._model = model
        self._name = model.__name__
        self._members = Compiler().members(model, without=SYSTEM_FIELDS)
        self._decoder = Decoder(model, self._members)

    @property
    def model(self) -> type[T]:
        """The class."""
        return self._model

    @property
    def members(self) -> Members:
        """The domain fields and extras."""
        return self._members

    @cached_property
    def quickly(self) -> Encoder | None:
        """The generated encoder of the fields; None if there is none."""
        return encoder_of(self._members)

    @cached_property
    def reader(self) -> Reader:
        """The generated reader of the fields and extras."""
        return reader_of(self._members)

    @property
    def decoder(self) -> Decoder[T]:
        """Reads items in one pass, where it can."""
        return self._decoder

    def encode(self, resource: T) -> dict[str, AttributeValue]:
        """Return the attributes of a resource, its domain fields and extras; equal resources have equal ones.

        Raises:
            UnstorableValueError: A value can't be stored so that it comes back; the path names it.
        """
        if type(resource) is not self._model:
            found = type(resource).__qualname__
            raise UnstorableValueError(self._name, f"expected exactly a {self._model.__qualname__}, found a {found}")
        extras = resource.__pydantic_extra__ or {}
        if self.quickly is not None and not extras:
            try:
                return self.quickly(resource.__dict__)
            except Exception:  # noqa: BLE001, S110 - whatever it is, the codec meets it again, and tells
                pass
        for name in extras:
            if is_reserved(name):
                raise UnstorableValueError(f"{self._name}.{name}", "names like this belong to the library")
        try:
            return self._members.encode(resource.__dict__, extras, MAX_LEVELS)
        except Misfit as misfit:
            raise UnstorableValueError(misfit.path(self._name), misfit.reason) from misfit.__cause__
        except RecursionError:
            raise UnstorableValueError(self._name, "a value holds itself, or is nested too deep") from None

    def decode(self, attributes: Attributes, system: Mapping[str, object]) -> T:
        """Return the resource of these attributes; those that belong to the library are passed over.

        Args:
            attributes: What is stored; fields that are missing take their defaults.
            system: The values of the system fields.

        Raises:
            ValueError: The attributes can't be read as this class.
        """
        own = {name: stored for name, stored in attributes.items() if not is_reserved(name)}
        try:
            values = {**self._values(own), **system}
            return self._model.model_validate(values, by_name=True, by_alias=False)
        except Misfit as misfit:
            raise ValueError(f"{misfit.path(self._name)}: {misfit.reason}") from misfit.__cause__
        except ValidationError as error:
            raise ValueError(f"{self._name}: {faults_of(error)}") from None
        except Exception as error:
            # Validators of the class may raise anything when they meet what they were not written for.
            raise ValueError(f"{self._name}: a validator raised {type(error).__name__}") from error

    def _values(self, own: Attributes) -> dict[str, Any]:
        try:
            return self.reader(own)
        except Exception:  # noqa: BLE001 - whatever it is, the codec meets it again, and tells
            return self._members.decode(own)

    def prove(self, resource: T, attributes: Attributes) -> None:
        """Make sure that the attributes, once stored, can be read and give an equal resource.

        Raises:
            UnstorableValueError: They don't; it names the first field that differs, and how it comes back.
        """
        if not self.is_faithful:
            self.prove_by_reading(resource, attributes)

    def shows_change(self, content: Attributes, stored: Attributes) -> bool:
        """Tell whether one field alone shows that content is not what is stored; False where that takes all of it.

        The same can be stored in another way, so that a difference is no change yet.
        """
        if not self.is_faithful:
            return False
        for name, value in content.items():
            was = stored.get(name)
            if was is not None and was != value:
                codec = self._members.by_name[name].codec
                try:
                    return codec.encode(codec.decode(was), MAX_LEVELS) != value
                except Misfit:
                    return False
        return False

    def prove_by_reading(self, resource: T, attributes: Attributes) -> None:
        """Make sure of the same by reading the attributes, whatever the types say.

        Raises:
            UnstorableValueError: As for `prove`.
        """
        try:
            system = {name: getattr(resource, name) for name in SYSTEM_FIELDS}
            back = self._decoder.content(attributes, system)
            if back is None:
                back = self.decode(attributes, system)
        except ValueError as error:
            raise UnstorableValueError(self._name, f"it could not be read again: {error}") from error
        given_values, back_values = _values(resource), _values(back)
        for name in given_values | back_values:
            given, found = given_values.get(name), back_values.get(name)
            if not comes_back(given, found):
                reason = f"{type(given).__name__} would come back as {_other(given, found)}"
                raise UnstorableValueError(f"{self._name}.{name}", reason)
        self._prove_stable(back, attributes)

    @cached_property
    def is_faithful(self) -> bool:
        """Whether resources come back equal by their types alone."""
        return is_faithful(self._model, self._members)

    def _prove_stable(self, back: T, attributes: Attributes) -> None:
        """Make sure that a resource just read is not taken for a changed one."""
        again = self.encode(back)
        for name in {**again, **attributes}:
            if again.get(name) != attributes.get(name):
                reason = "it would come back as another type, and be stored in another way"
                raise UnstorableValueError(f"{self._name}.{name}", reason)


def codec_for(model: type[T]) -> ModelCodec[T]:
    """Return the codec of a class, compiled at the first call.

    Raises:
        ModelError: The class has a field that can't be stored.
    """
    # Kept on the class itself, so that it goes when the class goes.
    known = model.__dict__.get(_CODEC)
    if known is None:
        known = ModelCodec(model)
        setattr(model, _CODEC, known)
    return cast("ModelCodec[T]", known)


def _check_names(model: type[Resource]) -> None:
    for name, field in model.model_fields.items():
        if name in SYSTEM_FIELDS:
            expected = Resource.model_fields[name].annotation
            if field.annotation != expected:
                raise ModelError(
                    f"{model.__qualname__}.{name}: the field belongs to the library and is "
                    f"{getattr(expected, '__name__', expected)}, not {field.annotation}; name yours differently",
                )
        elif is_reserved(name):
            raise ModelError(
                f"{model.__qualname__}.{name}: pk, sk and names beginning with gsi or _ belong to the table; "
                f"name the field differently",
            )


def _other(given: object, found: object) -> str:
    return "another one" if type(given) is type(found) else type(found).__name__


def _values(resource: Resource) -> dict[str, Any]:
    fields = {name: resource.__dict__.get(name) for name in type(resource).model_fields}
    return fields | (resource.__pydantic_extra__ or {})

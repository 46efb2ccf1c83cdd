"""Unique values, compiled: what a resource claims, and the claim that a look-up is about."""

from functools import cache
from typing import cast

from sst_repo.core.intents import Claim
from sst_repo.core.limits import MAX_PARTITION_KEY_BYTES
from sst_repo.errors import InvalidQueryError, ModelError, UnstorableValueError
from sst_repo.mapping.parts import declared, parts_of
from sst_repo.resource import Resource
from sst_repo.uniques import Unique


class UniqueCodec:
    """One unique constraint of one Resource class."""

    def __init__(self, model: type[Resource], unique: Unique) -> None:
        """Compile the constraint.

        Raises:
            ModelError: A part is unknown, or its type has no order.
        """
        self._type_name = model.__type_name__
        self._name = f"{model.__qualname__}.{unique.name}"
        self._field = ",".join(unique.parts)
        self._parts = parts_of(model, self._name, "unique", MAX_PARTITION_KEY_BYTES, unique.parts)

    def claim(self, resource: Resource) -> Claim | None:
        """Return what a resource claims; None if it is not constrained.

        Raises:
            UnstorableValueError: A value has no place in an order, or the key is over DynamoDB's limit.
        """
        key = self._parts.key(resource)
        if key is None:
            return None
        claim = self._claim(*key)
        excess = self._parts.excess(claim.guard.pk)
        if excess is not None:
            raise UnstorableValueError(self._name, excess)
        return claim

    def asked(self, values: tuple[object, ...]) -> Claim:
        """Return the claim of a resource with these values.

        Raises:
            InvalidQueryError: A value has the wrong type or is None, their number is wrong, or the key is over
                DynamoDB's limit.
        """
        claim = self._claim(self._parts.asked(values), values)
        excess = self._parts.excess(claim.guard.pk)
        if excess is not None:
            raise InvalidQueryError(f"{self._name}: {excess}")
        return claim

    def _claim(self, text: str, values: tuple[object, ...]) -> Claim:
        return Claim(self._type_name, self._field, text, values[0] if len(values) == 1 else values)


def uniques_of(model: type[Resource]) -> dict[tuple[str, ...], UniqueCodec]:
    """Return the unique constraints of a class, inherited ones included, by their parts; compiled once.

    Raises:
        ModelError: Two are about the same parts, or one can't be compiled.
    """
    return _compiled(model)


def claims_of(resource: Resource) -> tuple[Claim, ...]:
    """Return what a resource claims.

    Args:
        resource: The resource, with the system fields that it will be stored with.

    Raises:
        UnstorableValueError: A value has no place in an order, or a key is over DynamoDB's limit.
    """
    codecs = uniques_of(type(resource)).values()
    return tuple(claim for codec in codecs if (claim := codec.claim(resource)) is not None)


def claim_on(model: type[Resource], field: str | tuple[str, ...], value: object) -> Claim:
    """Return the claim of a resource that has a value.

    Args:
        model: The class.
        field: The part of one of its constraints, or a tuple of all its parts.
        value: The part's value, or a tuple of all their values.

    Raises:
        InvalidQueryError: The class has no such constraint, or the value does not fit it.
    """
    parts = field if isinstance(field, tuple) else (field,)
    codecs = uniques_of(model)
    codec = codecs.get(parts)
    if codec is None:
        known = ", ".join(repr(each[0] if len(each) == 1 else each) for each in codecs)
        raise InvalidQueryError(f"{model.__qualname__} has no Unique on {field!r}; it has {known or 'none'}")
    if not isinstance(field, tuple):
        return codec.asked((value,))
    if not isinstance(value, tuple):
        raise InvalidQueryError(f"{model.__qualname__}: a tuple of fields has a tuple of values, not one value")
    return codec.asked(cast("tuple[object, ...]", value))


@cache
def _compiled(model: type[Resource]) -> dict[tuple[str, ...], UniqueCodec]:
    by_parts: dict[frozenset[str], Unique] = {}
    for unique in declared(model, Unique):
        other = by_parts.setdefault(frozenset(unique.parts), unique)
        if other is not unique:
            raise ModelError(
                f"{model.__qualname__}: {other.name} and {unique.name} are about the same parts; one is enough"
            )
    return {unique.parts: UniqueCodec(model, unique) for unique in by_parts.values()}

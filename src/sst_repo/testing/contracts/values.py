"""The contract of values: what is put is what one gets, in value and in type, whatever the class."""

import dataclasses
from collections import OrderedDict, deque
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, cast

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import BaseModel

from sst_repo.errors import NotFoundError
from sst_repo.repository import TableRepository
from sst_repo.resource import SYSTEM_FIELDS, Resource, VersionedResource
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.strategies import models_with_instances

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Stepped(Resource):
    step: int = 0


class _SteppedVersioned(VersionedResource):
    step: int = 0


class ValueContract(Contract):
    """What is put is what one gets: Hypothesis makes up classes and resources of them.

    Attributes:
        examples: How many resources of each kind are tried.
    """

    examples: ClassVar[int] = 30

    @pytest.mark.parametrize("base", [_Stepped, _SteppedVersioned], ids=["plain", "versioned"])
    def test_a_resource_comes_back_equal_in_value_and_type(self, table: Table, base: type[Resource]) -> None:
        # Inside, not around the test, so that each class that derives from the contract has examples of its own; the
        # same ones every time, so that no run fails by chance.
        @settings(
            max_examples=self.examples,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
        @given(models_with_instances(base))
        def each(pair: tuple[type[Resource], Resource]) -> None:
            _go_round(TableRepository(pair[0], table), pair[1])

        each()


def exact(value: object) -> object:
    """Return what two values have in common only if they, and all that is in them, are equal in value and type.

    What is documented to be normalised counts as equal: an instant in another zone, trailing zeros, the sign of zero.
    """
    return type(value), _content(value)


def _content(value: object) -> object:
    if isinstance(value, BaseModel):
        return exact(value.__dict__), exact(value.__pydantic_extra__ or {})
    if isinstance(value, dict):
        pairs = [(exact(key), exact(item)) for key, item in cast("dict[object, object]", value).items()]
        return pairs if isinstance(value, OrderedDict) else sorted(pairs, key=repr)
    if isinstance(value, list | tuple | deque):
        return [exact(item) for item in cast("Iterable[object]", value)]
    if isinstance(value, set | frozenset):
        return sorted((exact(item) for item in cast("Iterable[object]", value)), key=repr)
    if dataclasses.is_dataclass(value):
        return [(field.name, exact(getattr(value, field.name))) for field in dataclasses.fields(value)]
    return _normal(value)


def _normal(value: object) -> object:
    if isinstance(value, datetime) and value.utcoffset() is not None:
        return value.astimezone(UTC)
    if isinstance(value, Decimal):
        return Fraction(value)
    return value + 0.0 if isinstance(value, float) else value


def _domain(resource: Resource) -> object:
    """Return what the domain put into a resource, for comparison."""
    fields = {name: value for name, value in resource.__dict__.items() if name not in SYSTEM_FIELDS}
    return type(resource), exact(fields), exact(resource.__pydantic_extra__ or {})


def _go_round(repository: TableRepository[Resource], resource: Resource) -> None:
    """Add, get, save and get a version; whatever comes back must be what was put."""
    put = _domain(resource)
    resource_id = resource.resource_id
    assert repository.add(resource) is resource

    found = repository.get(resource_id)
    assert _domain(found) == put
    assert exact(found) == exact(resource)
    assert exact(repository.get_many([resource_id])) == exact({resource_id: resource})
    assert exact(repository.get_version(resource_id, 1)) == exact(resource)
    assert repository.save(found).version == 1

    changed = found.model_copy(update={"step": 1})
    expected = _domain(changed)
    repository.save(changed)

    assert _domain(changed) == expected
    assert exact(repository.get(resource_id)) == exact(changed)
    assert changed.version == 2
    if isinstance(resource, VersionedResource):
        old = repository.get_version(resource_id, 1)
        assert exact(old) == exact(resource)
        assert [exact(version) for version in repository.versions(resource_id)] == [exact(changed), exact(resource)]
    else:
        with pytest.raises(NotFoundError):
            repository.get_version(resource_id, 1)

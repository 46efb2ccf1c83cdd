"""The models that the contracts of repositories and units of work store."""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sst_repo.ports import Repository
from sst_repo.resource import Resource, VersionedResource
from sst_repo.unit_of_work import UnitOfWork


class Address(BaseModel):
    """A part that can be changed in place."""

    city: str
    lines: list[str] = Field(default_factory=list)


class Sample(Resource):
    """What both kinds of resource have in common: a bit of everything that can be changed in place."""

    title: str
    amount: Decimal = Decimal(1)
    tags: list[str] = Field(default_factory=list)
    labels: set[str] = Field(default_factory=set)
    facts: dict[str, Any] = Field(default_factory=dict)
    address: Address = Field(default_factory=lambda: Address(city="Bergen"))
    body: str = ""


class Plain(Sample):
    """A resource of which the latest version is stored."""


class Kept(Sample, VersionedResource):
    """A resource of which every version is kept."""


class FrozenPlain(Plain):
    """A resource that can't be changed in place."""

    model_config = ConfigDict(frozen=True)


class FrozenKept(Kept):
    """A resource that can't be changed in place, of which every version is kept."""

    model_config = ConfigDict(frozen=True)


class Narrow(Resource, type_name="Growing"):
    """A model as it was first deployed."""

    title: str


class Wide(Resource, type_name="Growing"):
    """The same model later: it has got a field with a default."""

    title: str
    grade: int = 3


class NarrowUnitOfWork(UnitOfWork):
    """A unit as it was first deployed."""

    growing: Repository[Narrow]


class WideUnitOfWork(UnitOfWork):
    """The same unit later."""

    growing: Repository[Wide]


class SampleUnitOfWork(UnitOfWork):
    """A unit with a repository of each kind."""

    plain: Repository[Plain]
    kept: Repository[Kept]
    frozen: Repository[FrozenKept]

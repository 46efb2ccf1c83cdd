"""What a table for certain models must have, whatever it is made with."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final, get_args

from sst_repo.core import layout
from sst_repo.core.descriptions import TableDescription, describe
from sst_repo.core.projections import ProjectionChoices, projections_of
from sst_repo.errors import ModelError
from sst_repo.mapping.indexes import indexes_of
from sst_repo.mapping.uniques import uniques_of
from sst_repo.resource import Resource

_NAMED: Final = 8
"""So many types a title names; a type's name has up to 128 characters, a description of CloudFormation 1024 bytes."""

_TABLE_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{3,255}")


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A table for models.

    Attributes:
        table_name: Its name.
        types: The stored names of the models.
        description: Its keys and indexes.
        uses: What each index is for, by its name: the access patterns on it.
        ttl: The attribute that says when a row expires; None if none does.
        point_in_time_recovery: Whether it can be restored to any second of the last 35 days.
    """

    table_name: str
    types: tuple[str, ...]
    description: TableDescription
    uses: Mapping[str, str]
    ttl: str | None
    point_in_time_recovery: bool

    @property
    def title(self) -> str:
        """What it is, in one line that may stand in a comment or a docstring."""
        more = f" and {len(self.types) - _NAMED} more" if len(self.types) > _NAMED else ""
        text = f"The table {self.table_name}, for {', '.join(self.types[:_NAMED])}{more}"
        return "".join(character if character.isprintable() and character not in '"\\' else "?" for character in text)


def gsis_of(models: Iterable[type[Resource]]) -> tuple[int, ...]:
    """Return the numbers of the general indexes that models use: `DynamoDBTable("shop", gsis=gsis_of([Order]))`."""
    return tuple(sorted({codec.index.gsi for model in models for codec in indexes_of(model)}))


def blueprint(
    models: Iterable[type[Resource]],
    *,
    table_name: str,
    projections: ProjectionChoices | None = None,
    ttl: str | None = None,
    point_in_time_recovery: bool = False,
) -> Blueprint:
    """Say what a table for models must have.

    Args:
        models: The classes whose resources will live in it.
        table_name: Its name.
        projections: What its indexes hold, as for `DynamoDBTable`.
        ttl: A field with the time at which a resource expires, in seconds since 1970.
        point_in_time_recovery: Whether it is to be restorable to any second of the last 35 days.

    Raises:
        ValueError: There are no models, no table can have that name, a projection is none, or no model has the field.
        ModelError: Resources of a model can't expire.
    """
    classes = list(dict.fromkeys(models))
    if not classes:
        raise ValueError("a table is made for models; name at least one")
    if not _TABLE_NAME.fullmatch(table_name):
        raise ValueError(f"a table has a name of 3 to 255 letters, digits, '_', '.' and '-', not {table_name!r}")
    if ttl is not None:
        _check_ttl(classes, ttl)
    gsis = gsis_of(classes)
    description = describe(gsis, projections_of(projections, gsis))
    types = tuple(model.__type_name__ for model in classes)
    return Blueprint(table_name, types, description, _uses(classes), ttl, point_in_time_recovery)


def _uses(models: Sequence[type[Resource]]) -> dict[str, str]:
    uses = {str(layout.LISTING.name): "all types, by last update"}
    patterns = [(codec.keys.name, codec.name) for model in models for codec in indexes_of(model)]
    for index, pattern in patterns:
        uses[str(index)] = f"{uses[str(index)]}, {pattern}" if str(index) in uses else pattern
    return uses


def _check_ttl(models: Sequence[type[Resource]], field: str) -> None:
    expiring = [model for model in models if field in model.model_fields]
    if not expiring:
        raise ValueError(f"none of the models has the field {field!r}, by which rows are to expire")
    for model in expiring:
        if not _is_integer(model.model_fields[field].annotation):
            raise ModelError(
                f"{model.__qualname__}.{field} is no int; DynamoDB reads the time at which a row expires from a whole "
                "number of seconds since 1970"
            )
        if model.__keeps_versions__ or uniques_of(model):
            left = "its history" if model.__keeps_versions__ else "the guard rows of its unique values"
            raise ModelError(
                f"{model.__qualname__} can't expire by {field}: DynamoDB would take away the row and leave {left}; "
                "delete such resources by a repository"
            )


def _is_integer(annotation: Any) -> bool:  # noqa: ANN401 - annotations are of many types
    choices = [choice for choice in get_args(annotation) or (annotation,) if choice is not NoneType]
    return choices == [int]

"""What annotations say, where Python's `typing` needs a hand."""

import inspect
import typing
from typing import Any

import typing_extensions
from pydantic import BaseModel

from sst_repo.errors import ModelError


def name_of(annotation: Any) -> str:
    """Return a type's name for messages and labels."""
    return annotation.__name__ if isinstance(annotation, type) else str(annotation).replace("typing.", "")


def is_alias(annotation: Any) -> bool:
    """Tell whether this is `type X = ...`, or a TypeAliasType on an older Python."""
    kinds = (typing_extensions.TypeAliasType, getattr(typing, "TypeAliasType", typing_extensions.TypeAliasType))
    return isinstance(annotation, kinds)


def value_of(alias: Any, parameters: tuple[Any, ...]) -> Any:
    """Return the type that an alias stands for."""
    value = resolved(alias.__value__, alias.__module__, {alias.__name__: alias})
    return value[parameters] if parameters else value


def resolved(annotation: Any, module: str, names: dict[str, Any] | None = None) -> Any:
    """Return the annotation with the names in it looked up.

    Raises:
        ModelError: One is not to be found at the top level of the module.
    """
    holder = type("_", (), {"__annotations__": {"it": annotation}, "__module__": module})
    return hints_of(holder, names)["it"]


def hints_of(kind: type, names: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the annotations of a class, with the names in them looked up.

    Raises:
        ModelError: One is not to be found at the top level of the module.
    """
    try:
        return typing_extensions.get_type_hints(kind, localns=names, include_extras=True)
    except NameError as error:
        raise ModelError(f"{error}; define it at the top level of its module") from error


def extras_type(model: type[BaseModel]) -> Any:
    """Return the declared type of a model's extras: what `__pydantic_extra__: dict[str, X]` says, else Any."""
    for kind in model.__mro__:
        if kind is BaseModel:
            break
        declared = inspect.get_annotations(kind).get("__pydantic_extra__")
        if declared is not None:
            (_, extra) = typing.get_args(resolved(declared, kind.__module__))
            return extra
    return Any


def constraint_of(variable: Any) -> Any:
    """Return what a TypeVar that was given no type stands for."""
    if variable.__bound__ is not None:
        return variable.__bound__
    return typing.Union[variable.__constraints__] if variable.__constraints__ else Any  # noqa: UP007 - made at run time

"""Types that only pydantic knows (AnyUrl, IPv4Address, Path, custom types).

A value is stored as the JSON that pydantic makes of it, as a tree. Whether a value survives that depends on the type.
So nothing is assumed: `ModelCodec.prove` sees what comes back.
"""

import json
from typing import Any

from pydantic import PydanticUserError, TypeAdapter, ValidationError

from sst_repo.core.records import AttributeValue
from sst_repo.errors import ModelError
from sst_repo.mapping.trees import TREE
from sst_repo.mapping.values import Fit, Misfit, ValueCodec, faults_of, wrong_type

_ONLY_CHECKED = {"is-instance", "is-subclass", "callable", "generator", "custom-error"}
_INNER = ("schema", "json_schema", "lax_schema")


class ForeignCodec(ValueCodec):
    """A type that pydantic turns into JSON and back."""

    __slots__ = ("_adapter", "_label", "_types")

    def __init__(self, annotation: Any, name: str) -> None:
        """Let pydantic compile the type.

        Raises:
            ModelError: Pydantic can't make such values from stored ones.
        """
        try:
            self._adapter: TypeAdapter[Any] = TypeAdapter(annotation)
            lost = _is_only_checked(self._adapter.core_schema)
        except (PydanticUserError, NameError, TypeError) as error:
            raise ModelError(f"{name} can't be stored: {_first_line(error)}; {_advice()}") from error
        if lost:
            raise ModelError(f"{name} can't be made from what is stored; {_advice()}")
        self._label = name
        self._types = (annotation,) if isinstance(annotation, type) else ()

    @property
    def label(self) -> str:
        """The type's name."""
        return self._label

    @property
    def tags(self) -> frozenset[str]:
        """What JSON can be, except null."""
        return frozenset({"S", "N", "BOOL", "L", "M"})

    @property
    def types(self) -> tuple[type, ...]:
        """The declared class; the values may be of a subclass."""
        return self._types

    def fit(self, value: object) -> Fit:
        """Ask pydantic, unless the class tells."""
        if self._types and isinstance(value, self._types):
            return Fit.EXACT
        try:
            self._adapter.validate_python(value, strict=True)
        except ValueError:
            return Fit.NO
        return Fit.AS_BASE

    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Write pydantic's JSON."""
        try:
            dumped = self._adapter.dump_python(value, mode="json", by_alias=False, round_trip=True, warnings="error")
        except (ValueError, TypeError, AttributeError):
            raise wrong_type(self.label, value) from None
        if dumped is None:
            raise wrong_type(self.label, value)
        return TREE.encode(dumped, room)

    def decode(self, stored: AttributeValue) -> object:
        """Read the JSON and have pydantic make the value of it."""
        try:
            text = json.dumps(TREE.decode(stored))
        except TypeError as error:
            raise Misfit(f"expected {self.label}, found what is not JSON: {error}") from None
        try:
            return self._adapter.validate_json(text, by_alias=False, by_name=True)
        except ValidationError as error:
            raise Misfit(f"it is not a {self.label}: {faults_of(error)}") from None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _is_only_checked(schema: Any) -> bool:
    kind = schema["type"]
    if kind in _ONLY_CHECKED:
        return True
    inner = next((schema[name] for name in _INNER if name in schema), None)
    return inner is not None and kind not in {"model", "dataclass"} and _is_only_checked(inner)


def _advice() -> str:
    return "use a type with fields, or give it a pydantic schema that also reads JSON"

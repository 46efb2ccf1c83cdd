"""A stand-in for the codec of a recursive type alias while it is being compiled."""

from typing import Any

from sst_repo.core.records import AttributeValue
from sst_repo.errors import ModelError
from sst_repo.mapping.values import Fit, ValueCodec


class DeferredCodec(ValueCodec):
    """Passes everything on to the alias's codec, which is set once it is known."""

    __slots__ = ("_alias", "codec")

    def __init__(self, alias: str) -> None:
        """Take the alias's name, for messages."""
        self._alias = alias
        self.codec: ValueCodec | None = None

    @property
    def label(self) -> str:
        """The alias's name."""
        return self._alias

    @property
    def tags(self) -> frozenset[str]:
        """Those of the alias's type."""
        return self._known.tags

    @property
    def types(self) -> tuple[type, ...]:
        """Those of the alias's type."""
        return self._known.types

    def fit(self, value: object) -> Fit:
        """Ask the alias's codec."""
        return self._known.fit(value)

    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Have the alias's codec encode."""
        return self._known.encode(value, room)

    def decode(self, stored: AttributeValue) -> Any:
        """Have the alias's codec decode."""
        return self._known.decode(stored)

    @property
    def _known(self) -> ValueCodec:
        if self.codec is None:
            raise ModelError(f"the alias {self._alias} is, within itself, part of a union; write its types out there")
        return self.codec

"""Unions: how a stored value tells which of the declared types it is.

- Where the arms have different DynamoDB types, a value is stored as its arm stores it: `int | str | None` is N, S or
  NULL.
- Models that share a field of different Literals (`kind: Literal["cat"]`, `kind: Literal["dog"]`) are told apart by it.
- Arms that would look alike in the table (`int | float`, `str | datetime`, two models without such a field) are stored
  with their label: `{"M": {"datetime": {"S": ...}}}`. The label is the type's name, so the order of arms is free. Then
  an arm that is stored as an M has its label too; the others stay bare.

The arm is chosen by the exact type of the value, else by how well the value fits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sst_repo.core.records import AttributeValue
from sst_repo.errors import ModelError
from sst_repo.mapping.choices import LiteralCodec
from sst_repo.mapping.scalars import NONE
from sst_repo.mapping.trees import TREE
from sst_repo.mapping.values import Fit, Misfit, ValueCodec, content, deeper, tag_of, type_of, wrong_type


@dataclass(frozen=True, slots=True)
class _Arm:
    codec: ValueCodec
    label: str | None

    def encode(self, value: object, room: int, /) -> AttributeValue:
        if self.label is None:
            return self.codec.encode(value, room)
        return {"M": {self.label: self.codec.encode(value, deeper(room))}}


class UnionCodec(ValueCodec):
    """One of several types."""

    __slots__ = ("_arms", "_bare", "_by_type", "_labelled", "codecs")

    def __init__(self, codecs: Sequence[ValueCodec]) -> None:
        """Decide for each arm whether its values are stored with its label."""
        self.codecs = tuple(codecs)
        clashing = [one for one in codecs if any(one.tags & other.tags for other in codecs if other is not one)]
        wrapped = [one for one in codecs if one in clashing or (clashing and "M" in one.tags)]
        self._arms = [_Arm(codec, codec.label if codec in wrapped else None) for codec in codecs]
        self._bare = {tag: codec for codec in codecs if codec not in wrapped for tag in codec.tags}
        self._labelled = {codec.label: codec for codec in wrapped}
        if len(self._labelled) < len(wrapped):
            labels = [codec.label for codec in wrapped]
            twice = next(label for label in labels if labels.count(label) > 1)
            raise ModelError(f"two types of a union are called {twice}; rename one, since the name tells them apart")
        claims = [(kind, arm) for arm in self._arms for kind in arm.codec.types]
        kinds = [kind for kind, _ in claims]
        self._by_type = {kind: arm for kind, arm in claims if kinds.count(kind) == 1}

    @property
    def arms(self) -> Sequence[tuple[str | None, ValueCodec]]:
        """Each type with the label that its values are stored with; None if they are stored bare."""
        return [(arm.label, arm.codec) for arm in self._arms]

    @property
    def label(self) -> str:
        """The arms' labels, sorted."""
        return " | ".join(sorted(codec.label for codec in self.codecs))

    @property
    def tags(self) -> frozenset[str]:
        """Those of the bare arms, and a map if some have labels."""
        return frozenset({*self._bare, "M"} if self._labelled else self._bare)

    @property
    def types(self) -> tuple[type, ...]:
        """All arms' types."""
        return tuple(kind for codec in self.codecs for kind in codec.types)

    def fit(self, value: object) -> Fit:
        """Take the best arm's word."""
        return max(codec.fit(value) for codec in self.codecs)

    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Write the value by the arm that it fits best; among equals the one declared first."""
        arm = self._by_type.get(type_of(value))
        if arm is None:
            arm = max(self._arms, key=lambda arm: arm.codec.fit(value))
            if not arm.codec.fit(value):
                raise wrong_type(self.label, value)
        return arm.encode(value, room)

    def decode(self, stored: AttributeValue) -> object:
        """Find the arm by label or by DynamoDB type."""
        tag = tag_of(stored)
        bare = self._bare.get(tag)
        if bare is not None:
            return bare.decode(stored)
        if tag == "M" and self._labelled:
            return self._decode_labelled(content(stored, "M"))
        return self._decode_older(stored, tag)

    def _decode_labelled(self, labelled: dict[str, AttributeValue]) -> object:
        if len(labelled) == 1:
            ((label, stored),) = labelled.items()
            if label in self._labelled:
                return self._labelled[label].decode(stored)
        raise Misfit(f"expected one of {sorted(self._labelled)} as the only key, found {sorted(map(str, labelled))}")

    def _decode_older(self, stored: AttributeValue, tag: str) -> object:
        # Stored before the field was this union: taken if only one arm can read it, never guessed.
        read: list[object] = []
        for codec in self._labelled.values():
            if tag in codec.tags:
                try:
                    read.append(codec.decode(stored))
                except Misfit:
                    continue
        if len(read) != 1:
            raise Misfit(f"expected {self.label}, found the DynamoDB type {tag} without a label")
        return read[0]


class KindCodec(ValueCodec):
    """Models that are told apart by a field whose Literals differ."""

    __slots__ = ("_by_kind", "_by_type", "_field", "codecs")

    def __init__(self, field: str, by_kind: dict[tuple[str, object], ValueCodec]) -> None:
        """Take the field's name, and the model of each of its stored values (as DynamoDB type and content)."""
        self._field = field
        self._by_kind = by_kind
        self._by_type = {kind: codec for codec in by_kind.values() for kind in codec.types}
        self.codecs = tuple(self._by_type.values())

    @property
    def label(self) -> str:
        """The models' names, sorted."""
        return " | ".join(sorted(codec.label for codec in self.codecs))

    @property
    def tags(self) -> frozenset[str]:
        """A map."""
        return frozenset({"M"})

    @property
    def types(self) -> tuple[type, ...]:
        """The models."""
        return tuple(self._by_type)

    def fit(self, value: object) -> Fit:
        """Go by the class."""
        return Fit.EXACT if type(value) in self._by_type else Fit.NO

    def encode(self, value: Any, room: int, /) -> AttributeValue:
        """Write the model."""
        codec = self._by_type.get(type_of(value))
        if codec is None:
            raise wrong_type(self.label, value)
        return codec.encode(value, room)

    def decode(self, stored: AttributeValue) -> object:
        """Read the model that the field names."""
        kind = content(stored, "M").get(self._field)
        tag = tag_of(kind)
        held = kind[tag]
        codec = self._by_kind.get((tag, held)) if isinstance(held, (str, bool)) else None
        if codec is None:
            known = sorted(str(held) for _, held in self._by_kind)
            raise Misfit(f"what is stored is none of the known values {known}").at(f".{self._field}")
        return codec.decode(stored)


def only_arm(codec: ValueCodec) -> ValueCodec | None:
    """Return the X of an `X | None` that is stored as X or NULL; None for any other type."""
    if not isinstance(codec, UnionCodec):
        return None
    arms = [arm for label, arm in codec.arms if arm is not NONE and label is None]
    return arms[0] if len(arms) == 1 and len(codec.arms) == 2 else None  # noqa: PLR2004 - X and None


def union_of(arms: Sequence[ValueCodec], by_kind: Callable[[Sequence[ValueCodec]], ValueCodec | None]) -> ValueCodec:
    """Return the codec of a union.

    Args:
        arms: The codecs of the declared types, in order.
        by_kind: Makes one codec of models that a field tells apart; None if they have no such field.
    """
    distinct = _merged(arms)
    maps = [arm for arm in distinct if "M" in arm.tags]
    others = [arm for arm in distinct if "M" not in arm.tags]
    if len(maps) > 1 and not any(one.tags & other.tags for one in others for other in others if other is not one):
        told_apart = by_kind(maps)
        if told_apart is not None:
            distinct = [told_apart, *others]
    return distinct[0] if len(distinct) == 1 else UnionCodec(distinct)


def _merged(arms: Sequence[ValueCodec]) -> list[ValueCodec]:
    flat: list[ValueCodec] = []
    for arm in arms:
        flat += arm.codecs if isinstance(arm, (UnionCodec, KindCodec)) else [arm]
    literals: dict[ValueCodec, tuple[object, ...]] = {}
    for arm in flat:
        if isinstance(arm, LiteralCodec):
            literals[arm.base] = (*literals.get(arm.base, ()), *arm.values)
    distinct: list[ValueCodec] = []
    for arm in flat:
        if isinstance(arm, LiteralCodec):
            # Values of one type come back the same whichever arm they are of.
            arm = arm.base if arm.base in flat else LiteralCodec(arm.base, literals[arm.base])  # noqa: PLW2901
        if arm not in distinct and not (arm is NONE and TREE in flat):
            distinct.append(arm)
    return distinct

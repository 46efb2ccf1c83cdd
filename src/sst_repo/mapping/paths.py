"""Where the value that a path of Python steps leads to is stored, and by which codec.

A path can lead to several places: each model of a union keeps a field of that name in its own way, and arms of a union
that are stored with a label are found below that label.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sst_repo.core.filters import MAX_INDEX, MAX_STEPS, Path
from sst_repo.core.layout import CREATED, UPDATED, VERSION, is_reserved
from sst_repo.core.times import from_utc_text, utc_text
from sst_repo.mapping.codec import ModelCodec
from sst_repo.mapping.containers import SequenceCodec, SetCodec, TupleCodec
from sst_repo.mapping.deferred import DeferredCodec
from sst_repo.mapping.dicts import MapCodec, PairsCodec, to_map_key
from sst_repo.mapping.scalars import INT, ScalarCodec
from sst_repo.mapping.structures import Members, StructureCodec
from sst_repo.mapping.trees import TREE
from sst_repo.mapping.unions import KindCodec, UnionCodec
from sst_repo.mapping.values import Misfit, ValueCodec


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is stored.

    Attributes:
        path: The way there.
        codec: How it is stored there.
        omits_none: Whether None is stored as nothing at all.
    """

    path: Path
    codec: ValueCodec
    omits_none: bool = False

    def arms(self) -> "list[Place]":
        """Return the places of the single types that a union is made of; a place without a union is its own."""
        match self.codec:
            case UnionCodec() as union:
                arms = [Place(self.path if label is None else (*self.path, label), arm) for label, arm in union.arms]
            case KindCodec() as union:
                arms = [Place(self.path, model) for model in union.codecs]
            case DeferredCodec(codec=ValueCodec() as known):
                arms = [Place(self.path, known)]
            case _:
                return [self]
        return [place for arm in arms for place in arm.arms()]


def places(codec: ModelCodec[Any], steps: tuple[Any, ...]) -> list[Place]:
    """Return where the value is stored that the steps lead to.

    Raises:
        Misfit: They lead nowhere; its path is as far as they can be followed.
    """
    found = [_field(codec, steps[0])]
    for step in steps[1:]:
        found = _next(found, step)
    if any(len(place.path) > MAX_STEPS for place in found):
        raise Misfit(f"the path is longer than {MAX_STEPS} steps; DynamoDB follows no more")
    return found


def _write_instant(value: datetime) -> str:
    if value.utcoffset() is None:
        raise ValueError("a datetime without a time zone is no instant; give it one")
    return utc_text(value)


_INSTANT: Final = ScalarCodec(datetime, "S", _write_instant, from_utc_text)
_SYSTEM: Final[Mapping[str, Place]] = {
    "version": Place((VERSION,), INT),
    "created_at": Place((CREATED,), _INSTANT),
    "updated_at": Place((UPDATED,), _INSTANT),
}


def _field(codec: ModelCodec[Any], name: object) -> Place:
    if name == "resource_id":
        raise Misfit("the id is the key, which no condition can be about; use get or get_many")
    if isinstance(name, str) and name in _SYSTEM:
        return _SYSTEM[name]
    place = _member((), codec.members, codec.model, name)
    if is_reserved(str(place.path[0])):
        raise Misfit("names like this belong to the library")
    return place


def _next(found: list[Place], step: object) -> list[Place]:
    reached: list[Place] = []
    reasons: list[str] = []
    for place in found:
        for arm in place.arms():
            try:
                reached.append(_step(arm, step))
            except Misfit as misfit:
                reasons.append(misfit.reason)
    if not reached:
        raise Misfit("; ".join(dict.fromkeys(reasons)))
    return reached


def _step(place: Place, step: object) -> Place:
    path = place.path
    match place.codec:
        case StructureCodec(members=members, kind=kind):
            return _member(path, members, kind, step)
        case MapCodec(item=item) as codec:
            return Place((*path, codec.key_text(step)), item)
        case SequenceCodec(item=item) as codec:
            return Place((*path, _index(codec, step)), item)
        case TupleCodec(items=items) as codec:
            index = _index(codec, step)
            if index >= len(items):
                raise Misfit(f"{codec.label} has no item {index}")
            return Place((*path, index), items[index])
        case codec if codec is TREE:
            return Place((*path, to_map_key(step) if isinstance(step, str) else _index(codec, step)), TREE)
        case SetCodec() as codec:
            raise Misfit(f"{codec.label} has no order, so no item {step!r}; use contains()")
        case PairsCodec() as codec:
            raise Misfit(f"{codec.label} is stored as a list of pairs, so no key can be looked up in it")
        case codec:
            raise Misfit(f"{codec.label} has no parts, so no {step!r}")


def _member(path: Path, members: Members, kind: type, name: object) -> Place:
    for field in members.fields:
        if field.name == name:
            return Place((*path, field.name), field.codec, field.omits_none)
    config: Mapping[str, object] = getattr(kind, "model_config", {})
    if members.extras is not None and config.get("extra") == "allow" and isinstance(name, str):
        return Place((*path, to_map_key(name)), members.extras)
    known = ", ".join(field.name for field in members.fields)
    raise Misfit(f"{kind.__name__} has no field {name!r}; it has {known or 'none'}")


def _index(codec: ValueCodec, step: object) -> int:
    if not isinstance(step, int) or isinstance(step, bool):
        raise Misfit(f"{codec.label} has no {step!r}; give an index")
    if not 0 <= step <= MAX_INDEX:
        raise Misfit(f"the index {step} is not from 0 to {MAX_INDEX}; DynamoDB counts from the beginning only")
    return step

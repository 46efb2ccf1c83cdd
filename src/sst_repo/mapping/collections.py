"""Item collections: which classes share partitions, as their indexes declare."""

from collections.abc import Mapping
from typing import Final

from sst_repo.errors import InvalidQueryError, ModelError
from sst_repo.mapping.indexes import IndexCodec, indexes_of
from sst_repo.resource import Resource

_declared: Final[dict[str, dict[str, IndexCodec]]] = {}
"""By collection and type name. Of classes that are stored under one name the one defined last counts, as when a cell of
a notebook is run again."""


def declare(model: type[Resource]) -> None:
    """Take note of the collections that a class is part of.

    Raises:
        ModelError: It has two indexes in one collection, or one that differs in shape from those of other classes.
    """
    codecs = {codec: codec.index.collection for codec in indexes_of(model) if codec.index.collection is not None}
    for codec, name in codecs.items():
        if list(codecs.values()).count(name) > 1:
            raise ModelError(f"{model.__qualname__} has several indexes in the collection {name!r}; keep one")
        for other in _declared.get(name, {}).values():
            if other.model.__type_name__ != model.__type_name__ and _shape(other) != _shape(codec):
                raise ModelError(
                    f"{codec.name} and {other.name} are both in the collection {name!r}; give them one gsi and "
                    f"the same number of partition parts"
                )
    for codec, name in codecs.items():
        _declared.setdefault(name, {})[model.__type_name__] = codec


def members(name: str) -> Mapping[str, IndexCodec]:
    """Return the indexes that make up a collection, by type name.

    Raises:
        InvalidQueryError: There are none.
    """
    if name not in _declared:
        raise InvalidQueryError(
            f"no class has an index in the collection {name!r}; "
            f"declare one with collection={name!r}, or import the module that does"
        )
    return _declared[name]


def member(name: str, model: type[Resource]) -> IndexCodec:
    """Return the index by which a class is in a collection.

    Raises:
        InvalidQueryError: It is not.
    """
    for codec in indexes_of(model):
        if codec.index.collection == name:
            return codec
    raise InvalidQueryError(f"{model.__qualname__} has no index in the collection {name!r}")


def _shape(codec: IndexCodec) -> tuple[int, int]:
    return codec.index.gsi, len(codec.index.partition)

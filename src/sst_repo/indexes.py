"""Declared access patterns: `Index`, and the key queries that it makes."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, cast

from sst_repo.errors import InvalidQueryError, ModelError

T = TypeVar("T")

Operator: TypeAlias = Literal["all", "eq", "lt", "le", "gt", "ge", "between", "begins_with"]
"""What a key query asks of the sort key."""

NAME: Final = re.compile(r"[^#\x00-\x1f]{1,128}")
"""What types and collections may be called, since their names are parts of keys."""

NAME_RULE: Final = "a name has 1 to 128 characters, none of them '#' or a control character"

_query_checks: list[Callable[["KeyQuery[Any]"], object]] = []


def on_query(check: Callable[["KeyQuery[Any]"], object]) -> None:
    """Have `check` called with every key query when it is made; it raises `InvalidQueryError` to refuse it.

    The mapping registers its compiler here, so that indexes need not know the mapping.
    """
    _query_checks.append(check)


def is_count(number: object) -> bool:
    """Tell whether something is a number to count with: 1, 2, …."""
    return isinstance(number, int) and not isinstance(number, bool) and number > 0


class IndexDefinition:
    """What an `Index` declares.

    Attributes:
        gsi: The number of the global secondary index.
        partition: The paths of the partition parts.
        sort: The paths of the sort parts.
        when: Tells whether a resource is in the index; None if all are.
        collection: The item collection it is part of; None if it stands alone.
        name: The name that the class gives it.
    """

    def __init__(
        self,
        *,
        gsi: int,
        partition: str | tuple[str, ...],
        sort: str | tuple[str, ...] | None = None,
        when: Callable[[Any], object] | None = None,
        collection: str | None = None,
    ) -> None:
        """Declare the access pattern.

        Args:
            gsi: The number of the global secondary index, from 1 on; indexes of one class need different ones, those
                of different classes may share one.
            partition: The part or parts that every query gives.
            sort: The part or parts that order the partition; the id unless given.
            when: Tells whether a resource is in the index at all; the fewer are, the less the index costs.
            collection: The item collection that the index is part of: indexes of several classes with one number and
                partition parts of the same types. `table.collection` reads their resources together.

        Raises:
            ModelError: The number is below 1, the parts are no names, or the collection can't be called so.
        """
        if not is_count(gsi):
            raise ModelError(f"an index has a number from 1 on, not gsi={gsi!r}")
        self.gsi = gsi
        self.partition = _names("partition", partition)
        self.sort = ("resource_id",) if sort is None else _names("sort", sort)
        self.when = when
        if collection is not None and not NAME.fullmatch(collection):
            raise ModelError(f"a collection can't be called {collection!r}; {NAME_RULE}")
        self.collection = collection
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        """Learn the name that the class gives it."""
        self.name = name

    def __repr__(self) -> str:
        """Show what is declared."""
        condition = "" if self.when is None else ", when=..."
        collection = "" if self.collection is None else f", collection={self.collection!r}"
        return f"Index(gsi={self.gsi}, partition={self.partition!r}, sort={self.sort!r}{condition}{collection})"


class Index(IndexDefinition):
    """An access pattern: the resources of a class under a partition key, in the order of a sort key.

    ```python
    class Order(VersionedResource):
        ...
        by_customer = Index(gsi=1, partition="customer_id", sort="placed_at")
        open_by_total = Index(gsi=2, partition="status", sort="total", when=lambda order: order.status == "open")
        by_region = Index(gsi=3, partition=("country", "city"), sort=("status", "address.zip", "total"))
    ```

    A key part is a field, a property or a computed field with a return annotation, or a dotted path to one in a
    nested model. A resource of which a part is None is not in the index; 0 and "" are values like any other.

    Resources with equal sort keys come in no promised order. Subclasses inherit the index, with partitions of their
    own; a class that sets `ignored_types` in its `model_config` must name `Index` there again.
    """

    def __get__(self, instance: object, owner: type[T]) -> "BoundIndex[T]":
        """Bind the index to the class through which it is reached."""
        return BoundIndex(owner, self)


@dataclass(frozen=True, slots=True)
class BoundIndex(Generic[T]):
    """An index as one class has it; call it for a query.

    Attributes:
        model: The class.
        index: The index.
    """

    model: type[T]
    index: IndexDefinition

    def __call__(self, *partition: object) -> "KeyQuery[T]":
        """Ask for a whole partition, in the order of the sort key.

        Args:
            *partition: A value for each partition part.

        Raises:
            InvalidQueryError: A value has the wrong type or is None, or their number is wrong.
        """
        return KeyQuery(self.model, self.index, partition)


@dataclass(frozen=True, slots=True)
class KeyQuery(Generic[T]):
    """What to read of an index: a partition, and a range of its sort key.

    The operators take values for the sort key's parts from the first on, as many as you like: the last one is
    compared, those before it must be equal. `Order.by_region("DE", "Bonn").ge("open", "53111")` gives the open orders
    with a zip code from 53111 on.

    Attributes:
        model: The class that is queried.
        index: One of its indexes.
        partition: The values of the partition parts.
        operator: What is asked of the sort key; `all` for nothing.
        values: The values of the operator.

    Raises:
        InvalidQueryError: A value has the wrong type or is None, or there are too few or too many.
    """

    model: type[T]
    index: IndexDefinition
    partition: tuple[object, ...]
    operator: Operator = "all"
    values: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        """Have the query checked."""
        for check in _query_checks:
            check(self)

    def eq(self, *values: object) -> "KeyQuery[T]":
        """Ask for sort keys whose leading parts equal the values."""
        return self._asking("eq", values)

    def lt(self, *values: object) -> "KeyQuery[T]":
        """Ask for sort keys below the last value."""
        return self._asking("lt", values)

    def le(self, *values: object) -> "KeyQuery[T]":
        """Ask for sort keys up to the last value."""
        return self._asking("le", values)

    def gt(self, *values: object) -> "KeyQuery[T]":
        """Ask for sort keys above the last value."""
        return self._asking("gt", values)

    def ge(self, *values: object) -> "KeyQuery[T]":
        """Ask for sort keys from the last value on."""
        return self._asking("ge", values)

    def between(self, *values: object) -> "KeyQuery[T]":
        """Ask for sort keys from the last value but one up to the last, both included; none if that is less."""
        return self._asking("between", values)

    def begins_with(self, *values: object) -> "KeyQuery[T]":
        """Ask for sort keys that begin with the last value, which is text or bytes."""
        return self._asking("begins_with", values)

    def __repr__(self) -> str:
        """Show the query as it is written."""
        asked = "" if self.operator == "all" else f".{self.operator}({_listed(self.values)})"
        return f"{self.model.__name__}.{self.index.name}({_listed(self.partition)}){asked}"

    def _asking(self, operator: Operator, values: tuple[object, ...]) -> "KeyQuery[T]":
        if self.operator != "all":
            raise InvalidQueryError(
                f"{self.model.__name__}.{self.index.name} already has an operator, {self.operator}(); "
                "for a range use between()"
            )
        return replace(self, operator=operator, values=values)


def _names(what: str, given: object) -> tuple[str, ...]:
    names = cast("tuple[object, ...]", given) if isinstance(given, tuple) else (given,)
    checked = tuple(name for name in names if isinstance(name, str) and name)
    if not checked or len(checked) < len(names):
        raise ModelError(f"an index has a name or a tuple of names as {what}, not {given!r}")
    return checked


def _listed(values: tuple[object, ...]) -> str:
    return ", ".join(map(repr, values))

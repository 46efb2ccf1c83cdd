"""Declared constraints: `Unique`, for values that no two resources of a class have."""

from typing import Any, Final

from sst_repo.errors import ModelError

_SEPARATORS: Final = frozenset(",#")
"""What tells the fields of a guard row's key apart."""


class Unique:
    """A value, or several together, that no two resources of a class have.

    ```python
    class Customer(Resource):
        email: str
        shop: str
        number: int | None = None
        by_email = Unique("email")
        by_number = Unique("shop", "number")

    customers.get_by("email", "ada@example.org")
    customers.get_by(("shop", "number"), ("Bonn", 7))
    ```

    A part is what it is for an `Index`: a field, a property or a computed field with a return annotation, or a dotted
    path to one in a nested model. A resource of which a part is None is not constrained; 0 and "" are values like any
    other. For another idea of equality (text regardless of case, say) declare a property. Subclasses inherit the
    constraint, each class on its own: a class and its subclass may both have a resource with the value. A class that
    sets `ignored_types` in its `model_config` must name `Unique` there again.

    A write that would give a value to a second resource raises `UniqueViolationError`, which names the holder, on any
    path: `add`, `save`, `restore`, a unit of work. What is deleted holds nothing. Within one unit of work a value can
    go from one resource to another.

    Where resources were stored before the class had the constraint, each is constrained from its next write on;
    `for customer in customers.iterate(): customers.save(customer)` writes those that are not yet. Until then `get_by`
    does not find them.

    Cost: a small guard row for each value, in the transaction of the write. An `add` is 1 TransactWriteItems of 2 rows
    in place of 1 PutItem, and 1 row more for each further `Unique`; a change of the value adds 2 rows to the write, a
    delete 1; a save that leaves the value alone adds nothing.

    Args:
        *parts: The part or parts.

    Raises:
        ModelError: There is no part, one is given twice, or is no name.
    """

    def __init__(self, *parts: str) -> None:
        """Declare the constraint."""
        given: tuple[Any, ...] = parts
        fit = all(isinstance(part, str) and part and not _SEPARATORS & set(part) for part in given)
        if not given or not fit or len(set(given)) < len(given):
            raise ModelError(f"a Unique has one or more different names, without ',' and '#', not {given!r}")
        self.parts = parts
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        """Learn the name that the class gives it."""
        self.name = name

    def __repr__(self) -> str:
        """Show what is declared."""
        return f"Unique({', '.join(map(repr, self.parts))})"

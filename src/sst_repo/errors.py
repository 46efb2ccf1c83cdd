"""Every error the library raises.

```
SstRepoError
├ NotFoundError (LookupError)          nothing (any more) under that id, no such version or unique value
├ AlreadyExistsError                   add() of an id that is taken
├ CommitError                          a write that was refused or whose fate is open
│ ├ ConflictError                      somebody else wrote first; rerun from the latest state
│ ├ UniqueViolationError               another resource holds the value
│ ├ ContentionError                    the table was too busy, retries included; nothing was written
│ ├ CommitOutcomeUnknownError          no answer; applied or not: resend() it
│ ├ TransactionTooLargeError           over 100 actions or 4 MB; refused before any call
│ └ ItemTooLargeError                  over 400 KB; refused before any call
├ UnitOfWorkStateError                 a unit of work used after its end, or from another thread
├ ModelError                           a Resource class that can't be mapped; at class definition
├ UnstorableValueError                 a value that would not come back as it was put
├ CorruptRecordError                   a stored row that can't be read as its type
├ InvalidQueryError                    a query that makes no sense, before any call
├ InvalidCursorError                   a cursor that is mangled or belongs to another query
└ TableError                           the table itself
  ├ TableNotFoundError                 there is no such table
  ├ AccessDeniedError                  credentials missing, expired or without the permission
  └ TableUnavailableError              the server can't be reached or fails
```

Errors carry their facts as fields and say what was tried, what was found and what to do. An error of the driver
below is never raised as such: it is the `__cause__`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

_NAMED = 5
"""So many of a list are named in a message; all are in the error's fields."""


class SstRepoError(Exception):
    """The base of every error of this library. Errors can be pickled, as process pools and task queues do."""

    def __reduce__(self) -> tuple[object, ...]:
        """Copy the message and the fields, rather than calling the class with the message."""
        return _again, (type(self), self.args), self.__dict__


def _again(kind: type[SstRepoError], args: tuple[object, ...]) -> SstRepoError:
    return kind.__new__(kind, *args)


class NotFoundError(SstRepoError, LookupError):
    """There is nothing under that id, or not that version of it; or nothing has that unique value.

    Attributes:
        type: The resource's type name.
        id: The id that was looked for; where it was a unique value, that as text: `email='ada@example.org'`.
        version: The version that was looked for; None for the latest.
        field: The unique field that was looked in, those of several joined by commas; None for a look by id.
        value: The unique value that was looked for.
    """

    def __init__(
        self,
        type: str,
        id: str,
        version: int | None = None,
        *,
        hint: str = "",
        field: str | None = None,
        value: object = None,
    ) -> None:
        """Say what was looked for; `hint` adds what to do."""
        if field is not None:
            what = f"{type} with {id}"
        else:
            what = f"{type} {id!r}" if version is None else f"version {version} of {type} {id!r}"
        super().__init__(f"{what} was not found{hint and '; ' + hint}")
        self.type = type
        self.id = id
        self.version = version
        self.field = field
        self.value = value

    @classmethod
    def with_value(cls, type: str, field: str, value: object) -> Self:
        """Say that no resource of the type has that unique value."""
        return cls(type, f"{field}={value!r}", field=field, value=value)


class AlreadyExistsError(SstRepoError):
    """An `add` found its id taken. Load and `save` that resource, or choose another id.

    Attributes:
        type: The resource's type name.
        id: The id that is taken.
        version: The version stored under it; None where it is not known.
    """

    def __init__(self, type: str, id: str, version: int | None = None) -> None:
        """Say which id is taken."""
        found = "" if version is None else f" (version {version})"
        super().__init__(f"{type} {id!r} already exists{found}; load and save it, or add under another id")
        self.type = type
        self.id = id
        self.version = version


class CommitError(SstRepoError):
    """A write was refused, or its outcome is not known. Unless the subclass says otherwise, nothing changed."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One resource that was not as the writer had seen it, or a unique value that the writer had seen free.

    Attributes:
        type: The resource's type name.
        id: Its id; where it is about a unique value, the id of the resource that holds it.
        expected: The version the writer started from; None if it had seen nothing there.
        actual: The version that is stored; None if there is none, deleted ones included. It can equal `expected`:
            the resource was then deleted and made again in the meantime.
        field: The unique field, those of several joined by commas, where it is about a unique value; else None.
        value: The unique value.
    """

    type: str
    id: str
    expected: int | None
    actual: int | None
    field: str | None = None
    value: object = None

    def __str__(self) -> str:
        """Tell the conflict in words."""
        if self.field is not None:
            return f"{self.type}.{self.field} {self.value!r}: expected free, found held by {self.type} {self.id!r}"
        if self.expected is None and self.actual is None:
            return f"{self.type} {self.id!r}: expected none, found none, but it was written and deleted in between"
        if self.expected is None:
            return f"{self.type} {self.id!r}: expected none, found version {self.actual}"
        if self.actual is None:
            return f"{self.type} {self.id!r}: expected version {self.expected}, found none (deleted)"
        remade = " of a re-created resource" if self.actual <= self.expected else ""
        return f"{self.type} {self.id!r}: expected version {self.expected}, found version {self.actual}{remade}"


class ConflictError(CommitError):
    """Somebody else wrote first: the commit did not start from the latest state. Nothing was written.

    Rerunning the work from freshly loaded resources can succeed (`UnitOfWork.run` does that).

    Attributes:
        conflicts: Each resource that was not as expected.
    """

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        """List the conflicts."""
        listed = "; ".join(map(str, conflicts))
        super().__init__(f"nothing was written: {listed}. Load the latest state and try again")
        self.conflicts = tuple(conflicts)


class UniqueViolationError(CommitError):
    """Another resource holds a value that must be unique. Nothing was written.

    Attributes:
        type: The resource's type name.
        field: The unique field; those of several joined by commas.
        value: The value that is taken; of several fields, a tuple.
        holder: The id of the resource that holds it.
    """

    def __init__(self, type: str, field: str, value: object, holder: str) -> None:
        """Say which value is taken and by whom."""
        super().__init__(f"nothing was written: {type}.{field} {value!r} is held by {type} {holder!r}; choose another")
        self.type = type
        self.field = field
        self.value = value
        self.holder = holder


class ContentionError(CommitError):
    """The table was too busy (throttling, colliding transactions), also when tried again. Nothing was written."""


class CommitOutcomeUnknownError(CommitError):
    """The answer to a commit was lost, also when it was sent again: it may have been applied or not.

    The objects are as they were. `resend()` sends the same commit again and completes it; or load the resources to see.
    Never do the work again before that: it might be done twice.
    """

    _again: Callable[[], object] | None = None

    def __init__(self, message: str, again: Callable[[], object] | None = None) -> None:
        """Say what is not known; `again` sends the commit again."""
        super().__init__(message)
        if again is not None:
            self._again = again

    def __reduce__(self) -> tuple[object, ...]:
        """Leave behind what belongs to the process: a copy can't send the commit again."""
        kind, args, _ = super().__reduce__()
        return kind, args, {name: value for name, value in vars(self).items() if name != "_again"}

    def resend(self) -> None:
        """Send the same commit again, and bring the objects up to date as the commit would have done.

        It is safe: nothing is applied twice. To be called once; if the outcome is still not known, the new error has a
        `resend()` of its own.

        Raises:
            CommitOutcomeUnknownError: It is still not known; or it can't be sent again: more than 8 minutes have
                passed (DynamoDB remembers a commit for 10), it was called before, or the error comes from a pickle.
            SstRepoError: As for the commit: it is known now that nothing was applied.

        Cost: as the commit.
        """
        if self._again is None:
            raise CommitOutcomeUnknownError(
                "the commit can't be sent again: it was before, or the error was pickled. Load the resources to see"
            )
        again, self._again = self._again, None
        again()


class TransactionTooLargeError(CommitError):
    """The commit is over DynamoDB's limits for one transaction: 100 actions, 4 MB. Nothing was sent.

    Attributes:
        count: How many actions the commit has; a change to a versioned resource is two.
        bytes: The size of what it writes.
        culprit: The largest item, as "type id".
    """

    def __init__(self, count: int, bytes: int, culprit: str) -> None:
        """Give the size and the largest item."""
        super().__init__(
            f"nothing was sent: the commit has {count} actions and {bytes} bytes (at most 100 and 4194304), "
            f"the largest item is {culprit}; commit less at a time",
        )
        self.count = count
        self.bytes = bytes
        self.culprit = culprit


class ItemTooLargeError(CommitError):
    """A resource is over DynamoDB's limit of 400 KB for one item. Nothing was sent.

    Attributes:
        bytes: The item's size, attribute names included; None where only the server measured it.
        culprit: The item, as "type id".
    """

    def __init__(self, bytes: int | None, culprit: str) -> None:
        """Give the size and the item."""
        size = "more than the" if bytes is None else f"{bytes} bytes of at most"
        super().__init__(f"nothing was written: {culprit} has {size} 409600 bytes; store less in one resource")
        self.bytes = bytes
        self.culprit = culprit


class UnitOfWorkStateError(SstRepoError):
    """A unit of work was used before its `with` block, after its end, twice, or from another thread."""


class ModelError(SstRepoError, TypeError):
    """A Resource class can't be mapped to a table. Raised when the class is defined."""


class UnstorableValueError(SstRepoError, ValueError):
    """A value can't be stored so that it comes back equal in value and type. Raised before any call.

    Attributes:
        path: Where the value stands, such as `Order.lines[0].price`.
    """

    def __init__(self, path: str, reason: str) -> None:
        """Say where the value stands and why it can't be stored."""
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class CorruptRecordError(SstRepoError):
    """A stored row can't be read as its type.

    Attributes:
        type: The resource's type name.
        id: The resource's id.
        version: The version of the row, where it can be told.
        found: By id, the good resources that were read along with it.
    """

    def __init__(
        self,
        type: str,
        id: str,
        reason: str,
        *,
        version: int | None = None,
        found: Mapping[str, object] | None = None,
    ) -> None:
        """Name the row and what is wrong with it."""
        row = f"{type} {id!r}" if version is None else f"version {version} of {type} {id!r}"
        super().__init__(f"the stored row of {row} can't be read: {reason}")
        self.type = type
        self.id = id
        self.reason = reason
        self.version = version
        self.found = dict(found or {})


class InvalidQueryError(SstRepoError, ValueError):
    """A query makes no sense (an unknown field, a limit below 1). Raised before any call."""


class InvalidCursorError(SstRepoError, ValueError):
    """A cursor is mangled, or was made by another query than the one it is given to. Raised before any call."""


class TableError(SstRepoError):
    """Something is wrong with the table itself rather than with what is done to it."""


class TableNotFoundError(TableError):
    """There is no such table; make it with `table.create()`."""


class AccessDeniedError(TableError):
    """The credentials are missing, expired, or lack the permission for the operation."""


class TableUnavailableError(TableError):
    """The server can't be reached or fails, also when tried again.

    Attributes:
        unprocessed: Of a read of many rows, the keys that were not read, as (pk, sk).
        found: The rows that were read along with them, by (pk, sk).
    """

    unprocessed: tuple[tuple[str, str], ...] = ()
    found: Mapping[tuple[str, str], object] = MappingProxyType({})

    @classmethod
    def leaving(
        cls, unprocessed: Sequence[tuple[str, str]], found: Mapping[tuple[str, str], object], tries: int
    ) -> Self:
        """Name what a read of many rows left over, after so many tries."""
        listed = ", ".join(f"{pk} {sk}" for pk, sk in unprocessed[:_NAMED])
        more = f" and {len(unprocessed) - _NAMED} more" if len(unprocessed) > _NAMED else ""
        error = cls(f"the table was too busy to read {listed}{more}, {tries} times in a row; read them again later")
        error.unprocessed = tuple(unprocessed)
        error.found = dict(found)
        return error

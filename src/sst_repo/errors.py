"""Every error the library raises.

```
SstRepoError
├ NotFoundError (LookupError)          nothing (any more) under that id, no such version or unique value
├ AlreadyExistsError                   add() of an id that is taken
├ CommitError                          a write that was refused or whose fate is open
│ ├ ConflictError                      somebody else wrote first; rerun from the latest state
│ ├ UniqueViolationError               another resource holds the value
│ ├ ContentionError                    the table was too busy, retries included; nothing was written
│ ├ CommitOutcomeUnknownError          no answer; the write may or may not have been applied
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

Errors carry their facts as fields and say what was tried, what was found and what to do. Their texts name ids, fields
and types, and never show the value of a field: what is logged gives no secret away. An error of the driver
below is never raised as such: it is the `__cause__`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as field_
from functools import partial
from typing import NoReturn, Self

_NAMED = 10
"""A message names so many rows; the error's field has all."""


def _raise(error: "SstRepoError") -> NoReturn:
    raise error


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
            what = f"{type} with that {field}"
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
    value: object = field_(default=None, repr=False)

    def __str__(self) -> str:
        """Tell the conflict in words."""
        if self.field is not None:
            return f"{self.type}.{self.field}: expected free, found held by {self.type} {self.id!r}"
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
        super().__init__(f"nothing was written: this {type}.{field} is held by {type} {holder!r}; choose another")
        self.type = type
        self.field = field
        self.value = value
        self.holder = holder


class ContentionError(CommitError):
    """The table was too busy (throttling, colliding transactions), also when tried again. Nothing was written."""


class CommitOutcomeUnknownError(CommitError):
    """The answers to a commit were lost: it may have been applied or not. The objects are as they were before.

    `resend()` sends the very same commit again, which is safe: what was applied is recognised. Or load the resources to
    see. Never just do the work again: it may have been done.
    """

    __slots__ = ("_resend",)  # beside the fields: what can be sent again stays in the process

    def __init__(self, message: str, resend: Callable[[], object] | None = None) -> None:
        """Say why it is not known; `resend` sends it again."""
        super().__init__(message)
        self._resend = resend

    def resend(self) -> object:
        """Send the commit again and complete what the call that raised this would have done.

        Resources that were added or saved are up to date afterwards, those of a unit of work too, and the unit is
        committed. Once the outcome is known, another call tells it again and sends nothing. Of a `purge` only the part
        that was under way is done: call it again instead.

        Returns:
            What that call returns; None for the commit of a unit.

        Raises:
            CommitError, AlreadyExistsError, NotFoundError: It was not applied, as for that call.
            CommitOutcomeUnknownError: It still is not known; or it is too late to send it again, 6 minutes after the
                first time, or impossible where the error was unpickled.

        Cost: As for that call.
        """
        resend: Callable[[], object] | None = getattr(self, "_resend", None)
        if resend is None:
            raise CommitOutcomeUnknownError(
                "the commit can be sent again only in the process that sent it; load the resources to see"
            ) from self
        try:
            told = resend()
        except CommitOutcomeUnknownError:
            raise
        except SstRepoError as error:
            self._resend = partial(_raise, error)
            raise
        self._resend = lambda: told
        return told


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
    """The server can't be reached or fails, also when tried again. A write that raises it was not applied.

    Attributes:
        unprocessed: Of a batch that was read in part: what is left over, each row as "type id".
    """

    def __init__(self, message: str, unprocessed: Sequence[str] = ()) -> None:
        """Say what happened."""
        super().__init__(message)
        self.unprocessed = tuple(unprocessed)

    @classmethod
    def left_over(cls, rows: Sequence[str], rounds: int) -> Self:
        """Say which rows of a batch the server did not read, however often it was asked."""
        more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
        return cls(
            f"the server left {len(rows)} rows unread, {rounds} times in a row: {', '.join(rows[:_NAMED])}{more}; "
            "ask for them again later, or give the table more read capacity",
            rows,
        )


def raise_first(skipped: Sequence[CorruptRecordError]) -> None:
    """Raise for the first of the rows that could not be read, if there are any.

    Who goes through all resources does so at the end, so that one bad row hides none of the others.
    """
    if skipped:
        raise skipped[0]

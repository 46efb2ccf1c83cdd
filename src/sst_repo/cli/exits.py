"""How the program ends: the codes of its exits, and what is said of an error."""

from enum import IntEnum
from typing import Final

from sst_repo.errors import (
    AccessDeniedError,
    AlreadyExistsError,
    CommitError,
    CommitOutcomeUnknownError,
    ContentionError,
    CorruptRecordError,
    NotFoundError,
    SstRepoError,
    TableError,
    TableNotFoundError,
    UnstorableValueError,
)


class Code(IntEnum):
    """What the exit codes mean."""

    DONE = 0
    """It is done, and all is well."""

    UNSOUND = 1
    """It is done, but not all is well: a check found something, lines were left out, or the answer was no."""

    USAGE = 2
    """The command line makes no sense: an option, a model, a value or a cursor is wrong."""

    NOT_FOUND = 3
    """There is no such resource, or no such version of it."""

    REFUSED = 4
    """A write was refused, and nothing was written: somebody else wrote first, or a value is taken."""

    TABLE = 5
    """The table is missing, forbidden, too busy or can't be reached."""

    UNKNOWN = 6
    """The answer to a write was lost: it may have been applied or not. Look before you do it again."""

    INTERRUPTED = 130
    """It was interrupted by Ctrl-C."""


SAID: Final[dict[Code, str]] = {
    Code.DONE: "done",
    Code.UNSOUND: "not all is well: something was found, or left out, or you said no",
    Code.USAGE: "the command line makes no sense",
    Code.NOT_FOUND: "no such resource or version",
    Code.REFUSED: "a write was refused, nothing was written",
    Code.TABLE: "the table is missing, forbidden, too busy or can't be reached",
    Code.UNKNOWN: "the answer to a write was lost: it may have been applied",
    Code.INTERRUPTED: "interrupted",
}


class UsageFault(Exception):  # noqa: N818 - as the exit code is called
    """The command line makes no sense; its text says why, and what would."""


_KINDS: Final[tuple[tuple[type[Exception] | tuple[type[Exception], ...], Code], ...]] = (
    (NotFoundError, Code.NOT_FOUND),
    (CommitOutcomeUnknownError, Code.UNKNOWN),
    ((TableError, ContentionError), Code.TABLE),
    ((AlreadyExistsError, CommitError), Code.REFUSED),
    ((CorruptRecordError, UnstorableValueError), Code.UNSOUND),
)

_ADVICE: Final[dict[type[Exception], str]] = {
    TableNotFoundError: "see --table, --region and --endpoint-url, or make it with `sst-repo table create`",
    AccessDeniedError: "see --profile; `sst-repo template` makes the policies that are needed",
    CorruptRecordError: "`sst-repo check` tells what is wrong with the table",
}


def code_of(error: Exception) -> Code:
    """Return the exit code for an error."""
    return next((code for kind, code in _KINDS if isinstance(error, kind)), Code.USAGE)


def message_of(error: Exception, *, table: str | None = None) -> str:
    """Say in one line what went wrong and what to do."""
    text = " ".join(str(error).split())
    if isinstance(error, TableNotFoundError) and table is not None:
        text = f"there is no table {table!r}"
    advice = next((advice for kind, advice in _ADVICE.items() if isinstance(error, kind)), None)
    return text if advice is None else f"{text}; {advice}"


EXPECTED: Final = (SstRepoError, UsageFault, OSError)
"""What a command may raise: it is told in a line. All else is a fault of the program, and shows where."""

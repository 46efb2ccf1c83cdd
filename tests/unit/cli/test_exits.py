"""Each error of the library has its exit code, and one line."""

import pytest

import sst_repo
from sst_repo.cli.exits import Code, UsageFault, code_of, message_of
from sst_repo.errors import (
    AccessDeniedError,
    AlreadyExistsError,
    CommitOutcomeUnknownError,
    Conflict,
    ConflictError,
    ContentionError,
    CorruptRecordError,
    InvalidCursorError,
    InvalidQueryError,
    ItemTooLargeError,
    ModelError,
    NotFoundError,
    SstRepoError,
    TableError,
    TableNotFoundError,
    TableUnavailableError,
    TransactionTooLargeError,
    UniqueViolationError,
    UnitOfWorkStateError,
    UnstorableValueError,
)

ERRORS: dict[SstRepoError, Code] = {
    NotFoundError("Order", "1"): Code.NOT_FOUND,
    AlreadyExistsError("Order", "1"): Code.REFUSED,
    ConflictError([Conflict("Order", "1", 1, 2)]): Code.REFUSED,
    UniqueViolationError("Order", "number", 1, "2"): Code.REFUSED,
    TransactionTooLargeError(101, 1, "Order 1"): Code.REFUSED,
    ItemTooLargeError(1, "Order 1"): Code.REFUSED,
    ContentionError(""): Code.TABLE,
    CommitOutcomeUnknownError(""): Code.UNKNOWN,
    CorruptRecordError("Order", "1", "it is torn"): Code.UNSOUND,
    UnstorableValueError("Order.x", "it is none"): Code.UNSOUND,
    InvalidQueryError(""): Code.USAGE,
    InvalidCursorError(""): Code.USAGE,
    ModelError(""): Code.USAGE,
    UnitOfWorkStateError(""): Code.USAGE,
    TableError(""): Code.TABLE,
    TableNotFoundError(""): Code.TABLE,
    TableUnavailableError(""): Code.TABLE,
    AccessDeniedError(""): Code.TABLE,
}


@pytest.mark.parametrize(("error", "code"), ERRORS.items(), ids=lambda each: type(each).__name__)
def test_an_error_ends_with_its_code(error: SstRepoError, code: Code) -> None:
    assert code_of(error) is code


def test_every_error_has_one() -> None:
    public = {each for each in vars(sst_repo).values() if isinstance(each, type) and issubclass(each, SstRepoError)}
    bases = {SstRepoError, sst_repo.CommitError}

    assert public - bases == {type(error) for error in ERRORS}


def test_a_message_is_one_line_whatever_botocore_says() -> None:
    assert message_of(TableError("the server refused:\n  line 2\n")) == "the server refused: line 2"


def test_a_table_that_is_not_there_is_named_and_how_to_make_it() -> None:
    told = message_of(TableNotFoundError("ResourceNotFoundException ..."), table="shop")

    assert told.startswith("there is no table 'shop'; ")
    assert "sst-repo table create" in told


def test_what_the_user_got_wrong_is_told_as_it_is() -> None:
    assert message_of(UsageFault("there is no type 'X'")) == "there is no type 'X'"
    assert code_of(UsageFault("")) is Code.USAGE

"""The error tree: as it is drawn, with fields, with advice, and portable between processes."""

import copy
import inspect
import pickle
import re
from collections.abc import Callable

import pytest

import sst_repo
from sst_repo import errors
from sst_repo.errors import (
    AlreadyExistsError,
    CommitOutcomeUnknownError,
    Conflict,
    ConflictError,
    CorruptRecordError,
    ItemTooLargeError,
    ModelError,
    NotFoundError,
    SstRepoError,
    TableNotFoundError,
    TransactionTooLargeError,
    UniqueViolationError,
    UnstorableValueError,
)

CLASSES = {
    name: value for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, SstRepoError)
}


def drawn_tree() -> dict[str, str]:
    """The tree in the docstring: each error's parent."""
    parents = dict[str, str]()
    path = ["SstRepoError"]
    for line in (errors.__doc__ or "").split("```")[1].splitlines():
        found = re.match(r"^((?:│ |  )*)[├└] (\w+)", line)
        if found:
            depth = len(found[1]) // 2 + 1
            path[depth:] = [found[2]]
            parents[found[2]] = path[depth - 1]
    return parents


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    assert drawn_tree() == {
        name: value.__bases__[0].__name__ for name, value in CLASSES.items() if value is not SstRepoError
    }


def test_every_error_is_public() -> None:
    assert set(CLASSES) <= set(sst_repo.__all__)


@pytest.mark.parametrize("name", CLASSES)
def test_every_error_says_in_its_docstring_what_it_means(name: str) -> None:
    assert inspect.cleandoc(CLASSES[name].__doc__ or "").endswith((".", "time."))


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (NotFoundError, LookupError),
        (ModelError, TypeError),
        (UnstorableValueError, ValueError),
        (errors.InvalidQueryError, ValueError),
        (errors.InvalidCursorError, ValueError),
    ],
)
def test_errors_are_also_what_python_calls_them(error: type[SstRepoError], builtin: type[Exception]) -> None:
    assert issubclass(error, builtin)


ERRORS = [
    pytest.param(
        NotFoundError("Order", "o1", 3, hint="restore() it"),
        {"type": "Order", "id": "o1", "version": 3, "field": None, "value": None},
        "version 3 of Order 'o1' was not found; restore() it",
        id="NotFoundError",
    ),
    pytest.param(
        NotFoundError.with_value("Customer", "email", "a@b"),
        {"type": "Customer", "id": "email='a@b'", "version": None, "field": "email", "value": "a@b"},
        "Customer with that email was not found",
        id="NotFoundError-by-a-unique-value",
    ),
    pytest.param(
        AlreadyExistsError("Order", "o1", 3),
        {"type": "Order", "id": "o1", "version": 3},
        "Order 'o1' already exists (version 3); load and save it, or add under another id",
        id="AlreadyExistsError",
    ),
    pytest.param(
        ConflictError([Conflict("Order", "o1", 1, 2), Conflict("Order", "o2", 1, None)]),
        {"conflicts": (Conflict("Order", "o1", 1, 2), Conflict("Order", "o2", 1, None))},
        "nothing was written: Order 'o1': expected version 1, found version 2; Order 'o2': expected version 1, "
        "found none (deleted). Load the latest state and try again",
        id="ConflictError",
    ),
    pytest.param(
        ConflictError([Conflict("Customer", "c1", None, None, "email", "a@b")]),
        {"conflicts": (Conflict("Customer", "c1", None, None, "email", "a@b"),)},
        "nothing was written: Customer.email: expected free, found held by Customer 'c1'. Load the latest state "
        "and try again",
        id="ConflictError-over-a-unique-value",
    ),
    pytest.param(
        UniqueViolationError("Customer", "email", "a@b", "c1"),
        {"type": "Customer", "field": "email", "value": "a@b", "holder": "c1"},
        "nothing was written: this Customer.email is held by Customer 'c1'; choose another",
        id="UniqueViolationError",
    ),
    pytest.param(
        TransactionTooLargeError(101, 5, "Order o1"),
        {"count": 101, "bytes": 5, "culprit": "Order o1"},
        "nothing was sent: the commit has 101 actions and 5 bytes (at most 100 and 4194304), the largest item is "
        "Order o1; commit less at a time",
        id="TransactionTooLargeError",
    ),
    pytest.param(
        ItemTooLargeError(500_000, "Order o1"),
        {"bytes": 500_000, "culprit": "Order o1"},
        "nothing was written: Order o1 has 500000 bytes of at most 409600 bytes; store less in one resource",
        id="ItemTooLargeError",
    ),
    pytest.param(
        ItemTooLargeError(None, "Order o1"),
        {"bytes": None, "culprit": "Order o1"},
        "nothing was written: Order o1 has more than the 409600 bytes; store less in one resource",
        id="ItemTooLargeError-measured-by-the-server",
    ),
    pytest.param(
        UnstorableValueError("Order.lines[0].price", "it is NaN"),
        {"path": "Order.lines[0].price", "reason": "it is NaN"},
        "Order.lines[0].price: it is NaN",
        id="UnstorableValueError",
    ),
    pytest.param(
        CorruptRecordError("Order", "o1", "it has no version", version=2, found={"o2": "good"}),
        {"type": "Order", "id": "o1", "reason": "it has no version", "version": 2, "found": {"o2": "good"}},
        "the stored row of version 2 of Order 'o1' can't be read: it has no version",
        id="CorruptRecordError",
    ),
    pytest.param(
        CommitOutcomeUnknownError("the answer was lost. Load the resources to see"),
        {},
        "the answer was lost. Load the resources to see",
        id="CommitOutcomeUnknownError",
    ),
    pytest.param(TableNotFoundError("make it"), {}, "make it", id="TableNotFoundError"),
]


@pytest.mark.parametrize(("error", "fields", "message"), ERRORS)
def test_an_error_carries_its_facts_and_says_what_to_do(
    error: SstRepoError, fields: dict[str, object], message: str
) -> None:
    assert vars(error) == fields
    assert str(error) == message


def pickled(error: SstRepoError, protocol: int) -> SstRepoError:
    again = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 - our own bytes
    assert isinstance(again, SstRepoError)
    return again


COPIES: dict[str, Callable[[SstRepoError], SstRepoError]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle-oldest": lambda error: pickled(error, 0),
    "pickle-newest": lambda error: pickled(error, pickle.HIGHEST_PROTOCOL),
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize(("error", "fields", "message"), ERRORS)
def test_an_error_survives_being_copied_and_pickled(
    error: SstRepoError, fields: dict[str, object], message: str, copied: Callable[[SstRepoError], SstRepoError]
) -> None:
    again = copied(error)

    assert type(again) is type(error)
    assert (vars(again), str(again), again.args) == (fields, message, error.args)


@pytest.mark.parametrize(
    ("conflict", "text"),
    [
        (Conflict("Order", "o1", 1, 2), "Order 'o1': expected version 1, found version 2"),
        (Conflict("Order", "o1", 1, None), "Order 'o1': expected version 1, found none (deleted)"),
        (Conflict("Order", "o1", None, 2), "Order 'o1': expected none, found version 2"),
        (Conflict("Order", "o1", 3, 3), "Order 'o1': expected version 3, found version 3 of a re-created resource"),
        (Conflict("Order", "o1", 3, 1), "Order 'o1': expected version 3, found version 1 of a re-created resource"),
        (
            Conflict("Order", "o1", None, None),
            "Order 'o1': expected none, found none, but it was written and deleted in between",
        ),
    ],
)
def test_a_conflict_is_told_in_words(conflict: Conflict, text: str) -> None:
    assert str(conflict) == text


def test_a_missing_latest_version_is_told_without_a_number() -> None:
    assert str(NotFoundError("Order", "o1")) == "Order 'o1' was not found"
    assert str(AlreadyExistsError("Order", "o1")).startswith("Order 'o1' already exists;")
    assert "row of Order 'o1'" in str(CorruptRecordError("Order", "o1", "why"))


def test_a_conflict_error_keeps_its_conflicts_whatever_happens_to_the_list() -> None:
    conflicts = [Conflict("Order", "o1", 1, 2)]
    error = ConflictError(conflicts)
    conflicts.clear()

    assert error.conflicts == (Conflict("Order", "o1", 1, 2),)

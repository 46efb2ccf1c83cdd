"""What a client is told when a request fails: problem details (RFC 9457), for whatever carries the request.

This is the one place that decides which error gets which status. A type that is not in the table has that of its base.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from examples.shop.domain import OutOfStockError, ShopError
from sst_repo import (
    AlreadyExistsError,
    CommitOutcomeUnknownError,
    ConflictError,
    ContentionError,
    InvalidCursorError,
    InvalidQueryError,
    ItemTooLargeError,
    NotFoundError,
    SstRepoError,
    TableUnavailableError,
    TransactionTooLargeError,
    UniqueViolationError,
    UnstorableValueError,
)

MEDIA_TYPE = "application/problem+json"

RETRY_AFTER = 1
"""Seconds until it is worth another try. The library has waited and tried again itself before it gave up."""

STATUS: Mapping[type[Exception], HTTPStatus] = {
    ShopError: HTTPStatus.CONFLICT,
    SstRepoError: HTTPStatus.INTERNAL_SERVER_ERROR,
    AlreadyExistsError: HTTPStatus.CONFLICT,
    CommitOutcomeUnknownError: HTTPStatus.GATEWAY_TIMEOUT,
    ConflictError: HTTPStatus.CONFLICT,
    ContentionError: HTTPStatus.SERVICE_UNAVAILABLE,
    InvalidCursorError: HTTPStatus.BAD_REQUEST,
    InvalidQueryError: HTTPStatus.BAD_REQUEST,
    ItemTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotFoundError: HTTPStatus.NOT_FOUND,
    TableUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    TransactionTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UniqueViolationError: HTTPStatus.CONFLICT,
    UnstorableValueError: HTTPStatus.UNPROCESSABLE_ENTITY,
}

# For these the text of the error is for those who run the shop, and goes to the log instead.
_DETAILS = {
    HTTPStatus.INTERNAL_SERVER_ERROR: "The shop can't do this at present; its operators have been told.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The shop is busy. Nothing was changed; try again.",
    HTTPStatus.GATEWAY_TIMEOUT: "It is not known whether this was done. Look before you ask for it again.",
}


class RequestError(Exception):
    """It is the request that is wrong, whatever is stored."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True)
class Problem:
    status: HTTPStatus
    kind: str
    """Tells those of the same status apart."""

    detail: str
    facts: Mapping[str, object] = field(default_factory=dict[str, object])

    @property
    def headers(self) -> dict[str, str]:
        retry = self.status is HTTPStatus.SERVICE_UNAVAILABLE
        return {"Retry-After": str(RETRY_AFTER)} if retry else {}

    def body(self) -> dict[str, object]:
        return {
            "type": f"urn:shop:problem:{self.kind}",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
            **self.facts,
        }


def problem_of(error: Exception, *, named: Collection[str] = (), conditional: bool = False) -> Problem:
    """Tell what went wrong with a request.

    Args:
        error: A `ShopError`, an `SstRepoError` or a `RequestError`.
        named: The ids in the request's address. What is missing there is 404; missing elsewhere, such as an article
            named in a body that is otherwise fine, it is 422.
        conditional: Whether the request was to be done only if what it names was at a given version (`If-Match`). Then
            a conflict about that is 412: whether the version had changed before the request came, or did so while it
            was done, is all the same to the client. Any other conflict is 409.
    """
    if isinstance(error, RequestError):
        return Problem(error.status, "".join(error.status.phrase.split()), str(error))
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if isinstance(error, NotFoundError) and error.id not in named:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    if isinstance(error, ConflictError) and conditional and any(one.id in named for one in error.conflicts):
        status = HTTPStatus.PRECONDITION_FAILED
    kind = type(error).__name__.removesuffix("Error")
    return Problem(status, kind, _DETAILS.get(status) or _detail(error), _facts(error))


def invalid_request(faults: Iterable[tuple[Sequence[int | str], str]]) -> Problem:
    """Tell what is wrong with a request that can't be read: where, and what."""
    errors = [{"where": where, "what": what} for where, what in faults]
    status, detail = HTTPStatus.UNPROCESSABLE_ENTITY, "The request is not as it should be."
    return Problem(status, "InvalidRequest", detail, {"errors": errors})


def _detail(error: Exception) -> str:
    if isinstance(error, UniqueViolationError):
        # Who holds it is nobody else's business.
        return f"Another {error.type} has this {error.field}."
    return str(error)


def _facts(error: Exception) -> dict[str, object]:
    match error:
        case ConflictError():
            conflicts = [{"id": one.id, "expected": one.expected, "actual": one.actual} for one in error.conflicts]
            return {"conflicts": conflicts}
        case OutOfStockError():
            return {"sku": error.sku, "wanted": error.wanted, "on_hand": error.on_hand}
        case UniqueViolationError():
            return {"field": error.field}
        case _:
            return {}

"""What went wrong: botocore's errors as outcomes and as errors of this library. The only place that knows their names.

Sources: DynamoDB Developer Guide, "Error handling"; botocore's exceptions.
"""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigNotFound,
    ConfigParseError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as BotocoreConnectionError

from sst_repo.core.limits import culprit
from sst_repo.core.records import Contended, Outcome, Plan, Reason, Refused, Unknown
from sst_repo.errors import (
    AccessDeniedError,
    InvalidCursorError,
    ItemTooLargeError,
    TableError,
    TableNotFoundError,
    TableUnavailableError,
)
from sst_repo.tables.dynamodb import responses
from sst_repo.tables.dynamodb.checksums import DamagedAnswerError

P = ParamSpec("P")
R = TypeVar("R")

_BUSY = {
    "TransactionConflict",
    "TransactionConflictException",
    "ThrottlingError",
    "ThrottlingException",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
}
_PASSING = {"PriorRequestNotComplete", "RequestTimeout", "RequestTimeoutException"}
_DENIED = {
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
}
_NO_CREDENTIALS = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)
_NOT_SET_UP = (ConfigNotFound, ConfigParseError, InvalidRegionError, NoRegionError, ProfileNotFound)
_NOT_SENT = (
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ProxyConnectionError,
    *_NO_CREDENTIALS,
)
_FIRST_SERVER_ERROR = 500
_START_KEY = re.compile(r"start(?:ing)? key", re.IGNORECASE)


def outcome(plan: Plan, error: ClientError | BotoCoreError) -> Outcome:
    """Say what an error means for a plan.

    Raises:
        TableError, ItemTooLargeError: The plan was not applied, and sending it again as it is would not help.
    """
    if isinstance(error, ClientError):
        return _answer(plan, error)
    if isinstance(error, _NOT_SENT):
        raise translated(error) from error
    return Unknown(error)


def translated(error: ClientError | BotoCoreError) -> TableError | InvalidCursorError:
    """Return the error of this library for one of botocore's."""
    kind, what = _answered(error) if isinstance(error, ClientError) else _unanswered(error)
    return kind(f"{what}: {error}")


def translating(call: Callable[P, R]) -> Callable[P, R]:
    """Make a method raise this library's errors in place of botocore's."""

    @wraps(call)
    def translate(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except (ClientError, BotoCoreError) as error:
            raise translated(error) from error

    return translate


def may_pass(error: ClientError | BotoCoreError) -> bool:
    """Tell whether the same request may succeed a moment later: what botocore sends again."""
    if isinstance(error, ClientError):
        return _code(error) in _BUSY | _PASSING or _status(error) >= _FIRST_SERVER_ERROR
    return isinstance(error, (BotocoreConnectionError, HTTPClientError, DamagedAnswerError))


def is_unknown_operation(error: ClientError) -> bool:
    """Tell whether the server lacks the operation, as emulators do."""
    return _code(error) in {"UnknownOperationException", "NotImplemented", "501"}


def _answered(error: ClientError) -> tuple[type[TableError | InvalidCursorError], str]:
    if _code(error) == "ResourceNotFoundException":
        return TableNotFoundError, "there is no such table or index; make it with table.create()"
    if _code(error) in _DENIED:
        return AccessDeniedError, "the credentials do not allow it"
    if _code(error) in _BUSY or _status(error) >= _FIRST_SERVER_ERROR:
        return TableUnavailableError, "the server fails or is too busy"
    if _START_KEY.search(str(error)):
        # Places that the library made are in what is read. Which segment a row is in, only the server can tell.
        return InvalidCursorError, "the cursor names no place in what is read; begin again without a cursor"
    return TableError, "the server refused the request"


def _unanswered(error: BotoCoreError) -> tuple[type[TableError], str]:
    if isinstance(error, _NO_CREDENTIALS):
        return AccessDeniedError, "the AWS credentials are missing, incomplete or can't be had"
    if isinstance(error, _NOT_SET_UP):
        return TableError, "the settings of AWS are incomplete or wrong"
    if isinstance(error, ParamValidationError):
        return TableError, "the request can't be sent"
    return TableUnavailableError, "the server gave no answer"


def _answer(plan: Plan, error: ClientError) -> Outcome:
    code = _code(error)
    if code == "ConditionalCheckFailedException":
        refused = Refused((_reason(error.response),))
        return Unknown(error) if _was_retried(error) and not refused.shows(plan.write_id) else refused
    if _was_retried(error):
        return Unknown(error)
    if code == "TransactionCanceledException":
        return _cancelled(plan, error)
    if code in _BUSY:
        return Contended(error)
    # In progress is an earlier sending of this very plan, of which the answer was lost.
    if _status(error) >= _FIRST_SERVER_ERROR or code == "TransactionInProgressException":
        return Unknown(error)
    if "Item size" in str(error):
        raise ItemTooLargeError(None, ", ".join(culprit(op) for op in plan.ops)) from error
    raise translated(error) from error


def _was_retried(error: ClientError) -> bool:
    """Tell whether this was not the first try: whatever it was answered, one before may have been applied."""
    retries: int = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
    return retries > 0


def _cancelled(plan: Plan, error: ClientError) -> Outcome:
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    codes = {reason.get("Code") for reason in reasons}
    # Where one action met a conflict of transactions, the others were not decided.
    if codes & _BUSY:
        return Contended(error)
    if {"ConditionalCheckFailed"} <= codes <= {"None", "ConditionalCheckFailed"} and len(reasons) == len(plan.ops):
        return Refused(
            tuple(_reason(reason) if reason["Code"] == "ConditionalCheckFailed" else None for reason in reasons)
        )
    if any("size" in reason.get("Message", "") for reason in reasons):
        at_fault = [culprit(op) for op, reason in zip(plan.ops, reasons, strict=False) if reason["Code"] != "None"]
        raise ItemTooLargeError(None, ", ".join(at_fault)) from error
    raise translated(error) from error


def _reason(answer: Mapping[str, Any]) -> Reason:
    item = answer.get("Item")
    return Reason(responses.record(item) if item else None)


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)

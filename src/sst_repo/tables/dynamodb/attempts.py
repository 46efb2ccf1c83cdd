"""One attempt a commit, on whatever client the user gave.

A retry that the SDK makes by itself hides that the answer to the attempt before was lost, and with it what the last
answer means. So while a commit is under way, botocore is kept from trying again; how often a commit is sent is for the
loop above the table to decide. Reads, and whoever else uses the client, keep the client's own retries.

An error that is raised from botocore's event `needs-retry` ends the call. botocore's own handlers are thus skipped; in
the retry mode "adaptive" a commit that is throttled does not slow the client down, it waits by its own backoff.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from sst_repo.tables.dynamodb import checksums

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse
    from botocore.model import OperationModel
    from mypy_boto3_dynamodb import DynamoDBClient

_COMMITTING: ContextVar[bool] = ContextVar("sst_repo_committing", default=False)
_FIRST_ERROR = 300


def limit(client: "DynamoDBClient") -> None:
    """Make a client obey `single`."""
    client.meta.events.register_first("needs-retry.dynamodb", _end_of_attempt, unique_id="sst-repo-single-attempt")


@contextmanager
def single() -> Generator[None]:
    """Have the calls of this thread fail rather than be tried again."""
    before = _COMMITTING.set(True)
    try:
        yield
    finally:
        _COMMITTING.reset(before)


def _end_of_attempt(
    response: tuple["AWSResponse", Mapping[str, Any]] | None,
    caught_exception: Exception | None,
    operation: "OperationModel",
    **_: object,
) -> None:
    if not _COMMITTING.get():
        return
    if caught_exception is not None:
        raise caught_exception
    if response is not None:
        answer, parsed = response
        checksums.refuse(parsed)
        if answer.status_code >= _FIRST_ERROR:
            raise ClientError(cast("Any", parsed), operation.name)

"""One attempt a commit, on whatever client the user gave.

A retry that the SDK makes by itself hides that the answer to the attempt before was lost, and with it what the last
answer means. So while a commit is under way, botocore is kept from trying again; how often a commit is sent is for the
loop above the table to decide. Reads, and whoever else uses the client, keep the client's own retries.

botocore asks whether to try again by the event `needs-retry`. What it makes of a no differs: up to 1.43.0 it took False
for no seconds to wait. So the attempt is ended by raising what became of it, behind all other handlers: those which
measure how busy the server is go on doing so.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from sst_repo.tables.dynamodb import checksums

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_dynamodb import DynamoDBClient

_COMMITTING: ContextVar[bool] = ContextVar("sst_repo_committing", default=False)
_FIRST_ERROR = 300


def limit(client: "DynamoDBClient") -> None:
    """Make a client obey `single`."""
    client.meta.events.register_last("needs-retry", _End(client), unique_id="sst-repo-single-attempt")


@contextmanager
def single() -> Generator[None]:
    """Have the calls of this thread fail rather than be tried again."""
    before = _COMMITTING.set(True)
    try:
        yield
    finally:
        _COMMITTING.reset(before)


class _End:
    """Ends an attempt that failed, and with it the call."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client

    def __call__(
        self,
        operation: Any,  # noqa: ANN401 - botocore's
        response: tuple[Any, dict[str, Any]] | None = None,
        caught_exception: Exception | None = None,
        **_: object,
    ) -> None:
        """Raise what became of it; a success needs no end."""
        if not _COMMITTING.get():
            return
        if caught_exception is not None:
            raise caught_exception
        if response is None:
            return
        http, parsed = response
        if checksums.is_marked(parsed):
            raise checksums.DamagedAnswerError
        if http.status_code >= _FIRST_ERROR:
            parsed.setdefault("ResponseMetadata", {})["RetryAttempts"] = 0
            exceptions: Any = self._client.exceptions
            error: ClientError = exceptions.from_code(parsed.get("Error", {}).get("Code"))(parsed, operation.name)
            raise error

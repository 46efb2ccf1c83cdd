"""One attempt a commit, on whatever client the user gave.

A retry that the SDK makes by itself hides that the answer to the attempt before was lost, and with it what the last
answer means. So while a commit is under way, botocore is kept from trying again; how often a commit is sent is for the
loop above the table to decide. Reads, and whoever else uses the client, keep the client's own retries.

botocore asks whether to try again by the event `needs-retry` and follows the first answer that is not None; its own
handlers are asked as ever, so that those which measure how busy the server is go on doing so.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_COMMITTING: ContextVar[bool] = ContextVar("sst_repo_committing", default=False)


def limit(client: "DynamoDBClient") -> None:
    """Make a client obey `single`."""
    decide: Any = _decide  # the stubs know handlers that answer nothing
    client.meta.events.register_first("needs-retry.dynamodb", decide, unique_id="sst-repo-single-attempt")


@contextmanager
def single() -> Generator[None]:
    """Have the calls of this thread fail rather than be tried again."""
    before = _COMMITTING.set(True)
    try:
        yield
    finally:
        _COMMITTING.reset(before)


def _decide(**_: object) -> Literal[False] | None:
    return False if _COMMITTING.get() else None

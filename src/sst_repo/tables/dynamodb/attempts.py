"""One HTTP attempt a commit: an answer after a retry that nobody saw can't be judged.

botocore sends a request again by itself, as its client is configured to. Of a commit that hides that an attempt may
have been applied: the refusal of the second one then looks like somebody else's doing. So commits are sent once,
whatever the configuration; all other calls of the client are left as they are.

Source: botocore's `Endpoint._needs_retry` takes the first answer to the event `needs-retry` that is not None, in all
retry modes.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_OPERATIONS = ("PutItem", "DeleteItem", "TransactWriteItems")

# Of the thread, or the task, that makes the call: others may use the client meanwhile.
_committing: ContextVar[bool] = ContextVar("sst_repo_committing", default=False)


def register(client: "DynamoDBClient") -> None:
    """Have a client ask here first whether to send a write again; once a client, however often it is called."""
    # The stubs say that handlers return nothing; of this event they do.
    register_first: Callable[..., None] = client.meta.events.register_first
    for operation in _OPERATIONS:
        # An id of its own each: botocore takes no second registration under one, for whatever event.
        register_first(f"needs-retry.dynamodb.{operation}", _again, unique_id=f"sst-repo-one-attempt-{operation}")


@contextmanager
def single() -> Generator[None]:
    """Send what is called meanwhile, in this thread, once."""
    token = _committing.set(True)
    try:
        yield
    finally:
        _committing.reset(token)


def _again(**_: object) -> Literal[False] | None:
    return False if _committing.get() else None

"""The transport through the client: botocore does everything but to encode and decode.

The body goes in by the event `before-call`, and is kept from the parser by `before-parse`: it would walk through all of
it. The handlers act on the calls of transports only, which are marked by a context variable.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from sst_repo.tables.dynamodb import attempts, bodies, checksums
from sst_repo.tables.dynamodb.transports import settings
from sst_repo.tables.dynamodb.transports.listeners import Interest, Listeners
from sst_repo.tables.dynamodb.transports.operations import OPERATIONS, Operation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Answered: TypeAlias = tuple[Any, dict[str, Any]]
"""What a handler of `before-call` answers in botocore's place: an HTTP response, and it parsed."""


class Call:
    """A call of ours on its way through the client.

    Attributes:
        operation: What is asked for.
        body: What is asked.
        once: Whether it must not be sent a second time.
        attempt: Is given botocore's request before botocore sends it, and may answer it.
        outcome: What became of that attempt where botocore is to decide what comes of it: it takes it for its first.
        answer: The body of the answer, once it came.
        is_under_way: Whether botocore has begun with the request.
    """

    __slots__ = ("answer", "attempt", "body", "is_under_way", "once", "operation", "outcome")

    def __init__(self, operation: str, body: bytes, *, once: bool, attempt: "Attempt | None") -> None:
        self.operation = operation
        self.body = body
        self.once = once
        self.attempt = attempt
        self.outcome: AWSResponse | Exception | None = None
        self.answer: bytes | None = None
        self.is_under_way = False


Attempt: TypeAlias = Callable[[Call, dict[str, Any], Any, dict[str, Any]], Answered | None]

_OK = 200

_CALL: ContextVar[Call | None] = ContextVar("sst_repo_call", default=None)


class _AllIsWell:
    """What botocore looks at in a response that is parsed already."""

    status_code = 200


def all_is_well() -> Answered:
    """Return what tells botocore that the request was carried out."""
    return _AllIsWell, {"ResponseMetadata": {"HTTPStatusCode": _OK, "RetryAttempts": 0}}


def listen(client: "DynamoDBClient") -> None:
    """Have a client heed the marks of calls. To do so again changes nothing."""
    events: Any = client.meta.events
    # Behind all others: what botocore adds to requests is there by then.
    events.register_last("before-call", _put_body, unique_id="sst-repo-put-body")
    events.register("before-send.dynamodb", _hand_over, unique_id="sst-repo-hand-over-attempt")
    events.register("before-parse.dynamodb", _keep_answer, unique_id="sst-repo-keep-answer")


@contextmanager
def under_way(call: Call) -> Generator[None]:
    """Mark what the client is asked for within as this call."""
    before = _CALL.set(call)
    try:
        yield
    finally:
        _CALL.reset(before)


class ClientTransport:
    """Every request is a call of the client's method. Costs what botocore costs, but for long answers.

    Where somebody wants to see parameters or answers, they get true ones, and the client does it all.

    Args:
        client: The client; its handlers for damaged answers and for single attempts must be there already.
    """

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client
        self._listeners = Listeners(client)
        self._takes_bodies = settings.speaks_json(client)
        listen(client)

    def call(
        self,
        operation: str,
        table: str,
        body: bytes,
        *,
        once: bool = False,
        retried: Callable[[int], object] | None = None,
    ) -> bytes:
        """Call the client."""
        asked = OPERATIONS[operation]
        if not once:
            return self._call(asked, table, body, once=False, retried=retried)
        with attempts.single():
            return self._call(asked, table, body, once=True, retried=retried)

    def _attempt(self, interest: Interest) -> Attempt | None:  # noqa: ARG002 - for those that send
        """Return what is to be tried before botocore sends anything."""
        return None

    def _call(
        self, operation: Operation, table: str, body: bytes, *, once: bool, retried: Callable[[int], object] | None
    ) -> bytes:
        method: Callable[..., dict[str, Any]] = getattr(self._client, operation.method)
        if retried is not None:
            method = _counting(method, retried)
        interest = self._listeners.interest(operation)
        if interest is Interest.CONTENT or not self._takes_bodies:
            return _as_body(method(**bodies.decode(body)))
        call = Call(operation.name, body, once=once, attempt=self._attempt(interest))
        with under_way(call):
            parsed = method(**operation.least(table))
        return _as_body(parsed) if call.answer is None else call.answer


def _counting(method: Callable[..., dict[str, Any]], retried: Callable[[int], object]) -> Callable[..., dict[str, Any]]:
    """Return a method of the client that tells how often botocore sent again; where no answer came, it does not say."""

    def counting(**parameters: Any) -> dict[str, Any]:
        try:
            parsed = method(**parameters)
        except ClientError as error:
            retried(error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0))
            raise
        retried(parsed.get("ResponseMetadata", {}).get("RetryAttempts", 0))
        return parsed

    return counting


def _as_body(parsed: dict[str, Any]) -> bytes:
    return bodies.encode({name: content for name, content in parsed.items() if name != "ResponseMetadata"})


def _put_body(params: dict[str, Any], request_signer: object, context: dict[str, Any], **_: object) -> Answered | None:
    call = _CALL.get()
    if call is None:
        return None
    if call.is_under_way:
        # A listener to our call makes one of its own. From here on botocore does both.
        _CALL.set(None)
        return None
    call.is_under_way = True
    params["body"] = call.body
    return None if call.attempt is None else call.attempt(call, params, request_signer, context)


def _hand_over(**_: object) -> AWSResponse | None:
    call = _CALL.get()
    if call is None or call.outcome is None:
        return None
    outcome, call.outcome = call.outcome, None
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _keep_answer(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object) -> None:
    call = _CALL.get()
    if call is None or response_dict["status_code"] != _OK or checksums.is_marked(customized_response_dict):
        return
    call.answer, response_dict["body"] = response_dict["body"], b"{}"

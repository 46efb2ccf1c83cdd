"""Every error of botocore, as an outcome of a plan and as an error of this library."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from sst_repo.core.layout import PRIMARY
from sst_repo.core.queries import Query, Scan
from sst_repo.core.records import (
    Absent,
    Applied,
    Contended,
    Delete,
    Key,
    Matches,
    Outcome,
    Plan,
    Put,
    Reason,
    Record,
    Refused,
    Unknown,
)
from sst_repo.errors import (
    AccessDeniedError,
    InvalidCursorError,
    ItemTooLargeError,
    SstRepoError,
    TableError,
    TableNotFoundError,
    TableUnavailableError,
)
from sst_repo.tables.dynamodb import DynamoDBTable, reasons

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROW = Record(Key("Order#o1", "@"), {"_v": {"N": "1"}, "_w": {"S": "w-ours"}})
OLD = Record(Key("Order#o1", "v#000000000001"), {"_v": {"N": "1"}, "_w": {"S": "w0"}})
OTHER = Record(Key("Customer#c1", "@"), {})
ONE = Plan((Put(ROW, Matches(1, "w0")),), "w-ours")
GONE = Plan((Delete(ROW.key, Matches(1, "w0")),), "w-ours")
TWO = Plan((Put(ROW, Matches(1, "w0")), Put(OLD, Absent())), "w-ours")

STORED = Record(Key("Order#o1", "@"), {"_v": {"N": "20"}, "_w": {"S": "w9"}, "tags": {"SS": ["a", "b"]}})
STORED_ITEM: dict[str, Any] = {
    "pk": {"S": "Order#o1"},
    "sk": {"S": "@"},
    "_v": {"N": "2E+1"},
    "_w": {"S": "w9"},
    "tags": {"SS": ["b", "a"]},
}


def answered(code: str, status: int = 400, message: str = "why", retries: int = 0, **more: Any) -> ClientError:
    metadata = {"HTTPStatusCode": status, "RetryAttempts": retries}
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata, **more}
    return ClientError(response, "TransactWriteItems")


def cancelled(*answers: dict[str, Any] | str) -> ClientError:
    listed = [{"Code": answer} if isinstance(answer, str) else answer for answer in answers]
    return answered("TransactionCanceledException", CancellationReasons=listed)


def failed(item: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"Code": "ConditionalCheckFailed", "Message": "no", **({} if item is None else {"Item": item})}


BUSY = [
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "TransactionConflictException",
]
BUSY_REASONS = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
DENIED = [
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
]
SERVER_FAILS = [("InternalServerError", 500), ("ServiceUnavailable", 503), ("", 502), ("ThingNobodyHeardOf", 504)]
REFUSED = [
    "ValidationException",
    "IdempotentParameterMismatchException",
    "LimitExceededException",
    "SerializationException",
]
CUT_OFF = [
    ReadTimeoutError(endpoint_url="http://x"),
    ConnectionClosedError(endpoint_url="http://x"),
    HTTPClientError(error="reset"),
    IncompleteReadError(actual_bytes=1, expected_bytes=2),
]
NOT_REACHED = [EndpointConnectionError(endpoint_url="http://x"), ConnectTimeoutError(endpoint_url="http://x")]
NOBODY = [NoCredentialsError(), PartialCredentialsError(provider="env", cred_var="secret")]


# -- what it means for a plan

OUTCOMES = [
    *(pytest.param(TWO, answered(code), Contended(), id=code) for code in BUSY),
    *(pytest.param(TWO, cancelled("None", code), Contended(), id=f"cancelled-{code}") for code in BUSY_REASONS),
    *(
        pytest.param(TWO, cancelled(failed(STORED_ITEM), code), Contended(), id=f"cancelled-{code}-beside-a-condition")
        for code in BUSY_REASONS
    ),
    *(pytest.param(TWO, answered(code, status), Unknown(), id=f"{status}-{code}") for code, status in SERVER_FAILS),
    *(pytest.param(TWO, error, Unknown(), id=type(error).__name__) for error in CUT_OFF),
    pytest.param(TWO, answered("TransactionInProgressException"), Unknown(), id="in-progress"),
    pytest.param(
        ONE,
        answered("ConditionalCheckFailedException", Item=STORED_ITEM),
        Refused((Reason(STORED),)),
        id="condition-with-the-row",
    ),
    pytest.param(
        ONE, answered("ConditionalCheckFailedException"), Refused((Reason(None),)), id="condition-without-a-row"
    ),
    pytest.param(
        TWO,
        cancelled(failed(STORED_ITEM), "None"),
        Refused((Reason(STORED), None)),
        id="cancelled-the-first",
    ),
    pytest.param(TWO, cancelled("None", failed()), Refused((None, Reason(None))), id="cancelled-the-second"),
    pytest.param(
        TWO,
        cancelled(failed(STORED_ITEM), failed()),
        Refused((Reason(STORED), Reason(None))),
        id="cancelled-both",
    ),
]


@pytest.mark.parametrize(("plan", "error", "outcome"), OUTCOMES)
def test_an_error_is_this_outcome(plan: Plan, error: ClientError | BotoCoreError, outcome: Outcome) -> None:
    found = reasons.outcome(plan, error)

    assert found == outcome
    if isinstance(found, Contended | Unknown):
        assert found.cause is error


RAISED = [
    *(pytest.param(TWO, answered(code), AccessDeniedError, code, id=code) for code in DENIED),
    *(pytest.param(TWO, answered(code), TableError, code, id=code) for code in REFUSED),
    *(pytest.param(TWO, error, AccessDeniedError, "credentials", id=type(error).__name__) for error in NOBODY),
    *(pytest.param(TWO, error, TableUnavailableError, "no answer", id=type(error).__name__) for error in NOT_REACHED),
    pytest.param(
        TWO, answered("ResourceNotFoundException"), TableNotFoundError, r"table\.create\(\)", id="no-such-table"
    ),
    pytest.param(
        ONE,
        answered("ValidationException", message="Item size has exceeded the maximum allowed size"),
        ItemTooLargeError,
        "Order o1 has more than",
        id="item-too-large",
    ),
    pytest.param(
        Plan((*ONE.ops, Put(OTHER, Absent())), "w-ours"),
        cancelled("None", {"Code": "ValidationError", "Message": "Item size to update has exceeded the maximum"}),
        ItemTooLargeError,
        "Customer c1 has more than",
        id="cancelled-item-too-large",
    ),
    pytest.param(
        TWO,
        cancelled("None", {"Code": "ValidationError", "Message": "One or more parameter values were invalid"}),
        TableError,
        "refused the request",
        id="cancelled-invalid",
    ),
    pytest.param(TWO, cancelled(), TableError, "refused the request", id="cancelled-without-reasons"),
    pytest.param(TWO, cancelled("None", "None"), TableError, "refused the request", id="cancelled-for-nothing"),
    pytest.param(TWO, cancelled(failed()), TableError, "refused the request", id="cancelled-with-too-few-reasons"),
]


@pytest.mark.parametrize(("plan", "error", "kind", "message"), RAISED)
def test_what_sending_again_would_not_help_is_raised_with_its_cause(
    plan: Plan, error: ClientError | BotoCoreError, kind: type[SstRepoError], message: str
) -> None:
    with pytest.raises(kind, match=message) as caught:
        reasons.outcome(plan, error)
    assert type(caught.value) is kind
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    ("plan", "item"), [pytest.param(ONE, STORED_ITEM, id="put"), pytest.param(GONE, None, id="delete")]
)
def test_a_refused_second_try_of_a_single_write_is_no_proof_that_the_first_was_refused(
    plan: Plan, item: dict[str, Any] | None
) -> None:
    more: dict[str, Any] = {} if item is None else {"Item": item}
    error = answered("ConditionalCheckFailedException", retries=1, **more)

    assert reasons.outcome(plan, error) == Unknown()


def test_a_refused_second_try_that_shows_our_own_write_says_so() -> None:
    own = {**STORED_ITEM, "_w": {"S": "w-ours"}}
    outcome = reasons.outcome(ONE, answered("ConditionalCheckFailedException", retries=1, Item=own))

    assert isinstance(outcome, Refused)
    (reason,) = outcome.reasons
    assert reason is not None
    assert reason.stored is not None
    assert reason.stored.write_id == ONE.write_id


# -- what it means for everything else

TRANSLATED = [
    *(pytest.param(answered(code), AccessDeniedError, id=code) for code in DENIED),
    *(pytest.param(answered(code), TableUnavailableError, id=code) for code in BUSY),
    *(pytest.param(answered(code), TableError, id=code) for code in REFUSED),
    *(
        pytest.param(answered(code, status), TableUnavailableError, id=f"{status}-{code}")
        for code, status in SERVER_FAILS
    ),
    *(pytest.param(error, TableUnavailableError, id=type(error).__name__) for error in (*CUT_OFF, *NOT_REACHED)),
    *(pytest.param(error, AccessDeniedError, id=type(error).__name__) for error in NOBODY),
    pytest.param(answered("ResourceNotFoundException"), TableNotFoundError, id="no-such-table"),
]


@pytest.mark.parametrize(("error", "kind"), TRANSLATED)
def test_an_error_of_a_read_is_one_of_ours_with_its_cause(
    error: ClientError | BotoCoreError, kind: type[TableError]
) -> None:
    @reasons.translating
    def read() -> None:
        raise error

    with pytest.raises(kind) as caught:
        read()
    assert type(caught.value) is kind
    assert caught.value.__cause__ is error
    assert str(error) in str(caught.value)


@pytest.mark.parametrize(
    "message",
    [
        "Exclusive start key must lie within the segment",
        "The provided Exclusive start key does not map to the provided Segment and TotalSegments values.",
        "The provided starting key is outside query boundaries based on provided conditions",
        "The provided starting key is invalid",
    ],
)
def test_a_place_that_the_server_refuses_is_an_invalid_cursor(message: str) -> None:
    @reasons.translating
    def read() -> None:
        raise answered("ValidationException", message=message)

    with pytest.raises(InvalidCursorError, match="begin again without a cursor"):
        read()


def test_what_is_not_botocores_is_left_alone() -> None:
    @reasons.translating
    def read() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read()


# -- with a real client


@pytest.fixture
def client() -> "Iterator[DynamoDBClient]":
    made = boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 - none
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=1),
    )
    yield made
    made.close()


@pytest.fixture
def stubber(client: "DynamoDBClient") -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


STUBBED = [
    pytest.param("TransactionConflictException", 400, {}, TWO, Contended, id="conflict-of-transactions"),
    pytest.param("ThrottlingException", 400, {}, TWO, Contended, id="throttled"),
    pytest.param("InternalServerError", 500, {}, TWO, Unknown, id="server-error"),
    pytest.param("ServiceUnavailable", 503, {}, ONE, Unknown, id="server-unavailable"),
    pytest.param(
        "TransactionCanceledException",
        400,
        {"CancellationReasons": [{"Code": "TransactionConflict", "Message": "ongoing"}, {"Code": "None"}]},
        TWO,
        Contended,
        id="cancelled-for-a-conflict-of-transactions",
    ),
    pytest.param(
        "TransactionCanceledException",
        400,
        {"CancellationReasons": [{"Code": "ConditionalCheckFailed", "Item": STORED_ITEM}, {"Code": "None"}]},
        TWO,
        Refused,
        id="cancelled-for-a-condition",
    ),
    pytest.param("ConditionalCheckFailedException", 400, {"Item": STORED_ITEM}, ONE, Refused, id="condition"),
    pytest.param("ConditionalCheckFailedException", 400, {}, GONE, Refused, id="condition-of-a-delete"),
]
OPERATIONS = {id(ONE): "put_item", id(GONE): "delete_item", id(TWO): "transact_write_items"}


@pytest.mark.parametrize(("code", "status", "modeled", "plan", "kind"), STUBBED)
def test_a_table_answers_a_plan_with_the_outcome(
    code: str,
    status: int,
    modeled: dict[str, Any],
    plan: Plan,
    kind: type,
    client: "DynamoDBClient",
    stubber: Stubber,
) -> None:
    stubber.add_client_error(OPERATIONS[id(plan)], code, "why", status, modeled_fields=modeled)

    assert isinstance(DynamoDBTable("shop", client).transact(plan), kind)


def test_a_table_answers_an_applied_plan(client: "DynamoDBClient", stubber: Stubber) -> None:
    for plan in (ONE, GONE, TWO):
        stubber.add_response(OPERATIONS[id(plan)], {})
        assert DynamoDBTable("shop", client).transact(plan) == Applied()


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("ValidationException", 400, TableError),
        ("AccessDeniedException", 400, AccessDeniedError),
        ("ResourceNotFoundException", 400, TableNotFoundError),
        ("ThrottlingException", 400, TableUnavailableError),
        ("InternalServerError", 500, TableUnavailableError),
    ],
)
@pytest.mark.parametrize(
    ("operation", "read"),
    [
        ("get_item", lambda table: table.read(ROW.key)),
        ("batch_get_item", lambda table: table.read_many([ROW.key])),
        ("query", lambda table: table.query(Query(PRIMARY, ROW.key.pk))),
        ("scan", lambda table: table.scan(Scan())),
    ],
)
def test_a_table_raises_our_errors_from_reads(
    operation: str,
    read: Callable[[DynamoDBTable], object],
    code: str,
    status: int,
    kind: type[TableError],
    client: "DynamoDBClient",
    stubber: Stubber,
) -> None:
    stubber.add_client_error(operation, code, "why", status)

    with pytest.raises(kind) as caught:
        read(DynamoDBTable("shop", client))
    assert type(caught.value) is kind
    assert isinstance(caught.value.__cause__, ClientError)


def test_a_server_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    unreachable = boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 - none
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=1),
    )
    table = DynamoDBTable("shop", unreachable)

    for call in (lambda: table.read(ROW.key), lambda: table.transact(ONE)):
        with pytest.raises(TableUnavailableError) as caught:
            call()
        assert isinstance(caught.value.__cause__, EndpointConnectionError)
    unreachable.close()


def test_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    nobody = boto3.Session().client("dynamodb", region_name="eu-west-1", endpoint_url="http://127.0.0.1:1")
    table = DynamoDBTable("shop", nobody)

    for call in (lambda: table.read(ROW.key), lambda: table.transact(TWO)):
        with pytest.raises(AccessDeniedError, match="credentials") as caught:
            call()
        assert isinstance(caught.value.__cause__, NoCredentialsError)
    nobody.close()

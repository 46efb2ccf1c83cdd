"""The direct transport: the client says where and as whom, and is not asked again."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import botocore
import pytest
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    CredentialRetrievalError,
    EndpointConnectionError,
)

from sst_repo import DynamoDBTable, TableCall
from sst_repo.core.records import Absent, Applied, Key, Plan, Put, Record, Refused, Unknown
from sst_repo.errors import AccessDeniedError, TableUnavailableError
from sst_repo.tables.dynamodb.checksums import DamagedAnswerError
from tests.scripted import HANG_UP, ScriptedServer, ok, refused
from tests.unit.transports.conftest import session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = Key("Order#o1", "@")
ROW = Record(KEY, {"_v": {"N": "1"}, "_w": {"S": "w1"}, "blob": {"B": b"\x00\xff"}})
ITEM = {"pk": {"S": "Order#o1"}, "sk": {"S": "@"}, "_v": {"N": "1"}, "_w": {"S": "w1"}, "blob": {"B": "AP8="}}
FOUND = ok(json.dumps({"Item": ITEM}).encode())
ADD = Plan((Put(ROW, Absent()),), "w1")


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def client_of(server: ScriptedServer, *, url: str | None = None, **settings: Any) -> "DynamoDBClient":
    return session().client(
        "dynamodb",
        endpoint_url=url or server.endpoint_url,
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 - none
        config=Config(**{"retries": {"mode": "standard", "total_max_attempts": 3}, "proxies": {}, **settings}),
    )


def table_on(client: "DynamoDBClient", sleep: Callable[[float], object] = lambda _: None) -> DynamoDBTable:
    return DynamoDBTable("orders", client, transport="direct", sleep=sleep)


def test_the_client_is_called_once_an_operation_and_sends_nothing(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    client = client_of(server)
    client.meta.events.register("before-parameter-build", lambda model, **_: calls.append(model.name))
    server.script.extend([FOUND, ok(b"{}"), FOUND, ok(b"{}")])
    table = table_on(client)
    for _ in range(2):
        assert table.read(KEY) == ROW
        assert table.transact(ADD) == Applied()
    assert calls == ["GetItem", "PutItem"]
    assert (len(server.requests), server.connections) == (4, 1)


def test_the_request_begins_as_botocores_would(server: ScriptedServer) -> None:
    server.script.append(FOUND)
    table_on(client_of(server, user_agent_extra="orders/1")).read(KEY)
    head = server.requests[0].decode()
    for part in (
        "X-Amz-Target: DynamoDB_20120810.GetItem\r\n",
        "Content-Type: application/x-amz-json-1.0\r\n",
        "User-Agent: Boto3/",
        " orders/1\r\n",
        "/eu-west-1/dynamodb/aws4_request, ",
    ):
        assert part in head


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"retries": {"mode": "adaptive"}}, "adaptive"),
        ({"client_cert": "/nowhere.pem"}, "certificate"),
        ({"proxies": {"http": "http://127.0.0.1:9"}}, "proxy"),
        ({"signature_version": botocore.UNSIGNED}, "Signature Version 4"),
        ({"url": "http://127.0.0.1:9/prefix"}, "path"),
    ],
)
def test_a_client_that_it_can_not_stand_in_for_is_refused(
    server: ScriptedServer, settings: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValueError, match=f'can\'t stand in for this client: .*{reason}.* "auto" can'):
        table_on(client_of(server, **settings))


def test_a_client_whose_calls_never_reach_botocore_is_refused_at_the_first(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = table_on(client_of(server))
    monkeypatch.setattr(BaseClient, "_make_api_call", lambda *_: {})
    with pytest.raises(ValueError, match="unusual"):
        table.read(KEY)
    with pytest.raises(ValueError, match="unusual"):
        table.transact(ADD)


@pytest.mark.parametrize(
    "failure",
    [
        HANG_UP,
        b"nonsense\r\n\r\n",
        refused(500, b"{}"),
        refused(503, b""),
        refused(400, b'{"__type": "x#ThrottlingException"}'),
        refused(400, b'{"__type": "x#ProvisionedThroughputExceededException"}'),
        ok(b"{}").replace(b"crc32: ", b"crc32: 1"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", HANG_UP),
        b"HTTP/1.1 502 Bad\r\nContent-Length: 6\r\n\r\n<html>",
    ],
)
def test_a_read_is_sent_again_as_often_as_the_client_would(server: ScriptedServer, failure: object) -> None:
    waits: list[float] = []
    calls: list[TableCall] = []
    table = table_on(client_of(server), waits.append)
    table.observers = (calls.append,)
    server.script.extend([failure, failure, FOUND])
    assert table.read(KEY) == ROW
    assert (len(waits), len(server.requests)) == (2, 3)
    assert [(call.calls, call.retries, call.outcome) for call in calls] == [(1, 2, "ok")]
    server.script.extend([failure] * 4)
    with pytest.raises(TableUnavailableError):
        table_on(client_of(server), waits.append).read(KEY)
    assert (len(waits), len(server.script)) == (4, 1)


@pytest.mark.parametrize(
    ("retries", "attempts"), [({"mode": "legacy"}, 10), ({"mode": "standard"}, 4), ({"max_attempts": 0}, 1)]
)
def test_how_often_that_is(server: ScriptedServer, retries: dict[str, Any], attempts: int) -> None:
    server.script.extend([refused(500, b"{}")] * 12)
    with pytest.raises(TableUnavailableError) as failed:
        table_on(client_of(server, retries=retries)).read(KEY)
    assert len(server.requests) == attempts
    cause: Any = failed.value.__cause__
    assert cause.response["ResponseMetadata"]["RetryAttempts"] == attempts - 1


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "ResourceNotFoundException"])
def test_what_would_not_pass_is_not_sent_again(server: ScriptedServer, code: str) -> None:
    server.script.extend([refused(400, json.dumps({"__type": f"x#{code}"}).encode())] * 2)
    with pytest.raises(Exception, match=code):
        table_on(client_of(server)).read(KEY)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        (HANG_UP, ConnectionClosedError),
        (refused(500, b"{}"), ClientError),
        (ok(b"{}").replace(b"crc32: ", b"crc32: 1"), DamagedAnswerError),
        (b"HTTP/1.1 204 None\r\nContent-Length: 0\r\n\r\n", DamagedAnswerError),
    ],
)
def test_a_commit_is_sent_once(server: ScriptedServer, failure: object, cause: type[Exception]) -> None:
    server.script.extend([FOUND, failure, ok(b"{}")])
    table = table_on(client_of(server))
    table.read(KEY)
    outcome = table.transact(ADD)
    assert isinstance(outcome, Unknown)
    assert isinstance(outcome.cause, cause)
    assert len(server.requests) == 2


def test_errors_are_those_of_the_client(server: ScriptedServer) -> None:
    body = json.dumps({"__type": "x#ConditionalCheckFailedException", "message": "no", "Item": ITEM}).encode()
    errors: list[Any] = []
    for transport in ("direct", "botocore"):
        server.script.append(refused(400, body))
        client = client_of(server)
        table: Any = DynamoDBTable("orders", client, transport=transport)
        with pytest.raises(client.exceptions.ConditionalCheckFailedException) as refusal:
            table._transport.call("PutItem", "orders", b"{}", once=True)
        errors.append(refusal.value)
    ours, theirs = errors
    assert str(ours) == str(theirs)
    assert ours.response["Item"] == theirs.response["Item"]
    assert ours.response["Error"] == theirs.response["Error"]
    assert ours.response["ResponseMetadata"].keys() <= theirs.response["ResponseMetadata"].keys()
    for name in ("HTTPStatusCode", "RetryAttempts"):
        assert ours.response["ResponseMetadata"][name] == theirs.response["ResponseMetadata"][name]


def test_reasons_of_a_cancelled_transaction_have_what_is_stored(server: ScriptedServer) -> None:
    reasons = [{"Code": "ConditionalCheckFailed", "Message": "no", "Item": ITEM}, {"Code": "None"}]
    body = json.dumps({"__type": "x#TransactionCanceledException", "CancellationReasons": reasons}).encode()
    server.script.append(refused(400, body))
    plan = Plan((Put(ROW, Absent()), Put(Record(Key("Order#o2", "@"), {}), Absent())), "w1")
    outcome = table_on(client_of(server)).transact(plan)
    assert isinstance(outcome, Refused)
    assert [reason and reason.stored for reason in outcome.reasons] == [ROW, None]


def test_nobody_there(server: ScriptedServer) -> None:
    table = table_on(client_of(server, url="http://127.0.0.1:1"))
    for call in (lambda: table.read(KEY), lambda: table.transact(ADD)):
        with pytest.raises(TableUnavailableError) as failed:
            call()
        assert isinstance(failed.value.__cause__, EndpointConnectionError)


def test_who_listens_to_what_is_sent_may_answer(server: ScriptedServer) -> None:
    client = client_of(server)
    table = table_on(client)
    seen: list[Any] = []

    class Raw:
        def stream(self) -> list[bytes]:
            return [json.dumps({"Item": ITEM}).encode()]

    def answer(request: Any, **_: object) -> Any:
        seen.append(request)
        return AWSResponse(request.url, 200, {}, Raw())  # type: ignore[arg-type]

    client.meta.events.register("before-send.dynamodb.GetItem", answer)
    assert table.read(KEY) == ROW
    assert server.requests == []
    (request,) = seen
    assert (request.method, request.url) == ("POST", f"{server.endpoint_url}/")
    assert request.headers["X-Amz-Target"] == "DynamoDB_20120810.GetItem"
    assert json.loads(request.body)["Key"] == KEY.attributes

    client.meta.events.unregister("before-send.dynamodb.GetItem", answer)
    server.script.append(FOUND)
    assert table.read(KEY) == ROW
    assert len(server.requests) == 1


class Changing:
    """Credentials that are others each time."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        if not self.names:
            raise CredentialRetrievalError(provider="test", error_msg="gone")
        return ReadOnlyCredentials(self.names.pop(0) if len(self.names) > 1 else self.names[0], "secret", None, None)


def test_credentials_are_asked_for_at_each_request(server: ScriptedServer) -> None:
    client: Any = client_of(server)
    client._request_signer._credentials = Changing("a", "a", "b", "b", "b")
    table = table_on(client)
    server.script.extend([FOUND] * 2)
    table.read(KEY)
    table.read(KEY)
    assert b"Credential=a/" in server.requests[0]
    assert b"Credential=b/" in server.requests[1]


def test_credentials_that_can_not_be_had(server: ScriptedServer) -> None:
    client: Any = client_of(server)
    client._request_signer._credentials = Changing()
    with pytest.raises(AccessDeniedError):
        table_on(client).read(KEY)
    client._request_signer._credentials = None
    with pytest.raises(AccessDeniedError):
        table_on(client).transact(ADD)
    assert server.requests == []


def test_the_users_own_calls_on_the_same_client_are_botocores(server: ScriptedServer) -> None:
    client = client_of(server)
    server.script.extend([FOUND, FOUND])
    table_on(client).read(KEY)
    answer: Any = client.get_item(TableName="other", Key={"id": {"S": "1"}})
    assert answer["Item"]["blob"] == {"B": b"\x00\xff"}
    assert server.connections == 2

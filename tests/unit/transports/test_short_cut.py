"""What goes the short way, and what botocore does itself: by default, and whatever the client is like."""

import gc
import json
import warnings
import weakref
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import botocore
import pytest
from botocore.awsrequest import AWSHTTPConnectionPool
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError, ConnectionClosedError, CredentialRetrievalError
from botocore.httpsession import URLLib3Session
from botocore.stub import Stubber

from sst_repo import DynamoDBTable, TableCall
from sst_repo.core.records import Absent, Applied, Key, Plan, Put, Record, Refused, Unknown
from sst_repo.tables.dynamodb.transports.http.pool import Pool
from tests.scripted import HANG_UP, ScriptedServer, ok, refused
from tests.unit.transports.conftest import session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = Key("Order#o1", "@")
ROW = Record(KEY, {"_v": {"N": "1"}, "_w": {"S": "w1"}, "blob": {"B": b"\x00\xff"}})
ITEM = {"pk": {"S": "Order#o1"}, "sk": {"S": "@"}, "_v": {"N": "1"}, "_w": {"S": "w1"}, "blob": {"B": "AP8="}}
FOUND = ok(json.dumps({"Item": ITEM}).encode())
ADD = Plan((Put(ROW, Absent()),), "w1")
HELD = json.dumps({"__type": "x#ConditionalCheckFailedException", "message": "no", "Item": ITEM}).encode()
BUSY = json.dumps({"__type": "x#ThrottlingException", "message": "slow down"}).encode()

MakeClient = Callable[..., "DynamoDBClient"]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def client_of(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeClient]:
    # botocore waits by this before it sends again.
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    made: list[DynamoDBClient] = []

    def make(*, url: str | None = None, **settings: Any) -> "DynamoDBClient":
        client = session().client(
            "dynamodb",
            endpoint_url=url or server.endpoint_url,
            region_name="eu-west-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",  # noqa: S106 - none
            config=Config(**{"retries": {"mode": "standard", "total_max_attempts": 3}, "proxies": {}, **settings}),
        )
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who sent each request: we, or botocore."""
    sent: list[str] = []
    ours, theirs = Pool.send, URLLib3Session.send

    def by_us(pool: Pool, *args: Any, **kwargs: Any) -> Any:
        sent.append("we")
        return ours(pool, *args, **kwargs)

    def by_botocore(session: Any, request: Any) -> Any:
        sent.append("botocore")
        return theirs(session, request)

    monkeypatch.setattr(Pool, "send", by_us)
    monkeypatch.setattr(URLLib3Session, "send", by_botocore)
    monkeypatch.setattr("sst_repo.tables.dynamodb.transports.settings._SEND", by_botocore)
    return sent


def test_a_request_of_an_everyday_client_is_sent_by_us(
    server: ScriptedServer, client_of: MakeClient, sent: list[str]
) -> None:
    server.script.extend([FOUND, ok(b"{}"), FOUND])
    table = DynamoDBTable("orders", client_of())
    assert (table.read(KEY), table.transact(ADD), table.read(KEY)) == (ROW, Applied(), ROW)
    assert sent == ["we"] * 3
    assert server.connections == 1


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_it_asks_for_what_botocore_would_ask_for(
    server: ScriptedServer, client_of: MakeClient, sent: list[str], mode: str
) -> None:
    asked: list[tuple[dict[str, str], Any]] = []
    for transport in ("auto", "botocore"):
        server.script.append(ok(b"{}"))
        DynamoDBTable("orders", client_of(retries={"mode": mode}), transport=transport).transact(ADD)
        head, _, body = server.requests[-1].partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        assert lines[0] == "POST / HTTP/1.1"
        asked.append(({line.split(": ")[0].lower(): line.split(": ")[1] for line in lines[1:]}, json.loads(body)))
    (ours, our_body), (theirs, their_body) = asked
    assert our_body == their_body
    assert sent == ["we", "botocore"]
    for name in ("host", "x-amz-target", "content-type", "content-length"):
        assert ours[name] == theirs[name]
    for name in ("authorization", "user-agent"):
        assert ours[name][:20] == theirs[name][:20]
    assert len(ours["x-amz-date"]) == len(theirs["x-amz-date"])


# What goes wrong, botocore decides on.


@pytest.mark.parametrize(
    "failure",
    [HANG_UP, refused(500, b"{}"), refused(503, b""), refused(400, BUSY), ok(b"{}").replace(b"crc32: ", b"crc32: 1")],
    ids=["hung up", "500", "503", "throttled", "damaged"],
)
def test_a_read_that_fails_is_sent_again_by_botocore(
    server: ScriptedServer, client_of: MakeClient, sent: list[str], failure: object
) -> None:
    calls: list[TableCall] = []
    server.script.extend([failure, failure, FOUND])
    assert DynamoDBTable("orders", client_of(), observer=calls.append).read(KEY) == ROW
    assert sent == ["we", "botocore", "botocore"]
    assert [(call.calls, call.retries, call.outcome) for call in calls] == [(1, 2, "ok")]


def test_the_attempts_are_those_that_the_client_would_make(
    server: ScriptedServer, client_of: MakeClient, sent: list[str]
) -> None:
    client = client_of(retries={"mode": "standard", "total_max_attempts": 2})
    server.script.extend([refused(500, b"{}")] * 3)
    with pytest.raises(Exception, match="500") as failed:
        DynamoDBTable("orders", client).read(KEY)
    assert isinstance(failed.value.__cause__, ClientError)
    answer: Any = failed.value.__cause__.response
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert sent == ["we", "botocore"]


def test_a_commit_that_fails_is_not_sent_again(server: ScriptedServer, client_of: MakeClient, sent: list[str]) -> None:
    server.script.extend([HANG_UP, ok(b"{}")])
    outcome = DynamoDBTable("orders", client_of()).transact(ADD)
    assert isinstance(outcome, Unknown)
    assert isinstance(outcome.cause, ConnectionClosedError)
    assert (sent, len(server.requests)) == (["we"], 1)


def test_a_commit_is_not_sent_again_over_a_fresh_connection(
    server: ScriptedServer, client_of: MakeClient, sent: list[str]
) -> None:
    table = DynamoDBTable("orders", client_of())
    server.script.extend([FOUND, HANG_UP, ok(b"{}")])
    table.read(KEY)
    assert isinstance(table.transact(ADD), Unknown)
    assert len(server.requests) == 2


def test_credentials_that_expire_meanwhile_do_not_hide_that_a_commit_was_sent(
    server: ScriptedServer, client_of: MakeClient, sent: list[str]
) -> None:
    client: Any = client_of()

    class Expiring:
        asked = 0

        def get_frozen_credentials(self) -> Any:
            self.asked += 1
            if self.asked > 1:
                raise CredentialRetrievalError(provider="test", error_msg="expired")
            return ReadOnlyCredentials("x", "x", None, None)

    for failure in (HANG_UP, refused(500, b"{}")):
        client._request_signer._credentials = Expiring()
        server.script.append(failure)
        assert isinstance(DynamoDBTable("orders", client).transact(ADD), Unknown)
    assert sent == ["we", "we"]


def test_a_refusal_is_parsed_by_botocore(server: ScriptedServer, client_of: MakeClient, sent: list[str]) -> None:
    server.script.append(refused(400, HELD))
    outcome = DynamoDBTable("orders", client_of()).transact(ADD)
    assert isinstance(outcome, Refused)
    assert [reason and reason.stored for reason in outcome.reasons] == [ROW]
    assert sent == ["we"]


def test_an_answer_that_is_shorter_than_it_says_is_none(
    server: ScriptedServer, client_of: MakeClient, sent: list[str]
) -> None:
    short = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"
    server.script.extend([(short, HANG_UP), FOUND, (short, HANG_UP)])
    table = DynamoDBTable("orders", client_of())
    assert table.read(KEY) == ROW
    assert isinstance(table.transact(ADD), Unknown)
    assert sent == ["we", "botocore", "we"]


# What is unusual, botocore does.


@pytest.mark.parametrize(
    "settings",
    [
        {"retries": {"mode": "adaptive"}},
        {"client_cert": "/nowhere.pem"},
        {"signature_version": botocore.UNSIGNED},
    ],
    ids=["adaptive retries", "client certificate", "unsigned"],
)
def test_a_client_with_unusual_settings_sends_for_itself(
    server: ScriptedServer, client_of: MakeClient, sent: list[str], settings: dict[str, Any]
) -> None:
    server.script.append(FOUND)
    assert DynamoDBTable("orders", client_of(**settings)).read(KEY) == ROW
    assert sent == ["botocore"]


def test_a_client_behind_a_proxy_sends_for_itself(
    server: ScriptedServer, client_of: MakeClient, sent: list[str]
) -> None:
    server.script.append(FOUND)
    client = client_of(url="http://dynamodb.invalid", proxies={"http": server.endpoint_url})
    assert DynamoDBTable("orders", client).read(KEY) == ROW
    assert sent == ["botocore"]
    assert server.requests[0].startswith(b"POST http://dynamodb.invalid/ ")


def test_a_client_whose_endpoint_has_a_path_sends_for_itself(
    server: ScriptedServer, client_of: MakeClient, sent: list[str]
) -> None:
    server.script.append(FOUND)
    assert DynamoDBTable("orders", client_of(url=f"{server.endpoint_url}/prefix")).read(KEY) == ROW
    assert sent == ["botocore"]


def test_a_client_with_another_http_session_sends_for_itself(
    server: ScriptedServer, client_of: MakeClient, sent: list[str]
) -> None:
    class Session(URLLib3Session):
        pass

    client: Any = client_of()
    client._endpoint.http_session = Session()
    server.script.append(FOUND)
    assert DynamoDBTable("orders", client).read(KEY) == ROW
    assert sent == ["botocore"]


def test_a_request_with_a_signature_of_its_own_is_left_to_botocore(
    server: ScriptedServer, client_of: MakeClient, sent: list[str]
) -> None:
    client = client_of()
    table = DynamoDBTable("orders", client)

    def sign_elsewhere(context: dict[str, Any], **_: object) -> None:
        context["signing"] = {"region": "eu-west-1", "signing_name": "dynamodb", "request_credentials": None}

    sign_elsewhere.__module__ = "botocore.handlers"  # nobody that listens: only what it does is unusual
    client.meta.events.register("before-parameter-build.dynamodb", sign_elsewhere)
    server.script.append(FOUND)
    assert table.read(KEY) == ROW
    assert sent == ["botocore"]


@pytest.mark.parametrize(
    "event",
    [
        "choose-signer",
        "request-created",
        "before-sign",
        "before-send",
        "after-call-error",
        "before-send.dynamodb.GetItem",
        "before-sign.*.*",
    ],
)
def test_where_somebody_sees_to_requests_botocore_sends_them(
    server: ScriptedServer, client_of: MakeClient, sent: list[str], event: str
) -> None:
    client = client_of()
    table = DynamoDBTable("orders", client)
    server.script.extend([FOUND] * 3)
    table.read(KEY)

    def listener(**_: object) -> None:
        pass

    client.meta.events.register(event, listener)
    assert table.read(KEY) == ROW
    client.meta.events.unregister(event, listener)
    table.read(KEY)
    assert sent == ["we", "botocore", "we"]


def test_who_sees_a_request_before_it_is_sent_sees_the_true_one(
    server: ScriptedServer, client_of: MakeClient, sent: list[str]
) -> None:
    client = client_of()
    seen: list[Any] = []
    client.meta.events.register("before-send.dynamodb", lambda request, **_: seen.append(request))
    server.script.append(ok(b"{}"))
    DynamoDBTable("orders", client).transact(ADD)
    (request,) = seen
    assert json.loads(request.body)["Item"] == ITEM
    assert request.body == server.requests[0].partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize(
    "event",
    [
        "provide-client-params",
        "before-parameter-build",
        "before-endpoint-resolution",
        "before-call",
        "before-parse",
        "response-received",
        "needs-retry",
        "after-call",
    ],
)
def test_where_somebody_sees_contents_botocore_does_it_all(
    server: ScriptedServer, client_of: MakeClient, sent: list[str], event: str
) -> None:
    client = client_of()
    seen: list[dict[str, Any]] = []
    client.meta.events.register(f"{event}.dynamodb", lambda **content: seen.append(content))
    server.script.append(FOUND)
    assert DynamoDBTable("orders", client).read(KEY) == ROW
    assert sent == ["botocore"]
    if event == "provide-client-params":
        assert seen[0]["params"]["Key"] == KEY.attributes
    if event == "after-call":
        assert seen[0]["parsed"]["Item"]["blob"] == {"B": b"\x00\xff"}


def test_who_changes_parameters_is_heard(server: ScriptedServer, client_of: MakeClient) -> None:
    client = client_of()

    def read_eventually(params: dict[str, Any], **_: object) -> None:
        params["ConsistentRead"] = False

    client.meta.events.register("provide-client-params.dynamodb.GetItem", read_eventually)
    server.script.append(FOUND)
    DynamoDBTable("orders", client).read(KEY)
    assert json.loads(server.requests[0].partition(b"\r\n\r\n")[2])["ConsistentRead"] is False


def test_a_patched_client_gets_true_parameters(server: ScriptedServer, client_of: MakeClient, sent: list[str]) -> None:
    table = DynamoDBTable("orders", client_of())
    calls: list[tuple[str, dict[str, Any]]] = []
    true_call: Any = BaseClient._make_api_call  # type: ignore[attr-defined]

    def traced(client: Any, operation: str, params: dict[str, Any]) -> Any:
        calls.append((operation, params))
        return true_call(client, operation, params)

    server.script.extend([FOUND] * 3)
    with patch.object(BaseClient, "_make_api_call", traced):
        assert table.read(KEY) == ROW
        assert DynamoDBTable("orders", table.client).read(KEY) == ROW
    assert table.read(KEY) == ROW
    assert calls == [("GetItem", {"TableName": "orders", "Key": KEY.attributes, "ConsistentRead": True})] * 2
    assert sent == ["botocore", "botocore", "we"]


def test_a_patched_method_gets_true_parameters(client_of: MakeClient, sent: list[str]) -> None:
    table = DynamoDBTable("orders", client_of())
    item: Any = {**ROW.attributes, **KEY.attributes}
    with patch.object(table.client, "get_item", lambda **_: {"Item": item, "ResponseMetadata": {}}):
        assert table.read(KEY) == ROW
    assert sent == []


@pytest.mark.parametrize("patched", [URLLib3Session, AWSHTTPConnectionPool])
def test_who_records_answers_gets_to_hear_them(
    server: ScriptedServer, client_of: MakeClient, monkeypatch: pytest.MonkeyPatch, patched: type
) -> None:
    table = DynamoDBTable("orders", client_of())
    heard: list[object] = []
    if patched is URLLib3Session:
        true_send = URLLib3Session.send

        def send(session: URLLib3Session, request: Any) -> object:
            heard.append(request)
            return true_send(session, request)

        monkeypatch.setattr(patched, "send", send)
    else:
        connection: Any = AWSHTTPConnectionPool.ConnectionCls

        class Recording(connection):  # type: ignore[misc]
            def request(self, *args: Any, **kwargs: Any) -> Any:
                heard.append(args)
                return super().request(*args, **kwargs)

        monkeypatch.setattr(patched, "ConnectionCls", Recording)
    server.script.append(FOUND)
    assert table.read(KEY) == ROW
    assert len(heard) == 1


@pytest.mark.parametrize("transport", ["auto", "botocore"])
def test_a_stubber_answers_in_dynamodbs_place(client_of: MakeClient, transport: Any) -> None:
    client = client_of()
    table = DynamoDBTable("orders", client, transport=transport)
    with Stubber(client) as stubber:
        asked = {"TableName": "orders", "Key": KEY.attributes, "ConsistentRead": True}
        stubber.add_response("get_item", {"Item": {**KEY.attributes, **ROW.attributes}}, asked)
        stubber.add_client_error("put_item", "ConditionalCheckFailedException", modeled_fields={"Item": {}})
        assert table.read(KEY) == ROW
        assert isinstance(table.transact(ADD), Refused)
        stubber.assert_no_pending_responses()


# The user's own calls.


def test_the_users_own_calls_on_the_same_client_are_botocores(
    server: ScriptedServer, client_of: MakeClient, sent: list[str]
) -> None:
    client = client_of()
    table = DynamoDBTable("orders", client)
    server.script.extend([FOUND, FOUND, refused(500, b"{}"), ok(b"{}")])
    table.read(KEY)
    answer: Any = client.get_item(TableName="other", Key={"id": {"S": "1"}})
    client.put_item(TableName="other", Item={"id": {"S": "1"}})
    assert answer["Item"]["blob"] == {"B": b"\x00\xff"}
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"]
    assert sent == ["we", "botocore", "botocore", "botocore"]
    assert [json.loads(request.partition(b"\r\n\r\n")[2])["TableName"] for request in server.requests] == [
        "orders",
        "other",
        "other",
        "other",
    ]


def test_the_users_own_call_within_one_of_ours_is_botocores(
    server: ScriptedServer, client_of: MakeClient, sent: list[str]
) -> None:
    client = client_of()
    logged: list[Any] = []

    def log(request: Any, **_: object) -> None:
        if not logged:
            logged.append(None)
            logged[0] = client.get_item(TableName="log", Key={"id": {"S": "1"}})

    client.meta.events.register("before-send.dynamodb", log)
    server.script.extend([ok(b'{"Item": {"id": {"S": "1"}}}'), FOUND])
    assert DynamoDBTable("orders", client).read(KEY) == ROW
    assert logged[0]["Item"] == {"id": {"S": "1"}}


# Credentials and connections.


def test_credentials_are_asked_for_at_each_request(
    server: ScriptedServer, client_of: MakeClient, sent: list[str]
) -> None:
    client: Any = client_of()
    keys = iter("abc")

    class Changing:
        def get_frozen_credentials(self) -> Any:
            return ReadOnlyCredentials(next(keys), "secret", "token", None)

    client._request_signer._credentials = Changing()
    table = DynamoDBTable("orders", client)
    server.script.extend([FOUND] * 3)
    for _ in range(3):
        table.read(KEY)
    for name, request in zip("abc", server.requests, strict=True):
        assert f"Credential={name}/".encode() in request
    assert all(b"X-Amz-Security-Token: token\r\n" in request for request in server.requests)
    assert sent == ["we"] * 3


def test_tables_of_one_client_share_its_connections(server: ScriptedServer, client_of: MakeClient) -> None:
    client = client_of()
    server.script.extend([FOUND] * 2)
    for name in ("orders", "customers"):
        DynamoDBTable(name, client).read(KEY)
    assert server.connections == 1


def test_a_client_that_nobody_has_any_more_goes_with_its_connections(server: ScriptedServer) -> None:
    client = boto3.session.Session().client(
        "dynamodb",
        endpoint_url=server.endpoint_url,
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 - none
        config=Config(proxies={}),
    )
    server.script.append(FOUND)
    table = DynamoDBTable("orders", client)
    table.read(KEY)
    gone = weakref.ref(client)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        del client, table
        gc.collect()
    assert gone() is None


def test_an_unknown_transport_is_refused(client_of: MakeClient) -> None:
    with pytest.raises(ValueError, match="'auto', 'botocore', 'direct'"):
        DynamoDBTable("orders", client_of(), transport="fast")  # type: ignore[arg-type]

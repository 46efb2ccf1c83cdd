"""A commit is one HTTP attempt in every retry mode of the SDK, against a real server that misbehaves."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast
from zlib import crc32

import boto3
import pytest
from botocore.config import Config

from sst_repo.core.records import Absent, Contended, Delete, Key, Matches, Outcome, Plan, Put, Record, Refused, Unknown
from sst_repo.errors import AccessDeniedError, TableUnavailableError
from sst_repo.tables.dynamodb import DynamoDBTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROW = Record(Key("Order#o1", "@"), {"_v": {"N": "1"}, "_w": {"S": "ours"}})
PLANS = {
    "put": Plan((Put(ROW, Absent()),), "ours"),
    "delete": Plan((Delete(ROW.key, Matches(1, "w")),), "ours"),
    "transaction": Plan((Put(ROW, Absent()), Delete(Key("Order#o2", "@"), Matches(1, "w"))), "ours"),
}

Answer: TypeAlias = Callable[["Handler"], None]
Mode: TypeAlias = Literal["legacy", "standard", "adaptive"]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    answer: Answer
    requests = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        server = cast("Server", self.server)
        server.requests += 1
        server.answer(self)

    def reply(self, status: int, body: bytes, *, checksum: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amz-crc32", str(crc32(body) if checksum is None else checksum))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        pass


def error(status: int, code: str) -> Answer:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "scripted"}).encode()
    return lambda handler: handler.reply(status, body)


def damaged(handler: Handler) -> None:
    handler.reply(200, b"{}", checksum=1)


def cut_off(handler: Handler) -> None:
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture(params=["legacy", "standard", "adaptive"])
def client(server: Server, request: pytest.FixtureRequest) -> "Iterator[DynamoDBClient]":
    mode: Mode = request.param
    made = boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        endpoint_url=f"http://127.0.0.1:{server.server_address[1]}",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 - none
        config=Config(retries={"total_max_attempts": 3, "mode": mode}),
    )
    yield made
    made.close()


MISBEHAVIOUR = [
    pytest.param(error(500, "InternalServerError"), Unknown, id="server-error"),
    pytest.param(error(503, "ServiceUnavailable"), Unknown, id="unavailable"),
    pytest.param(error(400, "ThrottlingException"), Contended, id="throttled"),
    pytest.param(error(400, "ProvisionedThroughputExceededException"), Contended, id="throughput"),
    pytest.param(error(400, "TransactionInProgressException"), Unknown, id="in-progress"),
    pytest.param(damaged, Unknown, id="damaged"),
    pytest.param(cut_off, Unknown, id="cut-off"),
]


@pytest.mark.parametrize(("answer", "kind"), MISBEHAVIOUR)
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_commit_is_sent_once_whatever_the_client_is_told(
    server: Server, client: "DynamoDBClient", plan: Plan, answer: Answer, kind: type[Outcome]
) -> None:
    server.answer = answer

    assert isinstance(DynamoDBTable("shop", client).transact(plan), kind)
    assert server.requests == 1


def test_a_refusal_behind_a_lost_answer_is_not_taken_for_the_answer(server: Server, client: "DynamoDBClient") -> None:
    def failing_then_refusing(handler: Handler) -> None:
        first = server.requests == 1
        answer = error(500, "InternalServerError") if first else error(400, "ConditionalCheckFailedException")
        answer(handler)

    server.answer = failing_then_refusing
    table = DynamoDBTable("shop", client)

    assert isinstance(table.transact(PLANS["put"]), Unknown)
    assert isinstance(table.transact(PLANS["put"]), Refused)


def test_expired_credentials_surface_at_once(server: Server, client: "DynamoDBClient") -> None:
    server.answer = error(400, "ExpiredTokenException")

    with pytest.raises(AccessDeniedError):
        DynamoDBTable("shop", client).transact(PLANS["put"])
    assert server.requests == 1


def test_reads_and_the_clients_own_writes_are_retried_as_the_client_is_told(
    server: Server, client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    server.answer = error(500, "InternalServerError")
    table = DynamoDBTable("shop", client)
    DynamoDBTable("shop", client).transact(PLANS["put"])
    server.requests = 0

    with pytest.raises(TableUnavailableError):
        table.read(ROW.key)
    assert server.requests == 3
    with pytest.raises(client.exceptions.InternalServerError):
        client.put_item(TableName="shop", Item={"pk": {"S": "x"}, "sk": {"S": "x"}})
    assert server.requests == 6

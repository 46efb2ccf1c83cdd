"""The proxy does each fault on a real wire, in front of a tiny server that counts what reaches it."""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, TypeAlias
from zlib import crc32

import pytest

from sst_repo.testing import Fault, FaultProxy, FaultSchedule
from sst_repo.testing.faults import READS, WRITES
from tests.upstream import BODY, Upstream

ANYTHING = READS | WRITES


class Client:
    """Sends operations through a proxy, over one connection that is kept while it can be."""

    def __init__(self, proxy: FaultProxy) -> None:
        host, port = proxy.endpoint_url.removeprefix("http://").split(":")
        self.connection = http.client.HTTPConnection(host, int(port), timeout=0.2)

    def send(self, operation: str = "PutItem", **parameters: object) -> http.client.HTTPResponse:
        headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}"}
        self.connection.request("POST", "/", json.dumps(parameters).encode(), headers)
        return self.connection.getresponse()

    def ask(self, operation: str = "PutItem", **parameters: object) -> tuple[int, dict[str, Any]]:
        answer = self.send(operation, **parameters)
        content = answer.read()
        assert answer.headers["x-amz-crc32"] == str(crc32(content))
        return answer.status, json.loads(content)


Connect: TypeAlias = Callable[[FaultProxy], Client]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes clients, and closes them in the end."""
    with ExitStack() as stack:

        def make(proxy: FaultProxy) -> Client:
            client = Client(proxy)
            stack.callback(client.connection.close)
            return client

        yield make


def proxied(upstream: Upstream, *faults: Fault | None, overtaken_by: int = 1) -> FaultProxy:
    schedule = FaultSchedule.script(*faults, calls=ANYTHING)
    return FaultProxy(upstream.endpoint_url, schedule, overtaken_by=overtaken_by)


@pytest.fixture
def sent(upstream: Upstream) -> list[tuple[str, dict[str, Any]]]:
    """What has reached the server."""
    return upstream.requests


def test_what_meets_no_fault_is_carried_both_ways(connect: Connect, upstream: Upstream, sent: list[Any]) -> None:
    with proxied(upstream) as proxy:
        client = connect(proxy)
        assert client.ask("PutItem", TableName="t") == (200, json.loads(BODY))
        assert client.ask("DescribeTable", TableName="u") == (200, json.loads(BODY))
        assert proxy.delivered == {"PutItem": 1, "DescribeTable": 1}
    assert sent == [("PutItem", {"TableName": "t"}), ("DescribeTable", {"TableName": "u"})]


def test_a_connection_is_kept_from_one_request_to_the_next(connect: Connect, upstream: Upstream) -> None:
    with proxied(upstream) as proxy:
        client = connect(proxy)
        client.ask()
        kept = client.connection.sock
        client.ask()
        assert client.connection.sock is kept


@pytest.mark.parametrize(
    ("fault", "delivered"), [(Fault.DROP_BEFORE, 0), (Fault.DROP_AFTER, 1), (Fault.LATE_DELIVERY, 0)]
)
def test_a_break_ends_the_connection_without_an_answer(
    connect: Connect, upstream: Upstream, sent: list[Any], fault: Fault, delivered: int
) -> None:
    with proxied(upstream, fault) as proxy:
        client = connect(proxy)
        with pytest.raises(http.client.RemoteDisconnected):
            client.send()
        assert len(sent) == delivered
        assert proxy.faults == {fault: 1}
        assert client.ask()[0] == 200


def test_a_hang_keeps_the_client_waiting_for_what_was_done(
    connect: Connect, upstream: Upstream, sent: list[Any]
) -> None:
    with proxied(upstream, Fault.HANG) as proxy:
        client = connect(proxy)
        with pytest.raises(TimeoutError):
            client.send()
    assert len(sent) == 1


def test_closing_the_proxy_ends_a_hang(connect: Connect, upstream: Upstream) -> None:
    with proxied(upstream, Fault.HANG) as proxy:
        client = connect(proxy)
        client.connection.timeout = 30
        failures: list[Exception] = []

        def wait() -> None:
            try:
                client.send()
            except (http.client.HTTPException, OSError) as error:
                failures.append(error)

        waiting = threading.Thread(target=wait)
        waiting.start()
        while not upstream.requests:
            pass
    waiting.join(10)
    assert len(failures) == 1


def test_a_truncated_answer_promises_more_than_it_holds(connect: Connect, upstream: Upstream, sent: list[Any]) -> None:
    with proxied(upstream, Fault.TRUNCATE) as proxy:
        answer = connect(proxy).send()
        with pytest.raises(http.client.IncompleteRead) as cut:
            answer.read()
    assert cut.value.partial == BODY[: len(BODY) // 2]
    assert len(sent) == 1


def test_a_wrong_checksum_stands_above_the_true_body(connect: Connect, upstream: Upstream, sent: list[Any]) -> None:
    with proxied(upstream, Fault.WRONG_CRC) as proxy:
        client = connect(proxy)
        answer = client.send()
        assert answer.read() == BODY
        assert answer.headers["x-amz-crc32"] != str(crc32(BODY))
    assert len(sent) == 1


def test_a_duplicate_is_delivered_twice(connect: Connect, upstream: Upstream, sent: list[Any]) -> None:
    with proxied(upstream, Fault.DUPLICATE) as proxy:
        client = connect(proxy)
        assert client.ask()[0] == 200
    assert len(sent) == 2


@pytest.mark.parametrize(
    ("overtaken_by", "order"),
    [(0, ["late", "1", "2", "3"]), (1, ["1", "late", "2", "3"]), (2, ["1", "2", "late", "3"])],
)
def test_a_late_delivery_arrives_once_and_in_its_place(
    connect: Connect, upstream: Upstream, sent: list[Any], overtaken_by: int, order: list[str]
) -> None:
    with proxied(upstream, Fault.LATE_DELIVERY, overtaken_by=overtaken_by) as proxy:
        client = connect(proxy)
        with pytest.raises(http.client.RemoteDisconnected):
            client.send(TableName="late")
        client.ask("GetItem", TableName="no write")
        for name in ("1", "2", "3"):
            client.ask("DeleteItem", TableName=name)
    assert [parameters["TableName"] for operation, parameters in sent if operation != "GetItem"] == order


def test_what_is_late_can_be_delivered_at_once(connect: Connect, upstream: Upstream, sent: list[Any]) -> None:
    with proxied(upstream, Fault.LATE_DELIVERY) as proxy:
        client = connect(proxy)
        with pytest.raises(http.client.RemoteDisconnected):
            client.send()
        assert sent == []
        proxy.deliver_late()
        assert len(sent) == 1


@pytest.mark.parametrize(("fault", "delivered"), [(Fault.ERROR_BEFORE, 0), (Fault.ERROR_AFTER, 1)])
def test_a_failing_server_answers_500(
    connect: Connect, upstream: Upstream, sent: list[Any], fault: Fault, delivered: int
) -> None:
    with proxied(upstream, fault) as proxy:
        client = connect(proxy)
        status, answer = client.ask()
    assert (status, answer["__type"].rpartition("#")[2]) == (500, "InternalServerError")
    assert len(sent) == delivered


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.THROTTLE, "ProvisionedThroughputExceededException"),
        (Fault.CONFLICT, "TransactionConflictException"),
        (Fault.EXPIRED_CREDENTIALS, "ExpiredTokenException"),
    ],
)
def test_a_refusal_does_not_reach_the_server(
    connect: Connect, upstream: Upstream, sent: list[Any], fault: Fault, kind: str
) -> None:
    with proxied(upstream, fault) as proxy:
        client = connect(proxy)
        status, answer = client.ask()
    assert (status, answer["__type"].rpartition("#")[2]) == (400, kind)
    assert sent == []


def test_a_conflict_of_a_transaction_is_told_in_one_reason_an_action(connect: Connect, upstream: Upstream) -> None:
    with proxied(upstream, Fault.CONFLICT) as proxy:
        client = connect(proxy)
        status, answer = client.ask("TransactWriteItems", TransactItems=[{"Put": {}}, {"Delete": {}}])
    assert status == 400
    assert answer["__type"].endswith("#TransactionCanceledException")
    assert answer["Message"].endswith("[TransactionConflict, None]")
    assert [reason["Code"] for reason in answer["CancellationReasons"]] == ["TransactionConflict", "None"]


def test_a_partial_batch_reads_the_first_key_and_returns_the_others(
    connect: Connect, upstream: Upstream, sent: list[Any]
) -> None:
    def batch(*keys: str) -> dict[str, Any]:
        return {"t": {"Keys": [{"pk": {"S": key}} for key in keys], "ConsistentRead": True}}

    upstream.body = json.dumps({"Responses": {"t": []}, "UnprocessedKeys": {}}).encode()
    with proxied(upstream, Fault.PARTIAL_BATCH, Fault.PARTIAL_BATCH) as proxy:
        client = connect(proxy)
        assert client.ask("BatchGetItem", RequestItems=batch("a", "b", "c"))[1]["UnprocessedKeys"] == batch("b", "c")
        assert client.ask("BatchGetItem", RequestItems=batch("d"))[1]["UnprocessedKeys"] == {}
    assert [parameters["RequestItems"] for _, parameters in sent] == [batch("a"), batch("d")]


def test_other_operations_meet_no_faults(connect: Connect, upstream: Upstream) -> None:
    with FaultProxy(upstream.endpoint_url, FaultSchedule.always(Fault.DROP_BEFORE, calls=ANYTHING)) as proxy:
        client = connect(proxy)
        assert client.ask("DescribeTable")[0] == 200
        assert not proxy.faults


def test_a_server_that_is_gone_looks_like_a_broken_connection(connect: Connect) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with FaultProxy(f"http://127.0.0.1:{port}", FaultSchedule.script()) as proxy:
            client = connect(proxy)
            with pytest.raises(http.client.RemoteDisconnected):
                client.send()


def test_a_closed_proxy_takes_no_more_requests_and_can_be_closed_again(connect: Connect, upstream: Upstream) -> None:
    with proxied(upstream) as proxy:
        client = connect(proxy)
        client.ask()
    proxy.close()
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        client.send()


@pytest.mark.parametrize("url", ["https://127.0.0.1", "127.0.0.1:8000", "http://"])
def test_a_url_that_is_not_plain_http_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="plain HTTP"):
        FaultProxy(url, FaultSchedule.script())

"""Connections are kept, never shared, and let go."""

import gc
import multiprocessing
import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)

from sst_repo.tables.dynamodb.transports.http import connections
from sst_repo.tables.dynamodb.transports.http.connections import Line
from sst_repo.tables.dynamodb.transports.http.pool import Pool
from tests.scripted import HANG_UP, HEAD, ScriptedServer, ok

REQUEST = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"


def pool_of(server: ScriptedServer, *, most_idle: int = 10, read_timeout: float | None = 5) -> Pool:
    return Pool(Line(f"{server.endpoint_url}/", connect_timeout=5, read_timeout=read_timeout), most_idle)


def test_a_connection_is_used_again() -> None:
    with ScriptedServer(ok(b"1"), ok(b"2"), ok(b"3")) as server:
        pool = pool_of(server)
        assert [pool.send(REQUEST, again=False).body for _ in range(3)] == [b"1", b"2", b"3"]
        assert server.connections == 1


def test_a_connection_that_was_closed_meanwhile_is_not_used_again() -> None:
    with ScriptedServer((ok(b"1"), HANG_UP), ok(b"2")) as server:
        pool = pool_of(server)
        pool.send(REQUEST, again=False)
        wait_until(lambda: not pool._idle[0].is_fresh())
        assert pool.send(REQUEST, again=False).body == b"2"
        assert server.connections == 2


def test_a_connection_on_which_something_came_unasked_is_not_used_again() -> None:
    with ScriptedServer((ok(b"1"), ok(b"garbage")), ok(b"2")) as server:
        pool = pool_of(server)
        pool.send(REQUEST, again=False)
        wait_until(lambda: not (pool._idle and pool._idle[0].is_fresh()))
        assert pool.send(REQUEST, again=False).body == b"2"
        assert server.connections == 2


def test_a_connection_that_nobody_used_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(ok(b"1"), ok(b"2")) as server:
        pool = pool_of(server)
        pool.send(REQUEST, again=False)
        monkeypatch.setattr(connections, "LONGEST_IDLE", -1.0)
        assert pool.send(REQUEST, again=False).body == b"2"
        assert server.connections == 2


@pytest.mark.parametrize("again", [True, False])
def test_a_kept_connection_that_fails_without_a_word_is_replaced_only_where_asked_for(*, again: bool) -> None:
    with ScriptedServer(ok(b"1"), HANG_UP, ok(b"2")) as server:
        pool = pool_of(server)
        pool.send(REQUEST, again=again)
        if again:
            assert pool.send(REQUEST, again=True).body == b"2"
        else:
            with pytest.raises(ConnectionClosedError):
                pool.send(REQUEST, again=False)
        assert len(server.requests) == (3 if again else 2)


def test_a_new_connection_that_fails_without_a_word_is_not_replaced() -> None:
    with ScriptedServer(HANG_UP, ok(b"1")) as server:
        with pytest.raises(ConnectionClosedError):
            pool_of(server).send(REQUEST, again=True)
        assert len(server.requests) == 1


def test_a_request_is_not_sent_again_once_an_answer_began() -> None:
    with ScriptedServer(ok(b"1"), (b"HTTP/1.1 2", HANG_UP), ok(b"2")) as server:
        pool = pool_of(server)
        pool.send(REQUEST, again=True)
        with pytest.raises(ConnectionClosedError):
            pool.send(REQUEST, again=True)
        assert len(server.requests) == 2


@pytest.mark.parametrize("received", [b"nonsense\r\n\r\n", HEAD + b"Content-Length: x\r\n\r\n"])
def test_a_connection_on_which_nonsense_came_is_closed(received: bytes) -> None:
    with ScriptedServer(received, ok(b"1")) as server:
        pool = pool_of(server)
        with pytest.raises(ConnectionClosedError):
            pool.send(REQUEST, again=True)
        assert pool.send(REQUEST, again=True).body == b"1"
        assert server.connections == 2


def test_an_answer_that_takes_too_long() -> None:
    with ScriptedServer(HEAD + b"Content-Length: 5\r\n\r\n1", ok(b"2")) as server:
        pool = pool_of(server, read_timeout=0.05)
        with pytest.raises(ReadTimeoutError):
            pool.send(REQUEST, again=True)
        assert pool.send(REQUEST, again=True).body == b"2"


def test_nobody_there() -> None:
    with ScriptedServer() as server:
        pool = pool_of(server)
    with pytest.raises(EndpointConnectionError):
        pool.send(REQUEST, again=True)


def test_a_name_that_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> socket.socket:
        raise socket.gaierror

    monkeypatch.setattr(socket, "create_connection", unknown)
    with pytest.raises(EndpointConnectionError):
        Pool(Line("http://nowhere.invalid/", 1, 1), 1).send(REQUEST, again=True)


def test_a_connection_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> socket.socket:
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", slow)
    with pytest.raises(ConnectTimeoutError):
        Pool(Line("http://127.0.0.1:1/", 1, 1), 1).send(REQUEST, again=True)


def test_who_speaks_no_tls_is_not_spoken_to() -> None:
    with ScriptedServer() as server:
        pool = Pool(Line(f"https://127.0.0.1:{server.port}/", 0.2, 1), 1)
        with pytest.raises((SSLError, EndpointConnectionError, ConnectTimeoutError)):
            pool.send(REQUEST, again=True)


def test_the_connection_that_was_used_last_is_used_next() -> None:
    together = threading.Barrier(3)
    with ScriptedServer(*[ok(b"1")] * 4) as server:
        pool = pool_of(server)
        with ThreadPoolExecutor(3) as threads:
            list(threads.map(lambda _: (together.wait(), pool.send(REQUEST, again=False)), range(3)))
        last = pool._idle[-1]
        pool.send(REQUEST, again=False)
        assert pool._idle[-1] is last


def test_no_more_connections_are_kept_than_asked_for() -> None:
    opened = [ok(b"1")] * 8
    with ScriptedServer(*opened) as server:
        pool = pool_of(server, most_idle=2)
        held = [pool._opener.open() for _ in range(4)]
        for connection in held:
            pool._exchange(connection, REQUEST)
        assert len(pool._idle) == 2
        assert [connection.sock.fileno() for connection in held[2:]] == [-1, -1]


def test_threads_get_the_answers_to_their_own_requests() -> None:
    class Echo(ScriptedServer):
        def __init__(self) -> None:
            super().__init__()
            self.script = Echoes(self)  # type: ignore[assignment]

    class Echoes:
        """Answers each request with its body."""

        def __init__(self, server: ScriptedServer) -> None:
            self._server = server

        def __bool__(self) -> bool:
            return True

        def popleft(self) -> bytes:
            return ok(MINE.body)

    class Mine(threading.local):
        body = b""

    MINE = Mine()  # noqa: N806 - one for all threads of the server

    class Hearing(list[bytes]):
        def append(self, request: bytes) -> None:
            MINE.body = request.partition(b"\r\n\r\n")[2]

    with Echo() as server:
        server.requests = Hearing()
        pool = pool_of(server, most_idle=4)

        def ask(number: int) -> bool:
            body = f"{number}".encode() * (number % 50 + 1)
            request = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
            return pool.send(request, again=True).body == body

        with ThreadPoolExecutor(8) as threads:
            assert all(threads.map(ask, range(400)))


def test_a_pool_that_nobody_has_any_more_closes_its_connections() -> None:
    with ScriptedServer(ok(b"1")) as server:
        pool = pool_of(server)
        pool.send(REQUEST, again=False)
        connection = pool._idle[0]
        del pool
        gc.collect()
        assert connection.sock.fileno() == -1


def test_a_closed_pool_opens_connections_again() -> None:
    with ScriptedServer(ok(b"1"), ok(b"2")) as server:
        pool = pool_of(server)
        pool.send(REQUEST, again=False)
        pool.close()
        assert pool.send(REQUEST, again=False).body == b"2"
        assert server.connections == 2


@pytest.mark.skipif(not hasattr(os, "register_at_fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_child_does_not_use_the_connections_of_its_parent() -> None:
    with ScriptedServer(ok(b"1"), ok(b"2"), ok(b"3")) as server:
        pool = pool_of(server)
        pool.send(REQUEST, again=False)
        fork = multiprocessing.get_context("fork")
        answers = fork.SimpleQueue()
        child = fork.Process(target=lambda: answers.put(pool.send(REQUEST, again=False).body))
        child.start()
        child.join()
        assert answers.get() == b"2"
        assert server.connections == 2
        assert pool.send(REQUEST, again=False).body == b"3"
        assert server.connections == 2


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for what the other end has done already to arrive."""
    for _ in range(100_000):
        if holds():
            return
    pytest.fail("it did not come to pass")

"""The HTTP server of the proxy."""

import contextlib
import select
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sst_repo.testing.faults.answers import Reply
from sst_repo.testing.faults.carrier import Carrier
from sst_repo.testing.faults.kinds import Fault
from sst_repo.testing.faults.upstream import Request, UpstreamError

POLL = 0.02
"""Seconds between two looks whether somebody has given up."""


class Server(ThreadingHTTPServer):
    """Serves each connection in a thread, and can cut them all."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier
        self.is_closing = False
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection, or cut it if it comes too late."""
        with self._lock:
            self._open.add(connection)
            if self.is_closing:
                _cut(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._lock:
            self._open.discard(connection)

    def cut_connections(self) -> None:
        """Cut all connections, those to come too; the threads that serve them then end."""
        with self._lock:
            self.is_closing = True
            for connection in self._open:
                _cut(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Let clients go: to give up while they wait is what they are here for."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as it was called


class _Handler(BaseHTTPRequestHandler):
    """Serves the requests of one connection, one after the other."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride] - no other server makes these
    connection: socket.socket

    def setup(self) -> None:
        super().setup()
        self._upstream = self.server.carrier.connect()
        self.server.opened(self.connection)

    def finish(self) -> None:
        self.server.closed(self.connection)
        self._upstream.close()
        super().finish()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        fault = self.server.carrier.next_fault(request)
        try:
            reply = self.server.carrier.carry(request, fault, self._upstream)
        except UpstreamError:
            reply = None
        if reply is None:
            self._cut()
        elif fault is Fault.HANG:
            self._wait_for_end()
        else:
            self._send(reply, cut_short=fault is Fault.TRUNCATE)

    def _send(self, reply: Reply, *, cut_short: bool) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) // 2] if cut_short else reply.body)
        self.wfile.flush()
        if cut_short:
            self._cut()

    def _wait_for_end(self) -> None:
        """Keep the client waiting until it, or the proxy, gives up."""
        while not self.server.is_closing:
            readable, _, _ = select.select([self.connection], [], [], POLL)
            if readable:
                break
        self._cut()

    def _cut(self) -> None:
        self.close_connection = True
        _cut(self.connection)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Keep standard error for the tests."""


def _cut(connection: socket.socket) -> None:
    """End a connection in both directions, whatever state it is in."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)

"""A server that answers with the very bytes it is told to, and hangs up when told to."""

import contextlib
import socket
import threading
from collections import deque
from typing import Self
from zlib import crc32

HANG_UP = object()
"""Ends the connection in place of an answer."""

HEAD = b"HTTP/1.1 200 OK\r\n"


def ok(body: bytes, *headers: str) -> bytes:
    """Return an answer as DynamoDB gives it."""
    lines = [f"x-amz-crc32: {crc32(body)}", f"Content-Length: {len(body)}", *headers]
    return HEAD + "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body


def refused(status: int, body: bytes) -> bytes:
    """Return an answer of another status."""
    return ok(body).replace(b"200 OK", f"{status} No".encode(), 1)


class ScriptedServer:
    """Answers the requests of all connections in turn from one script; once that is at its end, it hangs up.

    A step of the script is bytes to send or `HANG_UP`, or several in a tuple.

    Attributes:
        script: What is still to be answered.
        requests: What was asked, head and body.
        connections: How many connections there were.
    """

    def __init__(self, *script: object) -> None:
        self.script = deque(script)
        self.requests: list[bytes] = []
        self.connections = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._open: list[socket.socket] = []
        self._closing = False

    @property
    def port(self) -> int:
        port: int = self._listening.getsockname()[1]
        return port

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.hang_up()
        for thread in self._threads:
            thread.join()

    def hang_up(self) -> None:
        """End all connections."""
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=[connection])
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as reading, contextlib.suppress(OSError):
            while True:
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    line = reading.readline()
                    if not line:
                        return
                    head += line
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
                self.requests.append(head + reading.read(length))
                step = self.script.popleft() if self.script else HANG_UP
                for part in step if isinstance(step, tuple) else (step,):
                    if not isinstance(part, bytes):
                        return
                    connection.sendall(part)

"""HTTP around the stub: kept-alive connections, checksums, answers that are kept ready, and latency if asked for."""

import asyncio
import json
import re
from typing import Any
from zlib import crc32

from benchmarks.stub.operations import Operations, RefusedError

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_TARGET = re.compile(rb"\r\nx-amz-target:\s*DynamoDB_\d+\.(\w+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_END = b"\r\n\r\n"


class Answers:
    """Whole HTTP answers. Those to reads are kept until something is written, so that a repeated page costs nothing."""

    def __init__(self) -> None:
        self._operations = Operations()
        self._ready: dict[tuple[bytes, bytes], bytes] = {}
        self._of_table: dict[str, list[tuple[bytes, bytes]]] = {}

    def answer(self, operation: bytes, body: bytes) -> bytes:
        """Answer a request, given the name of its operation and its body."""
        ready = self._ready.get((operation, body))
        return self._made(operation, body) if ready is None else ready

    def _made(self, operation: bytes, body: bytes) -> bytes:
        name = operation.decode()
        request: dict[str, Any] = json.loads(body)
        try:
            answer = _response(b"200 OK", self._operations.answer(name, request))
        except RefusedError as error:
            content = {"__type": f"com.amazonaws.dynamodb.v20120810#{error.kind}", "message": str(error)}
            return _response(b"400 Bad Request", json.dumps(content).encode())
        if name in Operations.READS:
            self._ready[operation, body] = answer
            for table in _tables_in(request):
                self._of_table.setdefault(table, []).append((operation, body))
        else:
            for table in _tables_in(request):
                for read in self._of_table.pop(table, ()):
                    self._ready.pop(read, None)
        return answer


class Connection(asyncio.Protocol):
    """One client's connection.

    Args:
        answers: What is answered.
        latency: Seconds to wait before each answer.
        connected: Has the connection in it while it lasts.
    """

    def __init__(self, answers: Answers, latency: float, connected: set[asyncio.Transport]) -> None:
        self._answers = answers
        self._latency = latency
        self._connected = connected
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connected.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - either end may go
        if self._transport is not None:
            self._connected.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        while (taken := self._next()) is not None:
            self._send(self._answers.answer(*taken))

    def _next(self) -> tuple[bytes, bytes] | None:
        """Take a whole request off what was received: the name of its operation, and its body."""
        end = self._received.find(_END)
        if end < 0:
            return None
        head = self._received[:end]
        length, target = _LENGTH.search(head), _TARGET.search(head)
        if target is None or length is None or _CHUNKED.search(head):
            raise ValueError(f"not a request to DynamoDB as the stub knows them: {head!r}")
        start = end + len(_END)
        stop = start + int(length[1])
        if len(self._received) < stop:
            return None
        body = self._received[start:stop]
        self._received = self._received[stop:]
        return target[1], body

    def _send(self, answer: bytes) -> None:
        assert self._transport is not None
        if self._latency:
            asyncio.get_running_loop().call_later(self._latency, self._transport.write, answer)
        else:
            self._transport.write(answer)


def _response(status: bytes, body: bytes) -> bytes:
    head = (
        b"HTTP/1.1 %b\r\nServer: Server\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n"
        b"Connection: keep-alive\r\nx-amzn-RequestId: UNVGM1OU31MA1E3JLQT1QHUHPRVV4KQNSO5AEMVJF66Q9ASUAAJG\r\n"
        b"x-amz-crc32: %d\r\n\r\n"
    )
    return head % (status, len(body), crc32(body)) + body


def _tables_in(request: dict[str, Any]) -> set[str]:
    if "RequestItems" in request:
        return set(request["RequestItems"])
    actions = request.get("TransactItems", [{"": request}])
    return {content["TableName"] for action in actions for content in action.values()}

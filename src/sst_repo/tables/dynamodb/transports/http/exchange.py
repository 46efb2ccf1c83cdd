"""One request and its answer over a connection.

Bodies have a length, come in chunks, or end with the connection. What is not as it should be is an error, never a
guess: an answer that is read wrongly would be taken for another request's. Source: RFC 9112.
"""

from typing import NamedTuple, Protocol

LARGEST_HEAD = 64 * 1024
"""More bytes than this before the body are no answer of DynamoDB; its own take less than 1 KB."""

LARGEST_BODY = 256 * 1024 * 1024
"""Likewise after them: the largest answers take 16 MB."""

_CHUNK = 256 * 1024
_LONGEST_SIZE_LINE = 1024
_CONTINUE = range(100, 200)
_HEX = frozenset(b"0123456789abcdefABCDEF")


class MalformedAnswerError(ValueError):
    """What came is no answer in HTTP/1.1."""


class NothingCameError(ConnectionError):
    """The connection ended before the first byte of an answer."""


class Connection(Protocol):
    """What an exchange needs of a socket."""

    def sendall(self, data: bytes, /) -> None:
        """Send everything."""
        ...

    def recv(self, size: int, /) -> bytes:
        """Wait for some bytes; none at the end."""
        ...

    def recv_into(self, buffer: memoryview, /) -> int:
        """Wait for some bytes, and put them there."""
        ...


class Answer(NamedTuple):
    """An answer.

    Attributes:
        status: The HTTP status.
        headers: By name, in small letters.
        body: As much of it as came.
        has_ended: Whether it came to its end.
        is_kept: Whether the connection may be used again.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    has_ended: bool
    is_kept: bool


def exchange(connection: Connection, request: bytes) -> Answer:
    """Send a request and wait for the answer.

    Raises:
        NothingCameError: The connection ended before any byte came: it may have been closed while nobody used it.
        MalformedAnswerError: What came is no answer.
        OSError: The connection failed, or the time is up.
    """
    try:
        connection.sendall(request)
        received = connection.recv(_CHUNK)
    except (BrokenPipeError, ConnectionResetError, ConnectionAbortedError) as error:
        raise NothingCameError from error
    if not received:
        raise NothingCameError
    while True:
        head, received = _head(connection, received)
        version, status, headers = _parsed(head)
        if status not in _CONTINUE:
            break
    body, left, has_ended = _body(connection, received, headers)
    is_kept = has_ended and not left and version == b"HTTP/1.1" and "close" not in headers.get("connection", "").lower()
    return Answer(status, headers, body, has_ended, is_kept and not _ends_with_connection(headers))


def _head(connection: Connection, received: bytes) -> tuple[bytes, bytes]:
    """Return everything before the empty line, and what came behind it."""
    searched = 0
    while (end := received.find(b"\r\n\r\n", searched)) < 0:
        if len(received) > LARGEST_HEAD:
            raise MalformedAnswerError("the head of the answer does not end")
        searched = max(0, len(received) - 3)
        more = connection.recv(_CHUNK)
        if not more:
            raise MalformedAnswerError("the answer ends within its head")
        received += more
    if end > LARGEST_HEAD:
        raise MalformedAnswerError("the head of the answer is too large")
    return received[:end], received[end + 4 :]


def _parsed(head: bytes) -> tuple[bytes, int, dict[str, str]]:
    first, *lines = head.split(b"\r\n")
    version, code = first[:8], first[9:12]
    if version not in {b"HTTP/1.1", b"HTTP/1.0"} or first[8:9] != b" " or not code.isdigit() or first[12:13].strip():
        raise MalformedAnswerError("the answer does not begin like one")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not name or name != name.strip() or "\r" in value or "\n" in value or "\0" in value:
            raise MalformedAnswerError("a header of the answer is none")
        lowered = name.lower()
        headers[lowered] = f"{headers[lowered]}, {value.strip()}" if lowered in headers else value.strip()
    return version, int(code), headers


def _ends_with_connection(headers: dict[str, str]) -> bool:
    return "content-length" not in headers and "transfer-encoding" not in headers


def _body(connection: Connection, received: bytes, headers: dict[str, str]) -> tuple[bytes, bytes, bool]:
    """Return the body, what came behind it, and whether it came to its end."""
    if headers.get("content-encoding", "identity") != "identity":
        raise MalformedAnswerError("the answer is encoded, though none was asked for that is")
    encoding, length = headers.get("transfer-encoding"), headers.get("content-length")
    if encoding is not None:
        if encoding.lower() != "chunked" or length is not None:
            raise MalformedAnswerError("the answer does not say where it ends")
        return _chunked(connection, received)
    if length is None:
        return _until_end(connection, received)
    if not (length.isascii() and length.isdigit()) or int(length) > LARGEST_BODY:
        raise MalformedAnswerError("the answer has no length that makes sense")
    return _of_length(connection, received, int(length))


def _of_length(connection: Connection, received: bytes, length: int) -> tuple[bytes, bytes, bool]:
    if len(received) >= length:
        return received[:length], received[length:], True
    body = bytearray(length)
    got = len(received)
    body[:got] = received
    with memoryview(body) as rest:
        while got < length:
            count = connection.recv_into(rest[got:])
            if not count:
                return bytes(rest[:got]), b"", False
            got += count
    return bytes(body), b"", True


def _until_end(connection: Connection, received: bytes) -> tuple[bytes, bytes, bool]:
    parts = [received]
    size = len(received)
    while more := connection.recv(_CHUNK):
        parts.append(more)
        size += len(more)
        if size > LARGEST_BODY:
            raise MalformedAnswerError("the answer does not end")
    return b"".join(parts), b"", True


def _chunked(connection: Connection, received: bytes) -> tuple[bytes, bytes, bool]:
    source = _Source(connection, received)
    parts: list[bytes] = []
    total = 0
    try:
        while size := _size(source.line(_LONGEST_SIZE_LINE)):
            total += size
            if total > LARGEST_BODY:
                raise MalformedAnswerError("the answer does not end")
            source.take(size, parts)
            if source.line(0):
                raise MalformedAnswerError("a chunk is longer than it says")
        # Headers that nobody asked for, up to an empty line.
        while source.line(LARGEST_HEAD):
            pass
    except _EndedError:
        return b"".join(parts), b"", False
    return b"".join(parts), source.rest(), True


def _size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip(b" \t")
    if not digits or not _HEX.issuperset(digits):
        raise MalformedAnswerError("a chunk has no size")
    return int(digits, 16)


class _EndedError(Exception):
    """The connection ended within a body."""


class _Source:
    """Bytes that have come, and those that will."""

    def __init__(self, connection: Connection, received: bytes) -> None:
        self._connection = connection
        self._buffer = bytearray(received)
        self._at = 0

    def line(self, longest: int) -> bytes:
        """Take a line, and its end away from it."""
        while (end := self._buffer.find(b"\r\n", self._at)) < 0:
            if len(self._buffer) - self._at > longest + 1:
                raise MalformedAnswerError("a line of the answer does not end")
            self._wait()
        line = bytes(self._buffer[self._at : end])
        self._at = end + 2
        return line

    def take(self, size: int, parts: list[bytes]) -> None:
        """Take so many bytes, or what there is of them."""
        end = self._at + size
        try:
            while len(self._buffer) < end:
                self._wait()
        finally:
            parts.append(bytes(self._buffer[self._at : end]))
        del self._buffer[:end]
        self._at = 0

    def rest(self) -> bytes:
        """Return what was not taken."""
        return bytes(self._buffer[self._at :])

    def _wait(self) -> None:
        more = self._connection.recv(_CHUNK)
        if not more:
            raise _EndedError
        self._buffer += more

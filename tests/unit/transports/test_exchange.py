"""One request and its answer: what is taken for an answer, where it ends, and what is refused."""

import socket
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.tables.dynamodb.transports.http.exchange import (
    LARGEST_BODY,
    LARGEST_HEAD,
    Answer,
    MalformedAnswerError,
    NothingCameError,
    exchange,
)

HEAD = b"HTTP/1.1 200 OK\r\n"
REQUEST = b"POST / HTTP/1.1\r\n\r\n"


class Pieces:
    """A connection on which an answer comes in pieces, and then ends."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = [piece for piece in pieces if piece]
        self.sent = b""

    def sendall(self, data: bytes, /) -> None:
        self.sent += data

    def recv(self, size: int, /) -> bytes:
        if not self._pieces:
            return b""
        piece, self._pieces[0] = self._pieces[0][:size], self._pieces[0][size:]
        if not self._pieces[0]:
            del self._pieces[0]
        return piece

    def recv_into(self, buffer: memoryview, /) -> int:
        piece = self.recv(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def answered(*pieces: bytes) -> Answer:
    return exchange(Pieces(*pieces), REQUEST)


def test_the_request_is_sent_as_it_is() -> None:
    connection = Pieces(HEAD + b"Content-Length: 0\r\n\r\n")
    exchange(connection, REQUEST)
    assert connection.sent == REQUEST


def test_an_answer_with_a_length() -> None:
    assert answered(HEAD + b"Content-Length: 2\r\nX-Amz-CRC32:  5 \r\n\r\n{}") == Answer(
        200, {"content-length": "2", "x-amz-crc32": "5"}, b"{}", has_ended=True, is_kept=True
    )


def test_an_answer_in_chunks() -> None:
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n00A;name=value\r\npedia in c\r\n0\r\n\r\n"
    answer = answered(chunked)
    assert (answer.body, answer.has_ended, answer.is_kept) == (b"Wikipedia in c", True, True)


def test_headers_behind_the_last_chunk_are_passed_over() -> None:
    answer = answered(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nA: b\r\nC: d\r\n\r\n")
    assert (answer.body, answer.is_kept) == (b"a", True)


@pytest.mark.parametrize("version", [b"HTTP/1.1", b"HTTP/1.0"])
def test_an_answer_without_a_length_ends_with_its_connection(version: bytes) -> None:
    answer = answered(version + b" 200 OK\r\n\r\n{", b"}")
    assert (answer.body, answer.has_ended, answer.is_kept) == (b"{}", True, False)


def test_interim_answers_are_passed_over() -> None:
    answer = answered(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + HEAD + b"Content-Length: 1\r\n\r\n1"
    )
    assert (answer.status, answer.body, answer.is_kept) == (200, b"1", True)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n",
        HEAD + b"Connection: close\r\nContent-Length: 1\r\n\r\n",
        HEAD + b"Connection: Keep-Alive, Close\r\nContent-Length: 1\r\n\r\n",
    ],
)
def test_a_connection_that_is_to_end_is_not_kept(head: bytes) -> None:
    assert not answered(head + b"1").is_kept


@pytest.mark.parametrize(
    "framed", [b"Content-Length: 1\r\n\r\n1", b"Transfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n"]
)
def test_what_comes_behind_an_answer_is_no_answer_to_the_next_request(framed: bytes) -> None:
    answer = answered(HEAD + framed + HEAD + b"Content-Length: 5\r\n\r\nwrong")
    assert (answer.body, answer.has_ended, answer.is_kept) == (b"1", True, False)


@pytest.mark.parametrize(
    ("framed", "body"),
    [
        (b"Content-Length: 10\r\n\r\n12345", b"12345"),
        (b"Content-Length: 10\r\n\r\n", b""),
        (b"Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n", b"12345"),
        (b"Transfer-Encoding: chunked\r\n\r\n5\r\n123", b"123"),
        (b"Transfer-Encoding: chunked\r\n\r\n5", b""),
        (b"Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n", b"12345"),
    ],
)
def test_an_answer_that_ends_too_early_says_so(framed: bytes, body: bytes) -> None:
    answer = answered(HEAD + framed)
    assert (answer.body, answer.has_ended, answer.is_kept) == (body, False, False)


def test_a_connection_on_which_nothing_comes() -> None:
    with pytest.raises(NothingCameError):
        answered()


@pytest.mark.parametrize("error", [BrokenPipeError, ConnectionResetError])
def test_a_connection_that_breaks_before_anything_came(error: type[OSError]) -> None:
    class Broken(Pieces):
        def sendall(self, data: bytes, /) -> None:
            raise error

    with pytest.raises(NothingCameError):
        exchange(Broken(), REQUEST)


@pytest.mark.parametrize(
    "received",
    [
        b"<html>\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"HTTP/1.1 2OO OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1  200 OK\r\n\r\n",
        HEAD,
        HEAD + b"Content-Length: 1",
        HEAD + b"no colon\r\n\r\n",
        HEAD + b": no name\r\n\r\n",
        HEAD + b"Content-Length : 1\r\n\r\n1",
        HEAD + b"A: b\r\n folded: c\r\n\r\n",
        HEAD + b"A: b\nContent-Length: 1\r\n\r\n1",
        HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n12",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: +1\r\n\r\n1",
        HEAD + b"Content-Length: 0x1\r\n\r\n1",
        HEAD + b"Content-Length: \xb2\r\n\r\n1",
        HEAD + b"Content-Length:\r\n\r\n",
        HEAD + f"Content-Length: {LARGEST_BODY + 1}\r\n\r\n".encode(),
        HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: identity\r\n\r\n1",
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\n1",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nx\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1_0\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1;" + b"x" * 2000,
        HEAD + f"Transfer-Encoding: chunked\r\n\r\n{LARGEST_BODY + 1:x}\r\n".encode(),
        HEAD + b"A: " + b"b" * LARGEST_HEAD + b"\r\n\r\n",
        HEAD + b"A: " + b"b" * LARGEST_HEAD * 6,
    ],
)
def test_what_is_no_answer_is_refused(received: bytes) -> None:
    with pytest.raises(MalformedAnswerError):
        answered(received)


@given(body=st.binary(max_size=300), cuts=st.sets(st.integers(1, 400)), sizes=st.lists(st.integers(1, 50), max_size=20))
def test_it_makes_no_difference_in_which_pieces_an_answer_comes(body: bytes, cuts: set[int], sizes: list[int]) -> None:
    rest, chunks = body, b""
    for size in [*sizes, 300]:
        part, rest = rest[:size], rest[size:]
        chunks += f"{len(part):X}\r\n".encode() + part + b"\r\n" if part else b""
    for whole in (
        HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n",
    ):
        edges = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
        answer = answered(*(whole[begin:end] for begin, end in pairwise(edges)))
        assert (answer.body, answer.has_ended, answer.is_kept) == (body, True, True)


@given(st.binary(max_size=200))
def test_whatever_comes_is_an_answer_or_an_error(noise: bytes) -> None:
    for received in (noise, HEAD + noise, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + noise):
        try:
            answer = answered(received)
        except (MalformedAnswerError, NothingCameError):
            continue
        assert 0 <= answer.status <= 999


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_an_answer_that_does_not_come_in_time_is_an_error(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    ours.settimeout(0.01)
    theirs.sendall(HEAD + b"Content-Length: 2\r\n\r\n{")
    with pytest.raises(TimeoutError):
        exchange(ours, REQUEST)

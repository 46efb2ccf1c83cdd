"""The proxy's way to the server behind."""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sst_repo.testing.faults.answers import Reply

_TIMEOUT = 30.0
_LONGEST_IDLE = 5.0
"""Seconds after which a kept connection is not trusted: the server may be about to close it."""

_OF_ONE_CONNECTION = frozenset({"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"})
"""Headers that say something about one connection, not about what is carried over both."""


class UpstreamError(Exception):
    """The server behind gave no answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request of a DynamoDB client.

    Attributes:
        path: Where to.
        headers: By name, in small letters.
        body: The parameters, as JSON.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """The operation, such as `PutItem`; empty where the request does not say."""
        return self.headers.get("x-amz-target", "").rpartition(".")[2]

    def with_body(self, body: bytes) -> "Request":
        """Return a request for something else."""
        return replace(self, body=body)


class Upstream:
    """A connection to the server behind, kept for the next request. For one thread at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT)
        self._last_used = 0.0

    def send(self, request: Request) -> Reply:
        """Send a request, once, and wait for the answer.

        Raises:
            UpstreamError: None came. Whether the server has got the request can't be known.
        """
        if time.monotonic() - self._last_used > _LONGEST_IDLE:
            self.close()
        try:
            self._connection.request("POST", request.path, request.body, _carried(request.headers))
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise UpstreamError(f"the server behind gave no answer: {error}") from error
        self._last_used = time.monotonic()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, _carried(headers), body)

    def close(self) -> None:
        """End the connection; the next request opens another."""
        self._connection.close()


def _carried(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in _OF_ONE_CONNECTION}

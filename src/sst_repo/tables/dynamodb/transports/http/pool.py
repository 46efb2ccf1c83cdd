"""Connections that are kept for the next request. For many threads at once, and safe to fork."""

import os
import weakref
from collections import deque

from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from sst_repo.tables.dynamodb.transports.http.connections import Connection, Line, Opener
from sst_repo.tables.dynamodb.transports.http.exchange import Answer, MalformedAnswerError, NothingCameError, exchange

_POOLS: "weakref.WeakSet[Pool]" = weakref.WeakSet()


class Pool:
    """Sends requests to one endpoint, over the connection that was used last: the others may then go.

    Args:
        line: How to reach the endpoint.
        most_idle: How many connections are kept while nobody uses them; there may be more while many do.
    """

    def __init__(self, line: Line, most_idle: int) -> None:
        self._opener = Opener(line)
        self._url = line.url
        self._idle: deque[Connection] = deque()
        self._most_idle = most_idle
        _POOLS.add(self)
        weakref.finalize(self, _close_all, self._idle)

    def send(self, request: bytes, *, again: bool) -> Answer:
        """Send a request, and wait for the answer.

        Args:
            request: Head and body.
            again: Whether it may be sent once more where a kept connection turns out to have been closed.

        Raises:
            EndpointConnectionError, ConnectTimeoutError, SSLError: It was not sent.
            ReadTimeoutError, ConnectionClosedError: It may have been carried out.
        """
        kept = self._kept()
        if kept is not None:
            try:
                return self._exchange(kept, request)
            except NothingCameError as error:
                if not again:
                    raise ConnectionClosedError(endpoint_url=self._url, error=error) from error
        try:
            return self._exchange(self._opener.open(), request)
        except NothingCameError as error:
            raise ConnectionClosedError(endpoint_url=self._url, error=error) from error

    def close(self) -> None:
        """End all connections that nobody uses; the next request opens another."""
        _close_all(self._idle)

    def _kept(self) -> Connection | None:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if connection.is_fresh():
                return connection
            connection.close()

    def _exchange(self, connection: Connection, request: bytes) -> Answer:
        """Exchange and put the connection back, or close it if anything about it is not as it should be."""
        is_kept = False
        try:
            answer = exchange(connection, request)
            is_kept = answer.is_kept and len(self._idle) < self._most_idle
        except NothingCameError:
            raise
        except TimeoutError as error:
            raise ReadTimeoutError(endpoint_url=self._url, error=error) from error
        except (OSError, MalformedAnswerError) as error:
            raise ConnectionClosedError(endpoint_url=self._url, error=error) from error
        finally:
            if not is_kept:
                connection.close()
        if is_kept:
            connection.rest()
            self._idle.append(connection)
        return answer


def _close_all(idle: deque[Connection]) -> None:
    while True:
        try:
            idle.pop().close()
        except IndexError:
            return


def _forget_all() -> None:
    """Close a child's copies of the connections of its parent, which are none of its business."""
    for pool in list(_POOLS):
        pool.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)

"""Connections to one endpoint: how they are opened, and when one may be used again."""

import select
import socket
import ssl
import time
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, SSLError
from botocore.httpsession import create_urllib3_context, get_cert_path

LONGEST_IDLE = 50.0
"""Seconds after which a connection that nobody used is not trusted: what stands in between may have forgotten it
without a word."""

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Line:
    """How to reach an endpoint.

    Attributes:
        url: The endpoint.
        connect_timeout: Seconds to wait for a connection, TLS included; None waits for ever.
        read_timeout: Seconds to wait for each piece of an answer; None waits for ever.
        verify: Whether the server's certificate is checked, or what against: a file of certificates.
        keepalive: Whether TCP is to look after idle connections.
    """

    url: str
    connect_timeout: float | None
    read_timeout: float | None
    verify: bool | str = True
    keepalive: bool = False

    def to(self, url: str) -> "Line":
        """Return how to reach another endpoint likewise."""
        return replace(self, url=url)


class Connection:
    """An open connection; for one thread at a time."""

    __slots__ = ("_idle_since", "_poll", "recv", "recv_into", "sendall", "sock")

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        # Bound once: an exchange takes three lookups less.
        self.sendall = sock.sendall
        self.recv = sock.recv
        self.recv_into = sock.recv_into
        self._idle_since = 0.0
        self._poll = None if not hasattr(select, "poll") else select.poll()
        if self._poll is not None:
            self._poll.register(sock, select.POLLIN)

    def rest(self) -> None:
        """Note that nobody uses it from now on."""
        self._idle_since = time.monotonic()

    def is_fresh(self) -> bool:
        """Tell whether it may be used again: not idle for too long, neither closed nor sent anything meanwhile."""
        if time.monotonic() - self._idle_since > LONGEST_IDLE:
            return False
        if self._poll is not None:
            return not self._poll.poll(0)
        readable, _, _ = select.select([self.sock], [], [], 0)
        return not readable

    def close(self) -> None:
        """End it."""
        self.sock.close()


class Opener:
    """Opens connections to an endpoint. TLS is set up once for all of them."""

    def __init__(self, line: Line) -> None:
        self.line = line
        parts = urlsplit(line.url)
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._tls = _tls(line.verify) if parts.scheme == "https" else None

    def open(self) -> Connection:
        """Open a connection.

        Raises:
            EndpointConnectionError, ConnectTimeoutError: Nobody answers.
            SSLError: Whoever answers can't prove to be the one.
        """
        url, timeout = self.line.url, self.line.connect_timeout
        try:
            sock = socket.create_connection((self._host, self._port), timeout)
        except TimeoutError as error:
            raise ConnectTimeoutError(endpoint_url=url, error=error) from error
        except OSError as error:
            raise EndpointConnectionError(endpoint_url=url, error=error) from error
        try:
            # Else the end of a large request waits until its beginning is acknowledged.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.line.keepalive:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_hostname=self._host)
            sock.settimeout(self.line.read_timeout)
        except TimeoutError as error:
            sock.close()
            raise ConnectTimeoutError(endpoint_url=url, error=error) from error
        except ssl.SSLError as error:
            sock.close()
            raise SSLError(endpoint_url=url, error=error) from error
        except OSError as error:
            sock.close()
            raise EndpointConnectionError(endpoint_url=url, error=error) from error
        except BaseException:
            sock.close()
            raise
        return Connection(sock)


def _tls(verify: bool | str) -> ssl.SSLContext:  # noqa: FBT001 - botocore's setting
    """Set TLS up as botocore does."""
    # The stubs have these two wrong.
    requirement: Any = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
    against: Any = verify
    context: ssl.SSLContext = create_urllib3_context(cert_reqs=requirement)
    if verify:
        context.check_hostname = True
        context.load_verify_locations(cafile=get_cert_path(against))
    return context

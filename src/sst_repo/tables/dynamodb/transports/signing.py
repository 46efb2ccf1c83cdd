"""Signatures of requests: AWS Signature Version 4, for POSTs of JSON to the path /.

What stays the same for a day (the key) or for an operation (most of what is signed) is made once.
Source: AWS General Reference, "Signature Version 4 signing process"; equal to botocore's `SigV4Auth`, by test.
"""

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"
_SIGNED = "content-type;host;x-amz-date;x-amz-target"
_SIGNED_WITH_TOKEN = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"  # noqa: S105 - names of headers
_DEFAULT_PORTS = {"http": 80, "https": 443}


class FrozenCredentials(Protocol):
    """Credentials as they are at one moment: those that botocore freezes."""

    @property
    def access_key(self) -> str:
        """Whose they are."""
        ...

    @property
    def secret_key(self) -> str:
        """What they prove it with."""
        ...

    @property
    def token(self) -> str | None:
        """What temporary ones come with."""
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a signature is good.

    Attributes:
        region: The region, such as `eu-west-1`.
        service: The service's signing name.
    """

    region: str
    service: str


class Head:
    """The head of all requests of one operation to one endpoint, but for the signature.

    Args:
        url: The endpoint; its path is /.
        headers: What botocore adds to a request before it is signed: the target, the type of the content, who asks.
    """

    __slots__ = ("after_date", "before_date", "headers", "text", "url")

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self.url = url
        self.headers = dict(headers)
        named = {name.lower(): _one_line(value) for name, value in headers.items()}
        host = host_of(url)
        lines = [f"{_one_line(name)}: {_one_line(value)}\r\n" for name, value in headers.items()]
        self.text = f"POST / HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: identity\r\n{''.join(lines)}"
        self.before_date = f"POST\n/\n\ncontent-type:{_folded(named['content-type'])}\nhost:{host}\nx-amz-date:"
        self.after_date = f"x-amz-target:{_folded(named['x-amz-target'])}\n"


class _Prepared(NamedTuple):
    """What depends on nothing but the day, the scope and the credentials."""

    key: bytes
    credential: str
    token: str
    token_header: str


class Signer:
    """Signs requests. Safe to share between threads: what two of them keep at once is alike."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[object, ...], _Prepared] | None = None
        self._second = (0, "")

    def request(self, head: Head, scope: Scope, credentials: FrozenCredentials, body: bytes) -> bytes:
        """Return a whole request, signed now.

        Raises:
            ValueError: The credentials can't be put into a header.
        """
        stamp = self._now()
        day = stamp[:8]
        key, prefix, token, token_line = self._prepared(day, scope, credentials)
        signed = _SIGNED_WITH_TOKEN if token else _SIGNED
        canonical = f"{head.before_date}{stamp}\n{token}{head.after_date}\n{signed}\n{sha256(body).hexdigest()}"
        to_sign = (
            f"{_ALGORITHM}\n{stamp}\n{day}/{scope.region}/{scope.service}/aws4_request\n"
            f"{sha256(canonical.encode()).hexdigest()}"
        )
        signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
        return (
            f"{head.text}X-Amz-Date: {stamp}\r\n{token_line}"
            f"Authorization: {prefix}, SignedHeaders={signed}, Signature={signature}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def _now(self) -> str:
        now = int(time.time())
        second, stamp = self._second
        if now != second:
            stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
            self._second = now, stamp
        return stamp

    def _prepared(self, day: str, scope: Scope, credentials: FrozenCredentials) -> "_Prepared":
        wanted = (day, scope, credentials.access_key, credentials.secret_key, credentials.token)
        kept = self._kept
        # Renewed as a whole, so that no thread sees half of what another has made.
        if kept is not None and kept[0] == wanted:
            return kept[1]
        key = f"AWS4{credentials.secret_key}".encode()
        for part in (day, scope.region, scope.service, "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        access_key, token = _one_line(credentials.access_key), credentials.token
        prepared = _Prepared(
            key,
            f"{_ALGORITHM} Credential={access_key}/{day}/{scope.region}/{scope.service}/aws4_request",
            f"x-amz-security-token:{_folded(token)}\n" if token else "",
            f"X-Amz-Security-Token: {_one_line(token)}\r\n" if token else "",
        )
        self._kept = (wanted, prepared)
        return prepared


def host_of(url: str) -> str:
    """Return the header Host for a URL."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    return host if parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f"{host}:{parts.port}"


def _one_line(value: str) -> str:
    """Refuse what would begin another header."""
    if "\r" in value or "\n" in value or "\0" in value:
        raise ValueError("a header of a request must be one line")
    return value


def _folded(value: str) -> str:
    return " ".join(value.split())

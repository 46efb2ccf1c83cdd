"""What a client is set to: what we follow where we send in its place, and what we leave to botocore.

The region, the retries and the timeouts are in the client's public `Config`. Certificates and proxies are not: they are
read off its HTTP session, and where that is not the one we know, we don't send in its place.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSHTTPConnectionPool, AWSHTTPSConnectionPool
from botocore.httpsession import URLLib3Session

from sst_repo.core.retry import Backoff
from sst_repo.tables.dynamodb.transports.http.connections import Line

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ATTEMPTS = {"legacy": 10, "standard": 4}
"""How often botocore sends a request to DynamoDB unless told otherwise, by its mode."""

_PROTOCOL = "json"
_SIGNATURE = "v4"
_MOST_IDLE = 64

_SEND: Callable[..., object] = URLLib3Session.send
_PLAIN: Any = AWSHTTPConnectionPool.ConnectionCls
_SECURE: Any = AWSHTTPSConnectionPool.ConnectionCls


def unusual(client: "DynamoDBClient") -> str | None:
    """Say why requests can't be sent in the client's place; None if they can."""
    config = _config(client)
    session = _session(client)
    url = client.meta.endpoint_url
    parts = urlsplit(url)
    unmet = (
        (_mode(config) in _ATTEMPTS, "its retries are adaptive"),
        (speaks_json(client), "it speaks another protocol"),
        (session is not None, "its HTTP session is not botocore's"),
        (not config.client_cert, "it proves itself by a certificate"),
        (session is None or _proxy(session, url) is None, "it goes through a proxy"),
        (not getattr(config, "endpoint_discovery_enabled", None), "it discovers endpoints"),
        (not getattr(config, "auth_scheme_preference", None), "it prefers a signature of its own"),
        (config.signature_version == _SIGNATURE, "it does not sign by Signature Version 4"),
        (parts.scheme in {"http", "https"} and parts.path in {"", "/"}, "its endpoint has a path"),
    )
    return next((reason for is_met, reason in unmet if not is_met), None)


def speaks_json(client: "DynamoDBClient") -> bool:
    """Tell whether the client's bodies are DynamoDB JSON: some day botocore may choose another protocol."""
    service: Any = client.meta.service_model
    protocol: str = getattr(service, "resolved_protocol", None) or service.metadata["protocol"]
    return protocol == _PROTOCOL


def is_recorded(client: "DynamoDBClient") -> bool:
    """Tell whether somebody stands in for botocore's way of sending, as those do who record and replay answers."""
    session = _session(client)
    return (
        session is None
        or "send" in session.__dict__
        or URLLib3Session.send is not _SEND
        or AWSHTTPConnectionPool.ConnectionCls is not _PLAIN
        or AWSHTTPSConnectionPool.ConnectionCls is not _SECURE
    )


def line(client: "DynamoDBClient", url: str) -> Line:
    """Return how the client reaches an endpoint."""
    config = _config(client)
    return Line(
        url=url,
        connect_timeout=config.connect_timeout,
        read_timeout=config.read_timeout,
        verify=getattr(_session(client), "_verify", True),
        keepalive=bool(getattr(config, "tcp_keepalive", None)),
    )


def most_idle(client: "DynamoDBClient") -> int:
    """Return how many connections are kept that nobody uses: 64, or as many as the client may have."""
    wanted: int = _config(client).max_pool_connections
    return max(_MOST_IDLE, wanted)


def backoff(client: "DynamoDBClient") -> Backoff:
    """Return how often botocore would send a read, and how long to wait in between."""
    config = _config(client)
    retries: dict[str, Any] = config.retries or {}
    return Backoff(attempts=retries.get("total_max_attempts") or _ATTEMPTS[_mode(config)], first=0.05, longest=2.0)


def _config(client: "DynamoDBClient") -> Any:  # noqa: ANN401 - botocore's stubs lack half of it
    return client.meta.config


def _mode(config: Any) -> str:  # noqa: ANN401 - likewise
    retries: dict[str, str] = config.retries or {}
    return retries.get("mode", "legacy")


def _session(client: "DynamoDBClient") -> Any:  # noqa: ANN401 - or None, if it is not the one we know
    endpoint: Any = getattr(client, "_endpoint", None)
    session = getattr(endpoint, "http_session", None)
    known = type(session) is URLLib3Session and hasattr(session, "_verify") and hasattr(session, "_proxy_config")
    return session if known else None


def _proxy(session: Any, url: str) -> str | None:  # noqa: ANN401 - likewise
    proxy: str | None = session._proxy_config.proxy_url_for(url)  # noqa: SLF001 - nothing public tells
    return proxy

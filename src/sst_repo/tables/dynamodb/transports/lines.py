"""Sending in a client's place: to the endpoints and with the signatures that botocore has chosen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from botocore.exceptions import NoCredentialsError

from sst_repo.tables.dynamodb.transports import settings
from sst_repo.tables.dynamodb.transports.http.pool import Pool
from sst_repo.tables.dynamodb.transports.signing import FrozenCredentials, Head, Scope, Signer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SIGNATURE = "v4"
_SIGNED_HEADERS = {"X-Amz-Target", "Content-Type"}
_UNDERSTOOD = {"region", "signing_name"}
_SLASHES = 3
_UNSIGNED_HEADERS = {"User-Agent", "X-Amzn-Trace-Id"}


@dataclass(frozen=True, slots=True)
class Route:
    """Where requests of one operation go, and how they begin.

    Attributes:
        head: How they begin.
        scope: What their signatures are good for.
        pool: The connections.
    """

    head: Head
    scope: Scope
    pool: Pool


class Lines:
    """The connections of one client, shared by all its tables, and its routes.

    Args:
        client: Whose settings they follow. It is not kept: they go when it goes.
    """

    def __init__(self, client: "DynamoDBClient") -> None:
        self.signer = Signer()
        self._most_idle = settings.most_idle(client)
        self._template = settings.line(client, client.meta.endpoint_url)
        self._routes: dict[str, Route | None] = {}
        self._pools: dict[str, Pool] = {}

    def route(self, operation: str, params: dict[str, Any], signer: Any, context: dict[str, Any]) -> Route | None:  # noqa: ANN401 - botocore's
        """Return the route of a request as botocore has prepared it; None if there is something unusual about it."""
        signing: dict[str, Any] = context.get("signing") or {}
        if (
            (context.get("auth_type") or signer.signature_version) != SIGNATURE
            or signing.keys() - _UNDERSTOOD
            or context.get("read_timeout") is not None
        ):
            return None
        region: str = signing.get("region") or signer.region_name
        service: str = signing.get("signing_name") or signer.signing_name
        known = self._routes.get(operation)
        if (
            known is not None
            and known.head.headers == params["headers"]
            and known.head.url == params["url"]
            and known.scope.region == region
            and known.scope.service == service
        ):
            return known
        route = self._routes[operation] = self._new(params, Scope(region, service))
        return route

    def _new(self, params: dict[str, Any], scope: Scope) -> Route | None:
        url: str = params["url"]
        headers: dict[str, str] = dict(params["headers"])
        usual = (
            params["method"] == "POST"
            and params["url_path"] == "/"
            and not params.get("query_string")
            and url.endswith("/")
            and url.count("/") == _SLASHES
            and headers.keys() >= _SIGNED_HEADERS
            and headers.keys() <= _SIGNED_HEADERS | _UNSIGNED_HEADERS
        )
        try:
            return Route(Head(url, headers), scope, self._pool(url)) if usual else None
        except (TypeError, ValueError):
            return None

    def _pool(self, url: str) -> Pool:
        return self._pools.get(url) or self._pools.setdefault(url, Pool(self._template.to(url), self._most_idle))


_LINES: "WeakKeyDictionary[DynamoDBClient, Lines]" = WeakKeyDictionary()
"""No lock in this module: a child that is forked while another thread held it would wait for ever. Of what two threads
make at once, one is for nothing."""


def lines_of(client: "DynamoDBClient") -> Lines:
    """Return the lines of a client."""
    return _LINES.get(client) or _LINES.setdefault(client, Lines(client))


def credentials_of(signer: Any, scope: Scope) -> FrozenCredentials:  # noqa: ANN401 - botocore's
    """Return the credentials of a client, renewed if they are about to expire.

    Raises:
        NoCredentialsError: There are none, or half of them.
        BotoCoreError: They can't be had.
    """
    auth = signer.get_auth_instance(scope.service, scope.region, SIGNATURE)
    credentials: FrozenCredentials | None = auth.credentials
    if credentials is None or not credentials.access_key or not credentials.secret_key:
        raise NoCredentialsError
    return credentials

"""The transport that does without the client, but for what it is set to.

The first request of an operation is prepared by the client, and stopped just before it is sent: so endpoint, headers
and signature are botocore's. Those that follow begin alike. Errors are parsed by botocore's parser.
"""

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from sst_repo.tables.dynamodb import reasons
from sst_repo.tables.dynamodb.transports import settings
from sst_repo.tables.dynamodb.transports.answers import Refusals, is_good, offered
from sst_repo.tables.dynamodb.transports.lines import Route, credentials_of, lines_of
from sst_repo.tables.dynamodb.transports.listeners import Listeners
from sst_repo.tables.dynamodb.transports.operations import OPERATIONS
from sst_repo.tables.dynamodb.transports.signing import FrozenCredentials
from sst_repo.tables.dynamodb.transports.through_client import Answered, Call, all_is_well, listen, under_way

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DirectTransport:
    """No call of the client on the way: a tenth of botocore's cost. Of its events only `before-send` is heard.

    Args:
        client: Says where to send, as whom, and how long to wait.
        sleep: Waits for so many seconds, before a read is sent again.

    Raises:
        ValueError: The client has settings that only botocore can follow.
    """

    def __init__(self, client: "DynamoDBClient", *, sleep: Callable[[float], object] = time.sleep) -> None:
        reason = settings.unusual(client)
        if reason is not None:
            raise _impossible(reason)
        listen(client)
        self._client = client
        self._lines = lines_of(client)
        self._listeners = Listeners(client)
        self._refusals = Refusals(client)
        self._backoff = settings.backoff(client)
        self._sleep = sleep
        self._learnt: dict[tuple[str, str], _Learnt] = {}

    def call(
        self,
        operation: str,
        table: str,
        body: bytes,
        *,
        once: bool = False,
        retried: Callable[[int], object] | None = None,
    ) -> bytes:
        """Send the request; a read as often as botocore would."""
        failures = 0
        while True:
            try:
                return self._send(operation, table, body, failures, once=once)
            except (BotoCoreError, ClientError) as error:
                if once or not reasons.may_pass(error):
                    raise
                failures += 1
                wait = self._backoff.wait(failures, random.random())  # noqa: S311 - jitter, not a secret
                if wait is None:
                    raise
            self._sleep(wait)
            if retried is not None:
                retried(1)

    def _send(self, operation: str, table: str, body: bytes, retries: int, *, once: bool) -> bytes:
        learnt = self._learnt.get((operation, table)) or self._learn(operation, table)
        credentials = learnt.credentials()
        if credentials.access_key != learnt.access_key:
            # Whose they are can decide on the endpoint.
            learnt = self._learn(operation, table)
            credentials = learnt.credentials()
        route = learnt.route
        request = self._lines.signer.request(route.head, route.scope, credentials, body)
        answer = None
        if self._listeners.see_sending(operation):
            answer = offered(self._client, operation, route.head.url, request)
        if answer is None:
            answer = route.pool.send(request, again=not once)
        if is_good(answer):
            return answer.body
        raise self._refusals.error(operation, answer, retries)

    def _learn(self, operation: str, table: str) -> "_Learnt":
        """Have the client prepare a request, to be stopped before it is sent."""
        learnt: _Learnt | None = None

        def stop(call: Call, params: dict[str, Any], signer: Any, context: dict[str, Any]) -> Answered:  # noqa: ANN401 - botocore's
            nonlocal learnt
            route = self._lines.route(call.operation, params, signer, context)
            learnt = None if route is None else _Learnt(route, signer)
            return all_is_well()

        asked = OPERATIONS[operation]
        with under_way(Call(operation, b"", once=True, attempt=stop)):
            getattr(self._client, asked.method)(**asked.least(table))
        if learnt is None:
            raise _impossible("there is something unusual about its requests")
        self._learnt[operation, table] = learnt
        return learnt


class _Learnt:
    """How requests of an operation begin, and who signs them."""

    def __init__(self, route: Route, signer: Any) -> None:  # noqa: ANN401 - botocore's
        self.route = route
        self._signer = signer
        self.access_key = self.credentials().access_key

    def credentials(self) -> FrozenCredentials:
        """Return those of now."""
        return credentials_of(self._signer, self.route.scope)


def _impossible(reason: str) -> ValueError:
    return ValueError(f'transport="direct" can\'t stand in for this client: {reason}. "auto" can.')

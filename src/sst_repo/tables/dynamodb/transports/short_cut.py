"""The transport that sends in botocore's place, and falls back on it.

The client's method is called as ever. Once botocore has prepared the request, it is signed with a kept key and sent
over a kept connection; a good answer is handed over at once. Of a read, anything else botocore gets to decide on, as if
it had sent the request itself: it parses the error, or waits and sends again. So there are no attempts but its own. Of
a commit there is nothing to decide: it is over, and botocore must not trip over anything that would hide how.
"""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ConnectionClosedError

from sst_repo.tables.dynamodb.transports import settings
from sst_repo.tables.dynamodb.transports.answers import Refusals, as_botocores, checksum_of, is_good
from sst_repo.tables.dynamodb.transports.lines import credentials_of, lines_of
from sst_repo.tables.dynamodb.transports.listeners import Interest
from sst_repo.tables.dynamodb.transports.through_client import Answered, Attempt, Call, ClientTransport, all_is_well

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class ShortCutTransport(ClientTransport):
    """Botocore prepares the requests and decides on failures; the sending is ours. A quarter of botocore's cost.

    Where somebody listens, or the client has unusual settings, botocore sends.
    """

    def __init__(self, client: "DynamoDBClient") -> None:
        super().__init__(client)
        self._lines = lines_of(client) if settings.unusual(client) is None else None
        self._refusals = Refusals(client)

    def _attempt(self, interest: Interest) -> Attempt | None:
        if interest is not Interest.NONE or self._lines is None or settings.is_recorded(self._client):
            return None
        return self._send

    def _send(self, call: Call, params: dict[str, Any], signer: Any, context: dict[str, Any]) -> Answered | None:  # noqa: ANN401 - botocore's
        """Send a request, and answer in botocore's place if all is well."""
        if self._lines is None:
            return None
        route = self._lines.route(call.operation, params, signer, context)
        if route is None:
            return None
        try:
            request = self._lines.signer.request(
                route.head, route.scope, credentials_of(signer, route.scope), call.body
            )
        except (BotoCoreError, ValueError):
            # botocore finds out for itself what is wrong with the credentials, and says so in its own way.
            return None
        try:
            answer = route.pool.send(request, again=not call.once)
        except BotoCoreError as error:
            if call.once:
                raise
            call.outcome = error
            return None
        if is_good(answer):
            call.answer = answer.body
            return all_is_well()
        if call.once:
            raise self._refusals.error(call.operation, answer, retries=0)
        call.outcome = as_botocores(route.head.url, answer)
        if not answer.has_ended and checksum_of(answer) is None:
            # Nothing but its length tells botocore, which does not look at it.
            call.outcome = ConnectionClosedError(endpoint_url=route.head.url)
        return None

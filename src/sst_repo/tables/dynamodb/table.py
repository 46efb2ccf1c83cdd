"""The adapter: one client call a method, requests and responses made elsewhere."""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from sst_repo.consumption import Consumed
from sst_repo.core import cursors, layout
from sst_repo.core.capacity import KEYS_A_BATCH
from sst_repo.core.descriptions import describe
from sst_repo.core.prices import price_of_refused
from sst_repo.core.projections import ProjectionChoices, projections_of
from sst_repo.core.queries import Query, Scan, Slice
from sst_repo.core.records import Applied, Delete, Key, Outcome, Plan, Put, Record, Refused, RowsByKey
from sst_repo.core.retry import UNPROCESSED
from sst_repo.core.wire import Body
from sst_repo.errors import TableError, TableUnavailableError
from sst_repo.observation import Observer
from sst_repo.parallel import MAX_CALLS, side_by_side
from sst_repo.tables.dynamodb import attempts, checksums, reasons, requests, responses, schema
from sst_repo.tables.dynamodb.client import client_of_environment
from sst_repo.tables.dynamodb.transports import TransportName, transport_of
from sst_repo.tables.observed import ObservedTable, Watch, observers_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBTable(ObservedTable):
    """A DynamoDB table, reached through a boto3 client.

    Args:
        name: The table's name.
        client: A boto3 DynamoDB client, with the region, endpoint, credentials and retries you want; made from the
            environment if none is given. Clients are safe to share between threads. Its retries are for reads: how
            often a commit is sent is decided by the library, whatever the client says.
        gsis: How many general indexes (gsi1, gsi2, …) `create()` gives the table, 0 to 19; or the
            numbers of those it gives.
        cursor_secret: Signs the cursors of listings (HMAC-SHA-256), so that nobody else can make one: 16 random bytes
            or more, the same in all processes. To replace it, give several: the first signs, all are recognised.
        exact_writes: Whether a write of one row goes as a TransactWriteItems with a token, too: at twice the price,
            every outcome can be known by sending it again.
        projections: What the indexes hold that `create()` makes, by their numbers, or `"listing"`: `"all"` of a row,
            which is what they hold unless told otherwise; `"keys"`; or the names of fields. What an index does not
            hold is not written there by each update, and is read from the table for each page instead.
        transport: How requests get to DynamoDB. `"auto"`: the client prepares them, and the library signs and sends
            them over connections of its own; what is unusual about the client, whoever listens to its events, and
            whatever goes wrong is left to botocore. `"botocore"`: the client sends everything. `"direct"`: requests
            bypass the client, whose credentials, endpoint, timeouts and certificates are used; of its events only
            `before-send` is heard.
        sleep: Waits for so many seconds, before keys are asked for again that were left unprocessed, and with
            `"direct"` before a read is sent again.
        observer: Is told of every call: what was asked for, what it took and how it ended, never a value. Several may
            be given. DynamoDB is then asked what each call consumed, which costs nothing but some bytes.

    Raises:
        ValueError: There is no such transport; or it is `"direct"`, and the client has a proxy, a certificate, adaptive
            retries or whatever else only botocore can do.

    Attributes:
        client: The client, for whatever else you need of DynamoDB.
        transport: How requests get to DynamoDB.
    """

    client: "DynamoDBClient"
    transport: TransportName

    def __init__(
        self,
        name: str,
        client: "DynamoDBClient | None" = None,
        *,
        gsis: layout.Gsis = layout.DEFAULT_GSIS,
        cursor_secret: str | bytes | Sequence[str | bytes] | None = None,
        exact_writes: bool = False,
        projections: ProjectionChoices | None = None,
        transport: TransportName = "auto",
        sleep: Callable[[float], object] = time.sleep,
        observer: Observer | Sequence[Observer] | None = None,
    ) -> None:
        """Make no call: the table need not exist yet."""
        self.name = name
        self.observers = observers_of(observer)
        self.client = client_of_environment() if client is None else client
        checksums.verify(self.client)
        attempts.limit(self.client)
        self.transport = transport
        self._transport = transport_of(self.client, transport, sleep=sleep)
        self.exact_writes = exact_writes
        self.projections = projections_of(projections, gsis)
        self.cursor_secrets = cursors.secrets_of(cursor_secret)
        self._description = describe(gsis, self.projections)
        self._sleep = sleep

    def __repr__(self) -> str:
        """Show the table's name."""
        return f"DynamoDBTable({self.name!r})"

    @reasons.translating
    def create(self, *, if_not_exists: bool = False) -> None:
        """Create the table, and wait until it can be used."""
        try:
            self.client.create_table(**schema.create_table(self.name, self._description))
        except self.client.exceptions.ResourceInUseException as error:
            if not if_not_exists:
                raise TableError(f"the table {self.name!r} exists already") from error
        self.client.get_waiter("table_exists").wait(TableName=self.name, WaiterConfig={"Delay": 1})

    @reasons.translating
    def delete(self) -> None:
        """Delete the table, and wait until it is gone."""
        self.client.delete_table(TableName=self.name)
        self.client.get_waiter("table_not_exists").wait(TableName=self.name, WaiterConfig={"Delay": 1})

    @reasons.translating
    def exists(self) -> bool:
        """Ask for the table's description."""
        try:
            self.client.describe_table(TableName=self.name)
        except self.client.exceptions.ResourceNotFoundException:
            return False
        return True

    @reasons.translating
    def _read(self, key: Key, watch: Watch | None, *, consistent: bool) -> Record | None:
        request = requests.get_item(self.name, key, consistent=consistent, metered=watch is not None)
        answer = self._call("GetItem", request, watch)
        body, is_found = Body(answer, "Item"), b'"Item"' in answer
        if watch is not None:
            watch.scanned = watch.returned = int(is_found)
            watch.price = partial(_read_units, [body])
        return Record.of(body, 0) if is_found else None

    @reasons.translating
    def _read_many(self, keys: Iterable[Key], watch: Watch | None, *, consistent: bool) -> Mapping[Key, Record]:
        # 1 BatchGetItem per 100 keys, or 16 MB; at most 8 at once.
        remaining = iter(keys)
        batches = [
            requests.batch_get_item(self.name, batch, consistent=consistent, metered=watch is not None)
            for batch in iter(lambda: list(islice(remaining, KEYS_A_BATCH)), [])
        ]
        ask = partial(self._batch, watch)
        answers = side_by_side(ask, iter(batches), max(1, min(len(batches), MAX_CALLS)))
        rows = RowsByKey([body for _, bodies in answers for body in bodies])
        if watch is not None:
            # An answer does not say how many rows it has: they have to be read for it.
            watch.scanned = watch.returned = len(rows)
            watch.price = partial(_read_units, rows.bodies)
        return rows

    @reasons.translating
    def _query(self, query: Query, watch: Watch | None) -> Slice:
        answer = self._call("Query", requests.query(self.name, query), watch)
        return responses.read(query.index, Body(answer, "Items"), count_only=query.count_only)

    @reasons.translating
    def _scan(self, scan: Scan, watch: Watch | None) -> Slice:
        answer = self._call("Scan", requests.scan(self.name, scan), watch)
        return responses.read(layout.PRIMARY, Body(answer, "Items"))

    def _transact(self, plan: Plan, watch: Watch | None) -> Outcome:
        # 1 PutItem or DeleteItem for one op, else 1 TransactWriteItems. Tried once.
        try:
            answer = self._write(plan, watch)
        except (ClientError, BotoCoreError) as error:
            outcome = reasons.outcome(plan, error)
            if watch is not None and isinstance(outcome, Refused):
                watch.price = partial(self._price_of_refused, plan, outcome)
            return outcome
        if watch is not None:
            watch.price = partial(responses.written, answer)
        return Applied()

    def _batch(self, watch: Watch | None, request: bytes) -> list[Body]:
        """Ask for a batch of keys until none is left unprocessed."""
        bodies: list[Body] = []
        while True:
            body = Body(self._call("BatchGetItem", request, watch), "Responses")
            bodies.append(body)
            unprocessed = body.unprocessed
            if not unprocessed:
                return bodies
            wait = UNPROCESSED.wait(len(bodies), random.random())  # noqa: S311 - jitter, not a secret
            if wait is None:
                raise TableUnavailableError.left_over(responses.names_of(unprocessed), len(bodies))
            self._sleep(wait)
            request = requests.again(unprocessed, metered=watch is not None)

    def _write(self, plan: Plan, watch: Watch | None) -> bytes:
        metered = watch is not None
        match plan.ops:
            case _ if self.goes_by_token(plan):
                request = requests.transact_write_items(self.name, plan, metered=metered)
                return self._call("TransactWriteItems", request, watch, once=True)
            case (Put() as op,):
                return self._call("PutItem", requests.single_write(self.name, op, metered=metered), watch, once=True)
            case (Delete() as op,):
                return self._call("DeleteItem", requests.single_write(self.name, op, metered=metered), watch, once=True)
            case _:
                raise AssertionError("what goes without a token is one put or delete")

    def _call(self, operation: str, request: bytes, watch: Watch | None, *, once: bool = False) -> bytes:
        if watch is None:
            return self._transport.call(operation, self.name, request, once=once)
        answer = b""
        retries: list[int] = []
        try:
            answer = self._transport.call(operation, self.name, request, once=once, retried=retries.append)
        finally:
            watch.add(len(request), len(answer), sum(retries))
        return answer

    def _price_of_refused(self, plan: Plan, refused: Refused) -> Consumed:
        # DynamoDB charges for it, but does not say how much.
        rows = [None if reason is None else reason.stored for reason in refused.reasons]
        return price_of_refused(rows, in_transaction=self.goes_by_token(plan))


def _read_units(bodies: Sequence[Body]) -> Consumed:
    return Consumed(len(bodies), read=sum(body.consumed for body in bodies))

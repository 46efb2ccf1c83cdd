"""The adapter: one client call a method, requests and responses made elsewhere."""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from sst_repo.core import cursors, layout
from sst_repo.core.queries import Query, Scan, Slice
from sst_repo.core.records import Applied, Check, Key, Outcome, Plan, Put, Record
from sst_repo.core.retry import UNPROCESSED
from sst_repo.errors import TableError, TableUnavailableError
from sst_repo.tables.base import Table
from sst_repo.tables.dynamodb import attempts, checksums, reasons, requests, responses, schema
from sst_repo.tables.dynamodb.client import client_of_environment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBTable(Table):
    """A DynamoDB table, reached through a boto3 client.

    Args:
        name: The table's name.
        client: A boto3 DynamoDB client, with the region, endpoint, credentials and retries you want; made from the
            environment if none is given. Clients are safe to share between threads.
        gsis: How many general indexes (gsi1, gsi2, …) `create()` gives the table, 0 to 19.
        cursor_secret: Signs the cursors of listings (HMAC-SHA-256), so that nobody else can make one: 16 random bytes
            or more, the same in all processes. To replace it, give several: the first signs, all are recognised.
        exact_writes: Whether a write of one row goes as a transaction of one, by its token, in place of a conditional
            put or delete: then a lost answer is always cleared up when it is sent again, also of the delete of a plain
            resource, and of two deliveries of one write the second never counts. Costs twice the write units.
        sleep: Waits so many seconds, between tries to read what a batch left unprocessed.

    Attributes:
        client: The client, for whatever else you need of DynamoDB.
    """

    client: "DynamoDBClient"

    def __init__(
        self,
        name: str,
        client: "DynamoDBClient | None" = None,
        *,
        gsis: int = layout.DEFAULT_GSIS,
        cursor_secret: str | bytes | Sequence[str | bytes] | None = None,
        exact_writes: bool = False,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Make no call: the table need not exist yet."""
        self.name = name
        self.client = client_of_environment() if client is None else client
        checksums.verify(self.client)
        attempts.register(self.client)
        self.cursor_secrets = cursors.secrets_of(cursor_secret)
        self.exact_writes = exact_writes
        self._gsis = gsis
        self._sleep = sleep

    def __repr__(self) -> str:
        """Show the table's name."""
        return f"DynamoDBTable({self.name!r})"

    @reasons.translating
    def read(self, key: Key, *, consistent: bool = True) -> Record | None:
        """Return the row. 1 GetItem."""
        item = self.client.get_item(**requests.get_item(self.name, key, consistent=consistent)).get("Item")
        return None if item is None else responses.record(item)

    @reasons.translating
    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Record]:
        """Return the rows that exist. 1 BatchGetItem per 100 keys, or 16 MB.

        Keys that an answer leaves unprocessed are asked for again, after waits of full jitter, 9 times at most.

        Raises:
            TableUnavailableError: Some stayed unprocessed; it names them, and has the rows that were found.
        """
        found: dict[Key, Record] = {}
        remaining = iter(keys)
        while batch := list(islice(remaining, requests.KEYS_A_BATCH)):
            left = self._read_batch(batch, found, consistent=consistent)
            if left:
                unprocessed = [(key.pk, key.sk) for key in (*left, *remaining)]
                rows = {(key.pk, key.sk): row for key, row in found.items()}
                raise TableUnavailableError.leaving(unprocessed, rows, UNPROCESSED.attempts)
        return found

    def _read_batch(self, keys: Sequence[Key], found: dict[Key, Record], *, consistent: bool) -> list[Key]:
        """Add the rows that exist to those found; return the keys that the table stayed too busy for."""
        request = requests.batch_get_item(self.name, keys, consistent=consistent)
        failures = 0
        while True:
            answer: Any = self.client.batch_get_item(**request)
            for item in answer["Responses"].get(self.name, ()):
                record = responses.record(item)
                found[record.key] = record
            request = {"RequestItems": answer.get("UnprocessedKeys", {})}
            if not request["RequestItems"]:
                return []
            failures += 1
            wait = UNPROCESSED.wait(failures, random.random())  # noqa: S311 - jitter, not a secret
            if wait is None:
                return [Key(key["pk"]["S"], key["sk"]["S"]) for key in request["RequestItems"][self.name]["Keys"]]
            self._sleep(wait)

    @reasons.translating
    def query(self, query: Query) -> Slice:
        """Return rows of one partition in order, up to 1 MB of them. 1 Query."""
        return responses.read(query.index, self.client.query(**requests.query(self.name, query)))

    @reasons.translating
    def scan(self, scan: Scan) -> Slice:
        """Return rows of one segment, up to 1 MB of them. 1 Scan."""
        return responses.read(layout.PRIMARY, self.client.scan(**requests.scan(self.name, scan)))

    def transact(self, plan: Plan) -> Outcome:
        """Apply a plan in 1 HTTP attempt: PutItem or DeleteItem for one op, else (or if exact) TransactWriteItems."""
        try:
            with attempts.single():
                self._send(plan)
        except (ClientError, BotoCoreError) as error:
            return reasons.outcome(plan, error)
        return Applied()

    def _send(self, plan: Plan) -> None:
        match plan.ops:
            case (Put() as op,) if not self.exact_writes:
                self.client.put_item(**requests.single_write(self.name, op))
            case (op,) if not (self.exact_writes or isinstance(op, Check)):
                self.client.delete_item(**requests.single_write(self.name, op))
            case _:
                self.client.transact_write_items(**requests.transact_write_items(self.name, plan))

    @reasons.translating
    def create(self, *, if_not_exists: bool = False) -> None:
        """Create the table, and wait until it can be used."""
        try:
            self.client.create_table(**schema.create_table(self.name, self._gsis))
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

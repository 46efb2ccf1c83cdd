"""What passes between a client and DynamoDB Local, and what it costs there.

A proxy has the server tell the capacity of each call; so it meters whatever library, by whatever way it talks.

DynamoDB Local misstates what transactions take: theirs is computed from the rows, by the rules of `core.prices`.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from sst_repo.core.capacity import Entry, index_write_units, write_units
from sst_repo.core.limits import attributes_size
from sst_repo.testing.faults.answers import Reply
from sst_repo.testing.faults.upstream import Request, Upstream

_METERED = frozenset(
    {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "TransactWriteItems"}
)
_READS = frozenset({"GetItem", "Query", "Scan", "BatchGetItem"})

Item = Mapping[str, Any]
Indexes = Mapping[str, tuple[str, str]]
"""The attributes of the key of each index, by its name. All hold whole rows."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What some calls came to.

    Attributes:
        calls: How many.
        read_units: Of the table and its indexes.
        table_units: Write units of the table.
        index_units: Write units of the indexes.
    """

    calls: int = 0
    read_units: float = 0
    table_units: float = 0
    index_units: float = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.calls + other.calls,
            self.read_units + other.read_units,
            self.table_units + other.table_units,
            self.index_units + other.index_units,
        )


class Meter:
    """A proxy in front of DynamoDB Local that adds up costs. A context manager that stops it.

    Args:
        upstream: The server behind.

    Attributes:
        url: Where it answers.
        cost: What has passed since it was last taken.
    """

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._indexes: dict[str, Indexes] = {}
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.cost = Cost()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self) -> Cost:
        """Return the cost of what has passed, and begin again."""
        taken, self.cost = self.cost, Cost()
        return taken

    def connect(self) -> Upstream:
        return Upstream(self._host, self._port)

    def carry(self, request: Request, upstream: Upstream) -> Reply:
        """Pass a request on, and add up what it costs."""
        if request.operation not in _METERED:
            reply = upstream.send(request)
            if request.operation == "CreateTable" and reply.status == 200:
                self._learn(json.loads(request.body))
            return reply
        content = {**json.loads(request.body), "ReturnConsumedCapacity": "INDEXES"}
        before = self._rows_before(request, content, upstream)
        reply = upstream.send(request.with_body(json.dumps(content).encode()))
        if reply.status == 200:
            self.cost += self._cost(request.operation, content, json.loads(reply.body), before)
        return reply

    def _learn(self, request: Item) -> None:
        self._indexes[request["TableName"]] = {
            index["IndexName"]: (index["KeySchema"][0]["AttributeName"], index["KeySchema"][-1]["AttributeName"])
            for index in request.get("GlobalSecondaryIndexes", ())
        }

    def _rows_before(self, request: Request, content: Item, upstream: Upstream) -> list[Item | None]:
        """Read the rows that a transaction is about to write."""
        if request.operation != "TransactWriteItems":
            return []
        found: list[Item | None] = []
        headers = {**request.headers, "x-amz-target": "DynamoDB_20120810.GetItem"}
        for action in content["TransactItems"]:
            ((_, its),) = action.items()
            row = its.get("Item") or its["Key"]
            read = {"TableName": its["TableName"], "Key": {name: row[name] for name in ("pk", "sk")}}
            reply = upstream.send(Request(request.path, headers, json.dumps(read).encode()))
            found.append(json.loads(reply.body).get("Item"))
        return found

    def _cost(self, operation: str, request: Item, answer: Item, before: list[Item | None]) -> Cost:
        if operation == "TransactWriteItems":
            written = [action.get("Put", {}) for action in request["TransactItems"]]
            rows = [(its["TableName"], old, its["Item"]) for its, old in zip(written, before, strict=True)]
            return Cost(
                1,
                table_units=2 * sum(table_units(old, new) for _, old, new in rows),
                index_units=sum(index_units(old, new, self._indexes[name]) for name, old, new in rows),
            )
        capacity = answer["ConsumedCapacity"]
        tables = capacity if isinstance(capacity, list) else [capacity]
        if operation in _READS:
            return Cost(1, read_units=sum(table["CapacityUnits"] for table in tables))
        in_indexes = sum(
            index["CapacityUnits"] for table in tables for index in table.get("GlobalSecondaryIndexes", {}).values()
        )
        return Cost(1, table_units=sum(table["CapacityUnits"] for table in tables) - in_indexes, index_units=in_indexes)


def table_units(old: Item | None, new: Item | None) -> int:
    """Return the write units of one row, as a single write."""
    return write_units(_size(old), _size(new))


def index_units(old: Item | None, new: Item | None, indexes: Indexes) -> int:
    """Return the write units that a write of one row takes in indexes which hold whole rows."""
    return sum(index_write_units(_entry(old, keys), _entry(new, keys)) for keys in indexes.values())


def _entry(row: Item | None, keys: tuple[str, str]) -> Entry | None:
    if row is None or any(name not in row for name in keys):
        return None
    partition, sort = (str(row[name]) for name in keys)
    return Entry((partition, sort), _size(row), row)


def _size(row: Item | None) -> int:
    return 0 if row is None else attributes_size(_decoded(row))


def _decoded(row: Item) -> dict[str, Any]:
    """Return a row of JSON with its bytes as bytes: of top-level attributes, which is where rows have them."""
    return {
        name: {"B": bytes(len(value["B"]) * 3 // 4 - value["B"].count("="))} if "B" in value else value
        for name, value in row.items()
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._upstream = self.server.meter.connect()

    def finish(self) -> None:
        self._upstream.close()
        super().finish()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.meter.carry(Request(self.path, headers, body), self._upstream)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Keep standard error for the reports."""

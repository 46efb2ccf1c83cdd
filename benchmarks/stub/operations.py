"""What the stub does of DynamoDB, and what it refuses.

It stores what it is sent and gives it back in order. Conditions count as met: none of the measured writes is meant to
fail. What it doesn't do (filters, bounds of sort keys) it refuses aloud, so that nobody measures something else than
was meant.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.stub.tables import Item, Page, Row, StubTable

Request = Mapping[str, Any]

EVERYTHING = 10**9
READ_UNIT_BYTES = 4096

_EQUALS = re.compile(r"\(?\s*([#\w.]+)\s*=\s*(:\w+)\s*\)?")
_SUM = re.compile(r"([#\w.]+)\s*\+\s*(:\w+)")
_CLAUSES = re.compile(r"\b(SET|REMOVE|ADD|DELETE)\b", re.IGNORECASE)


class RefusedError(Exception):
    """The request is wrong, or more than the stub can do.

    Attributes:
        kind: DynamoDB's name of the error.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Operations:
    """The operations, by DynamoDB's names: each takes a request and returns the text of the answer."""

    READS = frozenset({"GetItem", "Query", "Scan", "BatchGetItem", "DescribeTable"})

    def __init__(self) -> None:
        self._tables: dict[str, StubTable] = {}
        self._named: dict[str, Callable[[Request], bytes]] = {
            "BatchGetItem": self._batch_get_item,
            "CreateTable": self._create_table,
            "DeleteItem": self._delete_item,
            "DescribeTable": self._describe_table,
            "GetItem": self._get_item,
            "PutItem": self._put_item,
            "Query": self._query,
            "Scan": self._scan,
            "TransactWriteItems": self._transact_write_items,
            "UpdateItem": self._update_item,
        }

    def answer(self, operation: str, request: Request) -> bytes:
        """Answer a request.

        Raises:
            RefusedError: It is refused.
        """
        if operation not in self._named:
            raise RefusedError("UnknownOperationException", f"the stub has no {operation}")
        return self._named[operation](request)

    def _table(self, name: str) -> StubTable:
        if name not in self._tables:
            raise RefusedError("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")
        return self._tables[name]

    def _create_table(self, request: Request) -> bytes:
        name = request["TableName"]
        if name in self._tables:
            raise RefusedError("ResourceInUseException", f"Table already exists: {name}")
        self._tables[name] = StubTable(request)
        return _encoded({"TableDescription": self._tables[name].description})

    def _describe_table(self, request: Request) -> bytes:
        return _encoded({"Table": self._table(request["TableName"]).description})

    def _get_item(self, request: Request) -> bytes:
        row = self._table(request["TableName"]).get(request["Key"])
        return b"{}" if row is None else b'{"Item":' + row.text + b"}"

    def _put_item(self, request: Request) -> bytes:
        self._table(request["TableName"]).put(request["Item"])
        return b"{}"

    def _delete_item(self, request: Request) -> bytes:
        self._table(request["TableName"]).delete(request["Key"])
        return b"{}"

    def _update_item(self, request: Request) -> bytes:
        table = self._table(request["TableName"])
        table.put(_updated(table.get(request["Key"]), request))
        row = table.get(request["Key"])
        if row is None or request.get("ReturnValues") != "ALL_NEW":
            return b"{}"
        return b'{"Attributes":' + row.text + b"}"

    def _transact_write_items(self, request: Request) -> bytes:
        for action in request["TransactItems"]:
            ((kind, content),) = action.items()
            match kind:
                case "Put":
                    self._put_item(content)
                case "Update":
                    self._update_item(content)
                case "Delete":
                    self._delete_item(content)
                case _:
                    self._table(content["TableName"])
        return b"{}"

    def _batch_get_item(self, request: Request) -> bytes:
        answers: list[bytes] = []
        for name, wanted in request["RequestItems"].items():
            table = self._table(name)
            rows = [row for row in map(table.get, wanted["Keys"]) if row is not None]
            answers.append(json.dumps(name).encode() + b":" + _listed(rows))
        return b'{"Responses":{' + b",".join(answers) + b'},"UnprocessedKeys":{}}'

    def _query(self, request: Request) -> bytes:
        table = self._table(request["TableName"])
        index = request.get("IndexName")
        try:
            keys = table.keys_of(index)
        except KeyError as error:
            raise RefusedError("ValidationException", f"the table has no index {index}") from error
        page = table.partition(
            index,
            _partition_in(request, keys.partition),
            descending=not request.get("ScanIndexForward", True),
            after=request.get("ExclusiveStartKey"),
            limit=request.get("Limit", EVERYTHING),
        )
        return _paged(request, page)

    def _scan(self, request: Request) -> bytes:
        page = self._table(request["TableName"]).segment(
            request.get("Segment", 0),
            request.get("TotalSegments", 1),
            after=request.get("ExclusiveStartKey"),
            limit=request.get("Limit", EVERYTHING),
        )
        return _paged(request, page)


def _paged(request: Request, page: Page) -> bytes:
    if "FilterExpression" in request:
        raise RefusedError("ValidationException", "the stub does not filter")
    rest: dict[str, Any] = {"Count": len(page.rows), "ScannedCount": len(page.rows)}
    if page.last is not None:
        rest["LastEvaluatedKey"] = page.last
    if request.get("ReturnConsumedCapacity", "NONE") != "NONE":
        units = max(1, -(-sum(len(row.text) for row in page.rows) // READ_UNIT_BYTES)) / 2
        rest["ConsumedCapacity"] = {"TableName": request["TableName"], "CapacityUnits": units}
    return b'{"Items":' + _listed(page.rows) + b"," + _encoded(rest)[1:]


def _partition_in(request: Request, partition: str) -> str:
    """Return the value that a query asks its partition key to have."""
    condition = _EQUALS.fullmatch(request["KeyConditionExpression"])
    if condition is None or _name(request, condition[1]) != partition:
        raise RefusedError("ValidationException", f"the stub queries whole partitions only, by {partition}")
    return str(request["ExpressionAttributeValues"][condition[2]]["S"])


def _updated(row: Row | None, request: Request) -> Item:
    """Return the item that an UpdateItem leaves behind."""
    item = {**request["Key"], **({} if row is None else row.item)}
    _, *clauses = _CLAUSES.split(request["UpdateExpression"])
    for kind, text in zip(clauses[::2], clauses[1::2], strict=True):
        for part in text.split(","):
            match kind.upper():
                case "SET":
                    name, _, value = part.partition("=")
                    item[_name(request, name)] = _value(request, item, value.strip())
                case "REMOVE":
                    item.pop(_name(request, part), None)
                case _:
                    raise RefusedError("ValidationException", f"the stub has no {kind}")
    return item


def _value(request: Request, item: Item, text: str) -> dict[str, Any]:
    values: Mapping[str, dict[str, Any]] = request["ExpressionAttributeValues"]
    if text in values:
        return values[text]
    added = _SUM.fullmatch(text)
    if added is None:
        raise RefusedError("ValidationException", f"the stub can't compute {text}")
    return {"N": str(int(item[_name(request, added[1])]["N"]) + int(values[added[2]]["N"]))}


def _name(request: Request, text: str) -> str:
    name = text.strip()
    return str(request.get("ExpressionAttributeNames", {}).get(name, name))


def _listed(rows: Sequence[Row]) -> bytes:
    return b"[" + b",".join(row.text for row in rows) + b"]"


def _encoded(content: object) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()

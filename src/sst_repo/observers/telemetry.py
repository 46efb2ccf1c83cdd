"""Calls of tables as spans and metrics.

Names follow OpenTelemetry's semantic conventions for database client calls, and those for AWS DynamoDB; what they have
no name for begins with `sst_repo`.
"""

import json
import time
from typing import TypeAlias

from opentelemetry.metrics import MeterProvider, get_meter_provider
from opentelemetry.trace import SpanKind, Status, StatusCode, TracerProvider, get_tracer_provider

from sst_repo.observation import TableCall

_NAME = "sst_repo"
_NANOSECONDS = 1_000_000_000
_SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
_WRONG = {"contended", "unknown", "failed"}

_Attributes: TypeAlias = dict[str, str | int | float | list[str]]


class OpenTelemetryObserver:
    """Makes of each call a client span, and adds it to the metrics. Needs the extra `opentelemetry`.

    A span is a child of the one that is current in the calling thread. No span or metric holds a value of a resource.
    Metrics: `db.client.operation.duration` (s), `db.client.response.returned_rows`, `sst_repo.consumed.read` and
    `sst_repo.consumed.write` (capacity units), `sst_repo.retries`.

    Args:
        tracer_provider: Makes the spans; the global one unless given.
        meter_provider: Makes the metrics; the global one unless given.
        system: What `db.system.name` says.
    """

    def __init__(
        self,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        *,
        system: str = "aws.dynamodb",
    ) -> None:
        """Make the instruments."""
        self._system = system
        self._tracer = (tracer_provider or get_tracer_provider()).get_tracer(_NAME)
        meter = (meter_provider or get_meter_provider()).get_meter(_NAME)
        self._duration = meter.create_histogram(
            "db.client.operation.duration",
            unit="s",
            description="Duration of database client operations.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self._rows = meter.create_histogram(
            "db.client.response.returned_rows", unit="{row}", description="Rows returned by a read."
        )
        self._read = meter.create_counter("sst_repo.consumed.read", unit="{unit}", description="Read capacity units.")
        self._write = meter.create_counter(
            "sst_repo.consumed.write", unit="{unit}", description="Write capacity units."
        )
        self._retries = meter.create_counter("sst_repo.retries", unit="{request}", description="Requests sent again.")

    def __call__(self, call: TableCall) -> None:
        """Record a call that has just ended."""
        common = self._common(call)
        self._make_span(call, common)
        self._duration.record(call.seconds, common)
        if call.operation in {"GetItem", "BatchGetItem", "Query", "Scan"}:
            self._rows.record(call.returned, common)
        if call.consumed.read:
            self._read.add(call.consumed.read, common)
        if call.consumed.write:
            self._write.add(call.consumed.write, common)
        if call.retries:
            self._retries.add(call.retries, common)

    def _common(self, call: TableCall) -> _Attributes:
        """Return what spans and metrics say alike."""
        attributes: _Attributes = {
            "db.system.name": self._system,
            "db.operation.name": call.operation,
            "db.collection.name": call.table,
        }
        if call.outcome in _WRONG:
            attributes["error.type"] = call.error or call.outcome
        return attributes

    def _make_span(self, call: TableCall, common: _Attributes) -> None:
        ended = time.time_ns()
        attributes: _Attributes = {
            **common,
            "aws.dynamodb.table_names": [call.table],
            "aws.dynamodb.consumed_capacity": [_capacity(call)],
            "sst_repo.types": list(call.types),
            "sst_repo.outcome": call.outcome,
            "sst_repo.requests": call.calls,
            "sst_repo.retries": call.retries,
            "sst_repo.sent": call.sent,
            "sst_repo.received": call.received,
        }
        if call.index is not None:
            attributes["aws.dynamodb.index_name"] = call.index
        if call.operation in {"Query", "Scan"}:
            attributes["aws.dynamodb.count"] = call.returned
            attributes["aws.dynamodb.scanned_count"] = call.scanned
            attributes["db.response.returned_rows"] = call.returned
        span = self._tracer.start_span(
            f"{call.operation} {call.table}",
            kind=SpanKind.CLIENT,
            attributes=attributes,
            start_time=ended - round(call.seconds * _NANOSECONDS),
        )
        if call.outcome in _WRONG:
            span.set_status(Status(StatusCode.ERROR, call.error or call.outcome))
        span.end(ended)


def _capacity(call: TableCall) -> str:
    units = call.consumed
    return json.dumps({"TableName": call.table, "CapacityUnits": units.read + units.write})

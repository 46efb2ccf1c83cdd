"""The observers that come along: one for the logs, one for OpenTelemetry."""

import json
import logging
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from sst_repo import InMemoryTable, Resource, TableError, TableRepository
from sst_repo.observers import LoggingObserver, OpenTelemetryObserver


class Note(Resource):
    text: str


def test_calls_are_logged_in_a_line_with_their_numbers_as_fields(caplog: pytest.LogCaptureFixture) -> None:
    notes = TableRepository(Note, InMemoryTable(name="desk", observer=LoggingObserver()))

    with caplog.at_level(logging.DEBUG, "sst_repo.calls"):
        notes.add(Note(text="a secret"))
        notes.list()

    added, listed = caplog.records
    assert added.levelno == logging.DEBUG
    assert added.getMessage().startswith("PutItem desk Note: ok in ")
    assert added.getMessage().endswith("0 of 0 rows, 0 read and 2 write units, 0 retries")
    assert listed.getMessage().startswith("Query desk.listing Note: ok in ")
    assert (vars(listed)["db_index"], vars(listed)["db_returned"], vars(listed)["db_read_units"]) == ("listing", 1, 0.5)
    assert "secret" not in caplog.text


def test_what_fails_or_is_slow_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    table = InMemoryTable(observer=LoggingObserver(slow=0.0, level=logging.INFO))
    notes = TableRepository(Note, table)
    notes.list()
    table.observers = (LoggingObserver(),)
    table.delete()
    with pytest.raises(TableError):
        notes.list()

    slow, failed = caplog.records
    assert slow.levelno == failed.levelno == logging.WARNING
    assert "failed (TableNotFoundError)" in failed.getMessage()


def test_what_is_not_logged_is_not_worked_out(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "sst_repo.calls"):
        TableRepository(Note, InMemoryTable(observer=LoggingObserver())).list()

    assert caplog.records == []


class Telemetry:
    def __init__(self) -> None:
        self.spans = InMemorySpanExporter()
        self.traces = TracerProvider()
        self.traces.add_span_processor(SimpleSpanProcessor(self.spans))
        self.reader = InMemoryMetricReader()
        self.meters = MeterProvider([self.reader])
        self.observer = OpenTelemetryObserver(self.traces, self.meters)

    def points(self, name: str) -> list[HistogramDataPoint | NumberDataPoint]:
        data = self.reader.get_metrics_data()
        assert data is not None
        return [
            point  # type: ignore[misc]  # there are no exponential histograms among them
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    telemetry = Telemetry()
    yield telemetry
    telemetry.traces.shutdown()
    telemetry.meters.shutdown()


def test_a_call_is_a_client_span_by_the_semantic_conventions(telemetry: Telemetry) -> None:
    notes = TableRepository(Note, InMemoryTable(name="desk", observer=telemetry.observer))
    notes.add(Note(text="a secret"))
    notes.list()

    added, listed = telemetry.spans.get_finished_spans()
    assert (added.name, added.kind, added.status.status_code) == ("PutItem desk", SpanKind.CLIENT, StatusCode.UNSET)
    assert listed.name == "Query desk"
    found = dict(listed.attributes or {})
    assert json.loads(found.pop("aws.dynamodb.consumed_capacity")[0]) == {"TableName": "desk", "CapacityUnits": 0.5}  # type: ignore[index,arg-type]
    assert found.pop("sst_repo.received")
    assert found == {
        "db.system.name": "aws.dynamodb",
        "db.operation.name": "Query",
        "db.collection.name": "desk",
        "db.response.returned_rows": 1,
        "aws.dynamodb.table_names": ("desk",),
        "aws.dynamodb.index_name": "listing",
        "aws.dynamodb.count": 1,
        "aws.dynamodb.scanned_count": 1,
        "sst_repo.types": ("Note",),
        "sst_repo.outcome": "ok",
        "sst_repo.requests": 1,
        "sst_repo.retries": 0,
        "sst_repo.sent": 0,
    }
    assert added.start_time is not None
    assert added.end_time is not None
    assert 0 < added.end_time - added.start_time < 10**10


def test_a_span_is_a_child_of_what_is_going_on_side_by_side_too(telemetry: Telemetry) -> None:
    notes = TableRepository(Note, InMemoryTable(observer=telemetry.observer))
    tracer = telemetry.traces.get_tracer("test")

    with tracer.start_as_current_span("request") as request:
        list(notes.scan(segments=4))

    scans = [span for span in telemetry.spans.get_finished_spans() if span.name == "Scan memory"]
    assert len(scans) == 4
    assert {span.parent.span_id for span in scans if span.parent} == {request.get_span_context().span_id}


def test_what_fails_is_an_error_with_its_type(telemetry: Telemetry) -> None:
    table = InMemoryTable(observer=telemetry.observer)
    table.delete()
    with pytest.raises(TableError):
        TableRepository(Note, table).list()

    (span,) = telemetry.spans.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == "TableNotFoundError"


def test_durations_rows_and_units_are_metrics(telemetry: Telemetry) -> None:
    notes = TableRepository(Note, InMemoryTable(observer=telemetry.observer))
    for _ in range(3):
        notes.add(Note(text="a"))
    notes.list()

    durations = {(point.attributes or {})["db.operation.name"]: point for point in
                 telemetry.points("db.client.operation.duration")}  # fmt: skip
    put = durations["PutItem"]
    assert isinstance(put, HistogramDataPoint)
    assert put.count == 3
    assert put.explicit_bounds[0] == 0.001
    (rows,) = telemetry.points("db.client.response.returned_rows")
    assert isinstance(rows, HistogramDataPoint)
    assert rows.sum == 3
    (written,) = telemetry.points("sst_repo.consumed.write")
    assert isinstance(written, NumberDataPoint)
    assert written.value == 6

"""Observers to give to a table: `InMemoryTable(observer=...)`, `DynamoDBTable(..., observer=...)`.

An observer is any callable that takes a `TableCall`. These are for the logs and for OpenTelemetry; the latter needs the
extra `opentelemetry`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from sst_repo.observation import Totals
from sst_repo.observers.logs import LoggingObserver

if TYPE_CHECKING:
    from sst_repo.observers.telemetry import OpenTelemetryObserver

__all__ = ["LoggingObserver", "OpenTelemetryObserver", "Totals"]


def __getattr__(name: str) -> object:
    """Import what needs another library when it is asked for."""
    if name == "OpenTelemetryObserver":
        return import_module("sst_repo.observers.telemetry").OpenTelemetryObserver
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""What was set out to be reached, before anything was built: figures of the project's own."""

from collections.abc import Mapping
from typing import Final

from benchmarks.peers.base import OperationName

SPEED: Final[Mapping[OperationName, tuple[float, float]]] = {
    "get": (0.30, 0.13),
    "add": (0.27, 0.12),
    "save": (0.28, 0.13),
    "save versioned": (0.28, 0.13),
    "unit of 10": (0.18, 0.11),
    "get_many(100)": (0.15, 0.12),
    "list 50": (0.18, 0.13),
    "list 1,000": (0.13, 0.12),
}
"""CPU in relation to boto3's client, at most: by the transports auto and direct."""

THREADS: Final = (2.5, 6.0)
"""Gets a second with 64 threads at 5 ms of latency, in relation to boto3, at least: by auto and direct."""

BULK: Final = {"get_many": 3.5, "scan": 4.0}
"""How many times faster than boto3 10,000 items are read from DynamoDB Local, by direct."""

MEMORY: Final = {"add": 120, "get": 150, "save": 80, "query 50": 150, "unit of 10": 1000}
"""How many times less CPU than moto the in-memory table takes at 2,000 rows."""

IMPORT_MS: Final = 60
"""What importing the library costs beyond pydantic, at most."""


def transport_of(subject: str) -> int | None:
    """Return the place of a transport's goal in a pair; None where it has none."""
    return {"sst_repo, auto": 0, "sst_repo, direct": 1}.get(subject)

"""An HTTP proxy in front of a DynamoDB that does to requests and answers what goes wrong on a wire."""

import threading
from collections import Counter
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from sst_repo.testing.clients import client_of
from sst_repo.testing.faults.carrier import Carrier
from sst_repo.testing.faults.kinds import Fault
from sst_repo.testing.faults.schedules import FaultSchedule
from sst_repo.testing.faults.server import POLL, Server

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class FaultProxy:
    """An HTTP proxy whose requests meet faults, on a port of its own. A context manager that stops it.

    Take a client from it, or point another's `endpoint_url` at it. It is for DynamoDB Local and other servers that
    check no signatures: the client signs for the proxy's address.

    Args:
        upstream_endpoint_url: The server behind, such as `http://127.0.0.1:8000`; plain HTTP.
        schedule: Which request meets which fault.
        overtaken_by: How many later writes a late delivery lets pass: 0 delivers it just before the next one, 1 just
            behind that, ….

    Raises:
        ValueError: The URL is not one of plain HTTP.

    Attributes:
        endpoint_url: Where the proxy answers, once it is entered.
    """

    def __init__(self, upstream_endpoint_url: str, schedule: FaultSchedule, *, overtaken_by: int = 1) -> None:
        parts = urlsplit(upstream_endpoint_url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"{upstream_endpoint_url!r} is no URL of plain HTTP; give one like http://127.0.0.1:8000")
        self.endpoint_url = ""
        self._carrier = Carrier(parts.hostname, parts.port or 80, schedule, overtaken_by)
        self._server: Server | None = None

    @property
    def schedule(self) -> FaultSchedule:
        """Which request meets which fault; can be replaced at any time."""
        return self._carrier.schedule

    @schedule.setter
    def schedule(self, schedule: FaultSchedule) -> None:
        self._carrier.schedule = schedule

    @property
    def faults(self) -> Counter[Fault]:
        """How often each fault was met."""
        return self._carrier.faults

    @property
    def delivered(self) -> Counter[str]:
        """How often each operation was sent to the server behind, duplicates and late deliveries included."""
        return self._carrier.delivered

    def __enter__(self) -> Self:
        server = Server(self._carrier)
        self._server = server
        self.endpoint_url = f"http://127.0.0.1:{server.server_address[1]}"
        self._thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": POLL}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Cut all connections and stop. What is late is lost. Does nothing the second time."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.cut_connections()
            server.server_close()
            self._thread.join()

    def client(self, *, read_timeout: float = 1.0, attempts: int = 1) -> "DynamoDBClient":
        """A new boto3 client that goes through the proxy, with credentials and a region that mean nothing.

        Args:
            read_timeout: Seconds after which it gives up waiting, as it must in a hang.
            attempts: How often the SDK tries in all. With one, each fault that is met is a call that fails.
        """
        return client_of(self.endpoint_url, read_timeout=read_timeout, attempts=attempts)

    def deliver_late(self) -> None:
        """Deliver now what is still on its way."""
        self._carrier.deliver_late()

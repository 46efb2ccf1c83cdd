"""DynamoDB Local in a container."""

import contextlib
import shutil
import time
import uuid

from sst_repo.testing.dynamodb_local.probe import answers
from sst_repo.testing.dynamodb_local.process import ServerProcess, WayFailedError, run

# The version that the jar is: tests meet the same emulator, whichever way it came.
IMAGE = "amazon/dynamodb-local:1.25.1"

_PORT = "8000/tcp"
_INFO_TIMEOUT = 10.0
_COMMAND_TIMEOUT = 30.0
_PULL_TIMEOUT = 300.0
_POLL = 0.1


def start(timeout: float) -> tuple[str, ServerProcess]:
    """Start a container in memory.

    Args:
        timeout: Seconds until it must answer, a pull of the image not counted.

    Returns:
        Its endpoint URL, and the client process that is attached to it.

    Raises:
        WayFailedError: There is no Docker, no running engine, no image, or the server does not answer.
    """
    docker = shutil.which("docker")
    if docker is None:
        message = "there is no `docker` on PATH; install Docker, or go one of the other ways"
        raise WayFailedError(message)
    try:
        run([docker, "info"], timeout=_INFO_TIMEOUT)
    except WayFailedError as error:
        message = f"no engine runs ({error}); start Docker, or go one of the other ways"
        raise WayFailedError(message) from error
    try:
        run([docker, "image", "inspect", IMAGE], timeout=_COMMAND_TIMEOUT)
    except WayFailedError:
        run([docker, "pull", IMAGE], timeout=_PULL_TIMEOUT)
    return _start_container(docker, timeout)


def _start_container(docker: str, timeout: float) -> tuple[str, ServerProcess]:
    name = f"sst-repo-dynamodb-{uuid.uuid4().hex}"

    def remove() -> None:
        with contextlib.suppress(WayFailedError):
            run([docker, "rm", "--force", name], timeout=_COMMAND_TIMEOUT)

    # Attached, not detached: signals to the client reach the container, so it is stopped like any process.
    container = ["run", "--rm", "--name", name, "--publish", "127.0.0.1:0:8000", IMAGE]
    server = ServerProcess(
        [docker, *container, "-jar", "DynamoDBLocal.jar", "-inMemory", "-sharedDb", "-disableTelemetry"],
        after=remove,
    )
    try:
        return _until_ready(server, docker, name, timeout), server
    except BaseException:
        server.stop()
        raise


def _until_ready(server: ServerProcess, docker: str, name: str, timeout: float) -> str:
    """Wait for the first answer; returns where it came from."""
    deadline = time.monotonic() + timeout
    while server.exit_code is None:
        url = _published(docker, name)
        if url is not None and answers(url):
            return url
        if time.monotonic() > deadline:
            message = f"the container did not answer within {timeout:g} s; it printed: {server.log_tail()}"
            raise WayFailedError(message)
        time.sleep(_POLL)
    message = f"the container ended ({server.exit_code}); it printed: {server.log_tail()}"
    raise WayFailedError(message)


def _published(docker: str, name: str) -> str | None:
    """Where the container's port is published; None while it is not."""
    try:
        printed = run([docker, "port", name, _PORT], timeout=_COMMAND_TIMEOUT)
    except WayFailedError:
        return None
    return f"http://{printed.splitlines()[0]}" if printed else None

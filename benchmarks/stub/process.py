"""How the stub is run: in a process of its own, or in a thread for tests."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.stub.http import Answers, Connection

ROOT = Path(__file__).parents[2]


async def serve(latency: float, tell: Callable[[int], object], until: asyncio.Event) -> None:
    """Answer on a free port of this machine, which is told, until an event."""
    answers = Answers()
    connected: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(answers, latency, connected), "127.0.0.1", 0, backlog=512)
    tell(server.sockets[0].getsockname()[1])
    await until.wait()
    server.close()
    for transport in connected:
        transport.abort()
    await asyncio.sleep(0)  # the loop closes them in its next round


def url_of(port: int) -> str:
    return f"http://127.0.0.1:{port}"


class StubProcess:
    """A stub in a process of its own, so that its CPU is not the client's; a context manager that stops it.

    Args:
        latency: Seconds to wait before each answer.

    Attributes:
        url: Where it answers.
    """

    def __init__(self, latency: float = 0) -> None:
        command = [sys.executable, "-m", "benchmarks.stub", "--latency", str(latency)]
        # It ends when its standard input does, which is when this process ends, however that comes about.
        self._process = subprocess.Popen(  # noqa: S603 - its arguments are ours
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self._process.stdout is not None
        self.url = url_of(int(self._process.stdout.readline()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._process:  # closes its pipes, and waits
            self._process.terminate()


class StubThread:
    """A stub in a thread of this process: for tests."""

    def __init__(self, latency: float = 0) -> None:
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._until = asyncio.Event()
        self.url = ""

        def tell(port: int) -> None:
            self.url = url_of(port)
            ready.set()

        self._thread = threading.Thread(
            target=lambda: self._loop.run_until_complete(serve(latency, tell, self._until)), daemon=True
        )
        self._thread.start()
        ready.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._until.set)
        self._thread.join()
        self._loop.close()

"""A server process that does not outlive the process that started it."""

import atexit
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

_GRACE = 10.0
_TAIL = 2000

# A process killed by a signal runs no exit handlers, and pytest-xdist ends its workers that way. The guard notices it
# everywhere: the pipe it reads from closes without a word. (Linux's parent-death signal is bound to the thread that
# started the child, and nothing like it exists elsewhere.)
_GUARD = """
import os, signal, sys
if not sys.stdin.buffer.read():
    os.kill(int(sys.argv[1]), signal.SIGTERM)
"""


class WayFailedError(Exception):
    """One way to have a DynamoDB Local can't be gone; the message is the reason and what to do about it."""


class ServerProcess:
    """A running server, its log, and the guard that ends it if this process dies.

    Args:
        argv: The server's command line.
        after: What to do once it has ended, however it ended.

    Raises:
        OSError: The command can't be run.
    """

    def __init__(self, argv: Sequence[str], *, after: Callable[[], None] | None = None) -> None:
        self._owner = os.getpid()
        self._after = after
        self._stopped = False
        with contextlib.ExitStack() as undo:
            self._folder = Path(tempfile.mkdtemp(prefix="sst-repo-dynamodb-"))
            undo.callback(shutil.rmtree, self._folder, ignore_errors=True)
            # A session of its own, so that a Ctrl-C reaches the tests alone and they can still clean up.
            with (self._folder / "server.log").open("wb") as log:
                self._server = subprocess.Popen(  # noqa: S603
                    argv,
                    cwd=self._folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            undo.callback(self._server.wait)
            undo.callback(self._server.kill)
            self._guard = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", "-c", _GUARD, str(self._server.pid)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            undo.pop_all()
        atexit.register(self.stop)

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._server.pid

    @property
    def exit_code(self) -> int | None:
        """What the server ended with; None while it runs."""
        return self._server.poll()

    def log(self) -> str:
        """What the server has printed; empty once it was stopped."""
        try:
            return (self._folder / "server.log").read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def log_tail(self) -> str:
        """The end of what the server has printed, for an error message."""
        return self.log().strip()[-_TAIL:] or "(it printed nothing)"

    def stop(self, *, grace: float = _GRACE) -> None:
        """End the server and wait until it is gone. Does nothing the second time.

        Args:
            grace: Seconds it may take to end by itself before it is killed; 0 kills it at once.
        """
        # A forked child inherits the exit handler, but not the server.
        if self._stopped or os.getpid() != self._owner:
            return
        self._stopped = True
        if grace:
            self._server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(grace)
        self._server.kill()
        self._server.wait()
        self._guard.communicate(b"stopped")
        if self._after is not None:
            self._after()
        shutil.rmtree(self._folder, ignore_errors=True)
        atexit.unregister(self.stop)


def run(argv: Sequence[str], *, timeout: float) -> str:
    """Run a command to its end and give what it printed, errors included.

    Args:
        argv: The command line.
        timeout: Seconds it may take.

    Raises:
        WayFailedError: It can't be run, fails or takes too long.
    """
    name = Path(argv[0]).name
    try:
        done = subprocess.run(  # noqa: S603
            argv,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired as error:
        message = f"`{name}` did not end within {timeout:g} s"
        raise WayFailedError(message) from error
    except OSError as error:
        message = f"`{name}` can't be run: {error}"
        raise WayFailedError(message) from error
    printed = done.stdout.decode(errors="replace").strip()
    if done.returncode:
        message = f"`{name}` failed ({done.returncode}): {printed[-_TAIL:] or '(it printed nothing)'}"
        raise WayFailedError(message)
    return printed

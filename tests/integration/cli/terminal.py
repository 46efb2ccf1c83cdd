"""The program as a person runs it: in a terminal that is looked at and typed into; or with its output redirected."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("sst-repo")

_STYLES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_SECONDS = 60


@dataclass(frozen=True)
class Ended:
    """What a run came to.

    Attributes:
        code: Its exit code.
        raw: All that it wrote to the terminal, styles included.
    """

    code: int
    raw: str

    @property
    def text(self) -> str:
        """What it wrote, without styles."""
        return _STYLES.sub("", self.raw).replace("\r\n", "\n")

    @property
    def lines(self) -> list[str]:
        """The lines that say anything."""
        return [line.rstrip() for line in self.text.splitlines() if line.strip()]


@dataclass(frozen=True)
class Terminal:
    """A place to run the program in.

    Attributes:
        folder: The current directory.
        environment: The environment, all of it.
        columns: How wide the terminal is.
    """

    folder: Path
    environment: Mapping[str, str]
    columns: int = 110

    def run(self, *arguments: str, type_in: Mapping[str, str] | None = None) -> Ended:
        """Run the program in a terminal.

        Args:
            *arguments: What it is called with.
            type_in: What is typed once the terminal shows something, by what it shows; each once.
        """
        answers = dict(type_in or {})
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, self.columns, 0, 0))
        with subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env={**self.environment, "TERM": "xterm-256color"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509 - one call to the system, before anything else
        ) as process:
            os.close(slave)
            shown = b""
            deadline = time.monotonic() + _SECONDS
            try:
                while select.select([master], [], [], max(0, deadline - time.monotonic()))[0]:
                    try:
                        shown += os.read(master, 65536)
                    except OSError:  # Linux says so when the last one has closed its end
                        break
                    for question in [each for each in answers if each.encode() in shown]:
                        os.write(master, answers.pop(question).encode())
                else:
                    process.kill()
                    raise AssertionError(f"it did not end: {shown.decode(errors='replace')}")
            finally:
                os.close(master)
            code = process.wait()
        return Ended(code, shown.decode())

    def pipe(self, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run the program with its output redirected, and no terminal anywhere."""
        return subprocess.run(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=dict(self.environment),
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )


def _take_terminal() -> None:
    """Make the terminal the process's own, so that Ctrl-C reaches it.

    What runs in a shell's background ignores Ctrl-C, and hands that down to whatever it starts.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)

"""`import`: lines of JSON, added as new resources."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Annotated, Any, Final

import typer

from sst_repo.additions import AddProgress
from sst_repo.cli.checkpoints import ImportCheckpoint, path_beside
from sst_repo.cli.commands import command
from sst_repo.cli.exits import Code, UsageFault
from sst_repo.cli.exporting import RESUME
from sst_repo.cli.lines import Line
from sst_repo.cli.meters import Meter, meter
from sst_repo.cli.models import model_named
from sst_repo.cli.output import json_of
from sst_repo.cli.session import Session
from sst_repo.clock import SYSTEM_CLOCK
from sst_repo.errors import ContentionError, TableError
from sst_repo.parallel import MAX_CALLS
from sst_repo.repository import TableRepository
from sst_repo.resource import Resource

_LINES_A_BATCH: Final = 500
_BYTES_A_BATCH: Final = 4 * 1024 * 1024
_FAULTS_KEPT: Final = 1000
_FAULTS_TOLD: Final = 10

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The file; - for the input.")]


def import_(
    session: Session,
    source: FileArgument,
    *,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Add so many side by side.")] = MAX_CALLS,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted import has got.")] = False,
) -> None:
    """Add the resources of an export, or of any lines like these (NDJSON).

    Each is a new resource under its id: version 1, stamped now. What its model does not allow, or has a unique value of
    another, is told and left out. What is there already is left alone, so that an import can be repeated.
    """
    is_file = str(source) != "-"
    if is_file and not source.is_file():
        raise UsageFault(f"there is no file {source}")
    checkpoint = ImportCheckpoint(session.table_name)
    if resume:
        if not is_file:
            raise UsageFault("only an import of a file can be resumed: name the file")
        checkpoint = ImportCheckpoint.load(path_beside(source), session.table_name)
    job = _Import(session, checkpoint, workers)
    with _opened(source, checkpoint.bytes, is_file=is_file) as file:
        size = source.stat().st_size if is_file else None
        with meter(session, size, "resources", begin=checkpoint.bytes) as shown:
            job.run(file, path_beside(source) if is_file else None, shown)
    job.report()


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "import")(import_)


def _opened(source: Path, begin: int, *, is_file: bool) -> AbstractContextManager[IO[bytes]]:
    if not is_file:
        return nullcontext(sys.stdin.buffer)
    file = source.open("rb")
    file.seek(begin)
    return file


def _taken(lines: Iterator[bytes]) -> list[bytes]:
    """Take lines for a batch: as many as there are, up to so many, or so many bytes."""
    taken: list[bytes] = []
    size = 0
    for line in islice(lines, _LINES_A_BATCH):
        taken.append(line)
        size += len(line)
        if size >= _BYTES_A_BATCH:
            break
    return taken


@dataclass
class _Fault:
    """A line that could not be added, and why."""

    line: int
    error: str


@dataclass
class _Batch:
    """Lines that are added together: their resources, by type, and where each of them stands."""

    resources: dict[str, list[Resource]] = field(default_factory=dict[str, list[Resource]])
    numbers: dict[int, int] = field(default_factory=dict[int, int])
    bytes: int = 0
    lines: int = 0

    def add(self, resource: Resource, number: int) -> None:
        self.resources.setdefault(resource.__type_name__, []).append(resource)
        self.numbers[id(resource)] = number


class _Import:
    """An import under way."""

    def __init__(self, session: Session, checkpoint: ImportCheckpoint, workers: int) -> None:
        self._session = session
        self._checkpoint = checkpoint
        self._workers = workers
        self._repositories: dict[str, TableRepository[Any]] = {}
        self._faults: list[_Fault] = []

    def run(self, file: IO[bytes], path: Path | None, shown: Meter) -> None:
        """Add what is in a file, batch by batch, and note in `path` how far it has got."""
        models = self._session.models
        for batch in self._batches(file):
            for type_name, resources in batch.resources.items():
                repository = self._repositories.setdefault(
                    type_name, TableRepository(models[type_name], self._session.table)
                )
                self._add(repository, resources, batch, shown)
            checkpoint = self._checkpoint
            checkpoint.bytes += batch.bytes
            checkpoint.lines += batch.lines
            shown.tell(checkpoint.bytes, shown.done)
            if path is not None:
                checkpoint.save(path)
                self._session.on_failure = RESUME
        if path is not None:
            path.unlink(missing_ok=True)

    def report(self) -> None:
        """Say what became of the lines."""
        session, done = self._session, self._checkpoint
        self._faults.sort(key=lambda fault: fault.line)
        if session.json:
            counts = {"added": done.added, "existing": done.existing, "failed": done.failed}
            session.print_json(json_of({**counts, "faults": [vars(fault) for fault in self._faults]}))
        else:
            session.say(f"Added {done.added:,} resources.", "green")
            if done.existing:
                session.say(f"{done.existing:,} were there already, and are left alone.")
            for fault in self._faults[:_FAULTS_TOLD]:
                session.warn(f"line {fault.line}: {fault.error}")
            if done.failed:
                session.warn(f"{done.failed:,} lines were left out; mend them, and import the file again.")
        if done.failed:
            raise typer.Exit(Code.UNSOUND)

    def _batches(self, file: IO[bytes]) -> Iterator[_Batch]:
        number = self._checkpoint.lines
        lines = iter(file)
        while taken := _taken(lines):
            batch = _Batch(bytes=sum(map(len, taken)), lines=len(taken))
            now = SYSTEM_CLOCK.now()
            for number, text in enumerate(taken, start=number + 1):  # noqa: B020 - it counts on
                self._read(text, number, batch, now)
            yield batch

    def _read(self, text: bytes, number: int, batch: _Batch, now: datetime) -> None:
        if not text.strip():
            return
        try:
            line = Line.read(text)
            model = model_named(self._session.models, line.type_name)
            batch.add(line.resource(model, now), number)
        except (ValueError, UsageFault) as error:
            self._fault(number, str(error))

    def _add(self, repository: TableRepository[Any], resources: list[Resource], batch: _Batch, shown: Meter) -> None:
        before = shown.done

        def tell(progress: AddProgress) -> None:
            part = batch.bytes * (shown.done - before) / max(1, batch.lines)
            shown.tell(self._checkpoint.bytes + part, before + progress.done)

        report = repository.add_many(resources, workers=self._workers, progress=tell)
        self._checkpoint.added += len(report.added)
        self._checkpoint.existing += len(report.existing)
        for failed in report.failed:
            if isinstance(failed.error, (TableError, ContentionError)):
                raise failed.error  # Of the table itself: nothing further was sent, and the batch is done again.
            self._fault(batch.numbers[id(failed.resource)], str(failed.error))

    def _fault(self, line: int, error: str) -> None:
        self._checkpoint.failed += 1
        if len(self._faults) < _FAULTS_KEPT:
            self._faults.append(_Fault(line, error))

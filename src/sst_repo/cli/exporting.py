"""`export`: what is stored, as lines of JSON."""

import os
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, Annotated, Final

import typer

from sst_repo.cli.checkpoints import ExportCheckpoint, path_beside
from sst_repo.cli.commands import command, type_names
from sst_repo.cli.exits import Code, UsageFault
from sst_repo.cli.lines import as_line
from sst_repo.cli.meters import meter
from sst_repo.cli.output import json_of
from sst_repo.cli.session import Session
from sst_repo.core import checking, layout
from sst_repo.core.checking import RowKind
from sst_repo.core.expressions import compile_filter
from sst_repo.core.queries import Scan
from sst_repo.core.records import Record
from sst_repo.core.scanning import living
from sst_repo.errors import CorruptRecordError
from sst_repo.mapping.schema import schema_of
from sst_repo.resource import Resource
from sst_repo.scanner import TableScan
from sst_repo.scans import DEFAULT_SEGMENTS, ScanRun

_LINES_A_CHECKPOINT: Final = 1000
_NAMED: Final = 10

RESUME: Final = "Go on with --resume."

FileArgument = Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to; the output unless told.")]
TypesOption = Annotated[
    list[str],
    typer.Option("--type", metavar="TYPE", help="May be repeated; all unless told.", autocompletion=type_names),
]
SegmentsOption = Annotated[int, typer.Option("--segments", min=1, help="Read so many parts side by side.")]


def export(
    session: Session,
    output: FileArgument = None,
    *,
    types: TypesOption = (),  # type: ignore[assignment]
    segments: SegmentsOption = DEFAULT_SEGMENTS,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted export has got.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that exists.")] = False,
) -> None:
    """Write all resources as lines of JSON (NDJSON), in no promised order.

    A line has `_type`, the fields that belong to the library, and those of the model as they are stored. Nothing is
    lost, whatever their types: `sst-repo import` makes equal resources of them. What JSON has no word for is an object
    with one key: `$B` (binary, in base64), `$SS`, `$NS`, `$BS` (sets), `$M` (a map with such keys).

    Old versions are not exported. The whole table is read once, whatever is exported of it.
    """
    chosen = {name: session.model(name) for name in types} or session.models
    checkpoint = ExportCheckpoint(session.table_name, segments=segments, types=tuple(sorted(chosen)))
    if resume:
        checkpoint = _resumed(session, output, checkpoint)
    elif output is not None and output.exists() and not overwrite:
        raise UsageFault(f"the file {output} exists; go on with --resume, or replace it with --overwrite")
    job = _Export(session, chosen, checkpoint)
    rows = session.rows  # before the file is touched: the first to find out that there is no such table
    with _opened(output, checkpoint.bytes) as file:
        job.run(file, None if output is None else path_beside(output), rows)
    job.report(output, is_all=not types)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "export")(export)


def _resumed(session: Session, output: Path | None, asked: ExportCheckpoint) -> ExportCheckpoint:
    if output is None:
        raise UsageFault("only an export to a file can be resumed: name the file")
    found = ExportCheckpoint.load(path_beside(output), session.table_name)
    if tuple(found.types) != asked.types or found.segments != asked.segments:
        raise UsageFault(
            f"{path_beside(output)} is about {', '.join(found.types)} in {found.segments} segments; "
            "resume with the same models, types and segments"
        )
    return found


def _opened(output: Path | None, size: int) -> AbstractContextManager[IO[bytes]]:
    """Open the file; it is cut to what the checkpoint knows, since that is where the scan goes on."""
    if output is None:
        return nullcontext(sys.stdout.buffer)
    file = output.open("r+b" if size else "wb")
    file.truncate(size)
    file.seek(size)
    return file


class _Export:
    """An export under way."""

    def __init__(self, session: Session, models: Mapping[str, type[Resource]], checkpoint: ExportCheckpoint) -> None:
        self._session = session
        self._models = models
        self._checkpoint = checkpoint
        self._written: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()
        self._skipped: tuple[CorruptRecordError, ...] = ()

    def run(self, file: IO[bytes], path: Path | None, total: int | None) -> None:
        """Write lines to a file, and to `path` how far it has got; `total` is how many rows the table has, if known."""
        checkpoint = self._checkpoint
        with (
            meter(self._session, total, "rows") as shown,
            TableScan(
                self._session.table,
                Scan(segments=checkpoint.segments, filter=compile_filter(living(None, None))),
                ("export", str(checkpoint.segments), *checkpoint.types),
                self._load,
                cursor=checkpoint.cursor,
                progress=lambda progress: shown.tell(progress.scanned, progress.scanned),
            ) as rows,
        ):
            try:
                self._write(rows, file, path)
            except CorruptRecordError:
                self._skipped = rows.skipped

    def report(self, output: Path | None, *, is_all: bool) -> None:
        """Say what was written, and what was not."""
        session = self._session
        if session.json:
            left_out = self._left_out if is_all else Counter[str]()
            unreadable = [str(error) for error in self._skipped]
            facts = {"written": self._written, "left_out": left_out, "unreadable": unreadable}
            session.print_json(json_of(facts), to_err=output is None)
        else:
            types = ", ".join(f"{name} {count:,}" for name, count in sorted(self._written.items()))
            session.say(f"Exported {self._written.total():,} resources{types and f': {types}'}.", "green")
        for error in self._skipped[:_NAMED]:
            session.warn(f"Left out: {error}")
        if is_all and self._left_out:
            types = ", ".join(f"{name} {count:,}" for name, count in sorted(self._left_out.items()))
            session.warn(f"Left out, for no model has these types: {types}.")
        if self._skipped:
            raise typer.Exit(Code.UNSOUND)

    def _write(self, rows: ScanRun[Resource], file: IO[bytes], path: Path | None) -> None:
        checkpoint = self._checkpoint
        is_whole = True
        try:
            for resource in rows:
                line = as_line(resource).encode() + b"\n"
                is_whole = False
                file.write(line)
                checkpoint.bytes += len(line)
                checkpoint.lines += 1
                is_whole = True
                self._written[resource.__type_name__] += 1
                if path is not None and not checkpoint.lines % _LINES_A_CHECKPOINT:
                    self._save(rows, file, path)
        finally:
            # Also after an error: the cursor is still good, unless a line was written in part.
            file.flush()
            if path is not None and is_whole:
                self._save(rows, file, path)

    def _save(self, rows: ScanRun[Resource], file: IO[bytes], path: Path) -> None:
        self._checkpoint.cursor = rows.cursor
        if self._checkpoint.cursor is None:
            path.unlink(missing_ok=True)
            return
        file.flush()
        os.fsync(file.fileno())
        self._checkpoint.save(path)
        self._session.on_failure = RESUME

    def _load(self, row: Record) -> Resource | None:
        type_name, _ = layout.type_and_id(row.key.pk)
        model = self._models.get(type_name)
        if model is not None:
            return schema_of(model).load_living(row)
        if checking.kind_of(row, ()) is RowKind.LATEST:
            self._left_out[type_name] += 1
        return None

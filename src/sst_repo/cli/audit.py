"""`check` and `stats`: what condition a table is in, and what is in it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated

import typer
from rich.table import Table as Grid
from rich.text import Text

from sst_repo.checking import check as check_table
from sst_repo.checks import CheckReport, Finding
from sst_repo.cli.commands import NO_MODELS, YesOption, command
from sst_repo.cli.exits import Code
from sst_repo.cli.exporting import SegmentsOption
from sst_repo.cli.meters import meter
from sst_repo.cli.output import grid, json_of, size
from sst_repo.cli.session import Session
from sst_repo.core import checking, layout
from sst_repo.core.checking import RowKind
from sst_repo.core.limits import item_size
from sst_repo.core.queries import Scan
from sst_repo.core.records import Record
from sst_repo.scanner import TableScan
from sst_repo.scans import DEFAULT_SEGMENTS, ScanProgress

_SHOWN = 50


def check(
    session: Session,
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what follows from the rest.")] = False,
    yes: YesOption = False,
    segments: SegmentsOption = DEFAULT_SEGMENTS,
) -> None:
    """Compare every row of the table with what it should be, and tell what is wrong; others may write meanwhile.

    With --repair, index attributes, listings and guard rows of unique values are mended; content and history are never
    changed. The exit code is 1 if something is wrong that is not mended. The whole table is read.
    """
    models = session.models.values()
    if repair:
        session.confirm(f"Mend what is found wrong in the table {session.table_name}?", yes=yes)
    with meter(session, session.rows, "rows") as shown:

        def tell(progress: ScanProgress) -> None:
            shown.tell(progress.scanned, progress.scanned)

        report = check_table(session.table, *models, repair=repair, segments=segments, progress=tell)
    if session.json:
        session.print_json(json_of(_report(report)))
    else:
        _show(session, report)
    if not report.ok:
        raise typer.Exit(Code.UNSOUND)


def stats(session: Session, *, segments: SegmentsOption = DEFAULT_SEGMENTS) -> None:
    """Count what is in the table, and how large it is, by type: resources, deleted ones, old versions, unique values.

    The mean size is that of the resources as they are now. Sizes are those of the rows as DynamoDB bills them, without
    what is held in indexes. The whole table is read.
    """
    tally: dict[str, _Share] = {}
    others = _Share()
    with (
        meter(session, session.rows, "rows") as shown,
        TableScan(
            session.table,
            Scan(segments=segments),
            ("stats", str(segments)),
            lambda row: row,
            progress=lambda progress: shown.tell(progress.scanned, progress.scanned),
        ) as rows,
    ):
        for row in rows:
            kind = checking.kind_of(row, ())
            share = others if kind is RowKind.FOREIGN else tally.setdefault(_type_of(row, kind), _Share())
            share.add(row, kind)
        scanned, consumed = rows.scanned, rows.consumed
    if session.json:
        types = {name: share.facts for name, share in sorted(tally.items())}
        session.print_json(json_of({"types": types, "foreign": others.facts, "rows": scanned, "consumed": consumed}))
        return
    session.out.print(_table(tally, others))
    session.say(f"{scanned:,} rows were read, for {consumed:,.1f} read units.", "dim")


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    command(app, "check")(check)
    command(app, "stats", NO_MODELS)(stats)


@dataclass
class _Share:
    """What one type has in the table."""

    rows: Counter[str] = field(default_factory=Counter[str])
    sizes: Counter[str] = field(default_factory=Counter[str])

    def add(self, row: Record, kind: RowKind) -> None:
        name = "deleted" if kind is RowKind.LATEST and row.is_tombstone else _NAMES[kind]
        self.rows[name] += 1
        self.sizes[name] += item_size(row)

    @property
    def facts(self) -> dict[str, dict[str, int]]:
        return {name: {"rows": self.rows[name], "bytes": self.sizes[name]} for name in sorted(self.rows)}


_NAMES = {
    RowKind.LATEST: "resources",
    RowKind.HISTORY: "old versions",
    RowKind.GUARD: "unique values",
    RowKind.FOREIGN: "others",
}


def _type_of(row: Record, kind: RowKind) -> str:
    pk = row.key.pk
    return (layout.type_and_value(pk) if kind is RowKind.GUARD else layout.type_and_id(pk))[0]


def _table(tally: dict[str, _Share], others: _Share) -> Grid:
    found = grid("type", ">resources", ">deleted", ">versions", ">unique", ">size", ">mean")
    for name, share in sorted(tally.items()):
        living = share.rows["resources"]
        found.add_row(
            Text(name, "cyan"),
            *(f"{share.rows[each]:,}" for each in ("resources", "deleted", "old versions", "unique values")),
            size(share.sizes.total()),
            size(share.sizes["resources"] / living) if living else "",
        )
    if others.rows:
        strange = (f"{others.rows.total():,}", "", "", "", size(others.sizes.total()), "")
        found.add_row(Text("not the library's", "dim"), *strange)
    return found


def _report(report: CheckReport) -> dict[str, object]:
    return {
        "ok": report.ok,
        "rows": {
            "resources": report.latest,
            "deleted": report.tombstones,
            "old versions": report.history,
            "unique values": report.guards,
            "others": report.foreign,
        },
        "unjudged": report.unjudged,
        "counts": {kind.value: count for kind, count in report.counts.items()},
        "repaired": report.repaired,
        "unsettled": report.unsettled,
        "findings": list(map(_finding, report.findings)),
        "consumed": report.consumed,
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "kind": finding.kind.value,
        "type": finding.type,
        "id": finding.id,
        "message": finding.message,
        "repaired": finding.repaired,
    }


def _show(session: Session, report: CheckReport) -> None:
    if report.findings:
        found = grid("", "kind", "type", "id", "what")
        for finding in report.findings[:_SHOWN]:
            mark = Text("mended", "green") if finding.repaired else Text("wrong", "red")
            found.add_row(mark, finding.kind.value, finding.type, Text(finding.id, "cyan"), finding.message)
        session.out.print(found)
    total = sum(report.counts.values())
    if total > _SHOWN:
        session.say(f"{total - _SHOWN:,} more; --json has the first 1,000 of all.", "dim")
    session.out.print(
        f"{report.scanned:,} rows: {report.latest:,} resources, {report.tombstones:,} deleted, {report.history:,} old "
        f"versions, {report.guards:,} unique values, {report.foreign:,} others."
    )
    for name, count in sorted(report.unjudged.items()):
        session.warn(f"{count:,} of the type {name} were judged without a model: name its module, too.")
    if report.unsettled:
        session.warn(f"{report.unsettled:,} were written too often to be sure; check again.")
    wrong = total - report.repaired
    verdict = f"{report.repaired:,} mended" if report.repaired or wrong else "nothing is wrong"
    if wrong:
        session.out.print(Text(f"{wrong:,} wrong, {verdict}.", "red"))
    else:
        session.out.print(Text(f"All is well: {verdict}.", "green"))

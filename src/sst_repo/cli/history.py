"""`history`, `diff` and `restore`: the versions of a resource."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from sst_repo.cli import drawing
from sst_repo.cli.changes import changes
from sst_repo.cli.commands import IdArgument, TypeArgument, YesOption, command
from sst_repo.cli.lines import as_object
from sst_repo.cli.session import Session
from sst_repo.cli.timeline import content_of_version, events, rows_of

if TYPE_CHECKING:
    from sst_repo.core.records import Attributes

VersionArgument = Annotated[int, typer.Argument(metavar="VERSION", min=1, help="The version.")]
OldArgument = Annotated[int, typer.Argument(metavar="OLD", min=1, help="A version.")]
NewArgument = Annotated[int | None, typer.Argument(metavar="NEW", min=1, help="Another; the latest unless told.")]


def history(
    session: Session,
    type_name: TypeArgument,
    resource_id: IdArgument,
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many versions.")] = 20,
    everything: Annotated[bool, typer.Option("--all", help="All versions.")] = False,
) -> None:
    """Show the versions of a resource, the latest first: when each was written, and which fields it has changed.

    Deletions are versions, too. A type that keeps no versions has just its latest.
    """
    most = None if everything else limit
    model = session.model(type_name)
    told = events(rows_of(session.table, model, resource_id, most), model, most)
    if session.json:
        session.print_json(list(map(drawing.event_json, told)))
        return
    goes_on = len(told) == most and told[-1].version > 1
    session.out.print(_title(type_name, resource_id), Text(f"at version {told[0].version}, times in UTC", "dim"))
    for line in drawing.timeline(told, goes_on=goes_on):
        session.out.print(line, no_wrap=True, overflow="ellipsis")
    if goes_on:
        session.say(f"Older versions: --limit {2 * len(told)}, or --all", "dim")


def diff(
    session: Session,
    type_name: TypeArgument,
    resource_id: IdArgument,
    old: OldArgument,
    new: NewArgument = None,
) -> None:
    """Show which fields differ between two versions of a resource."""
    model = session.model(type_name)
    _, before = content_of_version(session.table, model, resource_id, old)
    version, after = content_of_version(session.table, model, resource_id, new)
    found = changes(before, after, model.model_fields)
    if session.json:
        session.print_json(list(map(drawing.change_json, found)))
        return
    session.out.print(_title(type_name, resource_id), Text(f"{old} → {version}", "bold"))
    for line in drawing.changes(found):
        session.out.print(line, no_wrap=True, overflow="ellipsis")
    if not found:
        session.out.print(Text("They are equal.", "dim"))


def restore(
    session: Session,
    type_name: TypeArgument,
    resource_id: IdArgument,
    version: VersionArgument,
    *,
    yes: YesOption = False,
) -> None:
    """Store the content of an old version as the next version; also of what was deleted.

    Nothing is lost: what is the latest version now stays in the history.
    """
    if not yes:
        _preview(session, type_name, resource_id, version)
    session.confirm(f"Restore version {version} of {type_name} {resource_id}?", yes=yes)
    restored: Any = session.repository(type_name).restore(resource_id, version)
    if session.json:
        session.print_json(as_object(restored))
    else:
        session.out.print(
            f"{type_name} {resource_id} has the content of version {version} again, as version {restored.version}."
        )


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    command(app, "history")(history)
    command(app, "diff")(diff)
    command(app, "restore")(restore)


def _preview(session: Session, type_name: str, resource_id: str, version: int) -> None:
    """Show what restoring a version would change."""
    model = session.model(type_name)
    _, wanted = content_of_version(session.table, model, resource_id, version)
    latest = rows_of(session.table, model, resource_id, 1)[0]
    present: Attributes = {}
    if not latest.is_tombstone:
        _, present = content_of_version(session.table, model, resource_id, None)
    for line in drawing.changes(changes(present, wanted, model.model_fields)):
        session.err.print(line, no_wrap=True, overflow="ellipsis")


def _title(type_name: str, resource_id: str) -> Text:
    return Text.assemble((type_name, "bold"), " ", (resource_id, "cyan"))

"""`ls` and `get`: what is stored."""

from collections.abc import Mapping
from typing import Annotated, Final

import typer
from rich.text import Text

from sst_repo.cli.commands import IdArgument, TypeArgument, command
from sst_repo.cli.lines import TYPE, as_object
from sst_repo.cli.output import grid, moment, shown
from sst_repo.cli.plain import Plain, dumps, readable
from sst_repo.cli.session import Session
from sst_repo.cli.wheres import condition_from
from sst_repo.pages import Page
from sst_repo.repository import TableRepository
from sst_repo.resource import SYSTEM_FIELDS, Resource

_ALWAYS: Final = ("resource_id", ">version", "updated_at")
_WIDEST = 32
_NARROWEST = 8
_GAP = 3
"""How wide a column of a field is at most and at least, and how far it is from the next."""


def ls(
    session: Session,
    type_name: TypeArgument,
    *,
    where: Annotated[
        list[str],
        typer.Option("--where", metavar="FIELD=VALUE", help="Also != < <= > >=; may be repeated: all must hold."),
    ] = (),  # type: ignore[assignment]
    limit: Annotated[int, typer.Option("--limit", "-n", help="How many.")] = 20,
    cursor: Annotated[str | None, typer.Option("--cursor", help="Go on where a page has ended.")] = None,
    oldest_first: Annotated[bool, typer.Option("--oldest-first", help="Begin with the oldest update.")] = False,
) -> None:
    """List resources of a type by their last update, the latest first."""
    model = session.model(type_name)
    condition = condition_from(model, where)
    page = TableRepository(model, session.indexed_table).list(
        where=condition, limit=limit, cursor=cursor, newest_first=not oldest_first
    )
    if session.json:
        session.print_json({"resources": list(map(as_object, page)), "cursor": page.cursor})
    else:
        _show(session, page)
        if page.cursor is not None:
            session.say(f"More: --cursor {page.cursor}", "dim")
    for error in page.skipped:
        session.warn(str(error))


def get(
    session: Session,
    type_name: TypeArgument,
    resource_id: IdArgument,
    *,
    version: Annotated[int | None, typer.Option("--version", help="An old version; the latest unless told.")] = None,
) -> None:
    """Show a resource, as it is or as it was."""
    repository = session.repository(type_name)
    found = repository.get(resource_id) if version is None else repository.get_version(resource_id, version)
    if session.json:
        session.print_json(as_object(found))
        return
    fields = grid(None, None)
    for name, value in as_object(found).items():
        if name != TYPE:
            style = "dim" if name in SYSTEM_FIELDS else ""
            fields.add_row(Text(name, style="bold"), Text(_whole(name, value), style=style))
    session.out.print(Text.assemble((type_name, "bold"), " ", (resource_id, "cyan")))
    session.out.print(fields)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    command(app, "ls")(ls)
    command(app, "get")(get)


def _show(session: Session, page: Page[Resource]) -> None:
    rows = [
        {
            "resource_id": Text(each["resource_id"], "cyan"),
            ">version": Text(str(each["version"])),
            "updated_at": Text(moment(each["updated_at"]), "dim"),
            **{name: shown(value) for name, value in each.items() if name not in {TYPE, *SYSTEM_FIELDS}},
        }
        for each in map(as_object, page)
    ]
    names = list(dict.fromkeys(name for row in rows for name in row)) or list(_ALWAYS)
    widths = {name: max(len(name), *(row[name].cell_len for row in rows if name in row), 0) for name in names}
    columns = _fitting(names, widths, session.out.width)
    found = grid(*columns)
    for column, width in zip(found.columns, columns.values(), strict=True):
        column.overflow, column.no_wrap, column.width = "ellipsis", True, width
    for row in rows:
        found.add_row(*(row.get(name, "") for name in columns))
    session.out.print(found)
    if len(names) > len(columns):
        session.say(f"Not shown: {', '.join(name for name in names if name not in columns)}", "dim")


def _fitting(names: list[str], widths: Mapping[str, int], room: int) -> dict[str, int]:
    """Return the columns that there is room for, in their order, and how wide they are; the last of them may be cut."""
    chosen = {name: widths[name] for name in _ALWAYS}
    left = room - sum(width + _GAP for width in chosen.values())
    for name in names:
        if name not in _ALWAYS and left >= min(_NARROWEST, widths[name]):
            chosen[name] = min(widths[name], _WIDEST, left)
            left -= chosen[name] + _GAP
    return chosen


def _whole(name: str, value: Plain) -> str:
    return moment(value) if name in {"created_at", "updated_at"} else dumps(readable(value))

"""`sst-repo table`: make, describe and delete a table."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table as Grid

from sst_repo.cli.commands import NO_MODELS, YesOption, command
from sst_repo.cli.exits import Code, UsageFault
from sst_repo.cli.options import PointInTimeOption, ProjectionOption, TtlOption, projections_from
from sst_repo.cli.output import grid, json_of, size
from sst_repo.cli.session import Session
from sst_repo.core import layout
from sst_repo.errors import ModelError
from sst_repo.provisioning.blueprints import blueprint, gsis_of
from sst_repo.tables.dynamodb import administration
from sst_repo.tables.dynamodb.administration import IndexState, TableState

app = typer.Typer(help="Make, describe and delete a table.", no_args_is_help=True)


def create(
    session: Session,
    *,
    ttl: TtlOption = None,
    point_in_time_recovery: PointInTimeOption = False,
    projection: ProjectionOption = (),  # type: ignore[assignment]
    if_not_exists: Annotated[bool, typer.Option("--if-not-exists", help="Leave one that exists alone.")] = False,
) -> None:
    """Make the table, with the indexes that the models use, and wait until it can be used.

    It is what the templates make: billed on demand, with no other indexes. What may touch it is for IAM to say: see
    `sst-repo template`.
    """
    chosen = projections_from(projection)
    try:
        plan = blueprint(session.models.values(), table_name=session.table_name, projections=chosen, ttl=ttl)
    except (ValueError, ModelError) as error:
        raise UsageFault(str(error)) from error
    table = session.connected(gsis=gsis_of(session.models.values()), projections=chosen)
    existed = if_not_exists and table.exists()
    if not existed:
        table.create(if_not_exists=if_not_exists)
        if ttl is not None:
            administration.let_expire(table, ttl)
        if point_in_time_recovery:
            administration.make_recoverable(table)
    if session.json:
        session.print_json(json_of({"table": session.table_name, "created": not existed}))
    else:
        what = "exists already" if existed else f"is there, with {', '.join(plan.uses)}"
        session.out.print(f"The table {session.table_name} {what}.")


def describe(session: Session) -> None:
    """Say how the table is set up, and how large it is.

    With models, also whether it has the indexes that they use; if it lacks one, the exit code is 1. The sizes are those
    that DynamoDB has counted within the last six hours; `sst-repo stats` counts anew.
    """
    state = session.state
    ttl = administration.expiry_of(session.table)
    recoverable = administration.is_recoverable(session.table)
    uses = blueprint(session.models.values(), table_name="any").uses if session.model_names else None
    lacking = sorted(set(uses or {}) - {index.name for index in state.indexes})
    if session.json:
        facts = {**asdict(state), "ttl": ttl, "point_in_time_recovery": recoverable}
        session.print_json(json_of({**facts, "lacking": lacking} if uses is not None else facts))
    else:
        session.out.print(_facts(state, ttl, recoverable=recoverable))
        session.out.print()
        session.out.print(_indexes(state.indexes, uses))
    for name in lacking:
        session.warn(f"It lacks the index {name}, which {(uses or {})[name]} need{'s' if ',' not in name else ''}.")
    if lacking:
        raise typer.Exit(Code.UNSOUND)


def delete(session: Session, *, yes: YesOption = False) -> None:
    """Delete the table with all that is in it, and wait until it is gone."""
    rows = session.state.rows
    counted = f"about {rows} rows" if rows else "all that is in it"
    session.confirm(f"Delete the table {session.table_name} with {counted}?", yes=yes)
    session.table.delete()
    if session.json:
        session.print_json(json_of({"table": session.table_name, "deleted": True}))
    else:
        session.out.print(f"The table {session.table_name} is gone.")


def _is_general(name: str | None) -> bool:
    return name != layout.LISTING.name


def _facts(state: TableState, ttl: str | None, *, recoverable: bool | None) -> Grid:
    facts = grid(None, None)
    for name, fact in {
        "table": state.name,
        "arn": state.arn,
        "status": state.status.lower(),
        "made": f"{state.created_at:%Y-%m-%d %H:%M:%S %Z}",
        "billing": {"PAY_PER_REQUEST": "on demand", "PROVISIONED": "provisioned"}.get(state.billing, state.billing),
        "rows": f"{state.rows:,}",
        "size": size(state.bytes),
        "expiry": "can't be told" if ttl is None else f"by {ttl}" if ttl else "none",
        "point in time recovery": {None: "can't be told", True: "on", False: "off"}[recoverable],
    }.items():
        facts.add_row(f"[dim]{name}[/dim]", fact)
    return facts


def _indexes(indexes: tuple[IndexState, ...], uses: Mapping[str, str] | None) -> Grid:
    found = grid("index", "keys", "holds", "status", ">rows", ">size", *(["used by"] if uses is not None else []))
    for index in sorted(indexes, key=lambda each: (_is_general(each.name), len(each.name), each.name)):
        held = index.projection if isinstance(index.projection, str) else ", ".join(index.projection)
        used = [uses.get(index.name, "[dim]nothing[/dim]")] if uses is not None else []
        keys = f"{index.partition}, {index.sort}"
        found.add_row(index.name, keys, held, index.status.lower(), f"{index.rows:,}", size(index.bytes), *used)
    return found


command(app, "create")(create)
command(app, "describe")(describe)
command(app, "delete", NO_MODELS)(delete)

"""Options that say how a table is to be set up, for those who make one and those who make a template for one."""

from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from sst_repo.cli.exits import UsageFault
from sst_repo.core.projections import ProjectionChoice, ProjectionChoices

TtlOption = Annotated[
    str | None,
    typer.Option("--ttl", metavar="FIELD", help="The field with the time at which a resource expires."),
]
PointInTimeOption = Annotated[
    bool,
    typer.Option("--point-in-time-recovery", help="Let it be restored to any second of the last 35 days."),
]
ProjectionOption = Annotated[
    list[str],
    typer.Option(
        "--projection",
        metavar="INDEX=WHAT",
        help="What an index holds: listing=keys, 1=all, 2=status,total. May be repeated; whole rows unless told.",
    ),
]


def projections_from(texts: Sequence[str]) -> ProjectionChoices | None:
    """Read what indexes are to hold.

    Raises:
        UsageFault: A text names no index.
    """
    chosen: dict[int | Literal["listing"], ProjectionChoice] = {}
    for text in texts:
        index, _, what = text.partition("=")
        number = index.removeprefix("gsi")
        choice: ProjectionChoice
        match what:
            case "all":
                choice = "all"
            case "keys":
                choice = "keys"
            case _:
                choice = tuple(what.split(",")) if what else ()
        if index == "listing":
            chosen["listing"] = choice
        elif number.isdecimal():
            chosen[int(number)] = choice
        else:
            raise UsageFault(f"a projection is INDEX=WHAT, such as listing=keys or 2=status,total; not {text!r}")
    return chosen or None

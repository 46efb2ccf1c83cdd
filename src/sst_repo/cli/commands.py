"""How commands are made of functions: the options that all have, and what their arguments are."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, Any, Concatenate, ParamSpec, cast

import typer

from sst_repo.cli.exits import UsageFault
from sst_repo.cli.models import models_in
from sst_repo.cli.session import Session

P = ParamSpec("P")

CONNECTION = "Where the table is"

TableOption = Annotated[str, typer.Option("--table", envvar="SST_REPO_TABLE", help="The table's name.")]
ModelsOption = Annotated[
    list[str],
    typer.Option(
        "--models",
        envvar="SST_REPO_MODELS",
        metavar="PACKAGE.MODULE",
        help="A module with Resource classes; may be repeated. The current directory is looked in, too.",
    ),
]
EndpointOption = Annotated[
    str | None,
    typer.Option("--endpoint-url", help="Another endpoint than the region's.", rich_help_panel=CONNECTION),
]
RegionOption = Annotated[str | None, typer.Option("--region", help="The AWS region.", rich_help_panel=CONNECTION)]
ProfileOption = Annotated[
    str | None, typer.Option("--profile", help="A profile of the AWS settings.", rich_help_panel=CONNECTION)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs to read.")]


_TABLE: Mapping[str, tuple[Any, Any]] = {"table_name": (TableOption, inspect.Parameter.empty)}
_MODELS: Mapping[str, tuple[Any, Any]] = {"model_names": (ModelsOption, [])}
_CONNECTION: Mapping[str, tuple[Any, Any]] = {
    "endpoint_url": (EndpointOption, None),
    "region": (RegionOption, None),
    "profile": (ProfileOption, None),
}
_JSON: Mapping[str, tuple[Any, Any]] = {"json": (JsonOption, False)}

EVERYTHING = {**_TABLE, **_MODELS, **_CONNECTION, **_JSON}
"""The options of commands that know models and reach for a table."""

NO_MODELS = {**_TABLE, **_CONNECTION, **_JSON}
"""Those of commands that reach for a table."""

NO_CONNECTION = {**_TABLE, **_MODELS}
"""Those of commands that know models, and make no call."""


def command(
    app: typer.Typer, name: str, options: Mapping[str, tuple[Any, Any]] = EVERYTHING
) -> Callable[[Callable[Concatenate[Session, P], None]], Callable[..., None]]:
    """Make a command of a function that takes a session, and whatever arguments and options it has of its own.

    Args:
        app: What it is a command of.
        name: What it is called.
        options: The options that the session is made from.
    """

    def register(function: Callable[Concatenate[Session, P], None]) -> Callable[..., None]:
        _, *own = inspect.signature(function, eval_str=True).parameters.values()
        shared = [
            inspect.Parameter(option, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
            for option, (annotation, default) in options.items()
        ]

        @wraps(function)
        def run(**values: Any) -> None:
            session = Session(**{option: values.pop(option) for option in options})
            with session.telling():
                function(session, **values)  # type: ignore[call-arg]

        keywords = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
        run.__signature__ = inspect.Signature([*keywords, *shared])  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in (*own, *shared)}
        app.command(name, help=_flowing(inspect.getdoc(function) or ""))(run)
        return run

    return register


def _flowing(text: str) -> str:
    """Return paragraphs in a line each: how wide they are shown is for the terminal to say."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def type_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a type, from the models that are named so far."""
    try:
        names = cast("list[str]", ctx.params.get("model_names") or [])
        return sorted(name for name in models_in(names) if name.startswith(incomplete))
    except (UsageFault, SystemExit):
        return []


TypeArgument = Annotated[str, typer.Argument(metavar="TYPE", help="The stored name.", autocompletion=type_names)]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The resource_id.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

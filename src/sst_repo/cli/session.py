"""What every command is given: the table, the models and where to write; and the options that they are made from."""

import inspect
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Annotated, Any, Concatenate, ParamSpec, cast

import typer
from rich.console import Console
from rich.text import Text

from sst_repo.cli.exits import EXPECTED, Code, UsageFault, code_of, message_of
from sst_repo.cli.models import model_named, models_in
from sst_repo.cli.plain import Plain, dumps
from sst_repo.core.layout import DEFAULT_GSIS, Gsis
from sst_repo.core.projections import ProjectionChoices
from sst_repo.errors import AccessDeniedError, TableError
from sst_repo.repository import TableRepository
from sst_repo.resource import Resource
from sst_repo.tables.dynamodb.administration import TableState, connect, state_of
from sst_repo.tables.dynamodb.table import DynamoDBTable

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


@dataclass
class Session:
    """One run of a command.

    Attributes:
        table_name: The table's name; "" where the command takes none.
        model_names: The modules to look for models in.
        json: Whether to print JSON.
        on_failure: What to do when the command was interrupted, or fails.
        out: The terminal's output, or wherever it is redirected to.
        err: Where errors, questions and progress go.
    """

    table_name: str = ""
    model_names: list[str] = field(default_factory=list[str])
    endpoint_url: str | None = None
    region: str | None = None
    profile: str | None = None
    json: bool = False
    on_failure: str = ""
    out: Console = field(default_factory=lambda: Console(highlight=False))
    err: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))

    @cached_property
    def models(self) -> dict[str, type[Resource]]:
        """The models, by the names that they are stored under."""
        if not self.model_names:
            raise UsageFault("name the module of your models: --models package.module, or SST_REPO_MODELS")
        return models_in(self.model_names)

    @cached_property
    def table(self) -> DynamoDBTable:
        """The table, for whoever does not read its indexes. Makes no call."""
        return self.connected()

    @cached_property
    def state(self) -> TableState:
        """The table as it is. 1 DescribeTable."""
        return state_of(self.table)

    @cached_property
    def indexed_table(self) -> DynamoDBTable:
        """The table, for whoever reads its indexes: what they hold has been asked for. 1 DescribeTable."""
        try:
            state = self.state
        except AccessDeniedError:
            return self.table  # A reader need not be allowed to describe it; most tables' indexes hold whole rows.
        return self.connected(gsis=state.gsis, projections=state.projections)

    @property
    def rows(self) -> int | None:
        """How many rows there are, by DynamoDB's own count; None if that can't be told."""
        try:
            return self.state.rows
        except AccessDeniedError:
            return None

    def connected(self, gsis: Gsis = DEFAULT_GSIS, projections: ProjectionChoices | None = None) -> DynamoDBTable:
        """Return the table, with these general indexes, which hold what is told. Makes no call.

        Raises:
            UsageFault: The settings of AWS are incomplete or wrong, the endpoint is no URL, or the options are none.
        """
        try:
            return connect(
                self.table_name,
                gsis=gsis,
                projections=projections,
                endpoint_url=self.endpoint_url,
                region=self.region,
                profile=self.profile,
            )
        except (ValueError, TableError) as error:
            raise UsageFault(f"{error} See --region, --profile and --endpoint-url") from error

    def model(self, type_name: str) -> type[Resource]:
        """Return the class that is stored under a name.

        Raises:
            UsageFault: There is none.
        """
        return model_named(self.models, type_name)

    def repository(self, type_name: str) -> TableRepository[Any]:
        """Return the resources of a type, for whoever does not read its indexes."""
        return TableRepository(self.model(type_name), self.table)

    def print_json(self, value: Plain, *, to_err: bool = False) -> None:
        """Print a line of JSON: to the output, unless that is taken."""
        (sys.stderr if to_err else sys.stdout).write(dumps(value) + "\n")

    def say(self, text: str, style: str = "") -> None:
        """Tell the user something that is no part of the output."""
        self.err.print(Text(text, style=style), soft_wrap=True)

    def warn(self, text: str) -> None:
        """Tell the user what is not as it should be."""
        self.say(text, "yellow")

    def confirm(self, question: str, *, yes: bool) -> None:
        """Ask before something is done, unless the answer was given beforehand.

        Raises:
            UsageFault: There is nobody to ask.
            typer.Exit: The answer is no.
        """
        if yes:
            return
        if not sys.stdin.isatty():
            raise UsageFault(f"{question} There is no terminal to answer at; say --yes if you mean it")
        try:
            is_meant = typer.confirm(question, err=True)
        except typer.Abort:
            is_meant = False
        if not is_meant:
            self.say("Nothing was done.")
            raise typer.Exit(Code.UNSOUND)

    @contextmanager
    def telling(self) -> Generator[None]:
        """Tell errors in a line, and exit with their code."""
        try:
            yield
        except KeyboardInterrupt:
            self.say(f"Interrupted. {self.on_failure}".rstrip())
            raise typer.Exit(Code.INTERRUPTED) from None
        except BrokenPipeError:
            raise  # Who reads the output has had enough: Typer ends the program without a word.
        except EXPECTED as error:
            message = message_of(error, table=self.table_name or None)
            self.say(f"Error: {message}. {self.on_failure}" if self.on_failure else f"Error: {message}", "bold red")
            raise typer.Exit(code_of(error)) from error


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

"""What every command is given: the table, the models, and where to write."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

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

"""The program: its commands, its help, and how it is run."""

from importlib.metadata import version
from typing import Annotated

import typer

from sst_repo.cli import audit, exporting, history, importing, resources, tables, templates
from sst_repo.cli.exits import SAID

_EXITS = "\n".join(f"{code.value:>3}  {said}" for code, said in SAID.items())

app = typer.Typer(
    name="sst-repo",
    help="Look after the tables of sst-repo: make them, look at what is stored, move it, check it.",
    epilog=f"\b\nExit codes:\n{_EXITS}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(tables.app, name="table")
app.add_typer(templates.app, name="template")
for part in (resources, history, exporting, importing, audit):
    part.add_to(app)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - as Typer calls it
    if wanted:
        typer.echo(f"sst-repo {version('sst-repo')}")
        raise typer.Exit


@app.callback()
def _program(
    *,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Take what stands before the command."""
    del show_version  # the callback has dealt with it


def run() -> None:
    """Run the program; it ends the process."""
    app(prog_name="sst-repo")

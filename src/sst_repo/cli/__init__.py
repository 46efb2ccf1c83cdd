"""The command line `sst-repo`: tables, templates, and a look at what is stored. It needs the extra `cli`."""

import sys

_NEEDED = ("typer", "rich")


def main() -> None:
    """Run the program, and end the process with its exit code."""
    try:
        from sst_repo.cli.program import run  # noqa: PLC0415 - without the extra there is nothing to import
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        sys.exit("sst-repo needs the extra `cli`: pip install 'sst-repo[cli]'")
    run()

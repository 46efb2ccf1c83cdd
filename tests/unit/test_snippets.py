"""The READMEs and the documentation tell the truth: every Python block in them runs."""

import sys
from itertools import groupby
from pathlib import Path
from types import ModuleType

import pytest
from pytest_examples import CodeExample, find_examples

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "examples").rglob("*.md")])


def program_of(page: Path) -> str:
    """A page is a program; so is the tutorial, from its first page to its last."""
    told = page.parent if page.parent == DOCS / "tutorial" else page
    return str(told.relative_to(ROOT))


def is_included(snippet: CodeExample) -> bool:
    """Tell whether a block shows a part of a file, which has tests of its own."""
    return snippet.source.lstrip().startswith("--8<--")


PROGRAMS = {
    name: [snippet for page in pages for snippet in find_examples(page) if not is_included(snippet)]
    for name, pages in groupby(PAGES, program_of)
}


@pytest.mark.parametrize("snippets", [pytest.param(found, id=name) for name, found in PROGRAMS.items() if found])
def test_the_snippets_of_a_page_run_in_the_order_they_are_read(
    snippets: list[CodeExample], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", program)  # where annotations and pickles look names up

    for snippet in snippets:
        # Not pytest-examples' own runner: the traceback it makes up for a failing snippet crashes pytest 9.
        lines_before = "\n" * snippet.start_line  # so that a failure is shown at its line of the page
        code = compile(lines_before + snippet.source, snippet.path, "exec", dont_inherit=True)
        exec(code, vars(program))  # noqa: S102 - the code is ours

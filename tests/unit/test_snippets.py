"""The READMEs and the documentation tell the truth: every Python block in them runs."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from pytest_examples import CodeExample, find_examples

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
SNIPPETS = {page: list(find_examples(page)) for page in PAGES}


@pytest.mark.parametrize(
    "snippets",
    [pytest.param(found, id=str(page.relative_to(ROOT))) for page, found in SNIPPETS.items() if found],
)
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

"""The READMEs and the documentation tell the truth: every Python block in them runs."""

import sys
from itertools import groupby
from pathlib import Path
from types import ModuleType

import pytest
from pytest_examples import CodeExample, find_examples

from docs.hooks import PART, source_of

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "examples").rglob("*.md")])


def program_of(page: Path) -> str:
    """A page is a program; so is the tutorial, from its first page to its last."""
    told = page.parent if page.parent == DOCS / "tutorial" else page
    return str(told.relative_to(ROOT))


PROGRAMS = {
    name: [snippet for page in pages for snippet in find_examples(page)] for name, pages in groupby(PAGES, program_of)
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


SHOWN = [
    pytest.param(path, names.split(", "), id=f"{page.relative_to(ROOT)}: {path}::{names}")
    for page in PAGES
    for _, path, names in PART.findall(page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("path", "names"), SHOWN)
def test_what_a_page_shows_of_a_file_is_there(path: str, names: list[str]) -> None:
    assert source_of(path, *names)


def test_the_tests_in_the_guide_to_testing_pass(pytester: pytest.Pytester) -> None:
    program = "\n".join(snippet.source for snippet in PROGRAMS["docs/guides/testing.md"])
    pytester.makepyfile(program)

    result = pytester.runpytest_inprocess("-W", "error")

    result.assert_outcomes(passed=f"\n{program}".count("\ndef test_"))

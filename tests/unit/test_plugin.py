"""The pytest plugin, as tests of its users meet it: pytest run by pytest."""

import textwrap
from pathlib import Path

import pytest
from pytest_examples import find_examples

from sst_repo import Consumed, InMemoryTable, Resource, TableRepository
from sst_repo.testing import CapacityExceededError, capacity_budget

pytest_plugins = ["pytester"]

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "testing-kit.md"

MODEL = """
    import pytest
    from sst_repo import InMemoryTable, Resource, TableRepository

    class Note(Resource):
        text: str
"""


class Note(Resource):
    text: str


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other plugins are none of the test's business."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def run(pytester: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    pytester.makepyfile(MODEL + tests)
    return pytester.runpytest_inprocess(
        "-p", "sst_repo.testing.plugin", "--strict-markers", "-W", "error", "-v", *arguments
    )


def test_memory_table_and_table_are_empty_tables_in_memory(pytester: pytest.Pytester) -> None:
    tests = """
    def test_one(memory_table, table):
        assert isinstance(memory_table, InMemoryTable)
        assert table is memory_table
        TableRepository(Note, table).add(Note(text="a"))

    def test_another(table):
        assert TableRepository(Note, table).count() == 0
    """
    run(pytester, tests).assert_outcomes(passed=2)


def test_tables_are_made_with_the_options_that_are_asked_for(pytester: pytest.Pytester) -> None:
    tests = """
    @pytest.fixture
    def table_options():
        return {"projections": {"listing": "keys"}, "exact_writes": True}

    def test_it(table):
        assert table.exact_writes
        assert list(table.projections) == ["listing"]
    """
    run(pytester, tests).assert_outcomes(passed=1)


def test_a_marked_test_is_one_on_each_table_and_chosen_by_its_mark(pytester: pytest.Pytester) -> None:
    tests = """
    @pytest.mark.on_each_table
    def test_it(table):
        TableRepository(Note, table).add(Note(text="a"))

    def test_on_the_server(dynamodb_table):
        assert False
    """
    chosen = run(pytester, tests, "-m", "not dynamodb_local")

    chosen.assert_outcomes(passed=1, deselected=2)
    chosen.stdout.fnmatch_lines(["*test_it?memory?*"])


def test_a_marked_test_without_a_table_is_an_error_that_says_so(pytester: pytest.Pytester) -> None:
    tests = """
    @pytest.mark.on_each_table
    def test_it():
        pass
    """
    result = run(pytester, tests)

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*test_it is marked on_each_table, but has no argument `table`*"])


def test_a_test_over_its_budget_fails_and_says_by_which_calls(pytester: pytest.Pytester) -> None:
    tests = """
    @pytest.fixture
    def notes(table):
        notes = TableRepository(Note, table)
        notes.add(Note(resource_id="n1", text="a"))
        return notes

    @pytest.mark.capacity_budget(read=1, write=2, calls=2)
    def test_within(notes):
        notes.get("n1")
        notes.add(Note(text="b"))

    @pytest.mark.capacity_budget(calls=1)
    def test_over(notes):
        notes.get("n1")
        notes.get("n1")
    """
    result = run(pytester, tests)

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*over budget: 2 calls of 1*", "*GetItem memory Note: 1 read units*"])


def test_without_a_server_tests_that_need_one_are_skipped_where_that_is_wished(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SST_REPO_NO_DYNAMODB_LOCAL", "1")

    run(pytester, "    def test_it(dynamodb_table): pass").assert_outcomes(skipped=1)


def test_the_guide_to_the_kit_passes_as_a_test_module(pytester: pytest.Pytester) -> None:
    tests = "\n".join(snippet.source for snippet in find_examples(GUIDE))
    suites = "Repository or UnitOfWork or Unique or Access or WithoutTokens"
    result = run(pytester, textwrap.indent(tests, "    "), "-m", "not dynamodb_local", "-k", f"not ({suites})")

    assert result.ret == pytest.ExitCode.OK
    passed = result.parseoutcomes()["passed"]
    assert passed > 280, "its own tests, and the contract of a table"


def test_a_budget_tells_what_it_was_spent_on() -> None:
    notes = TableRepository(Note, InMemoryTable())

    with capacity_budget(read=1, write=2) as spending:
        note = notes.add(Note(text="a"))
        notes.get(note.resource_id)

    assert spending.consumed == Consumed(calls=2, read=1, write=2, index_write=1)
    assert [call.operation for call in spending.calls] == ["PutItem", "GetItem"]


@pytest.mark.parametrize(
    ("budget", "excess"),
    [({"calls": 1}, "2 calls of 1"), ({"read": 0.5}, "1 read units of 0.5"), ({"write": 1}, "2 write units of 1")],
)
def test_each_bound_of_a_budget_holds(budget: dict[str, int], excess: str) -> None:
    notes = TableRepository(Note, InMemoryTable())

    with pytest.raises(CapacityExceededError, match=excess) as exceeded, capacity_budget(**budget):
        notes.get(notes.add(Note(text="a")).resource_id)

    assert exceeded.value.consumed == Consumed(calls=2, read=1, write=2, index_write=1)
    assert len(exceeded.value.calls) == 2


def test_a_budget_does_not_hide_why_the_work_failed() -> None:
    notes = TableRepository(Note, InMemoryTable())

    def fail() -> None:
        notes.add(Note(text="a"))
        raise KeyError

    with pytest.raises(KeyError), capacity_budget(calls=0):
        fail()


def test_a_long_list_of_calls_is_cut() -> None:
    notes = TableRepository(Note, InMemoryTable())

    with pytest.raises(CapacityExceededError, match=r"and 5 more$"), capacity_budget(calls=1):
        assert not any(notes.exists("n1") for _ in range(25))

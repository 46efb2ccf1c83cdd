"""Whoever doubts a line of docs/guarantees.md finds the test that shows it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guarantees.md"
CONTRACTS = ROOT / "src" / "sst_repo" / "testing"
TESTS = ROOT / "tests"

LINES = re.findall(r"^\| (?!Guaranteed)(.*) \|$", PAGE.read_text(), re.MULTILINE)
NAMED = sorted(set(re.findall(r"`((?:contracts|unit|contract|integration)/[^`]+)`", PAGE.read_text())))


def functions_in(module: Path) -> set[str]:
    tree = ast.parse(module.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("line", LINES, ids=[line[:60] for line in LINES])
def test_each_promise_names_a_test(line: str) -> None:
    _, shown_by = line.split(" | ")

    assert any(f"`{name}`" in shown_by for name in NAMED)


@pytest.mark.parametrize("name", NAMED)
def test_each_test_that_is_named_is_there(name: str) -> None:
    path, _, test = name.partition("::")
    module = (CONTRACTS if path.startswith("contracts/") else TESTS) / path

    assert module.is_file()
    assert not test or test in functions_in(module)

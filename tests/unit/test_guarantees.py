"""Whoever doubts a line of docs/guarantees.md or docs/emulators.md finds the test that shows it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUARANTEES = (ROOT / "docs" / "guarantees.md").read_text()
EMULATORS = (ROOT / "docs" / "emulators.md").read_text()
CONTRACTS = ROOT / "src" / "sst_repo" / "testing"
TESTS = ROOT / "tests"

LINES = re.findall(r"^\| (?!Guaranteed)(.*) \|$", GUARANTEES, re.MULTILINE)
ANSWERS = re.findall(r"^\| (?!DynamoDB \|)(.*) \|$", EMULATORS, re.MULTILINE)
NAMED = sorted(set(re.findall(r"`((?:contracts|unit|contract|integration)/[^`]+)`", GUARANTEES + EMULATORS)))


def functions_in(module: Path) -> set[str]:
    tree = ast.parse(module.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("line", LINES, ids=[line[:60] for line in LINES])
def test_each_promise_names_a_test(line: str) -> None:
    _, shown_by = line.split(" | ")

    assert any(f"`{name}`" in shown_by for name in NAMED)


@pytest.mark.parametrize("line", ANSWERS, ids=[line[:60] for line in ANSWERS])
def test_each_answer_of_dynamodb_names_a_test_or_why_it_is_never_asked(line: str) -> None:
    _, _, shown_by, _, _ = line.split(" | ")

    assert shown_by.startswith("Never asked: ") or any(f"`{name}`" in shown_by for name in NAMED)


@pytest.mark.parametrize("name", NAMED)
def test_each_test_that_is_named_is_there(name: str) -> None:
    path, _, test = name.partition("::")
    module = (CONTRACTS if path.startswith("contracts/") else TESTS) / path

    assert module.is_file()
    assert not test or test in functions_in(module)

"""Hostile conditions, in memory; and what they are compiled to."""

import random

import pytest

from sst_repo.mapping.schema import schema_of
from tests.contract.hostile_conditions import (
    Grammar,
    Hostile,
    HostileConditionContract,
    conditions,
    means_the_same,
    resources,
)
from tests.contract.tables import OnMemory


class TestHostileConditions(OnMemory, HostileConditionContract):
    examples = 1_000


def test_of_ten_thousand_conditions_none_escapes_into_its_expression() -> None:
    chance = random.Random(4)
    schema = schema_of(Hostile)
    rows = [{"_v": {"N": "1"}, **schema.content(made)} for made in resources(chance, 8)]
    texts: set[str] = set()
    for number, condition in zip(range(10_000), conditions(chance), strict=False):
        compiled = schema.filter(condition)
        understood = Grammar(compiled.text, compiled.names, compiled.values).read()
        assert means_the_same(understood, compiled.filter, rows[number % len(rows)]), condition
        texts.add(compiled.text)
    assert len(texts) > 500, "the conditions are of many forms"


@pytest.mark.parametrize(
    "escaped", ["status = :0", "#0 = :0) OR (#0 = :0", "#0 = '1'", "#0 = :0 OR pk", "size(#0", "#0 :0"]
)
def test_what_would_escape_is_no_expression_of_ours(escaped: str) -> None:
    with pytest.raises((AssertionError, IndexError, KeyError)):
        Grammar(escaped, {"#0": "a"}, {":0": {"S": "b"}}).read()

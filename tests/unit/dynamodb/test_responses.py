"""What comes back from DynamoDB, in the one form that records have."""

import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sst_repo.core.layout import LISTING, PRIMARY, IndexKeys
from sst_repo.core.numbers import canonical_number
from sst_repo.core.queries import Position
from sst_repo.core.records import AttributeValue, Key, Record
from sst_repo.tables.dynamodb import responses

texts = st.text(max_size=5)
numbers = st.decimals(-(10**9), 10**9, allow_nan=False, places=3).map(canonical_number)
scalars: st.SearchStrategy[AttributeValue] = st.one_of(
    texts.map(lambda text: {"S": text}),
    numbers.map(lambda number: {"N": number}),
    st.binary(max_size=5).map(lambda content: {"B": content}),
    st.booleans().map(lambda value: {"BOOL": value}),
    st.just({"NULL": True}),
    st.sets(texts, min_size=1, max_size=4).map(lambda members: {"SS": sorted(members)}),
    st.sets(numbers, min_size=1, max_size=4).map(lambda members: {"NS": sorted(members)}),
    st.sets(st.binary(max_size=3), min_size=1, max_size=4).map(lambda members: {"BS": sorted(members)}),
)
values: st.SearchStrategy[AttributeValue] = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda elements: {"L": elements})
        | st.dictionaries(texts, inner, max_size=3).map(lambda members: {"M": members})
    ),
    max_leaves=5,
)
attribute_names = texts.filter(lambda name: name not in {"pk", "sk"})
records = st.builds(Record, st.just(Key("Order#o1", "@")), st.dictionaries(attribute_names, values, max_size=4))


def as_a_server_might_answer(value: AttributeValue, chance: random.Random) -> dict[str, Any]:
    """The same value with exponents, zeros and sets in another order."""
    ((tag, content),) = value.items()
    match tag:
        case "N":
            return {"N": rewritten(content, chance)}
        case "NS":
            return {"NS": chance.sample([rewritten(number, chance) for number in content], len(content))}
        case "SS" | "BS":
            return {tag: chance.sample(content, len(content))}
        case "L":
            return {"L": [as_a_server_might_answer(element, chance) for element in content]}
        case "M":
            return {"M": {name: as_a_server_might_answer(member, chance) for name, member in content.items()}}
        case _:
            return dict(value)


def rewritten(number: str, chance: random.Random) -> str:
    return chance.choice([number, f"{Decimal(number):E}", f"{Decimal(number):.5f}"])


@settings(max_examples=60)
@given(records)
def test_a_record_comes_back_as_it_was_sent(record: Record) -> None:
    item: Any = {**record.key.attributes, **record.attributes}
    assert responses.record(item) == record


@settings(max_examples=60)
@given(records, st.integers())
def test_however_a_server_writes_a_value_the_record_is_the_same(record: Record, seed: int) -> None:
    chance = random.Random(seed)
    answered = {name: as_a_server_might_answer(value, chance) for name, value in record.attributes.items()}

    item: Any = {**record.key.attributes, **answered}
    assert responses.record(item) == record


@pytest.mark.parametrize(
    ("answered", "canonical"),
    [
        ({"N": "1E+2"}, {"N": "100"}),
        ({"N": "-0"}, {"N": "0"}),
        ({"N": "1.50"}, {"N": "1.5"}),
        ({"NS": ["2", "1E+1", "1"]}, {"NS": ["1", "10", "2"]}),
        ({"SS": ["b", "a"]}, {"SS": ["a", "b"]}),
        ({"BS": [b"b", b"a"]}, {"BS": [b"a", b"b"]}),
        ({"L": [{"N": "1.0"}]}, {"L": [{"N": "1"}]}),
        ({"M": {"S": {"SS": ["b", "a"]}}}, {"M": {"S": {"SS": ["a", "b"]}}}),
        ({"S": "1.0"}, {"S": "1.0"}),
        ({"NULL": True}, {"NULL": True}),
    ],
)
def test_values_in_their_canonical_form(answered: dict[str, Any], canonical: dict[str, Any]) -> None:
    item = {"pk": {"S": "p"}, "sk": {"S": "s"}, "value": answered}

    assert responses.record(item) == Record(Key("p", "s"), {"value": canonical})


@pytest.mark.parametrize(
    ("index", "start_key", "position"),
    [
        (LISTING, None, None),
        (LISTING, {}, None),
        (
            LISTING,
            {"pk": {"S": "Order#o1"}, "sk": {"S": "@"}, "_t": {"S": "Order"}, "_l": {"S": "now#o1"}},
            Position("now#o1", Key("Order#o1", "@")),
        ),
        (PRIMARY, {"pk": {"S": "Order#o1"}, "sk": {"S": "v#1"}}, Position("v#1", Key("Order#o1", "v#1"))),
    ],
)
def test_where_a_read_stopped(index: IndexKeys, start_key: dict[str, Any] | None, position: Position | None) -> None:
    assert responses.position(index, start_key) == position

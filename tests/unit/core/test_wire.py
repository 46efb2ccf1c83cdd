"""Items in JSON: they mean to boto3 what they mean to us, and what stands beside them is not confused with them."""

import json
from decimal import Decimal
from typing import Any, cast

import pytest
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from hypothesis import given, settings
from hypothesis import strategies as st

from sst_repo.core.numbers import canonical_number
from sst_repo.core.records import Key, Record, RowsByKey
from sst_repo.core.wire import Body, bare_list, canonical, encode

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.one_of(
    st.integers(-(10**38) + 1, 10**38 - 1).map(canonical_number),
    st.decimals(min_value=-(10**20), max_value=10**20, places=8).map(canonical_number),
)
leaves = st.one_of(
    texts.map(lambda text: {"S": text}),
    numbers.map(lambda text: {"N": text}),
    st.binary(max_size=8).map(lambda content: {"B": content}),
    st.booleans().map(lambda truth: {"BOOL": truth}),
    st.just({"NULL": True}),
    st.sets(texts, min_size=1, max_size=3).map(lambda items: {"SS": sorted(items)}),
    st.sets(numbers, min_size=1, max_size=3).map(lambda items: {"NS": sorted(items)}),
    st.sets(st.binary(max_size=4), min_size=1, max_size=3).map(lambda items: {"BS": sorted(items)}),
)
values: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: {"L": items}),
        st.dictionaries(texts, inner, max_size=3).map(lambda items: {"M": items}),
    ),
    max_leaves=6,
)
items = st.dictionaries(texts, values, max_size=5)

# What stands in an answer, and what an item may have that looks like it.
BESIDE = {"Count": 2, "ScannedCount": 7, "ConsumedCapacity": {"TableName": "t", "CapacityUnits": 1.5}}
START = {"pk": {"S": "Order#9"}, "sk": {"S": "@"}, "_t": {"S": "Order"}}
LOOKALIKES: dict[str, Any] = {
    "Count": {"N": "99"},
    "ScannedCount": {"N": "99"},
    "CapacityUnits": {"N": "99"},
    "LastEvaluatedKey": {"M": {"pk": {"S": "x"}, "Count": {"N": "98"}}},
    "UnprocessedKeys": {"M": {}},
    "text": {"S": '"Count":97,"ScannedCount":97,"LastEvaluatedKey":{"pk":{"S":"y"}},"UnprocessedKeys":{"t":1}'},
    "\\": {"S": '\\","Count":96'},
}


@settings(max_examples=400, deadline=None)
@given(items)
def test_what_is_written_is_read_again(item: dict[str, Any]) -> None:
    assert canonical(bare_list([encode(item)]).items[0]) == item


@settings(max_examples=400, deadline=None)
@given(items)
def test_values_mean_to_boto3_what_they_mean_to_us(item: dict[str, Any]) -> None:
    deserialize, serialize = TypeDeserializer().deserialize, TypeSerializer().serialize
    for value in canonical(bare_list([encode(item)]).items[0]).values():
        again: Any = serialize(_with_bytes(deserialize(value)))
        assert _settled(again) == value


def _with_bytes(value: Any) -> Any:
    match value:
        case Binary():
            return cast("Any", value).value
        case list():
            return [_with_bytes(element) for element in value]
        case dict():
            return {name: _with_bytes(element) for name, element in value.items()}
        case set():
            return {_with_bytes(element) for element in value}
        case _:
            return value


def _settled(value: Any) -> Any:
    ((tag, content),) = value.items()
    match tag:
        case "N":
            return {"N": canonical_number(content)}
        case "NS":
            return {"NS": sorted(map(canonical_number, content))}
        case "SS" | "BS":
            return {tag: sorted(content)}
        case "L":
            return {"L": [_settled(element) for element in content]}
        case "M":
            return {"M": {name: _settled(element) for name, element in content.items()}}
        case _:
            return value


def test_what_holds_attributes_is_written_whatever_it_is_called() -> None:
    asked: Any = {"RequestItems": {"B": {"Keys": [{"pk": {"S": "B"}}], "ConsistentRead": True}}, "B": {"B": b"\xff"}}
    said = {**asked, "B": {"B": "/w=="}}
    assert json.loads(encode(asked)) == said
    assert json.loads(encode({"TableName": "B", "Limit": 1, "Item": {"BS": {"BS": [b"\xfe"]}}})) == {
        "TableName": "B",
        "Limit": 1,
        "Item": {"BS": {"BS": ["/g=="]}},
    }


def test_a_server_s_own_ways_are_settled() -> None:
    item: Any = {
        "number": {"N": "1E+2"},
        "trailing": {"N": "1.50"},
        "numbers": {"NS": ["1E1", "2.0", "-0"]},
        "texts": {"SS": ["b", "a"]},
        "nested": {"L": [{"M": {"deep": {"N": "0.10"}}}]},
        "binary": {"B": "AQI="},
        "binaries": {"BS": ["Ag==", "AQ=="]},
    }
    assert canonical(item) == {
        "number": {"N": "100"},
        "trailing": {"N": "1.5"},
        "numbers": {"NS": ["0", "10", "2"]},
        "texts": {"SS": ["a", "b"]},
        "nested": {"L": [{"M": {"deep": {"N": "0.1"}}}]},
        "binary": {"B": b"\x01\x02"},
        "binaries": {"BS": [b"\x01", b"\x02"]},
    }


@pytest.mark.parametrize(
    "value", [{"N": "x"}, {"B": "*"}, {"N": 7}, {}, {"N": "1", "S": "x"}, {"X": 1}, {"L": 7}, {"SS": "ba"}, {"L": "ab"}]
)
def test_what_is_no_value_stays_for_its_reader(value: Any) -> None:
    assert canonical({"odd": value}) == {"odd": value}


def answer(envelope: str, content: object, **beside: Any) -> bytes:
    return json.dumps({**beside, envelope: content}).encode()


@pytest.mark.parametrize("compact", [True, False])
@pytest.mark.parametrize("first", [True, False], ids=["before-the-items", "behind-the-items"])
def test_what_stands_beside_the_items_is_found_whatever_they_hold(*, first: bool, compact: bool) -> None:
    content = {"Items": [LOOKALIKES, LOOKALIKES]}
    beside: dict[str, Any] = {**BESIDE, "LastEvaluatedKey": START}
    said = {**beside, **content} if first else {**content, **beside}
    body = Body(json.dumps(said, separators=(",", ":") if compact else None).encode(), "Items")
    assert (body.count, body.scanned, body.consumed, body.start_key) == (2, 7, 1.5, START)
    assert body.items == [LOOKALIKES, LOOKALIKES]


def test_a_start_key_may_begin_with_any_attribute() -> None:
    for name in ("pk", "sk", "_t", "gsi1pk"):
        key = {name: {"S": "x"}, **START}
        assert Body(answer("Items", [], LastEvaluatedKey=key, **BESIDE), "Items").start_key == key


def test_what_is_not_said_is_not_found() -> None:
    body = Body(answer("Items", [LOOKALIKES], Count=1, ScannedCount=1), "Items")
    assert (body.count, body.consumed, body.start_key) == (1, 0.0, None)
    with pytest.raises(ValueError, match="how many rows"):
        _ = Body(answer("Items", [LOOKALIKES]), "Items").count


@settings(max_examples=200, deadline=None)
@given(st.lists(items, min_size=1, max_size=6), st.booleans(), st.booleans())
def test_one_item_is_the_same_read_alone(content: list[dict[str, Any]], compact: bool, behind: bool) -> None:  # noqa: FBT001 - drawn
    rows = [{"pk": {"S": str(number)}, **item} for number, item in enumerate(content)]
    came = json.loads(b"[" + b",".join(map(encode, rows)) + b"]")
    beside: dict[str, Any] = {"Count": len(rows), "ScannedCount": len(rows), "LastEvaluatedKey": START}
    said = {**beside, "Items": came} if behind else {"Items": came, **beside}
    raw = json.dumps(said, separators=(",", ":") if compact else None).encode()
    for index in range(len(rows)):
        assert Body(raw, "Items").item(index) == came[index]


@pytest.mark.parametrize("first", ["pk", "M", 'a"b', "a,{", "\\", '":{'])
def test_an_item_near_the_end_is_found_whatever_it_begins_with(first: str) -> None:
    tricky = [{"S": ',{"pk":{"S":"x"}}'}, {"M": {"pk": {"S": "y"}}}, {"L": [{"M": {}}, {"S": "x,{"}]}]
    came: list[Any] = [{first: {"N": str(number)}, "L": {"L": tricky}, "t": {"S": "x,{"}} for number in range(6)]
    raw = json.dumps({"Items": came, "Count": 6}, separators=(",", ":")).encode()
    assert [Body(raw, "Items").item(index) for index in range(6)] == came


def test_keys_left_over_are_found_beside_what_was_read() -> None:
    left = {"t": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "@"}}]}}
    found = {"t": [LOOKALIKES]}
    assert Body(answer("Responses", found, UnprocessedKeys=left), "Responses").unprocessed == left
    assert Body(answer("Responses", found, UnprocessedKeys={}), "Responses").unprocessed == {}
    assert Body(answer("Responses", found), "Responses").unprocessed == {}


def test_an_item_that_is_not_there_is_none() -> None:
    assert Body(b"{}", "Item").items == []
    assert Body(answer("Item", LOOKALIKES), "Item").items == [LOOKALIKES]


ROW = Record(Key("Order#o1", "@"), {"_v": {"N": "3"}, "total": {"N": "12.5"}, "photo": {"B": b"\xff"}})


def test_a_record_is_the_same_however_it_came() -> None:
    came = Record.of(bare_list([ROW.json]), 0)
    assert came == ROW
    assert (came.key, came.attributes, came.version) == (ROW.key, ROW.attributes, 3)
    assert Record.of(bare_list([came.json]), 0) == ROW


def test_rows_are_found_by_their_keys() -> None:
    other = Record(Key("Order#o2", "@"), {"total": {"N": "1"}})
    rows = RowsByKey([bare_list([ROW.json]), bare_list([other.json])])
    assert dict(rows) == {ROW.key: ROW, other.key: other}
    assert len(rows) == 2
    assert rows[other.key].attributes["total"] == {"N": str(Decimal(1))}

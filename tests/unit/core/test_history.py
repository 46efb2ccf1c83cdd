"""History rows: the exact image, never larger than the row, and nothing but ValueError from what is broken."""

import json
import tracemalloc
import zlib
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sst_repo.core.history import MAX_IMAGE_BYTES, archive, unarchive
from sst_repo.core.layout import of_any_version
from sst_repo.core.limits import MAX_ITEM_BYTES, attributes_size, item_size
from sst_repo.core.records import Attributes, AttributeValue, Key, Record

SYSTEM: Attributes = {
    "_t": {"S": "Order"},
    "_v": {"N": "7"},
    "_w": {"S": "01JZZZZZZZZZZZZZZZZZZZZZZZ"},
    "_c": {"S": "2026-01-01T00:00:00.000000Z"},
    "_u": {"S": "2026-01-31T12:00:00.000000Z"},
}
LATEST, OLD = Key("Order#o1", "@"), Key("Order#o1", "v#000000000007")
GRAVE = Record(LATEST, {**SYSTEM, "_d": {"BOOL": True}})


def live(content: Attributes) -> Record:
    return Record(LATEST, {**content, **SYSTEM, "_l": {"S": "2026-01-31T12:00:00.000000Z#o1"}})


texts = st.text(max_size=20)
names = st.sampled_from(["a", "name", "é", "B", "BS", "S", "M", "gsi1pk", "gsi1sk"]) | st.text(min_size=1, max_size=5)
scalars: st.SearchStrategy[AttributeValue] = st.one_of(
    texts.map(lambda text: {"S": text}),
    st.integers().map(lambda number: {"N": str(number)}),
    st.binary(max_size=20).map(lambda content: {"B": content}),
    st.booleans().map(lambda value: {"BOOL": value}),
    st.just({"NULL": True}),
    st.lists(texts, min_size=1, max_size=3).map(lambda members: {"SS": sorted(members)}),
    st.lists(st.binary(max_size=9), min_size=1, max_size=3).map(lambda members: {"BS": sorted(members)}),
    st.lists(st.integers().map(str), min_size=1, max_size=3).map(lambda members: {"NS": sorted(members)}),
)
values: st.SearchStrategy[AttributeValue] = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda elements: {"L": elements})
        | st.dictionaries(names, inner, max_size=3).map(lambda members: {"M": members})
    ),
    max_leaves=6,
)
rows = st.dictionaries(names, values, max_size=5).map(live)


@settings(max_examples=60)
@given(rows)
def test_an_archived_row_comes_back_as_its_exact_image_of_any_version(row: Record) -> None:
    assert unarchive(archive(row)) == Record(OLD, of_any_version(row.attributes))


@settings(max_examples=60)
@given(rows)
def test_a_history_row_is_never_larger_than_the_row_it_preserves(row: Record) -> None:
    assert item_size(archive(row)) <= item_size(row)


@settings(max_examples=60)
@given(rows)
def test_a_history_row_tells_type_version_and_write_id_unpacked(row: Record) -> None:
    archived = archive(row)

    assert {name: archived.attributes[name] for name in ("_t", "_v", "_w")} == {
        name: SYSTEM[name] for name in ("_t", "_v", "_w")
    }
    assert (archived.version, archived.write_id, archived.is_tombstone) == (7, row.write_id, False)


def test_a_tombstone_is_known_as_one_in_the_history() -> None:
    archived = archive(GRAVE)

    assert archived.is_tombstone
    assert unarchive(archived) == Record(OLD, GRAVE.attributes)
    assert attributes_size(archived.attributes) <= attributes_size(GRAVE.attributes)


def test_what_compresses_well_is_compressed() -> None:
    archived = archive(live({"text": {"S": "again " * 10_000}}))

    assert set(archived.attributes) == {"_t", "_v", "_w", "_z"}
    assert item_size(archived) < 1_000


def test_a_small_row_stays_as_it_is() -> None:
    assert archive(live({"a": {"S": "b"}})).attributes == {"a": {"S": "b"}, **SYSTEM}


@pytest.mark.parametrize(
    "element",
    [
        pytest.param({"S": ""}, id="empty-text"),
        pytest.param({"B": b""}, id="empty-binary"),
        pytest.param({"S": "\0"}, id="control-character"),
        pytest.param({"N": "0"}, id="zero"),
        pytest.param({"BOOL": False}, id="bool"),
        pytest.param({"NULL": True}, id="null"),
        pytest.param({"L": []}, id="empty-list"),
        pytest.param({"M": {}}, id="empty-map"),
    ],
)
def test_no_image_of_the_largest_item_looks_like_a_bomb(element: AttributeValue) -> None:
    row = live({"l": {"L": [element] * 10_000}})
    text = zlib.decompress(archive(row).attributes["_z"]["B"])

    assert len(text) / item_size(row) * MAX_ITEM_BYTES < MAX_IMAGE_BYTES


def test_a_row_without_a_version_has_no_place_in_the_history() -> None:
    with pytest.raises(ValueError, match="without a version"):
        archive(Record(LATEST, {"_t": {"S": "Order"}}))


def packed(content: object) -> Record:
    return Record(OLD, {**{name: SYSTEM[name] for name in ("_t", "_v", "_w")}, "_z": {"B": content}})


def squeezed(text: bytes | str) -> Record:
    return packed(zlib.compress(text.encode() if isinstance(text, str) else text))


def archived_text() -> bytes:
    content = archive(live({"text": {"S": "again " * 100}})).attributes["_z"]["B"]
    assert isinstance(content, bytes)
    return content


BROKEN = [
    pytest.param(Record(OLD, {"_z": {"S": "text"}}), "not binary", id="not-binary"),
    pytest.param(packed(b""), "cut off", id="empty"),
    pytest.param(packed(b"no zlib at all"), "can't be unpacked", id="not-zlib"),
    pytest.param(squeezed(b" " * (MAX_IMAGE_BYTES + 1)), "unpacks to over", id="bomb"),
    pytest.param(squeezed("["), "holds no item", id="not-json"),
    pytest.param(squeezed(b"\xff\xff"), "holds no item", id="not-utf-8"),
    pytest.param(squeezed("[" * 1_000_000), "holds no item", id="bottomless-lists"),
    pytest.param(squeezed('{"a":' * 500_000), "holds no item", id="bottomless-maps"),
    pytest.param(squeezed("[]"), "holds no item", id="a-list"),
    pytest.param(squeezed("null"), "holds no item", id="null"),
    pytest.param(squeezed('{"_v": 7}'), "holds no item", id="no-typed-values"),
    pytest.param(squeezed('{"a": {"B": "!"}}'), "holds no item", id="not-base64"),
    pytest.param(squeezed('{"a": {"B": "é"}}'), "holds no item", id="not-ascii-base64"),
    pytest.param(squeezed('{"a": {"BS": [7]}}'), "holds no item", id="numbers-for-binaries"),
    pytest.param(squeezed('{"a": {"N": ' + "9" * 5_000 + "}}"), "holds no item", id="endless-number"),
    pytest.param(squeezed('{"a": 7}'), "holds no item", id="no-typed-value"),
    pytest.param(squeezed('{"a": {}}'), "holds no item", id="no-type"),
    pytest.param(squeezed('{"a": {"S": "x", "N": "1"}}'), "holds no item", id="two-types"),
    pytest.param(squeezed('{"a": {"X": "x"}}'), "holds no item", id="unknown-type"),
    pytest.param(squeezed('{"_t": {"S": 5}}'), "holds no item", id="a-number-for-a-text"),
    pytest.param(squeezed('{"a": {"S": "\\ud800"}}'), "holds no item", id="lone-surrogate"),
    pytest.param(squeezed('{"\\ud800": {"S": "a"}}'), "holds no item", id="name-with-a-lone-surrogate"),
    pytest.param(squeezed('{"a": {"M": {"b": {"L": [{"S": null}]}}}}'), "holds no item", id="wrong-deep-inside"),
    pytest.param(squeezed('{"a": {"SS": ["b", 5]}}'), "holds no item", id="wrong-in-a-set"),
    pytest.param(squeezed('{"a": {"SS": "b"}}'), "holds no item", id="a-text-for-a-set"),
    pytest.param(squeezed('{"a": {"N": "\u00b2"}}'), "holds no item", id="a-digit-that-is-no-number"),
    pytest.param(squeezed('{"a": {"N": "NaN"}}'), "holds no item", id="nan"),
    pytest.param(squeezed('{"a": {"N": "1e400000000"}}'), "holds no item", id="number-beyond-all-bounds"),
    pytest.param(squeezed('{"a": {"BOOL": 1}}'), "holds no item", id="a-number-for-a-bool"),
]


@pytest.mark.parametrize(("row", "message"), BROKEN)
def test_a_broken_row_is_a_value_error(row: Record, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        unarchive(row)


@pytest.mark.parametrize("kept", range(0, len(archived_text()), 3))
def test_a_row_that_is_cut_off_is_a_value_error(kept: int) -> None:
    with pytest.raises(ValueError, match=r"cut off|unpacked"):
        unarchive(packed(archived_text()[:kept]))


@pytest.mark.parametrize("position", range(0, len(archived_text()), 3))
def test_a_row_with_a_flipped_bit_is_a_value_error_or_reads_the_same(position: int) -> None:
    content = bytearray(archived_text())
    content[position] ^= 0x20
    try:
        image = unarchive(packed(bytes(content)))
    except ValueError:
        return
    assert image == unarchive(packed(archived_text())), "only spare bits between the blocks may be flipped unnoticed"


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["B", "BS", "S", "_v"]), inner),
    max_leaves=5,
)


@given(
    st.binary(max_size=40).map(packed) | st.binary(max_size=40).map(squeezed) | json_like.map(json.dumps).map(squeezed)
)
def test_garbage_is_a_value_error_or_an_item_of_mappings(row: Record) -> None:
    try:
        image = unarchive(row)
    except ValueError:
        return
    assert all(isinstance(value, dict) for value in image.attributes.values())
    assert image.key == OLD


def bomb(inside: bytes, times: int) -> bytes:
    """Compress so many times the same, without having it in memory either."""
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(inside) for _ in range(times)), packer.flush()])


@pytest.mark.parametrize("start", [b"", b'{"a":{"S":"'], ids=["zeros", "an-item-that-never-ends"])
def test_a_bomb_is_unpacked_no_further_than_an_item_can_go(start: bytes) -> None:
    megabyte = 1024 * 1024
    content = bomb(start + b"0" * megabyte, 300)
    assert len(content) < MAX_ITEM_BYTES
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="over 4194304 bytes"):
            unarchive(packed(content))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * MAX_IMAGE_BYTES, "what is unpacked, and a copy while it grows; not 300 MB"


def test_binaries_are_base64_inside() -> None:
    archived = archive(live({"b": {"B": b"\x00\xff" * 500}, "text": {"S": "x" * 1000}}))

    text = zlib.decompress(archived.attributes["_z"]["B"])
    assert json.loads(text)["b"] == {"B": b64encode(b"\x00\xff" * 500).decode()}
